"""Every check of the data doctor has a roster that passes it and one that fails it (規§4.2, 規§6.3)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from typing import Any

import pytest

from cli.rosters.doctor_page import PAGE, page
from rosters.examining import table_of_lines
from rosters.writing.lines import lines_of
from rules.rosters.checks.catalogue import CHECKS
from rules.rosters.checks.doctor import Diagnosis, examine
from rules.rosters.checks.table import SheetCells, Table
from rules.rosters.schema import COVER_SHEET
from tests.rosters.orders import BOOK, OTHER, course_code, full, national_id

Spoil = Callable[[Table], object]
STUDENTS, SCORES, OUTCOMES, OFFICES = "學生資料", "學期成績", "學期課程學習成果", "幹部經歷紀錄"


def roster(name: str, code: str = "") -> Table:
    """A roster in which everything is in order, two rows a sheet."""
    made = table_of_lines(lines_of(full(BOOK.roster(name), code), BOOK))
    for sheet in made.sheets:
        sheet.headers, sheet.rows = list(sheet.headers), [list(row) for row in sheet.rows]
    return made


def sheet_of(table: Table, name: str) -> SheetCells:
    """One sheet of a table."""
    return next(s for s in table.sheets if s.name == name)


def put(sheet: str, row: int = 0, **cells: Any) -> Spoil:
    """Put cells into a row, by their headers; `row` from 0."""

    def spoil(table: Table) -> None:
        found = sheet_of(table, sheet)
        for name, cell in cells.items():
            found.rows[row][list(found.headers).index(name)] = cell  # type: ignore[index]

    return spoil


def same(sheet: str, *names: str) -> Spoil:
    """Give the second row the first one's cells in some columns, in all of them by default."""

    def spoil(table: Table) -> None:
        found = sheet_of(table, sheet)
        for name in names or found.headers:
            at = list(found.headers).index(name)
            found.rows[1][at] = found.rows[0][at]  # type: ignore[index]

    return spoil


def cover(**cells: Any) -> Spoil:
    """Change the cover."""
    return lambda table: table.cover.update(cells) if table.cover is not None else None


def header(sheet: str, old: str, new: str) -> Spoil:
    """Rename a column."""

    def spoil(table: Table) -> None:
        found = sheet_of(table, sheet)
        found.headers[list(found.headers).index(old)] = new  # type: ignore[index]

    return spoil


def marked(what: str) -> Spoil:
    """Mark the first cell of the scores as something that a spreadsheet hides."""
    return lambda table: setattr(sheet_of(table, SCORES), what, frozenset({(0, 0)}))


def both(*spoils: Spoil) -> Spoil:
    """Several faults that are one."""

    def spoil(table: Table) -> None:
        for each in spoils:
            each(table)

    return spoil


def drop(sheet: str) -> Spoil:
    """Remove a sheet."""
    return lambda table: table.sheets.remove(sheet_of(table, sheet))


def empty(table: Table) -> None:
    """Remove all rows."""
    for sheet in table.sheets:
        sheet.rows = []


FAILING: dict[str, tuple[str, Spoil]] = {
    "cover_missing": ("grades", lambda t: setattr(t, "cover", None)),
    "cover_school": ("grades", cover(學校代碼=14301.0)),
    "cover_year": ("grades", cover(學年度="2026")),
    "cover_semester": ("grades", cover(學期=0.0)),
    "cover_semester_yearly": ("outcomes", cover(學期="1")),
    "cover_code": ("grades", cover(名冊別="99")),
    "test_school": ("grades", cover(學校代碼="000000")),
    "sheet_missing": ("grades", drop("補修成績")),
    "sheet_unknown": ("grades", lambda t: t.sheets.append(SheetCells("補考", ["身分證號"], [["x"]]))),
    "sheet_hidden": ("grades", lambda t: setattr(t, "hidden", ("草稿",))),
    "column_missing": ("grades", header(SCORES, "科目名稱", "")),
    "column_unfilled": ("grades", header(SCORES, "質性文字描述", "")),
    "column_twice": ("grades", header(SCORES, "質性文字描述", "科目名稱")),
    "column_unknown": ("grades", header(SCORES, "質性文字描述", "心得")),
    "division_columns": ("outcomes", header(OUTCOMES, "修課學分", "節數")),
    "cell_without_column": ("grades", lambda t: sheet_of(t, SCORES).rows[0].append("x")),  # type: ignore[attr-defined]
    "no_rows": ("grades", empty),
    "rejects_present": ("grades", lambda t: t.rejects.append(SheetCells(SCORES + "(缺)", ["身分證號"], [["x"]]))),
    "required_empty": ("grades", put(SCORES, 科目名稱=" ")),
    "too_long": ("grades", put(SCORES, 科目名稱="文" * 61)),
    "formula": ("grades", marked("formulas")),
    "error_value": ("grades", put(SCORES, 科目名稱="#REF!")),
    "merged": ("grades", marked("merged")),
    "float_id": ("grades", put(SCORES, 課程代碼=1.15999901e22)),
    "code_as_number": ("grades", put(SCORES, 開課年級=1.0)),
    "text_as_number": ("enrolment", put(STUDENTS, 班級名稱=101.0)),
    "cell_type": ("grades", put(SCORES, 科目名稱=True)),
    "control_character": ("grades", put(SCORES, 科目名稱="國\x07文")),
    "white_space": ("grades", put(SCORES, 科目名稱="國文 ")),
    "unknown_code": ("enrolment", put(STUDENTS, 性別代碼="3")),
    "unlisted_code": ("enrolment", put(STUDENTS, 班別="44")),
    "number_unreadable": ("grades", put(SCORES, 學期學業成績="8O")),
    "number_range": ("enrolment", put(STUDENTS, 座號=0)),
    "number_decimals": ("grades", put(SCORES, 學期學業成績=71.125)),
    "day_unreadable": ("cadre", put(OFFICES, 結束日期="2026/02/30")),
    "day_as_number": ("grades", put(SCORES, 出生日期=990309.0)),
    "day_style": ("cadre", put(OFFICES, 結束日期=datetime(2026, 9, 30))),
    "future_day": ("cadre", put(OFFICES, 結束日期="2028/09/30")),
    "precheck_filled": ("grades:41", put(SCORES, 學期學業成績=71)),
    "id_shape": ("grades", put(SCORES, 身分證號="A12345678")),
    "id_check_digit": ("grades", put(SCORES, 身分證號=national_id(1)[:9] + str((int(national_id(1)[9]) + 1) % 10))),
    "id_sex": ("enrolment", put(STUDENTS, 性別代碼="2")),
    "id_birth": ("grades", both(same(SCORES, "身分證號"), put(SCORES, 1, 出生日期="0990101"))),
    "birth_implausible": ("grades", put(SCORES, 出生日期="1120101")),
    "day_before_birth": ("cadre", put(OFFICES, 開始日期="2009/01/01")),
    "duplicate_key": ("grades", same(SCORES)),
    "duplicate_person": ("enrolment", same(STUDENTS, "身分證號", "出生日期")),
    "duplicate_row": ("outcomes", same(OUTCOMES)),
    "seat_twice": ("enrolment", same(STUDENTS, "年級", "班級名稱", "座號")),
    "group_missing": ("enrolment", put(STUDENTS, 群別代碼="")),
    "department_missing": ("enrolment", put(STUDENTS, 科班學程別代碼="")),
    "grade_range": ("enrolment", put(STUDENTS, 年級="6")),
    "status_list": ("enrolment", put(STUDENTS, 特殊身分別=",4")),
    "status_none_and_more": ("enrolment", put(STUDENTS, 特殊身分別="0,4")),
    "indigenous_conflict": ("enrolment", put(STUDENTS, 原住民身分別="1")),
    "indigenous_certificate": (
        "enrolment",
        put(STUDENTS, 原住民身分別="1", 特殊身分別="1", 族語認證報考方言="馬蘭阿美語"),
    ),
    "enrolled_with_change": ("enrolment", put(STUDENTS, 學籍異動日期="1150901")),
    "change_without_day": ("enrolment", put(STUDENTS, 學籍狀態="3")),
    "course_code_missing": ("grades", put(SCORES, 課程代碼="")),
    "course_length": ("grades", put(SCORES, 課程代碼=course_code()[:22])),
    "course_shape": ("grades", put(SCORES, 課程代碼=course_code()[:22] + "-")),
    "course_year": ("grades", put(SCORES, 課程代碼=course_code(year=107))),
    "course_school": ("grades", put(SCORES, 課程代碼=course_code(school=OTHER))),
    "course_grade": ("grades", put(SCORES, 課程代碼=course_code(year=113))),
    "course_facts": ("grades", both(same(SCORES, "課程代碼"), put(SCORES, 1, 科目名稱="別的科目"))),
    "withheld_course": ("grades", put(SCORES, 課程代碼=course_code(kind="9"))),
    "division_mixed": ("grades", put(SCORES, 課程代碼=course_code(school="999B01"))),
    "credits_range": ("grades", put(SCORES, 修課學分=44)),
    "score_range": ("grades", put(SCORES, 學期學業成績=-1)),
    "passed_conflict": ("grades", put(SCORES, 學期學業成績=12)),
    "resit_passed": ("grades", put(SCORES, 補考成績=60)),
    "past_later": ("outcomes", put("轉學轉科課程學習成果", 原修課學年度=116)),
    "school_shape": ("outcomes", put("借讀課程學習成果", 借讀學校代碼="9999")),
    "school_own": ("outcomes", put("借讀課程學習成果", 借讀學校代碼="999901")),
    "school_not_own": ("enrolment", put("學生借讀資料", 所屬學校代碼=OTHER)),
    "summary_missing": ("outcomes", put(OUTCOMES, 成果簡述="")),
    "summary_long": ("outcomes", put(OUTCOMES, 成果簡述="字" * 101)),
    "link_missing": ("outcomes", put(OUTCOMES, 成果文件連結="")),
    "link_shape": ("outcomes", put(OUTCOMES, 成果文件連結="我的檔案.pdf")),
    "day_order": ("cadre", put(OFFICES, 結束日期="2026/08/31")),
    "span_outside": ("cadre", put(OFFICES, 開始日期="2024/09/01", 結束日期="2025/01/31")),
    "hours_range": ("diverse", put("服務學習紀錄", 時數=0)),
    "hours_a_day": ("diverse", put("服務學習紀錄", 結束日期="2026/09/01", 時數=17)),
    "periods_zero": ("diverse", put("彈性學習時間紀錄", 每週節數=0)),
    "licence_score": ("diverse", put("檢定證照紀錄", 分數=-1)),
    "organiser_missing": ("diverse", put("其他多元表現紀錄", 主辦單位="")),
}


def checked(name: str, spoil: Spoil | None = None) -> Diagnosis:
    """A roster examined, after one fault where one is given; a name may carry its code."""
    table = roster(*name.split(":"))
    if spoil is not None:
        spoil(table)
    return examine(table, BOOK)


def test_every_check_is_tried_and_there_are_more_than_thirty() -> None:
    assert set(FAILING) == set(CHECKS)
    assert len(CHECKS) >= 30


@pytest.mark.clause("規§4.2", "規§6.3.1", "規§6.3.2", "規§6.3.3", "規§6.3.4")
@pytest.mark.parametrize("check", CHECKS)
def test_a_roster_with_the_fault_fails_the_check_and_one_without_passes(check: str) -> None:
    name, spoil = FAILING[check]
    assert checked(name).checks == ()
    found = {c.name: c for c in checked(name, spoil).checks}
    assert check in found
    assert found[check].severity == CHECKS[check].severity.value
    assert found[check].places
    desk = BOOK.doctor.desks.get(
        CHECKS[check].desk, "" if check == "cover_missing" else BOOK.roster(name.split(":")[0]).owner
    )
    assert found[check].post == desk


@pytest.mark.clause("規§4.2")
def test_a_place_names_sheet_row_and_column_as_the_clerk_sees_them() -> None:
    found = checked("grades", put(SCORES, 1, 學期學業成績=101)).checks
    assert [(c.name, c.places) for c in found] == [("score_range", ((SCORES, 3, "學期學業成績"),))]
    assert checked("grades", cover(名冊別="99")).checks[0].places == ((COVER_SHEET, 2, "名冊別"),)


@pytest.mark.clause("規§4.2")
def test_errors_make_a_roster_red_and_warnings_do_not() -> None:
    assert checked("grades").green
    assert checked("grades", put(SCORES, 科目名稱="國文 ")).green
    assert not checked("grades", put(SCORES, 科目名稱="")).green


@pytest.mark.parametrize("listed", ["1,", ",1", "1,1", "4, 1", ","])
def test_the_malformed_lists_of_special_statuses_that_were_seen_are_found(listed: str) -> None:
    assert "status_list" in {c.name for c in checked("enrolment", put(STUDENTS, 特殊身分別=listed)).checks}


def test_a_status_that_no_list_has_is_told() -> None:
    assert [c.name for c in checked("enrolment", put(STUDENTS, 特殊身分別="4,24")).checks] == ["unlisted_code"]


@pytest.mark.parametrize("text", ["1150930", "115/09/30", "2026-09-30", "115年9月30日"])
def test_a_day_in_another_style_is_read_and_told(text: str) -> None:
    assert [c.name for c in checked("cadre", put(OFFICES, 結束日期=text)).checks] == ["day_style"]


def test_days_after_today_are_told_where_today_is_known_but_a_term_may_still_run() -> None:
    table = roster("cadre")
    assert [c.name for c in examine(table, BOOK, date(2026, 8, 31)).checks] == ["future_day"]
    assert examine(table, BOOK, date(2026, 9, 1)).checks == (), "the term ends on 30 September"


def test_the_words_of_a_columns_other_names_are_known() -> None:
    assert checked("grades", header(SCORES, "課程代碼", "課程碼")).checks == ()


def test_a_roster_whose_code_is_wrong_is_still_examined_by_its_sheets() -> None:
    found = checked("grades", both(cover(名冊別="99"), put(SCORES, 學期學業成績=101)))
    assert {c.name for c in found.checks} == {"cover_code", "score_range"}
    assert {c.name for c in checked("outcomes", cover(名冊別="99")).checks} == {"cover_code"}, (
        "columns of the day division"
    )


def test_every_check_has_words_in_both_languages_a_source_and_a_clause() -> None:
    for name, c in CHECKS.items():
        assert all((c.title, c.title_en, c.remedy, c.remedy_en)), name
        assert c.source in BOOK.sources or c.source == "workbook" or c.source.startswith("規§"), name
        assert c.clause.startswith("規§"), name
    told = {x for r in BOOK.rosters for s in r.sheets for k in s.columns for x in (k.missing, k.range, k.long)}
    assert told <= set(CHECKS)


def test_the_page_of_checks_is_what_the_table_says() -> None:
    assert PAGE.read_text(encoding="utf-8") == page(BOOK), "python -m cli.rosters.doctor_page"


def told(name: str, spoil: Spoil) -> dict[str, set[tuple[str, int, str]]]:
    """The places of each check that a spoilt roster fails."""
    return {c.name: set(c.places) for c in checked(name, spoil).checks}


@pytest.mark.clause("規§6.3.1")
def test_a_status_of_none_that_stands_alone_is_in_order() -> None:
    assert told("enrolment", put(STUDENTS, 特殊身分別="0")) == {}


@pytest.mark.clause("規§6.3.1")
def test_a_pre_check_takes_no_score_as_a_number_or_as_text() -> None:
    for score in (71, "71"):
        assert set(told("grades:41", put(SCORES, 學期學業成績=score))) == {"precheck_filled"}


@pytest.mark.clause("規§6.3.1")
def test_a_cover_may_name_the_next_school_year_and_none_after_it() -> None:
    year = BOOK.school_year
    assert "cover_year" not in told("grades", cover(學年度=str(year + 1)))
    assert "cover_year" in told("grades", cover(學年度=str(year + 2)))


def test_without_a_cover_no_row_was_looked_at() -> None:
    found = checked("grades", lambda t: setattr(t, "cover", None))
    assert (found.context, found.rows) == (None, 0)


@pytest.mark.clause("規§6.3.1")
def test_an_empty_cell_beside_the_columns_is_no_fault_and_a_column_is_told_at_the_header() -> None:
    assert told("grades", lambda t: sheet_of(t, SCORES).rows[0].append("")) == {}  # type: ignore[attr-defined]
    assert told("grades", header(SCORES, "質性文字描述", "心得"))["column_unknown"] == {(SCORES, 1, "心得")}


@pytest.mark.clause("規§6.3.1")
def test_every_row_that_was_not_submitted_is_told_with_its_number() -> None:
    name = SCORES + "(缺)"
    found = told("grades", lambda t: t.rejects.append(SheetCells(name, ["身分證號"], [["x"], ["y"]])))
    assert found["rejects_present"] == {(name, 2, ""), (name, 3, "")}


@pytest.mark.clause("規§6.3.4")
def test_the_order_of_days_is_judged_where_they_are_written_as_dates() -> None:
    assert "day_order" in told("cadre", put(OFFICES, 結束日期=date(2026, 8, 31)))


@pytest.mark.parametrize("column", ["身分證號", "出生日期", "性別代碼", "學籍狀態", "學籍異動日期"])
def test_a_roster_without_a_column_is_still_examined(column: str) -> None:
    assert {"column_missing", "column_unfilled"} & set(told("enrolment", header(STUDENTS, column, "")))


def test_a_seat_taken_twice_is_told_at_the_seat_number_even_where_the_class_is_empty() -> None:
    spoil = same(STUDENTS, "年級", "班級名稱", "座號")
    assert told("enrolment", spoil)["seat_twice"] == {(STUDENTS, 3, "座號")}
    empty_class = both(spoil, put(STUDENTS, 0, 班級名稱=""), put(STUDENTS, 1, 班級名稱=""))
    assert "seat_twice" in told("enrolment", empty_class)


@pytest.mark.clause("規§5.1.2", "規§6.3.4")
@pytest.mark.parametrize(("last", "outside"), [("2026/07/31", True), ("2026/08/01", False), ("2026/08/15", False)])
def test_a_term_of_office_reaches_into_the_school_year_that_begins_on_the_first_of_august(
    last: str, outside: bool
) -> None:
    assert ("span_outside" in told("cadre", put(OFFICES, 開始日期="2026/07/01", 結束日期=last))) is outside
