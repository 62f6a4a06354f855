-- What refuses an act on an item for its state or its owner cites the clause of the act: to select is 規§6.1, to certify 規§5.3.2.
-- Both functions stay word for word as they were but for that clause, so their own text is taken and only it replaced.
set search_path = licheng, public;

-- act_clause: as rules/admission.py's act_clause; a property test holds that both say the same.
create function act_clause(p_command text) returns text language sql immutable as
$$ select case when p_command in ('select', 'unselect') then '規§6.1' when p_command in ('certify', 'return') then '規§5.3.2' else '規§5.3.1' end $$;

do $$
declare f regprocedure;
begin
  foreach f in array array['act_on_item(text, uuid, text, text, text, text, uuid, jsonb, bytea)',
      'decide_many(text, uuid, text, text, text, text, uuid[], text[], text, bytea[])']::regprocedure[] loop
    execute replace(pg_get_functiondef(f), '''規§5.3.1''', 'licheng.act_clause(p_command)');
  end loop;
end $$;
grant execute on all functions in schema licheng to licheng_app, licheng_operator;
