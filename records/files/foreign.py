"""records: other things inside a file: an archive at its end, a page or a program at its head.

An archive is read from its end and a page from its beginning, so one file can be two things. We look where
the programs look that would take it for the other thing.
"""

from __future__ import annotations

import re
import struct

from records.files.reading import Parts

_ZIP_END = b"PK\x05\x06"
_ZIP64 = b"PK\x06\x07"
_ZIP_ENTRY = b"PK\x01\x02"
_ZIP_TAIL = 22 + 65535
_PDF_WITHIN = 1024
"""Where readers still take `%PDF-` for a header."""
_HEAD = 2048
"""What a browser looks at when it guesses (1445 bytes), and some more."""
_PAGE = re.compile(rb"<!doctype\s+html|<html[\s>]|<script[\s>]|<\?php|<svg[\s>]|<iframe[\s>]", re.IGNORECASE)
_ARCHIVES = re.compile(rb"PK\x03\x04|Rar!\x1a\x07|7z\xbc\xaf\x27\x1c|MZ[\s\S]{58}[\s\S]{4}|\x7fELF|%PDF-\d")


def foreign_inside(file: Parts, kind: str) -> str:
    """What else a file is, or an empty text. A PDF's own objects may hold anything in their streams."""
    if _zip_at_end(file):
        return "application/zip"
    if kind != "application/pdf":
        head = file.at(0, _HEAD)
        if b"%PDF-" in head[:_PDF_WITHIN]:
            return "application/pdf"
        if _PAGE.search(head):
            return "text/html"
    return ""


def foreign_behind(file: Parts, start: int) -> str:
    """What stands behind a picture's end: an archive, a program or a page; else an empty text."""
    first = file.at(start, 64)
    if _ARCHIVES.match(first.lstrip(b"\x00\r\n\t ")):
        return "application/octet-stream"
    for _, window in file.windows(start, overlap=64):
        if _PAGE.search(window):
            return "text/html"
        if b"PK\x03\x04" in window:
            return "application/zip"
    return ""


def misplaced_pdf(file: Parts) -> int | None:
    """Where a PDF begins that has something before it; None where there is none."""
    found = file.at(0, _PDF_WITHIN).find(b"%PDF-")
    return found if found > 0 else None


def _zip_at_end(file: Parts) -> bool:
    """Whether a program that opens archives finds one: the end record and the directory it points to."""
    start = max(0, file.size - _ZIP_TAIL)
    tail = file.at(start, _ZIP_TAIL)
    end = tail.rfind(_ZIP_END)
    while end >= 0:
        record = tail[end : end + 22]
        if len(record) == 22:
            entries, size, offset = struct.unpack("<10xHII2x", record)
            here = start + end - size
            if tail[max(0, end - 20) : end - 16] == _ZIP64:
                return True
            if entries == 0 and size == 0 and offset <= start + end:
                return offset != 0 or size != 0 or end + 22 == len(tail)
            if _ZIP_ENTRY in (file.at(here, 4), file.at(offset, 4)):
                return True
        end = tail.rfind(_ZIP_END, 0, end)
    return False
