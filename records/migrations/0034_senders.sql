-- A file is open to whom it was handed in by: so only who brought its bytes may name it, and knowing its hash gives nothing. 規§5.3.1
set search_path = licheng, public;

create table file_sender ( -- who brought a stored file; two who bring the same file are two rows
  school text not null, sha256 text not null, person uuid not null,
  primary key (sha256, person, school), foreign key (school, sha256) references stored_file (school, sha256)
);
alter table file_sender enable row level security;
alter table file_sender force row level security;
create policy own_school on file_sender to licheng_app using (school = current_setting('app.school', true)) with check (school = current_setting('app.school', true));
create policy operator on file_sender to licheng_operator using (true) with check (true);
create policy person on file_sender for select to licheng_person using (school = here() and person = (select me()));
grant select, insert on file_sender to licheng_app, licheng_operator;
grant select on file_sender to licheng_person;

-- Whoever has a file in an item, a draft or a finished upload of before brought it.
set local role licheng_operator;
insert into file_sender (school, sha256, person)
select f.school, f.sha256, i.student from item_file f join item i on i.school = f.school and i.id = f.item
union select u.school, u.sha256, u.person from upload_session u join stored_file s on s.school = u.school and s.sha256 = u.sha256
union select d.school, s.sha256, d.student from draft d cross join lateral jsonb_array_elements(d.files) x(file)
  join stored_file s on s.school = d.school and s.sha256 = x.file->>'sha256';
reset role;

drop function keep_file(text, text, bigint, text, int);
create function keep_file(p_school text, p_sha256 text, p_size bigint, p_media_type text, p_checks int, p_by uuid) returns void language plpgsql as $$
declare at_ timestamptz;
begin
  perform set_config('app.school', p_school, true);
  at_ := licheng.school_now(p_school);
  insert into licheng.stored_file (school, sha256, size, media_type, stored_at) values (p_school, p_sha256, p_size, p_media_type, at_) on conflict do nothing;
  insert into licheng.file_check (school, sha256, checks, media_type, at) values (p_school, p_sha256, p_checks, p_media_type, at_) on conflict do nothing;
  if p_by is not null then
    insert into licheng.file_sender (school, sha256, person) values (p_school, p_sha256, p_by) on conflict do nothing;
  end if;
end $$;

-- The judge of files and those who ask it stay word for word as they were but for who asks, so their own text is taken and only that
-- added; a text in which nothing was found to change is an error.
do $$
declare own text := 'left join licheng.admission_file a on a.school = s.school'; one text := 'where jsonb_array_length(u.files) = 1 and';
  f regprocedure; was text; is_now text;
begin
  foreach f in array array['judge_files(text, jsonb, text)', 'act_on_item(text, uuid, text, text, text, text, uuid, jsonb, bytea)',
      'upload(text, uuid[], text[], text[], text[], text[], text[], text[], text[], text[], text[], jsonb, bytea[])']::regprocedure[] loop
    was := pg_get_functiondef(f);
    is_now := case f::oid
      when 'judge_files(text, jsonb, text)'::regprocedure::oid then
        replace(replace(was, 'p_files jsonb, p_clause text', 'p_person uuid, p_files jsonb, p_clause text'), own,
          'join licheng.file_sender fs on fs.school = s.school and fs.sha256 = s.sha256 and fs.person = p_person ' || own)
      when 'act_on_item(text, uuid, text, text, text, text, uuid, jsonb, bytea)'::regprocedure::oid then
        replace(was, 'judge_files(p_school, p_args', 'judge_files(p_school, p_actor, p_args')
      else replace(replace(was, 'judge_files(p_school, u.files', 'judge_files(p_school, u.actor, u.files'), one,
        'join licheng.file_sender fs on fs.school = sf.school and fs.sha256 = sf.sha256 and fs.person = u.actor ' || one) end;
    if is_now = was then raise 'nothing to change in %', f; end if;
    execute is_now;
  end loop;
end $$;
drop function judge_files(text, jsonb, text);
grant execute on all functions in schema licheng to licheng_app, licheng_operator;
