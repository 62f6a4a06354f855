"""rosters: what the school's files say about each other: twice, unknown, contradicting. 規§5.1.1, 規§5.2.1.

A check gives findings about rows that could be read; keys of rows that could not be read in full
still count as known, so that one slip is told once.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Iterator, Sequence
from datetime import date
from typing import TypeVar

from rosters.schemas import load_rosters
from rosters.sis.enrolments import Offered, enrolment_findings
from rosters.sis.finding import Finding, unknown
from rules.identity import read_identity
from rules.roc import ROC_OFFSET
from rules.rosters.doctor_data import DoctorData
from rules.school_files import (
    AdvisoryRow,
    CadreRow,
    ClassRow,
    CourseRow,
    GradeRow,
    Known,
    PostRow,
    Row,
    SchoolFiles,
    StudentRow,
    Track,
)

_TRACK_NAMES = {
    Track.GENERAL: "普通型",
    Track.VOCATIONAL: "專業群",
    Track.COMPREHENSIVE: "綜合型",
    Track.CONTINUING: "進修部",
}


def findings(files: SchoolFiles, known: Known, school_code: str) -> Iterator[Finding]:
    """Every finding of a school's files, file by file and in the order of rows."""
    doctor = load_rosters().doctor
    classes = {(row.school_year, row.class_code): row for row in files.classes}
    for student in files.students:
        yield from _of_student(student, files.classes, known, doctor)
    yield from _twice("students", files.students, "student_no", lambda r: r.student_no)
    yield from _twice("students", files.students, "national_id", lambda r: r.national_id)
    yield from _twice("students", files.students, "seat_no", lambda r: (r.class_code, r.seat_no))
    for class_row in files.classes:
        yield from _unknown_staff("classes", class_row, "homeroom_staff_no", known)
    yield from _of_classes(files.classes, doctor)
    yield from _twice("classes", files.classes, "class_code", lambda r: (r.school_year, r.class_code))
    yield from _twice("staff", files.staff, "staff_no", lambda r: r.staff_no)
    yield from _twice("staff", files.staff, "national_id", lambda r: r.national_id)
    for post in files.posts:
        yield from _of_post(post, known)
    yield from _twice("posts", files.posts, None, lambda r: (r.post_id, r.staff_no, r.first_day))
    for course in files.courses:
        yield from _of_course(course, classes, known)
    yield from _twice(
        "courses", files.courses, "course_code", lambda r: (r.school_year, r.semester, r.course_code, r.class_code)
    )
    offered = Offered(known)
    yield from enrolment_findings(files.enrolments, known, offered, school_code)
    yield from _twice(
        "enrolments",
        files.enrolments,
        "course_code",
        lambda r: (r.school_year, r.semester, r.student_no, r.course_code, r.class_code),
    )
    for grade in files.grades:
        yield from _of_grade(grade, known, offered, doctor)
    yield from _twice("grades", files.grades, None, lambda r: (r.school_year, r.semester, r.student_no, r.course_code))
    for cadre in files.cadre:
        yield from _of_cadre(cadre, known)
    yield from _twice(
        "cadre",
        files.cadre,
        None,
        lambda r: (r.school_year, r.semester, r.student_no, r.unit_name, r.position, r.first_day),
    )
    for talk in files.advisory:
        yield from _of_advisory(talk, known)
    yield from _twice("advisory", files.advisory, None, lambda r: (r.day, r.teacher_no, r.topic, r.student_nos))


def _of_classes(classes: Sequence[ClassRow], doctor: DoctorData) -> Iterator[Finding]:
    """Groups and departments, where the file has these columns; 2,686 students were once reported without."""
    filled = [f for f in ("group_code", "department_code") if any(getattr(row, f) for row in classes)]
    for row in classes:
        for field in filled:
            if getattr(row, field) is None:
                yield Finding(rule="group_missing", stem="classes", row=row, field=field)
        if row.class_kind in doctor.continuing_kinds and row.track is not Track.CONTINUING:
            yield Finding(rule="division_differs", stem="classes", row=row, field="class_kind", value=row.class_kind)


def _of_student(
    student: StudentRow, classes: Sequence[ClassRow], known: Known, doctor: DoctorData
) -> Iterator[Finding]:
    span = doctor.age["continuing" if student.track is Track.CONTINUING else "day"]
    age = student.entry_year + ROC_OFFSET - student.birth_date.year
    if not span.least <= age <= span.most:
        yield Finding(rule="birth_entry", stem="students", row=student, field="birth_date", detail=str(age))
    if read_identity(student.national_id).sex is not student.sex:
        yield Finding(rule="identity_sex", stem="students", row=student, field="sex")
    if not _rising(student.special_status):
        yield Finding(rule="code_list_order", stem="students", row=student, field="special_status")
    yield from unknown("unknown_class", "students", student, "class_code", known.classes)
    own = [row for row in classes if row.class_code == student.class_code]
    if own and all((row.grade, row.track) != (student.grade, student.track) for row in own):
        yield _differs("students", student, own[-1])


def _rising(codes: Sequence[str]) -> bool:
    """Whether codes stand in order, numbers by their value; `4,1,24` was found in the central database."""
    ranked = [(0, int(c), "") if c.isascii() and c.isdigit() else (1, 0, c) for c in codes]
    return ranked == sorted(ranked)


def _of_post(post: PostRow, known: Known) -> Iterator[Finding]:
    for field in ("staff_no", "first_deputy_no", "second_deputy_no"):
        yield from _unknown_staff("posts", post, field, known)
    for field in ("first_deputy_no", "second_deputy_no"):
        if getattr(post, field) == post.staff_no:
            yield Finding(rule="own_deputy", stem="posts", row=post, field=field, value=post.staff_no)
    if post.first_deputy_no is not None and post.first_deputy_no == post.second_deputy_no:
        yield Finding(
            rule="deputies_same", stem="posts", row=post, field="second_deputy_no", value=post.second_deputy_no
        )
    if post.last_day is not None and post.last_day < post.first_day:
        yield Finding(rule="last_before_first", stem="posts", row=post, field="last_day")


def _of_course(course: CourseRow, classes: dict[tuple[int, str], ClassRow], known: Known) -> Iterator[Finding]:
    yield from unknown("unknown_class", "courses", course, "class_code", known.classes)
    yield from _unknown_staff("courses", course, "teacher_no", known)
    yield from _unknown_staff("courses", course, "deputy_teacher_no", known)
    if course.deputy_teacher_no == course.teacher_no:
        yield Finding(rule="own_deputy", stem="courses", row=course, field="deputy_teacher_no", value=course.teacher_no)
    expected = course.school_year - course.grade + 1
    if int(course.course_code[:3]) != expected:
        yield Finding(
            rule="course_code_year",
            stem="courses",
            row=course,
            field="course_code",
            value=course.course_code,
            detail=str(expected),
        )
    own = classes.get((course.school_year, course.class_code))
    if own is not None and own.grade != course.grade:
        yield _differs("courses", course, own)


def _of_grade(grade: GradeRow, known: Known, offered: Offered, doctor: DoctorData) -> Iterator[Finding]:
    if (grade.passed and grade.score < doctor.sure_fail) or (not grade.passed and grade.score >= doctor.sure_pass):
        yield Finding(rule="passed_differs", stem="grades", row=grade, field="passed", value=str(grade.score))
    yield from unknown("unknown_student", "grades", grade, "student_no", known.students)
    if rule := offered.to_student(grade.school_year, grade.semester, grade.course_code, grade.student_no):
        detail = "、".join(offered.classes_of(grade.student_no)) if rule == "not_their_course" else ""
        yield Finding(rule=rule, stem="grades", row=grade, field="course_code", value=grade.course_code, detail=detail)


def _of_advisory(row: AdvisoryRow, known: Known) -> Iterator[Finding]:
    yield from _unknown_staff("advisory", row, "teacher_no", known)
    for number in row.student_nos:
        if known.students is not None and number not in known.students:
            yield Finding(rule="unknown_student", stem="advisory", row=row, field="student_nos", value=number)


def _of_cadre(cadre: CadreRow, known: Known) -> Iterator[Finding]:
    yield from unknown("unknown_student", "cadre", cadre, "student_no", known.students)
    first = date(cadre.school_year + ROC_OFFSET, 8, 1)
    if cadre.last_day < cadre.first_day:
        yield Finding(rule="last_before_first", stem="cadre", row=cadre, field="last_day")
    elif cadre.last_day < first or cadre.first_day >= first.replace(year=first.year + 1):
        yield Finding(rule="term_differs", stem="cadre", row=cadre, field="first_day")


def _differs(stem: str, row: StudentRow | CourseRow, own: ClassRow) -> Finding:
    return Finding(
        rule="class_differs",
        stem=stem,
        row=row,
        field="grade",
        value=str(row.grade),
        detail=f"{own.class_code}: {own.grade}, {_TRACK_NAMES[own.track]}",
    )


def _unknown_staff(stem: str, row: Row, field: str, known: Known) -> Iterator[Finding]:
    yield from unknown("unknown_staff", stem, row, field, known.staff)


_AnyRow = TypeVar("_AnyRow", bound=Row)


def _twice(
    stem: str, rows: Iterable[_AnyRow], field: str | None, key: Callable[[_AnyRow], Hashable]
) -> Iterator[Finding]:
    """A finding for every row whose key an earlier row has; it names the earlier row."""
    first: dict[Hashable, int] = {}
    for row in rows:
        earlier = first.setdefault(key(row), row.place.row)
        if earlier != row.place.row:
            value = None if field is None else str(getattr(row, field))
            yield Finding(rule="duplicate", stem=stem, row=row, field=field, value=value, detail=str(earlier))
