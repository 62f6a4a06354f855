"""rules: what a new rule set, calendar or release changes in the plan of a term: steps added, lost, moved, readdressed.

A step is the same one when its thing and kind are the same; the instant in its key is what may move.
Unexplained changes stop a change (規§13: a running term keeps its rules until it is moved explicitly).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from fnmatch import fnmatchcase
from typing import Literal

from rules.duties import duties_of
from rules.ids import duty_key
from rules.instants import Instant, Model
from rules.plan import PlannedRung, rungs_of
from rules.plans.step import Step
from rules.rehearsal import EveryoneOnTime, NobodyActs, World, rehearse
from rules.rehearsals.script import resolve
from rules.ruleset import Kind, RuleSet
from rules.schedule import Calendar, National, working_days
from rules.snapshot import Basis, CourseRef, Snapshot

FORMAT: Literal["licheng-plan/1"] = "licheng-plan/1"
DUE = "due"
"""The kind of an announced deadline among the planned steps."""


class Planned(Model):
    """One planned step without its instant's key: what it is, when, and which posts or lane it reaches."""

    id: str
    kind: str
    process: str
    title: str
    at: Instant
    to: tuple[str, ...]


class PlanFile(Model):
    """A plan kept as a file, to be compared with another release's or another document's."""

    format: Literal["licheng-plan/1"] = FORMAT
    planned: tuple[Planned, ...]


class Because(Model):
    """Why changes are meant: every change whose `kind id` fits the pattern (`*` and `?`) is explained."""

    match: str
    because: str


class Changes(Model):
    """A file of explanations."""

    changes: tuple[Because, ...]


class Change(Model):
    """One difference between two plans. `told`: whom it reaches, before and after together."""

    what: Literal["added", "lost", "moved", "readdressed"]
    planned: Planned
    before: Instant | None = None
    after: Instant | None = None
    told: tuple[str, ...] = ()
    because: str | None = None


def planned_of(world: World) -> dict[str, Planned]:
    """The planned steps of a walked world by what they are; rounds are left out, their rungs are in it."""
    found: dict[str, Planned] = {}
    for m in world.trace:
        if m.what is None:
            continue
        id_ = m.key.rsplit("|", 1)[0]
        to = _to(world.processes[m.process], m.what)
        made = Planned(id=id_, kind=m.kind, process=m.process, title=_title(m.what), at=m.planned, to=to)
        found.setdefault(id_, made)
    return found


def planned(world: Callable[[], World], *, since: datetime | None = None) -> dict[str, Planned]:
    """What is planned from `since` on: the steps when everyone acts, and the rungs that come when nobody does."""
    found: dict[str, Planned] = {}
    for people in (EveryoneOnTime(), NobodyActs()):
        walked = world()
        rehearse(walked, people, since=since)
        found = planned_of(walked) | found
    # The rules of a process are the newest that it comes to stand under, in a walk as in the running term.
    return {k: v for s in walked.processes.values() for k, v in _announced(s, since).items()} | found


def _announced(s: Snapshot, since: datetime | None) -> dict[str, Planned]:
    """What a process announces without a step of its own: deadlines, and the ladders of what is owed by count.

    A deadline is published and opens or closes nothing; teachers are reminded of what waits for them, and
    nobody knows yet what will (規§4.2, 規§5.3.2). Each ladder stands once a lane, for all its courses.
    """
    if s.kind not in (Kind.SEMESTER, Kind.SCHOOL_YEAR):
        return {}
    made = [
        Planned(id=f"{s.process}|{w.lane}|{w.kind}|{DUE}", kind=DUE, process=s.process,
                title=f"{DUE} {w.lane} {w.kind}", at=w.due, to=(w.lane,))
        for w in s.calendar.windows if w.period == s.period and w.lane in s.structure.lanes
    ]  # fmt: skip
    for d in s.calendar.deadlines:
        owners = tuple(dict.fromkeys(r.owner for r in s.rules.duties if r.due.deadline == d.duty))
        if d.period == s.period:
            id_ = f"{duty_key(s.process, d.duty)}|{DUE}"
            made.append(Planned(id=id_, kind=DUE, process=s.process, title=f"{DUE} {d.duty}", at=d.due, to=owners))
    counted = tuple(r for r in s.rules.duties if r.per == "course")
    everyone = tuple(CourseRef(x, x, x, s.period, r.owner) for x in sorted(s.structure.lanes) for r in counted)
    rules = s.rules.model_copy(update={"duties": counted})
    of_lanes = replace(
        s,
        bases=(*s.bases[:-1], replace(s.basis, rules=rules)),
        structure=replace(s.structure, courses=tuple({c.id: c for c in everyone}.values())),
    )
    for duty in duties_of(of_lanes).values() if counted else ():
        for r in rungs_of(s, duty) if duty.counted else ():
            made.append(
                Planned(id=r.key.rsplit("|", 1)[0], kind="escalation" if r.escalates else "reminder", process=s.process,
                        title=f"{_title(r)} {duty.lane}", at=r.at, to=_to(s, r))
            )  # fmt: skip
    return {p.id: p for p in made if since is None or p.at >= since}


def under(
    snapshots: Iterable[Snapshot],
    *,
    rules: RuleSet | None = None,
    calendars: Mapping[int, Calendar] | None = None,
    national: National | None = None,
    since: datetime,
) -> list[Snapshot]:
    """The processes as they would stand, were these documents to hold from `since` on; others stay as they are."""
    changed = []
    for s in snapshots:
        calendar = (calendars or {}).get(s.calendar.school_year, s.calendar)
        authority = national or s.basis.national
        same = calendar is s.calendar and national is None
        days = s.basis.days if same else working_days(authority, calendar)
        basis = Basis(rules or s.rules, calendar, authority, days, since)
        changed.append(replace(s, bases=(*s.bases, basis)))
    return changed


def diff(old: Mapping[str, Planned], new: Mapping[str, Planned], reasons: Sequence[Because] = ()) -> tuple[Change, ...]:
    """Every change from one plan to the other, in the order of their instants; the first fitting reason explains it.

    A plan that an older release kept has no deadlines; then those of the other say nothing.
    """
    if not all(any(p.kind == DUE for p in plan.values()) for plan in (old, new)):
        old, new = ({k: p for k, p in plan.items() if p.kind != DUE} for plan in (old, new))
    changes: list[Change] = []
    for id_ in sorted(old.keys() | new.keys()):
        before, after = old.get(id_), new.get(id_)
        if before is None and after is not None:
            changes.append(Change(what="added", planned=after, after=after.at, told=after.to))
        elif after is None and before is not None:
            changes.append(Change(what="lost", planned=before, before=before.at, told=before.to))
        elif before is not None and after is not None and (before.at, before.to) != (after.at, after.to):
            told = tuple(dict.fromkeys((*before.to, *after.to)))
            what: Literal["moved", "readdressed"] = "moved" if before.at != after.at else "readdressed"
            changes.append(Change(what=what, planned=after, before=before.at, after=after.at, told=told))
    explained = [c.model_copy(update={"because": _reason(c, reasons)}) for c in changes]
    return tuple(sorted(explained, key=lambda c: (c.planned.at, c.planned.id)))


def unexplained(changes: Iterable[Change]) -> list[Change]:
    """The changes that nobody gave a reason for."""
    return [c for c in changes if c.because is None]


def _reason(change: Change, reasons: Sequence[Because]) -> str | None:
    name = f"{change.what} {change.planned.id}"
    return next(
        (r.because for r in reasons if fnmatchcase(name, r.match) or fnmatchcase(change.planned.id, r.match)), None
    )


def _title(what: PlannedRung | Step) -> str:
    if isinstance(what, PlannedRung):
        return f"{what.duty.title} {what.rung.offset:+d}"
    return what.summary


def _to(s: Snapshot, what: PlannedRung | Step) -> tuple[str, ...]:
    """The posts that a rung reaches, or the lane whose people hear of a step."""
    if isinstance(what, PlannedRung):
        return tuple(dict.fromkeys(resolve(s, what.duty, to) for to in what.rung.to))
    return (what.lane,) if what.lane else ()
