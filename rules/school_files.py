"""rules: typed rows of the school's files. Names from the glossary. Sources: 規§2, 規§5.1, 規§5.2.

Every row keeps the place it came from. Days are calendar days of Asia/Taipei; a last day is included.
"""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Literal

from rules.identity import Sex
from rules.instants import Model
from rules.items.schema import Enrolment


class Track(StrEnum):
    """學程: what a student's dates and batch hang on."""

    GENERAL = "general"
    VOCATIONAL = "vocational"
    COMPREHENSIVE = "comprehensive"
    CONTINUING = "continuing"


class CadreLevel(StrEnum):
    """幹部等級: 校級, 班級, 社團. It decides which section enters the record (規§5.1.2)."""

    SCHOOL = "school"
    CLASS = "class"
    CLUB = "club"


class Place(Model):
    """Where a row stands: the file's name and its row, the header being row 1."""

    file: str
    row: int


class Row(Model):
    """What all rows share."""

    place: Place


class StudentRow(Row):
    """A student; `grade` 1 to 3 (年級), `entry_year` a school year of the ROC. 規§5.1.1."""

    student_no: str
    name: str
    national_id: str
    birth_date: date
    sex: Sex
    grade: int
    class_code: str
    seat_no: int
    track: Track
    entry_year: int
    private_email: str | None
    special_status: tuple[str, ...] = ()


class ClassRow(Row):
    """A class of one school year and its homeroom teacher."""

    school_year: int
    class_code: str
    class_name: str
    grade: int
    track: Track
    homeroom_staff_no: str
    group_code: str | None = None
    department_code: str | None = None
    division_code: str | None = None
    class_kind: str | None = None


class StaffRow(Row):
    """A member of staff, or a person from outside who holds a seat of the working group."""

    staff_no: str
    name: str
    national_id: str
    birth_date: date
    email: str


class PostRow(Row):
    """Who holds a post from when to when, with both deputies (規§2, 規§10.1.2); `last_day` None: open."""

    post_id: str
    post_name: str
    office: str
    staff_no: str
    first_day: date
    last_day: date | None
    first_deputy_no: str | None
    second_deputy_no: str | None


class CourseRow(Row):
    """A course of one class in one semester, who teaches it and who stands in (規§5.3.2)."""

    school_year: int
    semester: int
    course_code: str
    subject_name: str
    credits: int
    grade: int
    class_code: str
    teacher_no: str
    deputy_teacher_no: str | None


class EnrolmentRow(Row):
    """How one student takes one course, where it is not the regular way. 規§5.3.1, 規§8.

    `enrolment` None takes an earlier registration back. A course of a visit or from before a transfer is none
    of the courses file: its subject, credits and certifying teacher stand here.
    """

    school_year: int
    semester: int
    student_no: str
    enrolment: Enrolment | None
    course_code: str
    class_code: str | None = None
    subject_name: str | None = None
    credits: int | None = None
    teacher_no: str | None = None
    deputy_teacher_no: str | None = None

    @property
    def outside(self) -> bool:
        """Whether the course was not, or not here, one of the courses file."""
        return self.enrolment in ("visiting", "transfer")


class GradeRow(Row):
    """A student's grade in one course; scores from 0 to 100. 規§5.2.1."""

    school_year: int
    semester: int
    student_no: str
    course_code: str
    score: Decimal
    passed: bool
    makeup_score: Decimal | None


class CadreRow(Row):
    """A student's time as an officer of school, class or club. 規§5.1.2."""

    school_year: int
    semester: int
    student_no: str
    unit_name: str
    first_day: date
    last_day: date
    position: str
    level: CadreLevel


class AdvisoryRow(Row):
    """One course advisory talk (課程諮詢紀錄), with whom it was. 規§5.2.2."""

    school_year: int
    semester: int
    day: date
    location: str | None = None
    form: Literal["group", "individual"]
    topic: str
    content: str
    teacher_no: str
    student_nos: tuple[str, ...]


class SchoolFiles(Model):
    """Everything readable in a folder, each tuple in the file's order.

    A row with an error is left out, so an import is complete only without errors among the problems.
    """

    students: tuple[StudentRow, ...] = ()
    classes: tuple[ClassRow, ...] = ()
    staff: tuple[StaffRow, ...] = ()
    posts: tuple[PostRow, ...] = ()
    courses: tuple[CourseRow, ...] = ()
    enrolments: tuple[EnrolmentRow, ...] = ()
    grades: tuple[GradeRow, ...] = ()
    cadre: tuple[CadreRow, ...] = ()
    advisory: tuple[AdvisoryRow, ...] = ()


class Known(Model):
    """Keys that stand in the files, whether or not their rows could be read; None: the file could not."""

    staff: frozenset[str] | None = None
    students: frozenset[str] | None = None
    classes: frozenset[str] | None = None
    courses: frozenset[tuple[str, ...]] | None = None
    """School year, semester, class and code."""
    placed: frozenset[tuple[str, ...]] | None = None
    """Student number and class."""
    enrolled: frozenset[tuple[str, ...]] | None = None
    """School year, semester, student number and code of what is registered beside the class's courses."""

    def joined(self, other: Known) -> Known:
        """What either knows; None only where both know nothing."""
        pairs = {f: (getattr(self, f), getattr(other, f)) for f in type(self).model_fields}
        return Known(
            **{
                f: None if a is None and b is None else (a or frozenset()) | (b or frozenset())
                for f, (a, b) in pairs.items()
            }
        )
