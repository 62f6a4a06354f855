-- Base data come in again and again: what was imported when, by whom, from which file; advisory records. 規§5.1, 規§5.2
set search_path = licheng, public;

create table advisory ( -- 課程諮詢紀錄; what was said stands sealed with the adviser's key
  school text not null references school, id text not null, semester text not null, day date not null,
  form text not null check (form in ('group', 'individual')), adviser uuid not null, sealed bytea not null, digest bytea not null,
  primary key (school, id), foreign key (school, adviser) references person (school, id)
);
create table advisory_member (
  school text not null, advisory text not null, person uuid not null,
  primary key (school, advisory, person), foreign key (school, advisory) references advisory (school, id),
  foreign key (school, person) references student (school, person)
);
create index advisory_person on advisory_member (school, person);
create table base_import ( -- one accepted import: its files by hash, what changed by number
  school text not null references school, ordinal int not null, at timestamptz not null, by uuid,
  files jsonb not null, counts jsonb not null, left_out int not null default 0,
  primary key (school, ordinal)
);
do $$ declare t text; begin
  foreach t in array array['advisory', 'advisory_member', 'base_import'] loop
    execute format('alter table licheng.%I enable row level security', t);
    execute format('alter table licheng.%I force row level security', t);
    execute format('create policy own_school on licheng.%I to licheng_app using (school = current_setting(''app.school'', true)) with check (school = current_setting(''app.school'', true))', t);
    execute format('create policy operator on licheng.%I to licheng_operator using (true) with check (true)', t);
    execute format('grant select, insert, update on licheng.%I to licheng_app, licheng_operator', t);
  end loop;
end $$;
