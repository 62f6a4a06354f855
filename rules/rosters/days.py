"""rules: days as rosters write them, in one of five styles, and back. 規§6.3."""

from __future__ import annotations

import re
from datetime import date

from rules.roc import ROC_OFFSET, RocRefused, read_roc_date
from rules.rosters.schema import DateStyle

_STYLES = (
    (DateStyle.ROC7, re.compile(r"([0-9]{3})([0-9]{2})([0-9]{2})"), ROC_OFFSET),
    (DateStyle.AD_SLASH, re.compile(r"([0-9]{4})/([0-9]{2})/([0-9]{2})"), 0),
    (DateStyle.ROC_SLASH, re.compile(r"([0-9]{2,3})/([0-9]{2})/([0-9]{2})"), ROC_OFFSET),
    (DateStyle.AD_DIGITS, re.compile(r"((?:19|20)[0-9]{2})([0-9]{2})([0-9]{2})"), 0),
    (DateStyle.AD_SLASH_MIDNIGHT, re.compile(r"([0-9]{4})/([0-9]{1,2})/([0-9]{1,2}) 上午 12:00:00"), 0),
)
_AD_LOOSE = re.compile(r"((?:19|20)[0-9]{2})[-/.]([0-9]{1,2})[-/.]([0-9]{1,2})(?:[ T]0{1,2}:00(?::00)?)?")


def day_text(day: date, style: DateStyle) -> str:
    """A day as a column writes it, `1150309`, `2026/03/09` and so on."""
    roc = day.year - ROC_OFFSET
    return {
        DateStyle.ROC7: f"{roc:03}{day:%m%d}",
        DateStyle.ROC_SLASH: f"{roc}/{day:%m/%d}",
        DateStyle.AD_SLASH: f"{day.year:04}/{day:%m/%d}",
        DateStyle.AD_DIGITS: f"{day.year:04}{day:%m%d}",
        DateStyle.AD_SLASH_MIDNIGHT: f"{day.year}/{day.month}/{day.day} 上午 12:00:00",
    }[style]


def read_day(text: str) -> tuple[date, DateStyle | None]:
    """The day that a text names and its style, None for another way of writing it. Raises ValueError."""
    for style, pattern, offset in _STYLES:
        found = pattern.fullmatch(text)
        if found is not None:
            return date(int(found[1]) + offset, int(found[2]), int(found[3])), style
    loose = _AD_LOOSE.fullmatch(text)
    if loose is not None:
        return date(int(loose[1]), int(loose[2]), int(loose[3])), None
    try:
        return read_roc_date(text), None
    except RocRefused as refused:
        raise ValueError(refused.code.value) from None
