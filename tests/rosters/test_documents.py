"""Documents that are broken: every problem names the file, the line, the field, the rule and what to do."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from rosters.calendar_yaml import calendar_yaml
from rosters.documents import (
    LARGEST,
    DocumentError,
    DocumentProblem,
    load_calendar,
    load_national,
    load_pack,
    load_rule_set,
)
from rules.refusals.malformed import CLOCK_MINUTE, MINUTE, ONLY_DAY
from rules.schedule import Calendar

SCHOOLS = Path(__file__).resolve().parents[2] / "schools"
RULES = SCHOOLS / "licheng" / "rules.yaml"
CALENDAR = SCHOOLS / "licheng" / "calendar-115.yaml"
NATIONAL = SCHOOLS / "national" / "115.yaml"


@dataclass(frozen=True)
class Broken:
    """A document with one thing replaced, and what its problem says."""

    name: str
    load: Callable[[Path], Any]
    source: Path
    old: str
    new: str
    field: str
    rule: str
    whole: bool = False
    """The problem is of the document as a whole: its line is where the document, not the value, stands."""


CASES = [
    Broken(
        "an unknown field",
        load_rule_set,
        RULES,
        "retention: {years: 3,",
        "retention: {yaers: 3, years: 3,",
        "retention.yaers",
        "extra_forbidden",
    ),
    Broken("a missing field", load_rule_set, RULES, "accept_within: 5, ", "", "handover.accept_within", "missing"),
    Broken("text for a number", load_rule_set, RULES, "years: 3", "years: three", "retention.years", "int_parsing"),
    Broken("half a thing", load_rule_set, RULES, "years: 3", "years: 2.5", "retention.years", "int_from_float"),
    Broken(
        "no such word", load_rule_set, RULES, "counts: uploaded", "counts: uploads", "quotas.0.counts", "literal_error"
    ),
    Broken(
        "no such process",
        load_rule_set,
        RULES,
        "title_en: data entry, process: semester",
        "title_en: data entry, process: term",
        "windows.0.process",
        "enum",
    ),
    Broken(
        "a quota without a value",
        load_rule_set,
        RULES,
        "    values: [{from",
        "    values: []\n    more: [{from",
        "quotas.0.values",
        "too_short",
    ),
    Broken(
        "a value without its day",
        load_rule_set,
        RULES,
        "{from: 2026-08-01, value: ",
        "{value: ",
        "quotas.0.values.0.from",
        "missing",
    ),
    Broken(
        "seats that do not add up",
        load_rule_set,
        RULES,
        "size: 17",
        "size: 18",
        "working_group",
        "seats add up to 17, size says 18",
    ),
    Broken(
        "two rungs on one day",
        load_rule_set,
        RULES,
        '{offset: -2, at: "08:00", to: [owner]}',
        '{offset: -5, at: "08:00", to: [owner]}',
        "ladders.0",
        "rungs must stand in rising order",
    ),
    Broken(
        "no such time of day",
        load_rule_set,
        RULES,
        '{offset: 0, at: "09:00"',
        '{offset: 0, at: "25:00"',
        "ladders.6.rungs.0.at",
        "time",
    ),
    Broken(
        "a duty that hangs on two things",
        load_rule_set,
        RULES,
        "due: {deadline: briefing}",
        "due: {deadline: briefing, window: entry}",
        "duties.11.due",
        "give either window or deadline",
    ),
    Broken(
        "a duty that hangs on nothing",
        load_rule_set,
        RULES,
        "due: {deadline: briefing}",
        "due: {}",
        "duties.11.due",
        "give either window or deadline",
    ),
    Broken(
        "an owner whom nobody knows",
        load_rule_set,
        RULES,
        "owner: course_advisor",
        "owner: course_adviser",
        "duties.advisory_entry.owner",
        "duties.advisory_entry.owner: 'course_adviser' is not defined",
    ),
    Broken(
        "a ladder that is not there",
        load_rule_set,
        RULES,
        "stuck_ladder: stuck",
        "stuck_ladder: stcuk",
        "stuck_ladder",
        "stuck_ladder: 'stcuk' is not defined",
    ),
    Broken(
        "a list where a table belongs",
        load_rule_set,
        RULES,
        "retention: {years: 3, clause: 規§7}",
        "retention: [3]",
        "retention",
        "model",
    ),
    Broken(
        "a window that ends before it begins",
        load_calendar,
        CALENDAR,
        "due: 2026-10-30 17:00",
        "due: 2026-08-30 17:00",
        "windows.0",
        "opens < due <= closes",
    ),
    Broken(
        "a correction after the close",
        load_calendar,
        CALENDAR,
        "correction_closes: 2027-03-10 17:00",
        "correction_closes: 2027-03-14 17:00",
        "windows.6",
        "correction_closes <= closes",
    ),
    Broken(
        "a period that is none",
        load_calendar,
        CALENDAR,
        "period: 115-1, lane",
        "period: 115-3, lane",
        "windows.0.period",
        "string_pattern_mismatch",
    ),
    Broken(
        "an instant that is none",
        load_calendar,
        CALENDAR,
        "opens: 2026-09-01 08:00",
        "opens: soon",
        "windows.0.opens",
        "",
    ),
    Broken(
        "a file limit of nothing",
        load_national,
        NATIONAL,
        "max_bytes: 4194304",
        "max_bytes: 0",
        "file_limits.0.max_bytes",
        "greater_than",
    ),
    Broken(
        "a role that files do not have",
        load_national,
        NATIONAL,
        "role: av",
        "role: audio",
        "file_limits.3.role",
        "literal_error",
    ),
]


def problems(load: Callable[[Path], Any], path: Path) -> tuple[DocumentProblem, ...]:
    """What is wrong with a document."""
    with pytest.raises(DocumentError) as raised:
        load(path)
    return raised.value.problems


def line_of(text: str, old: str) -> int:
    """The line (from 1) on which `old` first stands."""
    assert old in text, old
    return text[: text.index(old)].count("\n") + 1


@pytest.mark.clause("規§13")
@pytest.mark.parametrize("case", CASES, ids=lambda c: c.name.replace(" ", "-"))
def test_a_broken_field_is_named_with_its_line_and_its_rule(tmp_path: Path, case: Broken) -> None:
    text = case.source.read_text(encoding="utf-8")
    path = tmp_path / case.source.name
    path.write_text(text.replace(case.old, case.new, 1), encoding="utf-8")
    found = [p for p in problems(case.load, path) if p.field == case.field]
    assert len(found) == 1, problems(case.load, path)
    problem = found[0]
    assert problem.file == str(path)
    assert case.rule in problem.rule
    assert problem.remedy
    assert problem.remedy_en.isascii()
    assert abs(problem.line - (1 if case.whole else line_of(text, case.old))) <= near(case)
    assert f"{path}:{problem.line}" in str(problem)
    assert set(problem.shown()) == {"file", "line", "field", "value", "rule", "remedy", "remedy_en"}


def near(case: Broken) -> int:
    """How many lines the named line may be away: a table's problem stands on its first line."""
    return {"working_group": 1, "ladders.0": 4}.get(case.field, 0)


@pytest.mark.parametrize(
    ("name", "body", "rule", "line"),
    [
        ("not-utf-8", "title: 歷程".encode("big5"), "不是 UTF-8 · no UTF-8", 1),
        ("a-list", b"- one\n- two\n", "最外層應為對應表 · a table is expected", 1),
        ("empty", b"", "最外層應為對應表 · a table is expected", 1),
        ("an-open-bracket", b"id: x\nposts: [a, b\ntitle: y\n", "YAML 語法錯誤 · a YAML syntax error", 3),
        ("a-tab", b"id: x\nposts:\n\t- a\n", "YAML 語法錯誤 · a YAML syntax error", 3),
        ("a-doubled-key", b"id: x\nversion: 1\nid: y\n", "YAML 語法錯誤 · a YAML syntax error", 3),
        ("an-open-quote", b'id: x\ntitle: "y\n', "YAML 語法錯誤 · a YAML syntax error", 3),
        # The YAML reader itself refuses such a day, before any field is known.
        ("a-day-that-does-not-exist", b"id: x\neffective_from: 2026-13-01\n", "沒有這一天 · no such day", 2),
        ("no-text", b"id: x\ntitle: a\x01b\n", "不是文字檔 · no text file", 2),
        ("too-large", b"#" * (LARGEST + 1), "檔案過大 · the file is too large", 1),
    ],
    ids=lambda v: v if isinstance(v, str) and v.isascii() else "",
)
def test_what_is_no_document_says_so(tmp_path: Path, name: str, body: bytes, rule: str, line: int) -> None:
    path = tmp_path / f"{name}.yaml"
    path.write_bytes(body)
    (problem,) = problems(load_rule_set, path)
    assert (problem.file, problem.rule) == (str(path), rule)
    assert problem.line == line
    assert problem.remedy
    assert problem.remedy_en


def test_a_file_that_is_not_there_is_a_problem_and_no_crash(tmp_path: Path) -> None:
    (problem,) = problems(load_calendar, tmp_path / "calendar-115.yaml")
    assert (problem.line, problem.rule, problem.value) == (0, "沒有這個檔案 · there is no such file", "")
    (problem,) = problems(load_calendar, tmp_path)
    assert problem.rule == "這是資料夾,不是檔案 · a folder, no file"


def test_all_problems_are_told_at_once_in_the_order_of_the_document(tmp_path: Path) -> None:
    text = RULES.read_text(encoding="utf-8")
    for old, new in (("counts: uploaded", "counts: x"), ("years: 3", "years: x"), ("accept_within: 5, ", "")):
        text = text.replace(old, new, 1)
    path = tmp_path / "rules.yaml"
    path.write_text(text, encoding="utf-8")
    found = problems(load_rule_set, path)
    assert {p.field for p in found} == {"quotas.0.counts", "retention.years", "handover.accept_within"}
    with pytest.raises(DocumentError) as raised:
        load_rule_set(path)
    assert str(raised.value).count(str(path)) == 3


def test_a_pack_with_one_broken_calendar_is_not_read_at_all(tmp_path: Path) -> None:
    (tmp_path / "rules.yaml").write_bytes(RULES.read_bytes())
    (tmp_path / "calendar-115.yaml").write_text("school_year: 115\n", encoding="utf-8")
    assert {p.rule.split(":")[0] for p in problems(load_pack, tmp_path)} == {"missing"}


@pytest.mark.clause("規§4.2")
def test_a_date_in_quotes_and_one_without_mean_the_same(tmp_path: Path) -> None:
    text = CALENDAR.read_text(encoding="utf-8")
    path = tmp_path / "calendar-115.yaml"
    path.write_text(text.replace("opens: 2026-08-01 00:00\n", 'opens: "2026-08-01 00:00"\n', 1), encoding="utf-8")
    assert load_calendar(path) == load_calendar(CALENDAR)


def test_a_byte_order_mark_and_windows_line_ends_change_nothing(tmp_path: Path) -> None:
    path = tmp_path / "calendar-115.yaml"
    path.write_bytes(b"\xef\xbb\xbf" + CALENDAR.read_bytes().replace(b"\n", b"\r\n"))
    assert load_calendar(path) == load_calendar(CALENDAR)


@pytest.mark.clause("規§4.2")
@pytest.mark.parametrize("due", ["民國116/2/30 17:00", "2027-02-03 25:00", "soon"])
def test_what_is_no_instant_is_told_the_form_in_both_languages_and_not_in_pythons_words(
    tmp_path: Path, due: str
) -> None:
    path = tmp_path / "calendar-115.yaml"
    text = CALENDAR.read_text(encoding="utf-8")
    path.write_text(text.replace("due: 2027-02-03 17:00", f"due: {due}", 1), encoding="utf-8")
    [found] = problems(load_calendar, path)
    assert (found.value, found.rule) == (due, "YYYY-MM-DD HH:MM,臺北時間 · Taipei time")
    assert "民國年不收" in str(found) and "ROC years are not read" in str(found)


@pytest.mark.clause("規§4.2")
def test_instants_out_of_order_are_shown_with_what_they_are_and_what_to_do(tmp_path: Path) -> None:
    path = tmp_path / "calendar-115.yaml"
    text = CALENDAR.read_text(encoding="utf-8")
    path.write_text(
        text.replace("opens: 2026-09-01 08:00, due: 2026-10-30", "opens: 2027-09-01 08:00, due: 2026-10-30", 1)
    )
    [found] = problems(load_calendar, path)
    assert found.rule == "opens < due <= closes"
    assert found.value == "opens 2027-09-01 08:00, due 2026-10-30 17:00, closes 2026-11-13 17:00"
    assert "請依序調整" in str(found) and "in order" in str(found)


def test_a_document_nested_too_deep_is_a_problem_and_no_crash(tmp_path: Path) -> None:
    path = tmp_path / "calendar-115.yaml"
    path.write_text("a: " + "[" * 700, encoding="utf-8")
    [found] = problems(load_calendar, path)
    assert (found.line, found.rule) == (1, "YAML 無法解析 · no readable YAML")


ZONED = [
    "2027-02-24T09:00:00Z",
    '"2027-02-24T09:00:00Z"',
    "2027-02-03 17:00:30+09:00",
    '"2027-02-03 17:00+08:00"',
    "2027-02-03 17:00:30",
    "2027-02-03 17:00:00",
]


@pytest.mark.clause("規§4.2")
@pytest.mark.parametrize("due", ZONED)
def test_an_instant_with_a_zone_or_seconds_is_refused_with_its_line_and_as_it_stands_there(
    tmp_path: Path, due: str
) -> None:
    path = tmp_path / "calendar-115.yaml"
    text = CALENDAR.read_text(encoding="utf-8")
    path.write_text(text.replace("due: 2027-02-03 17:00", f"due: {due}", 1), encoding="utf-8")
    [found] = problems(load_calendar, path)
    assert (found.field, found.value, found.rule) == ("windows.3.due", due.strip('"'), MINUTE)
    assert found.line == line_of(text, "due: 2027-02-03 17:00")
    assert "臺北時間" in found.remedy and "Taipei time" in found.remedy_en


@pytest.mark.clause("規§4.2")
def test_a_window_that_stands_twice_is_told_at_each_of_its_rows_with_its_name(tmp_path: Path) -> None:
    path = tmp_path / "calendar-115.yaml"
    text = CALENDAR.read_text(encoding="utf-8")
    old, new = "lane: g12_general, kind: entry", "lane: g10_11, kind: entry"
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
    first, second = problems(load_calendar, path)
    assert [p.value for p in (first, second)] == ["115-1/g10_11/entry"] * 2
    assert [p.line for p in (first, second)] == [line_of(text, new), line_of(text, old)]
    assert [p.field for p in (first, second)] == ["windows.0", "windows.1"]
    assert f"另見第 {second.line} 行" in str(first) and f"also on line {first.line}" in str(second)
    assert "請刪除其中一列" in str(first) and "remove one of them" in str(first)


@pytest.mark.parametrize(
    ("load", "source", "old", "new", "said"),
    [
        (load_rule_set, RULES, "retention: {years: 3,", "retention: {yaers: 3, years: 3,", "沒有這個欄位,可用的是 · no such field"),
        (load_rule_set, RULES, "accept_within: 5, ", "", "缺少這個欄位 · missing"),
        (load_rule_set, RULES, "counts: uploaded", "counts: uploads", "可用的值 · one of:"),
        (load_rule_set, RULES, "years: 3", "years: three", "整數 · a whole number"),
        (load_rule_set, RULES, "owner: course_advisor", "owner: course_adviser", "名稱沒有定義 · "),
        (load_calendar, CALENDAR, "school_year: 115", "school_year: [115]", "清單 1 項 · a list of 1"),
        (load_calendar, CALENDAR, "school_year: 115", "school_year:", "空白 · empty"),
    ],
)  # fmt: skip
def test_people_read_a_fault_in_both_languages_without_the_names_that_programs_use(
    tmp_path: Path, load: Callable[[Path], Any], source: Path, old: str, new: str, said: str
) -> None:
    path = tmp_path / source.name
    path.write_text(source.read_text(encoding="utf-8").replace(old, new, 1), encoding="utf-8")
    shown = "\n".join(str(p) for p in problems(load, path))
    assert said in shown
    assert not re.search(r"Commented|NoneType|Error\b|[a-z]+_(error|type|parsing|forbidden)", shown)


@pytest.mark.parametrize(("body", "value"), [("- one\n- two\n", "清單 2 項 · a list of 2"), ("", "空白 · empty")])
def test_what_is_no_table_is_named_in_words(tmp_path: Path, body: str, value: str) -> None:
    path = tmp_path / "rules.yaml"
    path.write_text(body, encoding="utf-8")
    [found] = problems(load_rule_set, path)
    assert found.value == value


@pytest.mark.clause("規§12")
def test_a_zone_in_the_authoritys_document_is_refused_too(tmp_path: Path) -> None:
    path = tmp_path / "115.yaml"
    text = NATIONAL.read_text(encoding="utf-8")
    path.write_text(re.sub(r"closes: (\S+) (\d\d:\d\d)", r"closes: \1T\2:00Z", text, count=1), encoding="utf-8")
    [found] = problems(load_national, path)
    assert (found.field, found.rule) == ("windows.0.closes", MINUTE)


@pytest.mark.clause("規§4.2")
@pytest.mark.parametrize(
    ("old", "new", "field", "rule"),
    [
        ("closing_ceremony: 2027-01-20", "closing_ceremony: 2027-01-20T00:00:00Z", "closing_ceremony", ONLY_DAY),
        ("first_day: ", "first_day: 86400 #", "first_day", ONLY_DAY),
    ],
)
def test_a_day_with_a_time_or_as_a_number_is_refused(tmp_path: Path, old: str, new: str, field: str, rule: str) -> None:
    path = tmp_path / "calendar-115.yaml"
    text = re.sub(r"\{(first_day: [^}]*)\}", r"{\1\n    }", CALENDAR.read_text(encoding="utf-8"))
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
    found = [(p.field.rpartition(".")[2], p.rule) for p in problems(load_calendar, path)]
    assert (field, rule) in found


@pytest.mark.clause("規§4.2")
@pytest.mark.parametrize("opens", ['"08:00:30"', '"08:00Z"', "8", '"08:00+09:00"'])
def test_daily_hours_with_seconds_a_zone_or_as_a_number_are_refused(tmp_path: Path, opens: str) -> None:
    path = tmp_path / "calendar-115.yaml"
    text = CALENDAR.read_text(encoding="utf-8")
    hours = f'due: 2027-02-03 17:00, hours: {{opens: {opens}, closes: "21:00"}}'
    path.write_text(text.replace("due: 2027-02-03 17:00", hours, 1), encoding="utf-8")
    [found] = problems(load_calendar, path)
    assert (found.field, found.rule) == ("windows.3.hours.opens", CLOCK_MINUTE)


@pytest.mark.clause("規§4.2")
def test_what_a_database_kept_with_zone_and_seconds_is_read_as_before() -> None:
    calendar = load_calendar(CALENDAR)
    body = calendar.model_dump(mode="json")
    body["windows"][3]["due"] = "2027-02-03T09:00:30Z"
    read = Calendar.model_validate(body)
    assert read.windows[3].due == datetime(2027, 2, 3, 9, 0, 30, tzinfo=UTC)
    assert Calendar.model_validate(calendar.model_dump(mode="json")) == calendar


@pytest.mark.clause("規§4.2")
def test_a_calendar_of_old_with_seconds_is_written_and_its_line_is_named_by_the_reader(tmp_path: Path) -> None:
    body = load_calendar(CALENDAR).model_dump(mode="json")
    body["windows"][3]["due"] = "2027-02-03T09:00:30Z"
    path = tmp_path / "calendar-115.yaml"
    path.write_text(calendar_yaml(Calendar.model_validate(body), state="v2"), encoding="utf-8")
    [found] = problems(load_calendar, path)
    assert (found.field, found.value) == ("windows.3.due", "2027-02-03T17:00:30+08:00")
