"""rosters: iCalendar files (RFC 5545), with the VTIMEZONE of Asia/Taipei. 規§4.2."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from functools import cache

import icalendar

from rules.instants import DAY, TAIPEI, taipei_day

PRODUCT = "-//Licheng//calendar//ZH"
_STAMP = datetime(2026, 8, 1, tzinfo=UTC)
"""The same events give the same bytes on every machine: a stamp of the clock would not."""


@dataclass(frozen=True, slots=True)
class Event:
    """One entry. Half-open: `closes` is the first instant after it; an all-day entry covers its Taipei days."""

    uid: str
    title: str
    opens: datetime
    closes: datetime
    all_day: bool = False
    description: str = ""
    sequence: int = 0
    """How often its dates were set: a higher number replaces what a subscriber holds under the same uid."""
    changed_at: datetime | None = None
    """When its dates were last set; None where nothing is known of it."""


DRAWN = timedelta(minutes=15)
"""An instant has no length, but calendars draw nothing without one."""


def deadline(event: Event, due: datetime) -> Event:
    """The announced deadline of a window or duty as an entry of its own, ending at that instant.

    An entry of months shows its beginning in a month's view, and not the day that matters.
    """
    return replace(event, uid=f"due/{event.uid}", title=f"期限:{event.title}", opens=due - DRAWN, closes=due)


def ics(events: Sequence[Event], *, name: str = "", stamp: datetime = _STAMP) -> bytes:
    """The events as one iCalendar file, sorted by their start; instants are UTC, written in Asia/Taipei."""
    calendar = icalendar.Calendar()
    calendar.add("prodid", PRODUCT)
    calendar.add("version", "2.0")
    if name:
        calendar.add("x-wr-calname", name)
    for event in sorted(events, key=lambda e: (e.opens, e.uid)):
        calendar.add_component(_entry(event, stamp))
    if any(not e.all_day for e in events):
        first, last = min(e.opens for e in events), max(e.closes for e in events)
        calendar.subcomponents.insert(0, _zone(first.year, last.year + 1))
    written: bytes = calendar.to_ical()
    return written


@cache
def _zone(first: int, last: int) -> icalendar.Timezone:
    """The VTIMEZONE of Asia/Taipei for some years: finding its rules is half of the work of a feed."""
    return icalendar.Timezone.from_tzid(TAIPEI.key, first_date=date(first, 1, 1), last_date=date(last, 1, 1))


def _entry(event: Event, stamp: datetime) -> icalendar.Event:
    entry = icalendar.Event()
    entry.add("uid", event.uid)
    entry.add("dtstamp", event.changed_at or stamp)
    if event.changed_at is not None:
        entry.add("last-modified", event.changed_at)
    entry.add("sequence", event.sequence)
    entry.add("summary", event.title)
    if event.all_day:
        first = taipei_day(event.opens)
        # The end day is exclusive in this format; a close inside a day still covers that day.
        last = taipei_day(max(event.closes, event.opens + timedelta(microseconds=1)) - timedelta(microseconds=1))
        entry.add("dtstart", first)
        entry.add("dtend", last + DAY)
    else:
        entry.add("dtstart", event.opens.astimezone(TAIPEI))
        entry.add("dtend", event.closes.astimezone(TAIPEI))
    if event.description:
        entry.add("description", event.description)
    return entry
