"""Many at once on one counter: a quota is exact, whoever comes first; who waited past the close is late."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from records.seam import Answer
from tests.records.builders import (
    CERTIFICATION_CLOSES,
    COURSE,
    MICROSECOND,
    OTHER_COURSE,
    SELECTION_CLOSES,
    SELECTION_OPENS,
    UPLOAD_CLOSES,
    World,
    found_school,
)


@pytest.mark.clause("規§5.3.1")
async def test_sixty_four_connections_on_one_quota_get_fifteen(migrated: str, tmp_path: Path) -> None:
    async with found_school(migrated, tmp_path, connections=64) as world:
        me, files = world.students[0], [await world.file()]
        answers = await asyncio.gather(*(world.elsewhere().upload(me, files=files) for _ in range(64)))
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
        *(world.elsewhere().upload(me, files=[file], course=OTHER_COURSE) for _ in range(20)),
    )
    live = await world.value("select count(*) from item where school = $1 and state <> 'withdrawn'")
    assert live == await world.value("select used from quota_use where school = $1")
    assert live <= 15


async def test_the_first_requests_of_a_course_may_come_at_once(world: World) -> None:
    items = [await world.uploaded(s) for s in world.students for _ in range(2)]
    await asyncio.gather(
        *(
            world.must(s, "request_certification", item=i)
            for s, i in zip(sorted(world.students * 2, key=world.students.index), items, strict=True)
        )
    )
    assert await world.value("select pending from certification_count where school = $1") == len(items)


async def _held_past(world: World, close: datetime, act: Awaitable[Answer], sql: str, *args: Any) -> Answer:
    """Let somebody else hold what an act needs until after the close; what became of the act."""
    await world.at(close - MICROSECOND)
    async with world.db.transaction(world.school) as other:
        await other.execute(sql, *args)
        acting = asyncio.ensure_future(act)
        await asyncio.sleep(0.15)
        assert not acting.done()
        await world.at(close)
    return await acting


@pytest.mark.clause("規§5.3.1")
async def test_an_upload_that_waited_past_the_close_is_late_and_the_freeze_waits_for_it(world: World) -> None:
    me, files = world.students[0], [await world.file()]
    lock = "select pg_advisory_xact_lock(quota_lock($1, $2, 'outcome', 'uploaded', '115-1'))"
    await world.at(UPLOAD_CLOSES - MICROSECOND)
    async with world.db.transaction(world.school) as other:
        await other.execute(lock, world.school, me)
        uploading = asyncio.create_task(world.upload(me, files=files))
        await asyncio.sleep(0.15)
        await world.at(UPLOAD_CLOSES)
        freezing = asyncio.create_task(world.freeze("outcome_upload"))
        await asyncio.sleep(0.15)
        assert not uploading.done() and not freezing.done()
    answer, frozen = await uploading, await freezing
    assert answer.refusal is not None and answer.refusal.code.value == "window_closed"
    assert (frozen["frozen"], frozen["items"]) == (True, 0)


@pytest.mark.clause("規§5.3.2")
@pytest.mark.parametrize("held", ["item", "count"])
async def test_a_certification_that_waited_past_the_close_is_late(world: World, held: str) -> None:
    item = await world.requested(world.students[0])
    sql, args = {
        "item": ("select 1 from item where school = $1 and id = $2::uuid for update", (world.school, item)),
        "count": ("select pg_advisory_xact_lock(count_lock($1, $2))", (world.school, COURSE)),
    }[held]
    answer = await _held_past(world, CERTIFICATION_CLOSES, world.do(world.teacher, "certify", item=item), sql, *args)
    assert answer.refusal is not None and answer.refusal.code.value == "window_closed"


@pytest.mark.clause("規§6.1")
async def test_a_choice_that_waited_past_the_close_is_late(world: World) -> None:
    me = world.students[0]
    item = await world.certified(me)
    lock = "select pg_advisory_xact_lock(quota_lock($1, $2, 'outcome', 'selected', '115'))"
    answer = await _held_past(world, SELECTION_CLOSES, world.do(me, "select", item=item), lock, world.school, me)
    assert answer.refusal is not None and answer.refusal.code.value == "window_closed"


@pytest.mark.clause("規§5.3.1")
async def test_who_waits_for_a_change_of_state_is_judged_by_the_state_found(world: World) -> None:
    """Certification is asked for while the item is withdrawn and the other way round: one fact each, in order."""
    me = world.students[0]
    item = await world.uploaded(me)
    first, second = await asyncio.gather(
        world.do(me, "request_certification", item=item), world.do(me, "withdraw", item=item)
    )
    assert second.accepted and await world.state(item) == "withdrawn"
    assert first.accepted or (first.refusal is not None and first.refusal.found == "withdrawn")
    assert await world.value("select coalesce(sum(pending), 0) from certification_count where school = $1") == 0


@pytest.mark.parametrize("servers", [1, 3])
async def test_a_second_click_while_the_first_is_under_way_waits_for_its_answer(world: World, servers: int) -> None:
    me, files = world.students[0], [await world.file()]
    await world.uploaded(me)  # the key is in memory: both clicks are one call each
    lock = "select pg_advisory_xact_lock(quota_lock($1, $2, 'outcome', 'uploaded', '115-1'))"
    async with world.db.transaction(world.school) as other:
        await other.execute(lock, world.school, me)
        asked = [world.elsewhere() if servers > 1 else world for _ in range(3)]
        clicks = [asyncio.create_task(w.upload(me, "k", files=files)) for w in asked]
        await asyncio.sleep(0.15)
    answers = await asyncio.gather(*clicks)
    assert [a.proof for a in answers] == [answers[0].proof] * 3
    assert sorted(a.repeated for a in answers) == [False, True, True]
