"""rosters: the rows of an order by sheet, in a fixed order, with their keys; what cannot be submitted beside them.

A line's natural key and digest are salted hashes: they tell whether two lines are of one key or equal,
and nothing else. 規§6.3.1 to 規§6.3.4.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from rosters.writing.cells import Cell, writer_of
from rules.exchange import RosterOrder, RosterRow, WrittenLine
from rules.refusals import Code, refuse
from rules.rosters.rejects import Reject, reject
from rules.rosters.schema import RosterBook, RosterCode, RosterSchema, SheetSchema

_BETWEEN = "\x1f"
FIRST_ROW = 2
"""The header is row 1 of a sheet."""


@dataclass(slots=True)
class SheetLines:
    """One sheet to be written: its schema, the rows, and those that cannot be submitted with the reason."""

    schema: SheetSchema
    rows: list[list[Cell]] = field(default_factory=list)
    rejects: list[tuple[list[Cell], Reject]] = field(default_factory=list)


@dataclass(slots=True)
class RosterLines:
    """Everything that a workbook will hold."""

    schema: RosterSchema
    code: RosterCode
    cover: tuple[Cell, ...]
    sheets: list[SheetLines]
    lines: list[WrittenLine]

    @property
    def rejects(self) -> int:
        """How many rows cannot be submitted."""
        return sum(len(s.rejects) for s in self.sheets)


def lines_of(order: RosterOrder, book: RosterBook) -> RosterLines:
    """The order's rows as cells, sheet by sheet. Raises Refused(not_found) for what no schema knows."""
    schema, code = _schema(order, book)
    by_sheet: dict[str, list[int]] = {}
    for index, row in enumerate(order.rows):
        by_sheet.setdefault(row.sheet, []).append(index)
    made = RosterLines(schema, code, _cover(order, schema, code), [], [])
    for sheet in schema.sheets:
        indexes = by_sheet.pop(sheet.id, []) + by_sheet.pop(sheet.name, [])
        made.sheets.append(_sheet(sheet, order.rows, indexes, made, book))
    if by_sheet:
        raise refuse(
            Code.NOT_FOUND, clause=schema.clause, place=f"{schema.title} {sorted(by_sheet)[0][:40]}",
            limit=", ".join(s.name for s in schema.sheets),
        )  # fmt: skip
    return made


def _schema(order: RosterOrder, book: RosterBook) -> tuple[RosterSchema, RosterCode]:
    """The roster of the order's code; without a code the one that the book usually gives it."""
    if order.code:
        found = book.of_code(order.code)
        if found is not None:
            return found
    else:
        schema = next((r for r in book.rosters if r.id == order.roster), None)
        usual = None if schema is None else schema.usual_code()
        if schema is not None and usual is not None:
            return schema.for_division(usual.division), usual
    raise refuse(Code.NOT_FOUND, clause="規§6.3.1", place=f"名冊別 roster code {order.roster} {order.code}".strip())


def _cover(order: RosterOrder, schema: RosterSchema, code: RosterCode) -> tuple[Cell, ...]:
    return order.school, order.year, 0 if schema.yearly else order.semester, code.code


def _sheet(
    sheet: SheetSchema, rows: Sequence[RosterRow], indexes: list[int], made: RosterLines, book: RosterBook
) -> SheetLines:
    names = [c.name for c in sheet.columns]
    filled = [c.in_precheck or not made.code.precheck for c in sheet.columns]
    writers = [writer_of(c, book.code_lists) for c in sheet.columns]
    cells = {i: _cells(names, filled, writers, rows[i].values) for i in indexes}
    found = SheetLines(sheet)
    courses = names.index(sheet.course) if sheet.course else None
    for index in sorted(indexes, key=_place(sheet, names, cells, rows)):
        written = cells[index]
        why = None
        if courses is not None:
            why = reject(sheet, book.course_code, {names[courses]: str(written[courses])})
        if why is not None:
            found.rejects.append((written, why))
            continue
        found.rows.append(written)
        key, digest = _keys(sheet, names, written, rows[index])
        made.lines.append(WrittenLine(sheet.name, FIRST_ROW + len(found.rows) - 1, key, digest, index))
    return found


def _cells(
    names: list[str], filled: list[bool], writers: list[Callable[[Any], Cell]], values: Any
) -> list[Cell]:  # fmt: skip
    return [write(values.get(name)) if fill else "" for name, fill, write in zip(names, filled, writers, strict=True)]


def _place(
    sheet: SheetSchema, names: list[str], cells: dict[int, list[Cell]], rows: Sequence[RosterRow]
) -> Callable[[int], tuple[object, ...]]:
    """The order of a sheet's rows: the clerk's columns, then everything that stands there, then whose it is."""
    at = [names.index(n) for n in sheet.order or sheet.natural_key]

    def place(index: int) -> tuple[object, ...]:
        row = cells[index]
        first = tuple((0, c, "") if type(c) is not str else (1, 0, c) for c in (row[i] for i in at))
        return (*first, _joined(row), str(rows[index].item or ""), rows[index].person)

    return place


def _keys(sheet: SheetSchema, names: list[str], cells: list[Cell], row: RosterRow) -> tuple[str, str]:
    salt = row.salt + row.person.bytes
    key = _joined([cells[names.index(n)] for n in sheet.key])
    hashed = hashlib.sha256(salt + f"{sheet.id}{_BETWEEN}{key}".encode("utf-8", "surrogatepass")).hexdigest()[:32]
    digest = hashlib.sha256(salt + f"{sheet.id}{_BETWEEN}{_joined(cells)}".encode("utf-8", "surrogatepass"))
    return f"{sheet.id}:{hashed}", digest.hexdigest()


def _joined(cells: Sequence[Cell]) -> str:
    return _BETWEEN.join(map(str, cells))
