-- Three ledgers that agree: what the data doctor found before sending, what a receipt says otherwise, who decided it.
-- No plaintext of a person stands here: places and names of columns; the values stand in the files, which expire.
set search_path = licheng, public;

alter table class add column group_code text, add column department_code text, add column division_code text,
  add column class_kind text;
alter table submission_version add column code text not null default '', add column rejects int not null default 0,
  add column sent_sha256 text, add column partial_reason_sealed bytea;
alter table roster_line add column sheet text not null default '', add column row int;

create table roster_check ( -- a check of the data doctor that found something in a version
  school text not null references school, submission text not null, version int not null, name text not null,
  severity text not null check (severity in ('error', 'warning')), found int not null, post text not null default '',
  places jsonb not null default '[]',
  waived_at timestamptz, waived_by uuid,
  primary key (school, submission, version, name),
  foreign key (school, submission, version) references submission_version (school, submission, version)
);
create table difference ( -- one place in which the ledgers of a version do not agree
  school text not null references school, submission text not null, version int not null, id text not null,
  kind text not null check (kind in ('missing', 'extra', 'altered', 'wrong_course_code', 'duplicate_person')),
  step text not null check (step in ('selection_roster', 'roster_receipt', 'across_schools')),
  person uuid, item uuid, sheet text not null default '', roster_row int, receipt_row int, fields text[] not null default '{}',
  post text not null, found_at timestamptz not null,
  outcome text check (outcome in ('correct', 'explained')), evidence_sha256 text, closed_at timestamptz, closed_by uuid,
  primary key (school, submission, version, id),
  foreign key (school, submission, version) references submission_version (school, submission, version)
);
create index difference_open on difference (school, submission, version) where closed_at is null;
create table correction ( -- another version that staff started
  school text not null references school, submission text not null, version int not null, ordinal int not null,
  at timestamptz not null, by uuid not null, approver uuid,
  primary key (school, submission, version, ordinal),
  foreign key (school, submission, version) references submission_version (school, submission, version)
);
do $$ declare t text; begin
  foreach t in array array['roster_check', 'difference', 'correction'] loop
    execute format('alter table licheng.%I enable row level security', t);
    execute format('alter table licheng.%I force row level security', t);
    execute format('create policy own_school on licheng.%I to licheng_app using (school = current_setting(''app.school'', true)) with check (school = current_setting(''app.school'', true))', t);
    execute format('create policy operator on licheng.%I to licheng_operator using (true) with check (true)', t);
    execute format('grant select, insert, update on licheng.%I to licheng_app, licheng_operator', t);
  end loop;
end $$;
alter table duty_note drop constraint duty_note_kind_check;
alter table duty_note add constraint duty_note_kind_check check (kind in ('completed', 'returned', 'waived', 'corrected', 'closed', 'partial'));
