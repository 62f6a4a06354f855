"""records: opening and freezing windows. A freeze that finds the clock before the close answers "not yet"."""

from __future__ import annotations

from typing import Any

from records.effects.journal import Carrying, NotYet, record_fact
from records.effects.notices import notify, students_of
from rules.daily_hours import hours_said

ITEM_WINDOWS = ("outcome_upload", "outcome_correction", "certification", "diverse_upload", "selection")
"""Windows in which students or teachers act on items; the others bound what offices owe."""


async def open_window(c: Carrying) -> None:
    """Tell those who may act that the window is open (規§4.2); acting was admitted by its instant anyway."""
    step = c.deed
    kind, lane = step.arg("window"), str(step.lane)
    people = []
    if kind == "certification":
        people = await _teachers_of(c, lane)
    elif kind in ITEM_WINDOWS:
        people = await students_of(c, lane)
    dates = c.snapshot.calendar.window(step.arg("period"), lane, kind)
    hours = hours_said(c.snapshot.calendar, dates.period, lane, kind, dates.closes) if dates else {}
    told = await notify(
        c, people, batch=step.key, template="window_opened", subject=step.thing, args={"window": kind, "hours": hours}
    )
    c.detail["told"] = told
    await record_fact(c, "window_opened", step.thing, {"lane": lane, "window": kind, "told": told})


async def freeze_window(c: Carrying) -> None:
    """Close a window for good: what is inside is counted and digested, late work finds it closed.

    Raises NotYet when the school's clock, read under the exclusive lock, is before the last close.
    """
    step = c.deed
    kind, lane, period = step.arg("window"), str(step.lane), step.arg("period")
    if kind in ITEM_WINDOWS:
        frozen: dict[str, Any] = await c.connection.fetchval(
            "select freeze_window($1, $2, $3, $4, '')", c.school, period, lane, kind
        )
        if not frozen.get("frozen"):
            raise NotYet
        c.detail.update({k: v for k, v in frozen.items() if k != "frozen"})
    await record_fact(c, "window_frozen", step.thing, {"lane": lane, "window": kind} | c.detail)


async def _teachers_of(c: Carrying, lane: str) -> list[Any]:
    rows = await c.connection.fetch(
        "select distinct h.person from course k"
        " join post_holder h on h.school = k.school and h.post = k.post and h.rank = 0"
        "  and h.opens <= $3 and (h.closes is null or $3 < h.closes)"
        " where k.school = $1 and k.semester = $2 and k.class in (select s.class from student s"
        "  join lane_member m on m.school = s.school and m.person = s.person where s.school = $1 and m.lane = $4)",
        c.school,
        c.snapshot.period,
        c.at,
        lane,
    )
    return [r["person"] for r in rows]
