"""Text and numbers that no database keeps are refused by their field, in whatever command. 規§5.0"""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic_core import to_json

from records.seam import HANDLERS, Deed, canonical, plainly
from tests.records.builders import World
from tests.records.test_item_fields import told

KEPT = "可儲存的文字 · text that can be kept"


@pytest.mark.clause("規§5.0")
@pytest.mark.parametrize("bad", ["\0", "\ud800", "\udfff"])
@pytest.mark.parametrize(
    ("changes", "place"),
    [("period", "period"), ("course", "course"), ("link", "link"), ("summary", "summary"), ("field", "fields.x?")],
)
async def test_a_text_that_no_database_keeps_is_refused_by_its_field(
    world: World, changes: str, place: str, bad: str
) -> None:
    body: dict[str, Any] = {"fields": {f"x{bad}": "y"}} if changes == "field" else {changes: f"115-1{bad}"}
    before = await world.tables("attempt")
    shown = told(await world.upload(world.students[0], **body))
    if changes == "field":
        assert shown[:3] == ("bad_request", "upload.fields", f"U+{ord(bad):04X}")
    else:
        assert shown == ("bad_request", f"upload.{place}", f"U+{ord(bad):04X}", KEPT)
    assert await world.tables("attempt") == before
    assert await world.attempts() == [("upload", "bad_request")]


@pytest.mark.clause("規§5.0")
async def test_a_field_that_nobody_knows_may_have_any_name_and_a_text_may_speak_of_such_signs(world: World) -> None:
    assert told(await world.upload(world.students[0], **{"x\0\u202e": 1}))[:2] == ("field_unknown", "upload.x??")
    assert told(await world.upload(world.students[0], **{"x\ud800": 1}))[0] == "field_invalid"
    assert (await world.upload(world.students[0], summary="反斜線 \\u0000")).accepted


@pytest.mark.clause("規§5.0")
async def test_a_number_that_the_database_does_not_hold_is_refused(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def too_large(deed: Deed) -> dict[str, Any]:
        await deed.connection.fetchval("select $1::int", 2**40)
        return {}

    monkeypatch.setitem(HANDLERS, "discard_draft", too_large)
    answer = await world.do(world.students[0], "discard_draft", draft="x")
    assert told(answer)[:3] == ("bad_request", "discard_draft", "DataError")
    assert await world.attempts() == [("discard_draft", "bad_request")]


PLAIN = st.text(st.characters(exclude_categories=["Cs"])) | st.integers(-(2**53), 2**53) | st.booleans()


@given(st.dictionaries(st.text(st.characters(exclude_categories=["Cs"])), PLAIN, max_size=8))
def test_a_flat_object_is_spelled_as_every_other(shown: dict[str, Any]) -> None:
    """Proofs of before are checked by the same bytes."""
    assert plainly(shown) == canonical(shown)
    whole = [[k, str(v)] for k, v in shown.items()], "連結"
    assert to_json(whole) == canonical(whole)
