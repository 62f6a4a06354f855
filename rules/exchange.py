"""rules: what the records need of the outside world's formats, and what those give back. rosters/ fulfils it.

Values travel typed, by the roster schema's column ids; personal values never reach a table, a fact or a log.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol
from uuid import UUID

from rules.lint.model import Limits
from rules.rehearsals.data import Assumptions
from rules.school_files import Known, SchoolFiles


@dataclass(frozen=True, slots=True)
class RosterRow:
    """One line to be: its sheet, whose it is, of which item, and the typed values by column id."""

    sheet: str
    person: UUID
    values: Mapping[str, Any]
    item: UUID | None = None
    salt: bytes = b""
    """Derived from the person's key, so that no hash of the line says anything once the key is destroyed."""


@dataclass(frozen=True, slots=True)
class RosterOrder:
    """Which roster to write: its id, the cover's values, the rows in any order.

    `code` is the 名冊別, empty where the school's rules name none: then the national book's usual one is
    taken. `semester` 0 stands for a yearly roster (central database, workbook convention).
    """

    roster: str
    school: str
    year: int
    semester: int
    code: str
    rows: Sequence[RosterRow]
    selected: bool = False
    """Whether its rows are what students selected: then there is a third ledger."""


@dataclass(frozen=True, slots=True)
class WrittenLine:
    """One line as written: where, its natural key and digest, and which row of the order it came from."""

    sheet: str
    row: int
    natural_key: str
    digest: str
    source: int


@dataclass(frozen=True, slots=True)
class FoundCheck:
    """A check of the data doctor that found something: where (sheet, row, column), and whose work it is."""

    name: str
    severity: str
    post: str
    places: tuple[tuple[str, int, str], ...]


@dataclass(frozen=True, slots=True)
class Written:
    """A roster as bytes, its 名冊別, its lines, the rows that could not be submitted, what the doctor found."""

    content: bytes
    code: str
    lines: tuple[WrittenLine, ...]
    rejects: int
    checks: tuple[FoundCheck, ...]
    precheck_code: str = ""
    """The 名冊別 of the pre-check, empty where this roster has none."""
    precheck: bytes = b""
    """The pre-check's workbook: the same rows, only the columns that a pre-check fills."""


@dataclass(frozen=True, slots=True)
class FoundDifference:
    """One place in which the ledgers do not agree. Rows are those of the files, the header being row 1."""

    id: str
    kind: str
    step: str
    sheet: str
    roster_row: int | None
    receipt_row: int | None
    fields: tuple[str, ...]
    national_id: str = ""
    """Whose line it is, to find the person; it goes no further."""


@dataclass(frozen=True, slots=True)
class Compared:
    """A receipt held against what was sent and what was selected."""

    lines: int
    unread: int
    differences: tuple[FoundDifference, ...]


@dataclass(frozen=True, slots=True)
class BadRow:
    """What is wrong at one place of a school's file; personal values are masked already."""

    file: str
    row: int | None
    column: str | None
    value: str | None
    rule: str
    severity: str
    message: str
    message_en: str
    remedy: str
    remedy_en: str
    clause: str


class Formats(Protocol):
    """The outside world's formats."""

    media_type: str
    limits: Limits
    """Numbers of the calendar's linter that no clause gives."""
    assumptions: Assumptions
    """What a rehearsal assumes about people."""

    def write(self, order: RosterOrder) -> Written:
        """The roster's workbook; the same order gives the same bytes. Raises Refused for what no schema knows."""
        ...

    def school_files(
        self, contents: Mapping[str, bytes], *, school: str, known: Known
    ) -> tuple[SchoolFiles, tuple[BadRow, ...]]:
        """Some of a school's files by name, read beside what is known; rows with an error are left out."""
        ...

    def compare(
        self, order: RosterOrder, roster: bytes, receipt: bytes, *, version: int, accept_partial: bool
    ) -> Compared:
        """Compare a receipt with the roster that was sent and with `order`, what is selected now.

        Raises Refused(receipt_unreadable, receipt_mismatch) that names the place; nothing is kept then.
        """
        ...
