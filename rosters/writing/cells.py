"""rosters: how a typed value stands in a roster's cell, a column at a time. 規§6.3.1 to 規§6.3.4.

Texts, codes and ids are texts, numbers are numbers, days are texts in the column's style. What does not
fit its column is written as it is: the data doctor tells it, the writer never mends it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any

from rules.rosters.days import day_text
from rules.rosters.schema import CodeList, ColumnSchema, DateStyle, Holds

Cell = str | int | float
"""An empty cell is `""`."""

LONGEST = 32_767
"""Characters that a cell of a workbook can hold."""


def column_cells(column: ColumnSchema, code_lists: Mapping[str, CodeList], values: Sequence[Any]) -> list[Cell]:
    """The cells of a whole column; a value that comes again is turned into its cell once."""
    if column.date_style is not None:
        write = _days(column.date_style)
    elif column.holds is Holds.NUMBER:
        write = _number
    elif column.holds in (Holds.CODE, Holds.CODES):
        write = _codes(code_lists[str(column.codes)].words)
    else:
        return [v if type(v) is str and len(v) <= LONGEST else _text(v) for v in values]
    known: dict[tuple[type, Any], Cell] = {}
    cells: list[Cell] = []
    for value in values:
        key = (type(value), value)  # True, 1 and 1.0 are one key to a dictionary, and three values to a column
        cell = known.get(key)
        if cell is None:
            cell = known[key] = write(value)
        cells.append(cell)
    return cells


def _text(value: Any) -> Cell:
    return "" if value is None else str(value)[:LONGEST]


def _codes(words: Mapping[str, str]) -> Callable[[Any], Cell]:
    def write(value: Any) -> Cell:
        text = "" if value is None else str(value)
        return words.get(text, text)[:LONGEST]

    return write


def _number(value: Any) -> Cell:
    if value is None or value == "" or isinstance(value, bool):
        return _text(value)
    try:
        found = Decimal(str(value))
    except InvalidOperation:
        return _text(value)
    if not found.is_finite():
        return _text(value)
    return int(found) if found == found.to_integral_value() else float(found)


def _days(style: DateStyle) -> Callable[[Any], Cell]:
    def write(value: Any) -> Cell:
        try:
            day = value if isinstance(value, date) else date.fromisoformat(str(value))
        except ValueError:
            return _text(value)
        return day_text(day, style)

    return write
