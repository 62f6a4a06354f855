-- When the platform was alive, school by school: the relay says so every few seconds; what lies between two rows is a
-- measured outage (規§10.2.2, readings "Time": outages are given back to those who tried).
set search_path = licheng, public;

create table alive (
  school text not null references school, first timestamptz not null, last timestamptz not null, primary key (school, first)
);
alter table alive enable row level security;
alter table alive force row level security;
create policy own_school on alive to licheng_app using (school = current_setting('app.school', true)) with check (school = current_setting('app.school', true));
create policy operator on alive to licheng_operator using (true) with check (true);
grant select on alive to licheng_app;
grant select, insert, update, delete on alive to licheng_operator;
