"""rules: one calendar with all that it is judged by, and the questions that several lint rules ask."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from functools import cached_property
from itertools import groupby
from typing import TYPE_CHECKING

from rules.days import WorkingDays
from rules.instants import at_taipei, taipei_day
from rules.posts import Away, Holding
from rules.roc import ROC_OFFSET
from rules.ruleset import Kind, Lane, RuleSet
from rules.schedule import Calendar, DeadlineDate, National, SemesterDates, WindowDates

if TYPE_CHECKING:
    from rules.lint.model import Limits


@dataclass(frozen=True, slots=True)
class People:
    """Who holds which post, and who is away; given only where the school's people are known (規§10.1.2)."""

    holdings: Mapping[str, tuple[Holding, ...]]
    away: tuple[Away, ...] = ()


@dataclass(frozen=True)
class Case:
    """What is judged. `people` is None where a calendar is linted without the school's people."""

    calendar: Calendar
    rules: RuleSet
    national: National
    limits: Limits
    people: People | None = field(default=None)

    @cached_property
    def days(self) -> WorkingDays:
        """The office calendar, with the closures of this calendar."""
        return WorkingDays(self.national.office_years, self.calendar.closed_days)

    @cached_property
    def lanes(self) -> dict[str, Lane]:
        """The rule set's lanes by id."""
        return {lane.id: lane for lane in self.rules.lanes}

    @cached_property
    def _placed(self) -> dict[tuple[str, str, str], tuple[int, WindowDates]]:
        return {(w.period, w.lane, w.kind): (n, w) for n, w in enumerate(self.calendar.windows)}

    def windows(self, *kinds: str) -> Iterator[tuple[int, WindowDates]]:
        """Each window of these kinds (all without any), with its place in the file."""
        for n, w in enumerate(self.calendar.windows):
            if not kinds or w.kind in kinds:
                yield n, w

    def pairs(self, first: str, second: str) -> Iterator[tuple[WindowDates, int, WindowDates]]:
        """Windows of two kinds of the same period and lane; the place is the second's."""
        for _, w in self.windows(first):
            found = self._placed.get((w.period, w.lane, second))
            if found is not None:
                yield w, *found

    def window(self, period: str, lane: str, kind: str) -> WindowDates | None:
        """A window, or None."""
        found = self._placed.get((period, lane, kind))
        return found[1] if found is not None else None

    def deadlines(self, *duties: str) -> Iterator[tuple[int, DeadlineDate]]:
        """Each dated duty of these kinds (all without any), with its place in the file."""
        for n, d in enumerate(self.calendar.deadlines):
            if not duties or d.duty in duties:
                yield n, d

    def final(self, lane: str) -> bool:
        """Whether the lane is in its last year; an unknown lane is not."""
        return lane in self.lanes and self.lanes[lane].final_grade

    def semester(self, period: str) -> SemesterDates | None:
        """The frame of a semester of this calendar."""
        return self.calendar.semesters.get(period)

    @property
    def periods(self) -> dict[Kind, tuple[str, ...]]:
        """The periods that a calendar of this school year has."""
        year = str(self.calendar.school_year)
        return {Kind.SEMESTER: (f"{year}-1", f"{year}-2"), Kind.SCHOOL_YEAR: (year,)}

    def legal(self, period: str) -> tuple[date, date]:
        """First and last day of a period by law: 8/1 to 1/31, 2/1 to 7/31, 8/1 to 7/31 (calendar 3.1)."""
        year = self.calendar.school_year + ROC_OFFSET
        first = date(year + 1, 2, 1) if period.endswith("-2") else date(year, 8, 1)
        last = date(year + 1, 1, 31) if period.endswith("-1") else date(year + 1, 7, 31)
        return first, last

    def works(self, day: date) -> bool | None:
        """Whether offices work; None where the year's office calendar is not loaded."""
        return self.days.works(day) if day.year in self.days.years else None

    def between(self, first: datetime, last: datetime) -> int | None:
        """Working days after the day that `first` ends up to the day that `last` ends; None if not loaded."""
        start, end = ends(first), ends(last)
        if not {start.year, end.year} <= self.days.years:
            return None
        return self.days.between(start, end)

    @cached_property
    def new_year(self) -> frozenset[date]:
        """The days of the Lunar New Year holiday of every loaded year: a long row of days off in its season."""
        found: set[date] = set()
        for year in self.days.years:
            first = date(year, 1, 20)
            season = [first + timedelta(days=n) for n in range((date(year, 3, 1) - first).days)]
            for working, same in groupby(season, self.days.works):
                row = list(same)
                if not working and len(row) >= self.limits.new_year_days:
                    found.update(row)
        return frozenset(found)

    def new_year_around(self, day: date) -> list[date]:
        """The days of the holiday that `day` belongs to."""
        return [x for x in self.new_year if x.year == day.year]


def ends(instant: datetime) -> date:
    """The Taipei day that an instant belongs to as an end: midnight belongs to the day before."""
    return taipei_day(instant - timedelta(microseconds=1))


def start_of(day: date, after: int = 0) -> datetime:
    """The first instant of a Taipei day, or of the day so many days later."""
    return at_taipei(day + timedelta(days=after))
