"""rosters: how a typed value stands in a roster's cell, a column at a time. 規§6.3.1 to 規§6.3.4.

Texts, codes and ids are texts, numbers are numbers, days are texts in the column's style. What does not
fit its column is written as it is: the data doctor tells it, the writer never mends it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from functools import lru_cache
from typing import Any

from rules.rosters.days import day_text
from rules.rosters.schema import CodeList, ColumnSchema, DateStyle, Holds

Cell = str | int | float
"""An empty cell is `""`."""

LONGEST = 32_767
"""Characters that a cell of a workbook can hold."""


def writer_of(column: ColumnSchema, code_lists: Mapping[str, CodeList]) -> Callable[[Any], Cell]:
    """What turns a value of this column into its cell."""
    if column.date_style is not None:
        return _days(column.date_style)
    if column.holds is Holds.NUMBER:
        return _number
    if column.holds in (Holds.CODE, Holds.CODES):
        return _codes(code_lists[str(column.codes)].words)
    return _text


def _text(value: Any) -> Cell:
    if type(value) is str:
        return value if len(value) <= LONGEST else value[:LONGEST]
    return "" if value is None else str(value)[:LONGEST]


def _codes(words: Mapping[str, str]) -> Callable[[Any], Cell]:
    def write(value: Any) -> Cell:
        if value is None:
            return ""
        text = value if type(value) is str else str(value)
        return words.get(text, text)[:LONGEST]

    return write


def _number(value: Any) -> Cell:
    if type(value) is int:
        return value
    if value is None or value == "":
        return ""
    try:
        found = Decimal(str(value))
    except InvalidOperation:
        return _text(value)
    if isinstance(value, bool) or not found.is_finite():
        return _text(value)
    return int(found) if found == found.to_integral_value() else float(found)


def _days(style: DateStyle) -> Callable[[Any], Cell]:
    @lru_cache(maxsize=4096)
    def of_text(text: str) -> str:
        try:
            return day_text(date.fromisoformat(text), style)
        except ValueError:
            return text

    @lru_cache(maxsize=4096)
    def of_day(day: date) -> str:
        return day_text(day, style)

    def write(value: Any) -> Cell:
        if isinstance(value, datetime):
            value = value.date()
        if isinstance(value, date):
            return of_day(value)
        return "" if value is None else of_text(str(value))[:LONGEST]

    return write
