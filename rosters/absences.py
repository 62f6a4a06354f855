"""rosters: absences known beforehand, from a CSV or XLSX file: staff number, first and last day or instants. 規§10.1.2"""

from __future__ import annotations

from datetime import date, datetime, timedelta
from pathlib import Path

from rosters.documents import DocumentError, DocumentProblem
from rosters.sis.tables import Cell, Unreadable, read_table
from rules.instants import at_taipei, read_instant
from rules.posts import Away

COLUMNS = {
    "職員編號": "person",
    "staff_no": "person",
    "開始": "opens",
    "opens": "opens",
    "結束": "closes",
    "closes": "closes",
}
"""What the header may say; other columns (a reason) are left alone."""


def read_absences(path: Path, *, known: frozenset[str]) -> list[tuple[str, Away]]:
    """(staff number, absence) of every row; a day alone is the whole day, the last one included.

    Raises DocumentError that names each row: unknown numbers, days that do not exist, an end before the start.
    """
    try:
        table = read_table(path)
    except Unreadable as error:
        raise DocumentError(
            [_problem(path, 1, "", error.detail, "檔案無法讀取", "請提供 CSV 或 XLSX", "give CSV or XLSX")]
        ) from None
    placed = {COLUMNS[str(c).strip()]: n for n, c in enumerate(table.header) if str(c).strip() in COLUMNS}
    missing = sorted({"person", "opens", "closes"} - placed.keys())
    if missing:
        names = ", ".join(k for k, v in COLUMNS.items() if v in missing)
        raise DocumentError([_problem(path, 1, names, "", "缺少欄位", "請補上欄位", "add the columns")])
    found: list[tuple[str, Away]] = []
    problems: list[DocumentProblem] = []
    for line in table.lines:
        cells = {name: line.cells[n] if n < len(line.cells) else "" for name, n in placed.items()}
        person = _plain(cells["person"])
        if person not in known:
            problems.append(
                _problem(path, line.row, "職員編號", person, "查無此職員", "請確認編號", "check the number")
            )
            continue
        edges = {}
        for name, last in (("opens", False), ("closes", True)):
            try:
                edges[name] = _edge(cells[name], last=last)
            except ValueError:
                problems.append(
                    _problem(
                        path, line.row, "開始" if name == "opens" else "結束", _plain(cells[name]), "不是日期",
                        "請寫成 2027-02-03 或 2027-02-03 12:00", "write 2027-02-03 or 2027-02-03 12:00",
                    )
                )  # fmt: skip
        if len(edges) == 2 and edges["closes"] <= edges["opens"]:
            problems.append(
                _problem(
                    path, line.row, "結束", _plain(cells["closes"]), "結束早於開始", "請更正日期", "correct the days"
                )
            )
        elif len(edges) == 2:
            found.append((person, Away(person, edges["opens"], edges["closes"])))
    if problems:
        raise DocumentError(problems)
    return found


def _edge(cell: Cell, *, last: bool) -> datetime:
    """The instant of a cell; a day without a clock as a last one ends with that day."""
    if isinstance(cell, datetime):
        return read_instant(cell)
    text = cell.isoformat() if isinstance(cell, date) else str(cell).strip().replace("/", "-")
    if len(text) <= 10:
        day = date(*(int(x) for x in text.split("-")))
        return at_taipei(day + timedelta(days=1) if last else day)
    return read_instant(text)


def _plain(cell: Cell) -> str:
    return str(int(cell)) if isinstance(cell, float) and cell.is_integer() else str(cell).strip()


def _problem(path: Path, row: int, field: str, value: str, rule: str, zh: str, en: str) -> DocumentProblem:
    return DocumentProblem(str(path), row, field, value[:80], rule, zh, en)
