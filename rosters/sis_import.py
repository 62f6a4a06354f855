"""rosters: a registrar's folder of files read into typed rows and problems. Nothing is guessed, nothing raised.

Files: students, classes, staff, posts, courses, enrolments, grades, cadre, advisory, each .csv or .xlsx. Names, ids and
grades come from the student information system (規§5.1.1, 規§5.2.1), posts from the office (規§2).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any

from rosters.sis.cells import CellRefused, cell_text, in_nfc, read_cell
from rosters.sis.columns import FILES, SPEC, Column, FileSpec
from rosters.sis.crosscheck import findings
from rosters.sis.finding import Finding
from rosters.sis.problems import ImportProblem, Severity, problem, shown, shown_masked
from rosters.sis.tables import Cell, Line, Table, Unreadable, read_bytes, read_table
from rules.school_files import (
    AdvisoryRow,
    CadreLevel,
    CadreRow,
    ClassRow,
    CourseRow,
    GradeRow,
    Known,
    Place,
    PostRow,
    Row,
    SchoolFiles,
    StaffRow,
    StudentRow,
    Track,
)

__all__ = [
    "AdvisoryRow",
    "CadreLevel",
    "CadreRow",
    "ClassRow",
    "CourseRow",
    "GradeRow",
    "ImportProblem",
    "Known",
    "Place",
    "PostRow",
    "SchoolFiles",
    "Severity",
    "StaffRow",
    "StudentRow",
    "Track",
    "is_data",
    "read_changes",
    "read_school",
]

ENDINGS = (".csv", ".xlsx")


class _File:
    """One file while it is read: its rows, its problems, the raw texts of its cells."""

    def __init__(self, spec: FileSpec, name: str) -> None:
        self.spec = spec
        self.name = name
        self.rows: list[Row] = []
        self.problems: list[ImportProblem] = []
        self.texts: list[dict[str, str]] = []
        self.readable = False

    def report(
        self,
        rule: str,
        *,
        row: int | None = None,
        column: str | None = None,
        value: str | None = None,
        detail: str = "",
    ) -> ImportProblem:
        """Note a problem of this file and return it."""
        found = problem(
            rule, file=self.name, clause=self.spec.clause, row=row, column=column, value=value, detail=detail
        )
        self.problems.append(found)
        return found

    def keys(self, *fields: str) -> frozenset[tuple[str, ...]] | None:
        """The texts of some fields, row by row, as far as they stand there; None for an unreadable file."""
        if not self.readable:
            return None
        return frozenset(tuple(texts.get(field, "") for field in fields) for texts in self.texts)

    def single_keys(self, field: str) -> frozenset[str] | None:
        """The texts of one field; None for an unreadable file."""
        keys = self.keys(field)
        return None if keys is None else frozenset(key[0] for key in keys)


def read_school(folder: Path, *, school_code: str) -> tuple[SchoolFiles, tuple[ImportProblem, ...]]:
    """Every row that can be relied on, and every problem, in the order of files and rows.

    `school_code` has six characters and is compared with every course code. Bad content, missing
    files and a missing folder are problems; nothing is raised for them. Rows with an error are left
    out; rows with a warning stay. Source: 規§5.1.1.
    """
    if not folder.is_dir():
        return SchoolFiles(), (problem("folder_missing", file=folder.name, clause="規§5.1.1"),)
    paths = [p for p in sorted(folder.iterdir()) if is_data(p.name)]
    return read_files([(p.name, partial(read_table, p)) for p in paths], school_code=school_code)


def read_changes(
    contents: Mapping[str, bytes], *, school_code: str, known: Known
) -> tuple[SchoolFiles, tuple[ImportProblem, ...]]:
    """Some of the files again, by name, for a school that has its data: what is `known` counts as known.

    Files that are not given are no problem: they stay as they are. Source: 規§5.1.1, 規§5.2.1.
    """
    tables = [(name, partial(read_bytes, name, data)) for name, data in sorted(contents.items())]
    return read_files(tables, school_code=school_code, known=known)


def is_data(name: str) -> bool:
    """Whether a file of this name is read at all: other endings, hidden files and a spreadsheet's locks are no data."""
    return name.lower().endswith(ENDINGS) and not name.startswith((".", "~$"))


def read_files(
    tables: Sequence[tuple[str, Callable[[], Table]]], *, school_code: str, known: Known | None = None
) -> tuple[SchoolFiles, tuple[ImportProblem, ...]]:
    """The rows and problems of named tables; with `known`, of a part of a school's files."""
    present: dict[str, list[tuple[str, Callable[[], Table]]]] = {}
    for name, table in tables:
        present.setdefault(name.rsplit(".", 1)[0].lower(), []).append((name, table))
    files = {
        spec.stem: _read_file(spec, present.get(spec.stem, []), school_code)
        for spec in FILES
        if spec.stem in present or (known is None and not spec.optional)
    }
    strangers = [
        problem("file_unexpected", file=name, clause="規§5.1.1")
        for stem, found in sorted(present.items())
        if stem not in SPEC
        for name, _ in found
    ]
    read = _collected(files, frozenset())
    for found in findings(read, _known(files).joined(known or Known()), school_code):
        _report_finding(files[found.stem], found)
    broken: frozenset[tuple[str, int | None]] = frozenset(
        (one.file, one.row)
        for file in files.values()
        for one in file.problems
        if one.row is not None and one.severity is Severity.ERROR
    )
    if known is not None:
        broken = _with_what_hangs_on(files, broken, known, school_code)
    told = [one for file in files.values() for one in sorted(file.problems, key=lambda p: p.row or 0)]
    return _collected(files, broken), (*told, *strangers)


HANGS = frozenset(
    {"unknown_class", "unknown_staff", "unknown_student", "unknown_course", "not_their_course", "several_classes"}
)


def _with_what_hangs_on(
    files: dict[str, _File], broken: frozenset[tuple[str, int | None]], known: Known, school_code: str
) -> frozenset[tuple[str, int | None]]:
    """The rows that are left out, with those that name what only a left-out row holds; these are told too.

    Where the clerk keeps the good rows, nothing may hang on one that is not there.
    """
    while True:
        good = _collected(files, broken)
        left = [f for f in findings(good, _known_of(good).joined(known), school_code) if f.rule in HANGS]
        if not left:
            return broken
        for found in left:
            place = (found.row.place.file, found.row.place.row)
            if place not in broken:
                _report_finding(files[found.stem], found.model_copy(update={"rule": "left_out_too", "detail": ""}))
                broken |= {place}


def _known_of(read: SchoolFiles) -> Known:
    """The keys of typed rows."""
    return Known(
        staff=frozenset(r.staff_no for r in read.staff),
        students=frozenset(r.student_no for r in read.students),
        classes=frozenset(r.class_code for r in read.classes),
        courses=frozenset((str(r.school_year), str(r.semester), r.class_code, r.course_code) for r in read.courses),
        placed=frozenset((r.student_no, r.class_code) for r in read.students),
        enrolled=frozenset((str(r.school_year), str(r.semester), r.student_no, r.course_code) for r in read.enrolments),
    )


def _read_file(spec: FileSpec, tables: list[tuple[str, Callable[[], Table]]], school_code: str) -> _File:
    if len(tables) != 1:
        file = _File(spec, tables[0][0] if tables else f"{spec.stem}.csv")
        names = "、".join(name for name, _ in tables)
        file.report("file_twice" if tables else "file_missing", detail=names or spec.title)
        return file
    name, read = tables[0]
    file = _File(spec, name)
    try:
        table = read()
    except Unreadable as refused:
        file.report(refused.rule, detail=refused.detail)
        return file
    if table.sheets_left:
        file.report("sheet_ignored", detail="、".join(table.sheets_left))
    columns = _columns(file, table)
    if columns is None:
        return file
    file.readable = True
    if not table.lines:
        file.report("no_rows")
    for line in table.lines:
        _read_line(file, line, columns, table, school_code)
    return file


def _columns(file: _File, table: Table) -> dict[int, Column] | None:
    """Which column stands where; None when a needed one is missing or one stands twice."""
    wanted = {column.name: column for column in file.spec.columns}
    placed: dict[int, Column] = {}
    fit = True
    for index, cell in enumerate(table.header):
        name = in_nfc(str(cell)).strip()
        column = wanted.get(name)
        if column is not None and column in placed.values():
            file.report("column_twice", row=1, column=name)
            fit = False
        elif column is not None:
            placed[index] = column
        elif name:
            file.report("column_unknown", row=1, column=shown(name))
    for column in wanted.values():
        if column not in placed.values() and not column.may_be_absent:
            file.report("column_missing", row=1, column=column.name)
            fit = False
    return placed if fit else None


def _read_line(file: _File, line: Line, columns: dict[int, Column], table: Table, school_code: str) -> None:
    """Read one row into the file's rows, or report why not. Beyond the header no cell may stand."""
    values: dict[str, Any] = {}
    texts: dict[str, str] = {}
    whole = True
    for extra in line.cells[len(table.header) :]:
        if str(extra).strip():
            file.report("cell_without_column", row=line.row, value=shown_masked(extra))
            whole = False
            break
    for index, column in columns.items():
        cell: Cell = line.cells[index] if index < len(line.cells) else ""
        try:
            if (line.row, index) in table.formulas:
                raise CellRefused("formula")
            if (line.row, index) in table.errors:
                raise CellRefused("error_value")
            text = _normal(file, line.row, column, cell_text(cell, column))
            texts[column.field] = text
            value = read_cell(text, column, school_code=school_code)
            values[column.field] = value
            texts[column.field] = str(value) if isinstance(value, int) else text
        except CellRefused as refused:
            seen = shown_masked(cell) if column.personal else shown(cell)
            file.report(refused.rule, row=line.row, column=column.name, value=seen, detail=refused.detail)
            whole = False
    file.texts.append(texts)
    if whole:
        file.rows.append(file.spec.row_type(place=Place(file=file.name, row=line.row), **values))


def _normal(file: _File, row: int, column: Column, text: str) -> str:
    normal = in_nfc(text)
    if normal != text:
        value = shown_masked(text) if column.personal else shown(text)
        file.report("not_nfc", row=row, column=column.name, value=value)
    return normal


def _known(files: dict[str, _File]) -> Known:
    def single(stem: str, field: str) -> frozenset[str] | None:
        return files[stem].single_keys(field) if stem in files else None

    def several(stem: str, *fields: str) -> frozenset[tuple[str, ...]] | None:
        return files[stem].keys(*fields) if stem in files else None

    return Known(
        staff=single("staff", "staff_no"),
        students=single("students", "student_no"),
        classes=single("classes", "class_code"),
        courses=several("courses", "school_year", "semester", "class_code", "course_code"),
        placed=several("students", "student_no", "class_code"),
        enrolled=several("enrolments", "school_year", "semester", "student_no", "course_code"),
    )


def _report_finding(file: _File, found: Finding) -> None:
    column = next((one for one in file.spec.columns if one.field == found.field), None)
    personal = column is not None and column.personal
    file.report(
        found.rule,
        row=found.row.place.row,
        column=None if column is None else column.name,
        value=shown_masked(found.value) if personal else shown(found.value),
        detail=found.detail,
    )


def _collected(files: dict[str, _File], broken: frozenset[tuple[str, int | None]]) -> SchoolFiles:
    """The rows of all files without those of a broken place."""
    rows: dict[str, Iterable[Row]] = {
        stem: tuple(row for row in file.rows if (row.place.file, row.place.row) not in broken)
        for stem, file in files.items()
    }
    return SchoolFiles.model_validate(rows)
