"""rosters: roster, receipt and selection files become ledgers; a receipt is taken whole or refused. 規§6.2, 規§6.4.

Faults that say whose file it is (another school, period, roster) refuse it for good. Faults of single
rows, a file that breaks off and a receipt of another version refuse it too, unless a person decides, with
a reason, to take the part that could be read; what was left out is then counted and told.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from rosters.receiving.findings import Finding, Findings, Weight
from rosters.receiving.layout import DEEPEST_HEADER, name_of
from rosters.receiving.mapping import Mapping as FileMapping
from rosters.receiving.mapping import Tables
from rosters.receiving.reading import Content, Row, Stated, fits, read_content
from rosters.receiving.sheets import Raw, Unreadable, read_bytes, read_path
from rules.ledgers.differences import Owner
from rules.ledgers.line import Book, Columns, Ledger, Line, Place, Shape
from rules.ledgers.reconciliation import LeftOut, Reconciliation, reconcile

ROSTER_FORM = "workbook"
"""The mapping in which rosters themselves are written: a cover and a sheet a kind of row."""


@dataclass(slots=True)
class ReadFile:
    """One file that was read: what it says, in which form, and what is wrong with it."""

    book: Book
    name: str
    sha256: str = ""
    mapping: FileMapping | None = None
    content: Content | None = None
    findings: Findings = field(default_factory=lambda: Findings(""))

    @property
    def refused(self) -> bool:
        """Whether nothing of the file can count."""
        return self.content is None or self.findings.of(Weight.FATAL) > 0

    @property
    def needs_decision(self) -> bool:
        """Whether only an explicit decision makes a part of it count."""
        return self.findings.of(Weight.DECISION) > 0


@dataclass(frozen=True, slots=True)
class Outcome:
    """A comparison, or why there is none. `partial`: rows were left out by decision."""

    files: tuple[ReadFile, ...]
    reconciliation: Reconciliation | None
    partial: bool = False

    @property
    def findings(self) -> tuple[Finding, ...]:
        """What is wrong with all files, the roster's first."""
        return tuple(one for file in self.files for one in file.findings.all())


def read_roster(source: Path | tuple[str, bytes], tables: Tables, book: Book = Book.ROSTER) -> ReadFile:
    """A roster, or a selection written as one. Its columns are whatever its headers say."""
    read = ReadFile(book, _name(source), findings=Findings(_name(source)))
    raw = _raw(source, read)
    if raw is None:
        return read
    form = tables.mapping(ROSTER_FORM)
    if form is None or not fits(raw, form):
        cover = "" if form is None else "、".join(str(getattr(form.cover, name)) for name in form.needed)
        read.findings.tell("cover_missing", sheet="封面", detail=cover)
        return read
    read.mapping = form
    read.content = read_content(raw, form, tables, read.findings, _headers(raw))
    return read


def read_receipt(
    source: Path | tuple[str, bytes],
    tables: Tables,
    known: Iterable[str],
    *,
    mapping: str | None = None,
    book: Book = Book.RECEIPT,
) -> ReadFile:
    """A receipt in any form that the tables know. `known`: the roster's columns; `mapping` names one form."""
    read = ReadFile(book, _name(source), findings=Findings(_name(source)))
    raw = _raw(source, read)
    if raw is None:
        return read
    candidates = [m for m in tables.mappings if mapping in (None, m.id)]
    fitting = [m for m in candidates if fits(raw, m)]
    if len(fitting) != 1:
        rule, listed = ("mapping_ambiguous", fitting) if fitting else ("mapping_unknown", list(tables.mappings))
        read.findings.tell(rule, detail="、".join(m.id for m in listed))
        return read
    read.mapping = fitting[0]
    read.content = read_content(raw, fitting[0], tables, read.findings, frozenset(known))
    return read


def compare(
    roster: ReadFile,
    receipt: ReadFile,
    tables: Tables,
    *,
    selection: ReadFile | None = None,
    owner: Owner | None = None,
    accept_partial: bool = False,
    version: int | None = None,
    secret: bytes | None = None,
) -> Outcome:
    """The ledgers of the files, item by item; no comparison where a file is refused or needs a decision.

    `version`: the roster's version, where it is known and the receipt states one. `secret` keys the
    differences' ids; by default the roster's own hash, so that they hold for this version of the roster.
    """
    files = tuple(file for file in (roster, selection, receipt) if file is not None)
    if roster.content is not None and receipt.content is not None:
        _belongs(receipt, roster.content.stated, roster.sha256, version, roster.content.lines)
        if selection is not None and selection.content is not None:
            _belongs(selection, roster.content.stated, "", None)
        _sort_out_schools(receipt, roster)
        for file in files[1:]:
            _fit_columns(file, roster, tables)
    if any(file.refused for file in files) or roster.needs_decision or (selection and selection.needs_decision):
        return Outcome(files, None)
    if receipt.needs_decision and not accept_partial:
        return Outcome(files, None)
    assert roster.content is not None and receipt.content is not None
    shapes = {**dict.fromkeys(roster.content.columns), **tables.shapes}
    known = {sheet: shape or Shape(sheet=sheet, key=()) for sheet, shape in shapes.items()}
    ours, theirs = _pair(roster, receipt, known)
    chosen = None if selection is None else _pair(selection, roster, known)
    left_out: LeftOut | None = receipt.content.left_out if receipt.needs_decision else None
    found = reconcile(
        owner or tables.owner(roster.content.stated.code), ours, theirs, known,
        selection=chosen, left_out=left_out, secret=secret or bytes.fromhex(roster.sha256),
    )  # fmt: skip
    return Outcome(files, found, partial=receipt.needs_decision)


def columns_of(roster: ReadFile) -> frozenset[str]:
    """Every column that a roster has on any of its sheets."""
    if roster.content is None:
        return frozenset()
    return frozenset(name for names in roster.content.columns.values() for name in names)


def _name(source: Path | tuple[str, bytes]) -> str:
    return source.name if isinstance(source, Path) else source[0]


def _raw(source: Path | tuple[str, bytes], read: ReadFile) -> Raw | None:
    try:
        raw = read_path(source) if isinstance(source, Path) else read_bytes(*source)
    except Unreadable as refused:
        read.findings.tell(refused.rule, detail=refused.detail)
        return None
    read.sha256 = raw.sha256
    return raw


def _headers(raw: Raw) -> frozenset[str]:
    """Every text of the upper rows: a roster's own headers are never unknown to itself."""
    return frozenset(name_of(cell) for sheet in raw.sheets for row in sheet.rows[:DEEPEST_HEADER] for cell in row)


def _belongs(file: ReadFile, ours: Stated, sha256: str, version: int | None, expected: int = 0) -> None:
    """Tell when the file is of another school, period, roster or version than the roster."""
    assert file.content is not None
    theirs, tell = file.content.stated, file.findings.tell
    if file.sha256 == sha256:
        tell("roster_itself", detail=f"SHA-256 {sha256[:12]}…")
    if theirs.school != ours.school:
        tell("other_school", value=theirs.school, detail=f"{theirs.school} ≠ {ours.school}")
    if (theirs.year, theirs.semester) != (ours.year, ours.semester):
        tell("other_period", detail=f"{theirs.year}-{theirs.semester} ≠ {ours.year}-{ours.semester}")
    if theirs.code != ours.code:
        tell("other_roster", detail=f"{theirs.code} ≠ {ours.code}")
    if version is not None and theirs.version and theirs.version != str(version):
        tell("other_version", detail=f"v{theirs.version} ≠ v{version}")
    elif sha256 and theirs.roster_sha256 and theirs.roster_sha256.lower() != sha256:
        tell("other_version", detail=f"SHA-256 {theirs.roster_sha256[:12].lower()}… ≠ {sha256[:12]}…")
    read = file.content.lines + file.content.rows_left_out
    if file.findings.counts["truncated"]:
        file.content.nameless += 1
    elif theirs.lines is not None and read != theirs.lines:
        tell("count_differs", detail=f"{read} ≠ {theirs.lines}")
        file.content.nameless += max(theirs.lines - read, 0)
    if not read and expected:
        tell("nothing_received", detail=str(expected))


def _sort_out_schools(receipt: ReadFile, roster: ReadFile) -> None:
    """Rows of another school: of our people they are a difference, of others they are left out by decision."""
    assert receipt.content is not None and roster.content is not None
    school = roster.content.stated.school
    ours: set[str] | None = None
    for sheet, rows in receipt.content.rows.items():
        if not any(row.school not in ("", school) for row in rows):
            continue
        if ours is None:
            ours = {row.person for several in roster.content.rows.values() for row in several}
        kept: list[Row] = []
        for row in rows:
            if row.school in ("", school) or row.person in ours:
                kept.append(row)
            else:
                receipt.findings.tell("row_of_other_school", sheet=sheet, row=row.number, detail=row.school)
        receipt.content.rows[sheet] = kept


def _fit_columns(file: ReadFile, roster: ReadFile, tables: Tables) -> None:
    """Tell which sheets and columns cannot be compared."""
    assert file.content is not None and roster.content is not None
    for sheet, columns in sorted(file.content.columns.items()):
        if sheet not in roster.content.columns:
            if file.content.rows.get(sheet):
                known = sheet in tables.shapes
                if not known:
                    file.findings.tell("sheet_unknown", sheet=sheet)
            continue
        shape = tables.shapes.get(sheet)
        if shape is None:
            file.findings.tell("sheet_without_key", sheet=sheet)
        for name in roster.content.columns[sheet]:
            if name in columns:
                continue
            needed = shape is not None and name in shape.key
            file.findings.tell("column_missing" if needed else "column_not_compared", sheet=sheet, column=name)


def _pair(before: ReadFile, after: ReadFile, shapes: Mapping[str, Shape]) -> tuple[Ledger, Ledger]:
    """Two ledgers with the columns that both files have."""
    assert before.content is not None and after.content is not None
    columns: dict[str, Columns] = {}
    for sheet in {**before.content.columns, **after.content.columns}:
        a, b = before.content.columns.get(sheet), after.content.columns.get(sheet)
        both = set(a or ()) & set(b or ()) if a is not None and b is not None else {*(a or ()), *(b or ())}
        key = shapes[sheet].key if sheet in shapes else ()
        columns[sheet] = Columns(len(key), tuple(sorted(both - set(key))))
    return _ledger(before, columns, shapes), _ledger(after, columns, shapes)


def _ledger(file: ReadFile, columns: Mapping[str, Columns], shapes: Mapping[str, Shape]) -> Ledger:
    assert file.content is not None
    own = file.content.stated.school
    made = Ledger(file.book, file.name, columns)
    for sheet, rows in file.content.rows.items():
        key = shapes[sheet].key if sheet in shapes else ()
        names = (*key, *columns[sheet].others)
        for row in rows:
            values = [row.values.get(name, "") for name in names]
            if row.school in ("", own):
                made.add(sheet, row.person, values, row.number)
            else:
                fields = dict(zip(columns[sheet].others, values[len(key) :], strict=True))
                place = Place(file.name, sheet, row.number)
                made.foreign.append(Line(sheet, row.person, tuple(values[: len(key)]), fields, place, row.school))
    return made
