"""records: the handlers of all commands, a module each subject; importing this registers them."""

from records.commands import (
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
