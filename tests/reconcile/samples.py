"""Invented rosters for the tests of receipts: outcome rosters of any size, written as a school writes them."""

from __future__ import annotations

import io
import random
import zipfile
from datetime import date, timedelta
from pathlib import Path

import xlsxwriter

from rules.identity import check_digit
from rules.ledgers.differences import Owner
from rules.ledgers.line import Book, Ledger, Line, Place, Shape

SCHOOL = "999901"
COVER = ("學校代碼", "學年度", "學期", "名冊別")
REGULAR = (
    "身分證號",
    "出生日期",
    "實際修課學期",
    "課程代碼",
    "科目名稱",
    "開課年級",
    "修課學分",
    "成果文件連結",
    "成果簡述",
    "成果影音連結",
)
REPEATED = ("身分證號", "出生日期", "原修課學年度", "原修課學期", "實際修課學期", "原修課課程代碼", "原修課科目名稱",
            "原修課開課年級", "原修課學分", "重修方式", "成果文件連結", "成果簡述", "成果影音連結")  # fmt: skip
CADRE = ("身分證號", "出生日期", "單位名稱", "開始日期", "結束日期", "擔任職務", "幹部等級")
SUBJECTS = (
    "國語文",
    "英語文",
    "數學",
    "歷史",
    "地理",
    "公民與社會",
    "物理",
    "化學",
    "生物",
    "音樂",
    "美術",
    "資訊科技",
)
WORDS = ("閱讀", "實驗", "堃", "訪查", "報告", "海報", "影片", "喆", "觀察", "模型", "詩", "地圖")
SHAPE = Shape(
    sheet="學期課程學習成果", key=("課程代碼", "實際修課學期"), code="課程代碼",
    telling=("科目名稱", "成果簡述", "成果文件連結", "成果影音連結"), personal=("出生日期",),
)  # fmt: skip
SHAPES = {SHAPE.sheet: SHAPE}
OWNER = Owner(
    "outcomes", "學生課程學習成果名冊", "outcome roster", "registration_section", "註冊組長", "registrar", "規§6.3.2"
)

Rows = dict[str, tuple[tuple[str, ...], list[list[object]]]]


def identity(serial: int) -> str:
    """An invented id with the right check digit."""
    nine = f"Y{1 + serial % 2}{serial:07}"
    return nine + check_digit(nine)


def outcome_rows(students: int, *, items: int = 6, seed: int = 1) -> Rows:
    """An outcome roster: `items` outcomes a student, one in ten of them repeated, two of one course now and then."""
    draw = random.Random(seed)
    regular: list[list[object]] = []
    repeated: list[list[object]] = []
    for n in range(students):
        born = date(2009, 9, 1) + timedelta(days=draw.randrange(365))
        who = [identity(n + 1), f"{born.year - 1911:03}{born:%m%d}"]
        for item in range(items):
            subject = (n + item) % len(SUBJECTS) if draw.random() < 0.9 else n % len(SUBJECTS)
            code = f"115{SCHOOL}H11101A10101{subject:02}"
            link = f"https://p.licheng.example/{SCHOOL}/{n:05}/{item}.pdf"
            summary = f"{draw.choice(WORDS)}{draw.choice(WORDS)}的成果,第 {draw.randrange(10**6)} 號"
            av = f"https://p.licheng.example/{SCHOOL}/{n:05}/{item}.mp4" if draw.random() < 0.2 else ""
            if draw.random() < 0.1:
                repeated.append([*who, 114, 2, 1, code, SUBJECTS[subject], 1, 2, "1", link, summary, av])
            else:
                regular.append(
                    [*who, draw.choice((1, 2)), code, SUBJECTS[subject], 1, draw.choice((2, 3, 4)), link, summary, av]
                )
    rows: Rows = {"學期課程學習成果": (REGULAR, regular)}
    if repeated:
        rows["重修課程學習成果"] = (REPEATED, repeated)
    return rows


def cadre_rows(students: int, *, seed: int = 1) -> Rows:
    """A cadre roster: no selection, no course codes, dates in the key."""
    draw = random.Random(seed)
    rows: list[list[object]] = []
    for n in range(students):
        born = f"098{draw.randrange(1, 13):02}{draw.randrange(1, 29):02}"
        for post in draw.sample(("班長", "副班長", "學藝股長", "社長"), 2):
            rows.append([identity(n + 1), born, f"{n % 9 + 1}班", "1150901", "1160120", post, draw.choice("12")])
    return {"幹部經歷紀錄": (CADRE, rows)}


def write_roster(path: Path, rows: Rows, *, code: str = "26", semester: int = 0, school: str = SCHOOL) -> Path:
    """The roster as a workbook: a cover, then a sheet a kind of row."""
    with xlsxwriter.Workbook(str(path), {"strings_to_urls": False, "strings_to_formulas": False}) as book:
        cover = book.add_worksheet("封面")
        cover.write_row(0, 0, COVER)
        cover.write_row(1, 0, [school, 115, semester, code])
        for name, (headers, body) in rows.items():
            sheet = book.add_worksheet(name)
            sheet.write_row(0, 0, headers)
            for number, row in enumerate(body, start=1):
                sheet.write_row(number, 0, row)
    return path


def as_received(roster: bytes) -> bytes:
    """The receipt of a central database that took every line: the same cells, in another file."""
    target = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(roster)) as sent, zipfile.ZipFile(target, "w", zipfile.ZIP_STORED) as made:
        for part in sent.infolist():
            made.writestr(zipfile.ZipInfo(part.filename), sent.read(part))
    return target.getvalue()


def ledger(book: Book, rows: list[Line]) -> Ledger:
    """A ledger of ready lines."""
    return Ledger.of(book, rows)


def lines(count: int, *, people: int, seed: int = 1, file: str = "roster.xlsx") -> list[Line]:
    """Lines of one sheet in memory: every person has some courses, now and then two outcomes of one."""
    draw = random.Random(seed)
    made: list[Line] = []
    for n in range(count):
        subject = (n // people + (0 if draw.random() < 0.05 else n)) % 12
        key = (f"115{SCHOOL}H11101A10101{subject:02}", "1")
        fields = {"科目名稱": SUBJECTS[subject], "修課學分": str(draw.choice((2, 3, 4))), "成果簡述": f"{draw.choice(WORDS)} {n}",
                  "成果文件連結": f"https://p.licheng.example/{n}", "成果影音連結": ""}  # fmt: skip
        made.append(Line(SHAPE.sheet, f"p{n % people:06}", key, fields, Place(file, SHAPE.sheet, n + 2)))
    return made
