"""records: the handlers of all commands, a module each subject; importing this registers them."""

from records.commands import dates, duties, extensions, handovers, items, meetings, people, receipts, submissions, years

__all__ = [
    "dates",
    "duties",
    "extensions",
    "handovers",
    "items",
    "meetings",
    "people",
    "receipts",
    "submissions",
    "years",
]
