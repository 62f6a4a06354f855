-- Commands that students and teachers give in thousands: one function each, one round trip, one transaction.
-- They know no rule; they compare with the rows that rules/admission.py compiled: inside, below, allowed.
-- Lock order, always the same: idempotency key → window (shared; a freeze takes it exclusive) → item → quota → count.
-- The instant that counts is read in its own statement after the locks (readings, "Time").
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

create type verdict as (code text, clause text, place text, found text, limit_ text);

-- stamp: the spelling of an instant in refusals, the same as rules/admission.py's.
create function stamp(at timestamptz) returns text language sql immutable as
$$ select to_char(at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"') $$;

create function window_lock(p_school text, p_period text, p_lane text, p_kind text) returns bigint language sql immutable as
$$ select hashtextextended(p_school || '|window|' || p_period || '|' || p_lane || '|' || p_kind, 0) $$;

-- judge_window: null when `p_at` is inside the window of this student; else the verdict.
create function judge_window(p_school text, p_period text, p_lane text, p_kind text, p_person uuid, p_class text,
    p_at timestamptz, p_place text) returns verdict language plpgsql stable as $$
declare w licheng.admission_window; last timestamptz;
begin
  select * into w from licheng.admission_window where school = p_school and period = p_period and lane = p_lane and kind = p_kind and occurrence = '';
  if not found then return row('no_window', '規§4.2', p_place, '', '')::licheng.verdict; end if;
  if p_at < w.opens then return row('window_not_open', w.clause, p_place, licheng.stamp(p_at), licheng.stamp(w.opens))::licheng.verdict; end if;
  if w.during @> p_at then return null; end if;
  select max(e.closes) into last from licheng.extension e
   where e.school = p_school and e.period = p_period and e.kind = p_kind and e.occurrence = ''
     and e.target = case e.scope when 'person' then p_person::text when 'class' then p_class when 'lane' then p_lane else '' end;
  last := greatest(w.closes, last);
  if p_at < last and p_at >= w.closes then return null; end if;
  return row('window_closed', w.clause, p_place, licheng.stamp(p_at), licheng.stamp(last))::licheng.verdict;
end $$;

-- known_answer: the first answer of an idempotency key; a verdict when the key was used with another body.
create function known_answer(p_school text, p_actor text, p_key text, p_hash text) returns jsonb language plpgsql as $$
declare k licheng.command_key;
begin
  perform set_config('app.school', p_school, true);
  perform pg_advisory_xact_lock(hashtextextended(p_school || '|' || p_actor || '|' || p_key, 1));
  select * into k from licheng.command_key where school = p_school and actor = p_actor and key = p_key;
  if not found then return null; end if;
  if k.request_hash <> p_hash then
    return jsonb_build_object('refused', jsonb_build_object('code', 'key_reused', 'clause', '', 'place', 'key ' || p_key, 'found', '', 'limit', ''));
  end if;
  return jsonb_build_object('repeated', true, 'answer', k.answer);
end $$;

create function refused(p_school text, p_actor uuid, p_command text, v verdict, p_at timestamptz) returns jsonb language plpgsql as $$
begin
  insert into licheng.attempt (school, at, actor, command, code, clause, place, found, limit_)
  values (p_school, p_at, p_actor, p_command, v.code, v.clause, v.place, v.found, v.limit_);
  return jsonb_build_object('refused', jsonb_build_object('code', v.code, 'clause', v.clause, 'place', v.place, 'found', v.found, 'limit', v.limit_));
end $$;

-- accepted: the fact, its proof and the key's answer.
create function accepted(p_school text, p_actor uuid, p_actor_text text, p_key text, p_hash text, p_at timestamptz, p_kind text,
    p_clause text, p_subject text, p_body jsonb, p_behalf text) returns jsonb language plpgsql as $$
declare f bigint; answer jsonb;
begin
  insert into licheng.fact (school, at, kind, actor, on_behalf_of, clause, subject, body)
  values (p_school, p_at, p_kind, p_actor, p_behalf, p_clause, p_subject, p_body) returning id into f;
  answer := jsonb_build_object('school', p_school, 'fact', f, 'kind', p_kind, 'subject', p_subject, 'at', licheng.stamp(p_at)) || p_body;
  answer := answer || jsonb_build_object('sha256', encode(sha256(convert_to(answer::text, 'UTF8')), 'hex'));
  insert into licheng.command_key (school, actor, key, request_hash, answer, at) values (p_school, p_actor_text, p_key, p_hash, answer, p_at);
  return jsonb_build_object('answer', answer);
end $$;

-- use_quota: raises a counter under its row lock when it is below the limit; the verdict otherwise.
create function use_quota(p_school text, p_person uuid, p_item text, p_counts text, p_period text, p_place text) returns verdict language plpgsql as $$
declare l licheng.admission_limit; n int;
begin
  insert into licheng.quota_use values (p_school, p_person, p_item, p_counts, p_period, 0) on conflict do nothing;
  select used into n from licheng.quota_use where school = p_school and person = p_person and item = p_item and counts = p_counts and period = p_period for update;
  select * into l from licheng.admission_limit where school = p_school and item = p_item and counts = p_counts and period = p_period;
  if found and n >= l.max then return row('quota_exceeded', l.clause, p_place, n::text, l.max::text)::licheng.verdict; end if;
  update licheng.quota_use set used = used + 1 where school = p_school and person = p_person and item = p_item and counts = p_counts and period = p_period;
  return null;
end $$;
create function free_quota(p_school text, p_person uuid, p_item text, p_counts text, p_period text) returns void language sql as $$
  update licheng.quota_use set used = used - 1 where school = p_school and person = p_person and item = p_item and counts = p_counts and period = p_period
$$;

-- count_pending: what a course's teacher owes. When it reaches zero after the upload closed, the duty is done (first-day).
create function count_pending(p_school text, p_course text, p_by int, p_done text, p_actor uuid, p_behalf text, p_at timestamptz) returns void language plpgsql as $$
declare n int; k licheng.course; closed boolean; duty_ text; process_ text;
begin
  insert into licheng.certification_count (school, course) values (p_school, p_course) on conflict do nothing;
  update licheng.certification_count set pending = pending + p_by, certified = certified + (p_done = 'certified')::int,
         returned = returned + (p_done = 'returned')::int
   where school = p_school and course = p_course returning pending into n;
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
-- p_files: [{role, sha256, size, media_type}]; p_sealed: summary and file names under the student's key.
create function upload(p_school text, p_actor uuid, p_key text, p_hash text, p_item text, p_period text, p_course text,
    p_category text, p_variant text, p_digest text, p_files jsonb, p_sealed bytea) returns jsonb language plpgsql as $$
declare known jsonb; st licheng.student; v licheng.verdict; at_ timestamptz; lane_ text; id_ uuid; kind_ text; place_ text; f record;
begin
  known := licheng.known_answer(p_school, p_actor::text, p_key, p_hash);
  if known is not null then return known; end if;
  place_ := p_item || ' ' || p_period;
  select * into st from licheng.student where school = p_school and person = p_actor;
  if not found then
    return licheng.refused(p_school, p_actor, 'upload', row('not_yours', '規§5.3.1', place_, '', 'student')::licheng.verdict, licheng.school_now(p_school));
  end if;
  kind_ := case p_item when 'outcome' then 'outcome_upload' else 'diverse_upload' end;
  select lane into lane_ from licheng.lane_member where school = p_school and person = p_actor order by opens desc limit 1;
  perform pg_advisory_xact_lock_shared(licheng.window_lock(p_school, p_period, coalesce(lane_, ''), kind_));
  insert into licheng.quota_use values (p_school, p_actor, p_item, 'uploaded', p_period, 0) on conflict do nothing;
  perform from licheng.quota_use where school = p_school and person = p_actor and item = p_item and counts = 'uploaded' and period = p_period for update;
  at_ := licheng.school_now(p_school);
  v := licheng.judge_window(p_school, p_period, coalesce(lane_, ''), kind_, p_actor, st.class, at_, place_);
  if v is null and p_item = 'outcome' and not exists (select from licheng.course_member m join licheng.course k on k.school = m.school and k.id = m.course
       where m.school = p_school and m.course = p_course and m.person = p_actor and k.semester = p_period) then
    v := row('not_found', '規§5.3.1', 'course ' || coalesce(p_course, ''), '', '')::licheng.verdict;
  end if;
  if v is null then v := licheng.judge_files(p_school, p_files); end if;
  if v is null then v := licheng.use_quota(p_school, p_actor, p_item, 'uploaded', p_period, place_); end if;
  if v is not null then return licheng.refused(p_school, p_actor, 'upload', v, at_); end if;
  id_ := encode(substring(sha256(convert_to(p_school || '|' || p_actor || '|' || p_key, 'UTF8')) from 1 for 16), 'hex')::uuid;
  insert into licheng.item (school, id, student, item, period, school_year, lane, class, course, category, variant, state, digest, files, uploaded_at)
  values (p_school, id_, p_actor, p_item, p_period, split_part(p_period, '-', 1), lane_, st.class, p_course, p_category, p_variant, 'uploaded', p_digest,
          jsonb_array_length(p_files), at_);
  perform licheng.keep_version(p_school, id_, 1, p_digest, p_files, p_sealed, at_);
  return licheng.accepted(p_school, p_actor, p_actor::text, p_key, p_hash, at_, 'uploaded', case p_item when 'outcome' then '規§5.3.1' else '規§5.4' end,
    id_::text, jsonb_build_object('item', id_, 'digest', p_digest, 'period', p_period, 'lane', lane_, 'course', p_course), null);
end $$;

-- judge_files: every file is stored, of an allowed kind and below its limit.
create function judge_files(p_school text, p_files jsonb) returns verdict language plpgsql stable as $$
declare f record; l licheng.admission_file;
begin
  if jsonb_array_length(p_files) = 0 then return row('file_missing', '規§5.3.1', 'files', '0', '1')::licheng.verdict; end if;
  for f in select x->>'role' as role, x->>'sha256' as sha256, s.size, s.media_type from jsonb_array_elements(p_files) x
             left join licheng.stored_file s on s.school = p_school and s.sha256 = x->>'sha256' loop
    if f.size is null then return row('file_missing', '規§5.3.1', f.role, left(f.sha256, 12), '')::licheng.verdict; end if;
    select * into l from licheng.admission_file where school = p_school and role = f.role and media_type = f.media_type;
    if not found then return row('file_type', '規§5.3.1', f.role, f.media_type,
      (select coalesce(string_agg(media_type, ', ' order by media_type), '') from licheng.admission_file where school = p_school and role = f.role))::licheng.verdict; end if;
    if f.size > l.max_bytes then return row('file_size', l.clause, f.role, f.size::text, l.max_bytes::text)::licheng.verdict; end if;
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
create function act_on_item(p_school text, p_actor uuid, p_actor_text text, p_key text, p_hash text, p_command text, p_item uuid, p_args jsonb, p_sealed bytea)
returns jsonb language plpgsql as $$
declare known jsonb; i licheng.item; t licheng.admission_transition; v licheng.verdict; at_ timestamptz; to_ text; behalf text; post_ text; body jsonb;
  teacher boolean := p_command in ('certify', 'return'); place_ text := 'item ' || p_item; window_ text; period_ text; fact_ text;
begin
  known := licheng.known_answer(p_school, p_actor_text, p_key, p_hash);
  if known is not null then return known; end if;
  select * into i from licheng.item where school = p_school and id = p_item;
  if not found then
    return licheng.refused(p_school, p_actor, p_command, row('not_found', '規§5.3.1', place_, '', '')::licheng.verdict, licheng.school_now(p_school));
  end if;
  -- The window is the one of the state as read; the row lock below shows whether the state still holds.
  select * into t from licheng.admission_transition where school = p_school and item = i.item and command = p_command and from_state = i.state;
  if found then
    -- An uploaded item that was once returned does not exist: it stays `returned` until requested again.
    window_ := t.window_kind;
    period_ := case when window_ in ('selection', 'diverse_upload') then i.school_year else i.period end;
    perform pg_advisory_xact_lock_shared(licheng.window_lock(p_school, period_, i.lane, window_));
  end if;
  select * into i from licheng.item where school = p_school and id = p_item for update;
  if window_ is not null and i.state <> t.from_state then
    -- Somebody acted in between; judged as the refusal of the present state.
    window_ := null;
  end if;
  at_ := licheng.school_now(p_school);
  if teacher then
    select post into post_ from licheng.course where school = p_school and id = i.course;
    case licheng.may_act(p_school, coalesce(post_, ''), p_actor, at_)
      when 'holder' then behalf := null;
      when 'deputy' then behalf := post_;
      when 'present' then v := row('holder_present', '規§10.1.2', post_, '', '')::licheng.verdict;
      else v := row('not_certifier', '規§5.3.2', coalesce(post_, place_), '', '')::licheng.verdict;
    end case;
  elsif i.student <> p_actor then
    v := row('not_yours', '規§5.3.1', place_, '', '')::licheng.verdict;
  end if;
  if v is null and window_ is null then
    v := row('wrong_state', '規§5.3.1', place_, i.state, (select coalesce(string_agg(from_state, ', ' order by from_state), '')
        from licheng.admission_transition where school = p_school and item = i.item and command = p_command))::licheng.verdict;
  end if;
  if v is null then v := licheng.judge_window(p_school, period_, i.lane, window_, i.student, i.class, at_, place_); end if;
  if v is null and p_command = 'certify' and p_args ? 'digest' and p_args->>'digest' <> i.digest then
    v := row('hash_changed', '規§5.3.2', place_, left(p_args->>'digest', 12), left(i.digest, 12))::licheng.verdict;
  end if;
  if v is null and p_command = 'replace' then v := licheng.judge_files(p_school, p_args->'files'); end if;
  if v is null and p_command = 'select' then v := licheng.use_quota(p_school, i.student, i.item, 'selected', i.school_year, i.item || ' ' || i.school_year); end if;
  if v is not null then return licheng.refused(p_school, p_actor, p_command, v, at_); end if;

  to_ := t.to_state;
  body := jsonb_build_object('item', p_item, 'lane', i.lane, 'course', i.course, 'period', i.period, 'digest', i.digest);
  if p_command = 'replace' then
    -- The same files again leave a certification standing: it is bound to the hash.
    if i.state = 'certified' and p_args->>'digest' = i.certified_digest then to_ := 'certified'; end if;
    perform licheng.keep_version(p_school, p_item, i.version + 1, p_args->>'digest', p_args->'files', p_sealed, at_);
    update licheng.item set version = version + 1, digest = p_args->>'digest', files = jsonb_array_length(p_args->'files'), state = to_,
      certified_digest = case when to_ = 'certified' then certified_digest end where school = p_school and id = p_item;
    body := body || jsonb_build_object('digest', p_args->>'digest', 'version', i.version + 1);
  elsif p_command = 'withdraw' then
    update licheng.item set state = to_ where school = p_school and id = p_item;
    perform licheng.free_quota(p_school, i.student, i.item, 'uploaded', i.period);
    if i.state = 'certification_requested' then perform licheng.count_pending(p_school, i.course, -1, 'withdrawn', p_actor, null, at_); end if;
  elsif p_command = 'request_certification' then
    update licheng.item set state = to_, requested_at = at_ where school = p_school and id = p_item;
    perform licheng.count_pending(p_school, i.course, 1, '', p_actor, null, at_);
  elsif p_command = 'certify' then
    update licheng.item set state = to_, decided_at = at_, decided_by = p_actor, on_behalf_of = behalf, certified_digest = digest, return_reason = null
     where school = p_school and id = p_item;
    perform licheng.count_pending(p_school, i.course, -1, 'certified', p_actor, behalf, at_);
  elsif p_command = 'return' then
    update licheng.item set state = to_, decided_at = at_, decided_by = p_actor, on_behalf_of = behalf, return_reason = p_args->>'reason' where school = p_school and id = p_item;
    perform licheng.count_pending(p_school, i.course, -1, 'returned', p_actor, behalf, at_);
    body := body || jsonb_build_object('reason', p_args->>'reason');
  elsif p_command = 'select' then
    update licheng.item set state = to_, selected_at = at_ where school = p_school and id = p_item;
  elsif p_command = 'unselect' then
    update licheng.item set state = to_, selected_at = null where school = p_school and id = p_item;
    perform licheng.free_quota(p_school, i.student, i.item, 'selected', i.school_year);
  end if;
  fact_ := case p_command when 'replace' then 'replaced' when 'withdraw' then 'withdrawn' when 'request_certification' then 'certification_requested'
    when 'certify' then 'certified' when 'return' then 'returned' when 'select' then 'selected' else 'unselected' end;
  return licheng.accepted(p_school, p_actor, p_actor_text, p_key, p_hash, at_, fact_, t.clause, p_item::text, body, behalf);
end $$;

-- freeze_window: waits for commands under way, reads the clock, then closes for good. Before anybody's close: not yet.
create function freeze_window(p_school text, p_period text, p_lane text, p_kind text, p_occurrence text) returns jsonb language plpgsql as $$
declare last timestamptz; at_ timestamptz; n int; digest_ text; expired_ int := 0;
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
  if last is null or at_ < last then return jsonb_build_object('frozen', false, 'closes', licheng.stamp(last)); end if;
  if p_kind = 'certification' then
    -- A teacher who did not act must not cost the student silently: the school's fault, and shown so.
    update licheng.item set state = 'expired_uncertified' where school = p_school and period = p_period and lane = p_lane and item = 'outcome' and state = 'certification_requested';
    get diagnostics expired_ = row_count;
    update licheng.certification_count c set pending = 0 from licheng.course k where c.school = p_school and k.school = c.school and k.id = c.course and k.semester = p_period
      and c.pending > 0 and not exists (select from licheng.item i where i.school = p_school and i.course = c.course and i.state = 'certification_requested');
  elsif p_kind = 'outcome_correction' then
    update licheng.item set state = 'expired' where school = p_school and period = p_period and lane = p_lane and item = 'outcome' and state in ('uploaded', 'returned');
    get diagnostics expired_ = row_count;
  elsif p_kind = 'selection' then
    update licheng.item set state = 'locked' where school = p_school and school_year = p_period and lane = p_lane and state = 'selected';
  end if;
  select count(*), encode(sha256(convert_to(coalesce(string_agg(id || state || digest, ',' order by id), ''), 'UTF8')), 'hex') into n, digest_
    from licheng.item where school = p_school and lane = p_lane
     and case when p_kind in ('selection', 'diverse_upload') then school_year = p_period else period = p_period end;
  return jsonb_build_object('frozen', true, 'items', n, 'digest', digest_, 'expired', expired_);
end $$;
grant execute on all functions in schema licheng to licheng_app, licheng_operator;
