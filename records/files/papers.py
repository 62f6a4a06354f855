"""records: what staff bring beside the students' kinds: tables, texts, pages and archives, told by their content.

Rosters, receipts, letters, minutes and a saved page of the school's site (規§4.2) come in these; students' items
never do (the authority's list says so). A page is given back as an attachment only, so no browser runs it.
"""

from __future__ import annotations

import codecs
import os
import re
import zipfile

from records.files.findings import Looked, bad
from records.files.reading import Parts
from rules.refusals import Code

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
XLS, ZIP, TEXT, HTML = "application/vnd.ms-excel", "application/zip", "text/plain", "text/html"
PAPERS = (XLSX, XLS, ZIP, TEXT, HTML)

UNPACKED = 512 << 20
"""Bytes to which an archive may say that it unpacks."""
ENTRIES = 20_000
_ENCODINGS = ("utf-8-sig", "cp950", "big5hkscs")
_PAGE = re.compile(rb"<!doctype\s+html|<html[\s>]|<script[\s>]|<\?php|<svg[\s>]", re.IGNORECASE)


def look_at_paper(file: Parts) -> Looked | None:
    """A table, a text, a page or an archive with its first fault; None for what is none of them."""
    head = file.at(0, 8)
    if head == b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1":
        return Looked(XLS)
    if head.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        return _archive(file)
    if not any(_decodes(file, name) for name in _encodings(head)):
        return None
    return Looked(HTML if _PAGE.search(file.at(0, 2048)) else TEXT)


def _encodings(head: bytes) -> tuple[str, ...]:
    return ("utf-16",) if head.startswith((b"\xff\xfe", b"\xfe\xff")) else _ENCODINGS


def _decodes(file: Parts, name: str) -> bool:
    """Whether all of it is text in an encoding, read in windows; a text holds no zero byte."""
    decoder = codecs.getincrementaldecoder(name)()
    try:
        for place, window in file.windows():
            text = decoder.decode(window, final=place + len(window) >= file.size)
            if any(c < " " and c not in "\t\n\r\f\x1a" for c in text):
                return False
    except UnicodeDecodeError:
        return False
    return True


def _archive(file: Parts) -> Looked:
    kind = ZIP
    try:
        with os.fdopen(os.dup(file.handle), "rb") as opened, zipfile.ZipFile(opened) as archive:
            entries = archive.infolist()
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError, EOFError):
        return bad(ZIP, Code.FILE_TRUNCATED, found=f"{file.size} bytes", limit="zip directory")
    names = {e.filename for e in entries}
    if "[Content_Types].xml" in names and "xl/workbook.xml" in names:
        kind = XLSX
    unpacked = sum(e.file_size for e in entries)
    if unpacked > UNPACKED or len(entries) > ENTRIES:
        return bad(kind, Code.FILE_EXPANDS, found=f"{unpacked >> 20} MiB", limit=f"{UNPACKED >> 20} MiB")
    if any(name.endswith("vbaProject.bin") for name in names):
        return bad(kind, Code.FILE_MIXED, found="vbaProject", limit=kind)
    return Looked(kind)
