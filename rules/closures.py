"""rules: the typhoon key: what a closed day moves, proposed window by window; national instants stand. 規§4.1, 規§12

停課 moves students' windows, 停班 what offices and teachers owe; default: the next working day at the same hour.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from enum import StrEnum

from rules.days import WorkingDays
from rules.instants import DAY, Model, at_taipei, taipei_day
from rules.lint.case import Case
from rules.lint.model import Finding
from rules.moves import SELF_CHECK, Move, amended, edge_of, new_errors
from rules.refusals import Refused
from rules.schedule import Closure, DeadlineDate, National, NationalWindow, WindowDates

STUDENTS = ("outcome_upload", "diverse_upload", "selection", "semester_receipts", "yearly_receipts")
"""Windows in which students act; all others bound what offices and teachers owe."""

_MOMENT = timedelta(microseconds=1)
_CHECKS = (f"{SELF_CHECK}opens", f"{SELF_CHECK}closes")


class ClosureKind(StrEnum):
    """What the authority closed."""

    LESSONS = "停課"
    OFFICES = "停班"
    BOTH = "both"

    @property
    def lessons(self) -> bool:
        """Whether lessons are cancelled."""
        return self is not ClosureKind.OFFICES

    @property
    def offices(self) -> bool:
        """Whether offices are closed: no working day."""
        return self is not ClosureKind.LESSONS


CLOSED = {"停課": ClosureKind.LESSONS, "lessons": ClosureKind.LESSONS, "停班": ClosureKind.OFFICES,
          "offices": ClosureKind.OFFICES, "both": ClosureKind.BOTH}  # fmt: skip
"""What was closed, as people write it."""


class Proposal(Model):
    """One window (or dated duty) whose date falls on a closed day, and where it would move.

    `conflict` says in the clause's words why it stands: the authority's instant, or the next window.
    """

    move: Move
    conflict: str = ""


def closures_of(days: Sequence[date], kind: ClosureKind, title: str) -> tuple[Closure, ...]:
    """The closed days as dated rows."""
    return tuple(Closure(day=d, offices=kind.offices, lessons=kind.lessons, title=title) for d in sorted(set(days)))


def authority_on(national: National, closures: Sequence[Closure]) -> tuple[tuple[NationalWindow, str], ...]:
    """The authority's windows of which an edge (`opens`, `closes`) falls on a closed day: they never move by themselves. 規§12"""
    days = {c.day for c in closures if c.offices}
    return tuple(
        (w, edge)
        for w in national.windows
        for edge, day in (("opens", taipei_day(w.opens)), ("closes", _ends(w.closes)))
        if day in days
    )


def proposals(case: Case, closures: Sequence[Closure], *, at: datetime) -> tuple[Proposal, ...]:
    """Every date ahead that falls on a closed day of its people, with the date proposed for it.

    All are judged together by the linter; one that would bring an error (the authority's instant, the
    next window) is shown with its conflict, for a person to decide. Raises CalendarMissing.
    """
    calendar = case.calendar
    days = WorkingDays(case.national.office_years, calendar.closed_days | {c.day for c in closures if c.offices})
    moves: list[Move] = []
    things: tuple[WindowDates | DeadlineDate, ...] = (*calendar.windows, *calendar.deadlines)
    # Nothing is put on a day on which anybody is sent home; earlier closures of this calendar count too.
    barred = {c.day for c in (*calendar.closures, *closures)}
    offices = {c.day for c in closures if c.offices}
    lessons = {c.day for c in closures if c.lessons}
    for thing in things:
        of_students = isinstance(thing, WindowDates) and thing.kind in STUDENTS
        new = _moved(thing, lessons if of_students else offices, barred, days, at)
        # Whoever checks works in an office, whoever the window is for.
        new |= {e: _next(old, barred, days) for e, old in _ahead(thing, _CHECKS, at) if _ends(old) in offices}
        if new:
            moves.append(_move(thing, new))
    return _judged(case, closures, moves) if moves else ()


def _judged(case: Case, closures: Sequence[Closure], moves: Sequence[Move]) -> tuple[Proposal, ...]:
    """Each move with its conflict: all are judged together, since neighbours move on the same day."""
    try:
        after = replace(case, calendar=amended(case.calendar, moves, closures, "proposal"))
    except Refused as refused:
        # No move is wrong by itself, each goes to a later day at the same hour: a day that cannot be closed is.
        wrong = refused.refusal
        said = f"{wrong.clause} {wrong.place}: {wrong.message}"
        return tuple(Proposal(move=move, conflict=said) for move in moves)
    found = new_errors(case, after)
    return tuple(Proposal(move=move, conflict=_conflict(move, found)) for move in moves)


def _conflict(move: Move, errors: Sequence[Finding]) -> str:
    """The first error at a date of what moves, in the school's language; empty where there is none."""
    place = f"{move.place.replace('/', ' ')} "
    mine = (f for f in errors if f"{f.hit.place} ".startswith(place))
    return next((f"{f.rule.clause} {f.rule.id}: {f.message[0]}" for f in mine), "")


def _moved(
    thing: WindowDates | DeadlineDate, closed: set[date], barred: set[date], days: WorkingDays, at: datetime
) -> dict[str, datetime]:
    """The thing's ends that fall on a closed day and are ahead, each on the next working day, same hour."""
    edges = ("due", "correction_closes", "closes") if isinstance(thing, WindowDates) else ("due",)
    new = {e: _next(old, barred, days) for e, old in _ahead(thing, edges, at) if _ends(old) in closed}
    # The enforced end never comes before the shown one or the correction's.
    if isinstance(thing, WindowDates) and (latest := max([*new.values(), thing.closes])) > thing.closes:
        new["closes"] = latest
    return new


def _ahead(thing: WindowDates | DeadlineDate, edges: Sequence[str], at: datetime) -> list[tuple[str, datetime]]:
    """Those of the edges that the thing has and that have not happened yet."""
    known = ((edge, edge_of(thing, edge)) for edge in edges)
    return [(edge, instant) for edge, instant in known if instant is not None and instant > at]


def _move(thing: WindowDates | DeadlineDate, new: dict[str, datetime]) -> Move:
    if isinstance(thing, WindowDates):
        return Move(period=thing.period, lane=thing.lane, kind=thing.kind, **new)
    return Move(period=thing.period, kind=thing.duty, **new)


def _next(old: datetime, barred: set[date], days: WorkingDays) -> datetime:
    day = _ends(old)
    since_midnight = old - at_taipei(day)
    after = days.next_working(day + DAY)
    while after in barred:
        after = days.next_working(after + DAY)
    return at_taipei(after) + since_midnight


def _ends(instant: datetime) -> date:
    """The Taipei day that an end belongs to: midnight belongs to the day before."""
    return taipei_day(instant - _MOMENT)
