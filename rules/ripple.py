"""rules: what an extension runs into: the teacher's slot, the selection, the submission; fits or not. 規§10.2.2, 規§6.1. Pure."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from rules.days import CalendarMissing, WorkingDays
from rules.ids import year_of
from rules.instants import at_taipei, taipei_day
from rules.plans.periods import CORRECTION
from rules.ruleset import RuleSet
from rules.schedule import Calendar, WindowDates, latest
from rules.sending import TAKES

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

_MOMENT = timedelta(microseconds=1)
_ITEMS = {"diverse_upload": ("diverse",), "selection": ("outcome", "diverse")}


@dataclass(frozen=True, slots=True)
class Ripple:
    """One later date and whether the extension fits before it; `days_left` are working days, None if not loaded.

    `refuses`: past this one the extension is not granted; past the others a person decides. `along`: the date is
    granted with the extension; it fits when it still lies ahead.
    """

    lane: str
    kind: str
    edge: str
    at: datetime
    fits: bool
    days_left: int | None
    refuses: bool = False
    along: bool = False

    def shown(self) -> dict[str, Any]:
        """The ripple as one JSON object."""
        return {
            "lane": self.lane, "kind": self.kind, "edge": self.edge, "at": self.at, "fits": self.fits,
            "days_left": self.days_left, "refuses": self.refuses, "along": self.along,
        }  # fmt: skip


def approvers(rules: RuleSet) -> frozenset[str]:
    """The posts that may approve an extension: the offices' directors and the executive secretary (規§10.2.2)."""
    return frozenset({o.director for o in rules.offices} | {rules.working_group.executive_secretary})


def sent_in(rules: RuleSet, kind: str) -> tuple[str, ...]:
    """The submissions that take the items of a window: yearly or of the semester, as the rosters say (規§6.3)."""
    items = _ITEMS.get(kind, ("outcome",))
    cadences = {r.process for r in rules.rosters if r.item in items}
    return tuple(window for window, process in TAKES.items() if process in cadences)


def later_window(calendar: Calendar, period: str, lane: str, kind: str) -> WindowDates | None:
    """A lane's window of the period, or of its school year."""
    return calendar.window(period, lane, kind) or calendar.window(year_of(period), lane, kind)


def limits(rules: RuleSet, calendar: Calendar, period: str, lane: str, kind: str) -> list[tuple[WindowDates, str]]:
    """The windows and edges past which an extension is refused: the next one's close, the submission's opening."""
    places = [(LIMITS[kind], "closes")] if kind in LIMITS else []
    places += [(name, "opens") for name in sent_in(rules, kind)]
    found = [(later_window(calendar, period, lane, name), edge) for name, edge in places]
    return [(window, edge) for window, edge in found if window is not None]


def correction_close(
    calendar: Calendar, days: WorkingDays, period: str, lane: str, closes: datetime
) -> datetime | None:
    """Until when a returned item may be corrected when certification closes at `closes`; None where it never may be.

    As many working days before the close, at the same hour, as the calendar has it (readings, "Time": two by
    default). Never earlier than the calendar's own date, never after `closes`.
    """
    window = calendar.window(period, lane, "certification")
    if window is None or window.correction_closes is None:
        return None
    base = window.correction_closes
    last, first = (taipei_day(x - _MOMENT) for x in (window.closes, base))
    until = taipei_day(closes - _MOMENT)
    try:
        day = days.shift(until, -days.between(first, last))
    except CalendarMissing:
        day = until - (last - first)
    moved = at_taipei(day) + (base - at_taipei(first))
    return max(base, min(moved, closes))


def ripples(
    rules: RuleSet, basis: tuple[Calendar, WorkingDays], period: str, lanes: Iterable[str], kind: str, closes: datetime,
    *, at: datetime | None = None, held: Collection[tuple[str, str, datetime]] = (),
) -> list[Ripple]:  # fmt: skip
    """Every later date of these lanes beside a window that would close at `closes`, seen at `at`.

    `held` are (lane, kind, close) of extensions that everybody asked for has already.
    """
    calendar, days = basis
    found: list[Ripple] = []
    for lane in lanes:
        refusing = {(w.kind, edge) for w, edge in limits(rules, calendar, period, lane, kind)}
        until = correction_close(calendar, days, period, lane, closes) if kind == "certification" else None
        if until is not None and at is not None:
            found.append(Ripple(lane, CORRECTION, "closes", until, at < until, _left(days, at, until), along=True))
        for place in (*FOLLOWING.get(kind, ()), *((name, "opens") for name in sent_in(rules, kind))):
            window = later_window(calendar, period, lane, place[0])
            date: datetime | None = getattr(window, place[1]) if window is not None else None
            if date is None:
                continue
            window_of = {"closes": place[0], "correction_closes": CORRECTION}.get(place[1])
            date = latest(date, *(x for of, what, x in held if (of, what) == (lane, window_of)))
            found.append(Ripple(lane, *place, date, closes <= date, _left(days, closes, date), place in refusing))
    return found


def _left(days: WorkingDays, first: datetime, last: datetime) -> int | None:
    if last <= first:
        return 0
    try:
        start, end = (taipei_day(x - _MOMENT) for x in (first, last))
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
