"""What the titles of a school's published calendar mean: days, grades, hours, and what a person decides. 規§4.1"""

from __future__ import annotations

from datetime import date, time

import pytest

from rules.proposals.facts import Entry, Facts, Unsure, entry, facts_of
from rules.schedule import SchoolDays
from tests.proposals.test_draft import rules

DAY, NEXT = date(2026, 10, 13), date(2026, 10, 14)


def titled(title: str, first: date = DAY, last: date | None = None, office: str = "") -> Entry:
    """An entry of one day."""
    return entry(title, first, last or first, "calendar.csv:3", office)


def facts(*entries: Entry) -> Facts:
    """What is understood of these entries of the year 115."""
    return facts_of(entries, 115, rules())


@pytest.mark.parametrize(
    ("words", "meaning"),
    [
        ("休業式 結業式", "closing_ceremony"),
        ("補行上課 補課日", "make_up_class"),
        ("學科能力測驗 學測 分科測驗 統一入學測驗 統測", "national_exam"),
        ("成績繳交 成績輸入 成績登錄", "grades_due"),
        ("定期考 期中考 期末考 段考", "exam"),
        ("校慶 運動會", "anniversary"),
        ("放假 補假 連假 停課", "no_lessons"),
        ("開學 始業式 正式上課", "first_day"),
        ("補考 成績單寄發 家長會 教學觀摩", ""),
    ],
)
def test_each_word_that_schools_write_has_its_meaning(words: str, meaning: str) -> None:
    assert {word: titled(f"全校{word}(三)").meaning for word in words.split()} == dict.fromkeys(words.split(), meaning)


def test_of_two_words_in_a_title_the_more_telling_one_counts() -> None:
    assert titled("休業式後補行上課").meaning == "closing_ceremony"
    assert titled("期中考成績輸入").meaning == "grades_due"
    assert titled("期末考補考").meaning == ""
    assert titled("開學典禮、補假一日").meaning == "no_lessons"


@pytest.mark.parametrize(
    ("title", "grades"),
    [
        ("段考", set()), ("高一段考", {1}), ("高一、高二第3次定期考", {1, 2}), ("三年級期末考", {3}), ("一年級及二年級", {1, 2}),
        ("高一、二段考", {1, 2}), ("高一二段考", {1, 2}),
        ("一、二年級段考", {1, 2}), ("高一至高三", {1, 2, 3}), ("一至三年級", {1, 2, 3}), ("高二三年級", {2, 3}), ("學測", {3}), ("學科能力測驗", {3}), ("分科測驗", {3}), ("統測", {3}), ("高二模擬學測", {2, 3}),
    ],
)  # fmt: skip
def test_a_title_names_the_grades_that_it_is_for(title: str, grades: set[int]) -> None:
    assert titled(title).grades == grades


@pytest.mark.parametrize(
    ("title", "clock", "until"),
    [
        ("會議 09:05", time(9, 5), False),
        ("會議 上午9:05", time(9, 5), False),
        ("會議 下午 1:00", time(13), False),
        ("會議 下午 11:59", time(23, 59), False),
        ("會議 下午 12:30", time(12, 30), False),
        ("會議 晚上7:00", time(19), False),
        ("繳交 中午12:00截止", time(12), True),
        ("繳交 17:00止", time(17), True),
        ("繳交 17:00 前", time(17), True),
        ("繳交 17:00 起", time(17), False),
        ("開放至 23:59", time(23, 59), False),
        ("開放至 24:00", None, False),
        ("繳交 下午5時前", time(17), True),
        ("繳交 中午12點30分截止", time(12, 30), True),
        ("第 3 時段上課", None, False),
        ("第 8:60 號", None, False),
        ("段考", None, False),
    ],
)
def test_the_hour_of_a_title_is_read_as_people_say_it(title: str, clock: time | None, until: bool) -> None:
    found = titled(title)
    assert (found.clock, found.until) == (clock, until)


@pytest.mark.parametrize(
    ("title", "tentative", "approximate"),
    [
        ("校慶(暫)", True, False), ("校慶(暫定)", True, False), ("校慶( 暫訂 )", True, False), ("暫停營業", False, False),
        ("約 11 月", False, True), ("11 月上旬", False, True), ("11 月中旬", False, True), ("11 月下旬", False, True),
        ("暫估 11 月", False, True), ("預計 11 月", False, True), ("11 月", False, False),
    ],
)  # fmt: skip
def test_a_tentative_and_an_approximate_day_are_told_apart(title: str, tentative: bool, approximate: bool) -> None:
    found = titled(title)
    assert (found.tentative, found.approximate) == (tentative, approximate)


def test_an_entry_keeps_its_days_place_and_office_without_blanks() -> None:
    assert titled(" 段考 ", DAY, NEXT, " 教務處 ") == Entry("段考", DAY, NEXT, "calendar.csv:3", "教務處")


def full(text: str) -> str:
    """The text in full-width letters and signs, as many calendars are typed."""
    return text.translate({n: n + 0xFEE0 for n in range(0x21, 0x7F)})


def test_full_width_letters_and_signs_count_as_plain_ones() -> None:
    found = titled(full("校慶(暫) 17:00前"))
    assert (found.tentative, found.clock, found.until) == (True, time(17), True)
    assert found.title == full("校慶(暫) 17:00前"), "shown as it was written"
    assert titled(full("高一~高三 段考")).grades == {1, 2, 3} and titled(full("高一,高三段考")).grades == {1, 3}
    assert [x for x in "\uff5e\u301c\u2013" if titled(f"高一{x}高三").grades != {1, 2, 3}] == []


def test_24_is_the_end_of_the_day_unless_an_hour_stands_beside_the_day() -> None:
    assert titled("開放至 24:00").whole_day and not titled("開放至 23:59").whole_day
    for hours, whole in (((time(8), None), True), ((None, time(17)), False)):
        assert entry("開放至 24:00", DAY, DAY, "x", "", hours).whole_day is whole
    beside = entry("繳交 12:00 截止", DAY, DAY, "x", whole_day=True)
    assert (beside.whole_day, beside.clock) == (True, None)


def own(kind: str, *lanes: str, title: str) -> SchoolDays:
    """A day of the school's own, as the calendar keeps it."""
    return SchoolDays.model_validate(
        {"kind": kind, "first": DAY, "last": NEXT, "title": title, "lanes": lanes, "source": "calendar.csv:3"}
    )


@pytest.mark.clause("規§4.1")
def test_days_of_the_schools_own_are_kept_with_the_lanes_of_the_grades_that_they_name() -> None:
    titles = {
        "補課日": "make_up_class",
        "段考": "exam",
        "學測": "national_exam",
        "校慶": "anniversary",
        "補假": "no_lessons",
    }
    found = facts(*(titled(t, DAY, NEXT) for t in titles))
    assert {d.title: d for d in found.school_days} == {
        t: own(kind, *(("g12",) if t == "學測" else ()), title=t) for t, kind in titles.items()
    }
    assert (found.unused, found.unsure) == ((), ())
    assert facts(titled("高二段考", DAY, NEXT)).school_days == (own("exam", "g10_11", title="高二段考"),)
    assert facts(titled("高二、高三段考", DAY, NEXT)).school_days == (
        own("exam", "g10_11", "g12", title="高二、高三段考"),
    )


@pytest.mark.clause("規§4.1")
def test_first_days_ceremonies_and_grades_are_told_by_semester() -> None:
    entries = [
        titled("開學", date(2026, 8, 31)), titled("開學", date(2027, 2, 11)), titled("休業式", date(2027, 1, 20)),
        titled("休業式", date(2027, 6, 30)), titled("期末考成績輸入", date(2027, 1, 22)),
        titled("補考成績輸入", date(2027, 1, 29)), titled("成績繳交", date(2027, 7, 5)), titled("家長會", date(2026, 9, 12)),
    ]  # fmt: skip
    found = facts(*reversed(entries))
    assert {n: e.first for n, e in found.first_days.items()} == {1: date(2026, 8, 31), 2: date(2027, 2, 11)}
    assert {n: e.first for n, e in found.closing.items()} == {1: date(2027, 1, 20), 2: date(2027, 6, 30)}
    # A re-examination's marks come later: the last day of a semester counts.
    assert {n: e.first for n, e in found.grades_due.items()} == {1: date(2027, 1, 29), 2: date(2027, 7, 5)}
    assert (found.school_year, found.unused, found.unsure, found.school_days) == (115, (entries[-1],), (), ())


@pytest.mark.clause("規§4.1")
def test_what_is_doubtful_is_used_and_listed_and_what_lies_in_another_year_is_not_used() -> None:
    doubtful, about = titled("校慶(暫)"), titled("約 10 月段考", NEXT)
    found = facts(doubtful, about, titled("家長會(暫)"))
    reason = ("日期是暫定或約略的", "the day is tentative or approximate")
    assert found.unsure == (Unsure(doubtful, *reason), Unsure(about, *reason))
    assert [d.title for d in found.school_days] == ["校慶(暫)", "約 10 月段考"]
    for day in (date(2026, 7, 31), date(2027, 8, 1)):
        outside = titled("開學", day)
        there = facts(outside)
        assert there.unsure == (Unsure(outside, "日期不在這個學年", "the day lies outside the school year"),)
        assert there.first_days == {}
    for day in (date(2026, 8, 1), date(2027, 7, 31)):
        assert facts(titled("校慶", day)).unsure == ()


@pytest.mark.clause("規§4.1")
def test_of_two_first_days_the_earlier_one_is_used_and_the_other_listed() -> None:
    one, same, later = (
        titled("始業式", date(2026, 8, 31)),
        titled("開學", date(2026, 8, 31)),
        titled("正式上課", date(2026, 9, 1)),
    )
    found = facts(later, one, same)
    assert {n: e.first for n, e in found.first_days.items()} == {1: one.first}
    assert found.unsure == (
        Unsure(later, "與「始業式」2026-08-31 不同,採用先列的", "differs from 2026-08-31, which is used"),
    )
    assert facts(one, same).unsure == ()
    two = facts(titled("休業式", date(2027, 1, 20)), titled("結業式", date(2027, 1, 19)))
    assert two.closing[1].first == date(2027, 1, 19)
    assert [u.entry.title for u in two.unsure] == ["休業式"]
