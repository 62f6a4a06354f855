"""Ladders count working days, never hours (readings, "Time")."""

from __future__ import annotations

from datetime import date, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rules.days import CalendarMissing, OfficeYear, WorkingDays
from rules.instants import DAY, at_taipei, local_text, read_instant, taipei_day
from tests.rules.builders import office_years

DAYS = WorkingDays(office_years())
any_day = st.dates(date(2026, 2, 1), date(2028, 11, 30))
offsets = st.integers(-15, 15)


def test_a_make_up_saturday_is_a_working_day() -> None:
    assert DAYS.works(date(2027, 2, 20))


def test_the_lunar_new_year_is_not() -> None:
    assert [DAYS.works(date(2027, 2, d)) for d in (3, 4, 5, 8, 9, 10, 11)] == [
        True,
        False,
        False,
        False,
        False,
        False,
        True,
    ]


@pytest.mark.clause("規§5.3.2")
def test_three_working_days_before_a_deadline_behind_the_new_year_lie_before_it() -> None:
    assert DAYS.shift(date(2027, 2, 12), -3) == date(2027, 2, 2)


def test_a_reminder_on_the_day_never_comes_after_a_deadline_on_a_holiday() -> None:
    assert DAYS.shift(date(2027, 2, 10), 0) == date(2027, 2, 3)


def test_a_deadline_at_midnight_belongs_to_the_day_it_ends() -> None:
    deadline = read_instant("2027-02-03 24:00")
    assert local_text(DAYS.rung_instant(deadline, 0, time(8))) == "2027-02-03 08:00"


@given(day=any_day, count=offsets)
def test_a_shifted_day_is_always_a_working_day(day: date, count: int) -> None:
    assert DAYS.works(DAYS.shift(day, count))


@given(day=any_day, count=st.integers(1, 15))
def test_so_many_working_days_lie_between_a_day_and_its_shift(day: date, count: int) -> None:
    assert DAYS.between(day, DAYS.shift(day, count)) == count


@given(day=any_day, count=st.integers(1, 15))
def test_shifting_back_undoes_shifting_forward_from_a_working_day(day: date, count: int) -> None:
    start = DAYS.next_working(day)
    assert DAYS.shift(DAYS.shift(start, count), -count) == start


@given(day=any_day, low=offsets, high=offsets)
def test_a_larger_offset_is_never_earlier(day: date, low: int, high: int) -> None:
    low, high = sorted((low, high))
    assert DAYS.shift(day, low) <= DAYS.shift(day, high)


@given(day=any_day, count=offsets)
def test_the_shift_agrees_with_walking_day_by_day(day: date, count: int) -> None:
    assert DAYS.shift(day, count) == _walk(DAYS, day, count)


def _walk(days: WorkingDays, day: date, count: int) -> date:
    """The naive reading: step a day at a time and count working days."""
    while count == 0 and not days.works(day):
        day -= timedelta(days=1)
    step = 1 if count > 0 else -1
    while count != 0:
        day += timedelta(days=step)
        if days.works(day):
            count -= step
    return day


def test_a_year_that_is_not_loaded_is_an_error_not_a_guess() -> None:
    with pytest.raises(CalendarMissing, match="2029"):
        DAYS.works(date(2029, 1, 2))
    with pytest.raises(CalendarMissing):
        DAYS.shift(date(2028, 12, 28), 10)
    # Not even where a loaded day would be reached.
    for day, count in ((date(2025, 12, 31), 1), (date(2029, 1, 1), -1), (date(2029, 1, 1), 0)):
        with pytest.raises(CalendarMissing, match=f"office calendar of {day.year} is not loaded"):
            DAYS.shift(day, count)


def test_a_closure_is_no_working_day() -> None:
    typhoon = date(2026, 10, 1)
    closed = WorkingDays([OfficeYear(year=2026, source="test", off=())], closures=[typhoon])
    assert not closed.works(typhoon)


@given(day=any_day)
def test_a_taipei_day_begins_sixteen_hours_before_utc_noon(day: date) -> None:
    start = at_taipei(day)
    assert (start.hour, start.utcoffset()) == (16, timedelta(0))
    assert taipei_day(start) == day
    assert taipei_day(start - timedelta(microseconds=1)) == day - timedelta(days=1)


@pytest.mark.parametrize("text", ["2027-02-29 08:00", "2027-13-01 08:00", "2027-02-03 25:00", "2027-02-03", "soon"])
def test_an_instant_that_does_not_exist_is_refused(text: str) -> None:
    with pytest.raises(ValueError):
        read_instant(text)


def fresh(**more: object) -> WorkingDays:
    """The office calendar read anew: nothing of it is remembered from another test."""
    return WorkingDays(office_years(), **more)  # type: ignore[arg-type]


@pytest.mark.clause("規§4.1")
def test_a_freshly_read_calendar_knows_make_up_days_and_the_order_of_its_years_does_not_matter() -> None:
    days, turned = fresh(), WorkingDays(reversed(office_years()))
    for found in (days, turned):
        assert [found.works(date(2027, 2, d)) for d in (19, 20, 21)] == [True, True, False]
        assert found.shift(date(2026, 12, 31), 1) == date(2027, 1, 4)


@pytest.mark.clause("規§5.3.2")
@pytest.mark.parametrize(
    ("deadline", "offset", "instant"),
    [
        ("2027-02-03 17:00", 0, "2027-02-03 08:30"),
        ("2027-02-03 24:00", 0, "2027-02-03 08:30"),
        ("2027-02-04 00:01", 0, "2027-02-03 08:30"),
        ("2027-02-03 24:00", -1, "2027-02-02 08:30"),
        ("2027-02-03 24:00", 1, "2027-02-11 08:30"),
        ("2027-02-19 17:00", 1, "2027-02-20 08:30"),
    ],
)
def test_a_rung_stands_working_days_from_the_day_that_its_deadline_ends(
    deadline: str, offset: int, instant: str
) -> None:
    days = fresh()
    asked = [days.rung_instant(read_instant(deadline), offset, time(8, 30)) for _ in range(2)]
    assert [local_text(x) for x in asked] == [instant, instant]


def test_a_remembered_rung_is_that_of_its_own_deadline_offset_and_hour() -> None:
    days, deadline = fresh(), read_instant("2027-02-03 17:00")
    asked = [(deadline, 0, time(8)), (deadline, 0, time(9)), (deadline, -1, time(8)), (deadline - DAY, 0, time(8))]
    wanted = ["2027-02-03 08:00", "2027-02-03 09:00", "2027-02-02 08:00", "2027-02-02 08:00"]
    assert [[local_text(days.rung_instant(*one)) for one in asked] for _ in range(2)] == [wanted, wanted]


def test_what_is_remembered_has_a_bound_and_stays_right_beyond_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("rules.days.REMEMBERED", 2)
    days, deadline = fresh(), read_instant("2027-02-03 17:00")
    for hour in range(5):
        assert local_text(days.rung_instant(deadline, 0, time(hour))) == f"2027-02-03 0{hour}:00"
        assert len(days._rungs) == hour % 2 + 1


@pytest.mark.clause("規§5.3.2")
@pytest.mark.parametrize(
    ("day", "count", "shifted"),
    [
        (date(2026, 1, 1), 0, date(2026, 1, 1)),
        (date(2026, 1, 2), -1, date(2026, 1, 1)),
        (date(2028, 12, 28), 1, date(2028, 12, 29)),
        (date(2028, 12, 29), 0, date(2028, 12, 29)),
        (date(2028, 12, 30), -1, date(2028, 12, 29)),
        (date(2028, 12, 31), -1, date(2028, 12, 29)),
        (date(2028, 12, 24), -1, date(2028, 12, 22)),
        (date(2027, 2, 6), 1, date(2027, 2, 11)),
    ],
)
def test_the_first_and_the_last_working_day_of_the_loaded_years_are_reached(
    day: date, count: int, shifted: date
) -> None:
    assert fresh().shift(day, count) == shifted


@pytest.mark.parametrize(
    ("day", "count"), [(date(2026, 1, 1), -1), (date(2028, 12, 29), 1), (date(2028, 12, 31), 1), (date(2026, 1, 2), -2)]
)
def test_one_working_day_further_is_said_to_leave_the_loaded_years(day: date, count: int) -> None:
    with pytest.raises(CalendarMissing, match=f"^[{count:+}]+ working days from {day} leave the loaded years$"):
        fresh().shift(day, count)


@pytest.mark.clause("規§4.2")
@pytest.mark.parametrize(
    ("day", "found"),
    [
        (date(2027, 2, 3), date(2027, 2, 3)),
        (date(2027, 2, 4), date(2027, 2, 11)),
        (date(2027, 2, 13), date(2027, 2, 15)),
        (date(2027, 2, 20), date(2027, 2, 20)),
        (date(2027, 2, 21), date(2027, 2, 22)),
    ],
)
def test_the_next_working_day_is_the_day_itself_or_the_first_behind_the_holiday(day: date, found: date) -> None:
    assert fresh().next_working(day) == found


def test_a_closed_day_moves_the_next_working_day() -> None:
    assert fresh(closures=[date(2027, 2, 15)]).next_working(date(2027, 2, 13)) == date(2027, 2, 16)
