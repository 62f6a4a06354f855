-- What the store asks and writes for one file, each in one round trip. Both see one school's rows only.
set search_path = licheng, public;

create function known_check(p_school text, p_sha256 text, p_checks int) returns setof file_check language plpgsql as $$
begin
  perform set_config('app.school', p_school, true);
  return query select * from licheng.file_check where school = p_school and sha256 = p_sha256 and checks = p_checks;
end $$;

-- keep_file: the row of a file that is on disk, and that its content was found in order.
create function keep_file(p_school text, p_sha256 text, p_size bigint, p_media_type text, p_checks int) returns void language plpgsql as $$
declare at_ timestamptz;
begin
  perform set_config('app.school', p_school, true);
  at_ := licheng.school_now(p_school);
  insert into licheng.stored_file (school, sha256, size, media_type, stored_at) values (p_school, p_sha256, p_size, p_media_type, at_) on conflict do nothing;
  insert into licheng.file_check (school, sha256, checks, media_type, at) values (p_school, p_sha256, p_checks, p_media_type, at_) on conflict do nothing;
end $$;
grant execute on all functions in schema licheng to licheng_app, licheng_operator;
