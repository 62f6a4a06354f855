-- An upload with less said again: a repeated key is seen by the look that sees all else, and one statement writes every row.
-- The decisions, the locks and their order are those of 0026.
set search_path = licheng, public;

-- upload: new items, one a person at most. An id comes from the key, so that a retry and a rerun name the same item. 規§5.3.1, 規§5.4
-- p_files: for each call [{role, sha256}]; p_sealed: summary, file names and link under the student's key.
-- Locks as in 0002, each kind for the whole group in one order. The windows of every lane that was ever a person's are locked
-- (nearly always one for all); the instant read after the locks tells the lane, and with it, in one look, who the person is.
-- What is looked up has `limit 1`: found by its whole key, whatever the planner believes of a table that was empty when it planned.
create or replace function upload(p_school text, p_actors uuid[], p_names text[], p_keys text[], p_hashes text[], p_items text[], p_periods text[],
    p_courses text[], p_categories text[], p_variants text[], p_digests text[], p_files jsonb, p_sealed bytea[]) returns jsonb language plpgsql as $$
declare calls licheng.handing_in[]; c licheng.handing_in; answers jsonb[] := array_fill(null::jsonb, array[cardinality(p_actors)]);
  windows bigint[]; at_ timestamptz; told record; again boolean;
begin
  perform set_config('app.school', p_school, true);
  if cardinality(p_actors) > 1 then
    if (select count(distinct a) < cardinality(p_actors) from unnest(p_actors) a) then raise 'one upload a person'; end if;
  end if;
  perform pg_advisory_xact_lock(l) from (select hashtextextended(p_school || '|' || k.name || '|' || k.key, 1) as l
    from unnest(p_names, p_keys) k(name, key) order by 1) locks;
  loop
    windows := array(select licheng.window_lock(p_school, w.period, w.lane, w.kind) from (select distinct u.period collate "C" as period, m.lane collate "C" as lane,
        licheng.upload_kind(u.item) collate "C" as kind from unnest(p_actors, p_items, p_periods) u(actor, item, period)
      cross join lateral (select lane from licheng.lane_member where school = p_school and person = u.actor offset 0) m) w order by w.period, w.lane, w.kind);
    perform pg_advisory_xact_lock_shared(l) from unnest(windows) l;
    perform pg_advisory_xact_lock(l) from (select licheng.quota_lock(p_school, u.actor, u.item, 'uploaded', u.period) as l
      from unnest(p_actors, p_items, p_periods) u(actor, item, period) order by 1) locks;
    at_ := licheng.school_now(p_school);
    calls := array(select row(u.n, licheng.item_of_key(p_school, u.name, u.key), u.actor, u.name, u.key, u.hash, u.item, u.period, u.course, u.category,
        u.variant, u.digest, u.files, u.sealed, coalesce(m.lane, ''), s.class,
        case when o.there then licheng.refusal('repeated', '', '', '', '')
        when k.there is null or s.class is null then licheng.refusal('not_yours', licheng.upload_clause(u.item), u.item || ' ' || u.period, '', 'student')
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
      left join lateral (select true as there from licheng.command_key where school = p_school and actor = u.name and key = u.key limit 1) o on true
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
        and period = u.period limit 1) q on true);
    again := false; -- a lane came while we waited: lock its window too
    foreach c in array calls loop
      again := again or c.lane <> '' and licheng.window_lock(p_school, c.period, c.lane, licheng.upload_kind(c.item)) <> all (windows);
    end loop;
    exit when not again;
  end loop;
  foreach c in array calls loop
    if (c.v).code = 'repeated' then answers[c.n] := licheng.known_answer(p_school, c.actor, c.name, c.key, c.hash, 'upload');
    elsif not (c.v is null) then answers[c.n] := licheng.refused(p_school, c.actor, 'upload', c.v, at_); end if;
  end loop;

  for told in
    with done as materialized (select u.n, u.name, u.key, u.hash, u.actor, u.item, u.id, u.id::text as subject, u.period, u.lane, u.class, u.course, u.category,
        u.variant, u.digest, u.files, u.sealed, jsonb_strip_nulls(jsonb_build_object('item', u.id, 'item_kind', u.item, 'state', 'uploaded', 'digest', u.digest,
        'period', u.period, 'lane', u.lane, 'course', u.course)) as body from unnest(calls) u where u.v is null),
    items as (insert into licheng.item (school, id, student, item, period, school_year, lane, class, course, category, variant, state, digest, files, uploaded_at)
      select p_school, d.id, d.actor, d.item, d.period, split_part(d.period, '-', 1), d.lane, d.class, d.course,
        d.category, d.variant, 'uploaded', d.digest, jsonb_array_length(d.files), at_ from done d),
    versions as (insert into licheng.item_version (school, item, version, digest, sealed, at)
      select p_school, d.id, 1, d.digest, d.sealed, at_ from done d),
    files as (insert into licheng.item_file (school, item, version, ordinal, role, sha256, size, media_type)
      select p_school, d.id, 1, f.n, f.file->>'role', s.sha256, s.size, s.media_type
        from done d cross join lateral jsonb_array_elements(d.files) with ordinality f(file, n)
        cross join lateral (select * from licheng.stored_file where school = p_school and sha256 = f.file->>'sha256' limit 1) s),
    quotas as (insert into licheng.quota_use (school, person, item, counts, period, used)
      select p_school, d.actor, d.item, 'uploaded', d.period, 1 from done d
      on conflict (school, person, item, counts, period) do update set used = quota_use.used + 1),
    facts as (insert into licheng.fact (school, at, kind, actor, clause, subject, body)
      select p_school, at_, 'uploaded', d.actor, licheng.upload_clause(d.item), d.subject, d.body from done d order by d.n returning id, subject),
    keys as (insert into licheng.command_key (school, actor, key, request_hash, answer, at)
      select p_school, d.name, d.key, d.hash, jsonb_build_object('fact', f.id), at_ from done d join facts f on f.subject = d.subject)
    select d.n, jsonb_build_object('answer', jsonb_build_object('fact', f.id, 'kind', 'uploaded', 'subject', d.subject, 'body', d.body,
      'at', to_char(at_ at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"+00:00"'))) as answer from done d join facts f on f.subject = d.subject
  loop answers[told.n] := told.answer; end loop;
  return to_jsonb(answers);
end $$;
-- Each call is planned for lists of any length: a plan for this one's length would be made anew each time and be the same.
alter function upload(text, uuid[], text[], text[], text[], text[], text[], text[], text[], text[], text[], jsonb, bytea[])
  set plan_cache_mode = force_generic_plan;
grant execute on all functions in schema licheng to licheng_app, licheng_operator;
