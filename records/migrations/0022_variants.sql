-- Enrolment variants are held against how the student is enrolled in the course (規§5.3.1, 規§8); one place tells which
-- decisions a student may know already (規§5.3.2).
set search_path = licheng, public;

-- A course of a visit or from before a transfer was registered for those students; the others are the school's own.
alter table course add column kind text not null default 'own' check (kind in ('own', 'visiting', 'transfer'));
-- How a student is enrolled in a course: regular, or as registered (makeup, retake, repeat_grade, transfer, visiting).
alter table course_member add column enrolment text not null default 'regular';

create table admission_variant ( -- which variant hangs on which enrolment, compiled from the authority's item schemas
  school text not null references school, school_year text not null, variant text not null, enrolment text not null,
  clause text not null, primary key (school, school_year, variant, enrolment)
);
alter table admission_variant enable row level security;
alter table admission_variant force row level security;
create policy own_school on admission_variant to licheng_app using (school = current_setting('app.school', true)) with check (school = current_setting('app.school', true));
create policy operator on admission_variant to licheng_operator using (true) with check (true);
create policy person on admission_variant for select to licheng_person using (school = here());
grant select, insert, update, delete on admission_variant to licheng_app, licheng_operator;
grant select on admission_variant to licheng_person;

-- The adopted schemas of schools that run already; rules/admission.py compiles the same rows with every calendar.
set local role licheng_operator;
insert into admission_variant (school, school_year, variant, enrolment, clause)
select distinct on (c.school, c.name, v->>'id', e.name) c.school, c.name, v->>'id', e.name, v->>'clause'
  from (select distinct school, name from document where kind = 'calendar') c
  cross join lateral (select d.body->'items' as book from document d where d.school = c.school and d.kind = 'national'
    and jsonb_typeof(d.body->'items') = 'object' order by d.body->'items'->>'school_year' = c.name desc, d.version desc limit 1) b
  cross join lateral jsonb_array_elements(b.book->'variants') v
  cross join lateral jsonb_array_elements_text(case jsonb_typeof(v->'course') when 'array' then v->'course' else jsonb_build_array(v->'course') end) e(name);
reset role;

-- judge_variant: null where the student is enrolled in the course of that semester in a way that the variant hangs on.
create function judge_variant(p_school text, p_person uuid, p_course text, p_period text, p_variant text, p_clause text) returns verdict language plpgsql stable as $$
declare enrolled text; clause_ text;
begin
  select m.enrolment, a.clause into enrolled, clause_
    from licheng.course_member m join licheng.course k on k.school = m.school and k.id = m.course and k.semester = p_period
    left join licheng.admission_variant a on a.school = m.school and a.school_year = split_part(p_period, '-', 1) and a.variant = p_variant and a.enrolment = m.enrolment
   where m.school = p_school and m.course = p_course and m.person = p_person;
  if clause_ is not null then return null; end if;
  if enrolled is null then return licheng.refusal('not_found', p_clause, 'course ' || coalesce(p_course, ''), '', ''); end if;
  return licheng.refusal('course_kind', coalesce((select min(clause) from licheng.admission_variant where school = p_school
      and school_year = split_part(p_period, '-', 1) and variant = p_variant), p_clause),
    'course ' || p_course, p_variant, (select string_agg(variant, ', ' order by variant collate "C") from licheng.admission_variant
      where school = p_school and school_year = split_part(p_period, '-', 1) and enrolment = enrolled));
end $$;

-- decisions_held: whether students are not yet shown what is decided in a course: the rules release results, nobody has,
-- and uploads are open still (an outcome that nobody tells of could not be corrected after their close).
create function decisions_held(p_school text, p_course text, p_period text, p_lane text) returns boolean language sql stable as $$
  select licheng.results_held()
     and not exists (select from licheng.result_release r where r.school = p_school and r.course = p_course)
     and not exists (select from licheng.admission_window w where w.school = p_school and w.period = p_period and w.lane = p_lane
           and w.kind = 'outcome_upload' and w.occurrence = '' and w.closes <= licheng.school_now(p_school))
$$;

-- seen_state: an item's state as `p_reader` may know it: for its student a held decision is 認證中.
create function seen_state(i item, p_reader uuid) returns text language plpgsql stable as $$
begin
  if i.state not in ('certified', 'returned') or i.student is distinct from p_reader then return i.state; end if;
  return case when licheng.decisions_held(i.school, i.course, i.period, i.lane) then 'certification_requested' else i.state end;
end $$;

-- fact_told: whether `p_reader` may know of a fact: not a student of a decision on an own item that is held.
create function fact_told(p_school text, p_kind text, p_subject text, p_reader uuid) returns boolean language plpgsql stable as $$
begin
  if p_kind not in ('certified', 'returned') then return true; end if;
  return not exists (select from licheng.item i where i.school = p_school and i.id = p_subject::uuid and i.student = p_reader
    and licheng.decisions_held(i.school, i.course, i.period, i.lane));
end $$;
grant execute on function decisions_held(text, text, text, text), seen_state(item, uuid), fact_told(text, text, text, uuid)
  to licheng_person, licheng_app, licheng_operator;
grant execute on function judge_variant(text, uuid, text, text, text, text) to licheng_app, licheng_operator;

drop policy person on fact;
create policy person on fact for select to licheng_person using (school = here() and fact_told(school, kind, subject, (select me()))
  and (actor = (select me()) or exists (select from item i where i.school = fact.school and i.id::text = fact.subject and i.student = (select me()))));

-- Who teaches a student at another school certifies that course, and has nothing to do with the class at home.
create or replace function my_classes() returns setof text language sql stable as $$
  select k.class from licheng.course k where k.school = licheng.here() and k.kind = 'own' and k.post in (select licheng.my_posts())
  union select c.id from licheng.class c where c.school = licheng.here() and c.id in
    (select substring(p from position(':' in p) + 1) from licheng.my_posts() p where position(':' in p) > 0)
$$;

-- upload: as in 0002, with the variant.
create or replace function upload(p_school text, p_actor uuid, p_name text, p_key text, p_hash text, p_item text, p_period text, p_course text,
    p_category text, p_variant text, p_digest text, p_files jsonb, p_sealed bytea) returns jsonb language plpgsql as $$
declare known jsonb; st licheng.student; v licheng.verdict; at_ timestamptz; lane_ text; was text; id_ uuid; kind_ text; place_ text; clause_ text;
begin
  known := licheng.known_answer(p_school, p_actor, p_name, p_key, p_hash, 'upload');
  if known is not null then return known; end if;
  place_ := p_item || ' ' || p_period;
  kind_ := case p_item when 'outcome' then 'outcome_upload' else 'diverse_upload' end;
  clause_ := case p_item when 'outcome' then '規§5.3.1' else '規§5.4' end;
  -- The lane tells the window, the instant tells the lane: read it again after the locks.
  at_ := licheng.school_now(p_school);
  loop
    select lane into lane_ from licheng.lane_member where school = p_school and person = p_actor and opens <= at_ and (closes is null or at_ < closes)
     order by opens desc limit 1;
    lane_ := coalesce(lane_, '');
    exit when lane_ = was;
    was := lane_;
    perform pg_advisory_xact_lock_shared(licheng.window_lock(p_school, p_period, lane_, kind_));
    perform pg_advisory_xact_lock(licheng.quota_lock(p_school, p_actor, p_item, 'uploaded', p_period));
    at_ := licheng.school_now(p_school);
  end loop;
  select * into st from licheng.student where school = p_school and person = p_actor;
  if not found or not exists (select from licheng.person_key where school = p_school and person = p_actor) then
    v := licheng.refusal('not_yours', clause_, place_, '', 'student');
  end if;
  if v is null then v := licheng.judge_window(p_school, p_period, lane_, kind_, p_actor, st.class, at_, place_); end if;
  if v is null and p_item = 'outcome' then v := licheng.judge_variant(p_school, p_actor, p_course, p_period, p_variant, clause_); end if;
  if v is null then v := licheng.judge_files(p_school, p_files, clause_); end if;
  if v is null then v := licheng.judge_quota(p_school, p_actor, p_item, 'uploaded', p_period, place_); end if;
  if not (v is null) then return licheng.refused(p_school, p_actor, 'upload', v, at_); end if;
  id_ := encode(substring(sha256(convert_to(p_school || '|' || p_name || '|' || p_key, 'UTF8')) from 1 for 16), 'hex')::uuid;
  insert into licheng.item (school, id, student, item, period, school_year, lane, class, course, category, variant, state, digest, files, uploaded_at)
  values (p_school, id_, p_actor, p_item, p_period, split_part(p_period, '-', 1), lane_, st.class, p_course, p_category, p_variant, 'uploaded', p_digest,
          jsonb_array_length(p_files), at_);
  perform licheng.keep_version(p_school, id_, 1, p_digest, p_files, p_sealed, at_);
  perform licheng.add_quota(p_school, p_actor, p_item, 'uploaded', p_period, 1);
  return licheng.accepted(p_school, p_actor, p_name, p_key, p_hash, at_, 'uploaded', clause_, id_::text, jsonb_build_object('item', id_,
    'item_kind', p_item, 'state', 'uploaded', 'digest', p_digest, 'period', p_period, 'lane', lane_, 'course', p_course), null);
end $$;

-- act_on_item: as in 0002; a student's command is judged by the state that the student sees.
create or replace function act_on_item(p_school text, p_actor uuid, p_name text, p_key text, p_hash text, p_command text, p_item uuid, p_args jsonb, p_sealed bytea)
returns jsonb language plpgsql as $$
declare known jsonb; i licheng.item; t licheng.admission_transition; v licheng.verdict; at_ timestamptz; to_ text; behalf text; post_ text; body jsonb;
  class_ text; kind_ text; used_ text; period_ text; state_ text; place_ text := 'item ' || p_item; certifies boolean := p_command in ('certify', 'return');
begin
  known := licheng.known_answer(p_school, p_actor, p_name, p_key, p_hash, p_command);
  if known is not null then return known; end if;
  select * into i from licheng.item where school = p_school and id = p_item;
  if not found then
    return licheng.refused(p_school, p_actor, p_command, licheng.refusal('not_found', '規§5.3.1', place_, '', ''), licheng.school_now(p_school));
  end if;
  -- Kind, period, lane and course of an item never change, its state may until the row is locked: so every window that
  -- the command may hang on is locked, whatever the state.
  for kind_ in select distinct window_kind from licheng.admission_transition where school = p_school and item = i.item and command = p_command order by 1 loop
    perform pg_advisory_xact_lock_shared(licheng.window_lock(p_school, licheng.window_period(kind_, i.period), i.lane, kind_));
  end loop;
  used_ := case when p_command in ('select', 'unselect') then 'selected' when p_command = 'withdraw' then 'uploaded' end;
  period_ := case used_ when 'selected' then i.school_year else i.period end;
  if used_ is not null then perform pg_advisory_xact_lock(licheng.quota_lock(p_school, i.student, i.item, used_, period_)); end if;
  if i.course is not null and p_command in ('request_certification', 'withdraw', 'certify', 'return') then
    perform pg_advisory_xact_lock(licheng.count_lock(p_school, i.course));
  end if;
  select * into i from licheng.item where school = p_school and id = p_item for update;
  at_ := licheng.school_now(p_school);

  if certifies then
    select post into post_ from licheng.course where school = p_school and id = i.course;
    case licheng.may_act(p_school, coalesce(post_, ''), p_actor, at_)
      when 'holder' then behalf := null;
      when 'deputy' then behalf := post_;
      when 'present' then v := licheng.refusal('holder_present', '規§10.1.2', post_, '', '');
      else v := licheng.refusal('not_certifier', '規§5.3.2', coalesce(post_, place_), '', '');
    end case;
  elsif i.student <> p_actor then
    v := licheng.refusal('not_yours', '規§5.3.1', place_, '', '');
  elsif p_command = 'replace' and not exists (select from licheng.person_key where school = p_school and person = p_actor) then
    v := licheng.refusal('not_yours', '規§5.3.1', place_, '', 'student');
  end if;
  -- A student acts on what a student sees: whether a command is admitted must not tell a decision that is held back.
  state_ := case when certifies or i.state not in ('certified', 'returned') then i.state else licheng.seen_state(i, p_actor) end;
  select * into t from licheng.admission_transition where school = p_school and item = i.item and command = p_command and from_state = state_;
  if v is null and t.to_state is null then
    v := licheng.refusal('wrong_state', '規§5.3.1', place_, state_, (select string_agg(from_state, ', ' order by from_state collate "C")
        from licheng.admission_transition where school = p_school and item = i.item and command = p_command));
  end if;
  if v is null then
    select class into class_ from licheng.student where school = p_school and person = i.student;
    v := licheng.judge_window(p_school, licheng.window_period(t.window_kind, i.period), i.lane, t.window_kind, i.student, class_, at_, place_);
  end if;
  if v is null and p_command = 'certify' and p_args->>'digest' <> i.digest then
    v := licheng.refusal('hash_changed', '規§5.3.2', place_, left(p_args->>'digest', 12), left(i.digest, 12));
  end if;
  if v is null and p_command = 'replace' then v := licheng.judge_files(p_school, p_args->'files', t.clause); end if;
  if v is null and p_command = 'select' then v := licheng.judge_quota(p_school, i.student, i.item, 'selected', period_, i.item || ' ' || period_); end if;
  if not (v is null) then return licheng.refused(p_school, p_actor, p_command, v, at_); end if;

  to_ := t.to_state;
  body := jsonb_build_object('item', p_item, 'item_kind', i.item, 'lane', i.lane, 'course', i.course, 'period', i.period, 'digest', i.digest);
  case p_command
  when 'replace' then
    -- The same files again leave a certification standing: it is bound to the hash.
    if i.state = 'certified' and p_args->>'digest' = i.certified_digest then to_ := 'certified'; end if;
    perform licheng.keep_version(p_school, p_item, i.version + 1, p_args->>'digest', p_args->'files', p_sealed, at_);
    update licheng.item set version = version + 1, digest = p_args->>'digest', files = jsonb_array_length(p_args->'files'), state = to_,
      certified_digest = case when to_ = 'certified' then certified_digest end where school = p_school and id = p_item;
    body := body || jsonb_build_object('digest', p_args->>'digest', 'version', i.version + 1);
  when 'withdraw' then
    update licheng.item set state = to_ where school = p_school and id = p_item;
    if i.state = 'certification_requested' then perform licheng.count_pending(p_school, i.course, -1, 'withdrawn', p_actor, null, at_); end if;
  when 'request_certification' then
    update licheng.item set state = to_, requested_at = at_ where school = p_school and id = p_item;
    perform licheng.count_pending(p_school, i.course, 1, '', p_actor, null, at_);
  when 'certify' then
    update licheng.item set state = to_, decided_at = at_, decided_by = p_actor, on_behalf_of = behalf, certified_digest = digest, return_reason = null,
      return_sealed = null where school = p_school and id = p_item;
    perform licheng.count_pending(p_school, i.course, -1, 'certified', p_actor, behalf, at_);
  when 'return' then
    update licheng.item set state = to_, decided_at = at_, decided_by = p_actor, on_behalf_of = behalf, return_reason = p_args->>'reason',
      return_sealed = p_sealed where school = p_school and id = p_item;
    perform licheng.count_pending(p_school, i.course, -1, 'returned', p_actor, behalf, at_);
    body := body || jsonb_build_object('reason', p_args->>'reason');
  when 'select' then
    update licheng.item set state = to_, selected_at = at_ where school = p_school and id = p_item;
  when 'unselect' then
    update licheng.item set state = to_, selected_at = null where school = p_school and id = p_item;
  end case;
  if used_ is not null then
    perform licheng.add_quota(p_school, i.student, i.item, used_, period_, case p_command when 'select' then 1 else -1 end);
  end if;
  return licheng.accepted(p_school, p_actor, p_name, p_key, p_hash, at_, case p_command when 'replace' then 'replaced' when 'withdraw' then 'withdrawn'
      when 'request_certification' then 'certification_requested' when 'certify' then 'certified' when 'return' then 'returned'
      when 'select' then 'selected' else 'unselected' end,
    t.clause, p_item::text, body || jsonb_build_object('state', to_), behalf);
end $$;
