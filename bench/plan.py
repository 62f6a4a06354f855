"""bench: the planner alone at growing sizes: cost of a question, and of a duty, from a small school to a large one."""

from __future__ import annotations

from pathlib import Path

from bench.harness import Figure, at_most, interleaved
from rosters.documents import load_national, load_pack
from rules.days import WorkingDays
from rules.plan import due_round, due_steps, plan
from rules.rehearsal import World
from rules.ruleset import Kind
from rules.snapshot import Basis, CourseRef, Snapshot, Structure

ROOT = Path(__file__).resolve().parents[1]
SIZES = (60, 240, 960)
"""Courses a semester: from a small school to one of 3,000 students."""


def figures(*, quick: bool) -> list[Figure]:
    """Milliseconds of one question at the largest size, and cost a duty, largest against smallest."""
    snapshots = [semester(n) for n in SIZES]
    at = snapshots[0].calendar.semesters["115-1"].opens

    def ask(s: Snapshot) -> None:
        p = plan(s)
        due_steps(s, p, at)
        due_round(s, p, at)

    taken = interleaved(5 if quick else 25, *[lambda s=s: ask(s) for s in snapshots])
    each = [t / n for t, n in zip(taken, SIZES, strict=True)]
    growth = Figure(
        "planner, cost a duty: 960 against 60 courses",
        round(each[-1] * 1e6, 1),
        round(each[0] * 1e6, 1),
        "µs",
        "<= 1.3 times",
        each[-1] <= 1.3 * each[0],
        at_most("", 0, 1, "").memory_mb,
    )
    return [at_most("planner, one question with 960 courses", taken[-1] * 1000, 100, "ms"), growth]


def semester(courses: int) -> Snapshot:
    """A semester of the founding pack with so many courses, certifications pending in all of them."""
    pack = load_pack(ROOT / "schools" / "licheng")
    national = load_national(ROOT / "schools" / "national" / "115.yaml")
    calendar = pack.calendars[115]
    basis = Basis(pack.rules, calendar, national, WorkingDays(national.office_years), calendar.opens)
    classes = {f"c{n:03d}": pack.rules.lanes[n % 3].id for n in range(max(courses // 12, 3))}
    names = sorted(classes)
    made = tuple(
        CourseRef(f"115-1/{c}/{n:04d}", classes[c], c, "115-1", f"course_teacher:115-1/{c}/{n:04d}")
        for n in range(courses)
        for c in (names[n % len(names)],)
    )
    world = World("bench", "115", basis, Structure(made, classes, frozenset(classes.values())))
    world.settle(calendar.opens)
    found = next(s for s in world.processes.values() if s.kind is Kind.SEMESTER)
    for course in made:
        world.owe(course.id, "115-1", 3)
    return world.processes[found.process]
