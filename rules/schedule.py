"""rules: the shape of a school year's calendar (作業期程) and of the national windows (規§4.1, 規§4.2)."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Literal

from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError

from rules.days import OfficeYear, WorkingDays
from rules.instants import DAY, Clock, Instant, Model, SchoolDay, Span, at_taipei, taipei_day
from rules.items.schema import ItemBook


class SelfCheck(Model):
    """The self-check of an operation: its window and who checks (規§4.2)."""

    opens: Instant
    closes: Instant
    checker: str


class DailyHours(Model):
    """The hours of a day at which a window is open (08:00–21:00), Asia/Taipei; half-open within the day."""

    opens: Clock
    closes: Clock

    @model_validator(mode="after")
    def _ordered(self) -> DailyHours:
        if self.closes <= self.opens:
            raise ValueError("hours: closes must be after opens on the same day")
        return self

    def spans(self, opens: datetime, closes: datetime) -> tuple[Span, ...]:
        """The open spans between two instants, in order; a day that they only touch at closed hours gives none."""
        found, day = [], taipei_day(opens)
        while at_taipei(day, self.opens) < closes:
            first, last = max(opens, at_taipei(day, self.opens)), min(closes, at_taipei(day, self.closes))
            if first < last:
                found.append(Span(opens=first, closes=last))
            day += DAY
        return tuple(found)

    def after(self, opens: datetime, span: timedelta) -> datetime:
        """The earliest close after which first and last open instant since `opens` lie `span` apart.

        Where the span ends at a closed hour, the close is that of the next day's hours.
        """
        first = self.spans(opens, opens + 2 * DAY)[0].opens
        part = next(s for s in self.spans(first, first + span + 2 * DAY) if s.closes >= first + span)
        return first + span if part.opens < first + span else part.closes

    @property
    def text(self) -> str:
        """`08:00–21:00`, the one way to write them."""
        return f"{self.opens:%H:%M}–{self.closes:%H:%M}"


class WindowDates(Model):
    """The dates of one window of one lane: `due` is shown, `closes` is enforced, ladders hang on `due`.

    `period` is a semester (`115-1`) or a school year (`115`).
    """

    period: str = Field(pattern=r"^\d{3}(-[12])?$")
    lane: str
    kind: str
    opens: Instant
    due: Instant
    closes: Instant
    correction_closes: Instant | None = None
    hours: DailyHours | None = None
    self_check: SelfCheck | None = None
    source: str = ""
    assumed: bool = False

    @model_validator(mode="after")
    def _ordered(self) -> WindowDates:
        if not self.opens < self.due <= self.closes:
            raise ValueError("opens < due <= closes does not hold")
        if self.correction_closes and not self.opens < self.correction_closes <= self.closes:
            raise ValueError("opens < correction_closes <= closes does not hold")
        if self.hours:
            during = self.hours.spans(self.opens, self.closes)
            if not during:
                raise ValueError("hours: the window is open at no hour of them")
            if not any(s.opens < self.due <= s.closes for s in during):
                raise ValueError("hours: due lies where the window is shut")
        return self

    def spans(self, closes: datetime | None = None) -> tuple[Span, ...]:
        """The spans in which it is open until `closes` (its own close), where it has daily hours; else none."""
        return self.hours.spans(self.opens, closes or self.closes) if self.hours else ()

    def edge(self, name: str) -> datetime | None:
        """The instant of one edge, `self_check` being the close of its self-check; None where it has none."""
        if name == "self_check":
            return self.self_check.closes if self.self_check else None
        found: datetime | None = getattr(self, name)
        return found

    @property
    def span(self) -> Span:
        """The window as enforced."""
        return Span(opens=self.opens, closes=self.closes)


class DeadlineDate(Model):
    """The date of a duty that hangs on no window (meeting, briefing, training)."""

    period: str = Field(pattern=r"^\d{3}(-[12])?$")
    duty: str
    opens: Instant
    due: Instant
    source: str = ""
    assumed: bool = False


class SemesterDates(Model):
    """A semester's frame. `closing_ceremony` is the 休業式; law and teaching days differ (calendar 3.1)."""

    first_day: SchoolDay
    closing_ceremony: SchoolDay
    opens: Instant


class SchoolDays(Model):
    """Days of the school's own that no office calendar knows: 補行上課, exams, the anniversary; `last` is included."""

    kind: Literal["make_up_class", "exam", "national_exam", "anniversary", "no_lessons", "other"]
    first: SchoolDay
    last: SchoolDay
    title: str
    lanes: tuple[str, ...] = ()
    """Whom they concern; empty: everybody."""
    source: str = ""

    @model_validator(mode="after")
    def _ordered(self) -> SchoolDays:
        if self.last < self.first:
            raise ValueError("last lies before first")
        return self

    def holds(self, day: date, lane: str) -> bool:
        """Whether they cover `day` for `lane`."""
        return self.first <= day <= self.last and (not self.lanes or lane in self.lanes)


class Closure(Model):
    """A day on which the authority closed offices (停班), lessons (停課) or both, as for a typhoon."""

    day: SchoolDay
    offices: bool = True
    lessons: bool = True
    title: str
    source: str = ""


class Calendar(Model):
    """One version of a school year's dates, resolved by a meeting and published (規§3.1, 規§4.2)."""

    school_year: int = Field(ge=100, le=999)
    version: int = 1
    title: str
    opens: Instant
    semesters: dict[str, SemesterDates]
    windows: tuple[WindowDates, ...]
    deadlines: tuple[DeadlineDate, ...]
    source: str = ""
    school_days: tuple[SchoolDays, ...] = ()
    closures: tuple[Closure, ...] = ()

    @property
    def closed_days(self) -> frozenset[date]:
        """Days on which offices are closed by order: no working days (規§4.1)."""
        return frozenset(c.day for c in self.closures if c.offices)

    @model_validator(mode="after")
    def _once_each(self) -> Calendar:
        rows: dict[str, list[int]] = {}
        for number, w in enumerate(self.windows):
            rows.setdefault(f"{w.period}/{w.lane}/{w.kind}", []).append(number)
        twice = {name: found for name, found in rows.items() if len(found) > 1}
        if twice:
            said = "; ".join(f"window {name} stands twice" for name in twice)
            raise PydanticCustomError("twice", "{said}", {"said": said, "rows": twice})
        return self

    def window(self, period: str, lane: str, kind: str) -> WindowDates | None:
        """The window of `kind`, or None where the calendar has none for that lane."""
        return next((w for w in self.windows if (w.period, w.lane, w.kind) == (period, lane, kind)), None)

    def deadline(self, period: str, duty: str) -> DeadlineDate | None:
        """The date of a duty that hangs on no window."""
        return next((d for d in self.deadlines if (d.period, d.duty) == (period, duty)), None)


class NationalWindow(Model):
    """A window of the authority, with its letter. It never moves by itself (readings, "Which process")."""

    period: str
    kind: Literal["semester_submission", "yearly_submission"]
    lanes: tuple[str, ...]
    opens: Instant
    closes: Instant
    hours: DailyHours | None = None
    """The hours at which the central system takes anything."""
    letter_number: str = ""
    letter_date: SchoolDay | None = None
    url: str = ""
    verified: bool = False

    @model_validator(mode="after")
    def _ordered(self) -> NationalWindow:
        if self.closes <= self.opens:
            raise ValueError("opens < closes does not hold")
        if self.hours and not self.hours.spans(self.opens, self.closes):
            raise ValueError("hours: the window is open at no hour of them")
        return self

    def takes(self, instant: datetime) -> bool:
        """Whether something handed in just before `instant` is taken at that hour."""
        return self.hours is None or any(
            s.opens < instant <= s.closes for s in self.hours.spans(self.opens, self.closes)
        )


class FileLimit(Model):
    """Which files the authority takes: a role, a media type and its largest size in bytes."""

    role: Literal["document", "av"]
    media_type: str
    max_bytes: int = Field(gt=0)
    source: str


class National(Model):
    """The authority's dates and floors of one version, and the office calendar (規§12)."""

    version: int
    title: str
    windows: tuple[NationalWindow, ...]
    office_years: tuple[OfficeYear, ...]
    file_limits: tuple[FileLimit, ...] = ()
    upload_floor_days_after_closing: int = 14
    receipt_floor_hours: int = 72
    verify_floor_days: int = 3
    sources: tuple[str, ...] = ()
    items: ItemBook | None = None
    """What items hold in this school year; a file of its own (schools/national/items-<year>.yaml)."""

    def window(self, period: str, lane: str, kind: str) -> NationalWindow | None:
        """The authority's window for a lane's submission, or None where it is not known yet."""
        for w in self.windows:
            if (w.period, w.kind) == (period, kind) and lane in w.lanes:
                return w
        return None


def changed_windows(old: National, new: National) -> tuple[str, ...]:
    """The kinds of the authority's windows that are others than before, added or gone; each once, in order."""
    before, after = set(old.windows), set(new.windows)
    return tuple(sorted({w.kind for w in before ^ after}))


def working_days(national: National, calendar: Calendar) -> WorkingDays:
    """The office calendar less the days on which offices are closed by order (停班)."""
    return WorkingDays(national.office_years, calendar.closed_days)


def latest(*instants: datetime | None) -> datetime:
    """The latest of the instants that are given."""
    return max(x for x in instants if x is not None)
