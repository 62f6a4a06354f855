"""bench: what 3,000 students selected: 18,000 outcomes and 30,000 diverse performances, as orders of rosters."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID

from rosters.schemas import load_rosters
from rules.exchange import RosterOrder, RosterRow
from rules.identity import check_digit
from rules.rosters.schema import ColumnSchema, Holds, SheetSchema

SCHOOL, OTHER = "999901", "999902"
STUDENTS, OUTCOMES, DIVERSE = 3000, 6, 10
BOOK = load_rosters()
_ODD = 20
"""One outcome in so many is of another variant than the regular one."""


def orders(students: int = STUDENTS) -> list[RosterOrder]:
    """The outcome and the diverse roster, everything in order."""
    outcomes, diverse = BOOK.roster("outcomes").for_division("day"), BOOK.roster("diverse")
    first = [
        _row(outcomes.sheets[(n // _ODD) % 6 if n % _ODD == 0 else 0], n, n // OUTCOMES)
        for n in range(OUTCOMES * students)
    ]
    second = [_row(diverse.sheets[n % DIVERSE], n, n // DIVERSE) for n in range(DIVERSE * students)]
    return [RosterOrder("outcomes", SCHOOL, 115, 0, "26", first, True), RosterOrder("diverse", SCHOOL, 115, 0, "25", second, True)]  # fmt: skip


def _row(sheet: SheetSchema, n: int, student: int) -> RosterRow:
    person = UUID(int=student)
    return RosterRow(sheet.id, person, {c.name: _value(c, sheet, n, student) for c in sheet.columns}, UUID(int=n), b"s" * 32)  # fmt: skip


def _value(column: ColumnSchema, sheet: SheetSchema, n: int, student: int) -> Any:
    name = column.name
    if column.holds is Holds.PERSON:
        nine = f"Y1{9_000_000 + student:07}"
        return nine + check_digit(nine)
    if column.holds is Holds.DAY:
        return (
            date(2010, 1 + student % 12, 1 + student % 28)
            if name == "出生日期"
            else f"2026-{9 + ('結束' in name):02}-{1 + n % 28:02}"
        )
    if column.holds is Holds.COURSE:
        return f"{114 if sheet.past else 115}{OTHER if sheet.school else SCHOOL}H11101A10101{n % 60:02}"
    if column.holds is Holds.SCHOOL:
        return OTHER
    if column.holds is Holds.LINK:
        return f"{n:064x}" if name in sheet.links[:1] else ""
    if column.codes is not None:
        return next(iter(BOOK.code_lists[column.codes].values))
    if column.holds is Holds.NUMBER:
        return 114 if name.endswith("學年度") else max(column.least or 0, 2) if column.required else ""
    if name.endswith("簡述"):
        return f"第 {n} 件:說明做了什麼、怎麼做、學到什麼,並附上過程照片與參考資料的出處。"
    return f"{column.name}{n % 60}" if column.required else ""
