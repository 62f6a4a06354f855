"""The questions that several lint rules ask of a case: windows by kind, legal frames, working days, the New Year. 規§4.1"""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from rules.days import OfficeYear
from rules.lint.case import Case, ends, start_of
from rules.lint.words import about, at, at_deadline, at_window, days, when
from rules.ruleset import Kind
from tests.lint.world import documents
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
