"""Findings as a meeting reads them: one line a rule, the school's own words. 規§3.1"""

from __future__ import annotations

from dataclasses import replace

import pytest

from rules.lint.book import RULES, lint
from rules.lint.model import Finding, Hit
from rules.lint.spoken import SHOWN, spoken
from tests.lint.world import case


def one(place: str, found: str, limit: str) -> str:
    """What a meeting reads of one finding of the rule on days off."""
    [said] = spoken([Finding(RULES["due-on-day-off"], Hit((), place, found, limit))], case().rules)
    return said


@pytest.mark.clause("規§3.1")
def test_a_place_is_named_by_its_titles_with_what_is_found_and_what_must_hold() -> None:
    said = one("115-1 g10_11 outcome_upload due", "2027-02-06(六) 17:00", "上班日 · a working day")
    assert said == (
        "期限落在假日:115-1 一、二年級 課程學習成果上傳 期限(現為 2027-02-06(六) 17:00,應為 上班日) → 請改到前後的上班日"
    )


@pytest.mark.clause("規§3.1")
def test_what_is_nothing_or_a_formula_of_fields_is_left_to_the_title_and_the_remedy() -> None:
    said = one("rules duties entry", "無 · none", "letter_number + verified")
    assert said == "期限落在假日:規則 工作 資料登錄 → 請改到前後的上班日"


@pytest.mark.clause("規§3.1")
def test_many_places_of_a_rule_are_one_line_that_counts_them() -> None:
    rule = RULES["due-on-day-off"]
    found = [Finding(rule, Hit((), f"115 briefing {n}", "無 · none", "checklist")) for n in range(SHOWN + 1)]
    [said] = spoken(found, case().rules)
    assert said.count("115 ") == SHOWN and f"等 {SHOWN + 1} 處" in said
    [few] = spoken(found[:SHOWN], case().rules)
    assert "處" not in few


@pytest.mark.clause("規§3.1")
def test_every_finding_of_a_calendar_is_of_one_of_the_lines() -> None:
    calendar = case().calendar.model_copy(update={"deadlines": ()})
    found = lint(replace(case(), calendar=calendar))
    lines = spoken(found, case().rules)
    assert len(lines) == len({f.rule.id for f in found}) and len(lines) > 1
