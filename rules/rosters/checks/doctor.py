"""rules: the data doctor: every check on one roster, whoever wrote the file. Pure. 規§4.2, 規§6.3."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from rules.exchange import FoundCheck
from rules.rosters.checks.catalogue import Severity
from rules.rosters.checks.cells import check_cells
from rules.rosters.checks.context import Context, read_cover
from rules.rosters.checks.layout import fit
from rules.rosters.checks.rows import check_rows
from rules.rosters.checks.table import Found, Table
from rules.rosters.checks.together import check_together
from rules.rosters.schema import RosterBook


@dataclass(frozen=True, slots=True)
class Diagnosis:
    """What the doctor says of a roster. `context` is None where it could not be told which roster it is."""

    context: Context | None
    rows: int
    checks: tuple[FoundCheck, ...]

    @property
    def green(self) -> bool:
        """Whether nothing holds the roster back."""
        return all(c.severity != Severity.ERROR.value for c in self.checks)


def examine(table: Table, book: RosterBook, on: date | None = None) -> Diagnosis:
    """Every check of the catalogue on one roster. `on`: today; without it the school year's end bounds days."""
    found = Found()
    context = read_cover(table, book, found, on)
    if context is None:
        return Diagnosis(None, 0, found.checks("", book.doctor.desks))
    sheets = fit(table, context, found)
    for sheet in sheets:
        check_cells(sheet, context, found)
        check_rows(sheet, context, found)
    check_together(sheets, found)
    return Diagnosis(context, sum(len(s.live) for s in sheets), found.checks(context.schema.owner, book.doctor.desks))
