"""rosters: a finding of a cross-check, and the one that most of them are: a name that nobody knows. 規§5.1.1"""

from __future__ import annotations

from collections.abc import Iterator

from rules.instants import Model
from rules.school_files import Row


class Finding(Model):
    """A rule broken by a row, at a field of it (None: the row as a whole)."""

    rule: str
    stem: str
    row: Row
    field: str | None = None
    value: str | None = None
    detail: str = ""


def unknown(rule: str, stem: str, row: Row, field: str, known: frozenset[str] | None) -> Iterator[Finding]:
    """A finding where a field names what a readable file does not hold."""
    value = getattr(row, field)
    if value is not None and known is not None and value not in known:
        yield Finding(rule=rule, stem=stem, row=row, field=field, value=value)
