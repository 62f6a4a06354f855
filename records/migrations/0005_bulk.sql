-- Many items decided at once: one call a batch, rights and windows looked up once for all of it, one result a row.
-- What is refused stays as it is and is counted as an attempt; the others are certified or returned all the same.
-- Locks as in 0002: key, windows (by name), counts (by course), item rows (by id); the clock is read after them.
set search_path = licheng, public;

-- decide_many: certify or return, of one teacher. Rows of p_digests and p_sealed belong to p_items; null: not given.
-- The fact of the whole call holds [item, fact or refusal] a row, so that a repeated key tells the same again.
create function decide_many(p_school text, p_actor uuid, p_name text, p_key text, p_hash text, p_command text, p_items uuid[],
    p_digests text[], p_reason text, p_sealed bytea[]) returns jsonb language plpgsql as $$
declare known jsonb; at_ timestamptz; w record; done_ uuid[]; results_ jsonb; refused_ int; place_ text;
begin
  known := licheng.known_answer(p_school, p_actor, p_name, p_key, p_hash, p_command || '_many');
  if known is not null then return known; end if;
  -- The ids lead every join: a plan that walks a school's items instead would cost more with every item it has.
  for w in select distinct i.period, i.lane from unnest(p_items) g(id) join licheng.item i on i.school = p_school and i.id = g.id order by 1, 2 loop
    perform pg_advisory_xact_lock_shared(licheng.window_lock(p_school, w.period, w.lane, 'certification'));
  end loop;
  for w in select distinct i.course from unnest(p_items) g(id) join licheng.item i on i.school = p_school and i.id = g.id where i.course is not null order by 1 loop
    perform pg_advisory_xact_lock(licheng.count_lock(p_school, w.course));
  end loop;
  perform 1 from unnest(p_items) g(id) join licheng.item i on i.school = p_school and i.id = g.id order by i.id for update of i;
  at_ := licheng.school_now(p_school);

  with given as (
    select g.* from unnest(p_items, p_digests, p_sealed) with ordinality g(id, seen, sealed, n)
  ), found as materialized (
    select g.n, g.id as asked, g.seen, g.sealed, i.* from given g left join licheng.item i on i.school = p_school and i.id = g.id
  ), posts as materialized (
    select k.id as course, k.post, licheng.may_act(p_school, k.post, p_actor, at_) as may from licheng.course k
     where k.school = p_school and k.id in (select f.course from found f)
  ), windows as materialized (
    select a.period, a.lane, a.during @> at_ as open from licheng.admission_window a
     where a.school = p_school and a.kind = 'certification' and a.occurrence = '' and (a.period, a.lane) in (select f.period, f.lane from found f)
  ), judged as materialized (
    select f.*, p.post, case p.may when 'deputy' then p.post end as behalf,
      case
      when f.id is null then licheng.refusal('not_found', '規§5.3.1', 'item ' || f.asked, '', '')
      when p.may = 'present' then licheng.refusal('holder_present', '規§10.1.2', p.post, '', '')
      when p.may is null or p.may = '' then licheng.refusal('not_certifier', '規§5.3.2', coalesce(p.post, 'item ' || f.asked), '', '')
      when t.to_state is null then licheng.refusal('wrong_state', '規§5.3.1', 'item ' || f.asked, f.state, (select string_agg(x.from_state, ', ' order by x.from_state collate "C")
          from licheng.admission_transition x where x.school = p_school and x.item = f.item and x.command = p_command))
      else coalesce(
        case when ws.open then null::licheng.verdict else
          licheng.judge_window(p_school, f.period, f.lane, 'certification', f.student,
            (select s.class from licheng.student s where s.school = p_school and s.person = f.student), at_, 'item ' || f.asked) end,
        case when p_command = 'certify' and f.seen <> f.digest then
          licheng.refusal('hash_changed', '規§5.3.2', 'item ' || f.asked, left(f.seen, 12), left(f.digest, 12)) end)
      end as v, t.to_state, t.clause
    from found f
    left join posts p on p.course = f.course
    left join windows ws on ws.period = f.period and ws.lane = f.lane
    left join licheng.admission_transition t on t.school = p_school and t.item = f.item and t.command = p_command and t.from_state = f.state
  ), decided as (
    update licheng.item i set state = j.to_state, decided_at = at_, decided_by = p_actor, on_behalf_of = j.behalf,
      certified_digest = case p_command when 'certify' then j.digest end,
      return_reason = case p_command when 'return' then p_reason end, return_sealed = case p_command when 'return' then j.sealed end
    from judged j where i.school = p_school and i.id = j.id and j.v is null
    returning i.id
  ), told as (
    insert into licheng.fact (school, at, kind, actor, on_behalf_of, clause, subject, body)
    select p_school, at_, case p_command when 'certify' then 'certified' else 'returned' end, p_actor, j.behalf, j.clause, j.id::text,
      jsonb_strip_nulls(jsonb_build_object('item', j.id, 'item_kind', j.item, 'lane', j.lane, 'course', j.course, 'period', j.period,
        'digest', j.digest, 'reason', case p_command when 'return' then p_reason end, 'state', j.to_state))
    from judged j where j.v is null order by j.n
    returning id, subject
  ), kept as (
    insert into licheng.attempt (school, at, actor, command, code, clause, place, found, limit_)
    select p_school, at_, p_actor, p_command, (j.v).code, (j.v).clause, (j.v).place, (j.v).found, (j.v).limit_
    from judged j where not (j.v is null) order by j.n
    returning 1
  )
  select array_agg(j.id order by j.n) filter (where j.v is null), count(*) filter (where not (j.v is null)),
    jsonb_agg(jsonb_build_array(j.asked, coalesce(to_jsonb(f.id), jsonb_build_object('code', (j.v).code, 'clause', (j.v).clause,
      'place', (j.v).place, 'found', (j.v).found, 'limit', (j.v).limit_))) order by j.n)
    into done_, refused_, results_
  from judged j left join told f on f.subject = j.id::text
  where (select count(*) from decided) >= 0 and (select count(*) from kept) >= 0;

  -- A course's count: all but one by number, the last one as a single decision, which may end the teacher's duty.
  for w in select i.course, count(*)::int as n, max(i.on_behalf_of) as behalf from unnest(done_) g(id)
            join licheng.item i on i.school = p_school and i.id = g.id group by i.course order by i.course loop
    update licheng.certification_count set pending = pending - (w.n - 1),
      certified = certified + case p_command when 'certify' then w.n - 1 else 0 end,
      returned = returned + case p_command when 'return' then w.n - 1 else 0 end
    where school = p_school and course = w.course;
    perform licheng.count_pending(p_school, w.course, -1, case p_command when 'certify' then 'certified' else 'returned' end, p_actor, w.behalf, at_);
    place_ := coalesce(place_, w.course);
  end loop;
  return licheng.accepted(p_school, p_actor, p_name, p_key, p_hash, at_, p_command || '_many', '規§5.3.2', coalesce(place_, 'items'),
    jsonb_build_object('decided', coalesce(cardinality(done_), 0), 'refused', refused_, 'reason', p_reason, 'results', results_,
      'results_sha256', encode(sha256(convert_to(results_::text, 'UTF8')), 'hex')), null);
end $$;
grant execute on function decide_many(text, uuid, text, text, text, text, uuid[], text[], text, bytea[]) to licheng_app, licheng_operator;
