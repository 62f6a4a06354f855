"""A rule of the linter says what is wrong, where, what was found and where it comes from. 規§4.1."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from rosters.documents import load_document
from rules.lint.book import lint
from rules.lint.case import Case
from rules.lint.model import Chapter, Finding, Hit, Limits, Severity
from tests.rules.builders import basis, calendar, rule_set

HIT = Hit(("windows", 3, "due"), "115-1 g10_11 entry due", "2027-02-06", "上班日")


@pytest.mark.clause("規§4.1")
def test_a_rule_is_kept_in_its_chapter_with_its_clause_as_source_unless_another_is_given() -> None:
    chapter = Chapter("時間", "hours")
    words = (("錯", "wrong"), ("因", "why"), ("改", "mend"))

    def judge(case: Case) -> Iterator[Hit]:
        yield HIT

    assert chapter.rule("one", "規§4.1", Severity.ERROR, *words)(judge) is judge
    chapter.rule("two", "規§4.1", Severity.ERROR, *words, source="a letter")(judge)
    assert [(r.id, r.source) for r in chapter] == [("one", "規§4.1"), ("two", "a letter")]
    assert Finding(next(iter(chapter)), HIT).message == (
        "錯:115-1 g10_11 entry due 為 2027-02-06,界限 上班日",
        "wrong: 115-1 g10_11 entry due is 2027-02-06, limit 上班日",
    )


@pytest.mark.clause("規§4.1")
def test_a_duty_that_is_due_on_a_sunday_is_told_at_its_own_place() -> None:
    limits = load_document(Path(__file__).parents[2] / "schools" / "lint.yaml", Limits)
    on_sunday = {"period": "115", "duty": "briefing", "opens": "2026-09-01 08:00", "due": "2026-11-29 17:00"}
    case = Case(calendar(deadlines=[on_sunday]), rule_set(), basis().national, limits)
    hits = [f.hit for f in lint(case) if f.hit.path[:1] == ("deadlines",) and f.hit.place == "115 briefing due"]
    assert {hit.path for hit in hits} == {("deadlines", 0, "due")}
