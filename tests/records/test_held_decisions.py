"""A student learns a decision once it is released, and by no outlet earlier: lists, proofs, copies, refusals. 規§5.3.2"""

from __future__ import annotations

from typing import Any
from uuid import UUID

import pytest

from records.queries.extensions import unfinished
from records.queries.items import check_proof, items_of, progress_of, proofs_of
from records.queries.takeout import takeout_of
from tests.records.builders import COURSE, SELECTION_OPENS, UPLOAD_CLOSES, World

DECISIONS = ("certification_requested", "certified", "returned")


async def hold_decisions(world: World) -> None:
    """Adopt rules by which decisions are shown once they are released."""
    await world.operator.pool.execute(
        "insert into document (school, kind, name, version, body, sha256, recorded_at, reason)"
        " select school, kind, name, version + 1, body || '{\"results\": \"on_release\"}', 'x', recorded_at, 'test'"
        " from document where school = $1 and kind = 'rule_set'",
        world.school,
    )


async def _decided(world: World) -> dict[str, tuple[UUID, str]]:
    """One item of each student: nobody decided, certified, returned."""
    made = {}
    for decision, who in zip(DECISIONS, world.students, strict=True):
        item = await world.requested(who)
        if decision == "certified":
            await world.must(world.teacher, "certify", item=item)
        elif decision == "returned":
            await world.must(world.teacher, "return_many", items=[{"item": item}], reason="wrong_file", text="請換檔")
        made[decision] = (who, item)
    return made


async def _refused(world: World, who: UUID, command: str, **body: Any) -> tuple[str, str, str] | None:
    refusal = (await world.do(who, command, **body)).refusal
    return (refusal.code.value, refusal.found, refusal.limit) if refusal else None


async def _told(world: World, who: UUID, item: str) -> dict[str, Any]:
    """Everything that a student can find out about an item, without what tells one item from the next."""
    school = world.school
    facts_of = "select max(id) from fact where school = $1 and subject = $2"
    last = await world.value(facts_of, item)
    many = {"fact": await world.value(facts_of, COURSE), "kind": "return_many", "subject": COURSE}
    async with world.db.as_person(school, who) as c:
        (shown,) = await items_of(c, school, who)
        proofs = await proofs_of(c, school, item, who)
        facts = [r["kind"] for r in await c.fetch("select kind from fact order by id")]
        guess = {"fact": last, "kind": "certified", "subject": item}
        guessed = [await check_proof(c, school, guess | {"kind": kind}, who) for kind in ("certified", "returned")]
        guessed.append(await check_proof(c, school, many, who))
        checked = await check_proof(c, school, proofs[0], who)
        counts = [
            {k: r[k] for k in ("requested", "certified", "returned")} for r in await progress_of(c, school, "115-1")
        ]
    async with world.db.transaction(school) as c:
        (copy,) = await takeout_of(c, world.vault, school, who)
    file = await world.file()
    return {
        "list": (shown["state"], shown["decided_at"], shown["return_reason"]),
        "proofs": [p["kind"] for p in proofs],
        "facts": facts,
        "guessed": [(g.genuine, "kind" in g.differs or g.differs == ("fact",)) for g in guessed],
        "checked": (checked.genuine, checked.state),
        "progress": counts,
        "copy": (copy.state, [p["kind"] for p in copy.proofs]),
        "replace": await _refused(world, who, "replace", item=item, summary="x", files=[file]),
        "request": await _refused(world, who, "request_certification", item=item),
        "select": await _refused(world, who, "select", item=item),
    }  # fmt: skip


@pytest.mark.clause("規§5.3.2")
async def test_no_outlet_tells_a_decision_that_is_held_back(world: World) -> None:
    await hold_decisions(world)
    made = await _decided(world)
    undecided, *decided = [await _told(world, *made[d]) for d in DECISIONS]
    assert undecided["list"] == ("certification_requested", None, None)
    assert decided == [undecided, undecided]
    async with world.db.as_person(world.school, world.teacher) as c:
        assert [r["certified"] for r in await progress_of(c, world.school, "115-1")] == [1, 0], "staff see what is"


@pytest.mark.clause("規§5.3.2")
@pytest.mark.parametrize("way", ["released", "closed", "at_once"])
async def test_a_decision_is_seen_once_it_is_released_or_uploads_close(world: World, way: str) -> None:
    made = await _decided(world)
    if way != "at_once":
        await hold_decisions(world)
    if way == "released":
        assert (await _refused(world, world.students[0], "release_results", course=COURSE) or "")[0] == "not_certifier"
        assert (await _refused(world, world.deputy, "release_results", course=COURSE) or "")[0] == "holder_present"
        await world.must(world.teacher, "release_results", course=COURSE)
    elif way == "closed":
        await world.at(UPLOAD_CLOSES)
    for decision, (who, item) in made.items():
        async with world.db.as_person(world.school, who) as c:
            (shown,) = await items_of(c, world.school, who)
            kinds = [p["kind"] for p in await proofs_of(c, world.school, item, who)]
        assert shown["state"] == decision and (shown["return_reason"] is not None) == (decision == "returned")
        assert kinds[2:] == ([] if decision == "certification_requested" else [decision])
    who, item = made["returned"]
    await world.must(who, "request_certification", item=item)
    who, item = made["certified"]
    await world.at(SELECTION_OPENS)
    await world.must(who, "select", item=item)


@pytest.mark.clause("規§5.3.2")
@pytest.mark.parametrize("decision", DECISIONS)
async def test_an_item_may_be_withdrawn_whatever_is_held_back_and_still_tells_nothing(
    world: World, decision: str
) -> None:
    await hold_decisions(world)
    who, item = (await _decided(world))[decision]
    proof = await world.must(who, "withdraw", item=item)
    assert proof["state"] == "withdrawn"
    async with world.db.as_person(world.school, who) as c:
        kinds = [p["kind"] for p in await proofs_of(c, world.school, item, who)]
    assert kinds == ["uploaded", "certification_requested", "withdrawn"]
    pending = await world.value("select sum(pending) from certification_count where school = $1")
    assert pending == (0 if decision == "certification_requested" else 1)


@pytest.mark.clause("規§10.2.2", "規§5.3.2")
@pytest.mark.parametrize("kind", ["outcome_upload", "outcome_correction", "certification", "selection"])
async def test_a_later_date_for_the_unfinished_does_not_tell_a_decision_that_is_held_back(
    world: World, kind: str
) -> None:
    made = await _decided(world)
    period = "115" if kind == "selection" else "115-1"

    async def later() -> set[str]:
        async with world.db.transaction(world.school) as c:
            found = await unfinished(c, world.school, period, kind, "g10_11")
        return {decision for decision, (who, _) in made.items() if str(who) in found}

    told = {"outcome_upload": {"returned"}, "outcome_correction": {"returned"}, "selection": {"certified"}}
    assert await later() == told.get(kind, {"certification_requested", "returned"})
    await hold_decisions(world)
    assert await later() in (set(), set(DECISIONS)), "all that wait get a later date, or none"
    assert bool(await later()) == (kind in ("outcome_correction", "certification"))
    await world.must(world.teacher, "release_results", course=COURSE)
    assert await later() == told.get(kind, {"certification_requested", "returned"})
