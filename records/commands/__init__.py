"""records: the handlers of all commands, a module each subject; importing this registers them."""

from records.commands import (
    bulk,
    calendars,
    dates,
    differences,
    duties,
    extensions,
    handovers,
    imports,
    items,
    leavers,
    meetings,
    national,
    people,
    receipts,
    submissions,
    years,
)

__all__ = [
    "bulk",
    "calendars",
    "dates",
    "differences",
    "duties",
    "extensions",
    "handovers",
    "imports",
    "items",
    "leavers",
    "meetings",
    "national",
    "people",
    "receipts",
    "submissions",
    "years",
]
