"""rules: what differs between two versions of a calendar, and what of it changes something for a person. 規§4.2"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from rules.instants import Instant, Model
from rules.roc import roc_close, roc_instant
from rules.ruleset import RuleSet
from rules.schedule import Calendar, DeadlineDate, WindowDates

EDGES = ("opens", "due", "closes", "correction_closes")
OPENING = ("opens", "self_check.opens")
"""Edges that say from when on; all others say until when, and are written as closes are."""
STUDENTS = (
    "outcome_upload",
    "outcome_correction",
    "diverse_upload",
    "selection",
    "semester_receipts",
    "yearly_receipts",
)
"""Windows in which students act."""


class DateChange(Model):
    """One date of one window (or deadline) that is added, lost or moved. `hours` have texts for instants."""

    what: Literal["added", "lost", "moved"]
    period: str
    lane: str = ""
    kind: str
    edge: str
    before: Instant | str | None = None
    after: Instant | str | None = None
    because: str = ""
    """The extensions that give a person this date; empty: the calendar does."""

    def text(self, value: datetime | str | None) -> str:
        """A date as pages, feeds and notices write it."""
        if not isinstance(value, datetime):
            return value or "—"
        return roc_instant(value) if self.edge in OPENING else roc_close(value)


@dataclass(frozen=True, slots=True)
class Concern:
    """Whom a diff is read for: their lane as a student, the lanes they certify for, the posts they hold."""

    lane: str = ""
    certifies: frozenset[str] = frozenset()
    posts: frozenset[str] = frozenset()


def calendar_diff(old: Calendar, new: Calendar) -> tuple[DateChange, ...]:
    """Every date that differs, by period, lane and kind. Two versions of one year, or of two years."""
    changes: list[DateChange] = []
    windows = {(w.period, w.lane, w.kind): w for w in old.windows}, {(w.period, w.lane, w.kind): w for w in new.windows}
    for period, lane, kind in sorted(windows[0].keys() | windows[1].keys()):
        a, b = (side.get((period, lane, kind)) for side in windows)
        changes += _compared(period, lane, kind, _window(a), _window(b))
    deadlines = {(d.period, d.duty): d for d in old.deadlines}, {(d.period, d.duty): d for d in new.deadlines}
    for period, duty in sorted(deadlines[0].keys() | deadlines[1].keys()):
        before, after = (side.get((period, duty)) for side in deadlines)
        changes += _compared(period, "", duty, _deadline(before), _deadline(after))
    return tuple(changes)


def concerning(changes: Iterable[DateChange], rules: RuleSet, who: Concern) -> tuple[DateChange, ...]:
    """What of a diff changes something for a person: their windows, and what hangs on dates for their posts."""
    hangs: set[tuple[str, str]] = set()
    for duty in rules.duties:
        if duty.owner in who.posts:
            hangs.add((duty.due.window or duty.due.deadline or "", ""))
    if any(r.owner in who.posts for r in rules.rosters):
        hangs |= {(f"{kind}_{part}", "") for kind in ("semester", "yearly") for part in ("submission", "receipts")}
    return tuple(
        c
        for c in changes
        if (c.kind, "") in hangs
        or (c.lane == who.lane and c.lane and c.kind in STUDENTS)
        or (c.lane in who.certifies and c.kind == "certification")
    )


def _window(w: WindowDates | None) -> dict[str, datetime | str | None]:
    if w is None:
        return {}
    found: dict[str, datetime | str | None] = {edge: getattr(w, edge) for edge in EDGES}
    found["hours"] = w.hours.text if w.hours else None
    if w.self_check:
        found |= {"self_check.opens": w.self_check.opens, "self_check.closes": w.self_check.closes}
        found["self_check.checker"] = w.self_check.checker
    return {edge: value for edge, value in found.items() if value is not None}


def _deadline(d: DeadlineDate | None) -> dict[str, datetime | str | None]:
    return {} if d is None else {"opens": d.opens, "due": d.due}


def _compared(
    period: str, lane: str, kind: str, old: dict[str, datetime | str | None], new: dict[str, datetime | str | None]
) -> list[DateChange]:
    made = []
    for edge in sorted(old.keys() | new.keys(), key=lambda e: (EDGES.index(e) if e in EDGES else len(EDGES), e)):
        a, b = old.get(edge), new.get(edge)
        if a == b:
            continue
        what: Literal["added", "lost", "moved"] = "added" if a is None else "lost" if b is None else "moved"
        made.append(DateChange(what=what, period=period, lane=lane, kind=kind, edge=edge, before=a, after=b))
    return made
