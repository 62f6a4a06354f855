"""The checklist of a self-check: which lines hold the next gate closed, and how a rule set writes them."""

from __future__ import annotations

import pytest
from pydantic import ValidationError

from rules.ruleset import CheckLine, CycleStep
from rules.self_checks import not_ok

STEP = {"kind": "self_check", "title": "檢核", "title_en": "check", "owner": "owner", "ladder": "x", "clause": "規§4.2"}


def test_only_required_lines_hold_a_gate_closed() -> None:
    lines = (
        CheckLine(id="a", title="甲"),
        CheckLine(id="b", title="乙"),
        CheckLine(id="c", title="丙", required=False),
    )
    assert not_ok(lines, {}) == ["a", "b"]
    assert not_ok(lines, {"a": True, "b": False}) == ["b"]
    assert not_ok(lines, {"a": True, "b": True, "c": False}) == []


def test_a_line_written_as_a_text_has_its_number_as_id() -> None:
    step = CycleStep.model_validate(STEP | {"checklist": ["期程已公告", {"id": "own", "title": "本校項目"}]})
    assert [(x.id, x.title, x.required) for x in step.checklist] == [
        ("1", "期程已公告", True),
        ("own", "本校項目", True),
    ]


def test_a_line_that_stands_twice_is_refused() -> None:
    with pytest.raises(ValidationError, match="own stands twice"):
        CycleStep.model_validate(STEP | {"checklist": [{"id": "own", "title": "甲"}, {"id": "own", "title": "乙"}]})
