"""rules: the script of a rehearsed year: every opening, reminder, escalation, hand-off and closing, and to whom.

Who is told is resolved as the records do it: the post's holder of that day, else a deputy who is
there, else the executive secretary. Sources: 規§4.2, 規§5.3.2, 規§10.1.2.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass
from datetime import datetime, timedelta

from rules.duties import GATES, Duty, director_of
from rules.plan import PlannedRung
from rules.plans.step import Step
from rules.rehearsals.moments import Moment
from rules.rehearsals.school import School
from rules.rehearsals.world import World
from rules.ruleset import RuleSet
from rules.snapshot import Snapshot

MEETING = "next_meeting"
TICK = timedelta(microseconds=1)
STUDENTS, TEACHERS = "students", "teachers"
ITEM_WINDOWS = ("outcome_upload", "diverse_upload", "selection")
"""Windows whose opening students are told of; teachers hear of the certification window."""


@dataclass(frozen=True, slots=True)
class Addressee:
    """Whom a line reaches: a post and the person who answers for it that day, or a group of so many.

    `how`: holder, first_deputy, second_deputy, nobody (then the executive secretary is told), group, agenda.
    """

    post: str
    person: str | None
    how: str
    count: int = 1


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the script. `count`: how many pieces it is about (people told, outcomes to certify)."""

    at: datetime
    kind: str
    process: str
    key: str
    title: str
    to: tuple[Addressee, ...]
    count: int = 1
    lane: str | None = None
    due: datetime | None = None
    offset: int | None = None
    outcome: str = "done"
    duty: str = ""


TITLES = {
    "outcome_correction": "退件更正",
    "closed": "結案",
    "semester": "學期",
    "generate": "產生名冊",
    "publish": "公布收訖明細",
    "deem": "收訖明細視同確認",
}
"""Phases that no window of the rule set names."""

KINDS = {
    "open": "opening",
    "close": "closing",
    "deem": "closing",
    "closed": "closing",
    "generate": "roster",
    "publish": "opening",
}
"""What the script calls the kinds of steps that it does not call by their own name; `handoff` lines are made here."""


def script_of(world: World, school: School) -> tuple[Line, ...]:
    """The script of a walked world, in order; rounds are left out, their rungs stand in it."""
    teller = _Teller(world, school)
    lines = [line for m in world.trace if m.kind != "round" for line in teller.told(m)]
    lines += teller.gates()
    lines += teller.stand_ins()
    return tuple(sorted(lines, key=lambda line: (line.at, line.kind, line.key)))


def resolve(s: Snapshot, duty: Duty, to: str) -> str:
    """The post that a rung's `to` means for a duty."""
    group = s.rules.working_group
    if to == "owner":
        return duty.post
    if to == "director":
        return director_of(s, duty.post)
    return {"executive_secretary": group.executive_secretary, "convener": group.convener}.get(to, to)


class _Teller:
    def __init__(self, world: World, school: School) -> None:
        self.world, self.school = world, school
        self.owed: defaultdict[str, list[tuple[datetime, int]]] = defaultdict(list)
        for at, course, count in world.owing:
            self.owed[course].append((at, count))

    def rules_of(self, process: str) -> RuleSet:
        return self.world.processes[process].rules

    def told(self, m: Moment) -> list[Line]:
        if isinstance(m.what, PlannedRung):
            return [self._rung(m, m.what)]
        if isinstance(m.what, Step):
            return [self._step(m, m.what)]
        return []

    def _rung(self, m: Moment, rung: PlannedRung) -> Line:
        s, duty = self.world.processes[m.process], rung.duty
        to = tuple(self._reach(s, resolve(s, duty, x), m.at) for x in rung.rung.to) if m.outcome == "done" else ()
        count = self._pending(duty.scope, m.at) if duty.counted else 1
        title = f"{duty.title} {duty.scope}".strip()
        return Line(
            m.at, m.kind, m.process, m.key, title, to, count, duty.lane, duty.due, rung.rung.offset, m.outcome, duty.key
        )

    def _reach(self, s: Snapshot, post: str, at: datetime) -> Addressee:
        if post == MEETING:
            return Addressee(post, None, "agenda")
        if not self.school.staffing.known:
            return Addressee(post, None, "post")
        found = self.school.staffing.reached(post, at=at)
        if found.person is not None:
            return Addressee(post, found.person, found.how)
        secretary = self.school.staffing.reached(s.rules.working_group.executive_secretary, at=at)
        return Addressee(post, secretary.person, "nobody")

    def _pending(self, course: str, at: datetime) -> int:
        counts = [n for when, n in self.owed.get(course, ()) if when <= at]
        return counts[-1] if counts else 0

    def _step(self, m: Moment, step: Step) -> Line:
        rules = self.rules_of(m.process)
        titles = {w.kind: w.title for w in rules.windows} | {w.phase: w.title for w in rules.windows}
        titles |= TITLES
        args = dict(step.args)
        name = titles.get(args.get("window", ""), titles.get(step.phase, step.phase))
        if step.activity == "start_process":
            name = f"{name} {args.get('roster', step.arg('period'))}"
        to = self._audience(m, step)
        return Line(m.at, KINDS.get(m.kind, m.kind), m.process, m.key, name, to, sum(a.count for a in to), step.lane)

    def _audience(self, m: Moment, step: Step) -> tuple[Addressee, ...]:
        s, window = self.world.processes[m.process], dict(step.args).get("window")
        lane = step.lane or ""
        if (m.kind == "open" and window in ITEM_WINDOWS) or m.kind == "publish":
            return (Addressee(f"{STUDENTS}:{lane}", None, "group", self.school.students.get(lane, 0)),)
        if m.kind == "open" and window == "certification":
            posts = [c.post for c in s.structure.courses if c.lane == lane]
            holders = {self.school.staffing.reached(p, at=m.at).person or p for p in posts}
            return (Addressee(f"{TEACHERS}:{lane}", None, "group", len(holders)),)
        if m.kind == "generate":
            return (self._reach(s, s.rules.roster(s.params["roster"]).owner, m.at),)
        return ()

    def gates(self) -> list[Line]:
        """Work that passes from one post to the next: a gate was passed, the next one is another post's."""
        lines = []
        for act in self.world.acts:
            duty = act.duty
            if duty.kind not in GATES[:-1]:
                continue
            s = self.world.processes[duty.process]
            following = self.world.plan_of(duty.process).duties
            after = [
                d
                for d in following.values()
                if d.scope == duty.scope and d.kind in GATES and GATES.index(d.kind) == GATES.index(duty.kind) + 1
            ]
            for d in after:
                if d.post != duty.post:
                    to = (self._reach(s, d.post, act.at),)
                    title = f"{duty.title} → {d.title}"
                    lines.append(Line(act.at, "handoff", d.process, d.key, title, to, 1, d.lane, d.due, duty=d.key))
        return lines

    def stand_ins(self) -> list[Line]:
        """Work that passes to a deputy and back, because somebody is away while the post owes something."""
        lines, staffing = [], self.school.staffing
        done = {a.duty.key: a.at for a in self.world.acts}
        owing: defaultdict[str, list[tuple[datetime, datetime, Duty]]] = defaultdict(list)
        for process in self.world.processes:
            for d in self.world.plan_of(process).duties.values():
                if not d.counted:
                    owing[d.post].append((d.opens, done.get(d.key, d.due), d))
        for post, spans in owing.items():
            for edge in staffing.changes(post):
                before = staffing.reached(post, at=edge - TICK)
                after = staffing.reached(post, at=edge)
                open_ = [d for opens, ends, d in spans if opens <= edge < ends]
                if before.person != after.person and open_:
                    s = self.world.processes[open_[0].process]
                    to = (self._reach(s, post, edge),)
                    key = f"{post}|handoff"
                    lines.append(Line(edge, "handoff", open_[0].process, key, _names(open_), to, len(open_)))
        return lines


def _names(duties: list[Duty]) -> str:
    counted = Counter(d.title for d in duties)
    return "、".join(title if n == 1 else f"{title}×{n}" for title, n in sorted(counted.items()))
