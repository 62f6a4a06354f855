"""rosters: what one cell of a receipt says, brought to the form in which two files can be compared. 規§6.4.

Days are ISO days whichever calendar they were written in, numbers lose a trailing `.0`, texts are in
Unicode's composed form. Nothing is guessed: what could be read in two ways is a fault.
"""

from __future__ import annotations

import re
from datetime import date, datetime, time, timedelta
from decimal import Decimal, InvalidOperation
from functools import lru_cache

from rosters.receiving.mapping import Reads
from rosters.sis.tables import Cell
from rules.roc import RocRefused, read_roc_date
from rules.text import clean, control_character_at

_AD_DAY = re.compile(
    r"(?P<y>(?:19|20)[0-9]{2})(?:(?P<s>[-/.])(?P<m>[0-9]{1,2})(?P=s)(?P<d>[0-9]{1,2})|(?P<m8>[0-9]{2})(?P<d8>[0-9]{2}))"
)
_TIME = re.compile(
    r"(?:[T ]\s*(?P<half>上午|下午|AM|PM)?\s*(?P<h>[0-9]{1,2}):(?P<m>[0-9]{2})(?::(?P<s>[0-9]{2})(?:\.0+)?)?\s*(?P<half2>AM|PM)?)$"
)
_FLOAT_TEXT = re.compile(r"[0-9]+\.0+|[0-9](?:\.[0-9]+)?[eE]\+?[0-9]+")
_NUMBER = re.compile(r"-?[0-9]{1,12}(?:\.[0-9]{1,6})?")
_ERROR_VALUE = re.compile(r"#(?:N/A|REF!|VALUE!|DIV/0!|NAME\?|NUM!|NULL!)")

ROC, AD = "roc", "ad"


class CellRefused(ValueError):
    """A cell says nothing certain; `rule` is a rule of findings.RULES."""

    def __init__(self, rule: str, detail: str = "") -> None:
        super().__init__(rule)
        self.rule, self.detail = rule, detail


def read_cell(cell: Cell, reads: Reads) -> str:
    """The comparable text of a cell, `""` for an empty one. Raises CellRefused."""
    if isinstance(cell, str):
        return _read_text(cell, reads)
    if isinstance(cell, bool):
        raise CellRefused("cell_type")
    if isinstance(cell, int | float):
        if reads is Reads.NUMBER:
            return _number(str(int(cell)) if float(cell).is_integer() else repr(cell))
        if reads is Reads.TEXT:
            return str(int(cell)) if float(cell).is_integer() else repr(cell)
        # A day as a number has lost its zero, or is a spreadsheet's own count of days: both are possible.
        raise CellRefused("day_unreadable", "number") if reads is Reads.DAY else CellRefused("number_as_text")
    if reads is Reads.DAY and isinstance(cell, datetime):
        if cell.time() != time(0):
            raise CellRefused("day_unreadable", f"{cell:%H:%M}")
        return cell.date().isoformat()
    if reads is Reads.DAY and isinstance(cell, date):
        return cell.isoformat()
    if reads is Reads.TEXT and isinstance(cell, date | datetime):
        return cell.isoformat()
    raise CellRefused("cell_type")


@lru_cache(maxsize=65536)
def _read_text(text: str, reads: Reads) -> str:
    said = clean(text)
    if not said:
        return ""
    if _ERROR_VALUE.fullmatch(said):
        raise CellRefused("error_value")
    if control_character_at(said) is not None:
        raise CellRefused("control_character")
    if reads is Reads.NUMBER:
        return _number(said)
    if reads is Reads.DAY:
        return read_day(said)[0].isoformat()
    if reads in (Reads.CODE, Reads.PERSON):
        if _FLOAT_TEXT.fullmatch(said):
            raise CellRefused("number_as_text")
        return said.upper()
    return said


def _number(text: str) -> str:
    """A number in its shortest form; words in a number's column (通過, 免修) stay as they are."""
    if _NUMBER.fullmatch(text) is None:
        if any(char.isdigit() for char in text):
            raise CellRefused("number_unreadable")
        return text
    try:
        value = Decimal(text).normalize()
    except InvalidOperation:
        raise CellRefused("number_unreadable") from None
    return format(value if value else Decimal(0), "f")


def read_day(text: str) -> tuple[date, str]:
    """The day a text names and in which calendar it is written; a midnight behind it says nothing.

    Raises CellRefused for a day that does not exist and for any other time of day: 24:00 would be the next day.
    """
    found = _TIME.search(text)
    if found is not None:
        hour = int(found["h"])
        midnight = hour == 0 or (hour == 12 and (found["half"] or found["half2"]) in ("上午", "AM"))
        if not midnight or int(found["m"]) or int(found["s"] or 0):
            raise CellRefused("day_unreadable", text[found.start() :].strip())
        text = text[: found.start()].strip()
    western = _AD_DAY.fullmatch(text)
    try:
        if western is not None:
            month, day = western["m"] or western["m8"], western["d"] or western["d8"]
            return date(int(western["y"]), int(month), int(day)), AD
        return read_roc_date(text), ROC
    except RocRefused as refused:
        raise CellRefused("day_unreadable", refused.code.value) from None
    except ValueError:
        raise CellRefused("day_unreadable", "no such day") from None


def calendar_of(cell: Cell) -> str | None:
    """In which calendar a day's cell is written, None where it says no day."""
    if isinstance(cell, date):
        return AD
    if not isinstance(cell, str) or not cell.strip():
        return None
    try:
        return read_day(clean(cell))[1]
    except CellRefused:
        return None


def read_moment(cell: Cell) -> tuple[datetime, bool]:
    """An instant of the producer's clock (Taipei, without zone), and whether it was written as 24:00.

    Raises CellRefused.
    """
    if isinstance(cell, datetime):
        return cell, False
    if isinstance(cell, date):
        return datetime.combine(cell, time(0)), False
    if not isinstance(cell, str):
        raise CellRefused("instant_unreadable")
    text = clean(cell)
    found = _TIME.search(text)
    bare = text[: found.start()].strip() if found else text
    try:
        day = read_day(bare)[0]
    except CellRefused as refused:
        raise CellRefused("instant_unreadable", refused.detail) from None
    if found is None:
        return datetime.combine(day, time(0)), False
    hour, minute, second = int(found["h"]), int(found["m"]), int(found["s"] or 0)
    half = found["half"] or found["half2"]
    if half:
        hour = hour % 12 + (12 if half in ("下午", "PM") else 0)
    late = (hour, minute, second) == (24, 0, 0)
    if not late and (hour > 23 or minute > 59 or second > 59):
        raise CellRefused("instant_unreadable", text)
    return datetime.combine(day, time(0)) + timedelta(hours=hour, minutes=minute, seconds=second), late
