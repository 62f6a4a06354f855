"""A refusal says code, clause, place, found, limit and remedy in both languages, and nothing of it is empty."""

from __future__ import annotations

import re

import pytest

from rules.ids import duty_key, duty_process, handover_id, semester_id, step_key, submission_id, year_id, year_of
from rules.lint.model import Hit
from rules.lint.words import about, at, at_deadline, at_window, days, when
from rules.refusals import Code, Refusal, refuse
from rules.refusals.unsaid import FOUND, LIMIT, UNSAID
from rules.school_files import EnrolmentRow, Known
from tests.lint.world import case, found
from tests.rules.builders import taipei

CHINESE = re.compile(r"[\u4e00-\u9fff]")


@pytest.mark.clause("規§5.0")
@pytest.mark.parametrize("code", list(Code))
def test_every_code_is_told_in_both_languages_with_what_to_do(code: Code) -> None:
    shown = Refusal(code=code).shown()
    assert all(shown.values())
    assert shown["code"] == shown["place"] == code.value
    for part in ("message", "remedy"):
        assert CHINESE.search(shown[part])
        assert not CHINESE.search(shown[f"{part}_en"])
    assert shown["message"] != shown["remedy"]
    assert (shown["found"], shown["limit"]) == UNSAID.get(code, (FOUND, LIMIT))
    assert shown["clause"] == "規§5.0"


@pytest.mark.clause("規§6.1")
def test_what_the_rule_named_is_shown_as_it_named_it() -> None:
    error = refuse(Code.QUOTA_EXCEEDED, clause="規§6.1", place="outcome 115", found=7, limit=taipei("2027-02-04 00:00"))
    shown = error.refusal.shown()
    assert (shown["clause"], shown["place"], shown["found"]) == ("規§6.1", "outcome 115", "7")
    assert shown["limit"] == "2027-02-03T16:00:00Z"
    assert str(error) == "quota_exceeded"
    silent = refuse(Code.QUOTA_EXCEEDED).refusal
    assert (silent.clause, silent.place, silent.found, silent.limit) == ("", "", "", "")


@pytest.mark.clause("規§5.0")
def test_ids_are_natural_words_and_say_where_they_belong() -> None:
    school, at = "999901", taipei("2027-02-04 00:00")
    assert year_id(school, "115") == "year/999901/115"
    assert semester_id(school, "115-1") == "semester/999901/115-1"
    assert submission_id(school, "115-1", "g10_11", "cadre") == "submission/999901/115-1/g10_11/cadre"
    assert handover_id(school, "it_section", "2027-02-01") == "handover/999901/it_section/2027-02-01"
    assert duty_key("semester/999901/115-1", "entry") == "semester/999901/115-1#entry"
    assert duty_key("semester/999901/115-1", "certification", "a#b") == "semester/999901/115-1#certification#a#b"
    assert duty_process("semester/999901/115-1#certification#a#b") == "semester/999901/115-1"
    assert step_key("thing", "open", at).startswith("thing|open|")
    assert step_key("thing", "open", at) != step_key("thing", "open", taipei("2027-02-05 00:00"))
    assert (year_of("115-2"), year_of("115")) == ("115", "115")


@pytest.mark.clause("規§5.1.1")
def test_what_two_files_know_is_joined_and_unknown_only_where_both_are() -> None:
    one, other = Known(staff=frozenset({"A01"}), students=frozenset({"1"})), Known(staff=frozenset({"A02"}))
    joined = one.joined(other)
    assert (joined.staff, joined.students, joined.classes) == (frozenset({"A01", "A02"}), frozenset({"1"}), None)
    assert other.joined(one) == joined


@pytest.mark.clause("規§4.1")
def test_a_finding_of_the_linter_is_told_in_both_languages() -> None:
    wrong = case({"115-1/g10_11/outcome_upload.closes": "2027-02-03 00:00", "115-1/g10_11/outcome_upload.due": "2027-02-02 17:00"})  # fmt: skip
    shown = found(wrong, "upload-floor")[0].shown()
    assert CHINESE.search(shown["message"])
    assert CHINESE.search(shown["remedy"])
    assert not CHINESE.search(shown["remedy_en"])
    assert shown["message_en"].startswith("the upload closes")
    number = [(w.period, w.lane, w.kind) for w in wrong.calendar.windows].index(("115-1", "g10_11", "outcome_upload"))
    assert shown["where"] == {"place": "115-1 g10_11 outcome_upload closes", "path": ["windows", number, "closes"]}
    assert (shown["rule"], shown["severity"]) == ("upload-floor", "error")


@pytest.mark.clause("規§4.1")
def test_a_finding_names_its_place_in_the_file_down_to_the_date() -> None:
    dates = case().calendar
    window, deadline = dates.windows[0], dates.deadlines[0]
    place = f"{window.period} {window.lane} {window.kind}"
    check = at_window(0, window, "self_check.closes", "a", "b")
    assert check == Hit(("windows", 0, "self_check", "closes"), f"{place} self_check.closes", "a", "b")
    assert at_window(0, window, "", "a", "b") == Hit(("windows", 0), place, "a", "b")
    dated = at_deadline(2, deadline, "due", "a", "b")
    assert dated == Hit(("deadlines", 2, "due"), f"{deadline.period} {deadline.duty} due", "a", "b")
    named = at("semesters.115-1.first_day", "a", "b")
    assert named == Hit(("semesters", "115-1", "first_day"), "semesters.115-1.first_day", "a", "b")
    assert about("x", "a", "b") == Hit((), "x", "a", "b")


@pytest.mark.clause("規§4.2")
def test_an_instant_is_written_with_its_weekday_and_midnight_as_the_end_of_its_day() -> None:
    assert when(taipei("2027-02-03 17:00")) == "2027-02-03(三) 17:00"
    assert when(taipei("2027-02-04 00:00")) == "2027-02-03(三) 24:00"
    assert when(taipei("2027-02-04 00:01")) == "2027-02-04(四) 00:01"
    assert when(taipei("2027-02-04 01:00")) == "2027-02-04(四) 01:00"
    assert days(3) == "3 個上班日 · working days"


@pytest.mark.clause("規§8")
def test_a_course_of_a_visit_or_before_a_transfer_is_none_of_the_courses_file() -> None:
    def outside(enrolment: str | None) -> bool:
        place = {"file": "enrolments.csv", "row": 2}
        row = {"place": place, "school_year": 115, "semester": 1, "student_no": "1", "course_code": "c"}
        return EnrolmentRow.model_validate(row | {"enrolment": enrolment}).outside

    kinds = ("regular", "makeup", "retake", "repeat_grade", "transfer", "visiting", None)
    assert [kind for kind in kinds if outside(kind)] == ["transfer", "visiting"]


@pytest.mark.clause("規§5.3.1")
def test_a_missing_file_is_none_where_one_is_asked() -> None:
    shown = Refusal(code=Code.FILE_MISSING).shown()
    assert (shown["found"], shown["limit"]) == ("0", "1")
    empty = Refusal(code=Code.FILE_EMPTY).shown()
    assert (empty["found"], empty["limit"]) == ("0", ">= 1")
