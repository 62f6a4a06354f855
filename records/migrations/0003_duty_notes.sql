-- What people wrote when they completed a duty or gave it back: free text stands only in sealed columns.
set search_path = licheng, public;

create table duty_note (
  school text not null references school, duty text not null, ordinal int not null,
  kind text not null check (kind in ('completed', 'returned')),
  author uuid not null, at timestamptz not null, sealed bytea not null,
  primary key (school, duty, ordinal), foreign key (school, author) references person (school, id)
);
alter table duty_note enable row level security;
alter table duty_note force row level security;
create policy own_school on duty_note to licheng_app using (school = current_setting('app.school', true)) with check (school = current_setting('app.school', true));
create policy operator on duty_note to licheng_operator using (true) with check (true);
grant select, insert on duty_note to licheng_app, licheng_operator;
