"""Every branch of every lint rule, by a pair of calendars a minute, a day or one value apart."""

from __future__ import annotations

from collections import Counter
from functools import cache

import pytest

from rules.lint.book import CHAPTERS, RULES, lint
from rules.lint.case import Case
from tests.calendars.verdicts import HOW, Verdicts, of_pair, recorded
from tests.lint.pairs import PAIRS
from tests.lint.world import case, found

IDS = [f"{rule}-{n}" for n, (rule, _, _) in enumerate(PAIRS)]


@cache
def recorded_once() -> Verdicts:
    """What each pair was recorded to find."""
    return recorded()


@pytest.mark.clause("規§4.1", "規§4.2")
@pytest.mark.parametrize(("rule", "passes", "fails"), PAIRS, ids=IDS)
def test_a_rule_holds_on_one_side_of_its_edge_and_finds_the_other(rule: str, passes: Case, fails: Case) -> None:
    before, after = found(passes, rule), found(fails, rule)
    assert len(after) > len(before), (rule, [f.message for f in before], [f.message for f in after])


@pytest.mark.clause("規§4.1", "規§4.2")
@pytest.mark.parametrize("n", range(len(PAIRS)), ids=IDS)
def test_the_failing_side_names_place_finding_and_limit_as_recorded(n: int) -> None:
    rule, _, fails = PAIRS[n]
    assert of_pair(rule, fails) == recorded_once()[f"pair-{n:03d}-{rule}"], HOW


def test_every_rule_has_a_passing_calendar_without_it_and_a_failing_one() -> None:
    clean = {rule for rule, passes, _ in PAIRS if not found(passes, rule)}
    assert clean == set(RULES)
    assert {rule for rule, _, _ in PAIRS} == set(RULES)


def test_there_are_more_than_forty_rules_each_named_once_with_both_languages() -> None:
    rules = [r for chapter in CHAPTERS for r in chapter]
    assert len(rules) == len(RULES) >= 40
    for r in rules:
        assert r.clause.startswith("規§"), r.id
        assert r.judge.__doc__, r.id
        for zh, en in (r.title, r.why, r.remedy):
            assert zh and en and not any("一" <= ch <= "鿿" for ch in en), r.id


def test_errors_stand_in_front_of_warnings() -> None:
    severities = [f.rule.severity.value for f in lint(case({"semesters.115-1.closing_ceremony": "2027-01-23"}))]
    assert severities == sorted(severities)
    assert set(severities) == {"error", "warning"}


def test_a_finding_says_everything_in_both_languages() -> None:
    [one] = found(case({"115-1/g10_11/outcome_upload.closes": "2027-02-03 23:59"}), "upload-floor")
    shown = one.shown()
    assert shown["where"] == {"place": "115-1 g10_11 outcome_upload closes", "path": ["windows", 3, "closes"]}
    assert (shown["clause"], shown["severity"]) == ("規§5.3.1", "error")
    assert (shown["found"], shown["limit"]) == ("2027-02-03(三) 23:59", ">= 2027-02-03(三) 24:00")
    assert (shown["message"], shown["message_en"]) == (
        "上傳期間未達休業式後 14 日:115-1 g10_11 outcome_upload closes 為 2027-02-03(三) 23:59,界限 >= 2027-02-03(三) 24:00",
        "the upload closes before day 14 after the closing ceremony: 115-1 g10_11 outcome_upload closes is "
        "2027-02-03(三) 23:59, limit >= 2027-02-03(三) 24:00",
    )
    assert (shown["remedy"], shown["remedy_en"]) == (
        "請把 closes 延到界限或更晚",
        "move `closes` to the limit or later",
    )
    assert (shown["rule"], shown["source"]) == ("upload-floor", one.rule.source)


def test_a_pair_differs_for_its_own_sake() -> None:
    """Most rules have one place that fails; a rule with several branches has a pair for each."""
    assert min(Counter(rule for rule, _, _ in PAIRS).values()) == 1
    assert len(PAIRS) >= 100
