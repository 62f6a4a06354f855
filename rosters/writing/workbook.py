"""rosters: the workbook of a roster: 封面, a sheet a kind of row, 「…(缺)」 for what cannot be submitted. 規§6.3.

The same lines give the same bytes: no clock, no path and no name of a machine gets into the file.
"""

from __future__ import annotations

import io
from datetime import UTC, datetime
from typing import Any

import xlsxwriter

from rosters.writing.cells import Cell
from rosters.writing.lines import FIRST_ROW, RosterLines, SheetLines
from rules.rosters.rejects import REASON_COLUMN, REJECTS
from rules.rosters.schema import COVER_COLUMNS, COVER_SHEET, REJECTS_MARK, ColumnSchema, Holds

_CREATED = datetime(2000, 1, 1, tzinfo=UTC)
"""Stands in the file's properties in place of the instant at which it was written."""

_OPTIONS = {"in_memory": True, "strings_to_formulas": False, "strings_to_numbers": False, "strings_to_urls": False}
_WIDTHS = {Holds.PERSON: 13, Holds.DAY: 12, Holds.NUMBER: 10, Holds.COURSE: 27, Holds.SCHOOL: 12, Holds.LINK: 40}
_AS_TEXT = "@"


def workbook(roster: RosterLines) -> bytes:
    """The bytes of the roster's file."""
    target = io.BytesIO()
    book = xlsxwriter.Workbook(target, _OPTIONS)
    book.set_properties({"created": _CREATED, "title": f"{roster.schema.title} {roster.code.code}"})
    head = book.add_format({"bold": True, "bg_color": "#E8EEF4", "border": 1, "num_format": _AS_TEXT})
    text = book.add_format({"num_format": _AS_TEXT})
    _cover(book.add_worksheet(COVER_SHEET), roster, head, text)
    for sheet in roster.sheets:
        headers = [c.name for c in sheet.schema.columns]
        page = book.add_worksheet(sheet.schema.name)
        _layout(page, sheet.schema.columns, head, text)
        page.write_row(0, 0, headers, head)
        _rows(page, sheet.rows)
        if sheet.rejects:
            _rejects(book.add_worksheet(sheet.schema.name + REJECTS_MARK), sheet, head, text)
    book.close()
    return target.getvalue()


def _cover(page: Any, roster: RosterLines, head: Any, text: Any) -> None:
    page.set_column(0, len(COVER_COLUMNS) - 1, 14, text)
    page.freeze_panes(1, 0)
    page.write_row(0, 0, COVER_COLUMNS, head)
    _rows(page, [list(roster.cover)])


def _layout(page: Any, columns: tuple[ColumnSchema, ...], head: Any, text: Any) -> None:
    """Widths, text columns, a header that stays in sight and is printed on every page."""
    for at, column in enumerate(columns):
        wide = _WIDTHS.get(column.holds) or min(max(2 * len(column.name) + 2, column.max_length or 8), 40)
        page.set_column(at, at, wide, None if column.holds is Holds.NUMBER else text)
    page.freeze_panes(1, 1)
    page.set_landscape()
    page.set_paper(9)
    page.fit_to_pages(1, 0)
    page.repeat_rows(0)


def _rows(page: Any, rows: list[list[Cell]]) -> None:
    string, number = page.write_string, page.write_number
    for at, cells in enumerate(rows, start=FIRST_ROW - 1):
        for column, cell in enumerate(cells):
            if cell == "":
                continue
            if type(cell) is str:
                string(at, column, cell)
            else:
                number(at, column, cell)


def _rejects(page: Any, sheet: SheetLines, head: Any, text: Any) -> None:
    """Rows that cannot be submitted, each with its reason in the last column."""
    columns = sheet.schema.columns
    _layout(page, columns, head, text)
    page.set_column(len(columns), len(columns), 60, text)
    page.write_row(0, 0, [*(c.name for c in columns), REASON_COLUMN], head)
    _rows(page, [[*cells, " · ".join(REJECTS[why])] for cells, why in sheet.rejects])
