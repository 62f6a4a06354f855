"""rules: how people behave in a rehearsal: all on time, nobody, or as last year's arrival curves say. 規§5.3.2"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from typing import Literal

from rules.duties import GATES, Duty
from rules.rehearsals.data import Assumptions, Curve
from rules.rehearsals.planned import in_order
from rules.rehearsals.world import World
from rules.schedule import WindowDates
from rules.snapshot import Basis, Structure

Behaviour = Literal["on-time", "nobody", "arrivals"]
BEHAVIOURS: tuple[Behaviour, ...] = ("on-time", "nobody", "arrivals")
LEAD = timedelta(hours=1)
"""How long before its deadline a duty is done when everyone is on time."""
IN_THE_AFTERNOON = time(16)
"""When on a day of the curve things happen: after that morning's reminders."""


@dataclass(slots=True)
class People:
    """Students hand outcomes in, teachers certify, posts do their duties, all as `how` says.

    Certifications are counted by course: what arrived by then, less what was certified by then.
    """

    how: Behaviour
    basis: Basis
    assumed: Assumptions
    events: list[tuple[datetime, str, dict[str, int]]] = field(default_factory=list)
    told: int = 0

    def next(self, world: World, now: datetime) -> datetime | None:
        """The next instant at which an outcome arrives, is certified, or a duty is done."""
        ahead = [self.events[self.told][0]] if self.told < len(self.events) else []
        ahead += [at for at in (self.when(d) for d in world.owed()) if at is not None and at > now]
        return min(ahead, default=None)

    def act(self, world: World, now: datetime) -> None:
        """What happened by now; a submission's duties in their order, none before the one in front of it."""
        while self.told < len(self.events) and self.events[self.told][0] <= now:
            _, semester, counts = self.events[self.told]
            world.owe_all(semester, counts, now)
            self.told += 1
        owed = in_order(world.owed())
        for duty in owed:
            if not self._comes(duty, now) or (duty.kind in GATES and self._blocked(duty, owed, now)):
                continue
            world.do(duty, now)

    def when(self, duty: Duty) -> datetime | None:
        """When a duty is done; None: never. On a curve, at the day on which half of such duties are done."""
        if self.how == "nobody":
            return None
        if self.how == "on-time":
            return max(duty.opens, duty.due - LEAD)
        before = self.assumed.curve("duties").when(0.5)
        if before is None:
            return None
        return max(duty.opens, self.basis.days.rung_instant(duty.due, -before, IN_THE_AFTERNOON))

    def _comes(self, duty: Duty, now: datetime) -> bool:
        at = self.when(duty)
        return at is not None and at <= now

    def _blocked(self, duty: Duty, owed: list[Duty], now: datetime) -> bool:
        """Whether an earlier gate of the same roster version is still waited for."""
        before = GATES[: GATES.index(duty.kind)]
        return any(
            (d.process, d.scope) == (duty.process, duty.scope) and d.kind in before and not self._comes(d, now)
            for d in owed
        )


def people(
    how: Behaviour, basis: Basis, structure: Structure, assumed: Assumptions, class_sizes: Mapping[str, int]
) -> People:
    """People who behave as `how` says, with the outcomes that each course may expect.

    Without class sizes a class counts as one student: the ladders are right, the counts say nothing.
    """
    made = People(how, basis, assumed)
    for lane in sorted(structure.lanes):
        for semester in sorted(basis.calendar.semesters):
            expected = {
                c.id: max(1, round(class_sizes.get(c.class_, 1) * assumed.outcomes_per_student_and_course))
                for c in structure.courses
                if (c.lane, c.semester) == (lane, semester)
            }
            made.events += _events(made, lane, semester, expected)
    made.events.sort(key=lambda e: (e[0], e[1]))
    return made


def _events(
    p: People, lane: str, semester: str, expected: dict[str, int]
) -> list[tuple[datetime, str, dict[str, int]]]:
    """How many certifications each course owes, at every instant at which that changes."""
    calendar = p.basis.calendar
    upload, certify = (calendar.window(semester, lane, k) for k in ("outcome_upload", "certification"))
    if not expected or upload is None or certify is None:
        return []
    if p.how == "arrivals":
        return _on_curves(p, upload, certify, semester, expected)
    # Worst case of both other assumptions: everything arrives as soon as it can.
    found = [(upload.opens, semester, expected)]
    if p.how == "on-time":
        found.append((certify.due - LEAD, semester, dict.fromkeys(expected, 0)))
    return found


def _on_curves(
    p: People, upload: WindowDates, certify: WindowDates, semester: str, expected: dict[str, int]
) -> list[tuple[datetime, str, dict[str, int]]]:
    arrive, done = p.assumed.curve("uploads"), p.assumed.curve("certifications")
    instants = {_at(p, upload, x.before) for x in arrive.points} | {_at(p, certify, x.before) for x in done.points}
    found: list[tuple[datetime, str, dict[str, int]]] = []
    last: dict[str, int] = {}
    for at in sorted(instants):
        came, went = _share(p, arrive, upload, at), _share(p, done, certify, at)
        # Rounded apart, so that no course is left with half an outcome.
        owed = {c: max(0, round(n * came) - round(n * went)) for c, n in expected.items()}
        changed = {c: n for c, n in owed.items() if last.get(c, 0) != n}
        if changed:
            found.append((at, semester, changed))
        last = owed
    return found


def _at(p: People, window: WindowDates, before: int) -> datetime:
    """An afternoon so many working days before a window's due date, inside the window."""
    return max(window.opens, p.basis.days.rung_instant(window.due, -before, IN_THE_AFTERNOON))


def _share(p: People, curve: Curve, window: WindowDates, at: datetime) -> float:
    passed = [x.share for x in curve.points if _at(p, window, x.before) <= at]
    return max(passed, default=0.0)
