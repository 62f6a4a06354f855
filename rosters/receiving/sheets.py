"""rosters: the raw cells of a receipt or roster file, every sheet, with what a spreadsheet hides. No meaning yet.

CSV is UTF-8 (with or without BOM), then CP950, then Big5-HKSCS, each strictly. Formulas and error values
stand only in a workbook's XML. A file that breaks off gives what came before, marked as truncated.
"""

from __future__ import annotations

import csv
import hashlib
import io
import re
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from python_calamine import CalamineError, CalamineWorkbook, PasswordError, SheetVisibleEnum

from rosters.sis.tables import ENCODINGS, LARGEST_FILE, LARGEST_UNPACKED, Cell

_SHEET = re.compile(rb"<(?:\w+:)?sheet\b[^>]*>")
_RELATION = re.compile(rb"<(?:\w+:)?Relationship\b[^>]*>")
_ATTRIBUTE = re.compile(rb'(?:\w+:)?\b(id|Id|Target|name)="([^"]*)"')
_FORMULA = re.compile(rb'<(?:\w+:)?c\b[^>]*?\br="([A-Z]{1,3})([0-9]{1,7})"[^>]*>\s*<(?:\w+:)?f[\s/>]')
_ERROR = re.compile(rb'<(?:\w+:)?c\b(?=[^>]*\bt="e")[^>]*?\br="([A-Z]{1,3})([0-9]{1,7})"')
_MOST_CELLS = 40_000_000
"""Cells of a sheet's used rectangle; a file that claims more is no roster."""

CellPlace = tuple[int, int]
"""Row and column, both from 0."""


class Unreadable(Exception):
    """A file gave no cells; `rule` is a rule of findings.RULES, `detail` fills its words."""

    def __init__(self, rule: str, detail: str = "") -> None:
        super().__init__(rule)
        self.rule, self.detail = rule, detail


@dataclass(slots=True)
class Sheet:
    """One sheet: its rows from the first one on, and the places that need care."""

    name: str
    rows: list[list[Cell]]
    formulas: frozenset[CellPlace] = frozenset()
    errors: frozenset[CellPlace] = frozenset()
    merged: tuple[tuple[CellPlace, CellPlace], ...] = ()


@dataclass(slots=True)
class Raw:
    """A file's sheets and its SHA-256; `truncated`: it breaks off in the last row; `hidden`: sheets not read."""

    name: str
    sha256: str
    sheets: list[Sheet] = field(default_factory=list)
    truncated: bool = False
    hidden: tuple[str, ...] = ()


def read_path(path: Path) -> Raw:
    """The sheets of a file. Raises Unreadable, never anything else for bad content."""
    try:
        if path.stat().st_size > LARGEST_FILE:
            raise Unreadable("file_too_large", f"> {LARGEST_FILE // 2**20} MB")
        data = path.read_bytes()
    except OSError as error:
        raise Unreadable("file_unreadable", error.strerror or "I/O") from None
    return read_bytes(path.name, data)


def read_bytes(name: str, data: bytes) -> Raw:
    """Every visible sheet of a workbook, or the one table of any other content, read as CSV. Raises Unreadable."""
    if not data:
        raise Unreadable("file_unreadable", "0 bytes")
    raw = Raw(name, hashlib.sha256(data).hexdigest())
    if data.startswith(b"PK"):
        raw.sheets, raw.hidden = _workbook(data)
    elif name.lower().endswith((".xlsx", ".xlsm", ".xls")):
        raise Unreadable("file_unreadable", "zip")
    else:
        rows, raw.truncated = _csv(data)
        raw.sheets = [Sheet("", rows)]
    return raw


def _csv(data: bytes) -> tuple[list[list[Cell]], bool]:
    text, cut = _decode(data)
    if "\x00" in text:
        raise Unreadable("file_unreadable", "NUL")
    csv.field_size_limit(1_000_000)
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    rows: list[list[Cell]] = []
    try:
        for row in reader:
            rows.append(list(row))
    except csv.Error as error:
        # An unclosed quotation mark at the very end is a file that broke off; anything else is no CSV.
        if "unexpected end of data" not in str(error):
            raise Unreadable("file_unreadable", f"{error} ({reader.line_num})") from None
        return rows, True
    widths = [len(row) for row in rows if row]
    short = bool(widths) and not text.endswith(("\n", "\r")) and widths[-1] < max(widths)
    return (rows[:-1], True) if short else (rows, cut)


def _decode(data: bytes) -> tuple[str, bool]:
    """The text, and whether its last character was cut in half. Raises Unreadable."""
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise Unreadable("encoding_unknown")
    for encoding in ENCODINGS:
        try:
            return data.decode(encoding), False
        except UnicodeDecodeError as error:
            if error.start >= len(data) - 3 and error.start > 0:
                try:
                    return data[: error.start].decode(encoding), True
                except UnicodeDecodeError:
                    continue
    raise Unreadable("encoding_unknown")


def _workbook(data: bytes) -> tuple[list[Sheet], tuple[str, ...]]:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            unpacked = sum(entry.file_size for entry in archive.infolist())
            if unpacked > LARGEST_UNPACKED:
                raise Unreadable("file_too_large", f"> {LARGEST_UNPACKED // 2**20} MB")
            paths = _sheet_paths(archive)
            with CalamineWorkbook.from_filelike(io.BytesIO(data)) as book:
                shown = {s.name: s.visible is SheetVisibleEnum.Visible for s in book.sheets_metadata}
                sheets = [_sheet(book, archive, name, paths.get(name)) for name, visible in shown.items() if visible]
                return sheets, tuple(name for name, visible in shown.items() if not visible)
    except Unreadable:
        raise
    except PasswordError:
        raise Unreadable("file_unreadable", "password") from None
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, KeyError):
        raise Unreadable("file_unreadable", "zip") from None
    except (CalamineError, OSError, ValueError, OverflowError, RuntimeError, MemoryError) as error:
        raise Unreadable("file_unreadable", type(error).__name__) from None
    except BaseException as error:
        # The workbook library is native code; a panic of it is no Exception.
        if type(error).__name__ != "PanicException":
            raise
        raise Unreadable("file_unreadable", "panic") from None


def _sheet(book: CalamineWorkbook, archive: zipfile.ZipFile, name: str, path: str | None) -> Sheet:
    found = book.get_sheet_by_name(name)
    if found.total_height * max(found.total_width, 1) > _MOST_CELLS:
        raise Unreadable("file_too_large", f"{name}: {found.total_height} x {found.total_width}")
    rows: list[list[Cell]] = [list(row) for row in found.to_python(skip_empty_area=False)]
    merged = tuple(((a[0], a[1]), (b[0], b[1])) for a, b in found.merged_cell_ranges or ())
    xml = archive.read(path) if path else b""
    # Looking for the bare mark first spares most files the patterns, which cost more than reading the cells.
    formulas = frozenset(_places(_FORMULA, xml)) if b"<f" in xml or b":f" in xml else frozenset()
    errors = frozenset(_places(_ERROR, xml)) if b't="e"' in xml else frozenset()
    return Sheet(name, rows, formulas, errors, merged)


def _sheet_paths(archive: zipfile.ZipFile) -> dict[str, str]:
    """The XML file of each sheet, by the sheet's name."""
    targets: dict[bytes, str] = {}
    for tag in _RELATION.findall(archive.read("xl/_rels/workbook.xml.rels")):
        found = dict(_ATTRIBUTE.findall(tag))
        target = found.get(b"Target", b"").decode("utf-8", "replace")
        targets[found.get(b"Id", b"")] = target.lstrip("/") if target.startswith("/") else f"xl/{target}"
    paths: dict[str, str] = {}
    for tag in _SHEET.findall(archive.read("xl/workbook.xml")):
        found = dict(_ATTRIBUTE.findall(tag))
        target = targets.get(found.get(b"id", b""), "")
        if target in archive.namelist():
            paths[_plain(found.get(b"name", b"").decode("utf-8", "replace"))] = target
    return paths


def _plain(text: str) -> str:
    for entity, char in (("&lt;", "<"), ("&gt;", ">"), ("&quot;", '"'), ("&apos;", "'"), ("&amp;", "&")):
        text = text.replace(entity, char)
    return text


def _places(pattern: re.Pattern[bytes], xml: bytes) -> Iterator[CellPlace]:
    for letters, row in pattern.findall(xml):
        column = 0
        for letter in letters:
            column = column * 26 + letter - 64
        yield int(row) - 1, column - 1
