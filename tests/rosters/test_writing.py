"""The rosters of the central database as workbooks: cover, sheets, columns, rejects, the same bytes (規§6.3)."""

from __future__ import annotations

import io
import random
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest
from python_calamine import CalamineWorkbook

from rosters.formats import SchoolFormats
from rosters.receipts import columns_of, compare, read_receipt, read_roster
from rosters.receiving.mapping import Reads, load_tables
from rosters.receiving.sheets import read_bytes
from rules.exchange import RosterOrder, RosterRow
from rules.refusals import Code, Refused
from rules.rosters.days import day_text
from rules.rosters.schema import DateStyle, Holds
from tests.reconcile.samples import as_received
from tests.rosters.orders import BOOK, SCHOOL, course_code, full, order, row

FORMATS = SchoolFormats()
TABLES = load_tables()
CODES = [(r.id, c.code) for r in BOOK.rosters for c in r.codes]


def cells(content: bytes) -> dict[str, list[list[Any]]]:
    """Every sheet's rows, empty cells included."""
    book = CalamineWorkbook.from_filelike(io.BytesIO(content))
    return {name: book.get_sheet_by_name(name).to_python() for name in book.sheet_names}


@pytest.mark.clause("規§6.3.1", "規§6.3.2", "規§6.3.3", "規§6.3.4")
@pytest.mark.parametrize(("roster", "code"), CODES)
def test_every_roster_code_has_its_cover_and_every_sheet_with_its_columns(roster: str, code: str) -> None:
    schema = BOOK.roster(roster)
    written = FORMATS.write(full(schema, code))
    found = cells(written.content)
    assert found["封面"] == [
        ["學校代碼", "學年度", "學期", "名冊別"],
        [SCHOOL, 115.0, 0.0 if schema.yearly else 1.0, code],
    ]
    known = BOOK.of_code(code)
    assert known is not None
    assert list(found) == ["封面", *(s.name for s in known[0].sheets)]
    for sheet in known[0].sheets:
        assert found[sheet.name][0] == [c.name for c in sheet.columns]
    assert written.code == code
    assert len(written.lines) == 2 * len(known[0].sheets)


@pytest.mark.clause("規§6.3.2")
def test_yearly_rosters_say_semester_0_whatever_is_asked() -> None:
    asked = replace(full(BOOK.roster("outcomes")), semester=2)
    assert cells(FORMATS.write(asked).content)["封面"][1][2] == 0.0


@pytest.mark.clause("規§6.3.1")
@pytest.mark.parametrize(("roster", "code"), [("enrolment", "21"), ("grades", "22")])
def test_a_roster_without_a_code_in_the_school_rules_takes_the_unverified_one_of_the_book(
    roster: str, code: str
) -> None:
    written = FORMATS.write(replace(full(BOOK.roster(roster)), code=""))
    assert written.code == code
    known = BOOK.of_code(code)
    assert known is not None and not known[1].verified and known[1].source == "inferred"


@pytest.mark.clause("規§6.3.1")
@pytest.mark.parametrize(("roster", "code"), [("enrolment", "99"), ("nothing", "")])
def test_a_roster_that_no_schema_knows_is_refused(roster: str, code: str) -> None:
    with pytest.raises(Refused) as refused:
        FORMATS.write(RosterOrder(roster, SCHOOL, 115, 1, code, []))
    assert refused.value.refusal.code is Code.NOT_FOUND


@pytest.mark.clause("規§6.3.2")
def test_a_row_of_a_sheet_that_no_schema_knows_is_refused() -> None:
    stray = RosterRow("elsewhere", UUID(int=1), {})
    with pytest.raises(Refused) as refused:
        FORMATS.write(order(BOOK.roster("outcomes"), [stray]))
    assert (refused.value.refusal.code.value, "elsewhere" in refused.value.refusal.place) == ("not_found", True)


@pytest.mark.clause("規§6.3.2")
@pytest.mark.parametrize("roster", [r.id for r in BOOK.rosters])
def test_the_same_facts_give_the_same_bytes_in_whatever_order_they_come(roster: str) -> None:
    given = full(BOOK.roster(roster))
    first = FORMATS.write(given)
    shuffled = list(given.rows)
    random.Random(7).shuffle(shuffled)
    second = FORMATS.write(replace(given, rows=shuffled))
    assert first.content == second.content
    at = {given.rows.index(r): i for i, r in enumerate(shuffled)}
    assert [replace(x, source=at[x.source]) for x in first.lines] == list(second.lines)


@pytest.mark.clause("規§6.3.2")
def test_outcomes_are_on_six_sheets_by_their_variant() -> None:
    found = cells(FORMATS.write(full(BOOK.roster("outcomes"))).content)
    assert [name for name in found if name.endswith("課程學習成果")] == [
        "學期課程學習成果",
        "補修課程學習成果",
        "重修課程學習成果",
        "重讀課程學習成果",
        "轉學轉科課程學習成果",
        "借讀課程學習成果",
    ]


@pytest.mark.clause("規§6.3.1")
def test_ids_codes_and_days_are_texts_and_numbers_numbers() -> None:
    sheet = BOOK.roster("enrolment").sheets[0]
    given = row(sheet, 1, 班別="01", 出生日期=date(2010, 3, 9), 學籍異動日期="2026-09-01", 座號=Decimal("7"))
    found = cells(FORMATS.write(order(BOOK.roster("enrolment"), [given])).content)["學生資料"]
    said = dict(zip(*found, strict=True))
    assert (said["班別"], said["出生日期"], said["學籍異動日期"], said["座號"]) == ("01", "0990309", "1150901", 7.0)
    assert isinstance(said["身分證號"], str)


@pytest.mark.parametrize(
    ("style", "text"),
    [
        (DateStyle.ROC7, "1150309"),
        (DateStyle.ROC_SLASH, "115/03/09"),
        (DateStyle.AD_SLASH, "2026/03/09"),
        (DateStyle.AD_DIGITS, "20260309"),
        (DateStyle.AD_SLASH_MIDNIGHT, "2026/3/9 上午 12:00:00"),
    ],
)
def test_a_day_is_written_in_its_columns_style(style: DateStyle, text: str) -> None:
    assert day_text(date(2026, 3, 9), style) == text


@pytest.mark.clause("規§6.3.3")
def test_the_words_of_the_school_become_codes() -> None:
    sheet = BOOK.roster("cadre").sheets[0]
    found = cells(FORMATS.write(order(BOOK.roster("cadre"), [row(sheet, 1, 幹部等級="社團幹部")])).content)
    assert found["幹部經歷紀錄"][1][-1] == "3"


@pytest.mark.clause("規§6.3.2")
def test_nothing_becomes_a_formula_or_a_link() -> None:
    sheet = BOOK.roster("outcomes").sheets[0]
    content = FORMATS.write(
        order(BOOK.roster("outcomes"), [row(sheet, 1, 成果簡述='=HYPERLINK("http://x","y")')])
    ).content
    assert all(not s.formulas for s in read_bytes("r.xlsx", content).sheets)
    assert cells(content)["學期課程學習成果"][1][8] == '=HYPERLINK("http://x","y")'


@pytest.mark.clause("規§6.3.1")
def test_rows_that_cannot_be_submitted_stand_on_a_sheet_of_their_own_with_the_reason() -> None:
    grades = BOOK.roster("grades")
    sheet = grades.sheets[0]
    rows = [
        row(sheet, 1),
        row(sheet, 2, 課程代碼=""),
        row(sheet, 3, 課程代碼=course_code(3, kind="9", prop="1")),
        row(sheet, 4, 課程代碼=course_code(4, kind="8", prop="D")),
    ]
    written = FORMATS.write(order(grades, rows))
    found = cells(written.content)
    assert [r[2] for r in found["學期成績"][1:]] == [course_code(1), course_code(4, kind="8", prop="D")]
    assert found["學期成績(缺)"][0][-1] == "未提交原因"
    assert [(r[2], r[-1][:6]) for r in found["學期成績(缺)"][1:]] == [
        ("", "缺少課程代碼"),
        (course_code(3, kind="9"), "團體活動或彈"),
    ]
    assert written.rejects == 2
    assert [line.source for line in written.lines] == [0, 3]


@pytest.mark.clause("規§6.3.2")
def test_an_outcome_of_a_flexible_course_is_submitted_for_only_score_rosters_withhold_it() -> None:
    outcomes = BOOK.roster("outcomes")
    given = row(outcomes.sheets[0], 1, 課程代碼=course_code(kind="9", prop="1"))
    written = FORMATS.write(order(outcomes, [given]))
    assert (len(written.lines), written.rejects) == (1, 0)
    assert not any(name.endswith("(缺)") for name in cells(written.content))


@pytest.mark.clause("規§5.2.3")
def test_a_precheck_leaves_the_scores_empty() -> None:
    found = cells(FORMATS.write(full(BOOK.roster("grades"), "41")).content)["學期成績"]
    said = dict(zip(*found[:2], strict=True))
    assert said["學期學業成績"] == said["成績及格"] == ""
    assert all(said[name] != "" for name in ("身分證號", "出生日期", "課程代碼", "科目名稱", "開課年級", "修課學分"))


@pytest.mark.clause("規§7")
def test_a_lines_hashes_say_nothing_without_the_persons_salt() -> None:
    sheet = BOOK.roster("cadre").sheets[0]
    plain = row(sheet, 1)
    a, b = (
        FORMATS.write(order(BOOK.roster("cadre"), [replace(plain, salt=salt)])).lines[0]
        for salt in (b"a" * 32, b"b" * 32)
    )
    assert a.natural_key != b.natural_key and a.digest != b.digest
    assert plain.values["身分證號"] not in a.natural_key and str(plain.values["單位名稱"]) not in a.natural_key


@pytest.mark.clause("規§6.3.2")
def test_two_outcomes_of_one_course_share_their_key_and_differ_in_their_digest() -> None:
    sheet = BOOK.roster("outcomes").sheets[0]
    rows = [row(sheet, 1), row(sheet, 1, 成果簡述="另一件")]
    a, b = FORMATS.write(order(BOOK.roster("outcomes"), rows)).lines
    assert a.natural_key == b.natural_key and a.digest != b.digest


@pytest.mark.clause("規§6.4")
@pytest.mark.parametrize(("roster", "code"), CODES)
def test_a_written_roster_that_is_received_whole_agrees_in_every_line(roster: str, code: str) -> None:
    written = FORMATS.write(full(BOOK.roster(roster), code))
    ours = read_roster(("roster.xlsx", written.content), TABLES)
    theirs = read_receipt(("receipt.xlsx", as_received(written.content)), TABLES, columns_of(ours))
    found = compare(ours, theirs, TABLES)
    assert [f.rule for f in found.findings if f.weight.value != "warning"] == []
    assert found.reconciliation is not None and found.reconciliation.agree
    assert ours.content is not None
    assert {(s, r.number) for s, rows in ours.content.rows.items() for r in rows} == {
        (line.sheet, line.row) for line in written.lines
    }


@pytest.mark.clause("規§6.4")
def test_receipts_are_read_with_the_keys_and_kinds_that_rosters_are_written_with() -> None:
    kinds = {Holds.DAY: Reads.DAY, Holds.NUMBER: Reads.NUMBER, Holds.PERSON: Reads.PERSON, Holds.COURSE: Reads.CODE, Holds.SCHOOL: Reads.CODE}  # fmt: skip
    for schema in BOOK.rosters:
        for code in schema.codes:
            assert TABLES.owner(code.code).post == schema.owner, code.code
        for sheet in schema.sheets:
            # A student's line stays the same line when the status changes: the change is what is told.
            key = () if sheet.one_a_person else sheet.key
            assert TABLES.shapes[sheet.name].key == key, sheet.name
            for column in sheet.columns:
                if column.holds in kinds:
                    assert TABLES.reads.get(column.name) is kinds[column.holds], (sheet.name, column.name)
