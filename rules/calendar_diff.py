"""rules: what differs between two versions of a calendar, and what of it changes something for a person. 規§4.2"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from rules.instants import Instant, Model
from rules.roc import roc_close, roc_instant
from rules.ruleset import RuleSet
from rules.schedule import Calendar, Closure, DeadlineDate, SchoolDays, SemesterDates, WindowDates

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


CLOSED_DAY, SCHOOL_DAYS, SEMESTER = "closed_day", "school_days", "semester"
"""Kinds of what differs beside windows and deadlines; the edge of a day is the day itself."""
SELF_CHECK = "self_check."


class DateChange(Model):
    """One date of one window (or deadline) that is added, lost or moved. `hours` and days have texts for instants."""

    what: Literal["added", "lost", "moved"]
    period: str
    lane: str = ""
    kind: str
    edge: str
    before: Instant | str | None = None
    after: Instant | str | None = None
    because: str = ""
    """The extensions that give a person this date; empty: the calendar does."""
    checker: str = ""
    """The posts that check, for the edges of a self-check."""

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
    """Every date that differs: days and semesters, then windows by period, lane and kind, then dated duties.

    Two versions of one year, or of two years.
    """
    changes = [*_semesters(old, new), *_days(old, new)]
    windows = {(w.period, w.lane, w.kind): w for w in old.windows}, {(w.period, w.lane, w.kind): w for w in new.windows}
    for period, lane, kind in sorted(windows[0].keys() | windows[1].keys()):
        a, b = (side.get((period, lane, kind)) for side in windows)
        found = _compared(period, lane, kind, _window(a), _window(b))
        posts = " ".join(dict.fromkeys(w.self_check.checker for w in (a, b) if w and w.self_check))
        changes += [c.model_copy(update={"checker": posts}) if c.edge.startswith(SELF_CHECK) else c for c in found]
    deadlines = {(d.period, d.duty): d for d in old.deadlines}, {(d.period, d.duty): d for d in new.deadlines}
    for period, duty in sorted(deadlines[0].keys() | deadlines[1].keys()):
        before, after = (side.get((period, duty)) for side in deadlines)
        changes += _compared(period, "", duty, _deadline(before), _deadline(after))
    return tuple(changes)


def concerning(changes: Iterable[DateChange], rules: RuleSet, who: Concern) -> tuple[DateChange, ...]:
    """What of a diff changes something for a person: their windows, and what hangs on dates for their posts.

    A self-check concerns whoever checks, and no student or teacher; a closed day those who are sent home by it.
    """
    hangs: set[tuple[str, str]] = set()
    for duty in rules.duties:
        if duty.owner in who.posts:
            hangs.add((duty.due.window or duty.due.deadline or "", ""))
    if any(r.owner in who.posts for r in rules.rosters):
        hangs |= {(f"{kind}_{part}", "") for kind in ("semester", "yearly") for part in ("submission", "receipts")}
    return tuple(c for c in changes if _of_days(c, who) or (c.kind, "") in hangs or _of_windows(c, who))


def _of_windows(c: DateChange, who: Concern) -> bool:
    if c.edge.startswith(SELF_CHECK):
        return bool(who.posts & set(c.checker.split()))
    acts = c.lane == who.lane and c.lane and c.kind in STUDENTS
    return bool(acts) or (c.lane in who.certifies and c.kind == "certification")


def _of_days(c: DateChange, who: Concern) -> bool:
    if c.kind == CLOSED_DAY:
        said = f"{c.before}{c.after}"
        return bool(who.lane and _LESSONS in said) or bool(who.posts and _OFFICES in said)
    lanes = {who.lane, *who.certifies} - {""}
    mine = bool(lanes or who.posts) if not c.lane else c.lane in lanes
    return c.kind in (SCHOOL_DAYS, SEMESTER) and mine


_OFFICES, _LESSONS = "停班", "停課"


def _closed(c: Closure | None) -> str | None:
    """`停班停課 颱風`, as pages and lists write a closed day."""
    return f"{_OFFICES * c.offices}{_LESSONS * c.lessons} {c.title}".strip() if c else None


def _days(old: Calendar, new: Calendar) -> list[DateChange]:
    """The closed days and the school's own days that one calendar has and the other has not, or has otherwise."""
    changes = []
    closed = {c.day: c for c in old.closures}, {c.day: c for c in new.closures}
    for day in sorted(closed[0].keys() | closed[1].keys()):
        a, b = ({day.isoformat(): _closed(side.get(day))} for side in closed)
        changes += _compared(str(new.school_year), "", CLOSED_DAY, _kept(a), _kept(b))
    own = _own_days(old.school_days), _own_days(new.school_days)
    for lane, kind in sorted(own[0].keys() | own[1].keys()):
        changes += _compared(str(new.school_year), lane, kind, *(side.get((lane, kind), {}) for side in own))
    return changes


def _own_days(days: Iterable[SchoolDays]) -> dict[tuple[str, str], dict[str, datetime | str | None]]:
    """The school's own days lane by lane ("": everybody's): what each span is called."""
    found: dict[tuple[str, str], dict[str, datetime | str | None]] = {}
    for d in sorted(days, key=lambda d: (d.first, d.last, d.title)):
        span = f"{d.first}" if d.first == d.last else f"{d.first}…{d.last}"
        for lane in d.lanes or ("",):
            titles = found.setdefault((lane, SCHOOL_DAYS), {})
            titles[span] = "、".join(x for x in (titles.get(span), d.title) if isinstance(x, str))
    return found


def _semesters(old: Calendar, new: Calendar) -> list[DateChange]:
    changes = []
    for name in sorted(old.semesters.keys() | new.semesters.keys()):
        changes += _compared(name, "", SEMESTER, *(_semester(c.semesters.get(name)) for c in (old, new)))
    return changes


def _semester(s: SemesterDates | None) -> dict[str, datetime | str | None]:
    if s is None:
        return {}
    return {"first_day": str(s.first_day), "closing_ceremony": str(s.closing_ceremony), "opens": s.opens}


def _kept(edges: dict[str, str | None]) -> dict[str, datetime | str | None]:
    return {edge: value for edge, value in edges.items() if value is not None}


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
