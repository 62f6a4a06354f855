"""rules: processes with their plans in memory; a plan is made again only as far as its process changed."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime

from rules.duties import GATES, Duty, is_open
from rules.plan import Plan, due_round, due_steps, handled, next_instant, plan, replan
from rules.snapshot import Snapshot


class Planned:
    """Processes as snapshots by their ids, each with its plan and what follows from both."""

    def __init__(self) -> None:
        self.processes: dict[str, Snapshot] = {}
        self._plans: dict[str, tuple[Snapshot, Plan]] = {}
        self._owed: dict[str, tuple[tuple[object, ...], tuple[Duty, ...]]] = {}
        self._next: dict[str, datetime | None] = {}
        self._changed: set[str] = set()

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

    def _put(self, s: Snapshot, *, replan: bool = True) -> None:
        self.processes[s.process] = s
        self._changed.add(s.process)
        known = self._plans.get(s.process)
        if known is not None and not replan:
            self._plans[s.process] = (s, known[1])


def in_order(duties: Iterable[Duty]) -> list[Duty]:
    """Duties as they are done: by their deadlines; of one instant, a roster's in the order of its gates, others first."""
    return sorted(duties, key=lambda d: (d.due, GATES.index(d.kind) if d.kind in GATES else -1, d.key))
