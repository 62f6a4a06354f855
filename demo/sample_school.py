"""demo: the input folder of an invented school, as a registrar would hand it in; the same bytes every time.

`python -m demo.sample_school` writes both sizes under schools/samples/.
"""

from __future__ import annotations

import random
from pathlib import Path
from typing import NamedTuple

from demo.sample_files import Cells, csv_bytes, xlsx_bytes
from demo.sample_people import Student, staff_csv, students_csv, students_of
from demo.sample_words import OFFICE_POSTS, PARENT, SCHOOL_CODE, SCHOOL_NAME, SCHOOL_YEAR, SIZES, STUDENT, Size, Subject

SEED = 115
SEMESTERS = (1, 2)
TERM_DAYS = {1: ("1150831", "1160120"), 2: ("1160222", "1160630")}
SAMPLES = Path(__file__).resolve().parent.parent / "schools" / "samples"

_COURSE_HEADER = (
    "學年度",
    "學期",
    "課程代碼",
    "科目名稱",
    "學分",
    "開課年級",
    "班級代碼",
    "任課教師職員編號",
    "代理教師職員編號",
)
_CLASS_OFFICERS = ("班長", "副班長", "學藝股長")


class _Course(NamedTuple):
    class_index: int
    code: str
    subject: Subject
    teacher: str
    deputy: str


def write_school(folder: Path, size: Size) -> None:
    """Write every file of a sample school into `folder`, which is made where it is missing."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, data in school_files(size).items():
        (folder / name).write_bytes(data)


def school_files(size: Size) -> dict[str, bytes]:
    """File names and bytes of a sample school; draws from its own generator only."""
    draw = random.Random(SEED)
    students = students_of(size, draw)
    staff = staff_csv(size, draw)
    courses = _courses(size)
    return {
        "students.csv": students_csv(size, students),
        "classes.csv": _classes_csv(size),
        "staff.csv": staff,
        "posts.xlsx": _posts_xlsx(size),
        "courses.xlsx": _courses_xlsx(size, courses),
        "grades.csv": _grades_csv(students, courses, draw),
        "cadre.xlsx": _cadre_xlsx(size, students, draw),
        "advisory.csv": _advisory_csv(size, students),
        "people.yaml": _people_yaml(size),
        "README.md": _readme(size),
    }


def _classes_csv(size: Size) -> bytes:
    header = (
        *("學年度", "班級代碼", "班級名稱", "年級", "學程", "導師職員編號"),
        *("群別代碼", "科班學程別代碼", "部別代碼", "班別"),
    )
    codes = {"普通型": ("11", "101", "1", "1"), "專業群": ("25", "401", "1", "1")}
    rows = [
        (SCHOOL_YEAR, code, name, grade, track, homeroom, *codes[track])
        for (code, name, grade, track), homeroom in zip(size.classes, size.homeroom, strict=True)
    ]
    return csv_bytes(header, rows, encoding="utf-8")


def _posts_xlsx(size: Size) -> bytes:
    header = ("職務代碼", "職務名稱", "處室", "職員編號", "起日", "迄日", "第一代理人", "第二代理人")
    rows = [
        (
            post.post_id,
            post.name,
            post.office,
            post.holder,
            "1150801",
            post.last_day,
            post.first_deputy,
            post.second_deputy,
        )
        for post in (*OFFICE_POSTS, *size.teacher_posts)
    ]
    return xlsx_bytes("職務", header, rows)


def _courses(size: Size) -> list[_Course]:
    """The courses of one semester; both semesters have the same, as a course code holds for its years."""
    courses: list[_Course] = []
    turns = dict.fromkeys(size.teachers_of, 0)
    for class_index, (_, _, grade, track) in enumerate(size.classes):
        general = track == "普通型"
        for subject in size.general if general else size.vocational:
            pool = size.teachers_of[subject]
            teacher = pool[turns[subject] % len(pool)]
            turns[subject] += 1
            courses.append(
                _Course(
                    class_index,
                    _course_code(subject, grade=grade, general=general),
                    subject,
                    teacher,
                    _deputy_of(size, teacher, len(courses)),
                )
            )
    return courses


def _course_code(subject: Subject, *, grade: int, general: bool) -> str:
    """23 characters: entry year, school, kind, group and department, then category, mode, domain, serial."""
    department = "H11101A" if general else "V25401A"
    return f"{SCHOOL_YEAR - grade + 1}{SCHOOL_CODE}{department}101{subject.domain}{subject.serial}"


def _deputy_of(size: Size, teacher: str, turn: int) -> str:
    """Another teacher, in turn, never one who does not act or who leaves."""
    present = [
        number
        for number in (f"T{ordinal:02}" for ordinal in range(1, size.teachers + 1))
        if number not in (teacher, size.inactive, size.leaving, size.successor)
    ]
    return present[turn % len(present)]


def _courses_xlsx(size: Size, courses: list[_Course]) -> bytes:
    rows: list[Cells] = []
    for semester in SEMESTERS:
        for course in courses:
            code, _, grade, _ = size.classes[course.class_index]
            rows.append(
                (
                    SCHOOL_YEAR,
                    semester,
                    course.code,
                    course.subject.name,
                    course.subject.credits,
                    grade,
                    code,
                    course.teacher,
                    course.deputy,
                )
            )
    return xlsx_bytes("課程", _COURSE_HEADER, rows)


def _grades_csv(students: list[Student], courses: list[_Course], draw: random.Random) -> bytes:
    header = ("學年度", "學期", "學號", "課程代碼", "學期學業成績", "成績及格", "補考成績")
    rows: list[Cells] = []
    for semester in SEMESTERS:
        for student in students:
            for course in (one for one in courses if one.class_index == student.class_index):
                score = min(100, draw.randint(48, 86) + draw.randint(0, 14))
                makeup = "" if score >= 60 else str(draw.randint(40, 80))
                passed = "是" if score >= 60 else "否"
                rows.append((SCHOOL_YEAR, semester, student.number, course.code, score, passed, makeup))
    return csv_bytes(header, rows, encoding="utf-8-sig")


def _cadre_xlsx(size: Size, students: list[Student], draw: random.Random) -> bytes:
    header = ("學年度", "學期", "學號", "單位名稱", "開始日期", "結束日期", "擔任職務", "幹部等級")
    rows: list[Cells] = []
    for semester in SEMESTERS:
        first, last = TERM_DAYS[semester]
        taken: list[tuple[str, str, str, str]] = []
        for class_index, (_, name, _, _) in enumerate(size.classes):
            own = [one.number for one in students if one.class_index == class_index]
            chosen = draw.sample(own, len(_CLASS_OFFICERS))
            taken += [(who, f"{name}班", office, "班級") for who, office in zip(chosen, _CLASS_OFFICERS, strict=True)]
        council = draw.sample([one.number for one in students], 2 + len(size.clubs))
        taken += [(council[0], "學生會", "會長", "校級"), (council[1], "學生會", "副會長", "校級")]
        taken += [(who, club, "社長", "社團") for who, club in zip(council[2:], size.clubs, strict=True)]
        rows += [(SCHOOL_YEAR, semester, who, unit, first, last, office, level) for who, unit, office, level in taken]
    return xlsx_bytes("幹部經歷", header, rows)


def _advisory_csv(size: Size, students: list[Student]) -> bytes:
    """A group talk a class and semester, and one talk with a single student of each class."""
    header = ("學年度", "學期", "諮詢日期", "地點", "方式", "主題", "內容", "諮詢教師職員編號", "學號")
    advisor = next(post.holder for post in (*OFFICE_POSTS, *size.teacher_posts) if post.post_id == "course_advisor")
    rows: list[Cells] = []
    for semester, day in ((1, "1150915"), (2, "1160305")):
        for class_index, (_, name, _, _) in enumerate(size.classes):
            own = [one.number for one in students if one.class_index == class_index]
            whole = ",".join(own)
            rows.append(
                (SCHOOL_YEAR, semester, day, f"{name}教室", "團體", "選課輔導", "說明選修課程與學分", advisor, whole)
            )
            rows.append((SCHOOL_YEAR, semester, day, "輔導處", "個別", "選課諮詢", "討論加深加廣選修", advisor, own[0]))
    return csv_bytes(header, rows, encoding="utf-8-sig")


def _people_yaml(size: Size) -> bytes:
    return (
        "# Staff numbers of the people who play a part of their own in the demo.\n"
        f"inactive_teacher: {size.inactive}\n"
        f"leaving_teacher: {size.leaving}\n"
        f"successor_teacher: {size.successor}\n"
    ).encode()


def _readme(size: Size) -> bytes:
    return (
        f"# {SCHOOL_NAME} ({SCHOOL_CODE}), {size.name}\n\n"
        f"Invented school year {SCHOOL_YEAR}: {len(size.classes)} classes of {size.students} students; "
        "nobody here exists.\n"
        "Written by `python -m demo.sample_school`; change the generator, not these files.\n"
        f"{PARENT} and {STUDENT} in `staff.csv` are the parents' and the students' representatives.\n"
        "`people.yaml` names the teachers who do not act, who leave, and who take over.\n"
    ).encode()


def main() -> None:
    """Write both sizes under schools/samples/."""
    for name, size in SIZES.items():
        write_school(SAMPLES / name, size)


if __name__ == "__main__":
    main()
