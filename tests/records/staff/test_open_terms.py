"""The open terms of a school planned again with other documents: the prediction is what an amendment then does."""

from __future__ import annotations

import pytest

from records.db import school_now
from records.queries.open_terms import open_terms
from rules.plan_diff import Planned, diff, planned, under
from rules.rehearsal import World
from rules.schedule import Calendar
from tests.records.staff.scene import SCHOOL, SECRETARY, Scene, pack


async def standing(term: Scene, dates: Calendar | None = None) -> dict[str, Planned]:
    """What is planned for every open process from now on, perhaps under another calendar."""
    async with term.db.transaction(SCHOOL, snapshot=True) as c:
        snapshots, structure = await open_terms(c, SCHOOL)
        now = await school_now(c, SCHOOL)
    if dates is not None:
        snapshots = under(snapshots, calendars={dates.school_year: dates}, since=now)
    return planned(lambda: World.of(SCHOOL, snapshots, structure), since=now)


@pytest.mark.clause("規§4.2", "規§13")
async def test_the_plan_diff_of_an_amendment_is_what_the_amendment_does(term: Scene) -> None:
    _, calendar, _ = pack()
    due = calendar.deadline("115", "briefing")
    assert due is not None
    later = due.model_copy(update={"due": due.due.replace(month=12, day=10)})
    dates = calendar.model_copy(update={"deadlines": tuple(later if d == due else d for d in calendar.deadlines)})
    before, predicted = await standing(term), await standing(term, dates)
    changes = diff(before, predicted)
    assert {(c.what, c.planned.id.split("#")[1].split("|")[0]) for c in changes} == {("moved", "briefing")}
    await term.must(SECRETARY, "amend_date", period="115", kind="briefing", due="2026-12-10 17:00", reason="講師改期")
    assert diff(predicted, await standing(term)) == ()
