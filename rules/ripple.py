"""rules: what an extension runs into: the teacher's slot, the selection, the submission; fits or not. 規§10.2.2, 規§6.1. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from rules.days import CalendarMissing, WorkingDays
from rules.ids import year_of
from rules.instants import taipei_day
from rules.ruleset import Kind, RuleSet
from rules.schedule import Calendar, WindowDates

CORRECTION = "outcome_correction"

FOLLOWING: dict[str, tuple[tuple[str, str], ...]] = {
    "outcome_upload": (
        ("certification", "correction_closes"), ("certification", "due"), ("certification", "closes"),
        ("selection", "opens"),
    ),
    CORRECTION: (("certification", "closes"), ("selection", "opens")),
    "certification": (("selection", "opens"), ("selection", "closes")),
    "diverse_upload": (("selection", "opens"), ("selection", "closes")),
    "selection": (),
}  # fmt: skip
"""The dates of a lane that come after a window, nearest first; the submission that takes the items follows them."""

LIMITS = {
    "outcome_upload": "certification",
    CORRECTION: "certification",
    "certification": "selection",
    "diverse_upload": "selection",
}
"""The window whose close bounds an extension: what is later could not have its turn any more."""

_ITEMS = {"diverse_upload": ("diverse",), "selection": ("outcome", "diverse")}


@dataclass(frozen=True, slots=True)
class Ripple:
    """One later date and whether the extension fits before it; `days_left` are working days, None if not loaded.

    `refuses`: past this one the extension is not granted; past the others a person decides.
    """

    lane: str
    kind: str
    edge: str
    at: datetime
    fits: bool
    days_left: int | None
    refuses: bool = False

    def shown(self) -> dict[str, Any]:
        """The ripple as one JSON object."""
        return {
            "lane": self.lane, "kind": self.kind, "edge": self.edge, "at": self.at, "fits": self.fits,
            "days_left": self.days_left, "refuses": self.refuses,
        }  # fmt: skip


def sent_in(rules: RuleSet, kind: str) -> tuple[str, ...]:
    """The submissions that take the items of a window: yearly or of the semester, as the rosters say (規§6.3)."""
    items = _ITEMS.get(kind, ("outcome",))
    cadences = {r.process for r in rules.rosters if r.item in items}
    return tuple(
        name
        for process, name in ((Kind.SEMESTER, "semester_submission"), (Kind.SCHOOL_YEAR, "yearly_submission"))
        if process in cadences
    )


def later_window(calendar: Calendar, period: str, lane: str, kind: str) -> WindowDates | None:
    """A lane's window of the period, or of its school year."""
    return calendar.window(period, lane, kind) or calendar.window(year_of(period), lane, kind)


def limits(rules: RuleSet, calendar: Calendar, period: str, lane: str, kind: str) -> list[tuple[WindowDates, str]]:
    """The windows and edges past which an extension is refused: the next one's close, the submission's opening."""
    places = [(LIMITS[kind], "closes")] if kind in LIMITS else []
    places += [(name, "opens") for name in sent_in(rules, kind)]
    found = [(later_window(calendar, period, lane, name), edge) for name, edge in places]
    return [(window, edge) for window, edge in found if window is not None]


def ripples(
    rules: RuleSet, basis: tuple[Calendar, WorkingDays], period: str, lanes: Iterable[str], kind: str, closes: datetime
) -> list[Ripple]:
    """Every later date of these lanes beside a window that would close at `closes`."""
    calendar, days = basis
    found: list[Ripple] = []
    for lane in lanes:
        refusing = {(w.kind, edge) for w, edge in limits(rules, calendar, period, lane, kind)}
        for place in (*FOLLOWING.get(kind, ()), *((name, "opens") for name in sent_in(rules, kind))):
            window = later_window(calendar, period, lane, place[0])
            at = getattr(window, place[1]) if window is not None else None
            if at is not None:
                left = _left(days, closes, at)
                found.append(Ripple(lane, *place, at, closes <= at, left, place in refusing))
    return found


def _left(days: WorkingDays, first: datetime, last: datetime) -> int | None:
    if last <= first:
        return 0
    try:
        start, end = (taipei_day(x - timedelta(microseconds=1)) for x in (first, last))
        days.works(start), days.works(end)
        return days.between(start, end)
    except CalendarMissing:
        return None


@dataclass(frozen=True, slots=True)
class Lost:
    """A window that an outage took time from, near its end: its close, and the close that gives the time back."""

    period: str
    lane: str
    kind: str
    closes: datetime
    proposed: datetime


LAST_HOURS = timedelta(hours=48)
"""An outage within so many hours of the close hinders those who finish at the end."""


def lost_in_outage(
    windows: Iterable[tuple[str, str, str, datetime, datetime]], first: datetime, last: datetime
) -> list[Lost]:
    """The windows (period, lane, kind, opens, closes) that were open in an outage of their last hours, and a new close.

    The time lost is given back after the close, or after the outage's end if that came later; never less than it was.
    """
    found = []
    for period, lane, kind, opens, closes in windows:
        start, end = max(first, opens), min(last, closes)
        if end <= start or closes - end > LAST_HOURS:
            continue
        found.append(Lost(period, lane, kind, closes, max(closes, last) + (end - start)))
    return sorted(found, key=lambda x: (x.closes, x.period, x.lane, x.kind))
