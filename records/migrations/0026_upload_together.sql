-- Uploads that wait at the same time are handed in together (records/together.py): one round trip, one commit, one statement
-- for all rows of a table. Each call has its own verdict, and a call alone is a group of one: there is no other way in.
set search_path = licheng, public;

drop function upload(text, uuid, text, text, text, text, text, text, text, text, text, jsonb, bytea);

create type handing_in as ( -- one call, and beneath it what the judges found
  n int, id uuid, actor uuid, name text, key text, hash text, item text, period text, course text, category text, variant text, digest text, files jsonb, sealed bytea,
  lane text, class text, v verdict
);
create function upload_kind(p_item text) returns text language sql immutable as
$$ select case p_item when 'outcome' then 'outcome_upload' else 'diverse_upload' end $$;
create function upload_clause(p_item text) returns text language sql immutable as
$$ select case p_item when 'outcome' then '規§5.3.1' else '規§5.4' end $$;

create function item_of_key(p_school text, p_name text, p_key text) returns uuid language sql stable as
$$ select encode(substring(sha256(convert_to(p_school || '|' || p_name || '|' || p_key, 'UTF8')) from 1 for 16), 'hex')::uuid $$;

-- upload: new items, one a person at most. An id comes from the key, so that a retry and a rerun name the same item. 規§5.3.1, 規§5.4
-- p_files: for each call [{role, sha256}]; p_sealed: summary, file names and link under the student's key.
-- Locks as in 0002, each kind for the whole group in one order. The windows of every lane that was ever a person's are locked
-- (nearly always one for all); the instant read after the locks tells the lane, and with it, in one look, who the person is.
-- What is looked up has `limit 1`: found by its whole key, whatever the planner believes of a table that was empty when it planned.
create function upload(p_school text, p_actors uuid[], p_names text[], p_keys text[], p_hashes text[], p_items text[], p_periods text[],
    p_courses text[], p_categories text[], p_variants text[], p_digests text[], p_files jsonb, p_sealed bytea[]) returns jsonb language plpgsql as $$
declare calls licheng.handing_in[]; c licheng.handing_in; answers jsonb[] := array_fill(null::jsonb, array[cardinality(p_actors)]);
  windows bigint[]; at_ timestamptz; told record;
begin
  perform set_config('app.school', p_school, true);
  if (select count(distinct a) < cardinality(p_actors) from unnest(p_actors) a) then raise 'one upload a person'; end if;
  perform pg_advisory_xact_lock(l) from (select hashtextextended(p_school || '|' || k.name || '|' || k.key, 1) as l
    from unnest(p_names, p_keys) k(name, key) order by 1) locks;
  for told in select u.n from unnest(p_names, p_keys) with ordinality u(name, key, n)
      cross join lateral (select from licheng.command_key where school = p_school and actor = u.name and key = u.key limit 1) k loop
    answers[told.n] := licheng.known_answer(p_school, p_actors[told.n], p_names[told.n], p_keys[told.n], p_hashes[told.n], 'upload');
  end loop;

  loop
    windows := array(select licheng.window_lock(p_school, w.period, w.lane, w.kind) from (select distinct u.period collate "C" as period, m.lane collate "C" as lane,
        licheng.upload_kind(u.item) collate "C" as kind from unnest(p_actors, p_items, p_periods) u(actor, item, period)
      cross join lateral (select lane from licheng.lane_member where school = p_school and person = u.actor) m) w order by w.period, w.lane, w.kind);
    perform pg_advisory_xact_lock_shared(l) from unnest(windows) l;
    perform pg_advisory_xact_lock(l) from (select licheng.quota_lock(p_school, u.actor, u.item, 'uploaded', u.period) as l
      from unnest(p_actors, p_items, p_periods) u(actor, item, period) order by 1) locks;
    at_ := licheng.school_now(p_school);
    calls := array(select row(u.n, licheng.item_of_key(p_school, u.name, u.key), u.actor, u.name, u.key, u.hash, u.item, u.period, u.course, u.category,
        u.variant, u.digest, u.files, u.sealed, coalesce(m.lane, ''), s.class,
        case when k.there is null or s.class is null then licheng.refusal('not_yours', licheng.upload_clause(u.item), u.item || ' ' || u.period, '', 'student')
        else coalesce(
          case when not coalesce(w.during @> at_, false) then
            licheng.judge_window(p_school, u.period, coalesce(m.lane, ''), licheng.upload_kind(u.item), u.actor, s.class, at_, u.item || ' ' || u.period) end,
          case when u.item = 'outcome' and e.there is null then
            licheng.judge_variant(p_school, u.actor, u.course, u.period, u.variant, licheng.upload_clause(u.item)) end,
          case when f.there is null then licheng.judge_files(p_school, u.files, licheng.upload_clause(u.item)) end,
          case when not coalesce(q.used < l.max, false) then
            licheng.judge_quota(p_school, u.actor, u.item, 'uploaded', u.period, u.item || ' ' || u.period) end) end)::licheng.handing_in
      from (select *, p_files->(n::int - 1) as files from unnest(p_actors, p_names, p_keys, p_hashes, p_items, p_periods, p_courses, p_categories, p_variants,
        p_digests, p_sealed) with ordinality t(actor, name, key, hash, item, period, course, category, variant, digest, sealed, n)) u
      left join lateral (select class from licheng.student where school = p_school and person = u.actor limit 1) s on true
      left join lateral (select true as there from licheng.person_key where school = p_school and person = u.actor limit 1) k on true
      left join lateral (select lane from licheng.lane_member where school = p_school and person = u.actor and opens <= at_ and (closes is null or at_ < closes)
        order by opens desc limit 1) m on true
      -- What is in order is seen in one look; all else is the judges'.
      left join lateral (select during from licheng.admission_window where school = p_school and period = u.period and lane = m.lane
        and kind = licheng.upload_kind(u.item) and occurrence = '' limit 1) w on true
      left join lateral (select true as there from licheng.course_member cm
        join licheng.course co on co.school = cm.school and co.id = cm.course and co.semester = u.period
        join licheng.admission_variant a on a.school = cm.school and a.school_year = split_part(u.period, '-', 1) and a.variant = u.variant and a.enrolment = cm.enrolment
        where cm.school = p_school and cm.course = u.course and cm.person = u.actor limit 1) e on true
      left join lateral (select true as there from licheng.stored_file sf
        join licheng.admission_file a on a.school = sf.school and a.role = u.files->0->>'role' and a.media_type = sf.media_type and sf.size <= a.max_bytes
        where jsonb_array_length(u.files) = 1 and sf.school = p_school and sf.sha256 = u.files->0->>'sha256' limit 1) f on true
      left join lateral (select max from licheng.admission_limit where school = p_school and item = u.item and counts = 'uploaded' and period = u.period limit 1) l on true
      left join lateral (select used from licheng.quota_use where school = p_school and person = u.actor and item = u.item and counts = 'uploaded'
        and period = u.period limit 1) q on true
      where answers[u.n] is null);
    exit when not exists (select from unnest(calls) u where u.lane <> '' -- else a lane came while we waited: lock its window too
      and licheng.window_lock(p_school, u.period, u.lane, licheng.upload_kind(u.item)) <> all (windows));
  end loop;
  foreach c in array calls loop
    if not (c.v is null) then answers[c.n] := licheng.refused(p_school, c.actor, 'upload', c.v, at_); end if;
  end loop;

  insert into licheng.item (school, id, student, item, period, school_year, lane, class, course, category, variant, state, digest, files, uploaded_at)
  select p_school, u.id, u.actor, u.item, u.period, split_part(u.period, '-', 1), u.lane, u.class, u.course,
      u.category, u.variant, 'uploaded', u.digest, jsonb_array_length(u.files), at_ from unnest(calls) u where u.v is null;
  insert into licheng.item_version (school, item, version, digest, sealed, at)
  select p_school, u.id, 1, u.digest, u.sealed, at_ from unnest(calls) u where u.v is null;
  insert into licheng.item_file (school, item, version, ordinal, role, sha256, size, media_type)
  select p_school, u.id, 1, f.n, f.file->>'role', s.sha256, s.size, s.media_type
    from unnest(calls) u cross join lateral jsonb_array_elements(u.files) with ordinality f(file, n)
    cross join lateral (select * from licheng.stored_file where school = p_school and sha256 = f.file->>'sha256' limit 1) s where u.v is null;
  insert into licheng.quota_use (school, person, item, counts, period, used)
  select p_school, u.actor, u.item, 'uploaded', u.period, 1 from unnest(calls) u where u.v is null
  on conflict (school, person, item, counts, period) do update set used = quota_use.used + 1;
  for told in
    with done as (select u.n, u.name, u.key, u.hash, u.actor, u.item, u.id::text as id, jsonb_strip_nulls(jsonb_build_object(
        'item', u.id, 'item_kind', u.item, 'state', 'uploaded', 'digest', u.digest, 'period', u.period, 'lane', u.lane,
        'course', u.course)) as body from unnest(calls) u where u.v is null),
    facts as (insert into licheng.fact (school, at, kind, actor, clause, subject, body)
      select p_school, at_, 'uploaded', d.actor, licheng.upload_clause(d.item), d.id, d.body from done d order by d.n returning id, subject),
    keys as (insert into licheng.command_key (school, actor, key, request_hash, answer, at)
      select p_school, d.name, d.key, d.hash, jsonb_build_object('fact', f.id), at_ from done d join facts f on f.subject = d.id)
    select d.n, jsonb_build_object('answer', jsonb_build_object('fact', f.id, 'kind', 'uploaded', 'subject', d.id, 'body', d.body,
      'at', to_char(at_ at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"+00:00"'))) as answer from done d join facts f on f.subject = d.id
  loop answers[told.n] := told.answer; end loop;
  return to_jsonb(answers);
end $$;
grant execute on all functions in schema licheng to licheng_app, licheng_operator;
