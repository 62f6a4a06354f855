"""demo: the words an invented school is made of: names, subjects, posts, offices. Nobody here exists."""

from __future__ import annotations

from typing import NamedTuple

SCHOOL_CODE = "999901"
SCHOOL_NAME = "歷程示範高級中學"
SCHOOL_YEAR = 115

SURNAMES = "陳林黃張李王吳劉蔡楊許鄭謝郭洪曾邱廖賴徐周葉蘇莊"
GIVEN_FIRST = "子承品宇柏冠宥詠思語芯怡佳雅欣采沛昱"
GIVEN_SECOND = "恩翰睿安廷涵潔妤晴瑄蓁萱辰霖"
RARE_GIVEN = ("柏堃", "喆安", "峯宇", "珉涵", "𠮷恩", "思彣")
"""Characters that CP950 lacks; 𠮷 lies outside Unicode's basic plane."""


class PostWords(NamedTuple):
    """A post of the sample: its holder and deputies are staff numbers."""

    post_id: str
    name: str
    office: str
    holder: str
    first_deputy: str = ""
    second_deputy: str = ""
    last_day: str = ""


OFFICE_POSTS = (
    PostWords("principal", "校長", "校長室", "A01", "A02", "A03"),
    PostWords("academic_affairs_director", "教務主任", "教務處", "A02", "A07", "A08"),
    PostWords("student_affairs_director", "學務主任", "學務處", "A03", "A12", "A11"),
    PostWords("counselling_director", "輔導主任", "輔導處", "A04", "A13", "A02"),
    PostWords("practicum_director", "實習主任", "實習處", "A05", "A02", "A03"),
    PostWords("it_office", "資訊處主任", "資訊處", "A06", "A10", "A02"),
    PostWords("registration_section", "註冊組長", "教務處", "A07", "A08", "A09"),
    PostWords("course_affairs_section", "課務組長", "教務處", "A08", "A09", "A07"),
    PostWords("instruction_section", "教學組長", "教務處", "A09", "A07", "A08"),
    PostWords("it_section", "資訊組長", "資訊處", "A10", "A06", "A09"),
    PostWords("student_activities_section", "訓育組長", "學務處", "A11", "A12", "A03"),
    PostWords("student_life_section", "生輔組長", "學務處", "A12", "A11", "A03"),
    PostWords("resource_section", "資源組長", "輔導處", "A13", "A04", "A10"),
)
PARENT = "R901"
STUDENT = "R902"
"""Staff numbers of the parents' and the students' representatives, who are no staff."""

YEAR_END = "1160731"


class Subject(NamedTuple):
    """A subject: its two-digit domain and serial in the course code, and its credits a semester."""

    name: str
    domain: str
    serial: str
    credits: int


CHINESE = Subject("國語文", "01", "01", 4)
ENGLISH = Subject("英語文", "01", "02", 4)
MATHS = Subject("數學", "02", "01", 4)
SCIENCE = Subject("自然探究", "04", "01", 2)
SOCIETY = Subject("歷史", "03", "01", 2)
COMPUTING = Subject("資訊科技", "07", "01", 2)
COMMERCE = Subject("商業概論", "08", "01", 2)
ACCOUNTING = Subject("會計學", "08", "02", 3)
PROJECT = Subject("專題實作", "09", "01", 3)


class Size(NamedTuple):
    """What a sample school is made of. Class: code, name, grade, 普通型 or 專業群."""

    name: str
    classes: tuple[tuple[str, str, int, str], ...]
    students: int
    general: tuple[Subject, ...]
    vocational: tuple[Subject, ...]
    teachers_of: dict[Subject, tuple[str, ...]]
    teachers: int
    homeroom: tuple[str, ...]
    teacher_posts: tuple[PostWords, ...]
    inactive: str
    leaving: str
    successor: str
    clubs: tuple[str, ...]


def _teacher_posts(advisor: str, first: str, second: str, deputies: tuple[str, str]) -> tuple[PostWords, ...]:
    return (
        PostWords("course_advisor", "課程諮詢教師", "教務處", advisor, *deputies),
        PostWords("teacher_representative_1", "教師代表", "工作小組", first, last_day=YEAR_END),
        PostWords("teacher_representative_2", "教師代表", "工作小組", second, last_day=YEAR_END),
        PostWords("parent_representative", "家長代表", "工作小組", PARENT, last_day=YEAR_END),
        PostWords("student_representative", "學生代表", "工作小組", STUDENT, last_day=YEAR_END),
    )


# Two schools as tables.
# fmt: off
STANDARD = Size(
    name="standard",
    classes=(
        ("101", "普一甲", 1, "普通型"), ("102", "普一乙", 1, "普通型"), ("103", "商一甲", 1, "專業群"),
        ("201", "普二甲", 2, "普通型"), ("202", "普二乙", 2, "普通型"), ("203", "商二甲", 2, "專業群"),
        ("301", "普三甲", 3, "普通型"), ("302", "普三乙", 3, "普通型"), ("303", "商三甲", 3, "專業群"),
    ),
    students=24,
    general=(CHINESE, ENGLISH, MATHS, SCIENCE, SOCIETY, COMPUTING),
    vocational=(CHINESE, ENGLISH, MATHS, COMMERCE, ACCOUNTING, PROJECT),
    teachers_of={
        CHINESE: ("T01", "T02", "T13"), ENGLISH: ("T03", "T04"), MATHS: ("T05", "T06"),
        SCIENCE: ("T07",), SOCIETY: ("T08",), COMPUTING: ("T09",),
        COMMERCE: ("T10",), ACCOUNTING: ("T11",), PROJECT: ("T12",),
    },
    teachers=13,
    homeroom=("T01", "T03", "T04", "T05", "T07", "T08", "T09", "T10", "T11"),
    teacher_posts=_teacher_posts("T12", "T08", "T11", ("T01", "T09")),
    inactive="T06",
    leaving="T02",
    successor="T13",
    clubs=("天文社", "吉他社", "羽球社"),
)

SMALL = Size(
    name="small",
    classes=(
        ("101", "普一甲", 1, "普通型"), ("201", "商二甲", 2, "專業群"),
        ("301", "普三甲", 3, "普通型"), ("302", "商三甲", 3, "專業群"),
    ),
    students=6,
    general=(CHINESE, ENGLISH, MATHS),
    vocational=(CHINESE, MATHS, PROJECT),
    teachers_of={
        CHINESE: ("T01", "T06", "T07"), ENGLISH: ("T02",), MATHS: ("T03", "T05"), PROJECT: ("T04",),
    },
    teachers=7,
    homeroom=("T01", "T02", "T03", "T04"),
    teacher_posts=_teacher_posts("T02", "T03", "T04", ("T01", "T03")),
    inactive="T05",
    leaving="T06",
    successor="T07",
    clubs=("天文社",),
)

# fmt: on

SIZES = {size.name: size for size in (STANDARD, SMALL)}
