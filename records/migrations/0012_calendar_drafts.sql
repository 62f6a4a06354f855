-- A calendar is a resolved document: drafted with a verdict, resolved by a meeting, published as a version. 規§3.1, 規§4.2
set search_path = licheng, public;

create table calendar_draft (
  school text not null references school, year text not null, ordinal int not null,
  base int not null, -- the calendar version that it amends; 0: the first of its year
  body jsonb not null, sha256 text not null, verdict jsonb not null, reason text not null,
  drafted_by uuid not null, at timestamptz not null,
  meeting text, quorum text check (quorum in ('met', 'person')), resolved_at timestamptz,
  version int, published_at timestamptz, -- the document version as which it was published
  primary key (school, year, ordinal),
  check ((meeting is null) = (resolved_at is null)), check ((version is null) = (published_at is null)),
  check (published_at is null or resolved_at is not null)
);
alter table calendar_draft enable row level security;
alter table calendar_draft force row level security;
create policy own_school on calendar_draft to licheng_app using (school = current_setting('app.school', true)) with check (school = current_setting('app.school', true));
create policy operator on calendar_draft to licheng_operator using (true) with check (true);
grant select, insert on calendar_draft to licheng_app, licheng_operator;
grant update (verdict, meeting, quorum, resolved_at, version, published_at) on calendar_draft to licheng_app, licheng_operator;
