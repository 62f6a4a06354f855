"""rules: working days of Taiwan. Ladders count days, never hours (readings, "Time")."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable
from datetime import date, datetime, time, timedelta
from functools import cached_property

from rules.instants import DAY, Model, at_taipei, taipei_day

REMEMBERED = 4096
"""Rung instants kept: hundreds of duties hang on the same few deadlines."""


class CalendarMissing(LookupError):
    """A day was asked of a year whose office calendar is not loaded."""


class OfficeYear(Model):
    """One year of the government's office calendar: its days off on weekdays, its workdays on weekends."""

    year: int
    source: str
    assumed: bool = False
    off: tuple[date, ...]
    make_up: tuple[date, ...] = ()


class WorkingDays:
    """Which days offices work: weekends and holidays off, make-up days on, closures (停班) off.

    Raises CalendarMissing for a day of a year that is not loaded: an enumerated calendar that
    silently runs out would send reminders on holidays.
    """

    def __init__(self, years: Iterable[OfficeYear], closures: Iterable[date] = ()) -> None:
        loaded = sorted(years, key=lambda y: y.year)
        self.years = frozenset(y.year for y in loaded)
        self._off = frozenset(day for y in loaded for day in y.off) | frozenset(closures)
        self._make_up = frozenset(day for y in loaded for day in y.make_up)
        self._rungs: dict[tuple[datetime, int, time], datetime] = {}

    def works(self, day: date) -> bool:
        """Whether offices work on `day`."""
        if day.year not in self.years:
            raise CalendarMissing(f"office calendar of {day.year} is not loaded")
        if day in self._off:
            return False
        return day.weekday() < 5 or day in self._make_up

    @cached_property
    def _all(self) -> list[date]:
        days: list[date] = []
        for year in sorted(self.years):
            day = date(year, 1, 1)
            while day.year == year:
                if self.works(day):
                    days.append(day)
                day += DAY
        return days

    def shift(self, day: date, count: int) -> date:
        """The working day `count` working days from `day`.

        0 is `day` itself, or the working day before it when offices do not work that day: a
        reminder "on the day" must not come after it. Positive counts go forward, negative back.
        """
        self.works(day)
        days = self._all
        index = bisect_right(days, day) - 1 + count
        if count < 0 and not self.works(day):
            index += 1
        if not 0 <= index < len(days):
            raise CalendarMissing(f"{count:+} working days from {day} leave the loaded years")
        return days[index]

    def next_working(self, day: date) -> date:
        """`day` itself, or the first working day after it."""
        while not self.works(day):
            day += timedelta(days=1)
        return day

    def between(self, first: date, last: date) -> int:
        """How many working days lie after `first` up to and including `last`."""
        days = self._all
        return bisect_right(days, last) - bisect_right(days, first)

    def rung_instant(self, deadline: datetime, offset: int, clock: time) -> datetime:
        """The instant of a rung: `offset` working days from the deadline's day, at `clock`.

        A deadline at midnight belongs to the day that it ends. Source: 規§5.3.2, readings "Time".
        """
        asked = (deadline, offset, clock)
        known = self._rungs.get(asked)
        if known is None:
            if len(self._rungs) >= REMEMBERED:
                self._rungs.clear()
            day = taipei_day(deadline - timedelta(microseconds=1))
            known = self._rungs[asked] = at_taipei(self.shift(day, offset), clock)
        return known
