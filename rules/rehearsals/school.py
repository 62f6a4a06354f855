"""rules: a school as a rehearsal needs it, from the registrar's rows: structure, posts, sizes. 規§2, 規§5.1.1"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import count

from rules.instants import at_taipei
from rules.posts import Away, Holding
from rules.rehearsals.staffing import Staffing
from rules.ruleset import RuleSet
from rules.school_files import SchoolFiles
from rules.snapshot import CourseRef, Structure


@dataclass(frozen=True, slots=True)
class School:
    """Whom and what a year is rehearsed with. `sizes`: students of a lane and of a class."""

    structure: Structure
    staffing: Staffing = field(default_factory=Staffing)
    students: Mapping[str, int] = field(default_factory=dict)
    class_sizes: Mapping[str, int] = field(default_factory=dict)
    names: Mapping[str, str] = field(default_factory=dict)


def from_files(
    files: SchoolFiles, rules: RuleSet, absences: Sequence[tuple[str, Away]], *, year: int, starts: datetime
) -> School:
    """The school of a registrar's files, its courses and posts named as an import names them.

    `absences` name a staff number each. A student whom no lane holds is left out: the import refuses those.
    """
    lanes: Counter[str] = Counter()
    sizes: Counter[str] = Counter()
    of_class: dict[str, str] = {}
    for student in sorted(files.students, key=lambda s: s.class_code):
        lane = rules.lane_of(student.grade, student.track.value)
        if lane is not None:
            lanes[lane.id] += 1
            sizes[student.class_code] += 1
            of_class.setdefault(student.class_code, lane.id)
    away: dict[str, list[Away]] = defaultdict(list)
    for person, absence in absences:
        away[person].append(absence)
    holdings, courses = _posts(files, starts), []
    numbers: defaultdict[str, count[int]] = defaultdict(lambda: count(1))
    for row in files.courses:
        semester = f"{row.school_year}-{row.semester}"
        place = f"{semester}/{row.class_code}"
        id_ = f"{place}/{next(numbers[place]):02d}"
        post = f"course_teacher:{id_}"
        holdings[post] = [
            Holding(number, rank, starts)
            for rank, number in enumerate((row.teacher_no, row.deputy_teacher_no))
            if number
        ]
        if row.school_year == year and row.class_code in of_class:
            courses.append(CourseRef(id_, of_class[row.class_code], row.class_code, semester, post))
    return School(
        Structure(tuple(courses), of_class, frozenset(lanes)),
        Staffing(holdings, away),
        dict(lanes),
        dict(sizes),
        {s.staff_no: s.name for s in files.staff},
    )


def invented(rules: RuleSet, semesters: Sequence[str]) -> School:
    """One class of two courses in every lane: enough for each kind of step to appear; nobody holds a post."""
    classes = {f"{lane.id}-1": lane.id for lane in rules.lanes}
    courses = [
        CourseRef(f"{s}/{c}/{n:02d}", lane, c, s, f"course_teacher:{s}/{c}/{n:02d}")
        for s in semesters
        for c, lane in classes.items()
        for n in (1, 2)
    ]
    return School(Structure(tuple(courses), classes, frozenset(classes.values())))


def _posts(files: SchoolFiles, starts: datetime) -> dict[str, list[Holding]]:
    holdings: defaultdict[str, list[Holding]] = defaultdict(list)
    for row in files.posts:
        opens = min(at_taipei(row.first_day), starts)
        closes = at_taipei(row.last_day + timedelta(days=1)) if row.last_day else None
        for rank, number in enumerate((row.staff_no, row.first_deputy_no, row.second_deputy_no)):
            if number:
                holdings[row.post_id].append(Holding(number, rank, opens, closes))
    for class_ in files.classes:
        holdings[f"homeroom_teacher:{class_.class_code}"] = [Holding(class_.homeroom_staff_no, 0, starts)]
    return dict(holdings)
