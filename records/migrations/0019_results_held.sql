-- Documents stay closed to persons (0014); 0018 opened them for one flag. The flag is told by a function instead.
set search_path = licheng, public;

drop policy person on document;
revoke select on document from licheng_person;

-- results_held: whether the school of this transaction shows decisions only once they are released.
create function results_held() returns boolean language sql stable security definer set search_path = licheng, pg_temp as $$
  select coalesce((select d.body->>'results' = 'on_release' from licheng.document d
    where d.school = current_setting('app.school', true) and d.kind = 'rule_set' order by d.version desc limit 1), false)
$$;
revoke execute on function results_held() from public;
grant execute on function results_held() to licheng_person, licheng_app, licheng_operator;
