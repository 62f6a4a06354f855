"""Many at once on one counter: a quota is exact, whoever comes first."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from tests.records.builders import OTHER_COURSE, SELECTION_OPENS, World, found_school


@pytest.mark.clause("規§5.3.1")
async def test_sixty_four_connections_on_one_quota_get_fifteen(migrated: str, tmp_path: Path) -> None:
    async with found_school(migrated, tmp_path, connections=64) as world:
        me, files = world.students[0], [await world.file()]
        answers = await asyncio.gather(*(world.upload(me, files=files) for _ in range(64)))
        assert sum(a.accepted for a in answers) == 15
        refused = {(a.refusal.code.value, a.refusal.found) for a in answers if a.refusal}
        assert refused == {("quota_exceeded", "15")}
        assert await world.value("select used from quota_use where school = $1") == 15
        assert await world.value("select count(*) from item where school = $1") == 15
        assert len(await world.attempts()) == 49


@pytest.mark.clause("規§6.1")
async def test_many_choices_at_once_never_exceed_the_selection(migrated: str, tmp_path: Path) -> None:
    async with found_school(migrated, tmp_path, connections=16) as world:
        me = world.students[0]
        items = [await world.certified(me) for _ in range(12)]
        await world.at(SELECTION_OPENS)
        answers = await asyncio.gather(*(world.do(me, "select", item=i) for i in items))
        assert sum(a.accepted for a in answers) == 6
        assert await world.value("select count(*) from item where school = $1 and state = 'selected'") == 6


async def test_one_of_many_teachers_at_once_decides_and_the_count_is_exact(world: World) -> None:
    items = [await world.requested(s) for s in world.students for _ in range(3)]
    answers = await asyncio.gather(
        *(world.do(world.teacher, "certify", item=i) for i in items for _ in range(2)),
        *(world.do(world.teacher, "return", item=i, reason="wrong_file") for i in items),
    )
    assert sum(a.accepted for a in answers) == len(items)
    row = (await world.rows("select pending, certified, returned from certification_count where school = $1"))[0]
    assert row["pending"] == 0 and row["certified"] + row["returned"] == len(items)


async def test_withdrawals_and_uploads_at_once_leave_the_counter_exact(world: World) -> None:
    me, file = world.students[0], await world.file()
    items = [await world.uploaded(me) for _ in range(10)]
    await asyncio.gather(
        *(world.do(me, "withdraw", item=i) for i in items for _ in range(2)),
        *(world.upload(me, files=[file], course=OTHER_COURSE) for _ in range(20)),
    )
    live = await world.value("select count(*) from item where school = $1 and state <> 'withdrawn'")
    assert live == await world.value("select used from quota_use where school = $1")
    assert live <= 15
