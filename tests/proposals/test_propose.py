"""From a school's published calendar to a draft without a lint error, in every shape and for every pack."""

from __future__ import annotations

import json
import re
from datetime import date, datetime, time
from functools import cache
from pathlib import Path

import icalendar
import pytest

from cli.app import app
from rosters.documents import DocumentError, load_calendar, load_document, load_national, load_rule_set
from rosters.published.days import NotADay, read_days, read_range
from rosters.published.reading import Published, read_published
from rules.instants import DAY, taipei_day
from rules.lint.book import errors, lint
from rules.lint.case import Case
from rules.lint.model import Limits
from rules.proposals.draft import Draft, propose
from rules.proposals.facts import Facts, entry, facts_of
from rules.proposals.placement import Placement
from tests.proposals.test_facts import full

ROOT = Path(__file__).resolve().parents[2]
SAMPLES = ROOT / "schools" / "samples" / "calendars"
SHAPES = ("csv", "xlsx", "ics", "json")


@cache
def published(shape: str) -> Published:
    return read_published(SAMPLES / f"115-1.{shape}", 115 if shape == "xlsx" else None)


@cache
def draft(pack: str, *, national: bool = True) -> tuple[Facts, Draft, Case]:
    rules = load_rule_set(ROOT / "schools" / pack / "rules.yaml")
    authority = load_national(ROOT / "schools" / "national" / "115.yaml")
    if not national:
        authority = authority.model_copy(update={"windows": ()})
    limits = load_document(ROOT / "schools" / "lint.yaml", Limits)
    placement = load_document(ROOT / "schools" / "proposal.yaml", Placement)
    facts = facts_of(published("csv").entries, 115, rules)
    made = propose(facts, rules, authority, limits, placement)
    return facts, made, Case(made.calendar, rules, authority, limits)


@pytest.mark.clause("規§4.1")
@pytest.mark.parametrize("shape", SHAPES)
def test_every_shape_gives_the_same_frame(shape: str) -> None:
    rules = load_rule_set(ROOT / "schools" / "licheng" / "rules.yaml")
    facts = facts_of(published(shape).entries, published(shape).school_year, rules)
    assert facts.school_year == 115
    assert {n: e.first for n, e in facts.first_days.items()} == {1: date(2026, 8, 31), 2: date(2027, 2, 11)}
    assert {n: e.first for n, e in facts.closing.items()} == {1: date(2027, 1, 20)}
    assert facts.grades_due[1].first == date(2027, 1, 22)
    own = {(d.kind, d.first, d.last): set(d.lanes) for d in facts.school_days}
    assert own["exam", date(2027, 1, 18), date(2027, 1, 20)] == {"g10_11"}
    assert own["exam", date(2026, 12, 30), date(2026, 12, 31)] == {"g12_general", "g12_vocational"}
    assert own["exam", date(2026, 10, 13), date(2026, 10, 14)] == set()
    assert own["national_exam", date(2027, 1, 22), date(2027, 1, 24)] == {"g12_general", "g12_vocational"}
    assert ("no_lessons", date(2027, 2, 4), date(2027, 2, 10)) in own


@pytest.mark.clause("規§4.1", "規§5.3.1", "規§6.1")
@pytest.mark.parametrize("pack", ["licheng", "dongshan", "yongping", "taoyuan"])
def test_a_draft_has_no_lint_error_and_a_reason_and_float_for_every_date(pack: str) -> None:
    _, made, case = draft(pack)
    assert errors(lint(case)) == []
    for w in made.calendar.windows:
        assert made.reasons[w.period, w.lane, w.kind]
        assert 0 <= made.floats[w.period, w.lane, w.kind] <= 20
    for d in made.calendar.deadlines:
        assert made.reasons[d.period, d.duty]


@pytest.mark.clause("規§4.1")
@pytest.mark.parametrize("pack", ["licheng", "yongping"])
def test_a_draft_without_the_authoritys_windows_has_no_error_either_and_says_so(pack: str) -> None:
    _, made, case = draft(pack, national=False)
    assert errors(lint(case)) == []
    assert "national-missing" in {f.rule.id for f in made.findings}
    assert any("國教署期間未知" in reason for reason in made.reasons.values())


@pytest.mark.clause("規§5.3.1")
def test_the_upload_of_115_1_stays_open_through_the_day_before_the_lunar_new_year() -> None:
    _, made, _ = draft("licheng")
    window = made.calendar.window("115-1", "g10_11", "outcome_upload")
    assert window is not None
    assert window.closes.isoformat() == "2027-02-03T16:00:00+00:00"
    assert "休業式 + 14" in made.reasons["115-1", "g10_11", "outcome_upload"]


def test_a_float_is_the_last_working_day_that_still_breaks_nothing() -> None:
    _, made, case = draft("dongshan")
    key = ("115", "g10_11", "yearly_submission")
    n = next(n for n, w in case.windows() if (w.period, w.lane, w.kind) == key)
    window, free = case.calendar.windows[n], made.floats[key]
    assert 0 < free < 20

    def broken(days: int) -> set[str]:
        ahead = case.days.shift(window.closes.date(), days) - window.closes.date()
        moved = window.model_copy(update={"due": window.due + ahead, "closes": window.closes + ahead})
        windows = (*case.calendar.windows[:n], moved, *case.calendar.windows[n + 1 :])
        calendar = case.calendar.model_copy(update={"windows": windows})
        return {f.rule.id for f in errors(lint(Case(calendar, case.rules, case.national, case.limits)))}

    assert broken(free) == set()
    assert broken(free + 1) != set()


def test_what_could_not_be_read_or_is_doubtful_is_listed_for_a_person() -> None:
    facts, _, _ = draft("licheng")
    [lost] = published("csv").unread
    assert (lost.place, lost.field, lost.value) == ("115-1.csv:28", "日期", "2026-11-31")
    assert lost.text == ("日期「2026-11-31」沒有 2026 年 11 月 31 日這一天 · there is no day 2026-11-31(「教學觀摩」)")
    assert [(u.entry.title, u.why) for u in facts.unsure] == [("校慶運動會(暫)", "日期是暫定或約略的")]
    assert [u.place for u in published("json").unread] == ["115-1.json#28"]


@pytest.mark.parametrize(
    ("title", "clock", "until", "tentative", "approximate"),
    [
        ("正式上課 (14:00)", time(14), False, False, False),
        ("繳交(中午12:00截止)", time(12), True, False, False),
        ("親師會(下午 2:30)", time(14, 30), False, False, False),
        ("校慶(暫)", None, False, True, False),
        ("11 月上旬 校外教學", None, False, False, True),
        ("電影 25:99", None, False, False, False),
    ],
)
def test_titles_carry_the_rest_in_free_text(
    title: str, clock: time | None, until: bool, tentative: bool, approximate: bool
) -> None:
    e = entry(title, date(2026, 9, 1), date(2026, 9, 1), "x")
    assert (e.clock, e.until, e.tentative, e.approximate) == (clock, until, tentative, approximate)


@pytest.mark.parametrize(
    ("text", "first", "last"),
    [
        ("9/9", date(2026, 9, 9), date(2026, 9, 9)),
        ("1/18(一)~1/20(三)", date(2027, 1, 18), date(2027, 1, 20)),
        ("12/30-12/31", date(2026, 12, 30), date(2026, 12, 31)),
        ("9/9~11", date(2026, 9, 9), date(2026, 9, 11)),
        ("8月31日", date(2026, 8, 31), date(2026, 8, 31)),
        ("116.1.20(星期三)", date(2027, 1, 20), date(2027, 1, 20)),
        ("2027-01-18 至 2027-01-20", date(2027, 1, 18), date(2027, 1, 20)),
        ("2026/9/9", date(2026, 9, 9), date(2026, 9, 9)),
        ("115.10.13-14", date(2026, 10, 13), date(2026, 10, 14)),
        ("115.10.13~115.10.14", date(2026, 10, 13), date(2026, 10, 14)),
        ("115/10/13-10/14", date(2026, 10, 13), date(2026, 10, 14)),
        ("115年10月13日至14日", date(2026, 10, 13), date(2026, 10, 14)),
        ("10.13–14", date(2026, 10, 13), date(2026, 10, 14)),
        ("10/13、14", date(2026, 10, 13), date(2026, 10, 14)),
        ("10/13(二)~14(三)", date(2026, 10, 13), date(2026, 10, 14)),
        ("115/10/13", date(2026, 10, 13), date(2026, 10, 13)),
        ("115.10.13(二)", date(2026, 10, 13), date(2026, 10, 13)),
        ("西元2026年10月13日", date(2026, 10, 13), date(2026, 10, 13)),
        ("1151013", date(2026, 10, 13), date(2026, 10, 13)),
        ("20261013", date(2026, 10, 13), date(2026, 10, 13)),
        ("2026-10-13 (Tue)", date(2026, 10, 13), date(2026, 10, 13)),
        ("2026-10-13 上午", date(2026, 10, 13), date(2026, 10, 13)),
        ("12/30~1/2", date(2026, 12, 30), date(2027, 1, 2)),
        ("2026-12-30~1/2", date(2026, 12, 30), date(2027, 1, 2)),
        ("2026-10-12T23:00:00Z", date(2026, 10, 13), date(2026, 10, 13)),
    ],
)
def test_days_are_read_as_schools_write_them(text: str, first: date, last: date) -> None:
    assert read_range(text, 115) == (first, last)
    assert read_range(full(text), 115) == (first, last)


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("2/30", "沒有 2027 年 2 月 30 日這一天"),
        ("13/1", "沒有 2026 年 13 月 1 日這一天"),
        ("2026-13-01", "沒有 2026 年 13 月 1 日這一天"),
        ("民國114/2/29", "沒有 2025 年 2 月 29 日這一天"),
        ("民國2026年9月1日", "民國年只有三位數"),
        ("0001-01-01", "1 年不在學校的年份裡"),
        ("1/18(二)", "星期不符:2027-01-18 是星期一"),
        ("2026-09-01 (Mon)", "星期不符:2026-09-01 是星期二"),
        ("9/12~9/9", "早於開始"),
        ("2/3 25:00", "沒有 25:00 這個時刻"),
        ("2/3 12:60", "沒有 12:60 這個時刻"),
        ("10/13、10/15", "不相連"),
        ("", "沒有日期"),
        ("soon", "看不懂這個日期的寫法"),
        ("10-13", "看不懂這個日期的寫法"),
        ("9/9~", "看不懂這個日期的寫法"),
        ("9/9~9/10~9/11", "看不懂這個日期的寫法"),
    ],
)
def test_a_day_that_is_none_is_refused_with_the_reason(text: str, why: str) -> None:
    with pytest.raises(NotADay, match=re.escape(why)) as caught:
        read_range(text, 115)
    assert caught.value.why_en


@pytest.mark.parametrize(
    ("cell", "starts", "ends", "whole_day", "until"),
    [
        ("2027/3/5 17:00", None, time(17), False, False),
        ("2027/3/5 17:00前", None, time(17), False, True),
        ("3/5 下午5時", None, time(17), False, False),
        ("3/5 5:30 PM", None, time(17, 30), False, False),
        ("3/5 12:00 PM", None, time(12), False, False),
        ("3/5 08:00~17:00", time(8), time(17), False, False),
        ("3/5 08:00~3/6 17:00", time(8), time(17), False, False),
        ("3/5 24:00", None, None, True, False),
        ("3/5", None, None, False, False),
        (datetime(2027, 3, 5, 17), None, time(17), False, False),
        (datetime(2027, 3, 5), None, None, False, False),
        (date(2027, 3, 5), None, None, False, False),
        (1160305, None, None, False, False),
        (20270305.0, None, None, False, False),
    ],
)
def test_an_hour_beside_the_day_is_read_and_24_is_the_end_of_that_day(
    cell: object, starts: time | None, ends: time | None, *, whole_day: bool, until: bool
) -> None:
    found = read_days(cell, 115)
    assert (found.first, found.starts, found.ends, found.whole_day, found.until) == (
        date(2027, 3, 5), starts, ends, whole_day, until,
    )  # fmt: skip


def test_the_second_half_of_a_school_year_lies_in_the_next_year() -> None:
    assert (read_range("7/31", 115)[0], read_range("8/1", 115)[0]) == (date(2027, 7, 31), date(2026, 8, 1))


@pytest.mark.clause("規§3.1", "規§4.2")
def test_the_command_writes_draft_feed_announcement_and_agenda(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "draft.yaml"
    words = ["calendar", "propose", str(SAMPLES / "115-1.csv"), "--out", str(out), "--json"]
    assert app(words, result_action="return_value") == 0
    shown = json.loads(capsys.readouterr().out)
    assert {Path(p).name for p in shown["files"]} == {
        "draft.yaml", "draft.ics", "draft-announcement.md", "draft-agenda.md",
    }  # fmt: skip
    _, made, _ = draft("licheng")
    assert load_calendar(out).windows == made.calendar.windows
    assert "餘裕 float" in out.read_text(encoding="utf-8")
    feed = icalendar.Calendar.from_ical(out.with_suffix(".ics").read_bytes()).walk("VEVENT")
    assert len(feed) == 42 + 13
    said = {str(e["uid"]): str(e["description"]) for e in feed}
    for place, days in made.floats.items():
        assert f"餘裕 {days} 個上班日" in said["-".join(place) + "@draft"]
    assert "自我檢核" in (tmp_path / "draft-announcement.md").read_text(encoding="utf-8")
    agenda = (tmp_path / "draft-agenda.md").read_text(encoding="utf-8")
    assert "教學觀摩" in agenda
    # A principal reads it: one line a rule, places by their titles and not by the names of fields.
    told = [line.partition(" → ")[0] for line in agenda.splitlines() if " → " in line]
    assert told and len(told) == len({line.partition(":")[0] for line in told})
    assert not any(re.search(r"[a-z]{3,}|none", line) for line in told)
    assert any("學期名冊提交 一、二年級及三年級第一梯次" in line for line in told)
    assert app(["calendar", "lint", str(out), "--pack", "schools/licheng"], result_action="return_value") == 0


@pytest.mark.clause("規§3.1")
def test_the_command_names_each_entry_that_a_person_decides(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    words = ["calendar", "propose", str(SAMPLES / "115-1.csv"), "--out", str(tmp_path / "draft.yaml")]
    assert app([*words, "--json"], result_action="return_value") == 0
    unsure = json.loads(capsys.readouterr().out)["unsure"]
    assert app(words, result_action="return_value") == 0
    said = capsys.readouterr().out
    assert unsure and f"{len(unsure)} 筆請人員確認" in said
    assert all(f"? {u['place']}「{u['title']}」" in said and u["why_en"] in said for u in unsure)


@pytest.mark.parametrize(
    ("name", "content", "line", "rule"),
    [
        ("a.csv", b"", 1, "taken for CSV by its name, but it is empty"),
        ("a.csv", "日期,事項\n".encode(), 0, "there is no entry in it"),
        ("a.csv", "day,what\n2026-09-01,開學\n".encode(), 1, "columns for the day and the title are needed"),
        ("a.csv", "日期,事項\n9/1,開學\n".encode(), 0, "no day has a year(a.csv:2 日期「9/1」)"),
        ("a.csv", '日期,事項\n2026-09-01,"開學\n'.encode(), 2, "do not pair up on this line"),
        ("a.csv", b"\xff\xfe\x00\x01", 1, "neither UTF-8, CP950 nor Big5-HKSCS"),
        ("a.csv", b"a\x00b", 0, "it is no text"),
        ("a.csv", b"%PDF-1.4\n", 0, "its content looks like PDF"),
        ("a.xlsx", b"no workbook", 0, "taken for XLSX by its name, but it is no workbook"),
        ("a.xlsx", b"<html><table>", 0, "looks like a web page or XML"),
        ("a.xls", b"\xd0\xcf\x11\xe0\xa1\xb1", 0, "looks like an old Excel file"),
        ("a.ics", b"no feed", 0, "taken for iCalendar by its name, but its content is no iCalendar"),
        ("a.json", b'[\n{"x":', 2, "from character 6 on it is no JSON"),
        ("a.json", b"\xff", 0, "byte 0 is no UTF-8"),
        ("a.json", b"[" * 99_999, 0, "nested too deeply"),
        ("a.json", b"3", 0, "holds no list of entries"),
        ("a.json", '[{"title": "開學", "date": "0001-01-01"}]'.encode(), 0, "the year 1 is none of a school's"),
        ("a.json", b'[{"start": 3}]', 0, "not a way of writing a day"),
        ("a.pdf", b"%PDF", 0, "a kind of file that is not read"),
    ],
)
def test_a_file_that_is_no_calendar_says_what_it_was_taken_for_and_why_it_is_none(
    tmp_path: Path, name: str, content: bytes, line: int, rule: str
) -> None:
    path = tmp_path / name
    path.write_bytes(content)
    with pytest.raises(DocumentError) as caught:
        read_published(path)
    [problem] = caught.value.problems
    assert problem.line == line and rule in problem.rule and problem.remedy and problem.remedy_en
    assert "Error" not in str(problem)


def test_a_file_that_is_not_there_and_a_folder_are_called_that(tmp_path: Path) -> None:
    (tmp_path / "folder.csv").mkdir()
    for name, rule in (("none.csv", "there is no such file"), ("folder.csv", "a folder, no file")):
        with pytest.raises(DocumentError, match=rule):
            read_published(tmp_path / name)


@pytest.mark.parametrize(
    ("name", "content", "place", "field"),
    [
        ("a.json", '[{"title": "開學", "start": {"date": "2026-13-01"}}]', "a.json#1", "start.date"),
        ("a.json", '[{"title": "開學", "start": {"dateTime": "2026-13-01T08:00:00Z"}}]', "a.json#1", "start.dateTime"),
        ("a.csv", "開始日期,事項\n2026-13-01,開學\n", "a.csv:2", "開始日期"),
        (
            "a.ics",
            "BEGIN:VCALENDAR\nVERSION:2.0\nBEGIN:VEVENT\nSUMMARY:x\nDTSTART;VALUE=DATE:20261301\nEND:VEVENT\nEND:VCALENDAR\n",
            "a.ics#1",
            "DTSTART",
        ),
    ],
)
def test_a_day_that_does_not_exist_is_named_with_its_place_where_nothing_else_can_be_read(
    tmp_path: Path, name: str, content: str, place: str, field: str
) -> None:
    (tmp_path / name).write_text(content, encoding="utf-8")
    with pytest.raises(DocumentError) as caught:
        read_published(tmp_path / name)
    [problem] = caught.value.problems
    assert problem.file == str(tmp_path / place) and problem.field == field
    assert problem.rule.startswith("沒有 2026 年 13 月 1 日這一天")


def test_what_could_not_be_read_names_the_cell_and_the_reason_and_takes_no_other_line_along(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text(
        "日期,結束日期,事項\n2026-08-31,,開學\n116/2/3 25:00,,課程學習成果上傳截止\n2026-09-02,2026-09-01,校慶\n2026-09-03,,\n"
        '2026-09-07,2026-09-11,"9/7 段考\n9/40 校慶\n9/9 休業式"\n',
        encoding="utf-8",
    )
    found = read_published(path)
    assert [(u.place, u.field, u.value, u.why) for u in found.unread] == [
        ("a.csv:3", "日期", "116/2/3 25:00", "沒有 25:00 這個時刻"),
        ("a.csv:4", "結束日期", "2026-09-01", "早於開始日期 2026-09-02"),
        ("a.csv:5", "事項", "", "沒有事項"),
        ("a.csv:6", "事項", "9/40", "沒有 2026 年 9 月 40 日這一天"),
    ]
    assert [e.title for e in found.entries] == ["開學", "段考", "休業式"]


@pytest.mark.clause("規§4.1")
def test_a_line_of_a_weeks_cell_that_has_no_day_of_its_own_is_approximate(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    lines = "2/3 課程學習成果上傳截止\n課程學習成果認證截止"
    path.write_text(f'日期,事項\n2027-02-01~2/5,"{lines}"\n2027-02-01~2/4,"{lines}"\n', encoding="utf-8")
    found = [(e.first, e.last, e.approximate) for e in read_published(path).entries]
    day, monday = date(2027, 2, 3), date(2027, 2, 1)
    assert found == [
        (day, day, False), (monday, date(2027, 2, 5), True), (day, day, False), (monday, date(2027, 2, 4), False),
    ]  # fmt: skip


def test_days_without_a_year_follow_the_school_year_of_the_others_unless_two_are_as_frequent(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("日期,事項\n2026-08-31,開學\n2/3 24:00,段考\n", encoding="utf-8")
    assert [(e.first, e.whole_day) for e in read_published(path).entries] == [
        (date(2026, 8, 31), False),
        (date(2027, 2, 3), True),
    ]
    path.write_text("日期,事項\n2026-07-31,開學\n2026-08-31,開學\n2/3,段考\n", encoding="utf-8")
    with pytest.raises(DocumentError, match="two school years"):
        read_published(path)
    assert read_published(path, 115).school_year == 115


@pytest.mark.parametrize(
    ("where", "why"), [("none/draft.yaml", "there is no such folder"), ("folder", "it is a folder, no file")]
)
def test_a_draft_that_cannot_be_written_says_why(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], where: str, why: str
) -> None:
    (tmp_path / "folder").mkdir()
    words = ["calendar", "propose", str(SAMPLES / "115-1.csv"), "--out", str(tmp_path / where)]
    with pytest.raises(DocumentError, match=why):
        app(words, result_action="return_value")
    assert capsys.readouterr().out == ""


@pytest.mark.clause("規§3.1", "規§4.1")
def test_the_command_tells_what_it_took_and_what_it_could_not_read(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "own.csv"
    path.write_text(
        "日期,事項\n2026-08-31,開學\n2027-01-20,休業式\n2027/3/5 17:00,教師認證課程學習成果截止\n"
        "2027/5/10,收訖明細確認開始\n2026-11-31,教學觀摩\n",
        encoding="utf-8",
    )
    words = ["calendar", "propose", str(path), "--out", str(tmp_path / "draft.yaml")]
    assert app(words, result_action="return_value") == 0
    said = capsys.readouterr().out
    assert "採用學習歷程日期 1 筆,1 筆讀不出來,1 筆請人員確認" in said
    assert "✓ own.csv:4「教師認證課程學習成果截止」→ due 2027-03-05(五) 17:00" in said
    assert "? own.csv:6 日期「2026-11-31」沒有 2026 年 11 月 31 日這一天" in said
    assert "? own.csv:5「收訖明細確認開始」2027-05-10 看不出是哪一期" in said
    for name in ("draft.yaml", "draft-agenda.md"):
        text = (tmp_path / name).read_text(encoding="utf-8")
        assert "own.csv:5「收訖明細確認開始」" in text and "own.csv:6" in text
    calendar = load_calendar(tmp_path / "draft.yaml")
    window = calendar.window("115-1", "g10_11", "certification")
    assert window is not None and window.due.isoformat() == "2027-03-05T09:00:00+00:00"
    assert app([*words, "--json"], result_action="return_value") == 0
    shown = json.loads(capsys.readouterr().out)
    assert [t["place"] for t in shown["taken"]] == ["own.csv:4"]
    assert shown["unread"][0]["field"] == "日期" and shown["unread"][0]["why_en"] == "there is no day 2026-11-31"


def test_a_title_cannot_write_fields_of_the_draft(tmp_path: Path) -> None:
    path = tmp_path / "a.json"
    evil = '休業式"}\nversion: 9 #(暫)'
    path.write_text(
        json.dumps([{"title": evil, "date": "2027-01-20"}, {"title": "段考\nx: 1", "date": "2026-10-13"}]),
        encoding="utf-8",
    )
    out = tmp_path / "draft.yaml"
    app(["calendar", "propose", str(path), "--out", str(out)], result_action="return_value")
    assert load_calendar(out).version == 1


@pytest.mark.clause("規§4.1", "規§5.4")
def test_semesters_begin_in_august_and_february_and_diverse_uploads_end_two_working_days_before_the_selection() -> None:
    _, made, case = draft("licheng")
    opens = {name: s.opens.isoformat() for name, s in made.calendar.semesters.items()}
    assert opens == {"115-1": "2026-07-31T16:00:00+00:00", "115-2": "2027-01-31T16:00:00+00:00"}
    diverse = made.calendar.window("115", "g10_11", "diverse_upload")
    selection = made.calendar.window("115", "g10_11", "selection")
    assert diverse is not None and selection is not None
    assert case.days.shift(taipei_day(selection.opens), -2) == taipei_day(diverse.due - DAY / 24)
