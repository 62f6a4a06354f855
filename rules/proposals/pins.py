"""rules: dates of a draft that the school's own calendar names; what hangs on them moves along. 規§4.1."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Literal

from rules.days import WorkingDays
from rules.instants import taipei_day
from rules.lint.case import ends, start_of

Edge = Literal["opens", "due", "closes"]
Key = tuple[str, ...]
"""(period, lane, kind) of a window, (period, duty) of a dated duty."""


@dataclass(frozen=True, slots=True)
class Pin:
    """One edge as a row of the school's calendar dates it; `row` names that row. `whole`: the window keeps its length."""

    edge: Edge
    at: datetime
    row: str
    whole: bool = False


Pins = Mapping[Key, tuple[Pin, ...]]
_SAID = {"opens": "開始", "due": "期限", "closes": "關閉"}


@dataclass(frozen=True, slots=True)
class Span:
    """The edges of a window of a draft."""

    opens: datetime
    due: datetime
    closes: datetime
    correction: datetime | None = None


def pinned(span: Span, pins: tuple[Pin, ...], days: WorkingDays) -> Span:
    """The span with these edges; what no pin names keeps its distance in working days, forward or back. Raises CalendarMissing."""
    for pin in pins:
        span = _pin(span, pin, days, {p.edge for p in pins})
    return span


def _pin(span: Span, pin: Pin, days: WorkingDays, named: set[Edge]) -> Span:
    if pin.edge == "opens":
        count = days.between(taipei_day(span.opens), taipei_day(pin.at))
        moved = span if not (pin.whole or pin.at >= span.due) or named != {"opens"} else _ends_moved(span, count, days)
        return replace(moved, opens=pin.at)
    if pin.edge == "due":
        count = days.between(ends(span.due), ends(pin.at))
        moved = _ends_moved(span, count, days)
        closes = moved.closes
        if ends(span.closes) == ends(span.due):
            closes = start_of(ends(pin.at), 1) if span.closes == start_of(ends(span.due), 1) else pin.at
        opens = span.opens
        if (pin.whole or opens >= pin.at) and "opens" not in named:
            opens = _moved(opens, count, days, taipei_day(opens))
        return replace(moved, opens=opens, due=pin.at, closes=max(closes, pin.at))
    count = days.between(ends(span.closes), ends(pin.at))
    correction = span.correction and _moved(span.correction, count, days, ends(span.correction))
    return replace(span, due=min(span.due, pin.at), closes=pin.at, correction=correction)


def _ends_moved(span: Span, count: int, days: WorkingDays) -> Span:
    correction = span.correction and _moved(span.correction, count, days, ends(span.correction))
    due, closes = (_moved(x, count, days, ends(x)) for x in (span.due, span.closes))
    return replace(span, due=due, closes=closes, correction=correction)


def _moved(instant: datetime, count: int, days: WorkingDays, day: date) -> datetime:
    return instant + (days.shift(day, count) - day) if count else instant


def said_of(pins: tuple[Pin, ...]) -> str:
    """`cal.csv:5「…上傳截止日」(期限)`: which row names which edges."""
    rows: dict[str, list[str]] = {}
    for pin in pins:
        rows.setdefault(pin.row, []).append(_SAID[pin.edge])
    return "、".join(f"{row}({'、'.join(edges)})" for row, edges in rows.items())
