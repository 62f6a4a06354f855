"""Many items decided at once: every row judged alone, survivors untouched, the same verdicts as one by one. 規§5.3.2"""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest

from records.queries.items import check_proof
from tests.records.builders import CERTIFICATION_CLOSES, INSIDE, UPLOAD_CLOSES, World

DAY = timedelta(days=1)


def rows(*items: str) -> list[dict[str, str]]:
    return [{"item": i} for i in items]


def became(answer: Any) -> list[str]:
    """What became of each row: `yes` or the code of its refusal."""
    return ["yes" if r["accepted"] else r["refusal"]["code"] for r in answer.results]


@pytest.mark.clause("規§5.3.2")
async def test_what_is_refused_leaves_the_other_rows_standing(world: World) -> None:
    good = [await world.requested(s) for s in world.students]
    plain, changed, nobody = (
        await world.uploaded(world.students[0]),
        await world.requested(world.students[1]),
        str(uuid4()),
    )
    given = [*rows(*good[:2], plain), {"item": changed, "digest": "0" * 64}, *rows(nobody, good[2])]
    answer = await world.do(world.teacher, "certify_many", "k", items=given)
    assert became(answer) == ["yes", "yes", "wrong_state", "hash_changed", "not_found", "yes"]
    states = [await world.state(i) for i in (*good, plain, changed)]
    assert states == ["certified", "certified", "certified", "uploaded", "certification_requested"]
    assert answer.proof["decided"] == 3 and answer.proof["refused"] == 3
    assert [code for _, code in await world.attempts()] == ["wrong_state", "hash_changed", "not_found"]
    refusal = answer.results[2]["refusal"]
    assert (refusal["clause"], refusal["found"], refusal["limit"]) == (
        "規§5.3.2",
        "uploaded",
        "certification_requested",
    )
    assert refusal["message"] and refusal["message_en"] and refusal["remedy"]


@pytest.mark.clause("規§5.3.2")
async def test_a_batch_and_single_decisions_write_the_same(world: World) -> None:
    me = world.students[0]
    one, two, three, four = [await world.requested(me) for _ in range(4)]
    await world.must(world.teacher, "certify", item=one)
    await world.do(world.teacher, "certify_many", items=rows(two))
    await world.must(world.teacher, "return", item=three, reason="wrong_file", text="請附全文")
    await world.do(world.teacher, "return_many", items=rows(four), reason="wrong_file", text="請附全文")

    async def written(item: str) -> Any:
        row = (
            await world.rows(
                "select state, decided_by, on_behalf_of, certified_digest = digest, return_reason, return_sealed is not null from item where school = $1 and id = $2::uuid",
                item,
            )
        )[0]
        fact = (
            await world.rows(
                "select kind, actor, on_behalf_of, clause, body from fact where school = $1 and subject = $2 order by id desc limit 1",
                item,
            )
        )[0]
        return tuple(row), fact["kind"], fact["actor"], fact["clause"], sorted(fact["body"])

    assert await written(one) == await written(two)
    assert await written(three) == await written(four)
    count = (await world.rows("select pending, certified, returned from certification_count where school = $1"))[0]
    assert tuple(count) == (0, 2, 2)


async def test_a_repeated_batch_is_the_same_fact_and_another_body_under_its_key_is_refused(world: World) -> None:
    items = rows(*[await world.requested(s) for s in world.students])
    first = await world.do(world.teacher, "certify_many", "k", items=items)
    again = await world.do(world.teacher, "certify_many", "k", items=items)
    assert again.repeated and (again.proof, again.results) == (first.proof, first.results)
    other = await world.do(world.teacher, "certify_many", "k", items=items[:1])
    assert other.refusal is not None and other.refusal.code.value == "key_reused"
    async with world.db.transaction(world.school) as c:
        assert (await check_proof(c, world.school, first.proof, world.teacher)).genuine
    twice = await world.do(world.teacher, "certify_many", items=items[:1] * 2)
    assert twice.refusal is not None and twice.refusal.code.value == "bad_request"


async def test_what_is_no_id_at_all_has_a_row_of_its_own_and_stops_no_other(world: World) -> None:
    one, two = [await world.requested(s) for s in world.students[:2]]
    items = rows("nonsense", one, "字'; --", two)
    first = await world.do(world.teacher, "certify_many", "k", items=items)
    again = await world.do(world.teacher, "certify_many", "k", items=items)
    assert became(first) == ["not_found", "yes", "not_found", "yes"] == became(again) and again.repeated
    assert [r["item"] for r in first.results] == ["nonsense", one, "字'; --", two]
    nothing = await world.do(world.teacher, "certify_many", items=rows("nonsense"))
    assert nothing.refusal is not None and nothing.refusal.code.value == "not_found"


@pytest.mark.clause("規§10.1.2")
async def test_who_may_decide_is_looked_up_when_the_batch_arrives(world: World) -> None:
    items = rows(*[await world.requested(s) for s in world.students])
    assert became(await world.do(world.deputy, "certify_many", items=items)) == ["holder_present"] * 3
    assert became(await world.do(world.students[0], "certify_many", items=items)) == ["not_certifier"] * 3
    await world.operator.pool.execute(
        "insert into absence values ($1, $2, $3, $4, 'sick', $3)", world.school, world.teacher, INSIDE, INSIDE + DAY
    )
    assert became(await world.do(world.deputy, "certify_many", items=items)) == ["yes"] * 3
    behalf = await world.rows("select distinct on_behalf_of from item where school = $1")
    assert [r["on_behalf_of"].split(":")[0] for r in behalf] == ["course_teacher"]


@pytest.mark.clause("規§5.3.2")
async def test_at_the_close_a_batch_is_late_except_for_whom_time_was_given(world: World) -> None:
    items = [await world.requested(s) for s in world.students]
    await world.extend("certification", CERTIFICATION_CLOSES + DAY, scope="person", target=str(world.students[1]))
    await world.at(CERTIFICATION_CLOSES)
    assert became(await world.do(world.teacher, "certify_many", items=rows(*items))) == [
        "window_closed",
        "yes",
        "window_closed",
    ]


@pytest.mark.clause("規§5.3.2")
async def test_the_last_batch_after_the_upload_ends_the_teachers_duty(world: World) -> None:
    items = [await world.requested(s) for s in world.students]
    await world.at(UPLOAD_CLOSES)
    await world.do(world.teacher, "certify_many", items=rows(*items[:2]))
    assert await world.value("select count(*) from duty where school = $1") == 0
    await world.do(world.teacher, "certify_many", items=rows(items[2]))
    assert await world.value("select state from duty where school = $1") == "done"


async def test_batches_and_single_decisions_at_once_decide_every_item_once(world: World) -> None:
    items = [await world.requested(s) for s in world.students for _ in range(4)]
    batches = [world.do(world.teacher, "certify_many", items=rows(*order)) for order in (items, items[::-1], items[3:])]
    singles = [world.do(world.teacher, "return", item=i, reason="wrong_file") for i in items]
    answers = await asyncio.gather(*batches, *singles)
    decided = sum(a.proof["decided"] for a in answers[:3]) + sum(a.accepted for a in answers[3:])
    assert decided == len(items)
    row = (await world.rows("select pending, certified, returned from certification_count where school = $1"))[0]
    assert row["pending"] == 0 and row["certified"] + row["returned"] == len(items)
