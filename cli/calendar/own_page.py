"""cli: one person's dates as a page and as a calendar feed, every date written by one function. 規§4.2"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from cli.calendar.rehearsal_page import environment
from rosters.icalendar import Event, deadline, ics
from rules.own_dates import OwnDate
from rules.roc import roc_close, roc_instant


def own_feed(dates: Sequence[OwnDate], *, name: str) -> bytes:
    """The dates as one iCalendar file: a window from opening to close, a duty from opening to its date.

    Each deadline is an entry of its own too, once for all duties of a kind and lane that end together.
    """
    return ics([*map(_event, dates), *_deadlines(dates)], name=name)


def _deadlines(dates: Sequence[OwnDate]) -> list[Event]:
    together: dict[tuple[str, str, str, str, datetime], list[OwnDate]] = {}
    for d in sorted(dates, key=lambda d: d.id):
        together.setdefault((d.title, d.period, d.lane, d.kind, d.due), []).append(d)
    made = []
    for first, *others in together.values():
        event = deadline(_event(first), first.due)
        title = f"{event.title}({len(others) + 1} 項)" if others else event.title
        made.append(replace(event, title=title, sequence=max(d.sequence for d in (first, *others))))
    return made


def own_page(dates: Sequence[OwnDate], *, name: str) -> str:
    """The dates as one HTML page."""
    return environment().get_template("mine.html.j2").render(dates=dates, name=name)


def _event(d: OwnDate) -> Event:
    text = f"{roc_instant(d.opens)} 開始;期限 {roc_close(d.due)};{roc_close(d.closes)} 關閉"
    if d.base is not None:
        text += f";原為 {roc_close(d.base)},已展延 {', '.join(d.extensions)}".rstrip()
    text += f";{d.daily}開放" if d.daily else ""
    uid = d.id or f"{d.period}/{d.lane}/{d.kind}"
    return Event(
        f"own/{uid}", f"{d.title} {d.period}", d.opens, d.closes, description=text,
        sequence=d.sequence, changed_at=d.changed_at,
    )  # fmt: skip
