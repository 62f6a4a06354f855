"""rules: a school year in memory: what people do in it, and what its plan does by itself."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import datetime

from rules.duties import Duty
from rules.ids import duty_key, semester_id, year_id
from rules.plan import PlannedRung, Round, due_round, due_steps
from rules.plans.step import Step
from rules.rehearsals.effects import after, parent_of, started, with_version
from rules.rehearsals.moments import Act, Moment
from rules.rehearsals.planned import Planned
from rules.ruleset import Kind
from rules.snapshot import Basis, DutyState, ExtensionState, HandoverState, ReportState, Snapshot, Structure


class World(Planned):
    """All processes of one school year in memory, with what happened in them so far."""

    def __init__(self, school: str, year: str, basis: Basis | None, structure: Structure) -> None:
        super().__init__()
        self.school = school
        self.structure = structure
        self.trace: list[Moment] = []
        self.acts: list[Act] = []
        self.owing: list[tuple[datetime, str, int]] = []
        """How many certifications a course owes from when on, as the assumption told it."""
        self.silent: dict[tuple[str, int], int] = {}
        """How many students of a version will stay silent without a delivered notice, as the assumption tells it."""
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

    def do(self, duty: Duty, at: datetime) -> None:
        """Somebody did what they owe: a submission is sent, its receipt arrives, anything else is completed."""
        if duty.kind == "submit":
            self.submit(duty.process, int(duty.scope[1:]), at)
        elif duty.kind == "import_receipt":
            self.receive(duty.process, int(duty.scope[1:]), at)
        else:
            self.complete(duty.key, at)

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

    def _carry_out(self, process: str, step: Step, now: datetime) -> None:
        s = self.processes[process]
        if step.activity == "start_process":
            s = self._start(s, step, now)
        elif step.activity == "close_process":
            self._tell_parent(s, now)
        else:
            s = after(s, step, now, self.silent)
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

    def _start(self, parent: Snapshot, step: Step, now: datetime) -> Snapshot:
        if step.thing not in self.processes:
            self._put(started(parent, step, now, self.structure))
        return replace(parent, children={**parent.children, step.thing: None})

    def _tell_parent(self, s: Snapshot, now: datetime) -> None:
        parent = parent_of(s)
        if parent in self.processes:
            p = self.processes[parent]
            self._put(replace(p, children={**p.children, s.process: now}))

    def _version(self, process: str, version: int, **fields: datetime | int) -> None:
        self._put(with_version(self.processes[process], version, **fields))
