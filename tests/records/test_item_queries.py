"""Items as they stand: a student's own, a teacher's queue, a class's progress, a proof checked later."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from records.queries.items import (
    check_proof,
    files_of,
    items_of,
    progress_of,
    proofs_of,
    queue_of,
    return_words_of,
    use_of,
)
from tests.records.builders import COURSE, INSIDE, OTHER_COURSE, World

DAY = timedelta(days=1)


async def _ask(world: World, query: Any, *args: Any, **more: Any) -> Any:
    async with world.db.transaction(world.school) as c:
        return await query(c, world.school, *args, **more)


async def test_a_student_sees_own_items_only(world: World) -> None:
    me, other = world.students[:2]
    mine = [await world.uploaded(me), await world.returned(me)]
    await world.uploaded(other)
    found = await _ask(world, items_of, me, period="115")
    assert {str(r["id"]) for r in found} == set(mine)
    assert {r["state"] for r in found} == {"uploaded", "returned"}
    assert await _ask(world, items_of, me, period="115-2") == []


async def test_an_item_s_files_are_those_of_its_present_version(world: World) -> None:
    me, old, new = world.students[0], await world.file(), await world.file()
    answer = await world.upload(me, files=[old])
    await world.must(me, "replace", item=answer.proof["item"], summary="x", files=[new])
    found = await _ask(world, files_of, answer.proof["item"])
    assert [(f["ordinal"], f["sha256"]) for f in found] == [(1, new["sha256"])]


@pytest.mark.clause("規§5.3.2")
@pytest.mark.clause("規§10.1.2")
async def test_a_queue_shows_what_the_person_may_certify_now(world: World) -> None:
    item = await world.requested(world.students[0])
    await world.uploaded(world.students[1])
    queue = await _ask(world, queue_of, world.teacher, INSIDE)
    assert [(str(r["id"]), r["acts_as"]) for r in queue] == [(item, "holder")]
    assert await _ask(world, queue_of, world.deputy, INSIDE) == []
    await world.operator.pool.execute(
        "insert into absence values ($1, $2, $3, $4, 'sick', $3)", world.school, world.teacher, INSIDE, INSIDE + DAY
    )
    deputies = await _ask(world, queue_of, world.deputy, INSIDE)
    assert [(str(r["id"]), r["acts_as"]) for r in deputies] == [(item, "deputy")]
    assert await _ask(world, queue_of, world.deputy, INSIDE + DAY) == []


@pytest.mark.clause("規§5.3.1")
async def test_a_course_s_progress_counts_live_items_and_students_without_any(world: World) -> None:
    me, other = world.students[:2]
    await world.certified(me)
    await world.requested(me)
    await world.returned(other)
    await world.must(other, "withdraw", item=await world.uploaded(other))
    first, second = await _ask(world, progress_of, "115-1")
    assert first["course"] == COURSE and second["course"] == OTHER_COURSE
    counted = {k: first[k] for k in ("students", "without", "uploaded", "requested", "certified", "returned")}
    assert counted == {"students": 3, "without": 1, "uploaded": 0, "requested": 1, "certified": 1, "returned": 1}
    assert second["without"] == 3


@pytest.mark.clause("規§5.3.1")
async def test_a_student_sees_how_much_of_each_quota_is_used(world: World) -> None:
    me = world.students[0]
    await world.uploaded(me)
    await world.must(me, "withdraw", item=await world.uploaded(me))
    found = await _ask(world, use_of, me, "115-1")
    assert found == [{"item": "outcome", "counts": "uploaded", "used": 1, "max": 15, "clause": "規§5.3.1"}]


@pytest.mark.clause("規§5.3.2")
async def test_a_teacher_s_words_beside_a_return_reach_the_student_and_nobody_else(world: World) -> None:
    me, other = world.students[:2]
    one, two = await world.requested(me), await world.requested(me)
    await world.must(world.teacher, "return", item=one, reason="wrong_file", text="第二頁看不清楚")
    await world.must(world.teacher, "return_many", items=[{"item": two}], reason="wrong_file", text="請換檔")

    async def words(who: Any) -> dict[str, str]:
        async with world.db.transaction(world.school) as c:
            return {str(k): v for k, v in (await return_words_of(c, world.vault, world.school, who)).items()}

    assert await words(me) == {one: "第二頁看不清楚", two: "請換檔"}
    assert await words(other) == {}
    await world.must(me, "request_certification", item=one)
    assert await words(me) == {two: "請換檔"}
    assert "看不清楚" not in str(await world.tables())


async def test_a_proof_is_checked_against_its_fact_to_the_last_field(world: World) -> None:
    me = world.students[0]
    given = (await world.upload(me)).proof
    assert await _ask(world, proofs_of, given["item"], me) == [given]
    right = await _ask(world, check_proof, given, me)
    assert (right.genuine, right.state) == (True, "uploaded")
    for field, value in (("digest", "0" * 64), ("at", "2026-10-01T04:00:01+00:00"), ("sha256", "0" * 64), ("more", 1)):
        wrong = await _ask(world, check_proof, given | {field: value}, me)
        assert (wrong.genuine, wrong.differs) == (False, (field,))
    for fact in (given["fact"] + 1, 2**64, "1", None, True):
        assert await _ask(world, check_proof, given | {"fact": fact}, me) == type(right)(False, ("fact",))
    async with world.db.transaction("elsewhere") as c:
        assert not (await check_proof(c, world.school, given, me)).genuine


async def test_a_repeated_command_gives_the_same_proof(world: World) -> None:
    me, files = world.students[0], [await world.file()]
    first = await world.upload(me, "k", files=files)
    again = await world.upload(me, "k", files=files)
    assert again.repeated and again.proof == first.proof
