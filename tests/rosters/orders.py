"""tests: orders of rosters with every value in place, to write and to spoil."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID

from rosters.schemas import load_rosters
from rules.exchange import RosterOrder, RosterRow
from rules.identity import check_digit
from rules.rosters.schema import ColumnSchema, Holds, RosterSchema, SheetSchema

SCHOOL = "999901"
BOOK = load_rosters()


def national_id(n: int) -> str:
    """An id with its right check digit, in a range that is given to nobody."""
    nine = f"Y1{9_000_000 + n:07}"
    return nine + check_digit(nine)


def course_code(n: int = 1, *, school: str = SCHOOL, year: int = 115, kind: str = "1", prop: str = "1") -> str:
    """23 characters whose parts fit."""
    return f"{year}{school}H11101A{kind}0{prop}01{n % 100:02}"


def value_of(column: ColumnSchema, sheet: SheetSchema, n: int) -> Any:
    """A value that fits the column, another one for another n where a key needs it."""
    if column.holds is Holds.PERSON:
        return national_id(n)
    if column.name == "出生日期":
        return date(2010, 1 + n % 12, 1 + n % 28)
    if column.holds is Holds.DAY:
        return date(2026, 9, 1) if "開始" in column.name else date(2026, 9, 30)
    if column.holds is Holds.COURSE:
        return course_code(n)
    if column.holds is Holds.SCHOOL:
        return SCHOOL if column.name == "所屬學校代碼" else "999902"
    if column.holds is Holds.LINK:
        return f"https://portfolio.example/{n:08}.pdf" if column.name in sheet.links[:1] else ""
    if column.codes is not None:
        return {"部別代碼": "1", "班別": "1"}.get(column.name, next(iter(BOOK.code_lists[column.codes].values)))
    if column.holds is Holds.NUMBER:
        return (
            114
            if column.name.endswith("學年度")
            else 1 + n % 50
            if column.name == "座號"
            else max(column.least or 0, 2)
        )
    return column.title_en[: column.max_length] if column.required else ""


def row(sheet: SheetSchema, n: int, **changed: Any) -> RosterRow:
    """A row with every value in place."""
    values = {c.name: value_of(c, sheet, n) for c in sheet.columns}
    return RosterRow(sheet.id, UUID(int=n), values | changed, UUID(int=10_000 + n))


def order(roster: RosterSchema, rows: list[RosterRow], *, code: str = "") -> RosterOrder:
    """An order for a roster's first code, or another."""
    return RosterOrder(roster.id, SCHOOL, 115, 0 if roster.yearly else 1, code or roster.codes[0].code, rows)


def full(roster: RosterSchema, code: str = "") -> RosterOrder:
    """An order with two rows on each sheet that the code's division has."""
    division = (roster.code(code) or roster.codes[0]).division
    schema = roster.for_division(division)
    return order(roster, [row(s, 10 * at + n) for at, s in enumerate(schema.sheets) for n in (1, 2)], code=code)
