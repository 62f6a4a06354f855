"""rules: a year's curves as they were: how many working days before its deadline each thing happened. 規§3.1, 規§4.1. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Literal

from rules.days import WorkingDays
from rules.instants import taipei_day
from rules.rehearsals.data import Assumptions, Curve, Share

Of = Literal["uploads", "certifications", "duties"]
Moment = tuple[datetime, datetime]
"""A deadline, and when what it bounds was done."""
_MOMENT = timedelta(microseconds=1)


def before(due: datetime, at: datetime, days: WorkingDays) -> int:
    """So many working days before the deadline's day; 0 on it, negative after it."""
    last, day = taipei_day(due - _MOMENT), taipei_day(at)
    if day <= last:
        return days.between(day, last)
    return -max(1, days.between(last, day))


def curve_of(of: Of, moments: Iterable[Moment], days: WorkingDays, *, source: str) -> Curve | None:
    """The cumulative share by working day, or None where nothing happened."""
    counted = Counter(before(due, at, days) for due, at in moments)
    total, so_far, points = sum(counted.values()), 0, []
    for day in sorted(counted, reverse=True):
        so_far += counted[day]
        points.append(Share(before=day, share=round(so_far / total, 4)))
    return Curve(of=of, points=tuple(points), source=source) if points else None


def assumed_from(
    plain: Assumptions,
    moments: Mapping[Of, Iterable[Moment]],
    days: WorkingDays,
    *,
    places: int,
    name: str,
    source: str,
) -> Assumptions:
    """The assumptions with what a year's records show in place of guesses; `places` are students in courses.

    What the records do not show stays the guess that it was, and is marked so.
    """
    known = {of: list(found) for of, found in moments.items()}
    curves = tuple(curve_of(c.of, known.get(c.of, ()), days, source=source) or c for c in plain.curves)
    measured = bool(known.get("uploads")) and places > 0
    average = round(len(known["uploads"]) / places, 4) if measured else plain.outcomes_per_student_and_course
    guess = not measured or any(c.guess for c in curves)
    shown = {"id": name, "outcomes_per_student_and_course": average, "curves": curves, "source": source, "guess": guess}
    return plain.model_copy(update=shown)
