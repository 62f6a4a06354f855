"""rules: what an extension runs into: the teacher's slot, the selection, the submission; fits or not. 規§10.2.2, 規§6.1. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from rules.days import CalendarMissing, WorkingDays
from rules.ids import year_of
from rules.instants import taipei_day
from rules.schedule import Calendar

CORRECTION = "outcome_correction"

FOLLOWING: dict[str, tuple[tuple[str, str], ...]] = {
    "outcome_upload": (
        ("certification", "correction_closes"), ("certification", "due"), ("certification", "closes"),
        ("selection", "opens"), ("yearly_submission", "opens"),
    ),
    CORRECTION: (("certification", "closes"), ("selection", "opens"), ("yearly_submission", "opens")),
    "certification": (("selection", "opens"), ("yearly_submission", "opens")),
    "diverse_upload": (("selection", "opens"), ("selection", "closes"), ("yearly_submission", "opens")),
    "selection": (("yearly_submission", "opens"),),
}  # fmt: skip
"""The dates of a lane that come after a window, nearest first."""


@dataclass(frozen=True, slots=True)
class Ripple:
    """One later date and whether the extension fits before it; `days_left` are working days, None if not loaded."""

    lane: str
    kind: str
    edge: str
    at: datetime
    fits: bool
    days_left: int | None

    def shown(self) -> dict[str, Any]:
        """The ripple as one JSON object."""
        return {
            "lane": self.lane, "kind": self.kind, "edge": self.edge, "at": self.at, "fits": self.fits, "days_left": self.days_left,
        }  # fmt: skip


def ripples(
    calendar: Calendar, days: WorkingDays, period: str, lanes: Iterable[str], kind: str, closes: datetime
) -> list[Ripple]:
    """Every later date of these lanes beside a window that would close at `closes`."""
    found: list[Ripple] = []
    for lane in lanes:
        for following, edge in FOLLOWING.get(kind, ()):
            window = calendar.window(period, lane, following) or calendar.window(year_of(period), lane, following)
            at = getattr(window, edge) if window is not None else None
            if at is not None:
                found.append(Ripple(lane, following, edge, at, closes <= at, _left(days, closes, at)))
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
