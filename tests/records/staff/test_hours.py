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
from rules.daily_hours import hours_said
from rules.schedule import Calendar, DailyHours, WindowDates
from tests.records.staff.scene import SCHOOL, SECRETARY, Scene, pack
from tests.records.staff.test_calendars import page, resolved
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


@pytest.mark.clause("規§4.2", "規§10.2.2")
async def test_opened_moved_and_extended_windows_tell_their_hours_by_mail(term: Scene) -> None:
    body = with_hours("outcome_upload").model_dump(mode="json")
    await term.must(SECRETARY, "publish_calendar", **await page(term, await resolved(term, body)))
    await term.at("2026-08-31 08:00")
    await term.settle()
    day = {"daily": "08:00–21:00"}

    async def told(template: str, kind: str) -> list[Any]:
        rows = await term.rows("select args from notice where school = $1 and template = $2", template)
        return [r["args"]["hours"] for r in rows if kind in (r["args"].get("kind"), r["args"].get("window"))]

    opened = await told("window_opened", "outcome_upload")
    assert opened and all(h == day for h in opened)
    assert all(h == {} for h in await told("window_opened", "certification"))
    grant = {"period": "115-1", "kind": "outcome_upload", "scope": "all", "closes": "2027-02-10 17:00"}
    await term.must(SECRETARY, "extend", **grant, reason="x", approver=SECRETARY)
    # Past the calendar's close nothing shuts at night, and the mail says up to when the hours hold.
    assert {tuple(h.items()) for h in await told("extension_granted", "outcome_upload")} == {
        tuple((day | {"until": taipei("2027-02-04 00:00").isoformat()}).items())
    }
    move = {"period": "115-1", "lane": "g10_11", "kind": "outcome_upload", "due": "2027-02-12 17:00"}
    move |= {"closes": "2027-02-12 21:00"}
    await term.must(SECRETARY, "move_dates", year="115", base=2, moves=[move], reason="x")
    assert {tuple(h.items()) for h in await told("window_moved", "outcome_upload")} == {tuple(day.items())}


@pytest.mark.clause("規§4.2")
def test_the_hours_of_a_correction_are_those_of_the_upload_up_to_its_own_close() -> None:
    calendar = with_hours("outcome_upload")
    for closes, until in (("2027-03-10 17:00", {}), ("2027-03-10 17:01", {"until": "2027-03-10T09:00:00+00:00"})):
        said = hours_said(calendar, "115-1", "g10_11", "outcome_correction", taipei(closes))
        assert said == {"daily": "08:00–21:00"} | until
    assert hours_said(calendar, "115-1", "g10_11", "certification", taipei("2027-03-10 17:00")) == {}
    assert hours_said(calendar, "115-1", "nowhere", "outcome_upload", taipei("2027-03-10 17:00")) == {}


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
