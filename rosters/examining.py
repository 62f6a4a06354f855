"""rosters: any roster file beside the data doctor's checks; it is read whole and nothing of it is kept. 規§4.2, 規§6.3."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from pathlib import Path

from rosters.receiving.layout import is_blank, name_of, row_with
from rosters.receiving.sheets import Raw, Sheet, Unreadable, read_bytes, read_path
from rosters.writing.lines import FIRST_ROW, RosterLines
from rules.rosters.checks.doctor import Diagnosis, examine
from rules.rosters.checks.table import Cell, SheetCells, Table
from rules.rosters.schema import COVER_COLUMNS, COVER_SHEET, PERSON_COLUMNS, REJECTS_MARK, RosterBook

_MARKS = (REJECTS_MARK, "(缺)")


@dataclass(frozen=True, slots=True)
class Examined:
    """A file and what the doctor says of it; `unreadable` is a rule of rosters/receiving/findings.py."""

    name: str
    sha256: str = ""
    diagnosis: Diagnosis | None = None
    unreadable: str = ""
    detail: str = ""


def examine_file(source: Path | tuple[str, bytes], book: RosterBook, on: date | None = None) -> Examined:
    """The doctor's word on a roster file; never raises for bad content."""
    name = source.name if isinstance(source, Path) else source[0]
    try:
        raw = read_path(source) if isinstance(source, Path) else read_bytes(*source)
    except Unreadable as refused:
        return Examined(name, unreadable=refused.rule, detail=refused.detail)
    if raw.truncated:
        return Examined(name, raw.sha256, unreadable="truncated")
    if not any(_of_a_roster(sheet, book) for sheet in raw.sheets):
        # No workbook at all, or somebody else's: nothing in it can be right or wrong as a roster.
        return Examined(name, raw.sha256, unreadable="file_unreadable", detail="no roster sheet")
    return Examined(name, raw.sha256, examine(table_of_file(raw, book), book, on))


def table_of_file(raw: Raw, book: RosterBook) -> Table:
    """The sheets of a file as the checks look at them."""
    cover = next((s for s in raw.sheets if s.name == COVER_SHEET), None)
    table = Table(None if cover is None else _cover(cover), [], hidden=raw.hidden)
    for sheet in raw.sheets:
        if sheet.name.endswith(_MARKS):
            table.rejects.append(_cells(sheet))
        elif sheet is not cover and not (all(is_blank(row) for row in sheet.rows) and not _known(sheet.name, book)):
            table.sheets.append(_cells(sheet))
    return table


def table_of_lines(made: RosterLines) -> Table:
    """A roster that is just being written, as its file will read."""
    table = Table(dict(zip(COVER_COLUMNS, made.cover, strict=True)), [])
    for sheet in made.sheets:
        headers = [c.name for c in sheet.schema.columns]
        table.sheets.append(SheetCells(sheet.schema.name, headers, sheet.rows, FIRST_ROW))
        if sheet.rejects:
            rows = [row for row, _ in sheet.rejects]
            table.rejects.append(SheetCells(sheet.schema.name + REJECTS_MARK, headers, rows, FIRST_ROW))
    return table


def _cover(sheet: Sheet) -> dict[str, Cell] | None:
    at = row_with(sheet, {COVER_COLUMNS[0]})
    if at is None:
        return None
    names = [name_of(cell) for cell in sheet.rows[at]]
    values = sheet.rows[at + 1] if len(sheet.rows) > at + 1 else []
    return dict(zip(names, values, strict=False))


def _cells(sheet: Sheet) -> SheetCells:
    """Header, rows of one width, and the places that a spreadsheet hides, all counted from the first row of data."""
    at = row_with(sheet, {PERSON_COLUMNS[0]}) or 0
    headers = [name_of(cell) for cell in sheet.rows[at]] if sheet.rows else []
    while headers and not headers[-1]:
        headers.pop()
    rows = sheet.rows[at + 1 :]
    for index, row in enumerate(rows):
        if len(row) < len(headers):
            rows[index] = [*row, *[""] * (len(headers) - len(row))]
    below = at + 1
    merged = frozenset(
        (row - below, left) for (top, left), (bottom, _) in sheet.merged for row in range(top, min(bottom, len(sheet.rows)) + 1)
    )  # fmt: skip
    return SheetCells(
        sheet.name, headers, rows, at + 2, _below(sheet.formulas, below), _below(sheet.errors, below), _below(merged, 0)
    )


def _below(places: frozenset[tuple[int, int]], by: int) -> frozenset[tuple[int, int]]:
    return frozenset((row - by, column) for row, column in places if row >= by)


def _known(name: str, book: RosterBook) -> bool:
    return any(r.sheet(name) is not None for r in book.rosters)


def _of_a_roster(sheet: Sheet, book: RosterBook) -> bool:
    """Whether a sheet is a roster's by its name, or has the columns of one (a CSV has no name)."""
    named = sheet.name == COVER_SHEET or sheet.name.endswith(_MARKS) or _known(sheet.name, book)
    return named or row_with(sheet, {PERSON_COLUMNS[0]}) is not None
