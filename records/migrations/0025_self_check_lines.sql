-- Each line of a self-check that a checker recorded, one row a result; the newest of a line counts. 規§4.2
set search_path = licheng, public;

create table self_check_line (
  school text not null references school, duty text not null, ordinal int not null,
  line text not null, ok boolean not null, checked_by uuid not null, on_behalf_of text, at timestamptz not null,
  sealed bytea, -- the checker's remark, under the checker's key
  primary key (school, duty, ordinal), foreign key (school, checked_by) references person (school, id)
);
alter table self_check_line enable row level security;
alter table self_check_line force row level security;
create policy own_school on self_check_line to licheng_app using (school = current_setting('app.school', true)) with check (school = current_setting('app.school', true));
create policy operator on self_check_line to licheng_operator using (true) with check (true);
grant select, insert on self_check_line to licheng_app, licheng_operator;

-- A draft is resolved on a rehearsal of exactly its text: by which hash, under which assumption, with which verdict. 規§3.1, 規§4.1
create table calendar_rehearsal (
  school text not null references school, year text not null, draft int not null, ordinal int not null,
  sha256 text not null, basis_sha256 text not null, -- the draft; the rules, authority and base it was played under
  assumption text not null, verdict jsonb not null, rehearsed_by uuid not null, at timestamptz not null,
  primary key (school, year, draft, ordinal), foreign key (school, year, draft) references calendar_draft (school, year, ordinal)
);
alter table calendar_rehearsal enable row level security;
alter table calendar_rehearsal force row level security;
create policy own_school on calendar_rehearsal to licheng_app using (school = current_setting('app.school', true)) with check (school = current_setting('app.school', true));
create policy operator on calendar_rehearsal to licheng_operator using (true) with check (true);
grant select, insert on calendar_rehearsal to licheng_app, licheng_operator;
