"""Daily hours of a calendar's window reach the rows that SQL compares with, and shut it at night. 規§4.2"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from records.admission import compile_admission
from rules.admission import windows_of
from rules.schedule import Calendar, DailyHours, WindowDates
from tests.records.staff.scene import SCHOOL, SECRETARY, Scene, pack
from tests.rules.builders import taipei


def with_hours(kind: str = "selection") -> Calendar:
    """The founding calendar with its windows of a kind open from eight to nine in the evening."""
    _, calendar, _ = pack()
    hours = {"opens": "08:00", "closes": "21:00"}
    windows = [w.model_dump() | ({"hours": hours} if w.kind == kind else {}) for w in calendar.windows]
    return Calendar.model_validate(calendar.model_dump() | {"windows": windows})


@pytest.mark.clause("規§4.2")
async def test_the_compiled_window_is_shut_at_night(scene_of_year: Scene) -> None:
    rules, _, national = pack()
    async with scene_of_year.db.transaction(SCHOOL) as c:
        assert await compile_admission(c, SCHOOL, rules, with_hours(), national) == 3
        assert await compile_admission(c, SCHOOL, rules, with_hours(), national) == 0
        sql = (
            "select during @> $2::timestamptz from admission_window"
            " where school = $1 and kind = 'selection' and lane = 'g10_11'"
        )
        asked = {at: await c.fetchval(sql, SCHOOL, taipei(at)) for at in NIGHT}
    assert asked == NIGHT


NIGHT = {
    "2027-08-16 07:59": False,
    "2027-08-16 08:00": True,
    "2027-08-20 20:59": True,
    "2027-08-20 21:00": False,
    "2027-08-21 07:59": False,
    "2027-09-03 20:59": True,
    "2027-09-03 21:00": False,
}


@pytest.fixture
async def scene_of_year(office: Scene) -> Scene:
    await office.must(SECRETARY, "start_year", year="115")
    return office


@pytest.mark.clause("規§4.2")
def test_the_correction_window_has_the_hours_of_the_upload() -> None:
    rules, _, _ = pack()
    rows = windows_of(rules, with_hours("outcome_upload"))
    correction = next(w for w in rows if w.kind == "outcome_correction" and w.period == "115-1" and w.lane == "g10_11")
    assert correction.during[-1].closes == taipei("2027-03-10 17:00")
    assert correction.during[0].opens == taipei("2026-08-31 08:00")
    assert all(s.closes - s.opens <= timedelta(hours=13) for s in correction.during)


def window(**more: Any) -> WindowDates:
    base = {"period": "115", "lane": "x", "kind": "selection", "opens": "2027-08-16 08:00", "due": "2027-08-20 17:00"}
    return WindowDates.model_validate(base | {"closes": "2027-08-21 00:00"} | more)


@pytest.mark.parametrize(
    "wrong",
    [
        {"hours": {"opens": "21:00", "closes": "08:00"}},
        {"hours": {"opens": "08:00", "closes": "16:00"}},
        {"hours": {"opens": "05:00", "closes": "06:00"}, "opens": "2027-08-20 08:00"},
    ],
)
def test_hours_that_shut_the_due_instant_out_are_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(ValidationError, match="hours"):
        window(**wrong)


instants = st.integers(0, 60 * 24 * 14).map(lambda m: taipei("2027-08-16 00:00") + timedelta(minutes=m))
clocks = st.times().map(lambda t: t.replace(second=0, microsecond=0))


@given(opens=instants, closes=instants, first=clocks, last=clocks, at=instants)
def test_a_span_holds_an_instant_iff_window_and_clock_do(
    opens: datetime, closes: datetime, first: Any, last: Any, at: datetime
) -> None:
    if last <= first or closes <= opens:
        return
    during = DailyHours(opens=first, closes=last).spans(opens, closes)
    clock = at.astimezone(taipei("2027-08-16 00:00").tzinfo) + timedelta(hours=8)
    inside = opens <= at < closes and first <= clock.time() < last
    assert any(s.holds(at=at) for s in during) is inside
    assert list(during) == sorted(during, key=lambda s: s.opens)
