"""No part of a refusal is empty, whoever refused and however little they named."""

from __future__ import annotations

import pytest

from rules.refusals import Code, Refusal


@pytest.mark.parametrize("code", Code)
def test_every_refusal_names_clause_place_found_limit_and_remedy_in_both_languages(code: Code) -> None:
    shown = Refusal(code=code).shown()
    assert all(shown.values()), shown
    for name in ("message", "remedy"):
        assert not shown[name].isascii() and shown[f"{name}_en"].isascii()
    said = Refusal(code=code, clause="規§6.1", place="p", found="7", limit="6").shown()
    assert [said[k] for k in ("clause", "place", "found", "limit")] == ["規§6.1", "p", "7", "6"]
