"""cli: a pack's whole year rehearsed by the planner alone: no server, no database, no account."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

from cli import show
from rosters.documents import load_national, load_pack
from rules.days import WorkingDays
from rules.rehearsal import EveryoneOnTime, NobodyActs, World, rehearse
from rules.ruleset import RuleSet
from rules.snapshot import Basis, CourseRef, Structure

NATIONAL = Path(__file__).resolve().parents[1] / "schools" / "national" / "115.yaml"


def print_plan(pack: Path, *, nobody: bool, as_json: bool) -> int:
    """Print every opening, reminder, escalation and closing of each calendar of the pack."""
    documents, national = load_pack(pack), load_national(NATIONAL)
    found = []
    for year, calendar in sorted(documents.calendars.items()):
        basis = Basis(documents.rules, calendar, national, WorkingDays(national.office_years), calendar.opens)
        world = World("rehearsal", str(year), basis, invented(documents.rules, sorted(calendar.semesters)))
        trace = rehearse(world, NobodyActs() if nobody else EveryoneOnTime())
        found.append((year, trace))
    if as_json:
        show.emit(
            [
                {
                    "school_year": year,
                    "moments": [
                        {
                            "at": m.at,
                            "kind": m.kind,
                            "outcome": m.outcome,
                            "process": m.process,
                            "key": m.key,
                            "text": m.text,
                        }
                        for m in trace
                        if m.kind != "round"
                    ],
                }
                for year, trace in found
            ]
        )
        return 0
    for year, trace in found:
        show.table(
            ("時間 at", "", "", "流程 process"), [(m.at, m.kind, m.text, m.process) for m in trace if m.kind != "round"]
        )
        print(f"{year}: " + ", ".join(f"{k} {n}" for k, n in sorted(Counter(m.kind for m in trace).items())))
    return 0


def invented(rules: RuleSet, semesters: list[str]) -> Structure:
    """One class of two courses in every lane: enough for each kind of step to appear."""
    classes = {f"{lane.id}-1": lane.id for lane in rules.lanes}
    courses = [
        CourseRef(f"{s}/{c}/{n:02d}", lane, c, s, f"course_teacher:{s}/{c}/{n:02d}")
        for s in semesters
        for c, lane in classes.items()
        for n in (1, 2)
    ]
    return Structure(tuple(courses), classes, frozenset(classes.values()))
