"""rules: what a roster's cover says, as far as it can be believed, and the faults of the cover. 規§6.3."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from rules.roc import ROC_OFFSET
from rules.rosters.checks.table import Cell, Found, Table
from rules.rosters.schema import COVER_COLUMNS, COVER_SHEET, RosterBook, RosterCode, RosterSchema

SCHOOL_CODE = re.compile(r"[0-9A-Z]{6}")
_SCHOOL, _YEAR, _SEMESTER, _CODE = COVER_COLUMNS
_COVER_ROW = 2


@dataclass(frozen=True, slots=True)
class Context:
    """Of whom a roster is. `last`: no day of it can be later, where a day is no promise."""

    book: RosterBook
    schema: RosterSchema
    code: RosterCode | None
    school: str
    year: int
    semester: int
    last: date

    @property
    def precheck(self) -> bool:
        """Whether only some columns are filled."""
        return self.code is not None and self.code.precheck

    @property
    def continuing(self) -> bool:
        """Whether it is a roster of the continuing division."""
        return self.code is not None and self.code.division == "continuing"

    @property
    def end(self) -> date:
        """The last day of the roster's school year; a term of office may end after today, not after it."""
        return _end(self.year)

    @property
    def first(self) -> date:
        """The first day of the roster's school year."""
        return date(self.year + ROC_OFFSET, 8, 1)


def read_cover(table: Table, book: RosterBook, found: Found, on: date | None) -> Context | None:
    """The roster's context, None where it cannot even be told which roster it is. `on`: today, where it counts."""
    if table.cover is None:
        found.tell("cover_missing", COVER_SHEET)
        return None
    cover = table.cover
    for name in COVER_COLUMNS:
        if name not in cover or cover[name] == "":
            found.tell("cover_missing", COVER_SHEET, _COVER_ROW, name)
    code = whole_text(cover.get(_CODE, ""))
    known = book.of_code(code)
    if known is None and code:
        found.tell("cover_code", COVER_SHEET, _COVER_ROW, _CODE)
    schema = known[0] if known is not None else _by_sheets(table, book)
    if schema is None:
        return None
    school = _school(cover, book, found)
    year = _year(cover, book, found)
    semester = _semester(cover, schema, found)
    last = _end(year)
    return Context(book, schema, known[1] if known is not None else None, school, year, semester, min(last, on or last))


def _end(year: int) -> date:
    return date(year + ROC_OFFSET + 1, 7, 31)


def whole_text(cell: Cell) -> str:
    """A short number or code of the cover: 26, 26.0 and `26` say the same."""
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    return str(cell).strip()


def _school(cover: Mapping[str, Cell], book: RosterBook, found: Found) -> str:
    cell = cover.get(_SCHOOL, "")
    text = whole_text(cell)
    if cell != "" and (not isinstance(cell, str) or SCHOOL_CODE.fullmatch(text) is None):
        found.tell("cover_school", COVER_SHEET, _COVER_ROW, _SCHOOL)
    if text in book.test_schools:
        found.tell("test_school", COVER_SHEET, _COVER_ROW, _SCHOOL)
    return text


def _year(cover: Mapping[str, Cell], book: RosterBook, found: Found) -> int:
    text = whole_text(cover.get(_YEAR, ""))
    year = int(text) if re.fullmatch(r"[0-9]{3}", text) else 0
    if book.doctor.first_year <= year <= book.school_year + 1:
        return year
    if text:
        found.tell("cover_year", COVER_SHEET, _COVER_ROW, _YEAR)
    return book.school_year


def _semester(cover: Mapping[str, Cell], schema: RosterSchema, found: Found) -> int:
    text = whole_text(cover.get(_SEMESTER, ""))
    allowed = ("0",) if schema.yearly else ("1", "2")
    if text and text not in allowed:
        found.tell("cover_semester_yearly" if schema.yearly else "cover_semester", COVER_SHEET, _COVER_ROW, _SEMESTER)
    return int(text) if text in allowed and not schema.yearly else 2


def _by_sheets(table: Table, book: RosterBook) -> RosterSchema | None:
    """The roster that most of the file's sheets belong to, where the cover does not say."""
    names = {s.name for s in table.sheets}
    best = max(book.rosters, key=lambda r: len(names & {s.name for s in r.sheets}))
    return best.for_division("day") if names & {s.name for s in best.sheets} else None
