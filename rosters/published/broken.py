"""rosters: why a published calendar cannot be read: no such file, or what it was taken for and why it is not that. 規§4.1."""

from __future__ import annotations

import json
import re
from pathlib import Path

from rosters.documents import DocumentError, DocumentProblem, file_fault
from rosters.sis.tables import Unreadable

KINDS = {".csv": "CSV", ".xlsx": "XLSX", ".xls": "XLSX", ".ods": "XLSX", ".ics": "iCalendar", ".json": "JSON"}
_REMEDY = (
    "請由原系統重新匯出,或另存為 CSV UTF-8、XLSX、iCalendar、JSON",
    "export it again, or save it as CSV UTF-8, XLSX, iCalendar or JSON",
)
_HEADS = (
    (b"%PDF", "PDF", "PDF"),
    (b"\xd0\xcf\x11\xe0", "舊版 Excel(.xls)", "an old Excel file (.xls)"),
    (b"PK\x03\x04", "XLSX", "XLSX"),
    (b"\x89PNG", "圖片", "a picture"),
    (b"\xff\xd8\xff", "圖片", "a picture"),
    (b"BEGIN:VCALENDAR", "iCalendar", "iCalendar"),
    (b"<", "網頁或 XML", "a web page or XML"),
    (b"{", "JSON", "JSON"),
    (b"[", "JSON", "JSON"),
)
"""How files of other kinds begin."""

_WHY = {
    "zip": ("不是活頁簿(不是 ZIP 封裝)", "it is no workbook (no ZIP inside)"),
    "password": ("活頁簿有密碼保護", "the workbook is protected by a password"),
    "worksheet": ("活頁簿裡找不到工作表", "the workbook has no worksheet"),
    "NUL": ("不是文字檔(有 NUL 位元組)", "it is no text (it has NUL bytes)"),
    "encoding_unknown": ("文字編碼不是 UTF-8、CP950 或 Big5-HKSCS", "the text is neither UTF-8, CP950 nor Big5-HKSCS"),
    "header_missing": ("檔案是空的,第 1 列沒有欄位名稱", "it is empty; row 1 has no column names"),
}
_CSV_LINE = re.compile(r"\((\d+)\)$")


def broken(
    path: Path, rule: str, zh: str, en: str, *, line: int = 0, field: str = "", value: str = ""
) -> DocumentError:
    """One problem of a file."""
    return DocumentError([DocumentProblem(str(path), line, field, value[:80], rule, zh, en)])


def no_file(path: Path, error: OSError) -> DocumentError:
    """The file is not there, is a folder, or may not be read."""
    return broken(path, *file_fault(error))


def too_large(path: Path, most: int) -> DocumentError:
    """The file has more bytes than are read."""
    return broken(path, f"檔案超過 {most // 2**20} MB · larger than {most // 2**20} MB", "請拆分檔案", "split the file")


def other_ending(path: Path) -> DocumentError:
    """The file's name ends like none of the kinds that are read."""
    zh, en = "請提供 CSV、XLSX、iCalendar(.ics)或 JSON", "give CSV, XLSX, iCalendar (.ics) or JSON"
    return broken(path, "不讀這種檔案 · a kind of file that is not read", zh, en, value=path.suffix or path.name)


def not_what_it_seems(path: Path, error: Exception) -> DocumentError:
    """Of which kind the file was taken to be by its name, why it is not one, and what its first bytes look like."""
    kind = KINDS.get(path.suffix.lower(), "XLSX")
    line, (zh, en) = _why(error, kind)
    looks = seems(path)
    if looks is not None:
        zh, en = f"{zh};內容像是{looks[0]}", f"{en}; its content looks like {looks[1]}"
    rule = f"依副檔名當作 {kind} 讀取,但{zh} · taken for {kind} by its name, but {en}"
    return broken(path, rule, *_REMEDY, line=line)


def _why(error: Exception, kind: str) -> tuple[int, tuple[str, str]]:
    """The line, where there is one, and why, in both languages."""
    if isinstance(error, Unreadable):
        if error.rule != "file_unreadable":
            return 1, _WHY[error.rule]
        named = _CSV_LINE.search(error.detail)
        if named:
            return int(named[1]), ("這一列的引號或逗號不成對", "its quotes or commas do not pair up on this line")
        if error.detail.startswith(">"):
            return 0, (f"檔案過大({error.detail})", f"it is too large ({error.detail})")
        return 0, _WHY.get(error.detail, ("活頁簿損壞", "the workbook is damaged"))
    if isinstance(error, json.JSONDecodeError):
        return error.lineno, (f"第 {error.colno} 字起不是 JSON", f"from character {error.colno} on it is no JSON")
    if isinstance(error, UnicodeDecodeError):
        return 0, (f"第 {error.start} 個位元組不是 UTF-8", f"byte {error.start} is no UTF-8")
    if isinstance(error, RecursionError):
        return 0, ("層次太深", "it is nested too deeply")
    return 0, (f"內容不是 {kind}", f"its content is no {kind}")


def seems(path: Path) -> tuple[str, str] | None:
    """What the first bytes look like, in both languages, where that is another kind than the name says."""
    try:
        with path.open("rb") as file:
            head = file.read(256).removeprefix(b"\xef\xbb\xbf").lstrip()
    except OSError:
        return None
    found = next(((zh, en) for start, zh, en in _HEADS if head.startswith(start)), None)
    return None if found is not None and found[1] == KINDS.get(path.suffix.lower()) else found
