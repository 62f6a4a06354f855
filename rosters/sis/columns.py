"""rosters: which files and columns a registrar hands in, as data. Sources: 規§2, 規§5.1, 規§5.2."""

from __future__ import annotations

from enum import StrEnum
from typing import Any

from rules.identity import Sex
from rules.instants import Model
from rules.school_files import (
    AdvisoryRow,
    CadreLevel,
    CadreRow,
    ClassRow,
    CourseRow,
    EnrolmentRow,
    GradeRow,
    PostRow,
    Row,
    StaffRow,
    StudentRow,
    Track,
)


class Reading(StrEnum):
    """How the cells of a column are read."""

    TEXT = "text"
    NAME = "name"
    """A person's name: no character that a conversion lost, none that nobody sees."""
    CODE = "code"
    POST = "post"
    COURSE_CODE = "course_code"
    ANY_COURSE_CODE = "any_course_code"
    """Of whatever school."""
    IDENTITY = "identity"
    EMAIL = "email"
    ROC_DAY = "roc_day"
    WHOLE = "whole"
    SCORE = "score"
    CHOICE = "choice"
    CODE_LIST = "code_list"


class Column(Model):
    """One column: its header, the field it fills, how it is read.

    `may_be_empty`: an empty cell is None. `may_be_absent`: the file may lack the column.
    `low` and `high` bound whole numbers, both included.
    """

    name: str
    field: str
    reading: Reading = Reading.TEXT
    may_be_empty: bool = False
    may_be_absent: bool = False
    personal: bool = False
    low: int = 0
    high: int = 0
    longest: int = 100
    choices: tuple[tuple[str, Any], ...] = ()


class FileSpec(Model):
    """One file: its name without ending, its columns, the clause it rests on."""

    stem: str
    title: str
    clause: str
    row_type: type[Row]
    columns: tuple[Column, ...]
    optional: bool = False
    """A school may have none of it yet; the other files are asked for."""


_TRACKS = (
    ("普通型", Track.GENERAL),
    ("專業群", Track.VOCATIONAL),
    ("綜合型", Track.COMPREHENSIVE),
    ("進修部", Track.CONTINUING),
)
_SEXES = (("男", Sex.MALE), ("女", Sex.FEMALE), ("1", Sex.MALE), ("2", Sex.FEMALE))
_PASSED = (("是", True), ("否", False), ("1", True), ("0", False))
_FORMS = (("團體", "group"), ("個別", "individual"))
_ENROLMENTS = (
    ("補修", "makeup"),
    ("重修", "retake"),
    ("重讀", "repeat_grade"),
    ("轉學轉科", "transfer"),
    ("借讀", "visiting"),
    ("取消", None),
)
_LEVELS = (("校級", CadreLevel.SCHOOL), ("班級", CadreLevel.CLASS), ("社團", CadreLevel.CLUB))


def _text(name: str, field: str) -> Column:
    return Column(name=name, field=field)


def _code(name: str, field: str) -> Column:
    return Column(name=name, field=field, reading=Reading.CODE)


def _code_or_none(name: str, field: str) -> Column:
    return Column(name=name, field=field, reading=Reading.CODE, may_be_empty=True)


def _optional_codes(*pairs: tuple[str, str]) -> tuple[Column, ...]:
    return tuple(
        Column(name=name, field=field, reading=Reading.CODE, may_be_empty=True, may_be_absent=True)
        for name, field in pairs
    )


def _whole(name: str, field: str, low: int, high: int) -> Column:
    return Column(name=name, field=field, reading=Reading.WHOLE, low=low, high=high)


def _day(name: str, field: str) -> Column:
    return Column(name=name, field=field, reading=Reading.ROC_DAY)


def _choice(name: str, field: str, choices: tuple[tuple[str, Any], ...]) -> Column:
    return Column(name=name, field=field, reading=Reading.CHOICE, choices=choices)


_SCHOOL_YEAR = _whole("學年度", "school_year", 108, 199)
_SEMESTER = _whole("學期", "semester", 1, 2)
_GRADE = _whole("年級", "grade", 1, 3)
_TRACK = _choice("學程", "track", _TRACKS)
_CLASS = _text("班級代碼", "class_code")
_STUDENT = _code("學號", "student_no")
_STAFF = _code("職員編號", "staff_no")
_COURSE = Column(name="課程代碼", field="course_code", reading=Reading.COURSE_CODE)
_PERSON = (
    Column(name="姓名", field="name", reading=Reading.NAME, personal=True),
    Column(name="身分證號", field="national_id", reading=Reading.IDENTITY, personal=True),
    Column(name="出生日期", field="birth_date", reading=Reading.ROC_DAY, personal=True),
)

# A table: a file, its columns in the order they are usually printed.
# fmt: off
FILES: tuple[FileSpec, ...] = (
    FileSpec(
        stem="students", title="學生", clause="規§5.1.1", row_type=StudentRow,
        columns=(
            _STUDENT, *_PERSON, _choice("性別", "sex", _SEXES), _GRADE, _CLASS,
            _whole("座號", "seat_no", 1, 99), _TRACK, _whole("入學學年度", "entry_year", 100, 199),
            Column(name="私人信箱", field="private_email", reading=Reading.EMAIL, may_be_empty=True, personal=True),
            Column(
                name="特殊身分別", field="special_status", reading=Reading.CODE_LIST,
                may_be_empty=True, may_be_absent=True, personal=True,
            ),
        ),
    ),
    FileSpec(
        stem="classes", title="班級", clause="規§5.1.1", row_type=ClassRow,
        columns=(
            _SCHOOL_YEAR, _CLASS, _text("班級名稱", "class_name"), _GRADE, _TRACK,
            _code("導師職員編號", "homeroom_staff_no"),
            *_optional_codes(
                ("群別代碼", "group_code"), ("科班學程別代碼", "department_code"),
                ("部別代碼", "division_code"), ("班別", "class_kind"),
            ),
        ),
    ),
    FileSpec(
        stem="staff", title="教職員", clause="規§5.0", row_type=StaffRow,
        columns=(_STAFF, *_PERSON, Column(name="信箱", field="email", reading=Reading.EMAIL, personal=True)),
    ),
    FileSpec(
        stem="posts", title="職務", clause="規§2", row_type=PostRow,
        columns=(
            Column(name="職務代碼", field="post_id", reading=Reading.POST),
            _text("職務名稱", "post_name"), _text("處室", "office"), _STAFF, _day("起日", "first_day"),
            Column(name="迄日", field="last_day", reading=Reading.ROC_DAY, may_be_empty=True),
            _code_or_none("第一代理人", "first_deputy_no"), _code_or_none("第二代理人", "second_deputy_no"),
        ),
    ),
    FileSpec(
        stem="courses", title="課程", clause="規§5.3.2", row_type=CourseRow,
        columns=(
            _SCHOOL_YEAR, _SEMESTER, _COURSE, _text("科目名稱", "subject_name"), _whole("學分", "credits", 0, 20),
            _whole("開課年級", "grade", 1, 3), _CLASS, _code("任課教師職員編號", "teacher_no"),
            _code_or_none("代理教師職員編號", "deputy_teacher_no"),
        ),
    ),
    FileSpec(
        stem="enrolments", title="修課身分", clause="規§8", row_type=EnrolmentRow, optional=True,
        columns=(
            _SCHOOL_YEAR, _SEMESTER, _STUDENT, _choice("修課身分", "enrolment", _ENROLMENTS),
            Column(name="課程代碼", field="course_code", reading=Reading.ANY_COURSE_CODE),
            Column(name="班級代碼", field="class_code", may_be_empty=True, may_be_absent=True),
            Column(name="科目名稱", field="subject_name", may_be_empty=True, may_be_absent=True),
            Column(
                name="學分", field="credits", reading=Reading.WHOLE, high=20, may_be_empty=True, may_be_absent=True
            ),
            *_optional_codes(("認證教師職員編號", "teacher_no"), ("代理教師職員編號", "deputy_teacher_no")),
        ),
    ),
    FileSpec(
        stem="grades", title="成績", clause="規§5.2.1", row_type=GradeRow,
        columns=(
            _SCHOOL_YEAR, _SEMESTER, _STUDENT, _COURSE,
            Column(name="學期學業成績", field="score", reading=Reading.SCORE, high=100),
            _choice("成績及格", "passed", _PASSED),
            Column(name="補考成績", field="makeup_score", reading=Reading.SCORE, high=100, may_be_empty=True),
        ),
    ),
    FileSpec(
        stem="cadre", title="幹部經歷", clause="規§5.1.2", row_type=CadreRow,
        columns=(
            _SCHOOL_YEAR, _SEMESTER, _STUDENT, _text("單位名稱", "unit_name"), _day("開始日期", "first_day"),
            _day("結束日期", "last_day"), _text("擔任職務", "position"), _choice("幹部等級", "level", _LEVELS),
        ),
    ),
    FileSpec(
        stem="advisory", title="課程諮詢紀錄", clause="規§5.2.2", row_type=AdvisoryRow, optional=True,
        columns=(
            _SCHOOL_YEAR, _SEMESTER, _day("諮詢日期", "day"),
            Column(name="地點", field="location", may_be_empty=True, may_be_absent=True),
            _choice("方式", "form", _FORMS), _text("主題", "topic"),
            Column(name="內容", field="content", personal=True, longest=2000), _code("諮詢教師職員編號", "teacher_no"),
            Column(name="學號", field="student_nos", reading=Reading.CODE_LIST, longest=2000),
        ),
    ),
)
# fmt: on

SPEC = {spec.stem: spec for spec in FILES}
