"""Drafts count nowhere and are never lost; choosing nothing is said, not guessed."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from records.commands.drafts import drafts_of
from records.queries.results import without_items
from tests.records.builders import COURSE, SERVICE, UPLOAD_CLOSES, World
from tests.records.test_item_fields import text_of

SERVICE_DRAFT = {"item": "diverse", "period": "115", "category": "service"}


async def drafts(world: World, n: int = 0) -> list[dict[str, Any]]:
    """A student's drafts."""
    async with world.db.transaction(world.school) as c:
        return await drafts_of(c, world.vault, world.school, world.students[n])


def code(answer: Any) -> str | None:
    """Why an answer is a refusal."""
    return answer.refusal.code.value if answer.refusal else None


@pytest.mark.clause("規§5.3.1", "規§5.4")
async def test_a_draft_need_not_be_complete_and_becomes_an_item_as_it_stands(world: World) -> None:
    me = world.students[0]
    draft = (await world.must(me, "save_draft", **SERVICE_DRAFT))["draft"]
    assert code(await world.do(me, "upload_draft", draft=draft)) == "summary_missing"
    more = {"summary": "淨灘心得", "fields": SERVICE, "files": [await world.file() | {"file_name": "作品.pdf"}]}
    assert (await world.must(me, "save_draft", draft=draft, **SERVICE_DRAFT, **more))["draft"] == draft
    (kept,) = await drafts(world)
    assert (kept["summary"], kept["names"], kept["version"]) == ("淨灘心得", ["作品.pdf"], 2)
    first = await world.do(me, "upload_draft", "same", draft=draft)
    again = await world.do(me, "upload_draft", "same", draft=draft)
    assert first.accepted and again.repeated and first.proof == again.proof
    assert code(await world.do(me, "upload_draft", draft=draft)) == "already_done"
    assert code(await world.do(me, "save_draft", draft=draft, **SERVICE_DRAFT)) == "already_done"
    text = await text_of(world, first.proof["item"])
    assert (text["summary"], text["names"], text["fields"]["時數"]) == ("淨灘心得", ["作品.pdf"], 6)
    assert await drafts(world) == [] and await world.state(first.proof["item"]) == "uploaded"


@pytest.mark.clause("規§5.3.1")
async def test_drafts_count_nowhere_and_have_a_limit_of_their_own(world: World) -> None:
    me = world.students[0]
    outcome = {"item": "outcome", "period": "115-1", "course": COURSE, "summary": "草稿"}
    for _ in range(60):
        await world.must(me, "save_draft", **outcome)
    assert code(await world.do(me, "save_draft", **outcome)) == "drafts_full"
    for _ in range(15):
        assert (await world.upload(me)).accepted
    draft = str((await drafts(world))[0]["id"])
    assert code(await world.do(me, "upload_draft", draft=draft)) == "file_missing"
    await world.must(me, "save_draft", draft=draft, **outcome, files=[await world.file()])
    assert code(await world.do(me, "upload_draft", draft=draft)) == "quota_exceeded"
    assert len(await drafts(world)) == 60
    await world.must(me, "discard_draft", draft=draft)
    assert len(await drafts(world)) == 59


@pytest.mark.clause("規§5.3.1")
async def test_a_draft_outlives_the_close_and_is_refused_then(world: World) -> None:
    me = world.students[0]
    body = {"item": "outcome", "period": "115-1", "course": COURSE, "summary": "草稿", "files": [await world.file()]}
    draft = (await world.must(me, "save_draft", **body))["draft"]
    await world.at(UPLOAD_CLOSES)
    assert code(await world.do(me, "upload_draft", draft=draft)) == "window_closed"
    assert [str(d["id"]) for d in await drafts(world)] == [draft]


async def test_a_draft_is_its_student_s_alone_and_sealed(world: World) -> None:
    me, other = world.students[:2]
    draft = (await world.must(me, "save_draft", **SERVICE_DRAFT, summary="只有我看得到"))["draft"]
    for name in ("upload_draft", "discard_draft"):
        assert code(await world.do(other, name, draft=draft)) == "not_found"
    assert code(await world.do(other, "save_draft", draft=draft, **SERVICE_DRAFT)) == "not_found"
    assert code(await world.do(world.teacher, "save_draft", **SERVICE_DRAFT)) == "not_yours"
    assert code(await world.do(me, "save_draft", **SERVICE_DRAFT, summary="字" * 101)) == "summary_length"
    rows = await world.rows("select row_to_json(d)::text as t from draft d where school = $1")
    assert "只有我" not in rows[0]["t"]


async def test_a_draft_that_is_handed_in_twice_at_once_becomes_one_item(world: World) -> None:
    me = world.students[0]
    body = {"item": "outcome", "period": "115-1", "course": COURSE, "summary": "草稿", "files": [await world.file()]}
    draft = (await world.must(me, "save_draft", **body))["draft"]
    answers = await asyncio.gather(*(world.do(me, "upload_draft", draft=draft) for _ in range(6)))
    assert sorted(code(a) or "" for a in answers) == ["", *["already_done"] * 5]
    assert await world.value("select count(*) from item where school = $1") == 1


@pytest.mark.clause("規§5.3.1", "規§6.1")
async def test_choosing_nothing_is_said_by_the_student_and_told_from_silence(world: World) -> None:
    chose, silent, busy = world.students
    await world.must(chose, "decline", what="outcome", period="115-1")
    item = await world.uploaded(busy)
    assert code(await world.do(busy, "decline", what="outcome", period="115-1")) == "items_there"

    async def none() -> dict[Any, bool]:
        async with world.db.transaction(world.school) as c:
            rows = await without_items(c, world.school, "outcome", "115-1")
        return {r["person"]: r["chose_at"] is not None for r in rows}

    assert await none() == {chose: True, silent: False}
    assert (await world.upload(chose)).accepted  # a later item speaks louder
    assert await none() == {silent: False}
    await world.must(busy, "withdraw", item=item)
    assert await none() == {silent: False, busy: False}
    await world.must(busy, "decline", what="outcome", period="115-1")
    await world.must(busy, "decline", what="outcome", period="115-1", undo=True)
    assert await none() == {silent: False, busy: False}
    assert code(await world.do(world.teacher, "decline", what="selection", period="115")) == "not_yours"
    await world.must(chose, "decline", what="selection", period="115")
