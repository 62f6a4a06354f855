"""The portfolio's own dates in a school's calendar: taken where the linter finds no error, listed for a person else. 規§4.1"""

from __future__ import annotations

from datetime import date, time
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from rosters.documents import load_document, load_national, load_rule_set
from rules.instants import DAY, local_text
from rules.lint.book import errors, lint
from rules.lint.case import Case
from rules.lint.model import Limits
from rules.proposals.draft import Draft, broken, placed
from rules.proposals.facts import Entry, Facts, entry, facts_of
from rules.proposals.named import Named, named
from rules.proposals.pins import Pins
from rules.proposals.placement import Placement
from rules.proposals.plain import bare
from rules.proposals.taking import Adopted, adopt
from rules.proposals.words import PortfolioWords
from rules.ruleset import RuleSet
from rules.schedule import National

SCHOOLS = Path(__file__).resolve().parents[2] / "schools"
FRAME = (("開學", date(2026, 8, 31)), ("休業式", date(2027, 1, 20)), ("開學", date(2027, 2, 11)))
UPLOAD, CERTIFIED = date(2027, 2, 3), date(2027, 3, 5)


@cache
def words() -> PortfolioWords:
    return load_document(SCHOOLS / "portfolio-words.yaml", PortfolioWords)


@cache
def pack(name: str) -> RuleSet:
    return load_rule_set(SCHOOLS / name / "rules.yaml")


@cache
def judges() -> tuple[National, Limits, Placement]:
    return (
        load_national(SCHOOLS / "national" / "115.yaml"),
        load_document(SCHOOLS / "lint.yaml", Limits),
        load_document(SCHOOLS / "proposal.yaml", Placement),
    )


def titled(title: str, first: date, last: date | None = None, **more: Any) -> Entry:
    """An entry that stands in row 9."""
    return entry(title, first, last or first, "cal.csv:9", **more)


def facts(*rows: Entry, school: str = "licheng") -> Facts:
    frame = [entry(t, d, d, f"cal.csv:{n}") for n, (t, d) in enumerate(FRAME, 2)]
    return facts_of([*frame, *rows], 115, pack(school))


def adopted(*rows: Entry, school: str = "licheng") -> Adopted:
    """What becomes of these rows in the calendar of the year 115."""
    national, limits, placement = judges()
    return adopt(facts(*rows, school=school), words(), pack(school), national, limits, placement)


def drafted(*rows: Entry, school: str = "licheng") -> Draft:
    """The draft with what is taken of these rows."""
    national, limits, placement = judges()
    pins = adopted(*rows, school=school).pins
    calendar, reasons = placed(facts(*rows, school=school), pack(school), national, placement, pins)
    return Draft(calendar, reasons, {}, tuple(lint(Case(calendar, pack(school), national, limits))))


def read(title: str, first: date = UPLOAD, last: date | None = None, **more: Any) -> Any:
    """What a row says: operations with their edges, or why it is not understood."""
    found = named(titled(title, first, last, **more), 115, words(), pack("licheng"), judges()[2])
    if isinstance(found, tuple):
        return {n.operation.id: {k: local_text(v)[5:] for k, v in n.edges.items()} for n in found}
    return found.why


def where(made: Adopted) -> set[str]:
    return {" ".join(key) for taken in made.taken for key in taken.keys}


# -- what a title says ---------------------------------------------------------------------------------------------


@pytest.mark.clause("規§4.1")
@pytest.mark.parametrize(
    ("title", "operation"),
    [
        ("學習歷程課程成果上傳截止日", "outcome_upload"), ("課程學習成果上傳期限", "outcome_upload"),
        ("多元表現上傳截止", "diverse_upload"), ("教師認證課程學習成果截止", "certification"),
        ("學習歷程檔案勾選截止", "selection"), ("學期名冊提交截止", "semester_submission"),
        ("課程學習成果名冊提交截止", "yearly_submission"), ("學習歷程檔案提交截止", "submission"),
        ("收訖明細確認截止", "receipts"), ("學年收訖明細確認截止", "yearly_receipts"),
        ("學期收訖明細確認截止", "semester_receipts"), ("修課紀錄登錄截止", "entry"),
        ("辦理學習歷程檔案說明會", "briefing"), ("學習歷程檔案工作小組會議", "meeting"),
        ("學習歷程平台操作研習", "system_training"), ("學習歷程檔案工作坊", "workshop"),
        ("公告學習歷程檔案作業期程", "announcement"), ("學習歷程 檔案  說明會", "briefing"),
        ("課程學習成果上傳說明會", "briefing"),
    ],
)  # fmt: skip
def test_a_title_names_its_operation_in_the_words_of_the_data(title: str, operation: str) -> None:
    assert list(read(title)) == [operation]


@pytest.mark.clause("規§4.1")
def test_a_title_says_which_edge_it_dates_and_at_which_hour() -> None:
    title = "課程學習成果上傳"
    assert read(f"{title}開始") == {"outcome_upload": {"opens": "02-03 08:00"}}
    assert read(f"{title}截止") == {"outcome_upload": {"due": "02-03 17:00"}}
    assert read(f"{title}系統關閉") == {"outcome_upload": {"closes": "02-04 00:00"}}
    assert read(f"{title}(中午12:00截止)") == {"outcome_upload": {"due": "02-03 12:00"}}
    assert read(f"{title}(下午5時前)") == {"outcome_upload": {"due": "02-03 17:00"}}
    assert read(f"{title}截止(24:00)") == {"outcome_upload": {"due": "02-04 00:00"}}
    assert read(f"{title}截止", hours=(None, time(21))) == {"outcome_upload": {"due": "02-03 21:00"}}
    assert read(f"{title}開始(09:30)") == {"outcome_upload": {"opens": "02-03 09:30"}}
    span = read(title, UPLOAD - DAY, UPLOAD)
    assert (
        span
        == read(f"{title}開放", UPLOAD - DAY, UPLOAD)
        == {"outcome_upload": {"opens": "02-02 08:00", "due": "02-03 17:00"}}
    )
    assert read(f"{title}截止", UPLOAD - DAY, UPLOAD) == {"outcome_upload": {"due": "02-03 17:00"}}
    both = read("課程學習成果、多元表現上傳截止")
    assert both == {"outcome_upload": {"due": "02-03 17:00"}, "diverse_upload": {"due": "02-03 17:00"}}


@pytest.mark.clause("規§4.1")
def test_a_meeting_is_due_with_the_days_work_or_where_it_begins_later() -> None:
    assert read("學習歷程檔案工作小組會議(14:00)") == {"meeting": {"due": "02-03 17:00"}}
    assert read("學習歷程檔案說明會(19:00)") == {"briefing": {"due": "02-03 19:00"}}
    assert read("學習歷程檔案說明會", UPLOAD - DAY, UPLOAD) == {"briefing": {"due": "02-03 17:00"}}


@pytest.mark.clause("規§4.1")
@pytest.mark.parametrize(
    ("title", "why"),
    [
        ("課程學習成果上傳", "看不出這一天是開始還是截止"), ("課程學習成果開始上傳、上傳截止", "又說開始又說截止"),
        ("自主學習成果發表會", "看不出是哪一項作業"), ("學習歷程檔案上傳截止", "看不出是哪一項作業"),
        ("學習歷程檔案上傳及認證、勾選截止", "一個標題說了幾項作業(課程學習成果認證、勾選)"),
        ("課程學習成果上傳截止延期", "標題有「延期」"), ("自主學習成果上傳截止", "標題有「自主學習」"),
        ("學習歷程檔案勾選及提交截止", "一個標題說了幾項作業(勾選、名冊提交)"), ("學習歷程檔案說明會報名截止", "標題有「報名」"),
        ("課程學習成果上傳截止(約)", "約略"), ("114學年度第2學期課程學習成果認證截止", "標題說的是 114 學年度"),
        ("114-2 課程學習成果認證截止", "標題說的是 114 學年度"), ("上學期及下學期課程學習成果認證截止", "兩個學期"),
        ("高一課程學習成果上傳截止", "一部分年級"), ("高一第一梯次課程學習成果上傳截止", "規則沒有這一道"),
    ],
)  # fmt: skip
def test_a_title_about_the_portfolio_that_is_unclear_is_listed_with_its_reason(title: str, why: str) -> None:
    assert why in read(title)
    [listed] = adopted(titled(title, UPLOAD)).unsure
    assert listed.entry.title == title and why in listed.why and listed.why_en
    assert adopted(titled(title, UPLOAD)).pins == {}


@pytest.mark.clause("規§4.1")
def test_a_title_names_lanes_by_grade_track_and_batch_and_the_semester_in_several_ways() -> None:
    def said(title: str) -> Named:
        [found] = named(titled(title, UPLOAD), 115, words(), pack("licheng"), judges()[2])  # type: ignore[misc]
        return found

    last = ("g12_general", "g12_vocational")
    for title, lanes in {
        "": (), "一、二年級": ("g10_11",), "高一、高二": ("g10_11",), "高一二": ("g10_11",), "高三": last, "三年級": last,
        "高三普通科": last[:1], "三年級第二梯次": last[1:], "高一、高二、高三": ("g10_11", *last),
    }.items():  # fmt: skip
        assert said(f"{title}課程學習成果上傳截止").lanes == lanes
    for title, half in {
        "第一學期": 1, "第1學期": 1, "上學期": 1, "115-1": 1, "115上": 1, "115學年度第2學期": 2, "下學期": 2, "115": None,
        "115-12": None,
    }.items():  # fmt: skip
        assert said(f"{title}課程學習成果上傳截止").semester == half


REAL = {
    "開學": "first_day", "開學典禮 (08:10)": "first_day", "正式上課 (14:00)": "first_day",
    "開學、始業式 (第二學期)": "first_day", "始業式": "first_day", "休業式": "closing_ceremony",
    "高一學校日 (19:00)": "", "高二學校日 (19:00)": "", "高三學校日 (19:00)": "", "寒假開始": "",
    "中秋節放假": "no_lessons", "教師節放假": "no_lessons", "國慶日補假": "no_lessons", "光復節補假": "no_lessons",
    "行憲紀念日放假": "no_lessons", "元旦放假": "no_lessons", "春節連假": "no_lessons", "第1次定期考": "exam",
    "高三第3次定期考": "exam", "高一、高二第3次定期考": "exam", "大學學科能力測驗": "national_exam",
    "學期成績繳交截止日": "grades_due", "學期成績繳交截止日(中午12:00截止)": "grades_due", "補考名單公告": "",
    "高一補考": "", "高二補考": "", "高三補考": "", "校慶運動會(暫)": "anniversary",
}  # fmt: skip
"""The titles of one school's own calendar of 115-1, none of them about the portfolio, and what each is taken for."""


@pytest.mark.clause("規§4.1")
def test_the_titles_of_a_real_calendar_keep_their_meaning_and_none_is_taken_for_a_date_of_the_portfolio() -> None:
    rows = [titled(title, date(2026, 10, 13)) for title in REAL]
    assert {e.title: e.meaning for e in rows} == REAL
    assert {e.title: read(e.title) for e in rows} == {title: {} for title in REAL}
    made = adopted(*rows)
    assert (made.pins, made.taken, made.unsure) == ({}, (), ())


def test_a_date_of_grades_that_mentions_the_portfolio_is_used_as_such_and_not_listed() -> None:
    row = titled("學習歷程學期成績登錄截止", date(2027, 1, 22))
    assert adopted(row).unsure == () and facts(row).grades_due[1] == row


# -- what the draft takes ------------------------------------------------------------------------------------------


@pytest.mark.clause("規§3.0", "規§4.1", "規§5.3.1", "規§5.3.2", "規§9.1")
@pytest.mark.parametrize("school", ["licheng", "dongshan", "yongping", "taoyuan"])
def test_the_schools_own_dates_stand_in_the_draft_with_their_row_as_the_reason(school: str) -> None:
    rows = [
        titled("學習歷程課程成果上傳截止日", UPLOAD), titled("教師認證課程學習成果截止", CERTIFIED, hours=(None, time(17))),
        titled("辦理學習歷程檔案說明會", date(2026, 12, 8)), titled("學習歷程檔案工作小組會議", date(2026, 8, 20)),
    ]  # fmt: skip
    made = adopted(*rows, school=school)
    assert {t.entry.title for t in made.taken} == {e.title for e in rows} and made.unsure == ()
    draft = drafted(*rows, school=school)
    assert errors(list(draft.findings)) == []
    for lane in pack(school).lanes:
        for kind, due, row in (("outcome_upload", "02-03 17:00", rows[0]), ("certification", "03-05 17:00", rows[1])):
            w = draft.calendar.window("115-1", lane.id, kind)
            assert w is not None and local_text(w.due)[5:] == due
            assert f"{row.place}「{row.title}」(期限)" in draft.reasons["115-1", lane.id, kind]
            assert w.assumed, "its other edges are still proposed"
    for period, duty, due in (("115", "briefing", "2026-12-08 17:00"), ("115-1", "meeting", "2026-08-20 17:00")):
        d = draft.calendar.deadline(period, duty)
        assert d is not None and local_text(d.due) == due and not d.assumed and "cal.csv:9" in d.source
        assert d.opens < d.due


@pytest.mark.clause("規§5.3.2")
def test_what_hangs_on_a_taken_date_moves_along() -> None:
    plain, later = drafted(), drafted(titled("課程學習成果上傳截止", date(2027, 2, 17)))
    for draft, upload, certified, correction in (
        (plain, "02-04 00:00", "02-17 17:00", "02-24 17:00"),
        (later, "02-18 00:00", "02-24 17:00", "03-04 17:00"),
    ):
        closes = draft.calendar.window("115-1", "g10_11", "outcome_upload")
        window = draft.calendar.window("115-1", "g10_11", "certification")
        assert closes is not None and window is not None and window.correction_closes is not None
        assert local_text(closes.closes)[5:] == upload
        assert (local_text(window.due)[5:], local_text(window.correction_closes)[5:]) == (certified, correction)


@pytest.mark.clause("規§6.2")
def test_a_beginning_that_leaves_too_few_days_moves_the_whole_window() -> None:
    draft = drafted(titled("第一學期收訖明細確認開始", date(2027, 4, 20)))
    w = draft.calendar.window("115-1", "g10_11", "semester_receipts")
    assert w is not None and errors(list(draft.findings)) == []
    # The proposal has 14 to 20 April; four working days stay four.
    assert [local_text(x)[5:] for x in (w.opens, w.due, w.closes)] == ["04-20 08:00", "04-26 17:00", "04-27 00:00"]


@pytest.mark.clause("規§4.1")
def test_rows_for_the_beginning_the_deadline_and_the_close_of_one_window_are_all_taken() -> None:
    begins, ends_, shut = date(2026, 9, 7), date(2027, 2, 17), date(2027, 2, 18)
    title = "第一學期高一、高二課程學習成果上傳"
    rows = titled(f"{title}開始", begins), titled(f"{title}截止", ends_), titled(f"{title}系統關閉", shut)
    made, w = adopted(*rows), drafted(*rows).calendar.window("115-1", "g10_11", "outcome_upload")
    assert len(made.taken) == 3 and made.unsure == () and w is not None
    assert [local_text(x) for x in (w.opens, w.due, w.closes)] == [
        "2026-09-07 08:00", "2027-02-17 17:00", "2027-02-19 00:00",
    ]  # fmt: skip


@pytest.mark.clause("規§9.3")
def test_an_optional_duty_gets_a_date_only_where_the_school_names_one() -> None:
    assert drafted().calendar.deadline("115", "workshop") is None
    assert drafted(titled("學習歷程檔案工作坊", date(2026, 11, 5))).calendar.deadline("115", "workshop") is not None


@pytest.mark.clause("規§4.1")
def test_a_tentative_day_is_taken_and_listed() -> None:
    made = adopted(titled("學習歷程檔案說明會(暫)", date(2026, 12, 8)))
    assert where(made) == {"115 briefing"}
    assert [(u.why, u.why_en) for u in made.unsure] == [("日期是暫定的", "the day is tentative")]


@pytest.mark.clause("規§4.1")
def test_a_date_on_a_day_off_is_taken_with_the_linters_warning() -> None:
    [holiday] = adopted(titled("高一、高二課程學習成果認證截止", date(2027, 2, 6))).taken
    said = [zh for zh, _ in holiday.warnings]
    assert len(said) == 2 and said[0].startswith("上傳截止後,教師認證的上班日太少") and "春節" in said[1]
    assert "Lunar New Year" in holiday.warnings[1][1]
    [plain] = adopted(titled("高一、高二課程學習成果認證截止", CERTIFIED)).taken
    assert plain.warnings == ()


# -- what a person decides -----------------------------------------------------------------------------------------


@pytest.mark.clause("規§5.3.1")
@pytest.mark.parametrize(("day", "taken"), [(date(2027, 2, 2), False), (date(2027, 2, 3), True)])
def test_an_upload_deadline_before_the_floor_stays_as_proposed_and_the_floor_is_said(day: date, *, taken: bool) -> None:
    row = titled("高一、高二課程學習成果上傳截止", day)
    made, window = adopted(row), drafted(row).calendar.window("115-1", "g10_11", "outcome_upload")
    assert bool(made.taken) is taken and bool(made.unsure) is not taken
    assert window is not None and local_text(window.due) == "2027-02-03 17:00"
    for listed in made.unsure:
        assert listed.why.startswith("115-1 一、二年級 課程學習成果上傳維持草案的日期:上傳期間未達休業式後 14 日")
        assert "〔規§5.3.1 upload-floor〕" in listed.why
        said = "115-1 grades 10 and 11 outcome upload keeps its proposed date: the upload closes before day 14"
        assert listed.why_en.startswith(said)


@pytest.mark.clause("規§5.3.1", "規§6.1")
def test_a_date_for_everybody_is_taken_for_the_lanes_that_it_fits_and_listed_for_the_others() -> None:
    made = adopted(titled("課程學習成果上傳截止", date(2027, 7, 14)))
    assert where(made) == {"115-2 g10_11 outcome_upload"}
    [listed] = made.unsure
    assert "三年級第一梯次" in listed.why and "三年級第二梯次" in listed.why and "一、二年級" not in listed.why


@pytest.mark.clause("規§4.1")
def test_two_rows_that_date_one_thing_differently_are_both_listed_and_neither_is_taken() -> None:
    rows = titled("課程學習成果上傳截止", UPLOAD), titled("學習歷程課程成果上傳截止", date(2027, 2, 17))
    made = adopted(*rows)
    assert made.pins == {} and made.taken == ()
    assert {u.entry.title for u in made.unsure} == {e.title for e in rows}
    assert all("兩筆都不採用" in u.why and "neither is taken" in u.why_en for u in made.unsure)
    same = adopted(rows[0], titled("學習歷程課程成果上傳截止", UPLOAD))
    assert len(same.taken) == 2 and same.unsure == ()


@pytest.mark.clause("規§4.1")
def test_a_row_that_names_its_grades_counts_before_one_that_names_nobody() -> None:
    late = date(2027, 2, 17)
    made = adopted(titled("課程學習成果上傳截止", UPLOAD), titled("高三課程學習成果上傳截止", late))
    dates = {key[1]: local_text(pin.at)[:10] for key, [pin] in made.pins.items()}
    assert dates == {"g10_11": str(UPLOAD), "g12_general": str(late), "g12_vocational": str(late)}
    assert [u.entry.title for u in made.unsure] == ["課程學習成果上傳截止"]
    # Where nothing is left of it, it is listed all the same.
    everybody = adopted(titled("課程學習成果上傳截止", UPLOAD), titled("高一、高二、高三課程學習成果上傳截止", late))
    assert [u.entry.title for u in everybody.unsure] == ["課程學習成果上傳截止"]


@pytest.mark.clause("規§6.1")
def test_a_row_that_contradicts_another_is_listed_with_that_row() -> None:
    upload = titled("高三第二梯次課程學習成果上傳截止", date(2027, 4, 26))
    made = adopted(upload, titled("高三第二梯次學習歷程勾選", date(2027, 4, 14), date(2027, 4, 20)))
    assert where(made) == {"115-2 g12_vocational outcome_upload"}
    [listed] = made.unsure
    assert f"與已採用的 cal.csv:9「{upload.title}」 不合" in listed.why and "which is taken" in listed.why_en


@pytest.mark.clause("規§6.2")
def test_a_row_that_could_belong_to_several_periods_is_listed_with_each_of_them() -> None:
    made = adopted(titled("收訖明細確認開始", date(2027, 5, 10)))
    [listed] = made.unsure
    assert made.pins == {} and "看不出是哪一期" in listed.why
    assert all(x in listed.why for x in ("115-1 學期收訖", "115-2 學期收訖", "115 學年收訖"))
    clear = adopted(titled("第一學期收訖明細確認開始", date(2027, 5, 10)))
    assert where(clear) == {f"115-1 {x.id} semester_receipts" for x in pack("licheng").lanes}


@pytest.mark.clause("規§6.1")
def test_a_date_that_is_nearest_to_another_school_year_is_listed_unless_the_title_names_this_one() -> None:
    autumn = date(2026, 9, 10)
    [listed] = adopted(titled("課程學習成果勾選截止", autumn)).unsure
    assert "最接近的是別的學年:114 勾選" in listed.why
    [listed] = adopted(titled("115學年度課程學習成果勾選截止", autumn)).unsure
    assert "selection-after-certification" in listed.why


@pytest.mark.clause("規§3.1")
def test_an_announcement_before_the_meeting_is_listed_and_after_it_taken() -> None:
    assert where(adopted(titled("公告學習歷程檔案作業期程", date(2026, 8, 27)))) == {"115-1 calendar_publication"}
    [listed] = adopted(titled("公告學習歷程檔案作業期程", date(2026, 8, 20))).unsure
    assert listed.why.startswith("115-1 公告作業期程維持草案的日期:") and "meeting-after-publication" in listed.why
    assert listed.why_en.startswith("115-1 publish the calendar keeps its proposed date: the publication comes before")


@pytest.mark.clause("規§6.2")
def test_where_the_proposed_date_breaks_a_rule_already_another_that_breaks_it_too_is_not_taken() -> None:
    national, limits, placement = judges()
    longer = national.model_copy(update={"receipt_floor_hours": 2000})
    rows = titled("第一學期收訖明細確認開始", date(2027, 4, 20)), titled("課程學習成果上傳截止", UPLOAD)
    made = adopt(facts(*rows), words(), pack("licheng"), longer, limits, placement)
    assert where(made) == {f"115-1 {x.id} outcome_upload" for x in pack("licheng").lanes}
    [listed] = made.unsure
    assert listed.why.count("receipt-floor") == 3


@pytest.mark.clause("規§4.2")
def test_a_warning_is_told_once_for_all_lanes_and_only_where_it_is_new() -> None:
    [row] = adopted(titled("課程學習成果上傳截止(24:00)", UPLOAD)).taken
    [(zh, en)] = row.warnings
    assert zh.startswith("期限寫在 24:00") and zh.endswith("(另 2 處相同)") and en.endswith("(and 2 more)")
    # Much is due that day in the proposal as well; that is no news.
    assert adopted(titled("課程學習成果上傳截止", UPLOAD)).taken[0].warnings == ()


@pytest.mark.parametrize(
    ("field", "value"),
    [("nearest", {"days": -1, "times": 2}), ("nearest", {"days": 0, "times": 0}), ("operations", [{}])],
)
def test_words_that_could_never_match_are_refused(field: str, value: Any) -> None:
    given_words = words().model_dump()
    if field == "operations":
        value = [{**given_words["operations"][0], "said": []}]
    with pytest.raises(ValidationError):
        PortfolioWords.model_validate({**given_words, field: value})
    least = PortfolioWords.model_validate({**given_words, "nearest": {"days": 0, "times": 1}})
    assert (least.nearest.days, least.nearest.times) == (0, 1)


def test_an_operation_that_the_rule_set_does_not_date_is_listed() -> None:
    rules = pack("licheng")
    less = rules.model_copy(update={"duties": tuple(d for d in rules.duties if d.due.deadline != "workshop")})
    national, limits, placement = judges()
    made = adopt(facts(titled("學習歷程檔案工作坊", UPLOAD)), words(), less, national, limits, placement)
    assert [u.why for u in made.unsure] == ["規則沒有「專業研習」的日期"]


PARTS = (
    "高一、高二", "高三", "第一學期", "114學年度", "學習歷程", "課程學習成果", "多元表現", "收訖明細", "自主學習成果", "上傳",
    "認證", "勾選", "提交", "說明會", "工作小組會議", "開始", "截止", "(暫)", "約", "延期", "成績登錄", "停課", "校慶",
)  # fmt: skip


@pytest.mark.clause("規§4.1")
@given(
    st.lists(
        st.tuples(st.lists(st.sampled_from(PARTS), min_size=1, max_size=5), st.integers(0, 364), st.integers(0, 9)),
        min_size=1,
        max_size=3,
    )
)
@settings(max_examples=12, deadline=None)
def test_no_row_that_mentions_the_portfolio_is_ever_dropped_and_what_is_taken_breaks_no_rule(
    given_rows: list[tuple[list[str], int, int]],
) -> None:
    rows = [
        entry("".join(parts), day, min(day + more * DAY, date(2027, 7, 31)), f"cal.csv:{n}")
        for n, (parts, ahead, more) in enumerate(given_rows, 9)
        for day in [date(2026, 8, 1) + ahead * DAY]
    ]
    made = adopted(*rows)
    told = {t.entry for t in made.taken} | {u.entry for u in made.unsure}
    for e in rows:
        if any(x in bare(e.title) for x in words().mentions):
            assert e in told or e.meaning == "grades_due"
        else:
            assert e not in told
    broken_before, broken_after = (_broken(rows, pins) for pins in ({}, made.pins))
    assert broken_after <= broken_before


def _broken(rows: list[Entry], pins: Pins) -> set[tuple[str, str]]:
    national, limits, placement = judges()
    calendar, _ = placed(facts(*rows), pack("licheng"), national, placement, pins)
    return broken(Case(calendar, pack("licheng"), national, limits))
