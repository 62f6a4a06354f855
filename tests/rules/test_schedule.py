"""Daily hours and the authority's windows: what fits and what is refused. 規§4.1, 規§4.2."""

from __future__ import annotations

from datetime import time, timedelta

import pytest
from pydantic import ValidationError

from rules.schedule import DailyHours, NationalWindow
from tests.rules.builders import taipei, world

HOURS = DailyHours(opens=time(8), closes=time(21))


@pytest.mark.clause("規§4.1", "規§4.2")
@pytest.mark.parametrize(
    ("opens", "hours", "closes"),
    [
        ("2027-04-19 09:00", 72, "2027-04-22 09:00"),
        ("2027-04-19 22:00", 72, "2027-04-23 21:00"),
        ("2027-04-19 09:00", 84, "2027-04-22 21:00"),
        ("2027-04-19 09:00", 90, "2027-04-23 21:00"),
    ],
)
def test_a_span_that_ends_while_it_is_shut_lasts_through_the_next_days_hours(
    opens: str, hours: int, closes: str
) -> None:
    assert HOURS.after(taipei(opens), timedelta(hours=hours)) == taipei(closes)


def national(opens: str, closes: str, hours: DailyHours | None = None) -> NationalWindow:
    return NationalWindow(
        period="115-1", kind="semester_submission", lanes=("g10_11",), opens=taipei(opens), closes=taipei(closes),
        hours=hours,
    )  # fmt: skip


@pytest.mark.clause("規§4.1")
def test_a_window_of_the_authority_has_a_length_and_is_open_at_some_hour() -> None:
    assert national("2027-04-19 20:00", "2027-04-20 08:00", HOURS).hours == HOURS
    with pytest.raises(ValidationError, match="opens < closes does not hold"):
        national("2027-04-19 08:00", "2027-04-19 08:00")
    with pytest.raises(ValidationError, match="the window is open at no hour of them"):
        national("2027-04-19 21:00", "2027-04-20 08:00", HOURS)


@pytest.mark.clause("規§4.1")
def test_a_semester_and_a_school_year_belong_to_the_same_school_year() -> None:
    w = world()
    w.settle(taipei("2026-08-01 00:00"))
    assert {(s.period, s.year) for s in w.processes.values()} >= {("115-1", "115"), ("115", "115")}
