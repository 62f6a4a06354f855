"""A registrar's folder is read strictly: every row typed or told, nothing guessed, nothing raised."""

from __future__ import annotations

import csv
import io
import re
import zipfile
from collections.abc import Callable
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path

import pytest
import xlsxwriter
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from rosters.sis.problems import RULES
from rosters.sis_import import CadreLevel, ImportProblem, SchoolFiles, Severity, Track, read_school
from rules.identity import Sex

SCHOOL = "999901"
CODE = "115999901H11101A1010101"
Rows = list[list[object]]


class Folder:
    """A school of two students in one class, all in order, in which a test puts one thing wrong."""

    def __init__(self, path: Path) -> None:
        self.path = path
        # fmt: off
        self.files: dict[str, Rows] = {
            "students": [
                [
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
                ],
                ["115001", "王小明", "A123456789", "0991005", "男", 1, "101", 1, "普通型", 115, "s1@mail.example"],
                ["115002", "李𠮷堃", "A800000014", "99/11/5", "男", 1, "101", 2, "普通型", 115, ""],
            ],
            "classes": [
                ["學年度", "班級代碼", "班級名稱", "年級", "學程", "導師職員編號"],
                [115, "101", "普一甲", 1, "普通型", "T01"],
            ],
            "staff": [
                ["職員編號", "姓名", "身分證號", "出生日期", "信箱"],
                ["T01", "陳承恩", "Y100000019", "60/1/2", "t01@licheng.example"],
                ["T02", "林詠晴", "Y200000020", "61/3/4", "t02@licheng.example"],
            ],
            "posts": [
                ["職務代碼", "職務名稱", "處室", "職員編號", "起日", "迄日", "第一代理人", "第二代理人"],
                ["registration_section", "註冊組長", "教務處", "T01", "1150801", "", "T02", ""],
            ],
            "courses": [
                [
                    "學年度",
                    "學期",
                    "課程代碼",
                    "科目名稱",
                    "學分",
                    "開課年級",
                    "班級代碼",
                    "任課教師職員編號",
                    "代理教師職員編號",
                ],
                [115, 1, CODE, "國語文", 4, 1, "101", "T01", "T02"],
            ],
            "grades": [
                ["學年度", "學期", "學號", "課程代碼", "學期學業成績", "成績及格", "補考成績"],
                [115, 1, "115001", CODE, 85, "是", ""],
                [115, 1, "115002", CODE, "59.5", "否", 60],
            ],
            "cadre": [
                ["學年度", "學期", "學號", "單位名稱", "開始日期", "結束日期", "擔任職務", "幹部等級"],
                [115, 1, "115001", "普一甲班", "1150831", "1160120", "班長", "班級"],
            ],
        }
        # fmt: on
        self.raw: dict[str, bytes] = {}

    def put(self, stem: str, row: int, column: str, value: object) -> None:
        """Write a value into a row (the header is row 1)."""
        rows = self.files[stem]
        rows[row - 1][rows[0].index(column)] = value

    def read(self) -> tuple[SchoolFiles, tuple[ImportProblem, ...]]:
        """Write all files and read the folder."""
        for stem, rows in self.files.items():
            (self.path / f"{stem}.csv").write_bytes(as_csv(rows))
        for name, data in self.raw.items():
            (self.path / name).write_bytes(data)
        return read_school(self.path, school_code=SCHOOL)

    def told(self) -> list[tuple[str, str, int | None, str | None]]:
        """What is told: rule, file, row, column."""
        return [(one.rule, one.file, one.row, one.column) for one in self.read()[1]]


def as_csv(rows: Rows, encoding: str = "utf-8-sig") -> bytes:
    text = io.StringIO(newline="")
    csv.writer(text).writerows(rows)
    return text.getvalue().encode(encoding)


def as_xlsx(rows: Rows, *, formula_at: tuple[int, int] | None = None, dates: str = "yyyy/m/d") -> bytes:
    data = io.BytesIO()
    book = xlsxwriter.Workbook(data, {"in_memory": True, "strings_to_formulas": False})
    sheet = book.add_worksheet()
    shape = book.add_format({"num_format": dates})
    for number, row in enumerate(rows):
        for column, value in enumerate(row):
            if (number, column) == formula_at:
                sheet.write_formula(number, column, "=1+0", None, value)
            elif isinstance(value, datetime):
                sheet.write_datetime(number, column, value, shape)
            else:
                sheet.write(number, column, value)
    book.close()
    return data.getvalue()


def with_sheet(workbook: bytes, change: Callable[[bytes], bytes]) -> bytes:
    """The workbook with its first sheet's XML changed."""
    made = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(workbook)) as source, zipfile.ZipFile(made, "w") as target:
        for name in source.namelist():
            xml = source.read(name)
            target.writestr(name, change(xml) if name == "xl/worksheets/sheet1.xml" else xml)
    return made.getvalue()


@pytest.fixture
def folder(tmp_path: Path) -> Folder:
    return Folder(tmp_path)


@pytest.mark.clause("規§5.1.1")
def test_a_folder_in_order_gives_typed_rows_and_no_problem(folder: Folder) -> None:
    files, problems = folder.read()
    assert problems == ()
    first, second = files.students
    assert (first.name, first.birth_date, first.sex, first.track) == (
        "王小明",
        date(2010, 10, 5),
        Sex.MALE,
        Track.GENERAL,
    )
    assert (second.name, second.private_email, second.place.row) == ("李𠮷堃", None, 3)
    assert files.posts[0].last_day is None
    assert files.posts[0].first_deputy_no == "T02"
    assert (files.grades[1].score, files.grades[1].passed, files.grades[1].makeup_score) == (
        Decimal("59.5"),
        False,
        Decimal(60),
    )
    assert files.cadre[0].level is CadreLevel.CLASS
    assert files.courses[0].course_code == CODE
    assert files.classes[0].homeroom_staff_no == "T01"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp950", "big5hkscs"])
def test_every_encoding_of_the_island_is_read(folder: Folder, encoding: str) -> None:
    folder.put("staff", 2, "姓名", "陳堃喆" if encoding != "cp950" else "陳承恩")
    rows = folder.files.pop("staff")
    folder.raw["staff.csv"] = as_csv(rows, encoding)
    files, problems = folder.read()
    assert problems == ()
    assert files.staff[0].name == rows[1][1]


@pytest.mark.parametrize("data", [b"\xff\xfe\x78\x5b", "學號,姓名".encode("utf-16"), b"\x80\x81\xff\xff"])
def test_a_text_in_no_known_encoding_is_told_and_never_mended(folder: Folder, data: bytes) -> None:
    del folder.files["cadre"]
    folder.raw["cadre.csv"] = data
    assert folder.told() == [("encoding_unknown", "cadre.csv", None, None)]


def test_workbooks_are_read_like_text_files(folder: Folder) -> None:
    before, _ = folder.read()
    for path in folder.path.iterdir():
        path.unlink()
    folder.raw = {f"{stem}.xlsx": as_xlsx(rows) for stem, rows in folder.files.items()}
    folder.files = {}
    after, problems = folder.read()
    assert problems == ()
    plain = {"students": {"__all__": {"place"}}}
    assert after.model_dump(exclude=plain)["students"] == before.model_dump(exclude=plain)["students"]
    assert [one.score for one in after.grades] == [one.score for one in before.grades]


@pytest.mark.parametrize(
    ("stem", "column", "value"),
    [
        ("students", "學號", 115001),
        ("students", "班級代碼", 101),
        ("students", "出生日期", 991005),
        ("posts", "起日", 1150801),
    ],
)
def test_a_code_that_arrives_as_a_number_is_told_and_not_guessed(
    folder: Folder, stem: str, column: str, value: int
) -> None:
    folder.put(stem, 2, column, value)
    folder.raw[f"{stem}.xlsx"] = as_xlsx(folder.files.pop(stem))
    first = folder.read()[1][0]
    assert (first.rule, first.file, first.row, first.column) == ("number_as_text", f"{stem}.xlsx", 2, column)
    assert "文字" in first.remedy_zh
    assert "text" in first.remedy_en


def test_numbers_where_numbers_belong_may_be_numbers_but_not_broken_ones(folder: Folder) -> None:
    folder.put("students", 2, "座號", 1.5)
    folder.raw["students.xlsx"] = as_xlsx(folder.files.pop("students"))
    assert folder.told()[:1] == [("not_whole", "students.xlsx", 2, "座號")]


def test_a_spreadsheet_date_is_told_since_its_year_may_be_rewritten(folder: Folder) -> None:
    folder.put("students", 2, "出生日期", datetime(1998, 5, 12))
    folder.raw["students.xlsx"] = as_xlsx(folder.files.pop("students"))
    assert folder.told() == [("date_cell", "students.xlsx", 2, "出生日期")]


def test_a_formula_in_a_workbook_is_told_where_it_stands(folder: Folder) -> None:
    folder.raw["grades.xlsx"] = as_xlsx(folder.files.pop("grades"), formula_at=(1, 4))
    assert folder.told() == [("formula", "grades.xlsx", 2, "學期學業成績")]


def test_an_error_value_in_a_workbook_is_no_empty_cell(folder: Folder) -> None:
    workbook = as_xlsx(folder.files.pop("grades"), formula_at=(1, 6))
    old = re.compile(rb'<c r="G2".*?</c>')
    new = b'<c r="G2" t="e"><v>#N/A</v></c>'
    folder.raw["grades.xlsx"] = with_sheet(workbook, lambda xml: old.sub(new, xml))
    assert folder.told() == [("error_value", "grades.xlsx", 2, "補考成績")]


def test_only_the_first_sheet_is_read_and_the_others_are_named(folder: Folder) -> None:
    data = io.BytesIO()
    book = xlsxwriter.Workbook(data, {"in_memory": True})
    for name in ("幹部", "備註"):
        sheet = book.add_worksheet(name)
        for number, row in enumerate(folder.files["cadre"]):
            sheet.write_row(number, 0, row)
    book.close()
    del folder.files["cadre"]
    folder.raw["cadre.xlsx"] = data.getvalue()
    files, (found,) = folder.read()
    assert (found.rule, found.severity, found.message_zh) == (
        "sheet_ignored",
        Severity.WARNING,
        "只讀第一張工作表,其餘未讀(備註)",
    )
    assert len(files.cadre) == 1


@pytest.mark.parametrize("value", ["=1+1", "+886", "@SUM", "-cmd"])
def test_a_text_that_a_spreadsheet_would_run_is_told(folder: Folder, value: str) -> None:
    folder.put("cadre", 2, "擔任職務", value)
    assert folder.told() == [("formula", "cadre.csv", 2, "擔任職務")]


@pytest.mark.clause("規§5.1.1")
@pytest.mark.parametrize(
    ("column", "value", "rule"),
    [
        ("身分證號", "A123456788", "identity_check_digit"),
        ("身分證號", "A12345678", "identity_shape"),
        ("出生日期", "114/2/29", "roc_no_such_day"),
        ("出生日期", "2010/10/5", "roc_ad_year"),
        ("出生日期", "20101005", "roc_ad_year"),
        ("出生日期", "五月一日", "roc_shape"),
        ("姓名", "", "empty"),
        ("姓名", "王\x07明", "control_character"),
        ("姓名", "王\n明", "control_character"),
        ("姓名", "吳?恩", "name_lost"),
        ("姓名", "吳?恩", "name_lost"),
        ("姓名", "吳\ufffd恩", "name_lost"),
        ("姓名", "吳〓恩", "name_lost"),
        ("姓名", "吳\ue000恩", "name_lost"),
        ("姓名", "全形\u200b", "name_hidden"),
        ("姓名", "王\u00a0明", "name_hidden"),
        ("姓名", "王\u202e明", "control_character"),
        ("姓名", "王" * 101, "too_long"),
        ("姓名", "#N/A", "error_value"),
        ("學號", "\uff11\uff11\uff15", "code_shape"),
        ("年級", "6", "out_of_range"),
        ("座號", "一", "not_whole"),
        ("學程", "普通科", "not_a_choice"),
        ("性別", "", "empty"),
        ("私人信箱", "nobody", "email_shape"),
    ],
)
def test_a_wrong_cell_of_a_student_is_told_and_its_row_left_out(
    folder: Folder, column: str, value: str, rule: str
) -> None:
    folder.put("students", 2, column, value)
    files, problems = folder.read()
    own = [one for one in problems if one.file == "students.csv"]
    assert [(one.rule, one.row, one.column, one.clause) for one in own] == [(rule, 2, column, "規§5.1.1")]
    assert [one.student_no for one in files.students] == ["115002"]


def test_a_slip_in_one_cell_makes_no_unknown_references_elsewhere(folder: Folder) -> None:
    folder.put("students", 2, "身分證號", "A123456788")
    assert folder.told() == [("identity_check_digit", "students.csv", 2, "身分證號")]


@pytest.mark.parametrize("column", ["身分證號", "姓名", "出生日期"])
def test_personal_values_are_cut_to_their_ends(folder: Folder, column: str) -> None:
    folder.put("students", 2, column, "=123456789")
    (found,) = folder.read()[1]
    assert found.value == "=********9"


def test_a_text_out_of_normal_form_is_kept_composed_and_told(folder: Folder) -> None:
    folder.put("cadre", 2, "單位名稱", "Cafe\u0301社")
    files, problems = folder.read()
    assert [(one.rule, one.severity) for one in problems] == [("not_nfc", Severity.WARNING)]
    assert files.cadre[0].unit_name == "Caf\u00e9社"


@pytest.mark.clause("規§5.2.1")
@pytest.mark.parametrize(
    ("column", "value", "rule"),
    [
        ("學期學業成績", "-1", "score_minus_one"),
        ("補考成績", "-1", "score_minus_one"),
        ("學期學業成績", "100.5", "out_of_range"),
        ("學期學業成績", "-2", "out_of_range"),
        ("學期學業成績", "甲", "not_score"),
        ("學期學業成績", "85.123", "not_score"),
        ("成績及格", "Y", "not_a_choice"),
        ("課程代碼", CODE[:-1], "course_code_length"),
        ("課程代碼", CODE.replace("999901", "000000"), "course_code_school"),
        ("課程代碼", "09" + CODE[2:], "course_code_shape"),
        ("學號", "115999", "unknown_student"),
        ("學期", "2", "unknown_course"),
        ("學期", "0", "out_of_range"),
    ],
)
def test_a_wrong_cell_of_a_grade_is_told(folder: Folder, column: str, value: str, rule: str) -> None:
    folder.put("grades", 2, column, value)
    found = folder.told()[0]
    assert found[:3] == (rule, "grades.csv", 2)


@pytest.mark.parametrize("value", ["0", "100", "59.5"])
def test_scores_lie_between_nought_and_a_hundred_both_included(folder: Folder, value: str) -> None:
    folder.put("grades", 2, "學期學業成績", value)
    folder.put("grades", 2, "成績及格", "是" if value == "100" else "否")
    files, problems = folder.read()
    assert problems == ()
    assert files.grades[0].score == Decimal(value)


@pytest.mark.parametrize("value", [",1", "1,", "1,1", "4,1,,24", "1 2"])
def test_a_malformed_list_of_special_statuses_is_told(folder: Folder, value: str) -> None:
    folder.files["students"][0].append("特殊身分別")
    folder.files["students"][1].append(value)
    folder.files["students"][2].append("4,1,24")
    files, problems = folder.read()
    assert [(one.rule, one.row, one.column) for one in problems] == [
        ("code_list", 2, "特殊身分別"),
        ("code_list_order", 3, "特殊身分別"),
    ]
    assert files.students[0].special_status == ("4", "1", "24")


@pytest.mark.parametrize(
    ("stem", "row", "column", "value", "rule"),
    [
        ("students", 2, "班級代碼", "999", "unknown_class"),
        ("classes", 2, "導師職員編號", "T99", "unknown_staff"),
        ("posts", 2, "職員編號", "T99", "unknown_staff"),
        ("posts", 2, "第二代理人", "T99", "unknown_staff"),
        ("posts", 2, "第一代理人", "T01", "own_deputy"),
        ("posts", 2, "第二代理人", "T02", "deputies_same"),
        ("posts", 2, "迄日", "1150731", "last_before_first"),
        ("posts", 2, "職務代碼", "註冊組長", "post_shape"),
        ("courses", 2, "任課教師職員編號", "T99", "unknown_staff"),
        ("courses", 2, "代理教師職員編號", "T01", "own_deputy"),
        ("courses", 2, "班級代碼", "999", "unknown_class"),
        ("courses", 2, "開課年級", "2", "course_code_year"),
        ("cadre", 2, "學號", "115999", "unknown_student"),
        ("cadre", 2, "結束日期", "1150830", "last_before_first"),
        ("students", 3, "性別", "女", "identity_sex"),
        ("students", 3, "年級", "2", "class_differs"),
        ("students", 3, "學號", "115001", "duplicate"),
        ("students", 3, "身分證號", "A123456789", "duplicate"),
        ("students", 3, "座號", "01", "duplicate"),
        ("staff", 3, "職員編號", "T01", "duplicate"),
        ("grades", 3, "學號", "115001", "duplicate"),
    ],
)
def test_files_that_contradict_each_other_are_told(
    folder: Folder, stem: str, row: int, column: str, value: str, rule: str
) -> None:
    folder.put(stem, row, column, value)
    assert (rule, f"{stem}.csv", row) in [one[:3] for one in folder.told()]


@pytest.mark.clause("規§5.1.1")
@pytest.mark.parametrize(("column", "value"), [("群別代碼", "11"), ("科班學程別代碼", "101")])
def test_a_class_without_its_group_or_department_is_told_where_the_file_has_them(
    folder: Folder, column: str, value: str
) -> None:
    folder.files["classes"] = [
        [*folder.files["classes"][0], column],
        [*folder.files["classes"][1], value],
        [115, "102", "普一乙", 1, "普通型", "T01", ""],
    ]
    assert folder.told() == [("group_missing", "classes.csv", 3, column)]


@pytest.mark.clause("規§5.1.1")
def test_a_class_of_the_continuing_division_among_the_day_classes_is_told(folder: Folder) -> None:
    folder.files["classes"] = [[*folder.files["classes"][0], "班別"], [*folder.files["classes"][1], "01"]]
    assert folder.told() == [("division_differs", "classes.csv", 2, "班別")]


@pytest.mark.clause("規§5.1.1")
@pytest.mark.parametrize("born", ["1060102", "0690102"])
def test_an_age_that_no_student_has_is_told_without_the_date(folder: Folder, born: str) -> None:
    folder.put("students", 2, "出生日期", born)
    assert folder.told() == [("birth_entry", "students.csv", 2, "出生日期")]
    assert born not in str(folder.read()[1])


@pytest.mark.clause("規§5.2.1")
@pytest.mark.parametrize(("score", "passed"), [(39, "是"), (60, "否"), (0, "是")])
def test_a_pass_that_the_score_cannot_give_is_told(folder: Folder, score: int, passed: str) -> None:
    folder.put("grades", 2, "學期學業成績", score)
    folder.put("grades", 2, "成績及格", passed)
    assert folder.told() == [("passed_differs", "grades.csv", 2, "成績及格")]


@pytest.mark.clause("規§5.2.1")
@pytest.mark.parametrize(("score", "passed"), [(40, "是"), ("59.9", "否"), (50, "否")])
def test_between_the_pass_marks_of_40_and_60_the_school_decides(folder: Folder, score: object, passed: str) -> None:
    folder.put("grades", 2, "學期學業成績", score)
    folder.put("grades", 2, "成績及格", passed)
    assert folder.told() == []


@pytest.mark.clause("規§5.1.2")
def test_a_term_of_office_outside_the_school_year_is_told(folder: Folder) -> None:
    folder.put("cadre", 2, "開始日期", "1140831")
    folder.put("cadre", 2, "結束日期", "1150120")
    assert folder.told() == [("term_differs", "cadre.csv", 2, "開始日期")]


def test_a_duplicate_names_the_earlier_row_and_keeps_it(folder: Folder) -> None:
    folder.put("grades", 3, "學號", "115001")
    files, (found,) = folder.read()
    assert found.message_zh == "與第 2 列重複"
    assert [one.place.row for one in files.grades] == [2]


def test_missing_unknown_and_double_columns_are_told(folder: Folder) -> None:
    folder.files["cadre"][0][6:] = ["擔任職稱", "開始日期"]
    assert folder.told() == [
        ("column_unknown", "cadre.csv", 1, "擔任職稱"),
        ("column_twice", "cadre.csv", 1, "開始日期"),
        ("column_missing", "cadre.csv", 1, "擔任職務"),
        ("column_missing", "cadre.csv", 1, "幹部等級"),
    ]


def test_a_cell_beyond_the_header_is_told(folder: Folder) -> None:
    folder.files["cadre"][1].append("多的")
    assert folder.told() == [("cell_without_column", "cadre.csv", 2, None)]


def test_empty_rows_are_passed_over_and_rows_keep_their_numbers(folder: Folder) -> None:
    folder.files["grades"].insert(1, [""] * 7)
    files, problems = folder.read()
    assert problems == ()
    assert [one.place.row for one in files.grades] == [3, 4]


@pytest.mark.parametrize(
    ("data", "rule"),
    [
        (b"", "header_missing"),
        (b"\r\n\r\n", "header_missing"),
        (b'a,"b\r\n', "file_unreadable"),
        (b"a\x00b", "file_unreadable"),
    ],
)
def test_an_empty_or_broken_file_is_told(folder: Folder, data: bytes, rule: str) -> None:
    del folder.files["cadre"]
    folder.raw["cadre.csv"] = data
    assert folder.told() == [(rule, "cadre.csv", None, None)]


def test_a_file_with_a_header_only_is_told(folder: Folder) -> None:
    del folder.files["cadre"][1:]
    assert folder.told() == [("no_rows", "cadre.csv", None, None)]


@pytest.mark.parametrize("data", [b"", b"PK\x03\x04", b"no workbook"])
def test_a_broken_workbook_is_told(folder: Folder, data: bytes) -> None:
    del folder.files["cadre"]
    folder.raw["cadre.xlsx"] = data
    assert folder.told() == [("file_unreadable", "cadre.xlsx", None, None)]


def test_an_archive_that_is_no_workbook_is_told(folder: Folder) -> None:
    del folder.files["cadre"]
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w") as archive:
        archive.writestr("word/document.xml", "<w/>")
    folder.raw["cadre.xlsx"] = data.getvalue()
    assert folder.told() == [("file_unreadable", "cadre.xlsx", None, None)]


def test_a_missing_folder_is_a_problem(tmp_path: Path) -> None:
    files, problems = read_school(tmp_path / "nowhere", school_code=SCHOOL)
    assert files == SchoolFiles()
    assert [one.rule for one in problems] == ["folder_missing"]


def test_a_missing_file_is_told_once_and_not_by_every_row_that_needs_it(folder: Folder) -> None:
    del folder.files["staff"]
    assert folder.told() == [("file_missing", "staff.csv", None, None)]


def test_two_files_of_one_kind_are_told_and_neither_is_chosen(folder: Folder) -> None:
    folder.raw["cadre.xlsx"] = as_xlsx(folder.files["cadre"])
    assert folder.told() == [("file_twice", "cadre.csv", None, None)]


def test_strange_files_are_told_and_locks_and_notes_are_not(folder: Folder) -> None:
    folder.raw = {"old.csv": b"x", "~$students.xlsx": b"x", ".hidden.csv": b"x", "README.md": b"x"}
    assert folder.told() == [("file_unexpected", "old.csv", None, None)]


def test_every_rule_speaks_both_languages_and_names_a_remedy() -> None:
    for rule, words in RULES.items():
        assert all(words[:4]), rule
        assert not words.message_zh.isascii()
        assert not words.remedy_zh.isascii(), rule
        assert words.message_zh.count("{detail}") == words.message_en.count("{detail}"), rule


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.data())
def test_any_text_anywhere_is_read_or_told_but_never_raised(folder: Folder, data: st.DataObject) -> None:
    fresh = Folder(folder.path)
    stem = data.draw(st.sampled_from(sorted(fresh.files)))
    column = data.draw(st.sampled_from([str(name) for name in fresh.files[stem][0]]))
    value = data.draw(st.text(st.characters(codec="utf-8"), max_size=30))
    fresh.put(stem, 2, column, value)
    files, problems = fresh.read()
    kept = [row.place.row for row in getattr(files, stem)]
    errors = [one for one in problems if one.file == f"{stem}.csv" and one.severity is Severity.ERROR]
    assert (2 in kept) is not any(one.row in (2, None) for one in errors)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.binary(max_size=300), st.sampled_from(["cadre.csv", "cadre.xlsx"]))
def test_any_bytes_are_read_or_told_but_never_raised(folder: Folder, data: bytes, name: str) -> None:
    for path in folder.path.glob("cadre.*"):
        path.unlink()
    fresh = Folder(folder.path)
    del fresh.files["cadre"]
    fresh.raw[name] = data
    files, problems = fresh.read()
    assert files.cadre == ()
    assert problems


@pytest.mark.clause("規§5.1.1")
@pytest.mark.parametrize(
    "name",
    [
        "吳𠮷恩",
        "瓦歷斯‧諾幹",
        "瓦歷斯·諾幹",
        "王 小明",
        "全　形",
        "葛\U000e0100城",
        "王\U00031350明",
        "王\U0002ebf0明",
        "O'Brien",
    ],
)
def test_a_rare_character_a_dot_and_a_space_belong_to_names(folder: Folder, name: str) -> None:
    folder.put("students", 2, "姓名", name)
    files, problems = folder.read()
    assert problems == () and name in [one.name for one in files.students]
