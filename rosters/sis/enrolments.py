"""rosters: which courses there are for whom, and how the enrolments file fits them. 規§5.3.1, 規§8.

補修, 重修 and 重讀 hang on a course of this school; 借讀 and 轉學轉科 bring a course of their own.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence

from rosters.sis.finding import Finding, unknown
from rules.school_files import EnrolmentRow, Known

_DATA = ("subject_name", "credits", "teacher_no")


class Offered:
    """The courses of each semester by code and class, and who sits in which class."""

    def __init__(self, known: Known) -> None:
        self.known = known
        self._classes: dict[tuple[str, str, str], set[str]] = defaultdict(set)
        for year, semester, class_, code in known.courses or ():
            self._classes[(year, semester, code)].add(class_)
        self._of: dict[str, set[str]] = defaultdict(set)
        for student, class_ in known.placed or ():
            self._of[student].add(class_)

    def classes(self, year: int, semester: int, code: str) -> tuple[str, ...]:
        """The classes that have a course in a semester."""
        return tuple(sorted(self._classes.get((str(year), str(semester), code), ())))

    def classes_of(self, student: str) -> tuple[str, ...]:
        """The class of a student; both, where a file moves the student to another."""
        return tuple(sorted(self._of.get(student, ())))

    def to_student(self, year: int, semester: int, code: str, student: str) -> str | None:
        """The rule that is broken where a student has a mark in a course that is not theirs."""
        if self.known.courses is None or (str(year), str(semester), student, code) in (self.known.enrolled or ()):
            return None
        there = self.classes(year, semester, code)
        if not there:
            return "unknown_course"
        own = self.classes_of(student)
        return "not_their_course" if own and not set(own) & set(there) else None


def enrolment_findings(
    rows: Sequence[EnrolmentRow], known: Known, offered: Offered, school_code: str
) -> Iterator[Finding]:
    """What is wrong with registered enrolments, row by row."""
    outside: dict[tuple[int, int, str], EnrolmentRow] = {}
    for row in rows:
        yield from unknown("unknown_student", "enrolments", row, "student_no", known.students)
        yield from unknown("unknown_class", "enrolments", row, "class_code", known.classes)
        if row.outside:
            first = outside.setdefault((row.school_year, row.semester, row.course_code), row)
            yield from _of_outside(row, first, known, school_code)
        elif row.enrolment is not None:
            yield from _of_own(row, offered)


def _of_outside(row: EnrolmentRow, first: EnrolmentRow, known: Known, school_code: str) -> Iterator[Finding]:
    for field in _DATA:
        if getattr(row, field) is None:
            yield Finding(rule="needed_outside", stem="enrolments", row=row, field=field)
    for field in ("teacher_no", "deputy_teacher_no"):
        yield from unknown("unknown_staff", "enrolments", row, field, known.staff)
    if row.teacher_no is not None and row.deputy_teacher_no == row.teacher_no:
        yield Finding(
            rule="own_deputy", stem="enrolments", row=row, field="deputy_teacher_no", value=row.deputy_teacher_no
        )
    if row.enrolment == "visiting" and row.course_code[3:9] == school_code:
        yield Finding(rule="own_course", stem="enrolments", row=row, field="course_code", value=row.course_code)
    same = (*_DATA, "enrolment", "deputy_teacher_no")
    if any(getattr(row, field) != getattr(first, field) for field in same):
        yield Finding(
            rule="outside_differs",
            stem="enrolments",
            row=row,
            field="course_code",
            value=row.course_code,
            detail=str(first.place.row),
        )


def _of_own(row: EnrolmentRow, offered: Offered) -> Iterator[Finding]:
    there = offered.classes(row.school_year, row.semester, row.course_code)
    if offered.known.courses is None:
        return
    if not there or (row.class_code is not None and row.class_code not in there):
        yield Finding(rule="unknown_course", stem="enrolments", row=row, field="course_code", value=row.course_code)
    elif row.class_code is None and len(there) > 1 and not set(offered.classes_of(row.student_no)) & set(there):
        yield Finding(rule="several_classes", stem="enrolments", row=row, field="class_code", detail="、".join(there))
