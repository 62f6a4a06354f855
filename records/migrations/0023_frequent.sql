-- The frequent path again, by what it was measured to cost: fewer statements, none that grows with a school's files or items.
set search_path = licheng, public;

-- An index that begins with the school alone looks as good as the primary key while a table is empty, and the plan of a
-- foreign key's check, once made, is kept by a connection: then every check walks the school's items. So the school comes second.
drop index item_student, item_period, course_post;
create index item_student on item (student, school, item, period);
create index item_period on item (period, school, item, lane, state);
create index course_post on course (post, school);

-- A log line locked its school's row, shared by all who act at once: the row's list of lockers was written anew by each of them.
-- A school is never deleted (no role may), and row security admits lines of the own school only: the reference says nothing more.
alter table fact drop constraint fact_school_fkey;
alter table command_key drop constraint command_key_school_fkey;
alter table attempt drop constraint attempt_school_fkey;
revoke delete on school from licheng_app, licheng_operator;

-- accepted: the fact, the key, the answer that records/seam.py makes a proof of; the instant to the microsecond.
create or replace function accepted(p_school text, p_actor uuid, p_name text, p_key text, p_hash text, p_at timestamptz, p_kind text,
    p_clause text, p_subject text, p_body jsonb, p_behalf text) returns jsonb language plpgsql as $$
declare fact_ bigint; body_ jsonb := jsonb_strip_nulls(p_body);
begin
  insert into licheng.fact (school, at, kind, actor, on_behalf_of, clause, subject, body)
  values (p_school, p_at, p_kind, p_actor, p_behalf, p_clause, p_subject, body_) returning id into fact_;
  insert into licheng.command_key (school, actor, key, request_hash, answer, at)
  values (p_school, p_name, p_key, p_hash, jsonb_build_object('fact', fact_), p_at);
  return jsonb_build_object('answer', jsonb_build_object('fact', fact_, 'kind', p_kind, 'subject', p_subject, 'body', body_,
    'at', to_char(p_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"+00:00"')));
end $$;

-- judge_quota: the limit and its use in one look.
create or replace function judge_quota(p_school text, p_person uuid, p_item text, p_counts text, p_period text, p_place text) returns verdict
language plpgsql stable as $$
declare max_ int; clause_ text; used_ int;
begin
  select l.max, l.clause, coalesce(q.used, 0) into max_, clause_, used_ from licheng.admission_limit l
    left join licheng.quota_use q on q.school = l.school and q.person = p_person and q.item = l.item and q.counts = l.counts and q.period = l.period
   where l.school = p_school and l.item = p_item and l.counts = p_counts and l.period = p_period;
  if not found or used_ < max_ then return null; end if;
  return licheng.refusal('quota_exceeded', clause_, p_place, used_::text, max_::text);
end $$;

-- judge_files: every file is stored and of an allowed kind; what one role holds together is below its limit (regulation 1.5).
-- File by file, each found by its name: a join with the list would read all that the school ever stored.
create or replace function judge_files(p_school text, p_files jsonb, p_clause text) returns verdict language plpgsql stable as $$
declare role_ text; sha_ text; size_ bigint; type_ text; max_ bigint; clause_ text; roles text[] := '{}'; sums bigint[] := '{}'; p int;
begin
  if jsonb_array_length(p_files) = 0 then return licheng.refusal('file_missing', p_clause, 'files', '0', '1'); end if;
  for n in 0 .. jsonb_array_length(p_files) - 1 loop
    role_ := p_files->n->>'role'; sha_ := p_files->n->>'sha256';
    select s.size, s.media_type, a.max_bytes, a.clause into size_, type_, max_, clause_ from licheng.stored_file s
      left join licheng.admission_file a on a.school = s.school and a.role = role_ and a.media_type = s.media_type
     where s.school = p_school and s.sha256 = sha_;
    if not found then return licheng.refusal('file_missing', p_clause, role_, left(sha_, 12), ''); end if;
    if max_ is null then return licheng.refusal('file_type', p_clause, role_, type_,
      (select string_agg(a.media_type, ', ' order by a.media_type collate "C") from licheng.admission_file a where a.school = p_school and a.role = role_)); end if;
    p := array_position(roles, role_);
    if p is null then roles := roles || role_; sums := sums || size_; p := cardinality(roles); else sums[p] := sums[p] + size_; end if;
    if sums[p] > max_ then return licheng.refusal('file_size', clause_, role_, sums[p]::text, max_::text); end if;
  end loop;
  return null;
end $$;

create or replace function keep_version(p_school text, p_item uuid, p_version int, p_digest text, p_files jsonb, p_sealed bytea, p_at timestamptz)
returns void language plpgsql as $$
begin
  insert into licheng.item_version (school, item, version, digest, sealed, at) values (p_school, p_item, p_version, p_digest, p_sealed, p_at);
  for n in 0 .. jsonb_array_length(p_files) - 1 loop
    insert into licheng.item_file (school, item, version, ordinal, role, sha256, size, media_type)
    select p_school, p_item, p_version, n + 1, p_files->n->>'role', s.sha256, s.size, s.media_type from licheng.stored_file s
     where s.school = p_school and s.sha256 = p_files->n->>'sha256';
  end loop;
end $$;

-- upload: as in 0022. The windows of every lane that was ever the person's are locked (nearly always one); the instant read after
-- the locks tells the lane, and with it, in one look, who the person is.
create or replace function upload(p_school text, p_actor uuid, p_name text, p_key text, p_hash text, p_item text, p_period text, p_course text,
    p_category text, p_variant text, p_digest text, p_files jsonb, p_sealed bytea) returns jsonb language plpgsql as $$
declare known jsonb; lanes_ text[]; lane_ text; class_ text; keyed boolean; v licheng.verdict; at_ timestamptz; id_ uuid;
  kind_ text; place_ text; clause_ text;
begin
  known := licheng.known_answer(p_school, p_actor, p_name, p_key, p_hash, 'upload');
  if known is not null then return known; end if;
  place_ := p_item || ' ' || p_period;
  kind_ := case p_item when 'outcome' then 'outcome_upload' else 'diverse_upload' end;
  clause_ := case p_item when 'outcome' then '規§5.3.1' else '規§5.4' end;
  loop
    lanes_ := array(select m.lane from licheng.lane_member m where m.school = p_school and m.person = p_actor order by m.opens);
    for n in 1 .. cardinality(lanes_) loop
      perform pg_advisory_xact_lock_shared(licheng.window_lock(p_school, p_period, lanes_[n], kind_));
    end loop;
    perform pg_advisory_xact_lock(licheng.quota_lock(p_school, p_actor, p_item, 'uploaded', p_period));
    at_ := licheng.school_now(p_school);
    select s.class, exists (select from licheng.person_key k where k.school = p_school and k.person = p_actor),
           coalesce((select m.lane from licheng.lane_member m where m.school = p_school and m.person = p_actor
             and m.opens <= at_ and (m.closes is null or at_ < m.closes) order by m.opens desc limit 1), '')
      into class_, keyed, lane_ from licheng.student s where s.school = p_school and s.person = p_actor;
    exit when coalesce(lane_, '') = '' or lane_ = any (lanes_); -- else the lane came while we waited: lock its window too
  end loop;
  if not coalesce(keyed, false) then v := licheng.refusal('not_yours', clause_, place_, '', 'student'); end if;
  if v is null then v := licheng.judge_window(p_school, p_period, lane_, kind_, p_actor, class_, at_, place_); end if;
  if v is null and p_item = 'outcome' then v := licheng.judge_variant(p_school, p_actor, p_course, p_period, p_variant, clause_); end if;
  if v is null then v := licheng.judge_files(p_school, p_files, clause_); end if;
  if v is null then v := licheng.judge_quota(p_school, p_actor, p_item, 'uploaded', p_period, place_); end if;
  if not (v is null) then return licheng.refused(p_school, p_actor, 'upload', v, at_); end if;
  id_ := encode(substring(sha256(convert_to(p_school || '|' || p_name || '|' || p_key, 'UTF8')) from 1 for 16), 'hex')::uuid;
  insert into licheng.item (school, id, student, item, period, school_year, lane, class, course, category, variant, state, digest, files, uploaded_at)
  values (p_school, id_, p_actor, p_item, p_period, split_part(p_period, '-', 1), lane_, class_, p_course, p_category, p_variant, 'uploaded', p_digest,
          jsonb_array_length(p_files), at_);
  perform licheng.keep_version(p_school, id_, 1, p_digest, p_files, p_sealed, at_);
  perform licheng.add_quota(p_school, p_actor, p_item, 'uploaded', p_period, 1);
  return licheng.accepted(p_school, p_actor, p_name, p_key, p_hash, at_, 'uploaded', clause_, id_::text, jsonb_build_object('item', id_,
    'item_kind', p_item, 'state', 'uploaded', 'digest', p_digest, 'period', p_period, 'lane', lane_, 'course', p_course), null);
end $$;
grant execute on all functions in schema licheng to licheng_app, licheng_operator;
