"""The close of a window: nothing committed before it is lost, nothing commits after it, twice is once."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from uuid import UUID

import pytest

from tests.records.builders import (
    CERTIFICATION_CLOSES,
    CORRECTION_CLOSES,
    LANE,
    MICROSECOND,
    SELECTION_CLOSES,
    SELECTION_OPENS,
    UPLOAD_CLOSES,
    World,
)

DAY = timedelta(days=1)


@pytest.mark.clause("規§4.1")
async def test_a_freeze_before_anybody_s_close_says_not_yet_and_until_when(world: World) -> None:
    await world.extend("outcome_upload", UPLOAD_CLOSES + DAY, scope="person", target=str(world.students[0]))
    for instant in (UPLOAD_CLOSES - MICROSECOND, UPLOAD_CLOSES, UPLOAD_CLOSES + DAY - MICROSECOND):
        await world.at(instant)
        assert await world.freeze("outcome_upload") == {"frozen": False, "closes": "2027-02-04T16:00:00Z"}
    await world.at(UPLOAD_CLOSES + DAY)
    assert (await world.freeze("outcome_upload"))["frozen"] is True


async def test_a_window_that_does_not_exist_is_never_frozen(world: World) -> None:
    await world.at(UPLOAD_CLOSES)
    assert await world.freeze("outcome_upload", "115-9") == {"frozen": False}


@pytest.mark.clause("規§5.3.1")
async def test_the_upload_close_changes_no_state_and_the_correction_close_ends_what_was_never_asked(
    world: World,
) -> None:
    me = world.students[0]
    items = {
        "uploaded": await world.uploaded(me),
        "returned": await world.returned(me),
        "certification_requested": await world.requested(me),
        "certified": await world.certified(me),
    }
    await world.at(UPLOAD_CLOSES)
    frozen = await world.freeze("outcome_upload")
    assert (frozen["items"], frozen["expired"]) == (4, 0)
    assert {state: await world.state(item) for state, item in items.items()} == {s: s for s in items}
    await world.at(CORRECTION_CLOSES)
    assert (await world.freeze("outcome_correction"))["expired"] == 2
    after = {state: await world.state(item) for state, item in items.items()}
    assert after == dict.fromkeys(("uploaded", "returned"), "expired") | {
        "certification_requested": "certification_requested",
        "certified": "certified",
    }


@pytest.mark.clause("規§10.2.2")
async def test_who_was_given_time_beyond_the_correction_close_keeps_it(world: World) -> None:
    """An upload extended past the correction close: the item ends with the upload's own freeze."""
    me, other = world.students[:2]
    mine, theirs = await world.uploaded(me), await world.uploaded(other)
    late = CORRECTION_CLOSES + timedelta(hours=1)
    await world.extend("outcome_upload", late, scope="person", target=str(me))
    await world.at(CORRECTION_CLOSES)
    assert (await world.freeze("outcome_correction"))["expired"] == 1
    assert (await world.state(mine), await world.state(theirs)) == ("uploaded", "expired")
    await world.at(late)
    await world.freeze("outcome_upload")
    assert await world.state(mine) == "expired"


@pytest.mark.clause("規§5.3.2")
async def test_what_no_teacher_decided_is_the_school_s_fault_and_nobody_owes_it_any_more(world: World) -> None:
    me = world.students[0]
    asked, certified = await world.requested(me), await world.certified(me)
    await world.at(CERTIFICATION_CLOSES)
    assert (await world.freeze("certification"))["expired"] == 1
    assert (await world.state(asked), await world.state(certified)) == ("expired_uncertified", "certified")
    assert await world.value("select max(pending) from certification_count where school = $1") == 0


@pytest.mark.clause("規§6.1")
async def test_the_chosen_are_locked_at_the_selection_close(world: World) -> None:
    me = world.students[0]
    chosen, left = await world.certified(me), await world.certified(me)
    diverse = str((await world.diverse(me)).proof["item"])
    await world.at(SELECTION_OPENS)
    await world.must(me, "select", item=chosen)
    await world.must(me, "select", item=diverse)
    await world.at(SELECTION_CLOSES)
    await world.freeze("selection", "115")
    assert [await world.state(i) for i in (chosen, left, diverse)] == ["locked", "certified", "locked"]


async def test_a_second_freeze_says_what_the_first_said(world: World) -> None:
    await world.uploaded(world.students[0])
    await world.requested(world.students[1])
    for instant, kind in ((UPLOAD_CLOSES, "outcome_upload"), (CORRECTION_CLOSES, "outcome_correction"),
                          (CERTIFICATION_CLOSES, "certification")):  # fmt: skip
        await world.at(instant)
        first = await world.freeze(kind)
        before = await world.tables()
        assert await world.freeze(kind) == first
        assert await world.tables() == before


@pytest.mark.clause("規§5.3.1")
async def test_a_freeze_waits_for_an_upload_under_way_and_counts_it(world: World) -> None:
    await world.at(UPLOAD_CLOSES - MICROSECOND)
    async with world.db.transaction(world.school) as slow:
        await slow.execute(
            "select pg_advisory_xact_lock_shared(window_lock($1, '115-1', $2, 'outcome_upload'))", world.school, LANE
        )
        await world.at(UPLOAD_CLOSES)
        freezing = asyncio.create_task(world.freeze("outcome_upload"))
        await asyncio.sleep(0.1)
        assert not freezing.done()
    assert (await freezing)["frozen"] is True


@pytest.mark.clause("規§5.3.1")
async def test_no_upload_commits_after_the_freeze_and_none_before_it_is_lost(world: World) -> None:
    """The clock runs over the close while many upload: the frozen count is the count for ever."""
    file = await world.file()
    await world.operator.pool.execute("update admission_limit set max = 100000 where school = $1", world.school)
    await world.operator.pool.execute(
        "update school_clock set anchor_real = clock_timestamp(), anchor_school = $2, rate = 1, hold_at = null where school = $1",
        world.school,
        UPLOAD_CLOSES - timedelta(seconds=0.5),
    )

    async def upload_until_refused(me: UUID) -> int:
        accepted = 0
        while (await world.upload(me, files=[file])).accepted:
            accepted += 1
        return accepted

    async def freeze() -> dict[str, object]:
        while not (found := await world.freeze("outcome_upload"))["frozen"]:
            await asyncio.sleep(0.002)
        return found

    *accepted, frozen = await asyncio.gather(*(upload_until_refused(s) for s in world.students * 2), freeze())
    assert sum(accepted) > 0
    assert frozen["items"] == sum(accepted) == await world.value("select count(*) from item where school = $1")
    assert await world.value("select count(*) from item where school = $1 and uploaded_at >= $2", UPLOAD_CLOSES) == 0
