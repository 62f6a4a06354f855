"""records: the handlers of all commands, a module each subject; importing this registers them."""

from records.commands import (
    bulk,
    dates,
    differences,
    duties,
    extensions,
    handovers,
    imports,
    items,
    leavers,
    meetings,
    people,
    receipts,
    submissions,
    years,
)

__all__ = [
    "bulk",
    "dates",
    "differences",
    "duties",
    "extensions",
    "handovers",
    "imports",
    "items",
    "leavers",
    "meetings",
    "people",
    "receipts",
    "submissions",
    "years",
]
