"""rules: the rehearsal: the same planner, walked on a virtual clock, without any server.

A world holds every process as a snapshot; what a step does to the facts is said once more here, in
memory, so that the trace of the real processes can be compared with it (differential test).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Protocol

from rules.duties import GATES, Duty, is_open
from rules.ids import duty_key, semester_id, year_id, year_of
from rules.plan import Plan, PlannedRung, Round, due_round, due_steps, handled, next_instant, plan, replan
from rules.plans.step import Step
from rules.ruleset import Kind
from rules.snapshot import (
    Basis,
    DutyState,
    ExtensionState,
    HandoverState,
    ReportState,
    Snapshot,
    Structure,
    VersionState,
)


@dataclass(frozen=True, slots=True, order=True)
class Moment:
    """One line of the script: what happens when, under which key, to whom."""

    at: datetime
    key: str
    planned: datetime
    process: str
    kind: str
    outcome: str
    text: str = field(compare=False, default="")
    what: PlannedRung | Step | None = field(compare=False, default=None)
    """The rung or the step itself; a round has none."""


@dataclass(frozen=True, slots=True)
class Act:
    """What somebody did in the world: a duty was completed."""

    at: datetime
    duty: Duty


class Assumption(Protocol):
    """How people behave: when somebody acts next, and what they do then."""

    def next(self, world: World, now: datetime) -> datetime | None:
        """The next instant after `now` at which somebody acts."""

    def act(self, world: World, now: datetime) -> None:
        """Do what people do at `now`."""


class World:
    """All processes of one school year in memory, with what happened in them so far."""

    def __init__(self, school: str, year: str, basis: Basis | None, structure: Structure) -> None:
        self.school = school
        self.structure = structure
        self.processes: dict[str, Snapshot] = {}
        self.trace: list[Moment] = []
        self.acts: list[Act] = []
        self.owing: list[tuple[datetime, str, int]] = []
        """How many certifications a course owes from when on, as the assumption told it."""
        self.silent: dict[tuple[str, int], int] = {}
        """How many students of a version will stay silent without a delivered notice, as the assumption tells it."""
        self._plans: dict[str, tuple[Snapshot, Plan]] = {}
        self._owed: dict[str, tuple[tuple[object, ...], tuple[Duty, ...]]] = {}
        self._next: dict[str, datetime | None] = {}
        self._changed: set[str] = set()
        if basis is None:
            return
        first = year_id(school, year)
        self._put(
            Snapshot(
                school=school,
                process=first,
                kind=Kind.SCHOOL_YEAR,
                params={"period": year},
                started_at=basis.since,
                bases=(basis,),
                structure=Structure(classes=structure.classes, lanes=structure.lanes),
            )
        )

    @classmethod
    def of(cls, school: str, snapshots: Iterable[Snapshot], structure: Structure) -> World:
        """The world as some processes stand: their plan goes on from there."""
        world = cls(school, "", None, structure)
        for s in snapshots:
            world._put(s)
        return world

    # -- what people do ----------------------------------------------------------------------------

    def complete(self, key: str, at: datetime, *, passed: bool = True) -> None:
        """A duty was completed."""
        s = self.processes[key.split("#", 1)[0]]
        duty = self.plan_of(s.process).duties.get(key)
        if duty is not None:
            self.acts.append(Act(at, duty))
        self._put(replace(s, duties={**s.duties, key: DutyState(at, passed)}))

    def reopen(self, key: str) -> None:
        """A duty was returned to its post."""
        s = self.processes[key.split("#", 1)[0]]
        self._put(replace(s, duties={**s.duties, key: DutyState()}))

    def owe(self, course: str, semester: str, count: int) -> None:
        """A course's teacher owes `count` certifications now."""
        s = self.processes[semester_id(self.school, semester)]
        self._put(replace(s, pending={**s.pending, course: count}), replan=False)

    def owe_all(self, semester: str, counts: Mapping[str, int], at: datetime) -> None:
        """The teachers of some courses owe so many certifications from `at` on."""
        s = self.processes[semester_id(self.school, semester)]
        self._put(replace(s, pending={**s.pending, **counts}), replan=False)
        self.owing += [(at, course, n) for course, n in counts.items()]

    def submit(self, process: str, version: int, at: datetime) -> None:
        """A person recorded the evidence of a submission."""
        self._version(process, version, submitted_at=at)
        self.complete(duty_key(process, "submit", f"v{version}"), at)

    def receive(self, process: str, version: int, at: datetime, *, differences: int = 0) -> None:
        """The receipt of a version arrived; it differs from what was sent in so many places."""
        self._version(process, version, receipt_at=at, differences=differences, differences_open=differences)
        self.complete(duty_key(process, "import_receipt", f"v{version}"), at)

    def resolve(self, process: str, version: int, at: datetime, *, correct: bool) -> None:
        """A difference was closed, with another version to follow or without."""
        v = next(v for v in self.processes[process].versions if v.version == version)
        self._version(
            process, version, differences_open=v.differences_open - 1, to_correct=v.to_correct + correct, decided_at=at
        )

    def correct(self, process: str, version: int, at: datetime) -> None:
        """Staff started a correction of a version."""
        v = next(v for v in self.processes[process].versions if v.version == version)
        self._version(process, version, to_correct=v.to_correct + 1, decided_at=at)

    def decide(self, process: str, version: int, at: datetime) -> None:
        """A person decided about one student who was silent without a delivered notice."""
        v = next(v for v in self.processes[process].versions if v.version == version)
        self._version(process, version, unnoticed=v.unnoticed - 1, decided_at=at)

    def report(self, process: str, report: ReportState) -> None:
        """A student reported a doubt; or a report was answered (same id)."""
        s = self.processes[process]
        others = tuple(r for r in s.reports if r.id != report.id)
        self._put(replace(s, reports=tuple(sorted((*others, report), key=lambda r: r.id))))

    def extend(self, extension: ExtensionState) -> None:
        """A window was extended for somebody in some lanes."""
        for s in list(self.processes.values()):
            if s.params.get("period") == extension.period:
                self._put(replace(s, extensions=(*s.extensions, extension)))

    def rebase(self, process: str, basis: Basis) -> None:
        """A process came under a new rule set or calendar version."""
        s = self.processes[process]
        self._put(replace(s, bases=(*s.bases, basis)))

    def hand_over(self, process: str, handover: HandoverState, at: datetime) -> None:
        """A post's hand-over was announced."""
        year = next(s for s in self.processes.values() if s.kind is Kind.SCHOOL_YEAR)
        basis = replace(year.basis, since=at)
        self._put(
            Snapshot(
                school=self.school,
                process=process,
                kind=Kind.HANDOVER,
                params={"post": handover.post},
                started_at=at,
                bases=(basis,),
                handover=handover,
            )
        )

    # -- what the plan does ------------------------------------------------------------------------

    def settle(self, now: datetime) -> None:
        """Carry out everything that is due at `now`, until nothing is."""
        busy = True
        while busy:
            busy = False
            for process in sorted(p for p in self.processes if self._may_be_due(p, now)):
                for step in due_steps(self.processes[process], self.plan_of(process), now):
                    self._carry_out(process, step, now)
                    busy = True
                round_ = due_round(self.processes[process], self.plan_of(process), now)
                if round_ is not None:
                    self._hold(process, round_, now)
                    busy = True
                if process in self._changed:
                    self._rest(process, now)

    def _may_be_due(self, process: str, now: datetime) -> bool:
        """Whether something of the process may be due: it changed, or its next instant has come."""
        if process in self._changed:
            return True
        ahead = self._next[process]
        return ahead is not None and ahead <= now

    def _rest(self, process: str, now: datetime) -> None:
        """Note until when nothing happens in the process by itself; what has been held is not looked at again."""
        s, p = self.processes[process], self.plan_of(process)
        if due_steps(s, p, now) or due_round(s, p, now) is not None:
            return
        self._plans[process] = (s, handled(p, now))
        self._next[process] = next_instant(s, p, now)
        self._changed.discard(process)

    def next_instant(self, now: datetime) -> datetime | None:
        """The next planned instant of any process."""
        for process in sorted(self._changed):
            self._rest(process, now)
        found = [
            next_instant(self.processes[p], self.plan_of(p), now) if p in self._changed else self._next[p]
            for p in self.processes
        ]
        return min((x for x in found if x is not None), default=None)

    def plan_of(self, process: str) -> Plan:
        """The plan of a process; made again only as far as something of it changed."""
        s = self.processes[process]
        known = self._plans.get(process)
        if known is None:
            self._plans[process] = (s, plan(s))
        elif known[0] is not s:
            self._plans[process] = (s, replan(s, known[1], known[0]))
        return self._plans[process][1]

    def open_duties(self) -> Iterator[Duty]:
        """Every duty that somebody still owes."""
        yield from self.owed()
        for process, s in self.processes.items():
            if s.pending:
                yield from (d for d in self.plan_of(process).duties.values() if d.counted and is_open(s, d))

    def owed(self) -> Iterator[Duty]:
        """Every open duty that is done by saying so: all but certifications and differences, which are counted."""
        for process, s in self.processes.items():
            duties = self.plan_of(process).duties
            hangs = (duties, s.duties, s.stuck)
            known = self._owed.get(process)
            if known is None or any(a is not b for a, b in zip(known[0], hangs, strict=True)):
                known = hangs, tuple(d for d in duties.values() if not d.counted and is_open(s, d))
                self._owed[process] = known
            yield from known[1]

    def _carry_out(self, process: str, step: Step, now: datetime) -> None:
        s = self.processes[process]
        if step.activity == "start_process":
            self._start(s, step, now)
            s = self.processes[process]
        elif step.activity == "generate_roster":
            made = VersionState(int(step.arg("version")), now)
            s = replace(s, versions=(*s.versions, made))
        elif step.activity == "publish_receipts":
            closes = datetime.fromisoformat(step.arg("closes"))
            s = _changed(s, int(step.arg("version")), published_at=now, closes_at=closes)
        elif step.activity == "deem_confirmed":
            version = int(step.arg("version"))
            s = _changed(s, version, settled_at=now, unnoticed=self.silent.get((process, version), 0))
        elif step.activity == "close_process":
            self._tell_parent(s, now)
        # A close step ends the plan of its phase; an opening changes nothing that is planned next.
        self._put(replace(s, done=s.done | {step.key}), replan=step.activity != "open_window")
        self._note(now, step.key, step.at, process, step.kind, "done", step.summary, step)

    def _hold(self, process: str, round_: Round, now: datetime) -> None:
        s = self.processes[process]
        keys = {r.key for r in (*round_.send, *round_.skip)} | {k for k, _ in round_.keys}
        for rung in round_.skip:
            self._note_rung(now, process, rung, "skipped")
        for rung in round_.send:
            self._note_rung(now, process, rung, "done")
        for key, at in round_.keys:
            self._note(now, key, at, process, "round", "done", "")
        self._put(replace(s, done=s.done | keys), replan=False)

    def _note_rung(self, now: datetime, process: str, rung: PlannedRung, outcome: str) -> None:
        kind = "escalation" if rung.escalates else "reminder"
        text = f"{rung.duty.title} → {', '.join(rung.rung.to)} ({rung.rung.offset:+d})"
        self._note(now, rung.key, rung.at, process, kind, outcome, text, rung)

    def _note(
        self,
        at: datetime,
        key: str,
        planned: datetime,
        process: str,
        kind: str,
        outcome: str,
        text: str,
        what: PlannedRung | Step | None = None,
    ) -> None:
        self.trace.append(Moment(at, key, planned, process, kind, outcome, text, what))

    def _start(self, parent: Snapshot, step: Step, now: datetime) -> None:
        kind = Kind(step.arg("kind"))
        if step.thing not in self.processes:
            period = step.arg("period")
            courses = tuple(c for c in self.structure.courses if c.semester == period)
            structure = Structure(courses, self.structure.classes, self.structure.lanes)
            self._put(
                Snapshot(
                    school=self.school,
                    process=step.thing,
                    kind=kind,
                    params={k: v for k, v in step.args if k != "kind"},
                    started_at=now,
                    bases=(replace(parent.basis, since=now),),
                    structure=structure if kind is Kind.SEMESTER else Structure(),
                )
            )
        self._put(replace(parent, children={**parent.children, step.thing: None}))

    def _tell_parent(self, s: Snapshot, now: datetime) -> None:
        period = s.params.get("period", "")
        parent = None
        if s.kind is Kind.SUBMISSION and "-" in period:
            parent = semester_id(self.school, period)
        elif s.kind in (Kind.SUBMISSION, Kind.SEMESTER):
            parent = year_id(self.school, year_of(period))
        if parent in self.processes:
            p = self.processes[parent]
            self._put(replace(p, children={**p.children, s.process: now}))

    def _version(self, process: str, version: int, **fields: datetime | int) -> None:
        self._put(_changed(self.processes[process], version, **fields))

    def _put(self, s: Snapshot, *, replan: bool = True) -> None:
        self.processes[s.process] = s
        self._changed.add(s.process)
        known = self._plans.get(s.process)
        if known is not None and not replan:
            self._plans[s.process] = (s, known[1])


def _changed(s: Snapshot, version: int, **fields: datetime | int) -> Snapshot:
    versions = tuple(
        replace(v, **fields) if v.version == version else v  # type: ignore[arg-type]
        for v in s.versions
    )
    return replace(s, versions=versions)


def rehearse(
    world: World, assumption: Assumption, *, since: datetime | None = None, until: datetime | None = None
) -> list[Moment]:
    """Walk the world from its start (or from `since`) until nothing more happens; returns the script, in order."""
    now: datetime | None = since or min((s.started_at for s in world.processes.values()), default=None)
    while now is not None and (until is None or now <= until):
        world.settle(now)
        assumption.act(world, now)
        world.settle(now)
        ahead = [x for x in (world.next_instant(now), assumption.next(world, now)) if x is not None]
        now = min(ahead, default=None)
    return world.trace


class NobodyActs:
    """Nobody does anything: every ladder is climbed to its top."""

    def next(self, world: World, now: datetime) -> datetime | None:
        """Nobody acts, ever."""
        return None

    def act(self, world: World, now: datetime) -> None:
        """Nothing is done."""


@dataclass(frozen=True, slots=True)
class EveryoneOnTime:
    """Every post does its duty `lead` before it is due (or as soon as its gate is open)."""

    lead: timedelta = timedelta(hours=1)

    def next(self, world: World, now: datetime) -> datetime | None:
        """The next instant at which a duty's owner acts."""
        ahead = [self._when(d) for d in world.owed()]
        return min((x for x in ahead if x > now), default=None)

    def act(self, world: World, now: datetime) -> None:
        """Complete what is owed by now, a submission's duties in their order."""
        for duty in sorted(world.owed(), key=lambda d: (d.due, _gate(d), d.key)):
            if self._when(duty) > now:
                continue
            if duty.kind == "submit":
                world.submit(duty.process, int(duty.scope[1:]), now)
            elif duty.kind == "import_receipt":
                world.receive(duty.process, int(duty.scope[1:]), now)
            else:
                world.complete(duty.key, now)

    def _when(self, duty: Duty) -> datetime:
        return max(duty.opens, duty.due - self.lead)


def _gate(duty: Duty) -> int:
    return GATES.index(duty.kind) if duty.kind in GATES else -1
