"""rules: instants, days and spans. Instants are UTC, spans half-open, days Asia/Taipei."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from typing import Annotated, Any
from zoneinfo import ZoneInfo

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, ValidationInfo, model_validator

TAIPEI = ZoneInfo("Asia/Taipei")
DAY = timedelta(days=1)

YEARS = range(1912, 3000)
"""Years in which the school's days lie; others are slips, and the ends of the calendar cannot be counted from."""

_LOCAL = re.compile(r"(\d{4})-(\d{2})-(\d{2})[ T](\d{2}):(\d{2})(?::(\d{2}))?$")
_TO_THE_MINUTE = re.compile(r"\d{4}-\d{2}-\d{2}[ T]\d{2}:\d{2}")
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
_CLOCK = re.compile(r"\d{2}:\d{2}")

WRITTEN = {"written": True}
"""The validation context of a file that people write: instants to the minute, no zone; days without a time."""

WHOLE_MINUTES = {"minutes": True}
"""The validation context of a calendar that is handed in: a file could not say its seconds."""

TO_THE_MINUTE = "expected 'YYYY-MM-DD HH:MM' (Asia/Taipei) without seconds and zone"
ONLY_A_DAY = "expected 'YYYY-MM-DD' without a time"
CLOCK_TO_THE_MINUTE = "expected 'HH:MM' (Asia/Taipei) without seconds and zone"


def at_taipei(day: date, clock: time = time(0)) -> datetime:
    """The UTC instant at which a clock in Taipei shows `clock` on `day`."""
    return datetime.combine(day, clock, tzinfo=TAIPEI).astimezone(UTC)


def taipei_day(instant: datetime) -> date:
    """The Taipei day that holds `instant`."""
    return instant.astimezone(TAIPEI).date()


def local_text(instant: datetime) -> str:
    """`2027-02-03 17:00`, the way calendar files and machine answers print a Taipei instant."""
    return instant.astimezone(TAIPEI).strftime("%Y-%m-%d %H:%M")


def local_close(instant: datetime) -> str:
    """`2027-02-03 24:00(2027-02-04 00:00)` for an end at midnight, which people read a day late; else as usual."""
    if instant != at_taipei(taipei_day(instant)):
        return local_text(instant)
    return f"{taipei_day(instant) - DAY} 24:00({local_text(instant)})"


@lru_cache(maxsize=4096)
def key_text(instant: datetime) -> str:
    """`2027-02-03T09:00Z`, the way step keys write an instant (UTC, to the second if it has any)."""
    shown = instant.astimezone(UTC)
    return shown.strftime("%Y-%m-%dT%H:%M:%SZ" if shown.second else "%Y-%m-%dT%H:%MZ")


def read_instant(value: Any) -> datetime:
    """A local text (`2027-02-03 17:00`, `2027-02-03 24:00`) or an aware datetime, as UTC.

    `24:00` is the next day's 00:00 (readings, "Time"). Raises ValueError on anything else, also on
    days that do not exist.
    """
    if isinstance(value, datetime):
        _year_counts(value)
        given: datetime = value.replace(tzinfo=TAIPEI) if value.tzinfo is None else value
        return given.astimezone(UTC)
    if isinstance(value, str):
        found = _LOCAL.match(value.strip())
        if found:
            year, month, day, hour, minute = (int(x) for x in found.groups()[:5])
            _year_counts(date(year, month, day))
            if (hour, minute) == (24, 0):
                return at_taipei(date(year, month, day) + DAY)
            return at_taipei(date(year, month, day), time(hour, minute, int(found.group(6) or 0)))
        parsed = datetime.fromisoformat(value)
        _year_counts(parsed)
        if parsed.tzinfo is not None:
            return parsed.astimezone(UTC)
    raise ValueError("expected 'YYYY-MM-DD HH:MM' (Asia/Taipei)")


def _year_counts(day: date) -> date:
    """The day itself. Raises ValueError outside of the years in which the school's days lie."""
    if day.year not in YEARS:
        raise ValueError(f"expected a year from {YEARS.start} to {YEARS.stop - 1}")
    return day


def _instant(value: Any, info: ValidationInfo) -> datetime:
    """An instant of a field. Raises ValueError; in a written file (`WRITTEN`) also for seconds and for a zone.

    A zone that people write beside Taipei dates is a slip, and read as Taipei time it would be hours wrong.
    """
    found = read_instant(value)
    if _written(info) and not (isinstance(value, str) and _TO_THE_MINUTE.fullmatch(value.strip())):
        raise ValueError(TO_THE_MINUTE)
    return whole_minute(found) if info.context and info.context.get("minutes") else found


def _day(value: Any, info: ValidationInfo) -> Any:
    """What stands for a day. Raises ValueError in a written file for a day with a time, whose zone would be lost."""
    if _written(info) and not (type(value) is date or (isinstance(value, str) and _DAY.fullmatch(value.strip()))):
        raise ValueError(ONLY_A_DAY)
    return value


def _clock(value: Any, info: ValidationInfo) -> Any:
    """What stands for a time of day. Raises ValueError in a written file for seconds, a zone or a bare number."""
    if _written(info) and not (isinstance(value, str) and _CLOCK.fullmatch(value.strip())):
        raise ValueError(CLOCK_TO_THE_MINUTE)
    return value


def _written(info: ValidationInfo) -> bool:
    return bool(info.context and info.context.get("written"))


def whole_minute(instant: datetime) -> datetime:
    """The instant itself. Raises ValueError where it has seconds: no calendar file could say it."""
    if instant.second or instant.microsecond:
        raise ValueError(TO_THE_MINUTE)
    return instant


Instant = Annotated[datetime, BeforeValidator(_instant)]
"""A UTC instant; read from local text in files (to the minute), from ISO 8601 with zone on the wire."""

SchoolDay = Annotated[date, BeforeValidator(_day), AfterValidator(_year_counts)]
"""A Taipei day of a year that counts."""

Clock = Annotated[time, BeforeValidator(_clock)]
"""A time of day in Taipei."""


class Model(BaseModel):
    """A frozen value; unknown fields are errors, so that a typing slip in a file is found."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Span(Model):
    """A half-open interval of instants: `opens` is inside, `closes` is outside."""

    opens: Instant
    closes: Instant

    @model_validator(mode="after")
    def _ordered(self) -> Span:
        if self.closes <= self.opens:
            raise ValueError("closes must be after opens")
        return self

    def holds(self, *, at: datetime) -> bool:
        """Whether `at` lies inside."""
        return self.opens <= at < self.closes
