"""rosters: the outside world's formats as records ask for them (rules/exchange.py): rosters, receipts, school files."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from rosters.documents import load_document
from rosters.examining import table_of_lines
from rosters.receipts import Outcome, columns_of, compare, read_receipt, read_roster
from rosters.receiving.findings import Weight
from rosters.receiving.mapping import DEFAULT, Tables, load_tables
from rosters.schemas import load_rosters
from rosters.sis_import import ImportProblem, read_changes
from rosters.writing.lines import RosterLines, lines_of
from rosters.writing.workbook import workbook
from rules.exchange import BadRow, Compared, FoundDifference, RosterOrder, Written
from rules.ledgers.differences import Difference
from rules.ledgers.line import Book, Place
from rules.lint.model import Limits
from rules.refusals import Code, Refused, refuse
from rules.rehearsals.data import Assumptions
from rules.rosters.checks.doctor import examine
from rules.rosters.schema import RosterBook
from rules.school_files import Known, SchoolFiles

SCHOOLS = Path(__file__).resolve().parents[1] / "schools"
LIMITS = SCHOOLS / "lint.yaml"
ASSUMPTIONS = SCHOOLS / "assumptions.yaml"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


class SchoolFormats:
    """Implements rules.exchange.Formats with the workbooks of this folder and the tables of schools/national/."""

    media_type = XLSX

    def __init__(self, tables: Tables | None = None, rosters: RosterBook | None = None) -> None:
        self._tables = tables or load_tables(DEFAULT)
        self._rosters = rosters or load_rosters()
        self.limits = load_document(LIMITS, Limits)
        self.assumptions = load_document(ASSUMPTIONS, Assumptions)

    def write(self, order: RosterOrder) -> Written:
        """The roster's workbook with its lines. Raises Refused(not_found) for what no schema knows."""
        made = lines_of(order, self._rosters)
        checks = examine(table_of_lines(made), self._rosters).checks
        code, precheck = self._precheck(order, made)
        return Written(workbook(made), made.code.code, tuple(made.lines), made.rejects, checks, code, precheck)

    def _precheck(self, order: RosterOrder, made: RosterLines) -> tuple[str, bytes]:
        """The pre-check's code and workbook; nothing for a roster without one, or for a pre-check itself."""
        known = made.schema.precheck_code(made.code.division)
        if known is None or made.code.precheck:
            return "", b""
        return known.code, workbook(lines_of(replace(order, code=known.code), self._rosters))

    def school_files(
        self, contents: Mapping[str, bytes], *, school: str, known: Known
    ) -> tuple[SchoolFiles, tuple[BadRow, ...]]:
        """Some of a school's files by name, read beside what is known."""
        files, problems = read_changes(contents, school_code=school, known=known)
        return files, tuple(_bad_row(p) for p in problems)

    def compare(
        self, order: RosterOrder, roster: bytes, receipt: bytes, *, version: int, accept_partial: bool
    ) -> Compared:
        """Hold a receipt against the roster that was sent and against what is selected now.

        Raises Refused(receipt_unreadable) with the first place of a file that is refused, or that
        asks for a decision that was not given.
        """
        ours = read_roster(("roster.xlsx", roster), self._tables)
        theirs = read_receipt(("receipt", receipt), self._tables, columns_of(ours))
        chosen = None
        if order.selected:
            content = workbook(lines_of(order, self._rosters))
            chosen = read_roster(("selection.xlsx", content), self._tables, Book.SELECTION)
        found = compare(ours, theirs, self._tables, selection=chosen, accept_partial=accept_partial, version=version)
        if found.reconciliation is None:
            raise _unreadable(found)
        lines = found.reconciliation.lines.get(Book.RECEIPT, 0)
        unread = theirs.content.rows_left_out if theirs.content is not None else 0
        return Compared(lines, unread, tuple(_difference(d) for d in found.reconciliation.differences))


def _bad_row(p: ImportProblem) -> BadRow:
    return BadRow(
        p.file, p.row, p.column, p.value, p.rule, p.severity.value, p.message_zh, p.message_en, p.remedy_zh,
        p.remedy_en, p.clause,
    )  # fmt: skip


def _unreadable(found: Outcome) -> Refused:
    worst = [f for f in found.findings if f.weight is not Weight.WARNING]
    first = worst[0] if worst else found.findings[0]
    place = f"{first.sheet} {first.row or ''} {first.column} ({first.rule})"
    return refuse(Code.RECEIPT_UNREADABLE, clause="規§6.4", place=place, found=len(worst))


def _difference(d: Difference) -> FoundDifference:
    roster, receipt = (d.places.get(book) for book in (Book.ROSTER, Book.RECEIPT))
    return FoundDifference(
        id=d.id,
        kind=d.kind.value,
        step=d.step.value,
        sheet=d.sheet,
        roster_row=_row(roster),
        receipt_row=_row(receipt),
        fields=tuple(c.column for c in d.changes),
        national_id=d.person,
    )


def _row(place: Place | None) -> int | None:
    return place.row if place is not None and isinstance(place.row, int) else None
