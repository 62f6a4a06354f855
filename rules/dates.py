"""rules: until when something is owed, the later of base and extension, and since when that date has stood. 規§10.2.2

Readings, "Time": of a moved deadline only rungs are sent whose day is still ahead, none for the old date.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, time, timedelta

from rules.instants import DAY, TAIPEI, at_taipei, taipei_day
from rules.schedule import latest
from rules.snapshot import Basis, ExtensionState, Snapshot

DueOf = Callable[[Basis, tuple[ExtensionState, ...]], datetime | None]
"""The date of something under a basis and the extensions granted so far."""


def shifted(basis: Basis, instant: datetime, count: int) -> datetime:
    """`instant` moved by working days, at the same time of day in Taipei."""
    day, clock = taipei_day(instant - timedelta(microseconds=1)), instant.astimezone(TAIPEI).time()
    moved = at_taipei(basis.days.shift(day, count), clock)
    return moved + DAY if clock == time(0) else moved


def extended(base: datetime, kind: str, scope: str, granted: tuple[ExtensionState, ...]) -> datetime:
    """The later of a window's date and each extension whose scope holds everybody that a duty is about.

    One that holds only some of them leaves the duty's date: the others still wait.
    """
    held = (e.closes for e in granted if e.kind == kind and scope in e.scopes and not e.occurrence)
    return latest(base, *held)


def stands_since(s: Snapshot, due_of: DueOf, first: datetime) -> datetime:
    """Since when the date that holds now has stood without a break, at the earliest since `first`.

    A date that was moved counts from the day after the move: that day's rung was sent for the old date.
    """
    if len(s.bases) == 1 and not s.extensions:
        return max(s.basis.since, first)
    marks = sorted({b.since for b in s.bases} | {e.granted_at for e in s.extensions if e.granted_at is not None})
    due = due_of(s.basis, s.extensions)
    since = marks[-1]
    for mark in reversed(marks[:-1]):
        older = _due_then(s, due_of, mark)
        if older is None:
            break
        if older != due:
            return max(at_taipei(taipei_day(since) + DAY), first)
        since = mark
    return max(since, first)


def _due_then(s: Snapshot, due_of: DueOf, at: datetime) -> datetime | None:
    bases = [b for b in s.bases if b.since <= at]
    granted = tuple(e for e in s.extensions if e.granted_at is None or e.granted_at <= at)
    return due_of(bases[-1], granted) if bases else None
