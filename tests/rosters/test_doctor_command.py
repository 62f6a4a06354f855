"""`starter.py doctor`: any roster file, without server, database or account; nothing crashes it (規§4.2, 規§6.3)."""

from __future__ import annotations

import io
import json
import random
from datetime import date
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
import xlsxwriter
from hypothesis import given, settings
from hypothesis import strategies as st

from cli.rosters.doctor import examine_files
from rosters.examining import examine_file
from rosters.formats import SchoolFormats
from rosters.receipts import read_roster
from rosters.receiving.mapping import load_tables
from rules.exchange import RosterRow
from tests.rosters.orders import BOOK, full, national_id, order, row

FORMATS, TABLES = SchoolFormats(), load_tables()
GRADES = BOOK.roster("grades")


@pytest.fixture
def clean(tmp_path: Path) -> Path:
    """A roster in which everything is in order."""
    path = tmp_path / "成績名冊.xlsx"
    path.write_bytes(FORMATS.write(full(GRADES)).content)
    return path


@pytest.fixture
def red(tmp_path: Path) -> Path:
    """A roster with a score of -1 in its third row."""
    path = tmp_path / "紅燈.xlsx"
    sheet = GRADES.sheets[0]
    path.write_bytes(FORMATS.write(order(GRADES, [row(sheet, 1), row(sheet, 2, 學期學業成績=-1)])).content)
    return path


def edited(tmp_path: Path, spoil: Any) -> Path:
    """A score roster as a clerk's spreadsheet left it."""
    target = io.BytesIO()
    book = xlsxwriter.Workbook(target, {"in_memory": True})
    cover = book.add_worksheet("封面")
    cover.write_row(0, 0, ["學校代碼", "學年度", "學期", "名冊別"])
    cover.write_row(1, 0, ["999901", 115, 1, "22"])
    schema = GRADES.sheets
    for sheet in schema:
        page = book.add_worksheet(sheet.name)
        names = [c.name for c in sheet.columns]
        page.write_row(0, 0, names)
        if sheet is schema[0]:
            given = row(sheet, 1).values
            cells = ["0990202" if n == "出生日期" else "1" if n == "成績及格" else given[n] for n in names]
            page.write_row(
                1,
                0,
                [str(c) if n not in ("修課學分", "學期學業成績") else c for n, c in zip(names, cells, strict=True)],
            )
            spoil(book, page, names)
    book.close()
    path = tmp_path / "edited.xlsx"
    path.write_bytes(target.getvalue())
    return path


@pytest.mark.clause("規§4.2")
def test_a_clean_roster_is_green_and_ends_with_0(clean: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert examine_files([clean]) == 0
    told = capsys.readouterr().out
    assert "綠燈 green" in told and "學生成績名冊 22" in told


@pytest.mark.clause("規§4.2")
def test_an_error_names_sheet_row_column_post_and_remedy_and_ends_with_1(
    red: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert examine_files([red]) == 1
    told = capsys.readouterr().out
    assert "紅燈 red" in told
    assert "〔學期成績〕第 3 列「學期學業成績」" in told
    assert "註冊組長 registration section" in told and "核對成績" in told and "write no -1" in told


@pytest.mark.clause("規§4.2")
def test_json_holds_every_place_and_no_value_of_a_person(
    red: Path, clean: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert examine_files([clean, red], as_json=True) == 1
    told = capsys.readouterr().out
    found = json.loads(told)
    assert [r["state"] for r in found["rosters"]] == ["green", "red"]
    score = next(c for c in found["rosters"][1]["checks"] if c["check"] == "score_range")
    assert score["places"] == [{"sheet": "學期成績", "row": 3, "column": "學期學業成績"}]
    assert national_id(1) not in told and national_id(2) not in told


@pytest.mark.clause("規§4.2")
def test_the_report_to_print_is_one_file_without_network(
    red: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    report = tmp_path / "out" / "report.html"
    examine_files([red], report=report)
    page = report.read_text(encoding="utf-8")
    assert "紅燈" in page and "學期學業成績" in page and "註冊組長" in page
    assert "http://" not in page and "https://" not in page and "<script" not in page
    assert national_id(2) not in page
    capsys.readouterr()


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04 no zip", b"\xff\xfe\x00", bytes(300)])
def test_what_is_no_roster_ends_with_2_and_a_remedy(
    content: bytes, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "x.xlsx"
    path.write_bytes(content)
    assert examine_files([path]) == 2
    assert "確認選對檔案" in capsys.readouterr().err


def test_a_file_that_is_not_there_and_no_file_at_all_end_with_2(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert examine_files([tmp_path / "none.xlsx"]) == 2
    assert examine_files([]) == 2
    capsys.readouterr()


def test_one_unreadable_file_does_not_keep_the_others_from_being_examined(
    clean: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    broken = tmp_path / "broken.xlsx"
    broken.write_bytes(clean.read_bytes()[:900])
    assert examine_files([broken, clean], as_json=True) == 2
    assert [r["state"] for r in json.loads(capsys.readouterr().out)["rosters"]] == ["unreadable", "green"]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp950"])
def test_a_csv_has_no_cover_and_is_told_so(encoding: str, tmp_path: Path) -> None:
    path = tmp_path / "roster.csv"
    path.write_bytes("身分證號,出生日期,課程代碼\nA123456789,0990309,x\n".encode(encoding))
    found = examine_file(path, BOOK).diagnosis
    assert found is not None and [c.name for c in found.checks] == ["cover_missing"]


@pytest.mark.parametrize(
    ("check", "spoil"),
    [
        ("formula", lambda b, p, n: p.write_formula(1, n.index("學期學業成績"), "=70+1", None, 71)),
        ("error_value", lambda b, p, n: p.write_formula(1, n.index("學期學業成績"), "=1/0", None, "#DIV/0!")),
        ("merged", lambda b, p, n: p.merge_range(1, n.index("科目名稱"), 2, n.index("科目名稱"), "國文")),
        ("float_id", lambda b, p, n: p.write_number(1, n.index("課程代碼"), 115999901.0)),
        ("code_as_number", lambda b, p, n: p.write_number(1, n.index("開課年級"), 1)),
        ("day_as_number", lambda b, p, n: p.write_number(1, n.index("出生日期"), 990202)),
        ("day_style", lambda b, p, n: p.write_datetime(1, n.index("出生日期"), date(2010, 2, 2), b.add_format({"num_format": "yyyy/m/d"}))),
        ("cell_without_column", lambda b, p, n: p.write_string(1, len(n) + 1, "x")),
        ("sheet_hidden", lambda b, p, n: b.add_worksheet("草稿").hide()),
        ("sheet_unknown", lambda b, p, n: b.add_worksheet("補考").write_row(0, 0, ["身分證號"])),
    ],
)  # fmt: skip
def test_what_a_spreadsheet_does_to_a_roster_is_found(check: str, spoil: Any, tmp_path: Path) -> None:
    before = examine_file(edited(tmp_path, lambda b, p, n: None), BOOK).diagnosis
    after = examine_file(edited(tmp_path, spoil), BOOK).diagnosis
    assert before is not None and before.checks == ()
    assert after is not None and check in {c.name for c in after.checks}


def test_a_title_above_the_header_moves_the_rows_that_are_told(tmp_path: Path) -> None:
    target = io.BytesIO()
    book = xlsxwriter.Workbook(target, {"in_memory": True})
    book.add_worksheet("封面").write_row(0, 0, ["學校代碼", "學年度", "學期", "名冊別"])
    book.get_worksheet_by_name("封面").write_row(1, 0, ["999901", 115, 1, "22"])
    page = book.add_worksheet("學期成績")
    page.write_row(0, 0, ["115 學年度第 1 學期"])
    page.write_row(1, 0, ["身分證號", "出生日期"])
    page.write_row(2, 0, ["A123456788", "0990202"])
    book.close()
    found = examine_file(("r.xlsx", target.getvalue()), BOOK).diagnosis
    assert found is not None
    assert {c.name: c.places for c in found.checks}["id_check_digit"] == (("學期成績", 3, "身分證號"),)


def test_spoilt_files_never_crash_the_doctor(clean: Path) -> None:
    whole, draw = clean.read_bytes(), random.Random(5)
    for n in range(150):
        data = bytearray(whole)
        if n % 3 == 0:
            data = data[: draw.randrange(len(data))]
        else:
            for _ in range(draw.randrange(1, 40)):
                data[draw.randrange(len(data))] = draw.randrange(256)
        seen = examine_file(("fuzzed.xlsx" if n % 2 else "fuzzed.csv", bytes(data)), BOOK)
        assert (seen.diagnosis is None) == bool(seen.unreadable)


_TEXT = st.text(st.characters(blacklist_categories=("Cs", "Cc")), max_size=30)
_CELL = st.one_of(
    _TEXT, st.integers(-(10**9), 10**9), st.none(), st.booleans(), st.dates(date(1950, 1, 1), date(2030, 1, 1))
)


@settings(max_examples=40, deadline=None)
@given(
    st.lists(
        st.tuples(st.sampled_from(BOOK.roster("diverse").sheets), st.lists(_CELL, min_size=13, max_size=13)), max_size=6
    )
)
def test_whatever_stands_in_a_row_is_written_examined_and_read_back(rows: list[Any]) -> None:
    diverse = BOOK.roster("diverse")
    given_rows = [
        RosterRow(
            s.id,
            UUID(int=n),
            dict(zip([c.name for c in s.columns], [national_id(n), "2010-01-01", *cells], strict=False)),
        )
        for n, (s, cells) in enumerate(rows)
    ]
    asked = order(diverse, given_rows)
    written = FORMATS.write(asked)
    assert written.content == FORMATS.write(asked).content
    assert sorted(line.source for line in written.lines) == list(range(len(rows)))
    found = examine_file(("r.xlsx", written.content), BOOK).diagnosis
    assert found is not None and found.rows == len(rows)
    read = read_roster(("r.xlsx", written.content), TABLES)
    assert read.content is not None
    assert read.content.lines + read.content.rows_left_out == len(rows)


@settings(max_examples=25, deadline=None)
@given(st.lists(st.integers(0, 60), unique=True, max_size=12), st.randoms(use_true_random=False))
def test_orders_that_fit_are_green_and_read_back_line_by_line(numbers: list[int], draw: random.Random) -> None:
    sheets = BOOK.roster("outcomes").for_division("day").sheets
    rows = [row(draw.choice(sheets), n) for n in numbers]
    written = FORMATS.write(order(BOOK.roster("outcomes"), rows))
    assert [c.name for c in written.checks] == ([] if rows else ["no_rows"])
    read = read_roster(("r.xlsx", written.content), TABLES)
    if rows:
        assert read.content is not None
        places = {(name, r.number): r.person for name, several in read.content.rows.items() for r in several}
        assert places == {(x.sheet, x.row): rows[x.source].values["身分證號"] for x in written.lines}


@pytest.mark.parametrize("content", [b"not a workbook", b"a,b\n1,2\n", b"%PDF-1.7 x"])
def test_a_file_that_is_no_roster_at_all_is_unreadable(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "notes.txt").write_bytes(content)
    assert examine_files([tmp_path / "notes.txt"]) == 2


@pytest.mark.clause("規§6.3.2")
def test_what_no_document_says_of_a_roster_is_told_with_its_column(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    outcomes = BOOK.roster("outcomes")
    path, page = tmp_path / "成果.xlsx", tmp_path / "page.html"
    path.write_bytes(FORMATS.write(full(outcomes)).content)
    assert examine_files([path], as_json=True, report=page) in (0, 1)
    (found,) = json.loads(capsys.readouterr().out)["rosters"]
    assert [a["column"] for a in found["assumed"]] == ["", "成果文件連結", "成果影音連結"]
    assert all(" · " in a["what"] for a in found["assumed"])
    assert "「成果文件連結」填檔案的 SHA-256" in page.read_text()
    examine_files([path])
    assert "assumed: 「成果影音連結」填檔案的 SHA-256" in capsys.readouterr().out
    assert BOOK.roster("grades").assumptions() == ()
