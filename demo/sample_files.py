"""demo: the bytes of the sample's CSV, XLSX and YAML files, the same on every machine."""

from __future__ import annotations

import csv
import io
import zipfile
from collections.abc import Sequence
from datetime import UTC, datetime

import xlsxwriter

Cells = Sequence[str | int]

CREATED = datetime(2026, 8, 1, 8, 0, tzinfo=UTC)
ZIP_EPOCH = (1980, 1, 1, 0, 0, 0)


def csv_bytes(header: Cells, rows: Sequence[Cells], *, encoding: str) -> bytes:
    """A comma-separated file with CR LF. Raises UnicodeEncodeError for a character without a code."""
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow(header)
    writer.writerows(rows)
    return text.getvalue().encode(encoding)


def sis_csv_bytes(header: Cells, rows: Sequence[Cells]) -> bytes:
    """A file as an older student information system exports it: CP950 where it can, else UTF-8 with BOM."""
    try:
        return csv_bytes(header, rows, encoding="cp950")
    except UnicodeEncodeError:
        return csv_bytes(header, rows, encoding="utf-8-sig")


def xlsx_bytes(title: str, header: Cells, rows: Sequence[Cells]) -> bytes:
    """A workbook of one sheet; texts are text cells, never formulas; whole numbers are numbers."""
    book_bytes = io.BytesIO()
    book = xlsxwriter.Workbook(
        book_bytes, {"in_memory": True, "strings_to_formulas": False, "strings_to_numbers": False}
    )
    book.set_properties({"title": title, "created": CREATED})
    sheet = book.add_worksheet(title)
    as_text = book.add_format({"num_format": "@"})
    for number, row in enumerate((header, *rows)):
        for column, value in enumerate(row):
            if isinstance(value, int):
                sheet.write_number(number, column, value)
            else:
                sheet.write_string(number, column, value, as_text)
    book.close()
    return _stored(book_bytes.getvalue())


def _stored(data: bytes) -> bytes:
    """The same archive without compression: what zlib makes differs from build to build."""
    packed = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as source, zipfile.ZipFile(packed, "w") as target:
        for entry in source.infolist():
            plain = zipfile.ZipInfo(entry.filename, ZIP_EPOCH)
            plain.create_system = 0
            target.writestr(plain, source.read(entry))
    return packed.getvalue()
