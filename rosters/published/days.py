"""rosters: days as published calendars write them: ISO, ROC, `9/9`, `1/18(一)~1/20(三)`, `8月31日`, with or without an hour.

Full-width digits and signs count as plain ones. 24:00 is the end of the day that it stands beside (readings, "Time").
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime, time

from rules.instants import DAY, TAIPEI, YEARS
from rules.proposals.plain import plain
from rules.roc import ROC_OFFSET, WEEKDAYS

_DATE = re.compile(
    r"""(?:
        (?P<ad8>(?:19|20)\d{6}) | (?P<roc7>[01]\d{6})
      | (?P<era>民國|西元)?\s?(?P<yc>\d{2,4})\s?年\s?(?P<mc>\d{1,2})\s?月\s?(?P<dc>\d{1,2})\s?日?
      | (?P<era2>民國|西元)?\s?(?P<ys>\d{3,4})(?P<sep>[-/.])\s?(?P<ms>\d{1,2})(?P=sep)\s?(?P<ds>\d{1,2})
      | (?P<mm>\d{1,2})\s?(?:[/.]|月)\s?(?P<dm>\d{1,2})\s?日?
    )(?!\d)""",
    re.VERBOSE,
)
_WEEKDAY = re.compile(
    r"\s*(?:\((?:星期|週|周|禮拜)?(?P<in>[一二三四五六日天])\)|(?:星期|週|周|禮拜)(?P<out>[一二三四五六日天])"
    r"|\(?(?P<english>mon|tue|wed|thu|fri|sat|sun)[a-z]*\.?\)?)",
    re.IGNORECASE,
)
_CLOCK = re.compile(
    r"[\sT]*(?P<half>上午|早上|中午|下午|晚上|am|pm)?\s*(?P<hour>\d{1,2})(?::(?P<minute>\d{2})(?::(?P<second>\d{2})(?:\.\d+)?)?"
    r"|[時點](?:(?P<past>\d{1,2})分)?)\s*(?P<after>am|pm)?",
    re.IGNORECASE,
)
_TO = re.compile(r"\s*(?P<sign>[~\-至到、,]|\.{2,})\s*")
_UNTIL = re.compile(r"\s*(?:截止|止|以?前)$")
_PART_OF_DAY = re.compile(r"\s*\(?(?:上午|早上|中午|下午|晚上|全天|整天)\)?$")
_DAY_ONLY = re.compile(r"(?P<day>\d{1,2})日?(?![\d:時點])")
_ENGLISH = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


class NotADay(ValueError):
    """A cell that names no day: why, in zh-TW and in English."""

    def __init__(self, why: str, why_en: str) -> None:
        super().__init__(why)
        self.why = why
        self.why_en = why_en


class YearMissing(NotADay):
    """A day without a year, where the school year is not known."""

    def __init__(self) -> None:
        super().__init__("日期沒有年份", "the day has no year")


@dataclass(frozen=True, slots=True)
class Days:
    """First and last day (included) with their hours; `whole_day` is 24:00 of the last one.

    `dated`: the year stood there. `until`: `17:00前`, `止`.
    """

    first: date
    last: date
    starts: time | None = None
    ends: time | None = None
    whole_day: bool = False
    dated: bool = True
    until: bool = False


def read_range(text: str, year: int) -> tuple[date, date]:
    """First and last day (included) of a cell. Raises NotADay on anything unclear."""
    found = read_days(text, year)
    return found.first, found.last


def read_days(cell: object, year: int | None) -> Days:
    """The days and hours of a cell of any type; a day without a year is one of the school year. Raises NotADay."""
    if isinstance(cell, datetime):
        shown = cell.astimezone(TAIPEI) if cell.tzinfo else cell
        clock = shown.time() if shown.time() != time(0) else None
        return Days(shown.date(), shown.date(), None, clock)
    if isinstance(cell, date):
        return Days(cell, cell)
    if isinstance(cell, float) and cell.is_integer():
        cell = int(cell)
    text = plain(str(cell)).strip()
    if not text:
        raise NotADay("沒有日期", "no day stands there")
    zoned = _zoned(text)
    return read_days(zoned, year) if zoned is not None else _Reader(text, year).read()


def _zoned(text: str) -> datetime | None:
    """An instant with its zone, as exports write it."""
    if "T" not in text:
        return None
    try:
        read = datetime.fromisoformat(text)
    except ValueError:
        return None
    return read if read.tzinfo else None


class _Reader:
    """Reads a cell from left to right: a day, then perhaps a weekday, an hour, and an end."""

    def __init__(self, text: str, year: int | None) -> None:
        self.text, self.year, self.at = text, year, 0

    def read(self) -> Days:
        first, dated = self._date(None)
        starts, whole = self._clock()
        last, ends, ranged = first, starts, False
        if to := self._take(_TO):
            ranged = True
            if _DATE.match(self.text, self.at):
                last, _ = self._date(first if dated else None)
                ends, whole = self._clock()
            elif day := self._take(_DAY_ONLY):
                last = _day(first.year, first.month, int(day["day"]))
                self._weekday(last)
                ends, whole = self._clock()
            else:
                ends, whole = self._clock()
                if ends is None and not whole:
                    raise self._unknown()
        self._take(_PART_OF_DAY)
        until = self._take(_UNTIL) is not None
        if self.text[self.at :].strip():
            raise self._unknown()
        if to and to["sign"] in "、," and last != first + DAY:
            raise NotADay("列出的日子不相連,請分成幾列", "the days do not follow one another; give each a row")
        if last < first:
            raise NotADay(f"結束({last})早於開始({first})", f"it ends ({last}) before it begins ({first})")
        return Days(first, last, starts if ranged else None, ends, whole, dated, until)

    def _take(self, pattern: re.Pattern[str]) -> re.Match[str] | None:
        found = pattern.match(self.text, self.at)
        if found:
            self.at = found.end()
        return found

    def _unknown(self) -> NotADay:
        return NotADay("看不懂這個日期的寫法", "not a way of writing a day that is known")

    def _date(self, after: date | None) -> tuple[date, bool]:
        """A day and whether its year stood there; without one it follows `after`, or lies in the school year."""
        found = self._take(_DATE)
        if not found:
            raise self._unknown()
        if found["ad8"]:
            day, dated = _day(int(found["ad8"][:4]), int(found["ad8"][4:6]), int(found["ad8"][6:])), True
        elif found["roc7"]:
            year = int(found["roc7"][:3]) + ROC_OFFSET
            day, dated = _day(year, int(found["roc7"][3:5]), int(found["roc7"][5:])), True
        elif found["mm"]:
            month = int(found["mm"])
            if after is None and self.year is None:
                raise YearMissing
            year = after.year + (month < after.month) if after else (self.year or 0) + ROC_OFFSET + (month < 8)
            day, dated = _day(year, month, int(found["dm"])), False
        else:
            written = found["yc"] or found["ys"]
            year = int(written)
            era = found["era"] or found["era2"]
            if era == "民國" and len(written) > 3:
                raise NotADay("民國年只有三位數", "an ROC year has three digits")
            year += ROC_OFFSET if len(written) < 4 and era != "西元" else 0
            day, dated = _day(year, int(found["mc"] or found["ms"]), int(found["dc"] or found["ds"])), True
        self._weekday(day)
        return day, dated

    def _weekday(self, day: date) -> None:
        found = self._take(_WEEKDAY)
        if not found:
            return
        if found["english"]:
            fits = _ENGLISH.index(found["english"].lower()) == day.weekday()
        else:
            fits = (found["in"] or found["out"]).replace("天", "日") == WEEKDAYS[day.weekday()]
        if not fits:
            raise NotADay(
                f"星期不符:{day} 是星期{WEEKDAYS[day.weekday()]}", f"wrong weekday: {day} is a {day:%A}"
            )  # fmt: skip

    def _clock(self) -> tuple[time | None, bool]:
        """The hour, and whether it is 24:00."""
        found = self._take(_CLOCK)
        if not found:
            return None, False
        hour, minute = int(found["hour"]), int(found["minute"] or found["past"] or 0)
        second, half = int(found["second"] or 0), (found["half"] or found["after"] or "").lower()
        if half in ("下午", "晚上", "pm") and hour < 12:
            hour += 12
        if (hour, minute, second) == (24, 0, 0):
            return None, True
        if hour > 23 or minute > 59 or second > 59:
            raise NotADay(f"沒有 {hour}:{minute:02} 這個時刻", f"there is no {hour}:{minute:02} on a clock")
        return time(hour, minute), False


def _day(year: int, month: int, day: int) -> date:
    if year not in YEARS:
        raise NotADay(f"{year} 年不在學校的年份裡", f"the year {year} is none of a school's")
    try:
        return date(year, month, day)
    except ValueError:
        raise NotADay(
            f"沒有 {year} 年 {month} 月 {day} 日這一天", f"there is no day {year}-{month:02}-{day:02}"
        ) from None
