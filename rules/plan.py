"""rules: the planner. Rules + calendar + facts give the dated steps; nothing else says what happens when.

The linter, the rehearsal, the running processes, the console and the tests all call it. Pure.
Sources: 規§4.1, 規§5.3.2, 規§6.1–6.4, 規§10.3; readings "Time" (catching up, moved deadlines).
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from itertools import islice

from rules.duties import Duty, duties_of, is_open
from rules.ids import step_key
from rules.plans.handover import handover_steps
from rules.plans.periods import school_year_steps, semester_steps
from rules.plans.step import Step
from rules.plans.submission import submission_steps
from rules.ruleset import Kind, Rung
from rules.snapshot import Snapshot

_STEPS: dict[Kind, Callable[[Snapshot], list[Step]]] = {
    Kind.SCHOOL_YEAR: school_year_steps,
    Kind.SEMESTER: semester_steps,
    Kind.SUBMISSION: submission_steps,
    Kind.HANDOVER: handover_steps,
}


DERIVED_FROM = (
    "kind", "params", "bases", "structure", "extensions", "stuck", "versions", "reports", "handover", "started_at",
)  # fmt: skip
"""Which parts of a snapshot its duties are derived from."""


@dataclass(frozen=True, slots=True)
class PlannedRung:
    """One rung of one duty's ladder: when, and whether it may still be sent."""

    key: str
    duty: Duty
    rung: Rung
    at: datetime
    since: datetime
    """When the dates that put it there were set."""

    @property
    def skipped(self) -> bool:
        """Its day was past when the fact or rule that planned it was written."""
        return self.at < self.since

    @property
    def escalates(self) -> bool:
        """Whether it reaches eyes above the owner."""
        return any(to != "owner" for to in self.rung.to)


@dataclass(frozen=True, slots=True)
class Plan:
    """All dated steps and rungs of one process under the facts so far, earliest first."""

    steps: tuple[Step, ...]
    rungs: tuple[PlannedRung, ...]
    duties: Mapping[str, Duty] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Round:
    """The rungs to handle in one go: `send` the latest of each duty, `skip` the ones gone by.

    `keys` are the instants' own keys, recorded too: a round is held once, whoever is pending later.
    """

    key: str
    keys: tuple[tuple[str, datetime], ...]
    send: tuple[PlannedRung, ...]
    skip: tuple[PlannedRung, ...]


def plan(s: Snapshot) -> Plan:
    """The plan of a process. Raises CalendarMissing when a year's office calendar is not loaded."""
    duties = duties_of(s)
    known: _Ladders = {}
    rungs = [r for duty in duties.values() if not _done_before(s, duty) for r in _rungs(s, duty, known)]
    return Plan(_steps(s), tuple(sorted(rungs, key=_order)), duties)


def replan(s: Snapshot, known: Plan, was: Snapshot) -> Plan:
    """`plan(s)`, made from the plan of `was`: what hangs on nothing that changed is taken over as it was.

    A rehearsal completes one duty after the other; deriving hundreds of others again each time
    would be most of its work. Rungs that the caller left out of `known` stay left out.
    """
    if not _same_duties(s, was):
        return plan(s)
    if s.duties is was.duties:
        return Plan(_steps(s), known.rungs, known.duties)
    touched = {k for k in s.duties.keys() | was.duties.keys() if s.duties.get(k) != was.duties.get(k)}
    if any(k in known.duties and not _done_before(s, known.duties[k]) for k in touched):
        return plan(s)
    return Plan(_steps(s), tuple(r for r in known.rungs if r.duty.key not in touched), known.duties)


def _same_duties(s: Snapshot, was: Snapshot) -> bool:
    """Whether both derive the same duties: nothing that they are derived from was replaced."""
    return all(getattr(s, name) is getattr(was, name) for name in DERIVED_FROM)


def _steps(s: Snapshot) -> tuple[Step, ...]:
    return tuple(sorted(_STEPS[s.kind](s), key=lambda x: (x.at, x.key)))


def _order(rung: PlannedRung) -> tuple[datetime, str]:
    return rung.at, rung.key


def _done_before(s: Snapshot, duty: Duty) -> bool:
    """Done before its dates were set anew: nothing of the new ladder is even skipped."""
    state = s.duties.get(duty.key)
    return not duty.counted and state is not None and state.done_at is not None


def rungs_of(s: Snapshot, duty: Duty) -> list[PlannedRung]:
    """The rungs of one duty, counted in working days from its deadline (規§5.3.2)."""
    return _rungs(s, duty, {})


_Ladders = dict[tuple[str, datetime, datetime], list[tuple[str, Rung, datetime, datetime]]]
"""The rungs of a ladder by ladder, deadline and since when it stands: hundreds of courses share them."""


def _rungs(s: Snapshot, duty: Duty, known: _Ladders) -> list[PlannedRung]:
    place = (duty.ladder, duty.due, duty.since)
    if place not in known:
        known[place] = []
        for rung in s.rules.ladder(duty.ladder).rungs:
            at = s.basis.days.rung_instant(duty.due, rung.offset, rung.at)
            known[place].append((step_key("", rung.name, duty.due), rung, at, _since(s, duty, rung, at)))
    return [PlannedRung(duty.key + name, duty, rung, at, since) for name, rung, at, since in known[place]]


def _since(s: Snapshot, duty: Duty, rung: Rung, at: datetime) -> datetime:
    """Since when the rung has stood there: its duty's date, or the closed day (停班) that put it elsewhere."""
    for newer, older in zip(reversed(s.bases), reversed(s.bases[:-1]), strict=False):
        if newer.since <= duty.since:
            break
        if older.days is not newer.days and older.days.rung_instant(duty.due, rung.offset, rung.at) != at:
            return newer.since
    return duty.since


def round_key(process: str, at: datetime) -> str:
    """The key of all rungs of one process at one instant."""
    return step_key(process, "round", at)


def due_steps(s: Snapshot, p: Plan, now: datetime) -> list[Step]:
    """Steps whose instant has come and that are not recorded, in order; stuck ones wait for their retry."""
    return [x for x in p.steps if x.at <= now and x.key not in s.done and not _aside(s, x.key, now)]


def due_round(s: Snapshot, p: Plan, now: datetime) -> Round | None:
    """The rungs whose instant has come, as one batch; None when there is nothing to do.

    After a gap only the latest rung of a duty is sent, earlier ones are recorded as skipped; a rung
    dated before the fact that planned it is skipped; who is still pending is asked now.
    """
    fresh: dict[str, list[PlannedRung]] = {}
    skip: list[PlannedRung] = []
    rounds: dict[datetime, str] = {}
    instants: dict[datetime, str] = {}
    for rung in p.rungs[: _until(p, now)]:
        if rung.key in s.done:
            continue
        if rung.skipped:
            skip.append(rung)
            continue
        key = rounds.get(rung.at) or rounds.setdefault(rung.at, round_key(s.process, rung.at))
        if key in s.done:
            continue
        instants[rung.at] = key
        if is_open(s, rung.duty):
            fresh.setdefault(rung.duty.key, []).append(rung)
    send: list[PlannedRung] = []
    for rungs in fresh.values():
        *gone, latest = sorted(rungs, key=lambda r: r.at)
        skip.extend(gone)
        send.append(latest)
    if not instants and not skip:
        return None
    held = tuple((key, at) for at, key in sorted(instants.items()))
    last = max([at for _, at in held] + [r.at for r in skip])
    key = round_key(s.process, last)
    if _aside(s, key, now):
        return None
    return Round(key=key, keys=held, send=tuple(send), skip=tuple(skip))


def _until(p: Plan, now: datetime) -> int:
    """How many rungs have their instant behind them: they stand in the order of their instants."""
    return bisect_right(p.rungs, now, key=lambda r: r.at)


def handled(p: Plan, now: datetime) -> Plan:
    """The plan without the rungs up to `now`, for a walk that has held their rounds and never goes back."""
    return Plan(p.steps, p.rungs[_until(p, now) :], p.duties)


def _aside(s: Snapshot, key: str, now: datetime) -> bool:
    """Whether a step that kept failing still waits for its next try."""
    return key in s.stuck and now < s.stuck[key].retry_at


def next_instant(s: Snapshot, p: Plan, now: datetime) -> datetime | None:
    """The next instant at which something is planned, or None: nothing before news."""
    ahead = [x.at for x in p.steps if x.at > now and x.key not in s.done]
    ahead += islice((r.at for r in p.rungs[_until(p, now) :] if r.key not in s.done), 1)
    ahead += [x.retry_at for x in s.stuck.values() if x.retry_at > now]
    return min(ahead, default=None)


def is_over(s: Snapshot, p: Plan, now: datetime) -> bool:
    """Whether the process has closed and owes nothing more."""
    closed = any(key.startswith(f"{s.process}|closed|") for key in s.done)
    return closed and not any(r.answered_at is None for r in s.reports) and not due_steps(s, p, now)
