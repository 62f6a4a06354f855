"""rosters: the rows of an order by sheet, in a fixed order, with their keys; what cannot be submitted beside them.

A line's natural key and digest are salted hashes: they tell whether two lines are of one key or equal,
and nothing else. 規§6.3.1 to 規§6.3.4.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from operator import itemgetter
from typing import Any

from rosters.writing.cells import Cell, column_cells
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
    rows: list[tuple[Cell, ...]] = field(default_factory=list)
    rejects: list[tuple[tuple[Cell, ...], Reject]] = field(default_factory=list)


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
    found = SheetLines(sheet)
    if not indexes:
        return found
    cells = _cells(sheet, [rows[i].values for i in indexes], made.code, book)
    whole = [_BETWEEN.join(map(str, row)) for row in cells]
    at = {c.name: n for n, c in enumerate(sheet.columns)}
    course = at[sheet.course] if sheet.course is not None else None
    why = {c: reject(sheet, book.course_code, str(c)) for c in {row[course] for row in cells}} if course is not None else {}  # fmt: skip
    key = [at[n] for n in sheet.key]
    for n in _in_order(cells, whole, [at[n] for n in sheet.order or sheet.natural_key], rows, indexes):
        row, source = cells[n], rows[indexes[n]]
        reason = why[row[course]] if course is not None else None
        if reason is not None:
            found.rejects.append((row, reason))
            continue
        found.rows.append(row)
        salt = source.salt + source.person.bytes + sheet.id.encode() + b"\x1f"
        natural = f"{sheet.id}:{_hash(salt + b'key', _BETWEEN.join([str(row[k]) for k in key]))[:32]}"
        number = FIRST_ROW + len(found.rows) - 1
        made.lines.append(WrittenLine(sheet.name, number, natural, _hash(salt + b"row", whole[n]), indexes[n]))
    return found


def _cells(
    sheet: SheetSchema, values: list[Mapping[str, Any]], code: RosterCode, book: RosterBook
) -> list[tuple[Cell, ...]]:  # fmt: skip
    """The rows as cells; a pre-check leaves most columns empty."""
    columns: list[Sequence[Cell]] = []
    for column in sheet.columns:
        if column.in_precheck or not code.precheck:
            columns.append(column_cells(column, book.code_lists, [v.get(column.name) for v in values]))
        else:
            columns.append([""] * len(values))
    return list(zip(*columns, strict=True))


def _in_order(
    cells: list[tuple[Cell, ...]], whole: list[str], at: list[int], rows: Sequence[RosterRow], indexes: list[int]
) -> list[int]:
    """The fixed order of a sheet's rows: the clerk's columns, then everything that stands there, then whose it is."""

    # Numbers come before texts where a column holds both; nearly none does.
    mixed = any(len({type(row[i]) for row in cells}) > 1 for i in at)
    chosen: Callable[[tuple[Cell, ...]], object] = itemgetter(*at)

    def place(n: int) -> tuple[object, ...]:
        row, source = cells[n], rows[indexes[n]]
        first = [(type(c) is str, c) for c in (row[i] for i in at)] if mixed else chosen(row)
        return first, whole[n], source.item.int if source.item else -1, source.person

    return sorted(range(len(cells)), key=place)


def _hash(salt: bytes, text: str) -> str:
    return hashlib.sha256(salt + text.encode("utf-8", "surrogatepass")).hexdigest()
