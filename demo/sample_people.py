"""demo: the people of an invented school and the two files that hold them; drawn, never taken from life."""

from __future__ import annotations

import random
from datetime import date, timedelta
from typing import NamedTuple

from demo.sample_files import Cells, csv_bytes, sis_csv_bytes
from demo.sample_words import (
    GIVEN_FIRST,
    GIVEN_SECOND,
    OFFICE_POSTS,
    PARENT,
    RARE_GIVEN,
    SCHOOL_YEAR,
    STUDENT,
    SURNAMES,
    Size,
)
from rules.identity import check_digit
from rules.roc import roc_digits


class Student(NamedTuple):
    """A student: `born` in seven ROC digits, `class_index` the place of the class in its size."""

    number: str
    name: str
    identity: str
    born: str
    sex: str
    class_index: int
    seat: int


def invented_identity(second: str, serial: int) -> str:
    """An invented id, by its leading zeros plain to see, with the right check digit."""
    first_nine = f"Y{second}{serial:07}"
    return first_nine + check_digit(first_nine)


def _name(draw: random.Random) -> str:
    return draw.choice(SURNAMES) + draw.choice(GIVEN_FIRST) + draw.choice(GIVEN_SECOND)


def students_of(size: Size, draw: random.Random) -> list[Student]:
    """The students of all classes, class by class and seat by seat."""
    students: list[Student] = []
    serials = dict.fromkeys((1, 2, 3), 0)
    for class_index, (_, _, grade, _) in enumerate(size.classes):
        for seat in range(1, size.students + 1):
            serials[grade] += 1
            ordinal = len(students)
            name, male = _name(draw), draw.random() < 0.5
            if ordinal % 4 == 3 and ordinal // 4 < len(RARE_GIVEN):
                name = name[0] + RARE_GIVEN[ordinal // 4]
            born = date(2011 - grade, 9, 2) + timedelta(days=draw.randrange(365))
            students.append(
                Student(
                    number=f"{SCHOOL_YEAR - grade + 1}{serials[grade]:03}",
                    name=name,
                    identity=invented_identity(_second_of_student(ordinal, male=male), ordinal + 1),
                    born=roc_digits(born),
                    sex="男" if male else "女",
                    class_index=class_index,
                    seat=seat,
                )
            )
    return students


def _second_of_student(ordinal: int, *, male: bool) -> str:
    """The second character of an id: two students bear resident certificates, one of each kind."""
    kinds = {1: ("8", "9"), 2: ("A", "B")}
    return kinds.get(ordinal, ("1", "2"))[0 if male else 1]


def students_csv(size: Size, students: list[Student]) -> bytes:
    """`students.csv` in UTF-8 with BOM."""
    header = (
        "學號",
        "姓名",
        "身分證號",
        "出生日期",
        "性別",
        "年級",
        "班級代碼",
        "座號",
        "學程",
        "入學學年度",
        "私人信箱",
    )
    rows: list[Cells] = []
    for ordinal, one in enumerate(students):
        code, _, grade, track = size.classes[one.class_index]
        mail = "" if ordinal % 5 == 4 else f"s{one.number}@mail.example"
        entry = SCHOOL_YEAR - grade + 1
        rows.append((one.number, one.name, one.identity, one.born, one.sex, grade, code, one.seat, track, entry, mail))
    return csv_bytes(header, rows, encoding="utf-8-sig")


def staff_csv(size: Size, draw: random.Random) -> bytes:
    """`staff.csv` in CP950: office holders, teachers, the two representatives from outside."""
    numbers = [post.holder for post in OFFICE_POSTS]
    numbers += [f"T{ordinal:02}" for ordinal in range(1, size.teachers + 1)] + [PARENT, STUDENT]
    rows: list[Cells] = []
    for ordinal, number in enumerate(numbers):
        first_born = 1965 if number != STUDENT else 2008
        born = date(first_born, 1, 1) + timedelta(days=draw.randrange(365 if number == STUDENT else 25 * 365))
        identity = invented_identity(draw.choice("12"), 9001 + ordinal)
        rows.append((number, _name(draw), identity, _slashed(born), f"{number.lower()}@licheng.example"))
    return sis_csv_bytes(("職員編號", "姓名", "身分證號", "出生日期", "信箱"), rows)


def _slashed(day: date) -> str:
    return f"{day.year - 1911}/{day.month}/{day.day}"
