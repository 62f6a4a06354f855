"""demo: what the simulated central database does with a roster that comes in: look at the cover, keep a version."""

from __future__ import annotations

import hashlib
import json
import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from python_calamine import CalamineError, CalamineWorkbook

COVER = "封面"
COVER_HEADERS = ("學校代碼", "學年度", "學期", "名冊別")
CODES = frozenset(
    ["21", "22", "23", "24", "25", "26", "27", "28", "34", "35", "36", "38", "41", "42", "74", "75", "76", "78"]
)
PRECHECKS = frozenset(["41", "42"])
PERSON, BORN = "身分證號", "出生日期"

_VERSION = re.compile(r"_v([1-9]\d*)$")

Table = tuple[list[str], list[list[Any]]]
"""Headers and rows of one sheet."""


@dataclass(slots=True)
class Complaint:
    """Why a roster is sent back, or what a pre-check found: a place and a sentence."""

    sheet: str
    row: int | None
    column: str
    text: str


@dataclass(slots=True)
class Incoming:
    """A roster that came in: its cover and its sheets."""

    path: Path
    sha256: str
    cover: dict[str, str] = field(default_factory=dict)
    sheets: dict[str, Table] = field(default_factory=dict)
    complaints: list[Complaint] = field(default_factory=list)

    @property
    def series(self) -> str:
        """What its versions are versions of."""
        return "_".join(self.cover.get(name, "") for name in COVER_HEADERS)

    @property
    def stated(self) -> int | None:
        """The version that the file's name states (`…_v2.xlsx`): the same content may be sent again as another."""
        found = _VERSION.search(self.path.stem)
        return int(found.group(1)) if found else None


def take_in(path: Path) -> Incoming:
    """Read a roster and check its cover; a bad one has complaints and no sheets."""
    incoming = Incoming(path, hashlib.sha256(path.read_bytes()).hexdigest())
    try:
        book = CalamineWorkbook.from_path(str(path))
        tables = {name: [list(row) for row in book.get_sheet_by_name(name).to_python()] for name in book.sheet_names}
    except (CalamineError, OSError, ValueError) as error:
        incoming.complaints.append(Complaint("", None, "", f"檔案無法開啟 · cannot be opened ({type(error).__name__})"))
        return incoming
    cover = tables.pop(COVER, [])
    if len(cover) < 2 or [str(x).strip() for x in cover[0][:4]] != list(COVER_HEADERS):
        incoming.complaints.append(Complaint(COVER, 1, "", "封面欄位應為 " + "、".join(COVER_HEADERS)))
        return incoming
    for name, cell in zip(COVER_HEADERS, cover[1], strict=False):
        incoming.cover[name] = str(int(cell)) if isinstance(cell, float) else str(cell).strip()
    if len(incoming.cover["學校代碼"]) != 6:
        incoming.complaints.append(Complaint(COVER, 2, "學校代碼", "學校代碼應為 6 碼"))
    if incoming.cover["名冊別"] not in CODES:
        incoming.complaints.append(Complaint(COVER, 2, "名冊別", "沒有這個名冊別"))
    for name, rows in tables.items():
        if rows and not name.endswith("(缺)"):
            headers = [str(cell).strip() for cell in rows[0]]
            incoming.sheets[name] = (headers, [row for row in rows[1:] if any(str(cell).strip() for cell in row)])
            if PERSON not in headers:
                incoming.complaints.append(Complaint(name, 1, PERSON, "缺少欄位"))
    return incoming


def pre_check(incoming: Incoming) -> list[Complaint]:
    """What a pre-check of this roster would say: missing persons, course codes of a wrong length, doubled rows."""
    found: list[Complaint] = []
    for sheet, (headers, rows) in incoming.sheets.items():
        seen: dict[tuple[str, ...], int] = {}
        for number, row in enumerate(rows, start=2):
            cells = dict(zip(headers, (str(cell).strip() for cell in row), strict=False))
            if not cells.get(PERSON):
                found.append(Complaint(sheet, number, PERSON, "未填"))
            for name, text in cells.items():
                if name.endswith("課程代碼") and len(text) != 23:
                    found.append(Complaint(sheet, number, name, f"應為 23 碼,實為 {len(text)} 碼"))
            same = seen.setdefault(tuple(cells.values()), number)
            if same != number:
                found.append(Complaint(sheet, number, "", f"與第 {same} 列完全相同"))
    return found


@dataclass(slots=True)
class Shelf:
    """The versions that came in, kept beside the outbox; the same file twice is the same version."""

    path: Path
    versions: dict[str, list[str]] = field(default_factory=dict)

    @classmethod
    def at(cls, folder: Path) -> Shelf:
        """The shelf in a folder, empty at first."""
        path = folder / "versions.json"
        kept = json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}
        return cls(path, kept)

    def keep(self, incoming: Incoming) -> int:
        """The version number of a roster, from 1."""
        hashes = self.versions.setdefault(incoming.series, [])
        if incoming.sha256 not in hashes:
            hashes.append(incoming.sha256)
            self.path.write_text(json.dumps(self.versions, ensure_ascii=False, indent=1), encoding="utf-8")
        return hashes.index(incoming.sha256) + 1
