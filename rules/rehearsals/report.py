"""rules: a whole rehearsal: the year walked under an assumption, and everything that can be read off it. 規§3.1, 規§4.1"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime

from rules.duties import Duty
from rules.rehearsal import World, rehearse
from rules.rehearsals.arrivals import Behaviour, people
from rules.rehearsals.coverage import Gap, gaps
from rules.rehearsals.critical_path import Path, paths
from rules.rehearsals.data import Assumptions
from rules.rehearsals.load import Overload, overloads
from rules.rehearsals.school import School
from rules.rehearsals.script import Line, script_of
from rules.snapshot import Basis


@dataclass(frozen=True, slots=True)
class Rehearsed:
    """One rehearsed school year."""

    year: str
    how: Behaviour
    basis: Basis
    school: School
    world: World
    lines: tuple[Line, ...]
    overloads: tuple[Overload, ...]
    gaps: tuple[Gap, ...]
    paths: tuple[Path, ...]

    def counts(self) -> dict[str, int]:
        """How many lines of each kind were carried out, and how many were skipped."""
        found: defaultdict[str, int] = defaultdict(int)
        for line in self.lines:
            found[line.kind if line.outcome == "done" else "skipped"] += 1
        return dict(sorted(found.items()))


def rehearse_year(code: str, basis: Basis, school: School, assumed: Assumptions, how: Behaviour) -> Rehearsed:
    """Walk the year of a basis with a school. Raises CalendarMissing for a year without office calendar."""
    year = str(basis.calendar.school_year)
    world = World(code, year, basis, school.structure)
    rehearse(world, people(how, basis, school.structure, assumed, school.class_sizes))
    lines = script_of(world, school)
    done = {a.duty.key: a.at for a in world.acts}
    duties = [d for p in world.processes for d in world.plan_of(p).duties.values()]
    pending: defaultdict[str, list[tuple[datetime, int]]] = defaultdict(list)
    for at, course, count in world.owing:
        pending[course].append((at, count))
    owed = [(d, done.get(d.key, d.due)) for d in duties if not d.counted or pending.get(d.scope)]
    return Rehearsed(
        year,
        how,
        basis,
        school,
        world,
        lines,
        overloads(lines, duties, pending, school.staffing, basis.days, assumed.limits),
        gaps(owed, school.staffing),
        paths(basis, school.structure.lanes, _ends(duties, done, world)),
    )


def _ends(duties: list[Duty], done: dict[str, datetime], world: World) -> dict[tuple[str, str, str], datetime]:
    """When a lane's submissions were really sent in the rehearsal, where they were; the last roster counts."""
    found: dict[tuple[str, str, str], datetime] = {}
    for duty in duties:
        if duty.kind != "submit" or duty.key not in done:
            continue
        s = world.processes[duty.process]
        kind = "semester_submission" if "-" in s.period else "yearly_submission"
        place = (s.period, s.params["lane"], kind)
        found[place] = max(done[duty.key], found.get(place, done[duty.key]))
    return found
