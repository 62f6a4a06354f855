"""Receipt files as they really come: read whole, taken in part by decision, or refused with their place."""

from __future__ import annotations

import csv
import io
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import xlsxwriter

from rosters.receipts import Outcome, columns_of, compare, read_receipt, read_roster
from rosters.receiving.findings import RULES, Weight
from rosters.receiving.mapping import load_tables
from rules.ledgers.words import Kind
from tests.reconcile.planting import Answer, sent
from tests.reconcile.samples import REGULAR, SCHOOL, as_received, outcome_rows, write_roster

TABLES = load_tables()
SHEET = "學期課程學習成果"
ROWS = outcome_rows(12, items=2)
BODY = ROWS[SHEET][1]


@pytest.fixture(scope="module")
def roster(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_roster(tmp_path_factory.mktemp("roster") / "outcomes.xlsx", {SHEET: ROWS[SHEET]})


def held(
    roster: Path, receipt: Path | tuple[str, bytes], *, partial: bool = False, version: int | None = None
) -> Outcome:
    ours = read_roster(roster, TABLES)
    theirs = read_receipt(receipt, TABLES, columns_of(ours))
    return compare(ours, theirs, TABLES, accept_partial=partial, version=version)


def rules_of(outcome: Outcome) -> set[str]:
    return {one.rule for one in outcome.findings}


Edit = Callable[[list[list[Any]]], object]


def flat(edit: Edit = lambda rows: None, *, school: str = SCHOOL, encoding: str = "utf-8", **stated: str) -> bytes:
    """The roster's rows as a central export, after an edit of its rows (the header is row 0)."""
    said = {"sch_year": "115", "semester": "0", "book": "26", "sheet_nm": SHEET, "sch_cd": school} | stated
    rows: list[list[Any]] = [[*said, *REGULAR], *([*said.values(), *row] for row in BODY)]
    edit(rows)
    target = io.StringIO(newline="")
    csv.writer(target).writerows(rows)
    return target.getvalue().encode(encoding)


def book(write: Callable[[Any, Any], None]) -> bytes:
    """The roster's rows as a workbook receipt, after an edit of the open sheet."""
    target = io.BytesIO()
    with xlsxwriter.Workbook(target, {"strings_to_urls": False}) as made:
        cover = made.add_worksheet("封面")
        cover.write_row(0, 0, ("學校代碼", "學年度", "學期", "名冊別"))
        cover.write_row(1, 0, (SCHOOL, 115, 0, 26))
        sheet = made.add_worksheet(SHEET)
        sheet.write_row(0, 0, REGULAR)
        for number, row in enumerate(BODY, start=1):
            sheet.write_row(number, 0, row)
        write(sheet, made)
    return target.getvalue()


def put(row: int, column: str, value: Any) -> Edit:
    def edit(rows: list[list[Any]]) -> None:
        rows[row][rows[0].index(column)] = value

    return edit


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp950"])
def test_encodings_are_told_apart_strictly(roster: Path, encoding: str) -> None:
    plain = flat(encoding="utf-8").decode()
    data = (
        plain.replace("喆", "哲").replace("堃", "坤").encode(encoding)
        if encoding == "cp950"
        else plain.encode(encoding)
    )
    outcome = held(roster, ("receipt.csv", data))
    assert outcome.reconciliation is not None and not outcome.findings
    changed = sum("喆" in str(r) or "堃" in str(r) for r in BODY) if encoding == "cp950" else 0
    assert outcome.reconciliation.counts.get(Kind.ALTERED, 0) == changed


def test_columns_may_stand_in_any_order_and_unknown_ones_are_listed(roster: Path) -> None:
    def shuffled(rows: list[list[Any]]) -> None:
        for row in rows:
            row.reverse()
            row.insert(2, "內部註記" if row is rows[0] else "x")

    outcome = held(roster, ("receipt.csv", flat(shuffled)))
    assert outcome.reconciliation is not None and outcome.reconciliation.agree
    assert [(f.rule, f.column, f.row) for f in outcome.findings] == [("column_unknown", "內部註記", 1)]


def test_roc_and_western_dates_and_spreadsheet_dates_mean_the_same_day(roster: Path) -> None:
    def mixed(rows: list[list[Any]]) -> None:
        at = rows[0].index("出生日期")
        for n, row in enumerate(rows[1:]):
            year, month, day = int(row[at][:3]), row[at][3:5], row[at][5:]
            row[at] = (f"{year + 1911}/{month}/{day}", f"{year + 1911}/{month}/{day} 上午 12:00:00", f"{year}/{month}/{day}",
                       f"{year + 1911}{month}{day}", f"{year + 1911}-{month}-{day} 00:00:00", f"{year}年{month}月{day}日")[n % 6]  # fmt: skip

    outcome = held(roster, ("receipt.csv", flat(mixed)))
    assert outcome.reconciliation is not None and outcome.reconciliation.agree
    assert [(f.rule, f.column) for f in outcome.findings] == [("days_mixed", "出生日期")]


def test_numbers_lose_nothing_by_a_trailing_zero(roster: Path) -> None:
    outcome = held(roster, ("receipt.csv", flat(put(1, "修課學分", f"{BODY[0][6]}.0"))))
    assert outcome.reconciliation is not None and outcome.reconciliation.agree


@pytest.mark.parametrize("clock", ["116/4/16 24:00", "2027/4/16 24:00:00"])
def test_an_instant_at_24_is_the_next_day(roster: Path, clock: str) -> None:
    ours = read_roster(roster, TABLES)
    theirs = read_receipt(("receipt.csv", flat(created_at=clock)), TABLES, columns_of(ours))
    outcome = compare(ours, theirs, TABLES)
    assert outcome.reconciliation is not None and outcome.reconciliation.agree
    assert rules_of(outcome) == {"clock_24"}
    assert theirs.content is not None and str(theirs.content.stated.issued) == "2027-04-17 00:00:00"


BAD_CELLS = [
    ("課程代碼", "1.15999901E+22", "number_as_text"),
    ("課程代碼", "11302.0", "number_as_text"),
    ("出生日期", "2010/2/30", "day_unreadable"),
    ("出生日期", "099/5/12 24:00", "day_unreadable"),
    ("出生日期", "下星期", "day_unreadable"),
    ("修課學分", "3學分", "number_unreadable"),
    ("身分證號", "", "empty"),
    ("科目名稱", "國語\x07文", "control_character"),
    ("成果簡述", "#REF!", "error_value"),
]


@pytest.mark.parametrize(("column", "value", "rule"), BAD_CELLS)
def test_a_cell_that_says_nothing_certain_refuses_the_file_and_names_its_place(
    roster: Path, column: str, value: str, rule: str
) -> None:
    data = flat(put(3, column, value))
    outcome = held(roster, ("receipt.csv", data))
    assert outcome.reconciliation is None
    [found] = outcome.findings
    assert (found.file, found.sheet, found.row, found.column, found.rule) == ("receipt.csv", SHEET, 4, column, rule)
    assert found.weight is Weight.DECISION and found.remedy and found.remedy_en
    taken = held(roster, ("receipt.csv", data), partial=True)
    assert taken.partial and taken.reconciliation is not None
    [lost] = taken.reconciliation.differences
    assert (lost.kind, lost.doubtful) == (Kind.MISSING, True), "the line may be the one that could not be read"


def test_personal_values_in_findings_are_masked(roster: Path) -> None:
    outcome = held(roster, ("receipt.csv", flat(put(3, "身分證號", "Y1000\x0700019"))))
    assert "Y1000" not in str(outcome.findings[0]) and outcome.findings[0].value is not None


WORKBOOKS: list[tuple[str, Callable[[Any, Any], None]]] = [
    ("formula", lambda sheet, made: sheet.write_formula(2, 6, "=1+1", None, 2)),
    ("merged", lambda sheet, made: sheet.merge_range(2, 0, 3, 0, BODY[1][0])),
    ("number_as_text", lambda sheet, made: sheet.write_number(2, 3, 1.15e22)),
    ("cell_type", lambda sheet, made: sheet.write_boolean(2, 3, True)),
    ("cell_without_column", lambda sheet, made: sheet.write_string(2, 14, "x")),
]  # fmt: skip


@pytest.mark.parametrize(("rule", "write"), WORKBOOKS, ids=[rule for rule, _ in WORKBOOKS])
def test_what_a_spreadsheet_hides_is_found(roster: Path, rule: str, write: Callable[[Any, Any], None]) -> None:
    outcome = held(roster, ("receipt.xlsx", book(write)))
    assert outcome.reconciliation is None
    assert rules_of(outcome) == {rule}
    assert {f.row for f in outcome.findings} <= {3, 4}
    assert held(roster, ("receipt.xlsx", book(write)), partial=True).partial


def test_an_error_value_without_its_formula_is_found_too(roster: Path) -> None:
    data = io.BytesIO()
    with zipfile.ZipFile(
        io.BytesIO(book(lambda sheet, made: sheet.write_formula(2, 6, "=NA()", None, "#N/A")))
    ) as before:
        with zipfile.ZipFile(data, "w") as after:
            for name in before.namelist():
                after.writestr(name, before.read(name).replace(b"<f>NA()</f>", b""))
    outcome = held(roster, ("receipt.xlsx", data.getvalue()))
    assert [(f.rule, f.row, f.column) for f in outcome.findings] == [("error_value", 3, "修課學分")]


@pytest.mark.clause("規§6.4")
def test_an_empty_receipt_needs_a_decision_and_an_empty_roster_agrees_with_one(roster: Path, tmp_path: Path) -> None:
    """Zero items is a legal end, for a school that has some it is no answer."""
    empty = write_roster(tmp_path / "empty.xlsx", {SHEET: (REGULAR, [])})
    assert rules_of(held(roster, empty)) == {"nothing_received"}
    taken = held(roster, empty, partial=True).reconciliation
    assert taken is not None and taken.counts == {Kind.MISSING: len(BODY)}
    nothing = held(empty, ("receipt.xlsx", as_received(empty.read_bytes()))).reconciliation
    assert nothing is not None and nothing.agree


def test_a_clerks_title_above_the_header_and_merged_title_cells_do_no_harm(roster: Path) -> None:
    target = io.BytesIO()
    with xlsxwriter.Workbook(target, {"strings_to_urls": False}) as made:
        cover = made.add_worksheet("封面")
        cover.merge_range(0, 0, 0, 3, "收訖明細", made.add_format({"align": "center"}))
        cover.write_row(1, 0, ("學校代碼", "學年度", "學期", "名冊別"))
        cover.write_row(2, 0, (SCHOOL, "115", "0", "26"))
        sheet = made.add_worksheet(SHEET)
        sheet.merge_range(0, 0, 0, 9, "115 學年度收訖明細")
        sheet.write_row(1, 0, REGULAR)
        for number, row in enumerate(BODY, start=2):
            sheet.write_row(number, 0, row)
    outcome = held(roster, ("receipt.xlsx", target.getvalue()))
    assert outcome.reconciliation is not None and outcome.reconciliation.agree
    assert rules_of(outcome) == {"title_rows"}


STATED = [
    ("other_school", {"school": "888801"}, Weight.FATAL),
    ("other_period", {"sch_year": "114"}, Weight.FATAL),
    ("other_period", {"semester": "1"}, Weight.FATAL),
    ("other_roster", {"book": "36"}, Weight.FATAL),
    ("other_version", {"version": "1"}, Weight.DECISION),
    ("other_version", {"file_sha256": "0" * 64}, Weight.DECISION),
    ("count_differs", {"total": "999"}, Weight.DECISION),
]


@pytest.mark.clause("規§6.4")
@pytest.mark.parametrize(("rule", "stated", "weight"), STATED)
def test_a_receipt_of_another_school_roster_or_version_is_refused_whole(
    roster: Path, rule: str, stated: dict[str, str], weight: Weight
) -> None:
    data = flat(**stated)
    assert RULES[rule].weight is weight
    for partial in (False, True):
        outcome = held(roster, ("receipt.csv", data), partial=partial, version=2)
        assert rules_of(outcome) == {rule}
        assert (outcome.reconciliation is not None) is (partial and weight is Weight.DECISION)


def test_rows_of_two_rosters_in_one_file_are_refused(roster: Path) -> None:
    assert rules_of(held(roster, ("receipt.csv", flat(put(5, "book", "36"))))) == {"cover_mixed"}


def test_a_stranger_of_another_school_among_our_rows_needs_a_decision(roster: Path) -> None:
    def stranger(rows: list[list[Any]]) -> None:
        row = list(rows[1])
        row[rows[0].index("sch_cd")], row[rows[0].index("身分證號")] = "888801", "Z199999999"
        rows.append(row)

    data = flat(stranger)
    assert rules_of(held(roster, ("receipt.csv", data))) == {"row_of_other_school"}
    taken = held(roster, ("receipt.csv", data), partial=True)
    assert taken.reconciliation is not None and taken.reconciliation.agree


@pytest.mark.parametrize("keep", [0.35, 0.6, 0.85, 0.97])
def test_a_csv_that_breaks_off_is_known_and_taken_up_to_there_by_decision(roster: Path, keep: float) -> None:
    data = flat()
    cut = ("receipt.csv", data[: int(len(data) * keep)])
    outcome = held(roster, cut)
    assert outcome.reconciliation is None and "truncated" in rules_of(outcome)
    taken = held(roster, cut, partial=True)
    assert taken.reconciliation is not None
    assert set(taken.reconciliation.counts) == {Kind.MISSING} and all(
        d.doubtful for d in taken.reconciliation.differences
    )


def test_a_file_cut_inside_a_quoted_cell_or_a_character_breaks_off_too(roster: Path) -> None:
    text = flat(put(len(BODY), "成果簡述", "第一行\n第二行"))
    inside_quotes = text[: text.rindex("第二行".encode())]
    inside_character = flat()[: flat().rindex("號".encode()) + 1]
    for data in (inside_quotes, inside_character):
        assert "truncated" in rules_of(held(roster, ("receipt.csv", data)))


@pytest.mark.parametrize(
    ("name", "data", "rule"),
    [
        ("receipt.xlsx", b"", "file_unreadable"),
        ("receipt.xlsx", b"PK\x03\x04 no zip at all", "file_unreadable"),
        ("receipt.xlsx", "學校".encode(), "file_unreadable"),
        ("receipt.csv", b"a,b\nc\x00d,e\n", "file_unreadable"),
        ("receipt.csv", "姓名,座號\n王,1\n".encode("utf-16"), "encoding_unknown"),
        ("receipt.csv", b"\x81\x00\xff\xff,\xfe\xfe\n" * 5, "encoding_unknown"),
        ("receipt.csv", "姓名,座號\n王,1\n".encode(), "mapping_unknown"),
    ],
)
def test_what_is_no_receipt_at_all_is_refused_with_the_reason(roster: Path, name: str, data: bytes, rule: str) -> None:
    outcome = held(roster, (name, data), partial=True)
    assert outcome.reconciliation is None and rules_of(outcome) == {rule}


def test_a_truncated_workbook_is_refused_even_by_decision(roster: Path, tmp_path: Path) -> None:
    data = book(lambda sheet, made: None)
    for keep in (0.1, 0.5, 0.9, 0.99):
        assert held(roster, ("receipt.xlsx", data[: int(len(data) * keep)]), partial=True).reconciliation is None


@pytest.mark.parametrize("column", ["課程代碼", "實際修課學期", "身分證號"])
def test_without_a_column_that_identifies_an_item_nothing_is_compared(roster: Path, column: str) -> None:
    def without(rows: list[list[Any]]) -> None:
        at = rows[0].index(column)
        for row in rows:
            del row[at]

    outcome = held(roster, ("receipt.csv", flat(without)), partial=True)
    assert outcome.reconciliation is None
    assert [(f.rule, f.column) for f in outcome.findings if f.weight is Weight.FATAL] == [("column_missing", column)]


def test_a_column_that_the_receipt_lacks_is_told_and_not_compared(roster: Path) -> None:
    def without(rows: list[list[Any]]) -> None:
        at = rows[0].index("成果影音連結")
        for row in rows:
            del row[at]

    outcome = held(roster, ("receipt.csv", flat(without)))
    assert outcome.reconciliation is not None and outcome.reconciliation.agree
    assert [(f.rule, f.column) for f in outcome.findings] == [("column_not_compared", "成果影音連結")]


def test_a_hidden_sheet_is_told_and_common_columns_may_be_numbers_or_texts(roster: Path) -> None:
    target = io.BytesIO()
    with xlsxwriter.Workbook(target, {"strings_to_urls": False}) as made:
        sheet = made.add_worksheet("Sheet1")
        sheet.write_row(0, 0, ["sch_year", "semester", "book", "sheet_nm", "sch_cd", *REGULAR])
        for number, row in enumerate(BODY, start=1):
            sheet.write_row(number, 0, [115 if number % 2 else "115", 0, "26", SHEET, SCHOOL, *row])
        made.add_worksheet("內部").hide()
    outcome = held(roster, ("receipt.xlsx", target.getvalue()))
    assert outcome.reconciliation is not None and outcome.reconciliation.agree
    assert [(f.rule, f.sheet) for f in outcome.findings] == [("sheet_hidden", "內部")]


def test_a_day_stored_as_a_number_is_not_guessed(roster: Path) -> None:
    outcome = held(roster, ("receipt.xlsx", book(lambda sheet, made: sheet.write_number(2, 1, 990512))))
    assert [(f.rule, f.row, f.column) for f in outcome.findings] == [("day_unreadable", 3, "出生日期")]


def test_a_doubled_column_is_refused(roster: Path) -> None:
    def doubled(rows: list[list[Any]]) -> None:
        for row in rows:
            row.append(row[7])

    assert "column_twice" in rules_of(held(roster, ("receipt.csv", flat(doubled)), partial=True))


@pytest.mark.parametrize("fault", ["formula", "merged", "float_code"])
def test_planted_faults_of_cells_are_all_found(roster: Path, tmp_path: Path, fault: str) -> None:
    answer: Answer = sent(roster, tmp_path, seed=3, faults={fault: 4})
    rule = {"float_code": "number_as_text"}.get(fault, fault)
    found = [f for f in answer.outcome().findings if f.rule == rule]
    rows_each = 2 if fault == "merged" else 1
    assert len(answer.of(fault)) == 4 and len({f.row for f in found}) == 4 * rows_each


@pytest.mark.parametrize("fault", ["other_school", "older_version", "truncated"])
def test_planted_faults_of_the_file_refuse_it(roster: Path, tmp_path: Path, fault: str) -> None:
    answer = sent(roster, tmp_path, seed=3, faults={fault: 1}, form="central_rows")
    rule = {"older_version": "other_version"}.get(fault, fault)
    outcome = answer.outcome()
    assert outcome.reconciliation is None and rule in rules_of(outcome)


def test_more_faults_than_anybody_reads_are_counted(roster: Path) -> None:
    many = write_rows(400)
    outcome = held(roster, ("receipt.csv", many))
    assert len([f for f in outcome.findings if f.rule == "number_unreadable"]) == 200
    assert [(f.message, f.column) for f in outcome.findings if f.rule == "more"] == [
        ("另有 200 處相同的問題", "number_unreadable")
    ]


def write_rows(count: int) -> bytes:
    def many(rows: list[list[Any]]) -> None:
        row = list(rows[1])
        row[rows[0].index("修課學分")] = "x3"
        rows[1:] = [list(row) for _ in range(count)]

    return flat(many)
