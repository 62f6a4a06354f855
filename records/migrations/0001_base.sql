-- The shapes of records/. `school` is the first column of every key; row security is forced on every table.
-- Instants are timestamptz (UTC); windows half-open. Facts are written once; item, duty and window rows are state.

do $$ begin
  if not exists (select from pg_roles where rolname = 'licheng_app') then create role licheng_app nologin; end if;
  if not exists (select from pg_roles where rolname = 'licheng_operator') then create role licheng_operator nologin; end if;
exception when unique_violation or duplicate_object then null; end $$;
grant licheng_app, licheng_operator to current_user;

create schema if not exists licheng;
set search_path = licheng, public;

-- ------------------------------------------------------------------ the school and its clock
create table school (
  school text primary key,
  name text not null,
  kind text not null check (kind in ('production', 'demo')),
  rule_set int not null default 0, calendar_year int, created_at timestamptz not null default clock_timestamp()
);

-- Only a demo or rehearsal school has a row: now = min(anchor + rate x elapsed, hold_at).
create table school_clock (
  school text primary key references school,
  anchor_real timestamptz not null, anchor_school timestamptz not null,
  rate double precision not null check (rate >= 0), hold_at timestamptz
);
create function demo_clock_only() returns trigger language plpgsql as $$ begin
  if (select kind from licheng.school where school = new.school) is distinct from 'demo' then
    raise exception 'the clock of a production school cannot be changed' using errcode = 'LC001';
  end if;
  return new;
end $$;
create trigger demo_clock_only before insert or update on school_clock for each row execute function demo_clock_only();

-- school_now: the instant that counts; read in its own statement after the locks (readings, "Time").
create function school_now(p_school text) returns timestamptz language plpgsql volatile as $$
declare c licheng.school_clock;
begin
  select * into c from licheng.school_clock where school = p_school;
  if not found then return clock_timestamp(); end if;
  return least(c.anchor_school + (clock_timestamp() - c.anchor_real) * c.rate, c.hold_at);
end $$;

create table counter (
  school text not null references school, name text not null, n bigint not null default 0,
  primary key (school, name)
);
-- next_ordinal: 1, 2, 3 … for a name, in the caller's transaction (sequences jump after a crash, ids would differ).
create function next_ordinal(p_school text, p_name text) returns bigint language sql volatile as $$
  insert into licheng.counter (school, name, n) values (p_school, p_name, 1)
  on conflict (school, name) do update set n = licheng.counter.n + 1 returning n
$$;

-- ------------------------------------------------------------------ rules as immutable documents
create table document (
  school text not null references school,
  kind text not null check (kind in ('rule_set', 'calendar', 'national')),
  name text not null, version int not null,
  body jsonb not null, sha256 text not null, recorded_at timestamptz not null, reason text not null default '',
  primary key (school, kind, name, version)
);

create table process (
  school text not null references school, id text not null,
  kind text not null check (kind in ('school_year', 'semester', 'submission', 'handover')),
  params jsonb not null default '{}',
  started_at timestamptz not null,
  news bigint not null default 1, seen bigint not null default 0,
  next_at timestamptz, over_at timestamptz, asked_at timestamptz,
  primary key (school, id)
);
create index process_open on process (school, next_at) where over_at is null;

create table basis (
  school text not null, process text not null, ordinal int not null,
  rule_set int not null, calendar int not null, national int not null, since timestamptz not null,
  primary key (school, process, ordinal),
  foreign key (school, process) references process (school, id)
);

-- ------------------------------------------------------------------ people: random ids, one sealed row each
create table person (
  school text not null references school, id uuid not null default gen_random_uuid(),
  sealed bytea not null, blind bytea, kind text not null check (kind in ('student', 'staff')),
  erased_at timestamptz,
  primary key (school, id), unique (school, blind)
);
create table person_key ( -- destroying this row erases the person (規§7)
  school text not null, person uuid not null, wrapped bytea not null,
  primary key (school, person), foreign key (school, person) references person (school, id)
);
create table person_handle ( -- keyed blind index of student and staff numbers
  school text not null, handle bytea not null, person uuid not null,
  primary key (school, handle), foreign key (school, person) references person (school, id)
);
create table account ( -- 規§5.0, 規§10.3.2.2
  school text not null, person uuid not null, opened_at timestamptz not null, closes_at timestamptz,
  closed_at timestamptz, scope text not null default 'full',
  primary key (school, person), foreign key (school, person) references person (school, id)
);

-- ------------------------------------------------------------------ the school's structure
create table class (
  school text not null references school, id text not null, school_year text not null,
  name text not null, grade int not null, track text not null,
  primary key (school, id)
);
create table student (
  school text not null, person uuid not null, class text not null, seat int,
  grade int not null, track text not null, entry_year int not null, left_on date,
  primary key (school, person),
  foreign key (school, person) references person (school, id), foreign key (school, class) references class (school, id)
);
create table lane_member ( -- dated: departments change
  school text not null, lane text not null, person uuid not null,
  opens timestamptz not null, closes timestamptz,
  primary key (school, person, opens), foreign key (school, person) references student (school, person)
);
create index lane_member_lane on lane_member (school, lane);
create table post ( -- registration_section, course_teacher:115-1/101/…, homeroom_teacher:101
  school text not null references school, id text not null, rule text not null, office text not null,
  primary key (school, id)
);
create table post_holder ( -- rank 0 the holder, 1 and 2 the deputies
  school text not null, post text not null, rank int not null check (rank between 0 and 2), person uuid not null,
  opens timestamptz not null, closes timestamptz check (closes > opens),
  primary key (school, post, rank, opens),
  foreign key (school, post) references post (school, id), foreign key (school, person) references person (school, id)
);
create index post_holder_person on post_holder (school, person);
create table absence (
  school text not null, person uuid not null, opens timestamptz not null, closes timestamptz not null check (closes > opens),
  reason text not null, recorded_at timestamptz not null,
  primary key (school, person, opens, recorded_at), foreign key (school, person) references person (school, id)
);
create table unable ( -- the director recorded that the holder does not act
  school text not null, post text not null, opens timestamptz not null, closes timestamptz not null check (closes > opens),
  reason text not null, recorded_at timestamptz not null, recorded_by uuid not null,
  primary key (school, post, opens, recorded_at), foreign key (school, post) references post (school, id)
);
create table course (
  school text not null, id text not null, semester text not null, class text not null, code text not null,
  title text not null, credits numeric not null, post text not null,
  primary key (school, id),
  foreign key (school, class) references class (school, id), foreign key (school, post) references post (school, id)
);
create index course_post on course (school, post);
create table course_member (
  school text not null, course text not null, person uuid not null,
  primary key (school, course, person), foreign key (school, course) references course (school, id),
  foreign key (school, person) references student (school, person)
);
create table grade (
  school text not null, course text not null, person uuid not null, score numeric, passed boolean, makeup numeric,
  primary key (school, course, person), foreign key (school, course) references course (school, id)
);
create table cadre (
  school text not null, semester text not null, person uuid not null, ordinal int not null,
  level text not null, opens date not null, closes date not null, sealed bytea not null,
  primary key (school, semester, person, ordinal), foreign key (school, person) references student (school, person)
);

-- may_act: '' not at all, 'holder', 'deputy', or 'present' (a deputy whose holder is there). 規§10.1.2.
create function may_act(p_school text, p_post text, p_person uuid, p_at timestamptz) returns text language plpgsql stable as $$
declare r int;
begin
  select min(rank) into r from licheng.post_holder
   where school = p_school and post = p_post and person = p_person and opens <= p_at and (closes is null or p_at < closes);
  if r is null then return ''; end if;
  if r = 0 then return 'holder'; end if;
  if exists (select from licheng.unable where school = p_school and post = p_post and opens <= p_at and p_at < closes)
     or not exists (
       select from licheng.post_holder h where h.school = p_school and h.post = p_post and h.rank = 0
          and h.opens <= p_at and (h.closes is null or p_at < h.closes)
          and not exists (select from licheng.absence a where a.school = p_school and a.person = h.person
                             and a.opens <= p_at and p_at < a.closes))
  then return 'deputy'; end if;
  return 'present';
end $$;

-- ------------------------------------------------------------------ facts, attempts, keys
create table fact ( -- fact, audit and outbox in one; ids and commitments only
  school text not null references school, id bigint generated always as identity,
  at timestamptz not null, kind text not null, actor uuid, on_behalf_of text, clause text not null default '',
  subject text not null, body jsonb not null default '{}',
  wakes text, delivered_at timestamptz,
  primary key (school, id)
);
create index fact_outbox on fact (id) where wakes is not null and delivered_at is null;
create index fact_subject on fact (school, subject);
create function fact_wakes() returns trigger language plpgsql as $$ begin
  update licheng.process set news = news + 1 where school = new.school and id = new.wakes;
  perform pg_notify('licheng_fact', new.school);
  return null;
end $$;
create trigger fact_wakes after insert on fact for each row when (new.wakes is not null) execute function fact_wakes();

create table attempt ( -- a refusal changes no fact; it is counted here
  school text not null references school, id bigint generated always as identity,
  at timestamptz not null, actor uuid, command text not null, code text not null, clause text not null default '',
  place text not null default '', found text not null default '', limit_ text not null default '',
  primary key (school, id)
);
create table command_key (
  school text not null references school, actor text not null, key text not null,
  request_hash text not null, answer jsonb not null, at timestamptz not null,
  primary key (school, actor, key)
);

-- ------------------------------------------------------------------ what the plan did and what people did
create table duty ( -- only what people did; which duties exist is derived by rules/
  school text not null references school, key text not null, process text not null,
  state text not null check (state in ('open', 'done')), done_at timestamptz, done_by uuid, on_behalf_of text,
  returned_at timestamptz, passed boolean, evidence text,
  primary key (school, key)
);
create index duty_process on duty (school, process);
create table effect (
  school text not null, step_key text not null, process text not null, kind text not null,
  phase text, lane text, duty text, planned timestamptz not null, actual timestamptz not null,
  outcome text not null check (outcome in ('done', 'skipped')), detail jsonb not null default '{}',
  primary key (school, step_key), foreign key (school, process) references process (school, id)
);
create index effect_process on effect (school, process);
create table stuck (
  school text not null, step_key text not null, process text not null, since timestamptz not null,
  retry_at timestamptz not null, error text not null, times int not null default 1, cleared_at timestamptz,
  primary key (school, step_key), foreign key (school, process) references process (school, id)
);
create table notice ( -- in-app notice; mail leaves from these rows
  school text not null references school, batch text not null, person uuid not null,
  template text not null, post text not null default '', subject text not null default '', args jsonb not null default '{}',
  at timestamptz not null, seen_at timestamptz,
  primary key (school, batch, person)
);
create index notice_person on notice (school, person, at);
create table agenda (
  school text not null references school, step_key text not null, duty text not null, at timestamptz not null,
  primary key (school, step_key)
);
create table meeting (
  school text not null references school, period text not null, ordinal int not null, held date not null,
  present int not null, decided text[] not null, not_due text[] not null, minutes text, recorded_at timestamptz not null,
  primary key (school, period, ordinal)
);
create table publication (
  school text not null references school, period text not null, ordinal int not null, url text not null,
  snapshot text not null, calendar int not null, at timestamptz not null,
  primary key (school, period, ordinal)
);

-- ------------------------------------------------------------------ admission rows, compiled by rules/admission.py
create table admission_window (
  school text not null references school, period text not null, lane text not null, kind text not null,
  occurrence text not null default '', during tstzmultirange not null,
  opens timestamptz not null, due timestamptz not null, closes timestamptz not null, clause text not null,
  primary key (school, period, lane, kind, occurrence)
);
create table extension ( -- closures and outages are extensions with a scope
  school text not null references school, id text not null, period text not null, kind text not null,
  occurrence text not null default '', scope text not null check (scope in ('person', 'class', 'lane', 'all')),
  target text not null default '', closes timestamptz not null, reason text not null, approver text not null,
  granted_at timestamptz not null,
  primary key (school, id)
);
create index extension_window on extension (school, period, kind);
create table admission_limit (
  school text not null references school, quota text not null, item text not null, counts text not null,
  period text not null, max int not null, clause text not null,
  primary key (school, item, counts, period)
);
create table admission_transition (
  school text not null references school, item text not null, command text not null, from_state text not null,
  to_state text not null, window_kind text not null, clause text not null,
  primary key (school, item, command, from_state)
);

-- ------------------------------------------------------------------ items
create table stored_file (
  school text not null references school, sha256 text not null, size bigint not null, media_type text not null,
  stored_at timestamptz not null, primary key (school, sha256)
);
create table quota_use (
  school text not null, person uuid not null, item text not null, counts text not null, period text not null, used int not null,
  primary key (school, person, item, counts, period), check (used >= 0)
);
create table item (
  school text not null, id uuid not null, student uuid not null, item text not null check (item in ('outcome', 'diverse')),
  period text not null, school_year text not null, lane text not null, class text not null, course text, category text,
  variant text not null, origin text not null default 'here',
  state text not null check (state in ('draft', 'uploaded', 'certification_requested', 'certified', 'returned', 'selected',
    'locked', 'withdrawn', 'expired', 'expired_uncertified')),
  version int not null default 1, digest text not null, files int not null,
  uploaded_at timestamptz not null, requested_at timestamptz, decided_at timestamptz, decided_by uuid, on_behalf_of text,
  certified_digest text, return_reason text, selected_at timestamptz,
  primary key (school, id), foreign key (school, student) references student (school, person)
);
create index item_student on item (school, student, item, period);
create index item_queue on item (school, course) where state = 'certification_requested';
create index item_period on item (school, period, item, lane, state);
create table item_version ( -- every handed-in version stays; text sealed with the student's key
  school text not null, item uuid not null, version int not null, digest text not null, sealed bytea not null,
  at timestamptz not null, primary key (school, item, version),
  foreign key (school, item) references item (school, id)
);
create table item_file (
  school text not null, item uuid not null, version int not null, ordinal int not null, role text not null,
  sha256 text not null, size bigint not null, media_type text not null,
  primary key (school, item, version, ordinal),
  foreign key (school, item) references item (school, id), foreign key (school, sha256) references stored_file (school, sha256)
);
create table certification_count ( -- a teacher's duty is done when pending reaches zero after the upload closed
  school text not null, course text not null, pending int not null default 0 check (pending >= 0),
  certified int not null default 0, returned int not null default 0,
  primary key (school, course), foreign key (school, course) references course (school, id)
);

-- ------------------------------------------------------------------ submissions, receipts, reports
create table submission (
  school text not null, id text not null, period text not null, lane text not null, roster text not null,
  version int not null default 0, state text not null default 'planned' check (state in ('planned', 'generated',
    'self_checked', 'prechecked', 'approved', 'submitted', 'accepted', 'published', 'corrected', 'closed')),
  primary key (school, id), foreign key (school, id) references process (school, id)
);
create table submission_version (
  school text not null, submission text not null, version int not null, generated_at timestamptz not null,
  roster_sha256 text not null, lines int not null,
  submitted_at timestamptz, evidence_sha256 text, letter_number text,
  receipt_sha256 text, receipt_lines int, receipt_at timestamptz,
  published_at timestamptz, closes_at timestamptz, settled_at timestamptz,
  primary key (school, submission, version), foreign key (school, submission) references submission (school, id)
);
create table roster_line (
  school text not null, submission text not null, version int not null, natural_key text not null, ordinal int not null,
  digest text not null, person uuid not null, item uuid,
  primary key (school, submission, version, natural_key, ordinal),
  foreign key (school, submission, version) references submission_version (school, submission, version)
);
create table confirmation (
  school text not null, submission text not null, version int not null, person uuid not null,
  state text not null check (state in ('unseen', 'seen', 'confirmed', 'objected', 'deemed_confirmed', 'asks_person')),
  noticed_at timestamptz, decided_at timestamptz,
  primary key (school, submission, version, person),
  foreign key (school, submission, version) references submission_version (school, submission, version)
);
create index confirmation_person on confirmation (school, person);
create table report ( -- an objection inside the window, information after it
  school text not null, id text not null, submission text not null, version int not null, person uuid not null, item uuid,
  at timestamptz not null, objection boolean not null, sealed bytea,
  outcome text check (outcome in ('upheld', 'rejected')), answered_at timestamptz, answered_by uuid, answer_sealed bytea,
  primary key (school, id), foreign key (school, submission) references submission (school, id)
);
create index report_submission on report (school, submission);
create table handover (
  school text not null, id text not null, post text not null, predecessor uuid not null, successor uuid not null,
  announced_at timestamptz not null, effective_at timestamptz not null, prolong_until timestamptz, reason text not null default '',
  packet jsonb, accepted_at timestamptz,
  primary key (school, id), foreign key (school, id) references process (school, id)
);

-- ------------------------------------------------------------------ row security, forced on every table
do $$ declare t text; begin
  for t in select tablename from pg_tables where schemaname = 'licheng' and tablename <> 'migration' loop
    execute format('alter table licheng.%I enable row level security', t);
    execute format('alter table licheng.%I force row level security', t);
    execute format('create policy own_school on licheng.%I to licheng_app using (school = current_setting(''app.school'', true)) with check (school = current_setting(''app.school'', true))', t);
    execute format('create policy operator on licheng.%I to licheng_operator using (true) with check (true)', t);
  end loop;
end $$;
grant usage on schema licheng to licheng_app, licheng_operator;
grant select, insert, update, delete on all tables in schema licheng to licheng_app, licheng_operator;
grant usage on all sequences in schema licheng to licheng_app, licheng_operator;
grant execute on all functions in schema licheng to licheng_app, licheng_operator;
-- Facts and documents are written once; only the outbox mark may change, and only for the operator's relay.
revoke update, delete on fact, document, basis, attempt, item_version, item_file, roster_line from licheng_app;
revoke update, delete on document, basis, attempt, item_version, item_file, roster_line, fact from licheng_operator;
grant update (delivered_at) on fact to licheng_operator;
revoke insert, update, delete on school_clock from licheng_app;
