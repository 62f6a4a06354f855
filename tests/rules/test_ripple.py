"""What an extension runs into, and whom an outage took time from. 規§10.2.2"""

from __future__ import annotations

from datetime import timedelta
from functools import cache
from pathlib import Path

import pytest

from rosters.documents import load_calendar, load_national, load_rule_set
from rules.days import WorkingDays
from rules.ripple import FOLLOWING, LAST_HOURS, Lost, Ripple, correction_close, limits, lost_in_outage, ripples, sent_in
from rules.ruleset import Kind, RuleSet
from rules.schedule import Calendar
from tests.rules.builders import taipei

SCHOOLS = Path(__file__).resolve().parents[2] / "schools"
MINUTE = timedelta(minutes=1)
PACK = SCHOOLS / "licheng"


@cache
def dates() -> tuple[RuleSet, tuple[Calendar, WorkingDays]]:
    """The founding school's rules, its calendar of 115 and the office calendar."""
    national = load_national(SCHOOLS / "national" / "115.yaml")
    rules, calendar = load_rule_set(PACK / "rules.yaml"), load_calendar(PACK / "calendar-115.yaml")
    return rules, (calendar, WorkingDays(national.office_years))


@pytest.mark.clause("規§10.2.2")
def test_every_later_date_of_the_lane_is_shown_with_the_working_days_left() -> None:
    found = ripples(*dates(), "115-1", ["g10_11"], "outcome_upload", taipei("2027-02-23 17:00"))
    assert [(r.kind, r.edge) for r in found] == [*FOLLOWING["outcome_upload"], ("yearly_submission", "opens")]
    assert [(r.fits, r.days_left) for r in found[:3]] == [(True, 10), (True, 1), (True, 12)]


@pytest.mark.clause("規§10.2.2")
@pytest.mark.parametrize(("later", "fits"), [(0 * MINUTE, True), (MINUTE, False)])
def test_an_extension_fits_up_to_the_instant_of_the_next_date(later: timedelta, fits: bool) -> None:
    window = dates()[1][0].window("115-1", "g10_11", "certification")
    assert window is not None
    [one] = [
        r
        for r in ripples(*dates(), "115-1", ["g10_11"], "outcome_upload", window.due + later)
        if (r.kind, r.edge) == ("certification", "due")
    ]
    assert (one.fits, one.days_left) == (fits, 0)


def test_the_years_dates_count_for_a_semesters_window_and_an_unknown_lane_has_none() -> None:
    found = ripples(*dates(), "115-2", ["g12_general", "nowhere"], "certification", taipei("2027-04-14 09:00"))
    assert [(r.lane, r.kind, r.fits) for r in found] == [
        ("g12_general", "selection", False),
        ("g12_general", "selection", True),
        ("g12_general", "yearly_submission", True),
    ]


@pytest.mark.clause("規§6.1", "規§6.3.1")
def test_a_certification_is_bound_by_the_selection_and_by_the_submission_that_takes_outcomes() -> None:
    rules, (calendar, _) = dates()
    assert sent_in(rules, "certification") == ("yearly_submission",)
    found = limits(rules, calendar, "115-1", "g10_11", "certification")
    assert [(w.period, w.kind, edge) for w, edge in found] == [
        ("115", "selection", "closes"),
        ("115", "yearly_submission", "opens"),
    ]
    # A school whose outcomes travel each semester is bound by that submission: the rosters say so, no code.
    rosters = [r.model_copy(update={"process": Kind.SEMESTER}) if r.item == "outcome" else r for r in rules.rosters]
    each = rules.model_copy(update={"rosters": tuple(rosters)})
    assert sent_in(each, "certification") == ("semester_submission",)
    assert sent_in(each, "selection") == ("semester_submission", "yearly_submission")


CLOSE = taipei("2027-02-03 24:00")
OPEN = taipei("2026-08-31 08:00")


@pytest.mark.clause("規§10.2.2")
@pytest.mark.parametrize(
    ("first", "last", "proposed"),
    [
        ("2027-02-03 20:00", "2027-02-03 22:00", "2027-02-04 02:00"),
        ("2027-02-03 22:00", "2027-02-04 06:00", "2027-02-04 08:00"),
        ("2027-02-01 23:00", "2027-02-02 00:00", "2027-02-04 01:00"),
        ("2027-02-01 22:59", "2027-02-01 23:59", None),
        ("2027-02-04 00:00", "2027-02-04 03:00", None),
        ("2026-08-30 00:00", "2026-08-31 08:00", None),
    ],
)
def test_the_time_lost_in_the_last_hours_is_given_back(first: str, last: str, proposed: str | None) -> None:
    found = lost_in_outage([("115-1", "g10_11", "outcome_upload", OPEN, CLOSE)], taipei(first), taipei(last))
    wanted = [] if proposed is None else [Lost("115-1", "g10_11", "outcome_upload", CLOSE, taipei(proposed))]
    assert found == wanted


def test_nobody_gets_earlier_by_an_outage() -> None:
    for hours in range(1, 96):
        for one in lost_in_outage(
            [("115-1", "g10_11", "outcome_upload", OPEN, CLOSE)], CLOSE - timedelta(hours=hours), CLOSE + MINUTE
        ):
            assert one.proposed > one.closes
    assert timedelta(days=2) == LAST_HOURS


@pytest.mark.clause("規§10.2.2", "規§6.1")
@pytest.mark.parametrize(
    ("kind", "bounds"),
    [
        ("outcome_upload", "certification"),
        ("outcome_correction", "certification"),
        ("certification", "selection"),
        ("diverse_upload", "selection"),
        ("selection", None),
    ],
)
def test_an_extension_is_bounded_by_the_close_of_the_window_that_comes_next(kind: str, bounds: str | None) -> None:
    rules, (calendar, _) = dates()
    found = [(w.kind, edge) for w, edge in limits(rules, calendar, "115-1", "g10_11", kind)]
    assert found == ([(bounds, "closes")] if bounds else []) + [("yearly_submission", "opens")]


@pytest.mark.clause("規§10.2.2")
def test_a_correction_runs_into_the_certification_and_the_selection() -> None:
    found = ripples(*dates(), "115-1", ["g10_11"], "outcome_correction", taipei("2027-02-23 17:00"))
    assert [(r.kind, r.edge, r.refuses) for r in found] == [
        ("certification", "closes", True),
        ("selection", "opens", False),
        ("yearly_submission", "opens", True),
    ]


@pytest.mark.clause("規§10.2.2", "規§5.3.1")
@pytest.mark.parametrize(
    ("closes", "until"),
    [
        # Two working days before the close, as the calendar has it, at the hour of the calendar's correction close.
        ("2027-03-19 17:00", "2027-03-17 17:00"),
        ("2027-03-16 12:00", "2027-03-12 17:00"),
        ("2027-03-20 17:00", "2027-03-18 17:00"),
        ("2027-03-19 24:00", "2027-03-17 17:00"),
        # Never earlier than the calendar's own.
        ("2027-03-12 17:01", "2027-03-10 17:00"),
        ("2027-03-01 17:00", "2027-03-10 17:00"),
        # Beyond the loaded office calendar: as many days as lie between them.
        ("2039-03-19 17:00", "2039-03-17 17:00"),
    ],
)
def test_the_correction_keeps_its_working_days_before_a_later_close(closes: str, until: str) -> None:
    _, (calendar, days) = dates()
    assert correction_close(calendar, days, "115-1", "g10_11", taipei(closes)) == taipei(until)


def test_a_correction_that_ends_with_the_certification_or_at_midnight_goes_on_to_do_so() -> None:
    _, (calendar, days) = dates()

    def moved(correction: str) -> Calendar:
        windows = tuple(
            w.model_copy(update={"correction_closes": taipei(correction)}) if w.kind == "certification" else w
            for w in calendar.windows
        )
        return calendar.model_copy(update={"windows": windows})

    for correction, until in (("2027-03-12 17:00", "2027-03-19 17:00"), ("2027-03-11 24:00", "2027-03-18 24:00")):
        found = correction_close(moved(correction), days, "115-1", "g10_11", taipei("2027-03-19 17:00"))
        assert found == taipei(until), correction
    assert correction_close(moved("2027-03-12 17:00"), days, "115-1", "g10_11", taipei("2027-03-19 12:00")) == taipei(
        "2027-03-19 12:00"
    )
    assert correction_close(calendar, days, "115-1", "nowhere", taipei("2027-03-19 17:00")) is None


@pytest.mark.clause("規§10.2.2", "規§5.3.1")
@pytest.mark.parametrize(("later", "fits"), [(-MINUTE, True), (0 * MINUTE, False)])
def test_the_ripple_says_whether_a_returned_item_can_still_be_answered(later: timedelta, fits: bool) -> None:
    until = taipei("2027-03-17 17:00")
    closes = taipei("2027-03-19 17:00")
    first = ripples(*dates(), "115-1", ["g10_11"], "certification", closes, at=until + later)[0]
    assert (first.kind, first.edge, first.at, first.along, first.fits) == (
        "outcome_correction",
        "closes",
        until,
        True,
        fits,
    )
    assert not any(r.along for r in ripples(*dates(), "115-1", ["g10_11"], "outcome_upload", closes, at=until))


@pytest.mark.clause("規§10.2.2")
def test_a_window_that_is_extended_already_bounds_by_its_later_close() -> None:
    asked = taipei("2027-03-15 17:00")
    plain = ripples(*dates(), "115-1", ["g10_11"], "outcome_upload", asked)
    held = [("g10_11", "certification", asked)]
    found = ripples(*dates(), "115-1", ["g10_11"], "outcome_upload", asked, held=held)
    of = [[r.fits for r in x if (r.kind, r.edge) == ("certification", "closes")] for x in (plain, found)]
    assert of == [[False], [True]]
    other = ripples(*dates(), "115-1", ["g10_11"], "outcome_upload", asked, held=[("g12_general", *held[0][1:])])
    assert other == plain


@pytest.mark.clause("規§10.2.2")
def test_a_ripple_is_shown_with_all_that_it_says() -> None:
    at = taipei("2027-03-05 17:00")
    assert Ripple("g10_11", "certification", "closes", at, True, 3, refuses=True).shown() == {
        "lane": "g10_11", "kind": "certification", "edge": "closes", "at": at, "fits": True, "days_left": 3,
        "refuses": True, "along": False,
    }  # fmt: skip
    plain = Ripple("g10_11", "selection", "opens", at, False, None)
    assert (plain.refuses, plain.along) == (False, False)


@pytest.mark.clause("規§10.2.2")
def test_the_days_left_are_unknown_where_an_office_calendar_is_missing_and_none_when_it_does_not_fit() -> None:
    rules, (calendar, days) = dates()
    national = load_national(SCHOOLS / "national" / "115.yaml")
    some = WorkingDays(y for y in national.office_years if y.year == 2026)
    closes = taipei("2027-02-23 17:00")
    found = ripples(rules, (calendar, some), "115-1", ["g10_11"], "outcome_upload", closes)
    assert {r.days_left for r in found if r.fits} == {None}
    late = ripples(rules, (calendar, days), "115-1", ["g10_11"], "outcome_upload", taipei("2028-01-03 17:00"))
    assert {(r.fits, r.days_left) for r in late} == {(False, 0)}
    # A close at midnight belongs to the day that it ends: the working days after that day are left.
    before, after = (
        ripples(rules, (calendar, days), "115-1", ["g10_11"], "outcome_upload", taipei(x))[0].days_left
        for x in ("2027-02-24 00:00", "2027-02-24 00:01")
    )
    assert before is not None and after is not None
    assert before == after + 1


@pytest.mark.clause("規§10.2.2")
def test_lost_time_is_proposed_by_close_period_lane_and_kind() -> None:
    day = timedelta(days=1)
    given = [
        ("115-2", "b", "x", OPEN, CLOSE), ("115-1", "b", "y", OPEN, CLOSE), ("115-1", "b", "x", OPEN, CLOSE),
        ("115-1", "a", "x", OPEN, CLOSE), ("115-1", "a", "x", OPEN, CLOSE + day),
    ]  # fmt: skip
    found = lost_in_outage(given, CLOSE - timedelta(hours=2), CLOSE - timedelta(hours=1))
    assert [(x.closes, x.period, x.lane, x.kind) for x in found] == [
        (CLOSE, "115-1", "a", "x"), (CLOSE, "115-1", "b", "x"), (CLOSE, "115-1", "b", "y"), (CLOSE, "115-2", "b", "x"),
        (CLOSE + day, "115-1", "a", "x"),
    ]  # fmt: skip
    assert {x.proposed - x.closes for x in found} == {timedelta(hours=1)}
