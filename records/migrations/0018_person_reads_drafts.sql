-- The second line (0014) for what came with drafts, choices, released results and resumable uploads. Adopted rules,
-- calendars and the authority's documents are about nobody. What was found in a file is nobody's to read.
set search_path = licheng, public;

create policy person on document for select to licheng_person using (school = here());
grant select on document to licheng_person;
create policy person on result_release for select to licheng_person using (school = here());
grant select on result_release to licheng_person;
create policy person on draft for select to licheng_person using (school = here() and student = (select me()));
grant select on draft to licheng_person;
create policy person on declined for select to licheng_person using (school = here() and (student = (select me())
  or exists (select my_fields())));
grant select on declined to licheng_person;
create policy person on upload_session for select to licheng_person using (school = here() and person = (select me()));
grant select on upload_session to licheng_person;
