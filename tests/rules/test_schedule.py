"""Daily hours and the authority's windows: what fits and what is refused. 規§4.1, 規§4.2."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import Any

import pytest
from pydantic import ValidationError

from rules.schedule import (
    Calendar,
    Closure,
    DailyHours,
    National,
    NationalWindow,
    SchoolDays,
    WindowDates,
    latest,
    working_days,
)
from tests.rules.builders import calendar, office_years, taipei, world

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


def spans(opens: str, closes: str) -> list[tuple[datetime, datetime]]:
    """The open spans between two instants of a window open from 08:00 to 21:00."""
    return [(s.opens, s.closes) for s in HOURS.spans(taipei(opens), taipei(closes))]


@pytest.mark.clause("規§4.1", "規§4.2")
def test_a_window_with_hours_is_open_in_them_from_its_opening_to_its_close() -> None:
    day = [(taipei(f"2027-04-{d} 08:00"), taipei(f"2027-04-{d} 21:00")) for d in (19, 20, 21)]
    assert spans("2027-04-19 08:00", "2027-04-21 21:00") == day
    assert spans("2027-04-19 07:00", "2027-04-22 08:00") == day
    assert spans("2027-04-19 09:00", "2027-04-20 12:00") == [
        (taipei("2027-04-19 09:00"), day[0][1]), (day[1][0], taipei("2027-04-20 12:00")),
    ]  # fmt: skip
    # A day that is only touched while it is shut gives no span.
    assert spans("2027-04-19 21:00", "2027-04-20 08:00") == []
    assert spans("2027-04-19 21:00", "2027-04-20 08:01") == [(day[1][0], taipei("2027-04-20 08:01"))]
    assert HOURS.text == "08:00–21:00"


@pytest.mark.parametrize(("opens", "closes"), [(time(8), time(8)), (time(21), time(8))])
def test_hours_end_after_they_begin_on_the_same_day(opens: time, closes: time) -> None:
    with pytest.raises(ValidationError, match="closes must be after opens on the same day"):
        DailyHours(opens=opens, closes=closes)


WINDOW: dict[str, Any] = {
    "period": "115-1", "lane": "g10_11", "kind": "selection", "opens": "2027-04-19 08:00", "due": "2027-04-21 17:00",
    "closes": "2027-04-21 21:00",
}  # fmt: skip


def dated(**changes: Any) -> WindowDates:
    return WindowDates.model_validate(WINDOW | changes)


@pytest.mark.clause("規§4.1", "規§4.2")
@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"due": "2027-04-21 21:00"}, None),
        ({"due": "2027-04-21 21:01"}, "opens < due <= closes does not hold"),
        ({"due": "2027-04-19 08:01"}, None),
        ({"due": "2027-04-19 08:00"}, "opens < due <= closes does not hold"),
        ({"correction_closes": "2027-04-21 21:00"}, None),
        ({"correction_closes": "2027-04-21 21:01"}, "opens < correction_closes <= closes does not hold"),
        ({"correction_closes": "2027-04-19 08:01"}, None),
        ({"correction_closes": "2027-04-19 08:00"}, "opens < correction_closes <= closes does not hold"),
        ({"hours": {"opens": "08:00", "closes": "21:00"}}, None),
        ({"hours": {"opens": "08:00", "closes": "17:00"}}, None),
        ({"hours": {"opens": "08:00", "closes": "16:59"}}, "due lies where the window is shut"),
        ({"hours": {"opens": "16:59", "closes": "21:00"}}, None),
        ({"hours": {"opens": "17:00", "closes": "21:00"}}, "due lies where the window is shut"),
        (
            {"hours": {"opens": "06:00", "closes": "08:00"}, "due": "2027-04-19 20:00", "closes": "2027-04-20 06:00"},
            "the window is open at no hour of them",
        ),
        ({"period": "115"}, None),
        ({"period": "115-3"}, "period"),
        ({"period": "15-1"}, "period"),
        ({"period": "115-1x"}, "period"),
    ],
)
def test_a_window_s_dates_stand_in_their_order_and_at_its_hours(changes: dict[str, Any], said: str | None) -> None:
    if said is None:
        assert dated(**changes).kind == "selection"
        return
    with pytest.raises(ValidationError, match=said):
        dated(**changes)


@pytest.mark.clause("規§4.2")
def test_a_window_is_open_as_a_whole_or_at_its_hours_until_its_own_or_a_later_close() -> None:
    whole, daily = dated(), dated(hours={"opens": "08:00", "closes": "21:00"})
    assert (whole.spans(), whole.spans(taipei("2027-04-22 12:00"))) == ((), ())
    assert (whole.span.opens, whole.span.closes) == (whole.opens, whole.closes)
    assert daily.spans() == HOURS.spans(daily.opens, daily.closes)
    assert daily.spans(taipei("2027-04-22 12:00"))[-1].closes == taipei("2027-04-22 12:00")


@pytest.mark.clause("規§4.1")
def test_days_of_the_school_s_own_hold_their_first_and_last_day_for_whom_they_concern() -> None:
    exam = {"kind": "exam", "first": "2026-10-13", "last": "2026-10-14", "title": "段考"}
    everybody, some = SchoolDays.model_validate(exam), SchoolDays.model_validate(exam | {"lanes": ["g12"]})
    days = [date(2026, 10, n) for n in (12, 13, 14, 15)]
    assert [everybody.holds(d, "g10_11") for d in days] == [False, True, True, False]
    assert [some.holds(days[1], lane) for lane in ("g12", "g10_11")] == [True, False]
    assert SchoolDays.model_validate(exam | {"last": "2026-10-13"}).last == days[1]
    with pytest.raises(ValidationError, match="last lies before first"):
        SchoolDays.model_validate(exam | {"last": "2026-10-12"})


@pytest.mark.clause("規§4.1")
def test_only_days_on_which_offices_are_closed_are_no_working_days() -> None:
    closures = [
        {"day": "2026-09-10", "title": "颱風"}, {"day": "2026-09-11", "title": "颱風", "offices": False},
        {"day": "2026-09-14", "title": "颱風", "lessons": False},
    ]  # fmt: skip
    dates = calendar(closures=closures)
    assert dates.closed_days == {date(2026, 9, 10), date(2026, 9, 14)}
    days = working_days(National(version=1, title="x", windows=(), office_years=office_years()), dates)
    assert [days.works(date(2026, 9, n)) for n in (9, 10, 11, 14)] == [True, False, True, False]
    assert (Closure(day=date(2026, 9, 10), title="x").offices, Closure(day=date(2026, 9, 10), title="x").lessons) == (
        True, True,
    )  # fmt: skip


@pytest.mark.clause("規§4.2")
def test_a_window_stands_once_and_is_found_by_period_lane_and_kind() -> None:
    plain = calendar().model_dump()
    with pytest.raises(ValidationError, match="window 115-1/g10_11/entry stands twice"):
        Calendar.model_validate(plain | {"windows": [*plain["windows"], plain["windows"][0]]})
    given = calendar()
    assert given.window("115-1", "g10_11", "entry") is given.windows[0]
    assert [given.window(*x) for x in (("115", "g10_11", "entry"), ("115-1", "g12", "entry"), ("115-1", "g10_11", "x"))] == [
        None, None, None,
    ]  # fmt: skip
    assert given.deadline("115", "briefing") is given.deadlines[0]
    assert [given.deadline(*x) for x in (("115-1", "briefing"), ("115", "entry"))] == [None, None]


@pytest.mark.clause("規§4.1", "規§12")
def test_the_authority_s_window_is_found_by_lane_and_takes_what_comes_at_its_hours() -> None:
    first, second = (
        national("2027-04-19 08:00", "2027-04-21 21:00", HOURS),
        national("2027-04-19 08:00", "2027-04-22 00:00"),
    )
    other = second.model_copy(update={"lanes": ("g12",)})
    authority = National(version=1, title="x", windows=(first, other), office_years=())
    assert authority.window("115-1", "g10_11", "semester_submission") is first
    assert authority.window("115-1", "g12", "semester_submission") is other
    for place in (
        ("115-2", "g12", "semester_submission"),
        ("115-1", "g12", "yearly_submission"),
        ("115-1", "x", "semester_submission"),
    ):
        assert authority.window(*place) is None
    asked = (
        "2027-04-19 08:00",
        "2027-04-19 08:01",
        "2027-04-19 21:00",
        "2027-04-19 21:01",
        "2027-04-20 08:00",
        "2027-04-21 21:00",
    )
    assert [first.takes(taipei(x)) for x in asked] == [False, True, True, False, False, True]
    assert all(second.takes(taipei(x)) for x in asked)


def test_the_latest_is_that_of_the_instants_that_are_given() -> None:
    a, b = taipei("2027-04-19 08:00"), taipei("2027-04-20 08:00")
    assert (latest(a, None, b), latest(b, a), latest(None, a)) == (b, b, a)
