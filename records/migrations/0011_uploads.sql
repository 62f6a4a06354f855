-- An upload under way over a slow line: its bytes stand in a file of their own, what is known to be on disk stands here.
set search_path = licheng, public;

create table upload_session (
  school text not null references school, id text not null, person uuid not null, length bigint not null check (length > 0),
  received bigint not null default 0 check (received between 0 and length), -- bytes fsynced before this row was written
  created_at timestamptz not null, expires_at timestamptz not null,
  sha256 text, media_type text, refusal jsonb, -- one of them once it is over
  primary key (school, id)
);
create index upload_session_of on upload_session (school, person, created_at);
create index upload_session_file on upload_session (school, sha256) where sha256 is not null;
create index item_file_hash on item_file (school, sha256);
alter table upload_session enable row level security;
alter table upload_session force row level security;
create policy own_school on upload_session to licheng_app using (school = current_setting('app.school', true)) with check (school = current_setting('app.school', true));
create policy operator on upload_session to licheng_operator using (true) with check (true);
grant select, insert, update, delete on upload_session to licheng_app, licheng_operator;
