"""rosters: the rows of a roster or receipt file by our columns' names, and every fault with its place. 規§6.4."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from rosters.receiving.cells import CellRefused, calendar_of, read_cell, read_moment
from rosters.receiving.findings import Findings
from rosters.receiving.layout import (
    Header,
    cell_at,
    hidden_rows,
    is_blank,
    name_of,
    row_with,
    stated_text,
    whole_number,
)
from rosters.receiving.mapping import Mapping, Reads, Tables
from rosters.receiving.sheets import Raw, Sheet
from rosters.sis.tables import Cell
from rules.ledgers.reconciliation import LeftOut

COVER = "封面"
REJECTS = "(缺)"


@dataclass(frozen=True, slots=True)
class Stated:
    """What a file says about itself; a part that it does not state is empty."""

    school: str = ""
    year: str = ""
    semester: str = ""
    code: str = ""
    version: str = ""
    roster_sha256: str = ""
    issued: datetime | None = None
    lines: int | None = None


@dataclass(slots=True)
class Row:
    """One item of the file: values by our columns' names, without the person."""

    person: str
    values: dict[str, str]
    number: int
    school: str = ""


@dataclass(slots=True)
class Content:
    """A file's items by sheet, the columns that each sheet has, and what was left out."""

    stated: Stated
    columns: dict[str, tuple[str, ...]] = field(default_factory=dict)
    rows: dict[str, list[Row]] = field(default_factory=dict)
    persons_left_out: set[str] = field(default_factory=set)
    rows_left_out: int = 0
    nameless: int = 0

    @property
    def left_out(self) -> LeftOut:
        """The rows that could not be read."""
        return LeftOut(frozenset(self.persons_left_out), self.nameless)

    @property
    def lines(self) -> int:
        """How many items were read."""
        return sum(len(rows) for rows in self.rows.values())


def fits(raw: Raw, mapping: Mapping) -> bool:
    """Whether a file has the outward form of a mapping."""
    wanted = {str(getattr(mapping.cover, name)) for name in mapping.needed}
    if mapping.layout == "workbook":
        cover = next((s for s in raw.sheets if s.name == COVER), None)
        return cover is not None and row_with(cover, wanted) is not None
    return any(row_with(sheet, wanted) is not None for sheet in raw.sheets)


def read_content(raw: Raw, mapping: Mapping, tables: Tables, found: Findings, known: frozenset[str]) -> Content | None:
    """Everything in the file, or None when it cannot even be told whose it is.

    `known`: columns that the roster has; others are told as unknown. A row with a fault is left out whole.
    """
    if raw.truncated:
        found.tell("truncated")
    for name in raw.hidden:
        found.tell("sheet_hidden", sheet=name)
    reader = _Reader(mapping, tables, found, known)
    return reader.workbook(raw) if mapping.layout == "workbook" else reader.one_table(raw)


class _Reader:
    def __init__(self, mapping: Mapping, tables: Tables, found: Findings, known: frozenset[str]) -> None:
        self.mapping, self.tables, self.found, self.known = mapping, tables, found, known
        self.person = tables.columns.person[0]
        self.stated_at = {
            name: str(column) for name, column in mapping.cover.model_dump().items() if column is not None
        }

    def workbook(self, raw: Raw) -> Content | None:
        cover = next(s for s in raw.sheets if s.name == COVER)
        at = row_with(cover, {self.stated_at[name] for name in self.mapping.needed})
        if at is None or len(cover.rows) <= at + 1:
            self.found.tell(
                "cover_missing", sheet=COVER, detail="、".join(self.stated_at[n] for n in self.mapping.needed)
            )
            return None
        names = [name_of(cell) for cell in cover.rows[at]]
        values = cover.rows[at + 1]
        cells = {
            n: values[names.index(c)] for n, c in self.stated_at.items() if c in names and names.index(c) < len(values)
        }
        stated = self._stated(cells, COVER, at + 2)
        if stated is None:
            return None
        content = Content(stated)
        for sheet in raw.sheets:
            if sheet.name == COVER:
                continue
            if sheet.name.endswith((REJECTS, "(缺)")):
                self.found.tell("rejects_skipped", sheet=sheet.name)
                continue
            self._sheet(sheet, content)
        return content

    def one_table(self, raw: Raw) -> Content | None:
        wanted = {self.stated_at[name] for name in self.mapping.needed}
        sheet = next((s for s in raw.sheets if row_with(s, wanted) is not None), None)
        header = None if sheet is None else self._header(sheet, wanted)
        if sheet is None or header is None:
            self.found.tell("cover_missing", detail="、".join(sorted(wanted)))
            return None
        stated = self._stated_in_rows(sheet, header)
        if stated is None:
            return None
        content = Content(stated)
        self._rows(sheet, header, content, self.stated_at["sheet"])
        return content

    # ── what the file says about itself ──────────────────────────────────────────────────────────

    def _stated(self, cells: dict[str, Cell], sheet: str, row: int) -> Stated | None:
        texts: dict[str, str] = {}
        for name in ("school", "year", "semester", "code", "version", "roster_sha256"):
            if name not in cells:
                continue
            column = self.stated_at[name]
            try:
                texts[name] = read_cell(
                    cells[name], Reads.NUMBER if name in ("year", "semester", "version") else Reads.CODE
                )
            except CellRefused as refused:
                # 名冊別 and the like are short numbers that lose nothing as a number; a school code can lose a zero.
                if refused.rule == "number_as_text" and name == "code":
                    texts[name] = read_cell(cells[name], Reads.NUMBER)
                    continue
                self.found.tell(
                    refused.rule, sheet=sheet, row=row, column=column, value=cells[name], detail=refused.detail
                )
        missing = [self.stated_at[n] for n in self.mapping.needed if n != "sheet" and not texts.get(n)]
        if missing:
            self.found.tell("cover_missing", sheet=sheet, row=row, detail="、".join(missing))
            return None
        return Stated(
            **texts, issued=self._issued(cells.get("issued"), sheet, row), lines=whole_number(cells.get("lines"))
        )

    def _issued(self, cell: Cell | None, sheet: str, row: int) -> datetime | None:
        if cell is None or cell == "":
            return None
        column = self.stated_at["issued"]
        try:
            moment, late = read_moment(cell)
        except CellRefused as refused:
            self.found.tell(
                "instant_unreadable", sheet=sheet, row=row, column=column, value=cell, detail=refused.detail
            )
            return None
        if late:
            self.found.tell("clock_24", sheet=sheet, row=row, column=column, value=cell)
        return moment

    def _stated_in_rows(self, sheet: Sheet, header: Header) -> Stated | None:
        """The common columns, which every row repeats; the school may differ from row to row."""
        places = {n: header.columns[c] for n, c in self.stated_at.items() if c in header.columns and n != "sheet"}
        first: dict[str, Cell] = {}
        schools: dict[str, int] = {}
        for number, cells in enumerate(sheet.rows[header.row + 1 :], start=header.row + 2):
            if is_blank(cells):
                continue
            for name, at in places.items():
                cell = cells[at] if at < len(cells) else ""
                if name == "school":
                    schools[str(cell).strip()] = schools.get(str(cell).strip(), 0) + 1
                elif name in first and name != "issued" and stated_text(cell) not in ("", stated_text(first[name])):
                    self.found.tell(
                        "cover_mixed", row=number, column=self.stated_at[name], value=cell, detail=self.stated_at[name]
                    )
                    return None
                first.setdefault(name, cell)
        if not first:
            self.found.tell("no_rows")
            return None
        # Rows of other schools are judged one by one; the file belongs to the school with most of them.
        most = max(sorted(schools), key=lambda code: schools[code], default="")
        first["school"] = next(
            (
                c[places["school"]]
                for c in sheet.rows[header.row + 1 :]
                if places["school"] < len(c) and str(c[places["school"]]).strip() == most
            ),
            most,
        )
        return self._stated(first, sheet.name, header.row + 2)

    # ── rows ─────────────────────────────────────────────────────────────────────────────────────

    def _sheet(self, sheet: Sheet, content: Content) -> None:
        if all(is_blank(row) for row in sheet.rows):
            return
        header = self._header(sheet, {self.person})
        if header is None:
            self.found.tell("column_missing", sheet=sheet.name, column=self.person)
            return
        self._rows(sheet, header, content, None)

    def _header(self, sheet: Sheet, wanted: set[str]) -> Header | None:
        at = row_with(sheet, wanted, self.mapping.ours)
        if at is None:
            return None
        if at:
            self.found.tell("title_rows", sheet=sheet.name, row=at + 1, detail=str(at + 1))
        header = Header(at, {})
        for index, cell in enumerate(sheet.rows[at]):
            theirs = name_of(cell)
            if not theirs:
                continue
            header.width = index + 1
            name = theirs if theirs in self.mapping.common else self.mapping.ours.get(theirs, theirs)
            if name in header.columns:
                header.twice.append(theirs)
                self.found.tell("column_twice", sheet=sheet.name, row=at + 1, column=theirs)
            elif name in self.known or name in self.mapping.common or name == self.person:
                header.columns[name] = index
            else:
                header.unknown.append(theirs)
                self.found.tell("column_unknown", sheet=sheet.name, row=at + 1, column=theirs)
        return header

    def _rows(self, sheet: Sheet, header: Header, content: Content, sheet_column: str | None) -> None:
        names = [name for name in header.columns if name not in self.mapping.common and name != self.person]
        if self.person not in header.columns:
            self.found.tell("column_missing", sheet=sheet.name, row=header.row + 1, column=self.person)
            return
        hidden = hidden_rows(sheet, {header.columns[n] for n in (*names, self.person)})
        marked = {row for row, _ in sheet.formulas | sheet.errors}
        days = {name for name in names if self.tables.reads.get(name) is Reads.DAY}
        calendars: dict[tuple[str, str], set[str]] = {}
        if sheet_column is None:
            content.columns[sheet.name] = tuple(names)
            content.rows.setdefault(sheet.name, [])
        for index in range(header.row + 1, len(sheet.rows)):
            cells = sheet.rows[index]
            if is_blank(cells) and index not in marked and index not in hidden:
                continue
            name = sheet.name if sheet_column is None else name_of(cell_at(cells, header.columns[sheet_column]))
            whole = not self._faults_of_row(sheet, header, index, cells, hidden, name)
            row = self._row(sheet, header, index, cells, names, name)
            if row is None or not whole:
                self._leave_out(content, header, cells)
                continue
            for column in days:
                calendar = calendar_of(cell_at(cells, header.columns[column]))
                if calendar is not None:
                    calendars.setdefault((name, column), set()).add(calendar)
            content.columns.setdefault(name, tuple(names))
            content.rows.setdefault(name, []).append(row)
        for (name, column), several in calendars.items():
            if len(several) > 1:
                self.found.tell("days_mixed", sheet=name, column=column)

    def _faults_of_row(
        self, sheet: Sheet, header: Header, index: int, cells: Sequence[Cell], hidden: set[int], name: str
    ) -> bool:
        faults = False
        if index in hidden:
            self.found.tell("merged", sheet=name, row=index + 1)
            faults = True
        if any(str(extra).strip() for extra in cells[header.width :]):
            self.found.tell("cell_without_column", sheet=name, row=index + 1)
            faults = True
        return faults

    def _row(
        self, sheet: Sheet, header: Header, index: int, cells: Sequence[Cell], names: Iterable[str], sheet_name: str
    ) -> Row | None:
        values: dict[str, str] = {}
        whole = True
        for name in (self.person, *names):
            at = header.columns[name]
            cell = cell_at(cells, at)
            personal = name == self.person or name in self.tables.columns.personal
            try:
                if (index, at) in sheet.formulas:
                    raise CellRefused("formula")
                if (index, at) in sheet.errors:
                    raise CellRefused("error_value")
                values[name] = read_cell(cell, self.tables.reads.get(name, Reads.TEXT))
                if name == self.person and not values[name]:
                    raise CellRefused("empty")
            except CellRefused as refused:
                self.found.tell(
                    refused.rule, sheet=sheet_name, row=index + 1, column=name, value=cell, detail=refused.detail,
                    personal=personal,
                )  # fmt: skip
                whole = False
        if not whole:
            return None
        school = ""
        if self.mapping.row_school in header.columns:
            school = str(cell_at(cells, header.columns[self.mapping.row_school])).strip().upper()
        return Row(values.pop(self.person), values, index + 1, school)

    def _leave_out(self, content: Content, header: Header, cells: Sequence[Cell]) -> None:
        try:
            person = read_cell(cell_at(cells, header.columns[self.person]), Reads.PERSON)
        except CellRefused:
            person = ""
        content.rows_left_out += 1
        if person:
            content.persons_left_out.add(person)
        else:
            content.nameless += 1
