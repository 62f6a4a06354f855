"""rules: how lint rules write what they found: places, instants and counts, the same in both languages."""

from __future__ import annotations

from datetime import date, datetime

from rules.instants import TAIPEI
from rules.lint.case import ends
from rules.lint.model import Hit, Path
from rules.roc import WEEKDAYS
from rules.schedule import DeadlineDate, WindowDates

NONE = "無 · none"


def when(instant: datetime) -> str:
    """`2027-02-03(三) 17:00`; midnight is `24:00` of the day that it ends."""
    shown = instant.astimezone(TAIPEI)
    if (shown.hour, shown.minute, shown.second) == (0, 0, 0):
        return f"{day(ends(instant))} 24:00"
    return f"{day(shown.date())} {shown:%H:%M}"


def day(of: date) -> str:
    """`2027-02-03(三)`."""
    return f"{of}({WEEKDAYS[of.weekday()]})"


def days(count: int) -> str:
    """`3 個上班日 · working days`."""
    return f"{count} 個上班日 · working days"


def at_window(n: int, w: WindowDates, edge: str, found: str, limit: str) -> Hit:
    """A hit at one date of a window."""
    path: Path = ("windows", n, *edge.split(".")) if edge else ("windows", n)
    return Hit(path, f"{w.period} {w.lane} {w.kind}" + (f" {edge}" if edge else ""), found, limit)


def at_deadline(n: int, d: DeadlineDate, edge: str, found: str, limit: str) -> Hit:
    """A hit at one date of a duty."""
    return Hit(("deadlines", n, edge), f"{d.period} {d.duty} {edge}", found, limit)


def at(path: str, found: str, limit: str) -> Hit:
    """A hit at a named place of the calendar file: `semesters.115-1.first_day`."""
    return Hit(tuple(path.split(".")), path, found, limit)


def about(place: str, found: str, limit: str) -> Hit:
    """A hit that stands in no line of the calendar: in the rule set, the authority's document or the people."""
    return Hit((), place, found, limit)
