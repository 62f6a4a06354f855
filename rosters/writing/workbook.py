"""rosters: the workbook of a roster: 封面, a sheet a kind of row, 「…(缺)」 for what cannot be submitted. 規§6.3.

The same lines give the same bytes: no clock, no path and no name of a machine gets into the file.
"""

from __future__ import annotations

import io
from collections.abc import Sequence
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
_NARROWEST, _WIDEST = 9, 30
_LOOKED_AT = 200
"""Rows by which a column's width is chosen."""
_AS_TEXT = "@"


def workbook(roster: RosterLines) -> bytes:
    """The bytes of the roster's file."""
    target = io.BytesIO()
    book = xlsxwriter.Workbook(target, _OPTIONS)
    book.set_properties({"created": _CREATED, "title": f"{roster.schema.title} {roster.code.code}"})
    head = book.add_format(
        {"bold": True, "bg_color": "#E8EEF4", "border": 1, "num_format": _AS_TEXT, "text_wrap": True, "valign": "top"}
    )
    text = book.add_format({"num_format": _AS_TEXT})
    _cover(book.add_worksheet(COVER_SHEET), roster, head, text)
    for sheet in roster.sheets:
        headers = [c.name for c in sheet.schema.columns]
        page = book.add_worksheet(sheet.schema.name)
        _layout(page, sheet.schema.columns, sheet.rows, head, text)
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
    _rows(page, [roster.cover])


def _layout(
    page: Any, columns: tuple[ColumnSchema, ...], rows: Sequence[tuple[Cell, ...]], head: Any, text: Any
) -> None:
    """Widths by what stands there, text columns, a header that stays in sight and is printed on every page."""
    for at, column in enumerate(columns):
        widest = max((_width(row[at]) for row in rows[:_LOOKED_AT]), default=0)
        wide = min(max(widest + 2, _NARROWEST), _WIDEST)
        page.set_column(at, at, wide, None if column.holds is Holds.NUMBER else text)
    page.set_row(0, 32)
    page.freeze_panes(1, 1)
    page.set_landscape()
    page.set_paper(9)
    page.set_margins(0.4, 0.4, 0.5, 0.5)
    page.fit_to_pages(1, 0)
    page.repeat_rows(0)
    page.set_footer("&A  &P/&N")


def _width(cell: Cell) -> int:
    """How wide a cell is, in digits; a Chinese character is two."""
    shown = str(cell)
    return len(shown) if shown.isascii() else sum(1 if c.isascii() else 2 for c in shown)


def _rows(page: Any, rows: Sequence[tuple[Cell, ...]]) -> None:
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
    _layout(page, columns, [cells for cells, _ in sheet.rejects], head, text)
    page.set_column(len(columns), len(columns), 60, text)
    page.write_row(0, 0, [*(c.name for c in columns), REASON_COLUMN], head)
    _rows(page, [(*cells, " · ".join(REJECTS[why])) for cells, why in sheet.rejects])
