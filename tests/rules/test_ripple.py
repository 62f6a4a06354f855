"""What an extension runs into, and whom an outage took time from. 規§10.2.2"""

from __future__ import annotations

from datetime import timedelta
from functools import cache
from pathlib import Path

import pytest

from rosters.documents import load_calendar, load_national, load_rule_set
from rules.days import WorkingDays
from rules.ripple import FOLLOWING, LAST_HOURS, Lost, limits, lost_in_outage, ripples, sent_in
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
