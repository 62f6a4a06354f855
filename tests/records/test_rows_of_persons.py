"""Every table of personal data, row by row: who sees whose; and each expectation fails once its policy is gone or opened."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID, uuid4

import asyncpg
import pytest

from tests.records.builders import COURSE, INSIDE, SERVICE, World, found_school

ME, OTHER, TEACHER = "me", "other", "teacher"
READERS = (ME, OTHER, TEACHER, "office", "nobody")
BOTH = frozenset({ME, OTHER})
OWN: dict[str, frozenset[str]] = {ME: frozenset({ME}), OTHER: frozenset({OTHER})}
# A table: its owner's column, and whose rows staff see beside what each student sees of their own.
TABLES: dict[str, tuple[str, dict[str, frozenset[str]]]] = {
    "person": ("id", {TEACHER: frozenset({TEACHER}), "office": frozenset({"office"}), "nobody": frozenset({"nobody"})}),
    "student": ("person", {TEACHER: BOTH, "office": BOTH}),
    "course_member": ("person", {TEACHER: BOTH, "office": BOTH}),
    "lane_member": ("person", {"office": BOTH}),
    "item": ("student", {TEACHER: BOTH, "office": BOTH}),
    "item_version": ("item", {TEACHER: BOTH, "office": BOTH}),
    "item_file": ("item", {TEACHER: BOTH, "office": BOTH}),
    "stored_file": ("sha256", {TEACHER: BOTH, "office": BOTH}),
    "quota_use": ("person", {"office": BOTH}),
    "grade": ("person", {TEACHER: BOTH}),
    "cadre": ("person", {}),
    "advisory": ("adviser", {ME: frozenset(), OTHER: frozenset(), TEACHER: frozenset({TEACHER})}),
    "advisory_member": ("person", {TEACHER: BOTH}),
    "notice": ("person", {}),
    "confirmation": ("person", {"office": BOTH}),
    "report": ("person", {"office": BOTH}),
    "roster_line": ("person", {"office": BOTH}),
    "extension": ("target", {"office": BOTH}),
    "draft": ("student", {}),
    "declined": ("student", {"office": BOTH}),
    "upload_session": ("person", {}),
    "file_sender": ("person", {}),
    "fact": ("subject", {TEACHER: frozenset()}),
}
STRUCTURE = {
    "absence", "admission_file", "admission_limit", "admission_transition", "admission_variant", "admission_window",
    "certification_count", "class", "course", "meeting", "post", "post_field", "post_holder", "publication",
    "result_release", "school", "school_clock", "submission", "submission_version", "unable",
}  # fmt: skip
"""What a person may read that is about no student: dates, limits, posts, counts."""
ROWS = (
    "insert into grade values ($1, '{course}', $2, 80, true, null)",
    "insert into cadre values ($1, '115-1', $2, 1, 'class', '2026-09-01', '2027-01-20', 'x')",
    "insert into advisory_member values ($1, 'talk', $2)",
    "insert into notice (school, batch, person, template, at) values ($1, 'b', $2, 't', now())",
    "insert into confirmation values ($1, 'sub', 1, $2, 'unseen')",
    "insert into report (school, id, submission, version, person, at, objection) values ($1, $2::uuid::text, 'sub', 1, $2::uuid, now(), true)",
    "insert into roster_line values ($1, 'sub', 1, $2::uuid::text, 1, 'd', $2::uuid, null)",
    "insert into extension values ($1, $2::uuid::text, '115-1', 'selection', '', 'person', $2::uuid::text, now(), 'x', 'x', now())",
    "insert into declined values ($1, $2, 'selection', '115', now())",
    "insert into upload_session values ($1, md5($2::uuid::text), $2::uuid, 10, 0, now(), now())",
)
SCENE = (
    "insert into advisory values ($1, 'talk', '115-1', '2026-09-15', 'group', $2, 'x', 'x')",
    "insert into process (school, id, kind, started_at) values ($1, 'sub', 'submission', now()) on conflict do nothing",
    "insert into submission (school, id, period, lane, roster) values ($1, 'sub', '115', 'g10_11', 'outcome')",
    "insert into submission_version (school, submission, version, generated_at, roster_sha256, lines) values ($1, 'sub', 1, now(), 'x', 2)",
    "insert into post values ($1, 'section', 'section', 'office')",
    "insert into post_field values ($1, 'section', 'outcome')",
)


@dataclass
class Seen:
    """A school with rows of two students in every table, and who is meant by what stands in an owner's column."""

    world: World
    people: dict[str, UUID]
    names: dict[str, str]
    root: asyncpg.Connection

    async def owners(self, reader: str, table: str, *before: str) -> frozenset[str]:
        """Whose rows a reader gets who asks for all of them, after some changes that are undone again."""
        async with self.undone():
            for sql in before:
                await self.root.execute(sql)
            await self.root.execute(
                "select set_config('app.school', $1, true), set_config('app.person', $2, true),"
                " set_config('role', 'licheng_person', true)",
                self.world.school,
                str(self.people[reader]),
            )
            rows = await self.root.fetch(f"select {TABLES[table][0]}::text as whose from {table}")
            return frozenset(self.names[r["whose"]] for r in rows if r["whose"] in self.names)

    @asynccontextmanager
    async def undone(self) -> AsyncIterator[None]:
        """A transaction that leaves no trace."""
        change = self.root.transaction()
        await change.start()
        try:
            yield
        finally:
            await change.rollback()


@pytest.fixture
async def seen(world: World, migrated: str) -> AsyncIterator[Seen]:
    """The school, filled, and a connection that may change policies."""
    me, other, *_ = world.students
    people = {ME: me, OTHER: other, TEACHER: world.teacher, "office": uuid4(), "nobody": uuid4()}
    names = {str(person): name for name, person in people.items()}
    pool, school = world.operator.pool, world.school
    for staff in ("office", "nobody"):
        await pool.execute(
            "insert into person (school, id, sealed, kind) values ($1, $2, '', 'staff')", school, people[staff]
        )
    for sql in SCENE:
        await pool.execute(sql, school, *([people[TEACHER]] if "$2" in sql else []))
    await pool.execute("insert into post_holder values ($1, 'section', 0, $2, $3)", school, people["office"], INSIDE)
    for name, who in ((ME, me), (OTHER, other)):
        for sql in ROWS:
            await pool.execute(sql.format(course=COURSE), school, who)
        files = [await world.file()]
        item = (await world.upload(who, files=files)).proof["item"]
        await world.must(who, "save_draft", item="diverse", period="115", category="service", fields=SERVICE)
        names |= {item: name, files[0]["sha256"]: name}
    root = await asyncpg.connect(migrated, server_settings={"search_path": "licheng, public"})
    yield Seen(world, people, names, root)
    await root.close()


def _expected(table: str) -> Iterator[tuple[str, frozenset[str]]]:
    for reader in READERS:
        yield reader, TABLES[table][1].get(reader, OWN.get(reader, frozenset()))


@pytest.mark.clause("規§5.0", "規§10.1.2")
async def test_everybody_sees_exactly_their_rows_and_no_policy_can_go_unnoticed(seen: Seen) -> None:
    readable = await seen.root.fetch(
        "select relname from pg_class where relnamespace = 'licheng'::regnamespace and relkind = 'r'"
        " and has_any_column_privilege('licheng_person', oid, 'select')"
    )
    assert {r["relname"] for r in readable} == set(TABLES) | STRUCTURE, "a new table says here whose rows it holds"
    for table in TABLES:
        expected = dict(_expected(table))
        assert {r: await seen.owners(r, table) for r in READERS} == expected, table
        gone = f"drop policy person on {table}"
        opened = f"create policy person on {table} for select to licheng_person using (true)"
        somebody = next(r for r in READERS if expected[r])
        assert await seen.owners(somebody, table, gone) != expected[somebody], f"{table}: a lost policy is seen"
        assert await seen.owners("nobody", table, gone, opened) != expected["nobody"], (
            f"{table}: an open policy is seen"
        )
        off = f"alter table {table} disable row level security"
        assert await seen.owners("nobody", table, off) != expected["nobody"], f"{table}: no security is seen"


async def test_schools_never_see_each_other_in_any_table(seen: Seen, migrated: str, tmp_path: Path) -> None:
    """Neither as a person nor as the application; and a lost or opened school policy is seen."""
    names = [
        r["relname"]
        for r in await seen.root.fetch(
            "select c.relname from pg_class c join pg_attribute a on a.attrelid = c.oid and a.attname = 'school'"
            " where c.relnamespace = 'licheng'::regnamespace and c.relkind = 'r' order by 1"
        )
    ]
    async with found_school(migrated, tmp_path) as other:
        await other.certified(other.students[0])
        async with other.db.as_person(other.school, seen.people[ME]) as c:
            for table in TABLES:
                assert await c.fetchval(f"select count(*) from {table} where school <> $1", other.school) == 0, table
        policies = "select count(*) from pg_policies where schemaname = 'licheng' and tablename = $1 and 'licheng_app' = any(roles)"
        for table in names:
            foreign, own = await _counted(seen, table)
            assert foreign == 0, table
            assert await seen.root.fetchval(policies, table) == 1, f"{table}: one policy for the application"
            opened, _ = await _counted(seen, table, f"alter policy own_school on {table} using (true)")
            _, lost = await _counted(seen, table, f"drop policy own_school on {table}")
            there = await seen.root.fetchval(
                f"select exists (select from {table} where school <> $1)", seen.world.school
            )
            assert (opened > 0) == there, f"{table}: an open policy is seen"
            assert lost == 0 and (own > 0 or table not in TABLES), f"{table}: a lost policy is seen"


async def _counted(seen: Seen, table: str, *before: str) -> tuple[int, int]:
    """As the application in the first school: how many rows of other schools it gets, and how many of its own."""
    async with seen.undone():
        for sql in before:
            await seen.root.execute(sql)
        school = seen.world.school
        await seen.root.execute(
            "select set_config('app.school', $1, true), set_config('role', 'licheng_app', true)", school
        )
        row = await seen.root.fetchrow(
            f"select count(*) filter (where school <> $1) as strange, count(*) filter (where school = $1) as own from {table}",
            school,
        )
        assert row is not None
        return int(row["strange"]), int(row["own"])
