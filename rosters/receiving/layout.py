"""rosters: where the header of a sheet stands and which cells belong to whom; no meaning of values. 規§6.4."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, field

from rosters.receiving.cells import CellRefused, read_cell
from rosters.receiving.mapping import Reads
from rosters.receiving.sheets import Sheet
from rosters.sis.tables import Cell

DEEPEST_HEADER = 10
"""A header stands in one of the first rows; above it some producers print titles."""


@dataclass(slots=True)
class Header:
    """A sheet's header: its row from 0, and which column (from 0) holds what, by our name."""

    row: int
    columns: dict[str, int]
    twice: list[str] = field(default_factory=list)
    unknown: list[str] = field(default_factory=list)
    width: int = 0


def name_of(cell: Cell) -> str:
    """A header cell's text: white space, line breaks and how a character is composed say nothing."""
    return "".join(unicodedata.normalize("NFC", str(cell)).split())


def stated_text(cell: Cell) -> str:
    """A common column's text: 115, 115.0 and `115` state the same."""
    number = whole_number(cell)
    return str(cell).strip() if number is None else str(number)


def cell_at(cells: Sequence[Cell], at: int) -> Cell:
    """A row's cell; a row that is shorter than the header ends in empty cells."""
    return cells[at] if at < len(cells) else ""


def is_blank(cells: Sequence[Cell]) -> bool:
    """Whether nothing stands in a row."""
    return all(isinstance(cell, str) and not cell.strip() for cell in cells)


def row_with(sheet: Sheet, wanted: set[str], ours: dict[str, str] | None = None) -> int | None:
    """The first of the upper rows that holds all wanted names, as a header does."""
    for at, cells in enumerate(sheet.rows[:DEEPEST_HEADER]):
        names = {name_of(cell) for cell in cells}
        if wanted <= names | {(ours or {}).get(name, name) for name in names}:
            return at
    return None


def hidden_rows(sheet: Sheet, columns: set[int]) -> set[int]:
    """Rows in which a merged range covers one of the columns that are read, and is more than one cell there."""
    hidden: set[int] = set()
    for (top, left), (bottom, right) in sheet.merged:
        if any(left <= column <= right for column in columns):
            hidden.update(range(top, min(bottom, len(sheet.rows)) + 1))
    return hidden


def whole_number(cell: Cell | None) -> int | None:
    """The whole number that a cell says, if it says one."""
    try:
        return int(read_cell(cell if cell is not None else "", Reads.NUMBER) or "x")
    except (CellRefused, ValueError):
        return None
