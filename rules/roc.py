"""rules: dates of the Republic of China calendar, school years and semesters. Pure; strict.

A year is AD minus 1911. Nothing is guessed: a day that does not exist, an AD year, a weekday that
does not fit are refused. Sources: readings "Time", 規§4.2; forms as official letters print them.
"""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum

from rules.instants import TAIPEI, at_taipei

ROC_OFFSET = 1911
WHOLE_DAY = 24
"""Hours: the clock time at which a day ends, as closes are announced."""
WEEKDAYS = "一二三四五六日"

_DAY = re.compile(
    r"""(?:
        (?P<y7>[0-9]{3})(?P<m7>[0-9]{2})(?P<d7>[0-9]{2})
      | (?:民國)?\s?(?P<yc>[0-9]{1,4})年\s?(?P<mc>[0-9]{1,2})月\s?(?P<dc>[0-9]{1,2})日
      | (?P<ys>[0-9]{1,4})(?P<sep>[./-])(?P<ms>[0-9]{1,2})(?P=sep)(?P<ds>[0-9]{1,2})
    )
    (?:\s?[(\uff08](?:星期|週|周)?(?P<weekday>[一二三四五六日天])[)\uff09])?""",
    re.VERBOSE,
)
_CLOCK = re.compile(r"(?P<hour>[0-9]{1,2})[:\uff1a](?P<minute>[0-9]{2})(?:[:\uff1a](?P<second>[0-9]{2}))?")
_EIGHT_DIGITS = re.compile(r"(?:19|20)[0-9]{6}")


class RocFault(StrEnum):
    """Why a text is no date or instant of the ROC calendar."""

    SHAPE = "roc_shape"
    AD_YEAR = "roc_ad_year"
    NO_SUCH_DAY = "roc_no_such_day"
    WEEKDAY = "roc_weekday"
    CLOCK = "roc_clock"


class RocRefused(ValueError):
    """A text was refused as a ROC date; `code` says why, `text` is what was read."""

    def __init__(self, code: RocFault, text: str) -> None:
        super().__init__(f"{code}: {text!r}")
        self.code = code
        self.text = text


def read_roc_date(text: str) -> date:
    """The day a ROC text names: `1150319`, `098/5/12`, `115.3.19(星期四)`, `112年4月13日`.

    Raises RocRefused on any other shape, an AD year, a day that does not exist, a wrong weekday.
    """
    bare = text.strip()
    if _EIGHT_DIGITS.fullmatch(bare):
        raise RocRefused(RocFault.AD_YEAR, text)
    found = _DAY.fullmatch(bare)
    if found is None:
        raise RocRefused(RocFault.SHAPE, text)
    return _day_of(found, text)


def read_roc_instant(text: str) -> datetime:
    """The UTC instant of `115.3.19(星期四)10:00`; `24:00` is the next day's 00:00 (readings, "Time").

    Raises RocRefused as `read_roc_date` does, and for a time of day that does not exist.
    """
    bare = text.strip()
    found = _DAY.match(bare)
    if found is None:
        raise RocRefused(RocFault.SHAPE, text)
    clock = _CLOCK.fullmatch(bare[found.end() :].strip())
    if clock is None:
        raise RocRefused(RocFault.CLOCK, text)
    return _instant_on(_day_of(found, text), clock, text)


def read_clock(text: str) -> timedelta:
    """The span since 00:00 that a time of day names, `24:00` being a whole day. Raises RocRefused."""
    found = _CLOCK.fullmatch(text.strip())
    if found is None:
        raise RocRefused(RocFault.CLOCK, text)
    return _span(found, text)


def _instant_on(day: date, clock: re.Match[str], text: str) -> datetime:
    span = _span(clock, text)
    return at_taipei(day) + span  # Asia/Taipei has had no daylight saving since 1979.


def _span(clock: re.Match[str], text: str) -> timedelta:
    hour, minute, second = (int(clock[name] or 0) for name in ("hour", "minute", "second"))
    whole_day = (hour, minute, second) == (24, 0, 0)
    if not whole_day and (hour > 23 or minute > 59 or second > 59):
        raise RocRefused(RocFault.CLOCK, text)
    return timedelta(hours=hour, minutes=minute, seconds=second)


def _day_of(found: re.Match[str], text: str) -> date:
    year, month, day = (int(found[f"{part}7"] or found[f"{part}c"] or found[f"{part}s"]) for part in "ymd")
    if year >= 1000:
        raise RocRefused(RocFault.AD_YEAR, text)
    if year == 0:
        raise RocRefused(RocFault.NO_SUCH_DAY, text)
    try:
        named = date(year + ROC_OFFSET, month, day)
    except ValueError:
        raise RocRefused(RocFault.NO_SUCH_DAY, text) from None
    weekday = found["weekday"]
    if weekday and weekday.replace("天", "日") != WEEKDAYS[named.weekday()]:
        raise RocRefused(RocFault.WEEKDAY, text)
    return named


def roc_year(day: date) -> int:
    """The ROC year of a day. Raises ValueError before 1912."""
    if day.year <= ROC_OFFSET:
        raise ValueError(f"{day} lies before year 1 of the ROC calendar")
    return day.year - ROC_OFFSET


def roc_digits(day: date) -> str:
    """`1150319`: seven digits, as rosters write birth dates."""
    return f"{roc_year(day):03}{day:%m%d}"


def roc_long(day: date) -> str:
    """`115年3月19日`."""
    return f"{roc_year(day)}年{day.month}月{day.day}日"


def roc_dotted(day: date) -> str:
    """`115.3.19(星期四)`, as official letters write a day."""
    return f"{roc_year(day)}.{day.month}.{day.day}(星期{WEEKDAYS[day.weekday()]})"


def roc_instant(instant: datetime) -> str:
    """`115.3.19(星期四)10:00`: a UTC instant as official letters write it, to the minute."""
    shown = instant.astimezone(TAIPEI)
    return f"{roc_dotted(shown.date())}{shown:%H:%M}"


def short_day(day: date) -> str:
    """`3/24(二)`."""
    return f"{day.month}/{day.day}({WEEKDAYS[day.weekday()]})"


def close_text(closes: datetime) -> str:
    """How a close is printed: `3/24(二) 17:00`; at midnight `3/24(二) 24:00(3/25 00:00)`.

    The close itself no longer counts, so midnight belongs to the day that it ends (readings, "Time").
    """
    shown = closes.astimezone(TAIPEI)
    if shown.time() != time(0):
        return f"{short_day(shown.date())} {shown:%H:%M}"
    before = shown.date() - timedelta(days=1)
    return f"{short_day(before)} 24:00({shown.month}/{shown.day} 00:00)"


def roc_close(closes: datetime) -> str:
    """A close as pages, feeds and notices write it: `116.2.3(星期三)17:00`; midnight is 24:00 of the day it ends.

    `116.2.3(星期三)24:00(2/4 00:00)`: readings, "Time".
    """
    shown = closes.astimezone(TAIPEI)
    if shown.time() != time(0):
        return roc_instant(closes)
    return f"{roc_dotted(shown.date() - timedelta(days=1))}{WHOLE_DAY}:00({shown.month}/{shown.day} 00:00)"


def school_year_of(day: date) -> int:
    """The school year (學年度) that holds a day: 8/1 to 7/31, counted in ROC years."""
    return (day.year if day.month >= 8 else day.year - 1) - ROC_OFFSET


def semester_of(day: date) -> int:
    """The semester (學期) that holds a day: 1 from 8/1 to 1/31, 2 from 2/1 to 7/31."""
    return 1 if day.month >= 8 or day.month == 1 else 2


def school_year_at(instant: datetime) -> int:
    """The school year that holds a UTC instant, by the day in Taipei."""
    return school_year_of(_taipei_date(instant))


def semester_at(instant: datetime) -> int:
    """The semester that holds a UTC instant, by the day in Taipei."""
    return semester_of(_taipei_date(instant))


def _taipei_date(instant: datetime) -> date:
    if instant.tzinfo is None:
        raise ValueError("an instant needs a time zone")
    return instant.astimezone(UTC).astimezone(TAIPEI).date()
