"""Which evidence an item takes: a document, a recording, a link, each as often as the schemas say; link alone is none."""

from __future__ import annotations

from typing import Any

import pytest

from demo.media import variant
from rules.items.evidence import judge_evidence
from rules.items.schema import ItemBook
from rules.refusals import Code
from tests.records.builders import COURSE, ITEMS, SERVICE, World
from tests.records.test_item_fields import told

LINK = "https://youtu.be/abc"
BODY: dict[str, dict[str, Any]] = {
    "outcome": {"item": "outcome", "period": "115-1", "course": COURSE},
    "diverse": {"item": "diverse", "period": "115", "course": None, "category": "service", "fields": SERVICE},
}
CLAUSE = {"outcome": "規§5.3.1", "diverse": "規§5.4"}


@pytest.mark.clause("規§5.3.1", "規§5.4")
@pytest.mark.parametrize("item", BODY)
async def test_a_document_and_a_recording_and_a_link_are_taken_and_a_second_one_is_not(world: World, item: str) -> None:
    me, body = world.students[0], BODY[item]
    document, other = await world.file(), await world.file()
    film, sound = await world.file(variant("mp4", 1), "av"), await world.file(variant("mp3", 1), "av")
    for files, link in (([document], None), ([film], LINK), ([document, sound], LINK)):
        assert (await world.upload(me, **body, files=files, link=link)).accepted
    before = await world.tables("attempt")
    for files, role in (([document, other], "document"), ([film, document, sound], "av"), ([document] * 3, "document")):
        answer = await world.upload(me, **body, files=files)
        assert told(answer) == ("role_full", role, str(sum(f["role"] == role for f in files)), "1")
        assert answer.refusal is not None and answer.refusal.clause == CLAUSE[item]
    assert told(await world.upload(me, **body, files=[], link=LINK)) == ("file_missing", "document | av", "0", "1")
    assert await world.tables("attempt") == before


@pytest.mark.clause("規§5.3.1")
async def test_a_replacement_and_a_draft_are_held_to_the_same_number(world: World) -> None:
    me, two = world.students[0], [await world.file(), await world.file()]
    item = await world.uploaded(me)
    assert told(await world.do(me, "replace", item=item, summary="x", files=two))[0] == "role_full"
    assert told(await world.do(me, "replace", item=item, summary="x", files=[]))[0] == "file_missing"
    assert told(await world.do(me, "save_draft", **BODY["outcome"], files=two))[0] == "role_full"
    await world.must(me, "save_draft", **BODY["outcome"], files=[])  # nothing need be there yet


@pytest.mark.clause("規§5.3.1")
@pytest.mark.parametrize(
    ("roles", "code"),
    [(("document", "document", "link"), None), (("document",) * 3, Code.ROLE_FULL), (("document", "av"), Code.ROLE_NOT_TAKEN),
     (("document", "link", "link"), Code.ROLE_FULL), (("link",), Code.FILE_MISSING), ((), Code.FILE_MISSING)],
)  # fmt: skip
def test_the_roles_and_their_number_are_the_schema_s(roles: tuple[str, ...], code: Code | None) -> None:
    rule = {"one_of": ["document"], "roles": [
        {"role": "document", "most": 2, "source": "assumed"}, {"role": "link", "most": 1, "source": "assumed"},
    ]}  # fmt: skip
    book = ItemBook.model_validate(ITEMS.model_dump(mode="json") | {"evidence": {"outcome": rule}})
    found = judge_evidence(book, "outcome", roles, clause="規§5.3.1")
    assert (found.code if found else None) is code
    if code is Code.FILE_MISSING:
        assert judge_evidence(book, "outcome", roles, clause="規§5.3.1", complete=False) is None
    assert judge_evidence(book, "diverse", roles * 9, clause="規§5.4") is None, "no rule, no number"
