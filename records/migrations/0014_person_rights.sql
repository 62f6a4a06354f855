-- The second line: what a person reads is read as that person. A student sees own rows, a teacher own courses and
-- classes, an office its field, schools never each other. The first line are the commands and queries themselves.
--
-- Database.as_person sets the role and app.person for one transaction; without a person nothing is seen.
-- Rights are looked up when read: a deputy sees while the holder is away, a successor from the day of the switch.
set search_path = licheng, public;

do $$ begin
  if not exists (select from pg_roles where rolname = 'licheng_person') then create role licheng_person nologin; end if;
exception when unique_violation or duplicate_object then null; end $$;
grant licheng_person to current_user;
grant usage on schema licheng to licheng_person;

create table post_field ( -- which post's office works on what; compiled from the rule set (rules/admission.py)
  school text not null references school, post text not null, field text not null, primary key (school, post, field)
);
alter table post_field enable row level security;
alter table post_field force row level security;
create policy own_school on post_field to licheng_app using (school = current_setting('app.school', true)) with check (school = current_setting('app.school', true));
create policy operator on post_field to licheng_operator using (true) with check (true);
grant select, insert, update, delete on post_field to licheng_app, licheng_operator;

create function me() returns uuid language sql stable as $$ select nullif(current_setting('app.person', true), '')::uuid $$;
create function here() returns text language sql stable as $$ select current_setting('app.school', true) $$;
-- my_posts: the posts for which the person may act now, as holder or as deputy (規§10.1.2).
create function my_posts() returns setof text language sql stable as $$
  select h.post from licheng.post_holder h where h.school = licheng.here() and h.person = licheng.me()
     and licheng.may_act(h.school, h.post, h.person, licheng.school_now(h.school)) in ('holder', 'deputy')
$$;
create function my_courses() returns setof text language sql stable as $$
  select k.id from licheng.course k where k.school = licheng.here() and k.post in (select licheng.my_posts())
$$;
-- my_classes: those of the person's courses, and those of a post that there is one of a class (導師).
create function my_classes() returns setof text language sql stable as $$
  select k.class from licheng.course k where k.school = licheng.here() and k.post in (select licheng.my_posts())
  union select c.id from licheng.class c where c.school = licheng.here() and c.id in
    (select substring(p from position(':' in p) + 1) from licheng.my_posts() p where position(':' in p) > 0)
$$;
create function my_fields() returns setof text language sql stable as $$
  select f.field from licheng.post_field f where f.school = licheng.here() and f.post in (select licheng.my_posts())
$$;
grant execute on function me(), here(), my_posts(), my_courses(), my_classes(), my_fields(), may_act(text, text, uuid, timestamptz),
  school_now(text) to licheng_person, licheng_app, licheng_operator;

-- What is about nobody: the school's structure, dates and limits.
do $$ declare t text; begin
  foreach t in array array['school', 'school_clock', 'class', 'course', 'post', 'post_holder', 'post_field', 'admission_window',
      'admission_limit', 'admission_transition', 'admission_file', 'publication', 'meeting'] loop
    execute format('create policy person on licheng.%I for select to licheng_person using (school = licheng.here())', t);
    execute format('grant select on licheng.%I to licheng_person', t);
  end loop;
end $$;
-- Who is away is needed to know who acts; why is nobody's business.
create policy person on absence for select to licheng_person using (school = here());
grant select (school, person, opens, closes) on absence to licheng_person;
create policy person on unable for select to licheng_person using (school = here());
grant select (school, post, opens, closes) on unable to licheng_person;

create policy person on person for select to licheng_person using (school = here() and id = (select me()));
create policy person on student for select to licheng_person using (school = here() and (person = (select me())
  or class = any (array(select my_classes())) or exists (select my_fields())));
create policy person on course_member for select to licheng_person using (school = here() and (person = (select me())
  or course = any (array(select my_courses())) or 'outcome' = any (array(select my_fields()))));
create policy person on lane_member for select to licheng_person using (school = here() and (person = (select me()) or exists (select my_fields())));
create policy person on item for select to licheng_person using (school = here() and (student = (select me())
  or course = any (array(select my_courses())) or item = any (array(select my_fields()))));
create policy person on item_version for select to licheng_person using (school = here()
  and exists (select from item i where i.school = item_version.school and i.id = item_version.item));
create policy person on item_file for select to licheng_person using (school = here()
  and exists (select from item i where i.school = item_file.school and i.id = item_file.item));
create policy person on stored_file for select to licheng_person using (school = here()
  and exists (select from item_file f where f.school = stored_file.school and f.sha256 = stored_file.sha256));
create policy person on quota_use for select to licheng_person using (school = here() and (person = (select me())
  or item = any (array(select my_fields()))));
create policy person on certification_count for select to licheng_person using (school = here()
  and (course = any (array(select my_courses())) or 'outcome' = any (array(select my_fields()))));
create policy person on extension for select to licheng_person using (school = here() and (scope <> 'person'
  or target = (select me())::text or exists (select my_fields())));
create policy person on grade for select to licheng_person using (school = here() and (person = (select me())
  or course = any (array(select my_courses())) or 'grades' = any (array(select my_fields()))));
create policy person on cadre for select to licheng_person using (school = here() and (person = (select me())
  or 'cadre' = any (array(select my_fields()))));
create policy person on advisory_member for select to licheng_person using (school = here() and (person = (select me())
  or exists (select from advisory a where a.school = advisory_member.school and a.id = advisory_member.advisory)));
create policy person on advisory for select to licheng_person using (school = here() and adviser = (select me()));
create policy person on notice for select to licheng_person using (school = here() and person = (select me()));
create policy person on submission for select to licheng_person using (school = here());
create policy person on submission_version for select to licheng_person using (school = here());
create policy person on confirmation for select to licheng_person using (school = here() and (person = (select me())
  or exists (select from submission s where s.school = confirmation.school and s.id = confirmation.submission
               and s.roster = any (array(select my_fields())))));
create policy person on report for select to licheng_person using (school = here() and (person = (select me())
  or exists (select from submission s where s.school = report.school and s.id = report.submission
               and s.roster = any (array(select my_fields())))));
create policy person on roster_line for select to licheng_person using (school = here() and (person = (select me())
  or exists (select from submission s where s.school = roster_line.school and s.id = roster_line.submission
               and s.roster = any (array(select my_fields())))));
create policy person on fact for select to licheng_person using (school = here() and (actor = (select me())
  or exists (select from item i where i.school = fact.school and i.id::text = fact.subject and i.student = (select me()))));
do $$ declare t text; begin
  foreach t in array array['person', 'student', 'course_member', 'lane_member', 'item', 'item_version', 'item_file', 'stored_file',
      'quota_use', 'certification_count', 'extension', 'grade', 'cadre', 'advisory_member', 'advisory', 'notice', 'submission',
      'submission_version', 'confirmation', 'report', 'roster_line', 'fact'] loop
    execute format('grant select on licheng.%I to licheng_person', t);
  end loop;
end $$;
