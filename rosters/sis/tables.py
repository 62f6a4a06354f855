"""rosters: the cells of one file, CSV or XLSX, untouched. No meaning is given to them here.

CSV is UTF-8 (with or without BOM), then CP950, then Big5-HKSCS, each strictly: a character is
never replaced. Formulas and error values of a workbook are found in its XML, since its reader gives the
results of the ones and nothing for the others.
"""

from __future__ import annotations

import csv
import io
import re
import zipfile
import zlib
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from pathlib import Path

from python_calamine import CalamineError, CalamineSheet, CalamineWorkbook, PasswordError, SheetVisibleEnum

from rules.instants import Model

LARGEST_FILE = 64 * 1024 * 1024
LARGEST_UNPACKED = 512 * 1024 * 1024
"""Bytes; a workbook that unpacks to more is taken for a zip bomb."""

ENCODINGS = ("utf-8-sig", "cp950", "big5hkscs")

Cell = str | int | float | bool | date | datetime | time | timedelta
CellPlace = tuple[int, int]
"""Row from 1, column from 0."""

_SHEET = re.compile(rb'<(?:\w+:)?sheet\b[^>]*?\b\w+:id="([^"]+)"')
_RELATION = re.compile(rb"<(?:\w+:)?Relationship\b[^>]*>")
_ATTRIBUTE = re.compile(rb'\b(Id|Target)="([^"]*)"')
_FORMULA = re.compile(rb'<(?:\w+:)?c\b[^>]*?\br="([A-Z]{1,3})([0-9]+)"[^>]*>\s*<(?:\w+:)?f[\s/>]')
_ERROR = re.compile(rb'<(?:\w+:)?c\b(?=[^>]*\bt="e")[^>]*?\br="([A-Z]{1,3})([0-9]+)"')


class Unreadable(Exception):
    """A file gave no table; `rule` is a rule of problems.RULES, `detail` fills its words."""

    def __init__(self, rule: str, detail: str = "") -> None:
        super().__init__(rule)
        self.rule = rule
        self.detail = detail


class Line(Model):
    """One row that is not wholly empty: its number, the header being row 1, and its cells."""

    row: int
    cells: tuple[Cell, ...]


class Table(Model):
    """One file's header and rows; where formulas and error values stand; sheets that were not read."""

    header: tuple[Cell, ...]
    lines: tuple[Line, ...]
    formulas: frozenset[CellPlace] = frozenset()
    errors: frozenset[CellPlace] = frozenset()
    sheets_left: tuple[str, ...] = ()


def read_table(path: Path) -> Table:
    """The table in a .csv or .xlsx file. Raises Unreadable, never anything else for bad content."""
    try:
        if path.stat().st_size > LARGEST_FILE:
            raise Unreadable("file_unreadable", f"> {LARGEST_FILE // 1024 // 1024} MB")
        data = path.read_bytes()
    except OSError as error:
        raise Unreadable("file_unreadable", error.strerror or "I/O") from None
    return read_bytes(path.name, data)


def read_bytes(name: str, data: bytes) -> Table:
    """The table in the bytes of a file of that name. Raises Unreadable."""
    if len(data) > LARGEST_FILE:
        raise Unreadable("file_unreadable", f"> {LARGEST_FILE // 1024 // 1024} MB")
    return read_csv(data) if name.lower().endswith(".csv") else read_xlsx(data)


def decode(data: bytes) -> str:
    """The text of a CSV file. Raises Unreadable when no encoding fits it wholly."""
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise Unreadable("encoding_unknown")
    for encoding in ENCODINGS:
        try:
            return data.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise Unreadable("encoding_unknown")


def read_csv(data: bytes) -> Table:
    """The table of a comma-separated file. Raises Unreadable."""
    text = decode(data)
    if "\x00" in text:
        raise Unreadable("file_unreadable", "NUL")
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    try:
        rows: list[list[Cell]] = [list(row) for row in reader]
    except csv.Error as error:
        raise Unreadable("file_unreadable", f"{error} ({reader.line_num})") from None
    return _table(rows)


def read_xlsx(data: bytes) -> Table:
    """The table on a workbook's first visible sheet. Raises Unreadable."""
    _refuse_zip_bomb(data)
    try:
        with CalamineWorkbook.from_filelike(io.BytesIO(data)) as book:
            names = [sheet.name for sheet in book.sheets_metadata if sheet.visible is SheetVisibleEnum.Visible]
            if not names:
                raise Unreadable("header_missing")
            rows = _rows(book.get_sheet_by_name(names[0]))
            left = tuple(name for name in names[1:] if book.get_sheet_by_name(name).height)
            ordinal = book.sheet_names.index(names[0])
    except PasswordError:
        raise Unreadable("file_unreadable", "password") from None
    except (CalamineError, OSError, ValueError, OverflowError) as error:
        raise Unreadable("file_unreadable", type(error).__name__) from None
    xml = _sheet_xml(data, ordinal)
    return _table(
        rows, formulas=frozenset(_places(_FORMULA, xml)), errors=frozenset(_places(_ERROR, xml)), sheets_left=left
    )


def _rows(sheet: CalamineSheet) -> list[list[Cell]]:
    return [list(row) for row in sheet.to_python(skip_empty_area=False)]


def _table(
    rows: list[list[Cell]],
    *,
    formulas: frozenset[CellPlace] = frozenset(),
    errors: frozenset[CellPlace] = frozenset(),
    sheets_left: tuple[str, ...] = (),
) -> Table:
    if not rows or _is_blank(rows[0]):
        raise Unreadable("header_missing")
    marked = {row for row, _ in formulas | errors}
    lines = tuple(
        Line.model_construct(row=number, cells=tuple(cells))
        for number, cells in enumerate(rows[1:], start=2)
        if number in marked or not _is_blank(cells)
    )
    return Table.model_construct(
        header=tuple(rows[0]), lines=lines, formulas=formulas, errors=errors, sheets_left=sheets_left
    )


def _is_blank(cells: list[Cell]) -> bool:
    return all(isinstance(cell, str) and not cell.strip() for cell in cells)


def _refuse_zip_bomb(data: bytes) -> None:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            unpacked = sum(entry.file_size for entry in archive.infolist())
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError):
        raise Unreadable("file_unreadable", "zip") from None
    if unpacked > LARGEST_UNPACKED:
        raise Unreadable("file_unreadable", f"> {LARGEST_UNPACKED // 1024 // 1024} MB")


def _sheet_xml(data: bytes, ordinal: int) -> bytes:
    """The XML of the sheet at this place in the workbook's order. Raises Unreadable."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            return archive.read(_sheet_path(archive, ordinal))
    except (KeyError, IndexError, zipfile.BadZipFile, zlib.error, OSError, EOFError, NotImplementedError):
        raise Unreadable("file_unreadable", "worksheet") from None


def _places(pattern: re.Pattern[bytes], xml: bytes) -> Iterator[CellPlace]:
    for letters, row in pattern.findall(xml):
        yield int(row), _column_index(letters.decode())


def _sheet_path(archive: zipfile.ZipFile, ordinal: int) -> str:
    relation = _SHEET.findall(archive.read("xl/workbook.xml"))[ordinal]
    for tag in _RELATION.findall(archive.read("xl/_rels/workbook.xml.rels")):
        found = dict(_ATTRIBUTE.findall(tag))
        if found.get(b"Id") == relation:
            target = found[b"Target"].decode()
            return target.lstrip("/") if target.startswith("/") else f"xl/{target}"
    raise KeyError(relation)


def _column_index(letters: str) -> int:
    index = 0
    for letter in letters:
        index = index * 26 + ord(letter) - ord("A") + 1
    return index - 1
