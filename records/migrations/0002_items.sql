-- Commands that students and teachers give in thousands: one function each, one round trip, one transaction.
-- They know no rule; they compare with the rows that rules/admission.py compiled: inside, below, allowed.
--
-- Locks, always in this order, all held to the end of the transaction:
--   1 key     advisory, exclusive: school|actor|key (seed 1): a double click waits for the first answer
--   2 window  advisory, shared: school|window|period|lane|kind (seed 0), every kind the command may hang on, by name;
--             a freeze and a compile of moved dates take it exclusive
--   3 quota   advisory, exclusive: school|person|item|counts|period (seed 3)
--   4 count   advisory, exclusive: school|course (seed 4)
--   5 item    row, for update
-- Quota and count are locked by name, not by row: a first row cannot be locked before it is there, and a refusal leaves none.
-- The instant that counts is read in its own statement after all of them (readings, "Time").
set search_path = licheng, public;

create table admission_file ( -- dated limits of the authority (regulation 1.5), compiled
  school text not null references school, role text not null, media_type text not null, max_bytes bigint not null,
  clause text not null, primary key (school, role, media_type)
);
alter table admission_file enable row level security;
alter table admission_file force row level security;
create policy own_school on admission_file to licheng_app using (school = current_setting('app.school', true)) with check (school = current_setting('app.school', true));
create policy operator on admission_file to licheng_operator using (true) with check (true);
grant select, insert, update, delete on admission_file to licheng_app, licheng_operator;

alter table item add column return_sealed bytea; -- the teacher's words beside the reason, under the student's key

create type verdict as (code text, clause text, place text, found text, limit_ text);

-- stamp: the spelling of an instant in refusals, the same as rules/admission.py's.
create function stamp(at timestamptz) returns text language sql immutable as
$$ select to_char(at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"') $$;

create function window_lock(p_school text, p_period text, p_lane text, p_kind text) returns bigint language sql immutable as
$$ select hashtextextended(p_school || '|window|' || p_period || '|' || p_lane || '|' || p_kind, 0) $$;
create function quota_lock(p_school text, p_person uuid, p_item text, p_counts text, p_period text) returns bigint language sql immutable as
$$ select hashtextextended(p_school || '|' || p_person::text || '|' || p_item || '|' || p_counts || '|' || p_period, 3) $$;
create function count_lock(p_school text, p_course text) returns bigint language sql immutable as
$$ select hashtextextended(p_school || '|' || p_course, 4) $$;

-- refusal: a verdict without nulls, so that `is null` tells accepted from refused whatever a caller sends.
create function refusal(p_code text, p_clause text, p_place text, p_found text, p_limit text) returns verdict language sql immutable as
$$ select row(p_code, coalesce(p_clause, ''), coalesce(p_place, ''), coalesce(p_found, ''), coalesce(p_limit, ''))::licheng.verdict $$;

-- last_close: the latest of the base close and every granted extension whose scope holds this student.
create function last_close(p_school text, p_period text, p_lane text, p_kind text, p_person uuid, p_class text) returns timestamptz language sql stable as $$
  select greatest(w.closes, (select max(e.closes) from licheng.extension e
    where e.school = p_school and e.period = p_period and e.kind = p_kind and e.occurrence = ''
      and e.target = case e.scope when 'person' then p_person::text when 'class' then p_class when 'lane' then p_lane else '' end))
  from licheng.admission_window w
  where w.school = p_school and w.period = p_period and w.lane = p_lane and w.kind = p_kind and w.occurrence = ''
$$;

-- judge_window: null when `p_at` is inside the window of this student; else the verdict. At the close is late.
create function judge_window(p_school text, p_period text, p_lane text, p_kind text, p_person uuid, p_class text,
    p_at timestamptz, p_place text) returns verdict language plpgsql stable as $$
declare w licheng.admission_window; last timestamptz;
begin
  select * into w from licheng.admission_window where school = p_school and period = p_period and lane = p_lane and kind = p_kind and occurrence = '';
  if not found then return licheng.refusal('no_window', '規§4.2', p_place, '', ''); end if;
  if w.during @> p_at then return null; end if;
  if p_at < w.opens then return licheng.refusal('window_not_open', w.clause, p_place, licheng.stamp(p_at), licheng.stamp(w.opens)); end if;
  if p_at < w.closes then -- between two spans of a window with daily hours
    return licheng.refusal('window_not_open', w.clause, p_place, licheng.stamp(p_at),
      (select licheng.stamp(min(lower(r))) from unnest(w.during) r where lower(r) > p_at));
  end if;
  last := licheng.last_close(p_school, p_period, p_lane, p_kind, p_person, p_class);
  if p_at < last then return null; end if;
  return licheng.refusal('window_closed', w.clause, p_place, licheng.stamp(p_at), licheng.stamp(last));
end $$;

create function refused(p_school text, p_actor uuid, p_command text, v verdict, p_at timestamptz) returns jsonb language plpgsql as $$
begin
  insert into licheng.attempt (school, at, actor, command, code, clause, place, found, limit_)
  values (p_school, p_at, p_actor, p_command, v.code, v.clause, v.place, v.found, v.limit_);
  return jsonb_build_object('refused', jsonb_build_object('code', v.code, 'clause', v.clause, 'place', v.place, 'found', v.found, 'limit', v.limit_));
end $$;

-- answer_of: what records/seam.py makes a proof of; the instant to the microsecond.
create function answer_of(f fact) returns jsonb language sql stable as $$
  select jsonb_build_object('fact', f.id, 'kind', f.kind, 'subject', f.subject, 'body', f.body,
    'at', to_char(f.at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"+00:00"'))
$$;

-- known_answer: the first answer of an idempotency key; a refusal when the key was used with another body.
-- The key keeps the fact's id only: the answer is told from the fact again, and never written twice.
create function known_answer(p_school text, p_actor uuid, p_name text, p_key text, p_hash text, p_command text) returns jsonb language plpgsql as $$
declare k licheng.command_key; f licheng.fact;
begin
  perform set_config('app.school', p_school, true);
  perform pg_advisory_xact_lock(hashtextextended(p_school || '|' || p_name || '|' || p_key, 1));
  select * into k from licheng.command_key where school = p_school and actor = p_name and key = p_key;
  if not found then return null; end if;
  if k.request_hash <> p_hash then
    return licheng.refused(p_school, p_actor, p_command, licheng.refusal('key_reused', '', 'key ' || p_key, '', ''), licheng.school_now(p_school));
  end if;
  select * into f from licheng.fact where school = p_school and id = (k.answer->>'fact')::bigint;
  return jsonb_build_object('repeated', true, 'answer', licheng.answer_of(f));
end $$;

-- accepted: the fact, the key, the answer.
create function accepted(p_school text, p_actor uuid, p_name text, p_key text, p_hash text, p_at timestamptz, p_kind text,
    p_clause text, p_subject text, p_body jsonb, p_behalf text) returns jsonb language plpgsql as $$
declare f licheng.fact;
begin
  insert into licheng.fact (school, at, kind, actor, on_behalf_of, clause, subject, body)
  values (p_school, p_at, p_kind, p_actor, p_behalf, p_clause, p_subject, jsonb_strip_nulls(p_body)) returning * into f;
  insert into licheng.command_key (school, actor, key, request_hash, answer, at)
  values (p_school, p_name, p_key, p_hash, jsonb_build_object('fact', f.id), p_at);
  return jsonb_build_object('answer', licheng.answer_of(f));
end $$;

-- judge_quota, add_quota: below the limit, one more or one less. The caller holds quota_lock.
create function judge_quota(p_school text, p_person uuid, p_item text, p_counts text, p_period text, p_place text) returns verdict language plpgsql stable as $$
declare l licheng.admission_limit; n int;
begin
  select * into l from licheng.admission_limit where school = p_school and item = p_item and counts = p_counts and period = p_period;
  if not found then return null; end if;
  select used into n from licheng.quota_use where school = p_school and person = p_person and item = p_item and counts = p_counts and period = p_period;
  if coalesce(n, 0) < l.max then return null; end if;
  return licheng.refusal('quota_exceeded', l.clause, p_place, coalesce(n, 0)::text, l.max::text);
end $$;
create function add_quota(p_school text, p_person uuid, p_item text, p_counts text, p_period text, p_by int) returns void language plpgsql as $$
begin
  update licheng.quota_use set used = used + p_by where school = p_school and person = p_person and item = p_item and counts = p_counts and period = p_period;
  if not found then insert into licheng.quota_use values (p_school, p_person, p_item, p_counts, p_period, p_by); end if;
end $$;

-- count_pending: what a course's teacher owes; the caller holds count_lock. When it reaches zero after the upload
-- closed, the duty is done (first-day); when somebody asks again after that, it is open again.
create function count_pending(p_school text, p_course text, p_by int, p_done text, p_actor uuid, p_behalf text, p_at timestamptz) returns void language plpgsql as $$
declare n int; k licheng.course; closed boolean; duty_ text; process_ text;
begin
  update licheng.certification_count set pending = pending + p_by, certified = certified + (p_done = 'certified')::int,
         returned = returned + (p_done = 'returned')::int
   where school = p_school and course = p_course returning pending into n;
  if not found then
    insert into licheng.certification_count (school, course, pending) values (p_school, p_course, p_by) returning pending into n;
  end if;
  if p_done = '' and n <> 1 then return; end if;
  if p_done <> '' and n <> 0 then return; end if;
  select * into k from licheng.course where school = p_school and id = p_course;
  process_ := 'semester/' || p_school || '/' || k.semester;
  duty_ := process_ || '#certification#' || p_course;
  if p_done = '' then
    update licheng.duty set state = 'open' where school = p_school and key = duty_;
    return;
  end if;
  select coalesce(bool_and(w.closes <= p_at), false) into closed from licheng.admission_window w
   where w.school = p_school and w.period = k.semester and w.kind = 'outcome_upload' and w.lane in
     (select m.lane from licheng.student s join licheng.lane_member m on m.school = s.school and m.person = s.person and m.closes is null
       where s.school = p_school and s.class = k.class);
  if not closed then return; end if;
  insert into licheng.duty (school, key, process, state, done_at, done_by, on_behalf_of) values (p_school, duty_, process_, 'done', p_at, p_actor, p_behalf)
  on conflict (school, key) do update set state = 'done', done_at = excluded.done_at, done_by = excluded.done_by, on_behalf_of = excluded.on_behalf_of;
  insert into licheng.fact (school, at, kind, actor, on_behalf_of, clause, subject, body, wakes)
  values (p_school, p_at, 'certification_completed', p_actor, p_behalf, '規§5.3.2', duty_, jsonb_build_object('course', p_course),
          case when exists (select from licheng.process where school = p_school and id = process_) then process_ end);
end $$;

-- upload: a new item. Its id comes from the key, so that a retry and a rerun name the same item. 規§5.3.1, 規§5.4
-- p_files: [{role, sha256}]; p_sealed: summary, file names and link under the student's key.
create function upload(p_school text, p_actor uuid, p_name text, p_key text, p_hash text, p_item text, p_period text, p_course text,
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
  if v is null and p_item = 'outcome' and not exists (select from licheng.course_member m join licheng.course k on k.school = m.school and k.id = m.course
       where m.school = p_school and m.course = p_course and m.person = p_actor and k.semester = p_period) then
    v := licheng.refusal('not_found', clause_, 'course ' || coalesce(p_course, ''), '', '');
  end if;
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

-- judge_files: every file is stored and of an allowed kind; what one role holds together is below its limit (regulation 1.5).
create function judge_files(p_school text, p_files jsonb, p_clause text) returns verdict language plpgsql stable as $$
declare f record; l licheng.admission_file;
begin
  if jsonb_array_length(p_files) = 0 then return licheng.refusal('file_missing', p_clause, 'files', '0', '1'); end if;
  for f in select x.f->>'role' as role, x.f->>'sha256' as sha256, s.size, s.media_type, sum(s.size) over (partition by x.f->>'role' order by x.n) as together
             from jsonb_array_elements(p_files) with ordinality x(f, n)
             left join licheng.stored_file s on s.school = p_school and s.sha256 = x.f->>'sha256' order by x.n loop
    if f.size is null then return licheng.refusal('file_missing', p_clause, f.role, left(f.sha256, 12), ''); end if;
    select * into l from licheng.admission_file where school = p_school and role = f.role and media_type = f.media_type;
    if not found then return licheng.refusal('file_type', p_clause, f.role, f.media_type,
      (select string_agg(media_type, ', ' order by media_type collate "C") from licheng.admission_file where school = p_school and role = f.role)); end if;
    if f.together > l.max_bytes then return licheng.refusal('file_size', l.clause, f.role, f.together::text, l.max_bytes::text); end if;
  end loop;
  return null;
end $$;

create function keep_version(p_school text, p_item uuid, p_version int, p_digest text, p_files jsonb, p_sealed bytea, p_at timestamptz) returns void language sql as $$
  insert into licheng.item_version (school, item, version, digest, sealed, at) values (p_school, p_item, p_version, p_digest, p_sealed, p_at);
  insert into licheng.item_file (school, item, version, ordinal, role, sha256, size, media_type)
  select p_school, p_item, p_version, x.n, x.f->>'role', x.f->>'sha256', s.size, s.media_type
    from jsonb_array_elements(p_files) with ordinality x(f, n) join licheng.stored_file s on s.school = p_school and s.sha256 = x.f->>'sha256';
$$;

-- act_on_item: every command on an existing item. p_args: {digest, files} (replace), {reason} (return), {digest} (certify).
create function act_on_item(p_school text, p_actor uuid, p_name text, p_key text, p_hash text, p_command text, p_item uuid, p_args jsonb, p_sealed bytea)
returns jsonb language plpgsql as $$
declare known jsonb; i licheng.item; t licheng.admission_transition; v licheng.verdict; at_ timestamptz; to_ text; behalf text; post_ text; body jsonb;
  class_ text; kind_ text; used_ text; period_ text; place_ text := 'item ' || p_item; certifies boolean := p_command in ('certify', 'return');
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
  select * into t from licheng.admission_transition where school = p_school and item = i.item and command = p_command and from_state = i.state;
  if v is null and t.to_state is null then
    v := licheng.refusal('wrong_state', '規§5.3.1', place_, i.state, (select string_agg(from_state, ', ' order by from_state collate "C")
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

-- window_period: certification and upload of outcomes hang on the semester, everything else on the school year.
create function window_period(p_kind text, p_period text) returns text language sql immutable as
$$ select case when p_kind in ('selection', 'diverse_upload') then split_part(p_period, '-', 1) else p_period end $$;

-- freeze_window: waits for commands under way, reads the clock, then closes for good. Before anybody's close: not yet.
-- At the correction close items never requested are `expired`; at the certification close items that no teacher decided
-- are `expired_uncertified`, the school's fault; at the selection close the chosen ones are `locked`. The upload's close
-- changes no state, unless somebody's upload was extended beyond the correction close. A second call says the same.
create function freeze_window(p_school text, p_period text, p_lane text, p_kind text, p_occurrence text) returns jsonb language plpgsql as $$
declare last timestamptz; at_ timestamptz; answer_ jsonb;
begin
  perform set_config('app.school', p_school, true);
  perform pg_advisory_xact_lock(licheng.window_lock(p_school, p_period, p_lane, p_kind));
  select greatest(w.closes, (select max(e.closes) from licheng.extension e where e.school = p_school and e.period = p_period and e.kind = p_kind and e.occurrence = p_occurrence
      and (e.scope = 'all' or (e.scope = 'lane' and e.target = p_lane)
        or (e.scope = 'person' and exists (select from licheng.lane_member m where m.school = p_school and m.lane = p_lane and m.person::text = e.target))
        or (e.scope = 'class' and exists (select from licheng.student s join licheng.lane_member m on m.school = s.school and m.person = s.person
              where s.school = p_school and m.lane = p_lane and s.class = e.target)))))
    into last from licheng.admission_window w where w.school = p_school and w.period = p_period and w.lane = p_lane and w.kind = p_kind and w.occurrence = p_occurrence;
  at_ := licheng.school_now(p_school);
  if last is null or at_ < last then return jsonb_strip_nulls(jsonb_build_object('frozen', false, 'closes', licheng.stamp(last))); end if;
  if p_kind = 'certification' then
    update licheng.item set state = 'expired_uncertified' where school = p_school and period = p_period and lane = p_lane and item = 'outcome' and state = 'certification_requested';
    update licheng.certification_count c set pending = (select count(*) from licheng.item i where i.school = p_school and i.course = c.course and i.state = 'certification_requested')
      from licheng.course k where c.school = p_school and k.school = c.school and k.id = c.course and k.semester = p_period and c.pending > 0;
  elsif p_kind in ('outcome_upload', 'outcome_correction') then
    -- No one may still ask for the item's certification: neither a first time nor after a return.
    update licheng.item i set state = 'expired' from licheng.student s
     where i.school = p_school and i.period = p_period and i.lane = p_lane and i.item = 'outcome' and i.state in ('uploaded', 'returned')
       and s.school = i.school and s.person = i.student
       and at_ >= coalesce(licheng.last_close(p_school, p_period, p_lane, 'outcome_correction', i.student, s.class), '-infinity')
       and (i.state = 'returned' or at_ >= coalesce(licheng.last_close(p_school, p_period, p_lane, 'outcome_upload', i.student, s.class), '-infinity'));
  elsif p_kind = 'selection' then
    update licheng.item set state = 'locked' where school = p_school and school_year = p_period and lane = p_lane and state = 'selected';
  end if;
  select jsonb_build_object('frozen', true, 'items', count(*), 'expired', count(*) filter (where state in ('expired', 'expired_uncertified')),
      'digest', encode(sha256(convert_to(coalesce(string_agg(id || '|' || state || '|' || digest, ',' order by id), ''), 'UTF8')), 'hex'))
    into answer_ from licheng.item where school = p_school and lane = p_lane
     and case when p_kind in ('selection', 'diverse_upload') then school_year = p_period else period = p_period end;
  return answer_;
end $$;
grant execute on all functions in schema licheng to licheng_app, licheng_operator;
