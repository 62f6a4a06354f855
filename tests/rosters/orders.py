"""tests: orders of rosters with every value in place, to write and to spoil."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID

from rosters.schemas import load_rosters
from rules.exchange import RosterOrder, RosterRow
from rules.identity import check_digit
from rules.rosters.schema import ColumnSchema, Holds, RosterSchema, SheetSchema

SCHOOL, OTHER = "999901", "999902"
SCORE = 71
FILLED = {"性別代碼": "1", "部別代碼": "1", "班別": "1", "年級": 1, "學籍狀態": "在學", "開課年級": 1}
BOOK = load_rosters()


def national_id(n: int) -> str:
    """An id with its right check digit, in a range that is given to nobody."""
    nine = f"Y1{9_000_000 + n:07}"
    return nine + check_digit(nine)


def course_code(n: int = 1, *, school: str = SCHOOL, year: int = 115, kind: str = "1", prop: str = "1") -> str:
    """23 characters whose parts fit."""
    return f"{year}{school}H11101A{kind}0{prop}01{n % 100:02}"


def value_of(column: ColumnSchema, sheet: SheetSchema, n: int) -> Any:
    """A value that fits the column and the row's other values; where a key needs it, another one for another n."""
    name = column.name
    if column.holds is Holds.PERSON:
        return national_id(n)
    if name == "出生日期":
        return date(2010, 1 + n % 12, 1 + n % 28)
    if column.holds is Holds.COURSE:
        return course_code(n, school=OTHER if sheet.school else SCHOOL, year=114 if sheet.past else 115)
    if column.holds is Holds.LINK:
        return f"https://portfolio.example/{n:08}.pdf" if name in sheet.links[:1] else ""
    if name in ("成績及格", "補修及格"):
        return True
    if name in FILLED:
        return FILLED[name]
    if not column.required:
        return SCORE if "成績" in name and column.holds is Holds.NUMBER and name != "補考成績" else ""
    if column.holds is Holds.DAY:
        return date(2026, 9, 1) if "開始" in name else date(2026, 9, 30)
    if column.holds is Holds.SCHOOL:
        return SCHOOL if column.own_school else OTHER
    if column.codes is not None:
        return next(iter(BOOK.code_lists[column.codes].values))
    if column.holds is Holds.NUMBER:
        return 114 if name.endswith("學年度") else 1 + n % 50 if name == "座號" else max(column.least or 0, 2)
    return column.title_en[: column.max_length]


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
