-- The web says that it lives too, beside the worker: while it alone is away nobody can hand in over the network, and no
-- attempt is recorded (規§10.2.2, readings "Time").
set search_path = licheng, public;

alter table alive add column part text not null default 'worker' check (part in ('worker', 'web'));
alter table alive alter column part drop default;
alter table alive drop constraint alive_pkey;
alter table alive add primary key (school, part, first);
