-- What was found in a file's content, kept by hash and by the version of the checks: the same bytes are looked at once.
-- A refusal is kept too, so that a document that costs much to read is read once.
set search_path = licheng, public;

create table file_check (
  school text not null references school, sha256 text not null, checks int not null, media_type text not null,
  code text, found text not null default '', limit_ text not null default '', at timestamptz not null,
  primary key (school, sha256, checks)
);
alter table file_check enable row level security;
alter table file_check force row level security;
create policy own_school on file_check to licheng_app using (school = current_setting('app.school', true)) with check (school = current_setting('app.school', true));
create policy operator on file_check to licheng_operator using (true) with check (true);
grant select, insert, update, delete on file_check to licheng_app, licheng_operator;
