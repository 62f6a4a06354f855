"""Both sides of every edge of the data doctor's checks: which checks a cell, a row or a cover fails, and no other. 規§6.3"""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import Any

import pytest

from rules.rosters.checks.catalogue import CHECKS
from rules.rosters.checks.context import read_cover, whole_text
from rules.rosters.checks.doctor import examine
from rules.rosters.checks.table import Found, SheetCells, Table
from rules.rosters.schema import COVER_SHEET
from tests.rosters.orders import BOOK, OTHER, SCHOOL, course_code, national_id
from tests.rosters.test_doctor import (
    OFFICES,
    OUTCOMES,
    SCORES,
    STUDENTS,
    Spoil,
    both,
    checked,
    cover,
    drop,
    header,
    put,
    roster,
    same,
    sheet_of,
    told,
)

VISITING, SERVICE, TRANSFERRED = "學生借讀資料", "服務學習紀錄", "轉學轉科課程學習成果"
BORROWED, MAKEUP = "借讀課程學習成果", "補修成績"


def fails(name: str, sheet: str, row: int = 0, /, **cells: Any) -> set[str]:
    """The checks that a roster fails after some cells of a row were put in."""
    return set(told(name, put(sheet, row, **cells)))


def edges(name: str, sheet: str, column: str, judged: list[tuple[Any, str]]) -> None:
    """Each cell of a column fails this check, or none where that is empty."""
    found = [(cell, " ".join(sorted(fails(name, sheet, **{column: cell})))) for cell, _ in judged]
    assert found == judged


# -- single cells ----------------------------------------------------------------------------------


@pytest.mark.clause("規§6.3.1")
def test_a_score_is_a_number_of_two_decimals_from_0_to_100() -> None:
    edges("grades_continuing", SCORES, "學年學業成績", [
        ("", ""), ("0", ""), (0, ""), ("100", ""), (100.0, ""), ("99.99", ""), (59.5, ""), ("1.10", ""), ("1.500", ""),
        ("-0.01", "score_range"), (-1, "score_range"), ("100.01", "score_range"), ("101", "score_range"),
        ("1.001", "number_decimals"), (59.999, "number_decimals"), (1e22, "number_unreadable"),
        ("x", "number_unreadable"), ("1,000", "number_unreadable"), ("1.", "number_unreadable"), (".5", "number_unreadable"),
        ("+1", "number_unreadable"), ("1e1", "number_unreadable"), ("60分", "number_unreadable"), (True, "cell_type"),
    ])  # fmt: skip


@pytest.mark.clause("規§6.3.1")
def test_a_whole_number_has_its_bounds_and_no_decimals() -> None:
    edges("enrolment", STUDENTS, "座號", [
        (1, ""), ("01", ""), (99, ""), (0, "number_range"), (100, "number_range"), ("1.5", "number_decimals"),
        (1.0, ""), (1.5, "number_decimals"), ("1.0", ""), ("", "required_empty"), ("十", "number_unreadable"),
    ])  # fmt: skip
    edges("grades", SCORES, "修課學分", [(0, ""), (10, ""), (11, "credits_range"), (-1, "credits_range")])


@pytest.mark.clause("規§6.3.1")
def test_a_text_has_its_length_and_neither_blanks_around_it_nor_control_characters() -> None:
    edges("enrolment", STUDENTS, "班級名稱", [
        ("班" * 20, ""), ("班" * 21, "too_long"), ("", "required_empty"), (" ", "required_empty"), (" 101", "white_space"),
        ("101 ", "white_space"), ("1\x0701", "control_character"), ("1\x0701 ", "control_character white_space"),
        (" " + "班" * 20, "white_space"), (101, "text_as_number"), (101.5, "text_as_number"), (True, "cell_type"),
        (date(2026, 9, 1), "cell_type"), (time(8), "cell_type"), (timedelta(1), "cell_type"),
        ("#N/A", "error_value"), ("#DIV/0!", "error_value"), ("#NAME?", "error_value"), ("#5", ""),
    ])  # fmt: skip


@pytest.mark.clause("規§6.3.1")
def test_a_code_stands_in_its_list_and_is_text() -> None:
    edges("grades", SCORES, "開課年級", [
        ("1", ""), (1, "code_as_number"), (1.0, "code_as_number"), (1.5, "float_id"), (9, "course_grade float_id"), (True, "cell_type"),
        ("", "required_empty"),
    ])  # fmt: skip
    edges("enrolment", STUDENTS, "年級", [("9", "grade_range"), ("1", ""), (9, "float_id")])
    edges("enrolment", STUDENTS, "班別", [("44", "unlisted_code"), ("1", "")])
    edges("enrolment", STUDENTS, "性別代碼", [("3", "id_sex unknown_code"), ("1", ""), (1, "code_as_number")])


@pytest.mark.clause("規§6.3.1")
def test_equal_cells_of_other_types_are_judged_apart() -> None:
    def judged(first: Any, second: Any) -> dict[str, set[int]]:
        found = told("grades", both(put(SCORES, 0, 開課年級=first), put(SCORES, 1, 開課年級=second)))
        return {check: {row for _, row, _ in places} for check, places in found.items()}

    assert judged(1, True) == {"code_as_number": {2}, "cell_type": {3}}
    assert judged(True, 1) == {"cell_type": {2}, "code_as_number": {3}}
    assert judged("1", 1.0) == {"code_as_number": {3}}


@pytest.mark.clause("規§6.3.1")
def test_a_length_is_counted_as_people_see_it() -> None:
    # A sign above a letter is no letter of its own.
    marked_ = "班" * 19 + "e\u0302\u0323"
    assert (len(marked_), fails("enrolment", STUDENTS, 班級名稱=marked_)) == (22, set())
    assert fails("enrolment", STUDENTS, 班級名稱="班" + marked_) == {"too_long"}


@pytest.mark.clause("規§6.3.1")
def test_several_codes_are_separated_by_commas_each_once_and_none_stands_alone() -> None:
    edges("enrolment", STUDENTS, "特殊身分別", [
        ("4", ""), ("4,5", ""), ("4,4", "status_list"), ("4,,5", "status_list"), ("4, 5", "status_list"), (",4", "status_list"),
        ("4,24", "unlisted_code"), ("0", ""), ("0,4", "status_none_and_more"), ("0,24", "status_none_and_more unlisted_code"),
        (4, "float_id"),
    ])  # fmt: skip


@pytest.mark.clause("規§6.3.1")
def test_an_identity_is_ten_characters_with_the_right_last_one() -> None:
    right = national_id(1)
    wrong = right[:9] + str((int(right[9]) + 1) % 10)
    edges("grades", SCORES, "身分證號", [
        (right, ""), (wrong, "id_check_digit"), (right[:9], "id_shape"), ("", "required_empty"),
        (1.23e9, "float_id"), (123, "float_id"),
    ])  # fmt: skip


@pytest.mark.clause("規§6.3.1")
def test_a_day_is_text_in_the_style_of_its_column_and_not_after_the_year() -> None:
    found = {
        cell: fails("cadre", OFFICES, 結束日期=cell)
        for cell in ("2027/07/31", "2027/08/01", "1150930", date(2026, 9, 30), datetime(2027, 8, 1), "2026/09/31",
                     1150930, "", time(0))
    }  # fmt: skip
    assert list(found.values()) == [
        set(), {"future_day"}, {"day_style"}, {"day_style"}, {"day_style", "future_day"}, {"day_unreadable"},
        {"day_as_number"}, {"required_empty"}, {"cell_type"},
    ]  # fmt: skip
    # The day of a certificate may lie ahead, and so may the end of a stay elsewhere.
    assert fails("enrolment", VISITING, 申請結束日期="1190630") == set()
    assert "future_day" in fails("enrolment", STUDENTS, 學籍狀態="3", 學籍異動日期="1160801")


@pytest.mark.clause("規§6.3.1")
@pytest.mark.parametrize(
    ("born", "told_"),
    [("1030101", set()), ("1040101", {"birth_implausible"}), ("0861231", set()), ("0851231", {"birth_implausible"})],
)
def test_a_student_is_13_to_30_years_old_in_the_year_in_which_the_school_year_ends(born: str, told_: set[str]) -> None:
    assert fails("grades", SCORES, 出生日期=born) == told_


@pytest.mark.clause("規§6.3.1")
def test_a_student_of_the_continuing_division_may_be_90() -> None:
    year = "學期成績"
    assert fails("grades_continuing", year, 出生日期="0261231") == set()
    assert fails("grades_continuing", year, 出生日期="0251231") == {"birth_implausible"}


@pytest.mark.clause("規§6.3.1")
def test_a_school_code_is_six_characters_of_another_school_or_of_ones_own_as_the_column_says() -> None:
    edges("enrolment", VISITING, "所屬學校代碼", [
        (SCHOOL, ""), (OTHER, "school_not_own"), ("99990", "school_shape"), ("99990a", "school_shape"),
        ("000000", "test_school"), (999901, "float_id"),
    ])  # fmt: skip
    edges("enrolment", VISITING, "借讀學校代碼", [(OTHER, ""), (SCHOOL, "school_own"), ("000000", "test_school")])


@pytest.mark.clause("規§6.3.2")
def test_a_link_is_an_address_or_the_hash_of_a_file() -> None:
    edges("outcomes", OUTCOMES, "成果文件連結", [
        ("https://portfolio.example/a.pdf", ""), ("http://portfolio.example/a", ""), ("a" * 64, ""), ("A" * 64, "link_shape"),
        ("a" * 63, "link_shape"), ("ftp://portfolio.example/a", "link_shape"), ("https://a b", "link_shape"), (5, "text_as_number"),
    ])  # fmt: skip


@pytest.mark.clause("規§6.3.1")
def test_a_course_code_is_of_this_school_and_of_a_year_that_has_begun() -> None:
    code = course_code(year=114)
    edges("grades", MAKEUP, "課程代碼", [
        ("", "course_code_missing"), (code[:22], "course_length"), (code + "1", "course_length too_long"),
        (code[:22] + "x", "course_shape"), ("X" + code[1:], "course_shape"), (1.15999901e22, "float_id"),
    ])  # fmt: skip
    known = {"course_grade", "course_facts"}

    def of(**parts: Any) -> set[str]:
        return fails("grades", SCORES, 課程代碼=course_code(**parts)) - known

    assert (of(year=108), of(year=107), of(year=115), of(year=116)) == (set(), {"course_year"}, set(), {"course_year"})
    assert (of(kind="8"), of(kind="9", prop="D"), of(kind="9")) == ({"withheld_course"}, set(), {"withheld_course"})
    assert (of(school=OTHER), of(school="000000"), of(school="999B01")) == (
        {"course_school"}, {"test_school"}, {"division_mixed"},
    )  # fmt: skip
    continuing = fails("grades_continuing", "學期成績", 課程代碼=course_code(school="999B01"))
    assert continuing - known == {"course_school"}, "in a roster of that division it is another school's"


# -- one row ---------------------------------------------------------------------------------------


def served(first: Any, last: Any, hours: Any = 2) -> set[str]:
    """A student's service from a day to a day."""
    return fails("diverse", SERVICE, 開始日期=first, 結束日期=last, 時數=hours) - {"day_style"}


@pytest.mark.clause("規§6.3.3")
def test_a_span_ends_after_it_begins_and_touches_the_school_year() -> None:
    assert served("2026/09/02", "2026/09/02") == set()
    assert served("2026/09/02", "2026/09/01") == {"day_order"}
    assert served("2026/07/01", "2026/07/31") == {"span_outside"}
    assert served("2026/07/01", "2026/08/01") == set()
    assert served("2027/07/31", "2027/07/31") == set()
    assert served("2027/08/01", "2027/08/01") == {"future_day", "span_outside"}
    assert served(datetime(2026, 9, 2), datetime(2026, 9, 1)) == {"day_order"}
    assert served(date(2026, 9, 2), "2026/09/01") == {"day_order"}
    assert served("2026/09/31", "2026/09/01") == {"day_unreadable"}
    assert served("", "2026/09/01") == {"required_empty"}
    assert served(5, "2026/09/01") == {"day_as_number"}
    assert [p for c, p in told("diverse", put(SERVICE, 開始日期="2026/07/01", 結束日期="2026/07/31")).items()] == [
        {(SERVICE, 2, "開始日期")}
    ]


@pytest.mark.clause("規§6.3.3")
def test_a_day_holds_sixteen_hours_of_service() -> None:
    for last, hours, told_ in (
        ("2026/09/01", 16, set()), ("2026/09/01", 16.5, {"hours_a_day"}), ("2026/09/01", "17", {"hours_a_day"}),
        ("2026/09/02", 32, set()), ("2026/09/02", 33, {"hours_a_day"}), ("2026/08/31", 33, {"day_order"}),
    ):  # fmt: skip
        assert served("2026/09/01", last, hours) == told_, (last, hours)
    assert told("diverse", put(SERVICE, 結束日期="2026/09/01", 時數=17))["hours_a_day"] == {(SERVICE, 2, "時數")}
    without = both(header(SERVICE, "時數", ""), put(SERVICE, 結束日期="2026/09/01"))
    assert set(told("diverse", without)) == {"column_missing"}


@pytest.mark.clause("規§6.3.4")
def test_no_day_lies_before_the_student_was_born() -> None:
    before = told("cadre", put(OFFICES, 出生日期="2010/02/02", 開始日期="2010/02/01"))
    assert before["day_before_birth"] == {(OFFICES, 2, "開始日期")}
    assert "day_before_birth" not in told("cadre", put(OFFICES, 出生日期="2010/02/02", 開始日期="2010/02/02"))
    unread = told("cadre", put(OFFICES, 出生日期="2010/02/30", 開始日期="2010/02/01"))
    assert "day_before_birth" not in unread


@pytest.mark.clause("規§6.3.2")
def test_a_course_taken_before_is_of_no_later_semester_than_the_roster() -> None:
    def taken(year: Any, semester: Any) -> set[str]:
        return fails("grades_again", "重修成績", 原修課學年度=year, 原修課學期=semester) - {
            "course_grade",
            "course_year",
        }

    assert (taken(115, "1"), taken(115, "2"), taken(114, "2"), taken(116, "1")) == (
        set(), {"past_later"}, set(), {"past_later"},
    )  # fmt: skip
    assert taken("115.0", "2") == set(), "a year that cannot be read is not judged"
    assert taken(115.0, "2") == {"past_later"}
    assert told("grades_again", put("重修成績", 原修課學年度=116))["past_later"] == {("重修成績", 2, "原修課學年度")}


@pytest.mark.clause("規§6.3.2")
def test_one_of_the_links_is_enough_and_without_any_the_first_is_told() -> None:
    linked = next(s for r in BOOK.rosters for s in r.sheets if s.name == SERVICE)
    none: dict[str, Any] = dict.fromkeys(linked.links, "")
    assert told("diverse", put(SERVICE, **none)) == {"link_missing": {(SERVICE, 2, linked.links[0])}}
    assert fails("diverse", SERVICE, **{**none, linked.links[-1]: "https://portfolio.example/a"}) == set()


@pytest.mark.clause("規§6.3.1")
def test_a_pass_and_its_score_agree_below_40_and_from_60() -> None:
    def scored(score: Any, passed: Any) -> set[str]:
        return fails("grades", SCORES, 學期學業成績=score, 成績及格=passed)

    agreed = [(40, "1"), (100, "1"), (39.99, "0"), (59.99, "0"), (0, "0"), ("", "1"), ("", "0"), (12, "")]
    assert [x for x in agreed if scored(*x)] == []
    for score, passed in ((39.99, "1"), (60, "0"), ("60", "0"), (0, "1")):
        assert scored(score, passed) == {"passed_conflict"}, (score, passed)
    assert told("grades", put(SCORES, 學期學業成績=60, 成績及格="0"))["passed_conflict"] == {(SCORES, 2, "成績及格")}
    assert scored("八", "1") == {"number_unreadable"}


@pytest.mark.clause("規§6.3.1")
def test_who_passed_has_no_score_of_a_second_try() -> None:
    again: dict[str, Any] = {"補考成績": 60, "補考及格": "1"}
    assert told("grades", put(SCORES, 成績及格="1", **again)) == {"resit_passed": {(SCORES, 2, "補考成績")}}
    assert fails("grades", SCORES, 學期學業成績=50, 成績及格="0", **again) == set()
    assert fails("grades", SCORES, 學期學業成績="", 成績及格="", **again) == set()


@pytest.mark.clause("規§6.3.1")
def test_only_who_left_or_was_away_has_a_day_of_the_change() -> None:
    def state(status: str, day: str) -> set[str]:
        return fails("enrolment", STUDENTS, 學籍狀態=status, 學籍異動日期=day)

    assert (state("1", ""), state("3", "1150901")) == (set(), set())
    assert (state("1", "1150901"), state("3", "")) == ({"enrolled_with_change"}, {"change_without_day"})
    assert state("", "") == {"required_empty"}
    for status, day in (("1", "1150901"), ("3", "")):
        [places] = told("enrolment", put(STUDENTS, 學籍狀態=status, 學籍異動日期=day)).values()
        assert places == {(STUDENTS, 2, "學籍異動日期")}


@pytest.mark.clause("規§6.3.1")
def test_what_is_said_of_indigenous_students_agrees_and_a_certificate_is_whole() -> None:
    def said(**cells: Any) -> set[str]:
        return fails("enrolment", STUDENTS, **cells)

    one: dict[str, Any] = {"原住民身分別": "1", "特殊身分別": "1", "原住民族別": "阿美族"}
    whole: dict[str, Any] = {"族語認證報考方言": "馬蘭阿美語", "報考年度": 114, "族語認證有效日期": "1180831"}
    assert (said(**one), said(**one, **whole), said(原住民身分別="0"), said(原住民身分別="")) == (set(),) * 4
    assert said(**one | {"特殊身分別": "4,1"}) == set()
    conflict = {"indigenous_conflict"}
    assert said(**one | {"特殊身分別": "4"}) == said(**one | {"原住民身分別": "0"}) == conflict
    assert said(原住民族別="阿美族") == conflict
    assert said(**whole) == conflict, "a certificate of who is none"
    assert said(**one | {"特殊身分別": "11"}) >= conflict
    for gone in whole:
        assert said(**one, **whole | {gone: ""}) == {"indigenous_certificate"}
    places = told("enrolment", put(STUDENTS, **one, 報考年度=114))
    assert places == {"indigenous_certificate": {(STUDENTS, 2, "族語認證報考方言")}}
    assert told("enrolment", put(STUDENTS, 原住民族別="阿美族")) == {
        "indigenous_conflict": {(STUDENTS, 2, "原住民身分別")}
    }
    bare = both(header(STUDENTS, "原住民族別", ""), put(STUDENTS, 原住民身分別="1"))
    assert set(told("enrolment", bare)) == {"column_unfilled"}, "without the column nothing can be compared"


@pytest.mark.clause("規§6.3.1")
def test_the_sex_is_that_of_the_identity() -> None:
    assert (fails("enrolment", STUDENTS, 性別代碼="1"), fails("enrolment", STUDENTS, 性別代碼="2")) == (
        set(),
        {"id_sex"},
    )
    woman = "A200000003"
    assert fails("enrolment", STUDENTS, 身分證號=woman, 性別代碼="2") == set()
    assert told("enrolment", put(STUDENTS, 身分證號=woman, 性別代碼="1")) == {"id_sex": {(STUDENTS, 2, "性別代碼")}}
    assert fails("enrolment", STUDENTS, 身分證號="A2", 性別代碼="1") == {"id_shape"}
    assert fails("enrolment", STUDENTS, 身分證號=woman, 性別代碼="") == {"required_empty"}


@pytest.mark.clause("規§6.3.1")
def test_the_year_of_a_course_code_and_the_year_of_study_give_the_grade() -> None:
    def graded(entry: int, grade: str) -> set[str]:
        return fails("grades", SCORES, 課程代碼=course_code(year=entry), 開課年級=grade)

    assert (graded(115, "1"), graded(114, "2"), graded(113, "3")) == (set(), set(), set())
    assert (graded(115, "2"), graded(114, "1")) == ({"course_grade"}, {"course_grade"})
    assert told("grades", put(SCORES, 課程代碼=course_code(year=114)))["course_grade"] == {(SCORES, 2, "開課年級")}
    # A course taken before: the year in which it was taken counts.
    again: dict[str, Any] = {"課程代碼": course_code(year=113), "原修課學年度": 114, "開課年級": "2"}
    assert fails("grades_again", "重修成績", **again) == set()
    assert fails("grades_again", "重修成績", **again | {"原修課學年度": 113}) == {"course_grade"}
    assert fails("grades_again", "重修成績", **again | {"原修課學年度": ""}) == {"required_empty"}
    assert fails("grades", SCORES, 開課年級="") == {"required_empty"}


@pytest.mark.clause("規§6.3.2")
def test_a_course_taken_elsewhere_has_that_schools_code() -> None:
    elsewhere: dict[str, Any] = {"借讀學校代碼": OTHER, "借讀校課程代碼": course_code(school=OTHER, year=114)}
    assert fails("outcomes", BORROWED, **elsewhere) == set()
    ours = elsewhere | {"借讀校課程代碼": course_code(year=114)}
    assert told("outcomes", put(BORROWED, **ours)) == {"course_school": {(BORROWED, 2, "借讀校課程代碼")}}
    assert fails("outcomes", BORROWED, **ours | {"借讀學校代碼": ""}) == {"required_empty"}
    assert fails("outcomes", BORROWED, **ours | {"借讀校課程代碼": "115"}) == {"course_length"}


# -- rows beside one another -----------------------------------------------------------------------


@pytest.mark.clause("規§6.3.1")
def test_a_person_a_key_and_a_seat_stand_once() -> None:
    twice = told("grades", same(SCORES, "身分證號", "出生日期", "課程代碼"))
    assert twice["duplicate_key"] == {(SCORES, 3, "身分證號")}
    assert "duplicate_key" not in told("grades", same(SCORES, "身分證號", "出生日期"))
    nobody = both(put(SCORES, 0, 身分證號=""), put(SCORES, 1, 身分證號=""), same(SCORES, "課程代碼"))
    assert "duplicate_key" not in told("grades", nobody)
    person = told("enrolment", same(STUDENTS, "身分證號", "出生日期"))
    assert person["duplicate_person"] == {(STUDENTS, 3, "身分證號")}
    assert "seat_twice" not in told("enrolment", same(STUDENTS, "年級", "班級名稱"))
    assert set(told("enrolment", both(header(STUDENTS, "座號", ""), same(STUDENTS, "年級", "班級名稱")))) == {
        "column_missing"
    }
    assert told("outcomes", same(OUTCOMES)) == {"duplicate_row": {(OUTCOMES, 3, "")}}
    other = both(same(OUTCOMES), put(OUTCOMES, 1, 成果簡述="別的"))
    assert told("outcomes", other) == {}
    keyless = both(header(SCORES, "課程代碼", ""), same(SCORES, "身分證號", "出生日期"))
    assert set(told("grades", keyless)) == {"column_missing"}


@pytest.mark.clause("規§6.3.1")
def test_a_person_has_one_birth_day_on_all_sheets() -> None:
    here = told("grades", both(same(SCORES, "身分證號"), put(SCORES, 1, 出生日期="0990101")))
    assert here["id_birth"] == {(SCORES, 3, "出生日期")}
    one, other = national_id(1), "0990202"
    there = both(put(SCORES, 身分證號=one, 出生日期="0990101"), put(MAKEUP, 1, 身分證號=one, 出生日期=other))
    assert told("grades", there)["id_birth"] == {(MAKEUP, 3, "出生日期")}
    for empty in ({"身分證號": ""}, {"出生日期": ""}):
        spoil = both(there, put(MAKEUP, 1, **empty))
        assert "id_birth" not in told("grades", spoil)


@pytest.mark.clause("規§6.3.1")
def test_a_course_has_one_name_and_one_number_of_credits_on_all_sheets_that_say_both() -> None:
    def twice(sheet: str = SCORES, row: int = 1, **cells: Any) -> Spoil:
        code = list(sheet_of(roster("grades"), SCORES).headers).index("課程代碼")
        first = sheet_of(roster("grades"), SCORES).rows[0]
        names = {"課程代碼": first[code], "科目名稱": "國文", "修課學分": 2}
        return both(put(SCORES, 0, 科目名稱="國文", 修課學分=2), put(sheet, row, **names | cells))

    assert told("grades", twice()) == {}
    assert told("grades", twice(修課學分="2")) == {}, "2 as text says the same"
    assert told("grades", twice(科目名稱="英文")) == {"course_facts": {(SCORES, 3, "科目名稱")}}
    assert told("grades", twice(修課學分=3)) == {"course_facts": {(SCORES, 3, "科目名稱")}}
    assert told("grades", twice(MAKEUP, 修課學分=3))["course_facts"] == {(MAKEUP, 3, "科目名稱")}
    assert "course_facts" not in told("grades", twice(課程代碼="", 科目名稱="英文"))
    # Sheets that say only the name are compared within themselves.
    names = "學期成績", "轉學轉科成績"
    code: dict[str, Any] = {"課程代碼": course_code(5)}
    apart = both(put(names[0], **code, 科目名稱="國文"), put(names[1], **code, 科目名稱="英文"))
    assert "course_facts" not in told("grades_continuing", apart)
    within = both(put(names[0], **code, 科目名稱="國文"), put(names[0], 1, **code, 科目名稱="英文"))
    assert told("grades_continuing", within)["course_facts"] == {(names[0], 3, "科目名稱")}


# -- cover and layout ------------------------------------------------------------------------------


COVER = {"學校代碼": SCHOOL, "學年度": "115", "學期": "1", "名冊別": "22"}
YEARLY = next(r for r in BOOK.rosters if r.yearly)


def of_cover(**cells: Any) -> dict[str, list[tuple[str, int, str]]]:
    """What a cover fails with other cells; None takes one away."""
    found = Found()
    read_cover(Table({k: v for k, v in (COVER | cells).items() if v is not None}, []), BOOK, found, None)
    return found.places


def at_cover(column: str) -> list[tuple[str, int, str]]:
    """The place of one cell of the cover."""
    return [(COVER_SHEET, 2, column)]


@pytest.mark.clause("規§6.3.1")
@pytest.mark.parametrize("column", COVER)
def test_an_empty_or_absent_cell_of_a_cover_is_told_where_it_stands_and_nothing_else(column: str) -> None:
    assert of_cover() == {}
    assert of_cover(**{column: ""}) == of_cover(**{column: None}) == {"cover_missing": at_cover(column)}


@pytest.mark.clause("規§6.3.1")
def test_a_school_is_six_characters_of_text_and_no_test_school() -> None:
    for wrong in (999901, 999901.0, "99990", "9999012", "99990a"):
        assert of_cover(學校代碼=wrong) == {"cover_school": at_cover("學校代碼")}, wrong
    assert of_cover(學校代碼="000000") == {"test_school": at_cover("學校代碼")}
    assert of_cover(學校代碼="000B00") == {"test_school": at_cover("學校代碼")}


@pytest.mark.clause("規§6.3.1")
def test_a_school_year_is_of_three_digits_from_the_first_one_to_the_next() -> None:
    for right in ("108", "115", "116", 115, 115.0, " 115 "):
        assert of_cover(學年度=right) == {}, right
    for wrong in ("107", "117", "1150", "15", "x", "115.5"):
        assert of_cover(學年度=wrong) == {"cover_year": at_cover("學年度")}, wrong


@pytest.mark.clause("規§6.3.1")
def test_a_semester_is_1_or_2_and_0_on_a_yearly_roster() -> None:
    for right in ("1", "2", 1, 2.0):
        assert of_cover(學期=right) == {}, right
    for wrong in ("0", 0, "3", "x", "12"):
        assert of_cover(學期=wrong) == {"cover_semester": at_cover("學期")}, wrong
    yearly = {"名冊別": YEARLY.codes[0].code}
    for right in ("0", 0, 0.0):
        assert of_cover(學期=right, **yearly) == {}, right
    for wrong in ("1", "2", "x"):
        assert of_cover(學期=wrong, **yearly) == {"cover_semester_yearly": at_cover("學期")}, wrong


@pytest.mark.clause("規§6.3.1")
def test_a_roster_code_is_one_of_the_book() -> None:
    for code in ("99", "2", 99):
        assert of_cover(名冊別=code) == {"cover_code": at_cover("名冊別")}, code
    for right in ("22", 22, 22.0, "41"):
        assert of_cover(名冊別=right) == {}, right
    found = Found()
    assert read_cover(Table(None, []), BOOK, found, None) is None
    assert found.places == {"cover_missing": [(COVER_SHEET, 0, "")]}


@pytest.mark.clause("規§6.3.1")
def test_what_the_cover_does_not_say_rightly_is_taken_from_the_book_and_from_the_sheets() -> None:
    def context(name: str, spoil: Spoil, on: date | None = None) -> tuple[Any, ...]:
        table = roster(*name.split(":"))
        spoil(table)
        found = examine(table, BOOK, on).context
        assert found is not None
        return found.schema.id, found.school, found.year, found.semester, found.precheck, found.continuing

    def nothing(table: Table) -> None:
        pass

    assert context("grades", nothing) == ("grades", SCHOOL, 115, 1, False, False)
    assert context("grades:41", nothing) == ("grades", SCHOOL, 115, 1, True, False)
    assert context("grades_continuing", nothing)[0::5] == ("grades_continuing", True)
    assert context("grades", cover(學年度="107", 學期="x"))[2:4] == (115, 2)
    assert context("grades", cover(學年度="114", 學期="2"))[2:4] == (114, 2)
    assert context("outcomes", nothing)[2:4] == (115, 2), "a yearly roster is judged as at the end of its year"
    assert context("grades", cover(名冊別=""))[0::4] == ("grades", False)
    lone = Table({"名冊別": "99"}, [SheetCells("無此表", ["x"], [["x"]])])
    assert examine(lone, BOOK).context is None
    assert [c.name for c in examine(lone, BOOK).checks] == ["cover_code", "cover_missing"]


@pytest.mark.clause("規§6.3.1")
def test_the_roster_year_runs_from_august_to_july_and_a_day_after_today_is_ahead() -> None:
    found = examine(roster("grades"), BOOK).context
    assert found is not None
    assert (found.first, found.end, found.last) == (date(2026, 8, 1), date(2027, 7, 31), date(2027, 7, 31))
    today = examine(roster("grades"), BOOK, date(2026, 12, 1)).context
    after = examine(roster("grades"), BOOK, date(2028, 1, 1)).context
    assert today is not None and after is not None
    assert (today.last, today.end, after.last) == (date(2026, 12, 1), date(2027, 7, 31), date(2027, 7, 31))


@pytest.mark.parametrize(
    ("cell", "text"),
    [(26, "26"), (26.0, "26"), (" 26 ", "26"), (26.5, "26.5"), (True, "True"), ("", ""), ("026", "026")],
)
def test_a_short_number_says_the_same_as_text(cell: Any, text: str) -> None:
    assert whole_text(cell) == text


@pytest.mark.clause("規§6.3.1")
def test_sheets_and_columns_are_told_where_they_stand() -> None:
    assert told("grades", drop(MAKEUP)) == {"sheet_missing": {(MAKEUP, 0, "")}}
    extra = told("grades", lambda t: t.sheets.append(SheetCells("補考", ["身分證號"], [["x"]])))
    assert extra == {"sheet_unknown": {("補考", 0, "")}}
    assert told("grades", lambda t: setattr(t, "hidden", ("草稿", "舊"))) == {
        "sheet_hidden": {("草稿", 0, ""), ("舊", 0, "")}
    }
    assert told("grades", header(SCORES, "質性文字描述", "")) == {"column_unfilled": {(SCORES, 1, "質性文字描述")}}
    twice = told("grades", header(SCORES, "質性文字描述", "科目名稱"))
    assert twice["column_twice"] == {(SCORES, 1, "科目名稱")}
    assert told("outcomes", header(OUTCOMES, "修課學分", "節數"))["division_columns"] == {(OUTCOMES, 1, "節數")}
    key = told("diverse", header("檢定證照紀錄", "取得證照日期", ""))
    assert key == {"column_missing": {("檢定證照紀錄", 1, "取得證照日期")}}, "required or part of the key"
    beyond = told("grades", lambda t: sheet_of(t, SCORES).rows[1].extend(["", "x"]))  # type: ignore[attr-defined]
    assert beyond == {"cell_without_column": {(SCORES, 3, "")}}


def test_rows_that_hold_nothing_are_passed_over_and_places_count_from_the_files_first_row() -> None:
    def later(table: Table) -> None:
        scores = sheet_of(table, SCORES)
        scores.first = 5
        scores.rows = [["" for _ in scores.headers], *scores.rows]
        scores.rows[2][list(scores.headers).index("科目名稱")] = ""  # type: ignore[index]

    assert told("grades", later) == {"required_empty": {(SCORES, 7, "科目名稱")}}
    found = checked("grades", later)
    assert found.rows == checked("grades").rows
    headed = told("grades", both(later, header(SCORES, "質性文字描述", "心得")))
    assert headed["column_unknown"] == {(SCORES, 4, "心得")}

    def bare(table: Table) -> None:
        for sheet in table.sheets:
            sheet.rows = [["" for _ in sheet.headers]]

    assert told("grades", bare) == {"no_rows": {(COVER_SHEET, 0, "")}}
    some = told("grades", lambda t: setattr(sheet_of(t, SCORES), "rows", []))
    assert some == {}


@pytest.mark.parametrize(("kind", "check"), [("formulas", "formula"), ("errors", "error_value"), ("merged", "merged")])
def test_what_a_spreadsheet_hides_is_told_at_its_cell(kind: str, check: str) -> None:
    def mark(*places: tuple[int, int]) -> dict[str, set[tuple[str, int, str]]]:
        return told("grades", lambda t: setattr(sheet_of(t, SCORES), kind, frozenset(places)))

    headers = list(sheet_of(roster("grades"), SCORES).headers)
    assert mark((1, 2), (0, 0)) == {check: {(SCORES, 3, headers[2]), (SCORES, 2, headers[0])}}
    assert mark((0, len(headers))) == {check: {(SCORES, 2, "")}}
    assert mark((0, len(headers) - 1)) == {check: {(SCORES, 2, headers[-1])}}


def test_errors_stand_before_warnings_each_with_its_desk_and_its_places_in_order() -> None:
    found = Found()
    for row in (3, 2):
        found.tell("white_space", "s", row, "c")
    found.tell("required_empty", "s")
    found.tell("course_year", "s")
    told_ = found.checks("owner", {"courses": "course_affairs"})
    assert [(c.name, c.severity, c.post) for c in told_] == [
        ("course_year", "error", "course_affairs" if CHECKS["course_year"].desk == "courses" else "owner"),
        ("required_empty", "error", "owner"),
        ("white_space", "warning", "owner"),
    ]
    assert told_[-1].places == (("s", 2, "c"), ("s", 3, "c"))
    assert told_[1].places == (("s", 0, ""),)
    with pytest.raises(KeyError):
        found.tell("nothing", "s")
