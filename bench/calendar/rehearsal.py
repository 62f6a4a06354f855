"""bench: the plan of a year with its rehearsal, for a large school, and its cost a school for 500 schools beside 50."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path
from statistics import median
from time import process_time

from bench.harness import Figure, at_most
from rosters.documents import load_document, load_national, load_pack
from rules.posts import Holding
from rules.rehearsals.data import Assumptions
from rules.rehearsals.report import rehearse_year
from rules.rehearsals.school import School
from rules.rehearsals.staffing import Staffing
from rules.schedule import working_days
from rules.snapshot import Basis, CourseRef, Structure

ROOT = Path(__file__).resolve().parents[2]
STUDENTS, TEACHERS, POSTS = 3000, 200, 40
CLASS = 40
COURSES = 12
"""Courses of a class in a semester."""


def figures(*, quick: bool) -> list[Figure]:
    """Seconds of a rehearsal at full size, the worst assumption counting; cost a school, 500 beside 50."""
    basis, assumed = _basis(), load_document(ROOT / "schools" / "assumptions.yaml", Assumptions)
    large = school(basis, STUDENTS, TEACHERS)
    runs = [partial(rehearse_year, "bench", basis, large, assumed, how) for how in ("on-time", "nobody", "arrivals")]
    taken = [_cpu(run, 1 if quick else 3) for run in runs]
    small = school(basis, 120, 12)
    few, many = (20, 200) if quick else (50, 500)
    each = [_per_school(partial(rehearse_year, "bench", basis, small, assumed, "on-time"), n) for n in (few, many)]
    growth = Figure(
        f"rehearsal, cost a school: {many} schools against {few}",
        round(each[1] * 1000, 3),
        round(each[0] * 1000, 3),
        "ms",
        "<= 1.3 times",
        each[1] <= 1.3 * each[0],
        at_most("", 0, 1, "").memory_mb,
    )
    name = f"plan with rehearsal: {STUDENTS} students, {TEACHERS} teachers, {POSTS} posts"
    return [at_most(name, max(taken), 1.0, "s"), growth]


def school(basis: Basis, students: int, teachers: int) -> School:
    """An invented school: every post with two deputies, courses shared out among the teachers."""
    lanes = [lane.id for lane in basis.rules.lanes]
    classes = {f"c{n:03d}": lanes[n % len(lanes)] for n in range(students // CLASS)}
    courses, holdings = [], {}
    for semester in sorted(basis.calendar.semesters):
        for class_, lane in classes.items():
            for n in range(COURSES):
                id_ = f"{semester}/{class_}/{n:02d}"
                courses.append(CourseRef(id_, lane, class_, semester, f"course_teacher:{id_}"))
    since = basis.since
    for n, course in enumerate(courses):
        holdings[course.post] = [
            Holding(f"t{n % teachers:03d}", 0, since),
            Holding(f"t{(n + 1) % teachers:03d}", 1, since),
        ]
    named = [p.id for p in basis.rules.posts if p.per == "school"]
    for n, post in enumerate([*named, *(f"post{m}" for m in range(POSTS - len(named)))]):
        holdings[post] = [Holding(f"p{(n + rank) % POSTS:02d}", rank, since) for rank in range(3)]
    sizes = dict.fromkeys(classes, CLASS)
    per_lane = {lane: CLASS * sum(x == lane for x in classes.values()) for lane in lanes}
    return School(Structure(tuple(courses), classes, frozenset(per_lane)), Staffing(holdings), per_lane, sizes)


def _cpu(work: Callable[[], object], rounds: int) -> float:
    """Median seconds of pure computing: what the processor worked, whatever else the machine did meanwhile."""
    taken = []
    for _ in range(rounds):
        started = process_time()
        work()
        taken.append(process_time() - started)
    return median(taken)


def _per_school(work: Callable[[], object], count: int) -> float:
    """Seconds a school, one after the other in one process, as a county's night run does it."""
    started = process_time()
    for _ in range(count):
        work()
    return (process_time() - started) / count


def _basis() -> Basis:
    pack = load_pack(ROOT / "schools" / "licheng")
    national = load_national(ROOT / "schools" / "national" / "115.yaml")
    calendar = pack.calendars[115]
    return Basis(pack.rules, calendar, national, working_days(national, calendar), calendar.opens)
