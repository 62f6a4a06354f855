"""rules: what a single cell of a column may say; every distinct cell is judged once. 規§6.3."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date, datetime
from decimal import Decimal
from functools import partial

from rules.identity import IdentityRefused, read_identity
from rules.rosters.checks.context import SCHOOL_CODE, Context
from rules.rosters.checks.layout import Fitted
from rules.rosters.checks.table import Cell, Found
from rules.rosters.days import read_day
from rules.rosters.schema import PERSON_COLUMNS, ColumnSchema, Holds, SheetSchema
from rules.text import control_character_at, length

Faults = tuple[str, ...]
Judge = Callable[[str], Faults]

_NUMBER = re.compile(r"-?[0-9]{1,9}(?:\.[0-9]{1,9})?")
_COURSE = re.compile(r"[0-9]{3}[0-9A-Z]+")
_LINK = re.compile(r"https?://\S+|[0-9a-f]{64}")
_ERROR_VALUE = re.compile(r"#(?:N/A|REF!|VALUE!|DIV/0!|NAME\?|NUM!|NULL!)")
_IDENTITY = {"identity_shape": "id_shape", "identity_check_digit": "id_check_digit"}
_STRICT = frozenset({Holds.PERSON, Holds.COURSE, Holds.SCHOOL, Holds.CODE, Holds.CODES})


def check_cells(sheet: Fitted, context: Context, found: Found) -> None:
    """Tell every cell that its column does not allow."""
    name, rows = sheet.cells.name, sheet.cells.rows
    marked = (("formula", sheet.cells.formulas), ("error_value", sheet.cells.errors), ("merged", sheet.cells.merged))
    for check, places in marked:
        for index, place in sorted(places):
            header = sheet.cells.headers[place] if place < len(sheet.cells.headers) else ""
            found.tell(check, name, sheet.cells.first + index, header)
    for column, at in sheet.columns():
        judge = _judge(column, sheet.schema, context)
        known: dict[object, Faults] = {}
        for index in sheet.live:
            cell = rows[index][at]
            key = cell if type(cell) is str else (type(cell), cell)
            faults = known.get(key)
            if faults is None:
                faults = known[key] = judge(cell)
            for check in faults:
                found.tell(check, name, sheet.cells.first + index, column.name)


def _judge(column: ColumnSchema, sheet: SheetSchema, context: Context) -> Callable[[Cell], Faults]:
    said = _of_text(column, sheet, context)
    filled = not context.precheck or column.in_precheck
    needed = column.required and filled

    def judge(cell: Cell) -> Faults:
        if isinstance(cell, str):
            text = cell.strip()
            if not text:
                return (column.missing,) if needed else ()
            if not filled:
                return ("precheck_filled",)
            return (*_form(cell, text, column), *said(text))
        if not filled:
            return ("precheck_filled",)
        return _not_text(cell, column, sheet, context, said)

    return judge


def _form(cell: str, text: str, column: ColumnSchema) -> Faults:
    """Faults that any text can have."""
    if _ERROR_VALUE.fullmatch(text):
        return ("error_value",)
    faults = () if cell == text else ("white_space",)
    if not text.isprintable() and control_character_at(text) is not None:
        faults = (*faults, "control_character")
    if column.max_length is not None and len(text) > column.max_length and length(text) > column.max_length:
        faults = (*faults, column.long)
    return faults


def _not_text(cell: Cell, column: ColumnSchema, sheet: SheetSchema, context: Context, said: Judge) -> Faults:
    if isinstance(cell, bool) or not isinstance(cell, int | float):
        if column.holds is Holds.DAY and isinstance(cell, date):
            day = cell.date() if isinstance(cell, datetime) else cell
            return ("day_style", *_day_faults(day, column, sheet, context))
        return ("cell_type",)
    text = str(int(cell)) if float(cell).is_integer() else repr(cell)
    if column.holds is Holds.NUMBER:
        return said(text)
    if column.holds is Holds.DAY:
        return ("day_as_number",)
    if column.holds not in _STRICT:
        return ("text_as_number",)
    faults = said(text) if column.holds is Holds.CODE else ("float_id",)
    return ("code_as_number",) if not faults else ("float_id",)


def _of_text(column: ColumnSchema, sheet: SheetSchema, context: Context) -> Judge:
    """What judges a column's text, without white space around it."""
    judges: dict[Holds, Judge] = {
        Holds.TEXT: lambda text: (),
        Holds.PERSON: _person,
        Holds.DAY: partial(_day, column, sheet, context),
        Holds.NUMBER: partial(_number, column),
        Holds.CODE: partial(_code, column, context),
        Holds.CODES: partial(_codes, column, context),
        Holds.COURSE: partial(_course, sheet, context),
        Holds.SCHOOL: partial(_school, column, sheet, context),
        Holds.LINK: lambda text: () if _LINK.fullmatch(text) else ("link_shape",),
    }
    return judges[column.holds]


def _person(text: str) -> Faults:
    try:
        read_identity(text)
    except IdentityRefused as refused:
        return (_IDENTITY[refused.code.value],)
    return ()


def _day(column: ColumnSchema, sheet: SheetSchema, context: Context, text: str) -> Faults:
    try:
        day, style = read_day(text)
    except ValueError:
        return ("day_unreadable",)
    return (*(() if style is column.date_style else ("day_style",)), *_day_faults(day, column, sheet, context))


def _day_faults(day: date, column: ColumnSchema, sheet: SheetSchema, context: Context) -> Faults:
    if column.name in PERSON_COLUMNS:
        span = context.book.doctor.age["continuing" if context.continuing else "day"]
        age = context.first.year + 1 - day.year
        return () if span.least <= age <= span.most else ("birth_implausible",)
    ends = context.end if any(column.name == last for _, last in sheet.spans) else context.last
    return ("future_day",) if day > ends and not column.may_be_future else ()


def _number(column: ColumnSchema, text: str) -> Faults:
    if _NUMBER.fullmatch(text) is None:
        return ("number_unreadable",)
    value = Decimal(text)
    low = column.least is not None and value < column.least
    high = column.most is not None and value > column.most
    if low or high:
        return (column.range,)
    exponent = value.normalize().as_tuple().exponent
    return ("number_decimals",) if isinstance(exponent, int) and -exponent > column.decimals else ()


def _code(column: ColumnSchema, context: Context, text: str) -> Faults:
    known = context.book.code_lists[str(column.codes)]
    if text in known.values:
        return ()
    if not known.closed:
        return ("unlisted_code",)
    return ("unknown_code",) if column.range == "number_range" else (column.range,)


def _codes(column: ColumnSchema, context: Context, text: str) -> Faults:
    known = context.book.code_lists[str(column.codes)]
    several = text.split(",")
    if len(set(several)) != len(several) or any(x != x.strip() or not x for x in several):
        return ("status_list",)
    faults = next((wrong for x in several if (wrong := _code(column, context, x))), ())
    return (*faults, "status_none_and_more") if known.none in several and len(several) > 1 else faults


def _course(sheet: SheetSchema, context: Context, text: str) -> Faults:
    form, doctor = context.book.course_code, context.book.doctor
    if len(text) != form.length:
        return ("course_length",)
    if _COURSE.fullmatch(text) is None:
        return ("course_shape",)
    faults: list[str] = []
    if not doctor.first_year <= int(form.part("year").of(text)) <= context.year:
        faults.append("course_year")
    school = form.part("school").of(text)
    if school in context.book.test_schools:
        faults.append("test_school")
    elif sheet.school is None and school != context.school:
        mark = doctor.continuing
        other = form.part(mark.part).of(text)[mark.at] == mark.mark and not context.continuing
        faults.append("division_mixed" if other else "course_school")
    if sheet.withholds and form.is_withheld(text):
        faults.append("withheld_course")
    return tuple(faults)


def _school(column: ColumnSchema, sheet: SheetSchema, context: Context, text: str) -> Faults:
    if SCHOOL_CODE.fullmatch(text) is None:
        return ("school_shape",)
    if text in context.book.test_schools:
        return ("test_school",)
    if column.own_school:
        return () if text == context.school else ("school_not_own",)
    return ("school_own",) if column.name == sheet.school and text == context.school else ()
