-- Drafts, what a student said not to hand in, and results that are shown once released.
set search_path = licheng, public;

-- A draft counts nowhere and is open to its student only; `uploaded` names the item that it became.
create table draft (
  school text not null references school, id uuid not null, student uuid not null, item text not null, period text not null,
  course text, category text, variant text not null default 'regular', files jsonb not null, sealed bytea not null,
  saved_at timestamptz not null, version int not null default 1, uploaded uuid, primary key (school, id)
);
create index draft_of on draft (school, student) where uploaded is null;

-- "Chose not to" is only said where the student said so (readings, "Counting"); an item handed in later speaks louder.
create table declined (
  school text not null references school, student uuid not null, what text not null check (what in ('outcome', 'diverse', 'selection')),
  period text not null, at timestamptz not null, primary key (school, student, what, period)
);

create table result_release (
  school text not null references school, course text not null, at timestamptz not null, by uuid not null, primary key (school, course)
);

do $$
declare t text;
begin
  foreach t in array array['draft', 'declined', 'result_release'] loop
    execute format('alter table %I enable row level security', t);
    execute format('alter table %I force row level security', t);
    execute format('create policy own_school on %I to licheng_app using (school = current_setting(''app.school'', true)) with check (school = current_setting(''app.school'', true))', t);
    execute format('create policy operator on %I to licheng_operator using (true) with check (true)', t);
    execute format('grant select, insert, update, delete on %I to licheng_app, licheng_operator', t);
  end loop;
end $$;
