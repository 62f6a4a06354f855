"""rosters: days as published calendars write them: ISO, ROC, `9/9`, `1/18(一)~1/20(三)`, `8月31日`."""

from __future__ import annotations

import re
from datetime import date, datetime

from rules.roc import ROC_OFFSET, WEEKDAYS, RocRefused, read_roc_date

_PART = re.compile(
    r"(?P<month>\d{1,2})(?:/|月)(?P<day>\d{1,2})日?(?:\s*[((](?:星期|週)?(?P<weekday>[一二三四五六日])[))])?"
)
_RANGE = re.compile(r"\s*(?:~|~|–|—|至|…|(?<=[)\d日])-(?=\d{1,2}[/月]))\s*")


def read_range(text: str, year: int) -> tuple[date, date]:
    """First and last day (included) of a cell. Raises ValueError on anything unclear."""
    parts = [p for p in _RANGE.split(text.strip()) if p]
    if not 1 <= len(parts) <= 2:
        raise ValueError(text)
    first = read_day(parts[0], year)
    if len(parts) == 1:
        return first, first
    rest = parts[1]
    last = first.replace(day=int(rest)) if rest.isdigit() and len(rest) <= 2 else read_day(rest, year)
    if last < first:
        raise ValueError(text)
    return first, last


def read_day(text: str, year: int) -> date:
    """One day; a day without a year is taken from the school year. Raises ValueError."""
    bare = text.strip()
    found = re.fullmatch(r"(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})(?:[ T].*)?", bare)
    if found:
        return date(*(int(x) for x in found.groups()[:3]))
    part = _PART.fullmatch(bare)
    if part:
        month = int(part["month"])
        named = date(year + ROC_OFFSET + (month < 8), month, int(part["day"]))
        if part["weekday"] and WEEKDAYS[named.weekday()] != part["weekday"]:
            raise ValueError(text)
        return named
    try:
        return read_roc_date(bare)
    except RocRefused as error:
        raise ValueError(text) from error


def day_of(cell: object, year: int) -> tuple[date, date]:
    """The days of a cell of any type. Raises ValueError."""
    if isinstance(cell, datetime):
        return cell.date(), cell.date()
    if isinstance(cell, date):
        return cell, cell
    return read_range(str(cell), year)
