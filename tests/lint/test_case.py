"""The questions that several lint rules ask of a case: windows by kind, legal frames, working days, the New Year. 規§4.1"""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from rules.days import OfficeYear
from rules.lint.book import RULES, errors, lint
from rules.lint.case import Case, People, ends, start_of
from rules.lint.model import Severity
from rules.lint.words import about, at, at_deadline, at_window, days, when
from rules.posts import Holding
from rules.ruleset import Kind
from tests.lint.world import DROP, documents
from tests.lint.world import case as changed
from tests.lint.world import found as found_by
from tests.rules.builders import basis, calendar, rule_set, taipei

LIMITS = documents()[3]


def case(**changes: object) -> Case:
    """A lawful calendar of one lane."""
    return Case(calendar(**changes), rule_set(), basis().national, LIMITS)


def with_off(*off: date, year: int = 2027, least: int = 6) -> Case:
    """A case whose only days off on weekdays are these."""
    years = (OfficeYear(year=year, source="test", off=off),)
    national = basis().national.model_copy(update={"office_years": years})
    return Case(calendar(), rule_set(), national, LIMITS.model_copy(update={"new_year_days": least}))


def span(first: date, count: int) -> list[date]:
    """So many days in a row."""
    return [first + timedelta(days=n) for n in range(count)]


@pytest.mark.clause("規§4.1")
def test_the_new_year_is_a_long_row_of_days_off_between_20_january_and_the_end_of_february() -> None:
    # Thursday to Wednesday with a weekend: seven days.
    row = span(date(2027, 2, 4), 7)
    assert with_off(*row).new_year == frozenset(row)
    assert with_off(*row, least=7).new_year == frozenset(row)
    assert with_off(*row, least=8).new_year == frozenset()
    last = span(date(2027, 2, 22), 7)
    assert with_off(*last).new_year == {date(2027, 2, 20), date(2027, 2, 21), *last}, "to 28 February"
    assert with_off(*span(date(2027, 2, 24), 12), least=5).new_year == frozenset(span(date(2027, 2, 24), 5)), (
        "not March"
    )
    assert with_off(*span(date(2027, 1, 15), 10), least=5).new_year == frozenset(span(date(2027, 1, 20), 5))
    assert with_off(*span(date(2027, 1, 10), 10)).new_year == frozenset()
    leap = span(date(2028, 2, 22), 8)
    assert date(2028, 2, 29) in with_off(*leap, year=2028).new_year
    two = [*row, *span(date(2027, 2, 16), 6)]
    assert with_off(*two).new_year == {*row, *span(date(2027, 2, 16), 6)}
    assert sorted(with_off(*row).new_year_around(row[2])) == row
    assert with_off(*row).new_year_around(date(2026, 2, 5)) == []


@pytest.mark.clause("規§4.1")
def test_a_semester_and_a_year_have_their_legal_frames() -> None:
    assert case().legal("115-1") == (date(2026, 8, 1), date(2027, 1, 31))
    assert case().legal("115-2") == (date(2027, 2, 1), date(2027, 7, 31))
    assert case().legal("115") == (date(2026, 8, 1), date(2027, 7, 31))
    assert case().periods == {Kind.SEMESTER: ("115-1", "115-2"), Kind.SCHOOL_YEAR: ("115",)}


@pytest.mark.clause("規§4.1")
def test_working_days_are_counted_between_the_days_that_two_instants_end_and_only_in_loaded_years() -> None:
    c = case()
    friday, monday = taipei("2026-10-30 17:00"), taipei("2026-11-02 08:00")
    assert c.between(friday, monday) == 1
    assert c.between(friday, taipei("2026-10-31 00:00")) == 0
    assert c.between(taipei("2026-10-30 00:00"), friday) == 1
    assert c.between(taipei("2025-12-31 12:00"), monday) is None
    assert c.between(monday, taipei("2029-01-01 12:00")) is None
    assert c.between(monday, taipei("2029-01-01 00:00")) is not None
    assert (c.works(date(2026, 10, 30)), c.works(date(2026, 10, 31)), c.works(date(2029, 1, 2))) == (True, False, None)
    two = Case(c.calendar, c.rules, c.national.model_copy(update={"office_years": c.national.office_years[:2]}), LIMITS)
    assert two.between(friday, taipei("2027-01-04 17:00")) == c.between(friday, taipei("2027-01-04 17:00"))
    typhoon = case(closures=[{"day": "2026-10-30", "title": "颱風"}])
    assert (typhoon.works(date(2026, 10, 30)), typhoon.between(taipei("2026-10-29 12:00"), monday)) == (False, 1)


@pytest.mark.clause("規§4.1")
def test_windows_and_duties_are_found_by_kind_with_their_place_in_the_file() -> None:
    c = case()
    assert [n for n, _ in c.windows()] == list(range(14))
    assert [(n, w.kind, w.period) for n, w in c.windows("entry", "selection")] == [
        (0, "entry", "115-1"), (5, "entry", "115-2"), (11, "selection", "115"),
    ]  # fmt: skip
    assert [(first.period, n, second.kind) for first, n, second in c.pairs("entry", "certification")] == [
        ("115-1", 2, "certification"), ("115-2", 7, "certification"),
    ]  # fmt: skip
    assert list(c.pairs("entry", "selection")) == []
    assert [n for n, _ in c.deadlines()] == [n for n, _ in c.deadlines("briefing")] == [0]
    assert list(c.deadlines("meeting")) == []
    found = c.window("115-1", "g10_11", "entry")
    assert found is not None and found.kind == "entry"
    assert c.window("115-1", "g12", "entry") is None
    assert (c.semester("115-1"), c.semester("115")) == (c.calendar.semesters["115-1"], None)


@pytest.mark.clause("規§5.1.3")
def test_only_a_known_lane_can_be_in_its_last_year() -> None:
    lanes = [
        {"id": i, "title": i, "title_en": i, "grades": [1], "tracks": ["普通型"], "final_grade": i == "last"}
        for i in ("first", "last")
    ]
    c = Case(calendar(), rule_set(lanes=lanes), basis().national, LIMITS)
    assert [c.final(x) for x in ("first", "last", "other")] == [False, True, False]
    assert list(c.lanes) == ["first", "last"]


@pytest.mark.clause("規§4.2")
def test_an_end_at_midnight_belongs_to_the_day_before_and_is_written_so() -> None:
    midnight = taipei("2027-02-04 00:00")
    assert (ends(midnight), ends(taipei("2027-02-04 00:01"))) == (date(2027, 2, 3), date(2027, 2, 4))
    assert (start_of(date(2027, 2, 3)), start_of(date(2027, 2, 3), 1)) == (taipei("2027-02-03 00:00"), midnight)
    assert when(midnight) == "2027-02-03(三) 24:00"
    assert when(midnight + timedelta(seconds=1)) == "2027-02-04(四) 00:00"
    assert when(taipei("2027-02-04 00:01")) == "2027-02-04(四) 00:01"
    assert when(taipei("2027-02-04 17:05")) == "2027-02-04(四) 17:05"
    assert days(3) == "3 個上班日 · working days"


def test_a_hit_says_its_place_in_the_file_and_in_words() -> None:
    c = case()
    window, deadline = c.calendar.windows[0], c.calendar.deadlines[0]
    shown = [
        at_window(3, window, "self_check.opens", "x", "y"), at_window(3, window, "", "x", "y"),
        at_deadline(2, deadline, "due", "x", "y"), at("semesters.115-1.first_day", "x", "y"), about("rules cycle", "x", "y"),
    ]  # fmt: skip
    assert [(h.path, h.place) for h in shown] == [
        (("windows", 3, "self_check", "opens"), "115-1 g10_11 entry self_check.opens"),
        (("windows", 3), "115-1 g10_11 entry"),
        (("deadlines", 2, "due"), "115 briefing due"),
        (("semesters", "115-1", "first_day"), "semesters.115-1.first_day"),
        ((), "rules cycle"),
    ]
    assert {(h.found, h.limit) for h in shown} == {("x", "y")}


def held(post: str, *people: str) -> tuple[Holding, ...]:
    """A post's holder and deputies."""
    return tuple(Holding(person, rank, taipei("2026-07-01 00:00")) for rank, person in enumerate(people))


def found(rule: str, **holdings: tuple[Holding, ...]) -> list[str]:
    """Which posts a rule about people finds, where everybody else is named with a deputy."""
    rules = rule_set()
    whole = {p.id: held(p.id, p.id, f"{p.id} 2") for p in rules.posts}
    c = Case(calendar(), rules, basis().national, LIMITS, People(whole | holdings))
    return [hit.place for hit in RULES[rule].judge(c)]


@pytest.mark.clause("規§2", "規§10.1.2")
@pytest.mark.parametrize("post", ["registration_section", "counselling_director", "principal"])
def test_who_owes_a_duty_or_a_roster_convenes_or_executes_is_named_and_has_a_deputy(post: str) -> None:
    assert found("post-vacant") == found("deputy-missing") == []
    assert found("post-vacant", **{post: ()}) == [f"people {post}"]
    assert found("post-vacant", **{post: held(post, "", "x")[1:]}) == [f"people {post}"]
    assert found("deputy-missing", **{post: held(post, "x")}) == [f"people {post}"]
    assert found("deputy-missing", **{post: held(post, "x", "x")}) == [f"people {post}"], "nobody is their own deputy"
    assert found("deputy-missing", **{post: held(post, "x", "x", "y")}) == []
    assert found("deputy-missing", **{post: ()}) == [], "that it is vacant is told"


@pytest.mark.clause("規§2", "規§10.1.2")
def test_a_post_that_owes_nothing_or_that_many_hold_may_be_without_people() -> None:
    for post in ("it_section", "instruction_section", "course_teacher"):
        assert found("post-vacant", **{post: ()}) == []
        assert found("deputy-missing", **{post: held(post, "x")}) == []


@pytest.mark.clause("規§4.1")
def test_each_year_without_its_office_calendar_is_told_once_with_those_that_are_loaded() -> None:
    def missing(*years: OfficeYear) -> list[tuple[str, str]]:
        c = Case(calendar(), rule_set(), basis().national.model_copy(update={"office_years": years}), LIMITS)
        return [(hit.found, hit.limit) for hit in RULES["office-year-missing"].judge(c)]

    of_2026, of_2027, of_2028 = basis().national.office_years
    assert missing(of_2026, of_2027, of_2028) == []
    assert missing(of_2028, of_2026) == [("2027", "2026, 2028")]
    assert missing() == [("2026", "無 · none"), ("2027", "無 · none")]


@pytest.mark.clause("規§4.1")
def test_findings_stand_errors_first_each_by_its_rule_and_only_errors_stop_a_publication() -> None:
    told = lint(case(semesters={}))
    severities = [f.rule.severity for f in told]
    stops = severities.count(Severity.ERROR)
    assert 0 < stops < len(told)
    assert severities == [Severity.ERROR] * stops + [Severity.WARNING] * (len(told) - stops)
    assert errors(told) == told[:stops]
    order = [list(RULES).index(f.rule.id) for f in told]
    assert (order[:stops], order[stops:]) == (sorted(order[:stops]), sorted(order[stops:]))


@pytest.mark.clause("規§2", "規§6.3.1")
def test_every_clause_that_gives_a_duty_or_a_roster_is_asked_for_by_name() -> None:
    bare = Case(calendar(), rule_set(duties=[], rosters=[]), basis().national, LIMITS)
    assert [hit.place.split()[2:] for hit in RULES["duty-without-owner"].judge(bare)] == [
        ["規§3.0", "meeting"], ["規§4.2", "calendar_publication"], ["規§5.1.1", "enrolment_entry"],
        ["規§5.1.2", "cadre_entry"], ["規§5.2.1", "grades_entry"], ["規§5.2.2", "advisory_entry"],
        ["規§5.3.2", "certification"], ["規§9.1", "briefing"], ["規§9.2", "system_training"],
    ]  # fmt: skip
    rosters = [hit.place for hit in RULES["roster-without-owner"].judge(bare)]
    assert rosters == [f"rules rosters 規§6.3.{n}" for n in (1, 2, 3, 4)]


@pytest.mark.clause("規§4.2")
@pytest.mark.parametrize(
    "window",
    [
        "115-1/outcome_upload",
        "115-1/certification",
        "115/selection",
        "115-1/semester_submission",
        "115/yearly_submission",
    ],
)
def test_what_the_next_gate_reads_has_a_self_check(window: str) -> None:
    period, kind = window.split("/")
    without = changed({f"{period}/g10_11/{kind}.self_check": DROP})
    assert [f.hit.place for f in found_by(without, "self-check-missing")] == [f"{period} g10_11 {kind}"]
