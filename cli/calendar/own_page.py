"""cli: one person's dates as a page and as a calendar feed, every date written by one function. 規§4.2"""

from __future__ import annotations

from collections.abc import Sequence

from cli.calendar.rehearsal_page import environment
from rosters.icalendar import Event, deadline, ics
from rules.own_dates import OwnDate, together
from rules.roc import roc_close, roc_instant


def own_feed(dates: Sequence[OwnDate], *, name: str) -> bytes:
    """The dates as one iCalendar file: a window from opening to close, a duty from opening to its date.

    Each deadline is an entry of its own too. Duties of a kind and lane that open and end together are one entry.
    """
    entries = [(_event(d), d.due) for d in together(dates)]
    return ics([e for event, due in entries for e in (event, deadline(event, due))], name=name)


def own_page(dates: Sequence[OwnDate], *, name: str) -> str:
    """The dates as one HTML page, duties that open and end together in one line."""
    return environment().get_template("mine.html.j2").render(dates=together(dates), name=name)


def _event(d: OwnDate) -> Event:
    text = f"{roc_instant(d.opens)} 開始;期限 {roc_close(d.due)};{roc_close(d.closes)} 關閉"
    if d.base is not None:
        text += f";原為 {roc_close(d.base)},已展延 {', '.join(d.extensions)}".rstrip()
    text += f";{d.daily}開放" if d.daily else ""
    uid = d.id or f"{d.period}/{d.lane}/{d.kind}"
    return Event(
        f"own/{uid}", f"{d.said} {d.period}", d.opens, d.closes, description=text,
        sequence=d.sequence, changed_at=d.changed_at,
    )  # fmt: skip
