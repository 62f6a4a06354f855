"""The second line: what a person reads by any SQL is what that person may see. Schools never see each other. 規§10.1.2"""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import asyncpg
import pytest

from rules.admission import fields_of
from tests.records.builders import COURSE, INSIDE, OTHER_COURSE, World, found_school

DAY = timedelta(days=1)
PRIVATE = ("person_key", "command_key", "attempt", "duty_note", "person_handle", "account", "document", "difference")
OWN = ("item", "quota_use", "student", "course_member", "lane_member", "item_version", "item_file")


async def seen(world: World, person: UUID, table: str, column: str = "*") -> list[Any]:
    """Every row that a person gets who asks for all of them."""
    async with world.db.as_person(world.school, person) as c:
        return [tuple(r) for r in await c.fetch(f"select {column} from {table}")]


async def as_office(world: World, field: str) -> UUID:
    """The deputy, who now holds a post whose office works on `field`."""
    pool, starts = world.operator.pool, INSIDE - DAY
    await pool.execute("delete from post_field where school = $1", world.school)
    await pool.execute("insert into post values ($1, 'section', 'section', 'office')", world.school)
    await pool.execute("insert into post_field values ($1, 'section', $2)", world.school, field)
    await pool.execute("insert into post_holder values ($1, 'section', 0, $2, $3)", world.school, world.deputy, starts)
    return world.deputy


async def test_a_student_sees_own_rows_by_whatever_sql(world: World) -> None:
    me, other = world.students[:2]
    mine = await world.certified(me)
    await world.certified(other)
    await world.diverse(other)
    assert [str(r[0]) for r in await seen(world, me, "item", "id")] == [mine]
    for table in OWN:
        whose = {"item": "student", "item_version": "item", "item_file": "item"}.get(table, "person")
        found = {r[0] for r in await seen(world, me, table, whose)}
        assert found == {me if whose != "item" else UUID(mine)}, table
    facts = await seen(world, me, "fact", "subject")
    assert {f[0] for f in facts} == {mine}


@pytest.mark.clause("規§5.3.2")
async def test_a_teacher_sees_own_courses_and_classes(world: World) -> None:
    items = {await world.requested(s) for s in world.students}
    await world.diverse(world.students[0])
    assert {str(r[0]) for r in await seen(world, world.teacher, "item", "id")} == items
    assert len(await seen(world, world.teacher, "student", "person")) == 3
    await world.operator.pool.execute(
        "update post_holder set closes = $3 where school = $1 and post = $2 and rank = 0",
        world.school,
        f"course_teacher:{COURSE}",
        INSIDE,
    )
    assert await seen(world, world.teacher, "item", "id") == []
    assert [r[0] for r in await seen(world, world.teacher, "course_member", "distinct course")] == [OTHER_COURSE]


@pytest.mark.clause("規§10.1.2")
async def test_a_deputy_sees_while_the_holder_is_away_and_no_longer(world: World) -> None:
    item = await world.requested(world.students[0])
    assert await seen(world, world.deputy, "item", "id") == []
    await world.operator.pool.execute(
        "insert into absence values ($1, $2, $3, $4, 'sick', $3)", world.school, world.teacher, INSIDE, INSIDE + DAY
    )
    assert [str(r[0]) for r in await seen(world, world.deputy, "item", "id")] == [item]
    await world.at(INSIDE + DAY)
    assert await seen(world, world.deputy, "item", "id") == []


@pytest.mark.clause("規§6.3.2", "規§6.3.4")
@pytest.mark.parametrize(("field", "items"), [("outcome", {"outcome"}), ("diverse", {"diverse"}), ("cadre", set())])
async def test_an_office_sees_its_field(world: World, field: str, items: set[str]) -> None:
    for student in world.students[:2]:
        await world.certified(student)
        await world.diverse(student)
    office = await as_office(world, field)
    assert {r[0] for r in await seen(world, office, "item", "item")} == items
    assert len(await seen(world, office, "item", "id")) == 2 * len(items)


async def test_schools_never_see_each_other_and_nobody_sees_nothing(
    world: World, migrated: str, tmp_path: Path
) -> None:
    async with found_school(migrated, tmp_path) as other:
        await other.requested(other.students[0])
        await world.requested(world.students[0])
        async with world.db.as_person(world.school, other.teacher) as c:
            assert await c.fetch("select id from item") == []
        async with world.db.as_person(world.school, world.teacher) as c:
            assert {r[0] for r in await c.fetch("select distinct school from item")} == {world.school}
            await c.execute("select set_config('app.person', '', true)")
            assert await c.fetch("select id from item") == []


async def test_keys_and_reasons_of_absence_are_nobodys_to_read_and_nothing_is_written(world: World) -> None:
    for table in (*PRIVATE, "absence"):
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await seen(world, world.teacher, table)
    item = await world.requested(world.students[0])
    for sql in (
        f"update item set state = 'certified' where id = '{item}'",
        "delete from fact",
        "insert into notice default values",
    ):
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            async with world.db.as_person(world.school, world.teacher) as c:
                await c.execute(sql)
    async with world.db.transaction(world.school) as c:
        assert await c.fetchval("select current_user") == "licheng_app"


@pytest.mark.clause("規§6.3.2", "規§6.3.4", "規§6.4")
def test_fields_come_from_who_submits_and_whom_a_missed_certification_climbs_to() -> None:
    from pathlib import Path as P

    from rosters.documents import load_pack

    pack = load_pack(P(__file__).resolve().parents[2] / "schools" / "licheng")
    fields = fields_of(pack.rules)
    assert ("registration_section", "outcome") in fields and ("registration_section", "diverse") in fields
    assert ("student_activities_section", "diverse") in fields
    assert ("student_activities_section", "outcome") not in fields and ("student_life_section", "grades") not in fields
    assert ("instruction_section", "outcome") in fields and ("counselling_director", "cadre") in fields
