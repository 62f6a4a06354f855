"""demo: faults planted in a receipt by seed, each on a person of its own, so that a test knows what must be found."""

from __future__ import annotations

import random
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from datetime import date, timedelta
from typing import Any

from demo.central_database.intake import BORN, PERSON, Table

LINE_FAULTS = ("missing", "extra", "altered", "wrong_course_code", "duplicate_person")
CELL_FAULTS = ("formula", "merged", "float_code", "mixed_dates")
FILE_FAULTS = (
    "truncated", "other_school", "older_version", "clock_24", "shuffled_columns", "unknown_column", "big5", "bom",
)  # fmt: skip
CLASSES = (*LINE_FAULTS, *CELL_FAULTS, *FILE_FAULTS)
OTHER_SCHOOL = "888801"


class TooMany(ValueError):
    """The roster has too few people for that many faults."""


@dataclass(slots=True)
class Line:
    """One line of the receipt to be: its sheet, its cells by header, the school it is reported by."""

    sheet: str
    cells: dict[str, Any]
    school: str


@dataclass(frozen=True, slots=True)
class Planted:
    """One fault: its class, whose line, which column, and the course code as our roster has it."""

    kind: str
    sheet: str
    person: str
    column: str = ""
    code: str = ""
    before: str = ""
    after: str = ""

    def sealed(self) -> dict[str, str]:
        """As it stands in the sealed list."""
        return asdict(self)


def lines_of(sheets: dict[str, Table], school: str) -> list[Line]:
    """Every row of the roster as a line of the receipt, nothing changed."""
    return [
        Line(sheet, dict(zip(headers, [*row, *[""] * len(headers)], strict=False)), school)
        for sheet, (headers, rows) in sheets.items()
        for row in rows
    ]


def plant(lines: list[Line], counts: dict[str, int], draw: random.Random) -> tuple[list[Line], list[Planted]]:
    """The lines with so many faults of each class, and what was planted. Raises TooMany.

    At most one fault a person, so that none hides another.
    """
    by_person: dict[str, list[int]] = {}
    for index, line in enumerate(lines):
        by_person.setdefault(str(line.cells[PERSON]), []).append(index)
    people = sorted(by_person)
    draw.shuffle(people)
    free = iter(people)
    planted: list[Planted] = []
    gone: set[int] = set()
    added: list[Line] = []
    for kind in LINE_FAULTS:
        for _ in range(counts.get(kind, 0)):
            line, index = _chosen(kind, lines, by_person, free, draw)
            if kind == "missing":
                gone.add(index)
                planted.append(_note(kind, line))
            elif kind == "extra":
                added.append(_invented(line, draw))
                planted.append(_note(kind, added[-1]))
            elif kind == "duplicate_person":
                cells = {**line.cells, **{c: _of_school(str(line.cells[c])) for c in _codes(line)}}
                added.append(Line(line.sheet, cells, OTHER_SCHOOL))
                planted.append(_note(kind, added[-1]))
            else:
                planted.append(_changed(kind, line, [lines[i] for i in by_person[str(line.cells[PERSON])]], draw))
    kept = [line for index, line in enumerate(lines) if index not in gone] + added
    draw.shuffle(kept)
    return kept, planted


def _chosen(
    kind: str, lines: list[Line], by_person: dict[str, list[int]], free: Iterable[str], draw: random.Random
) -> tuple[Line, int]:
    for person in free:
        fitting = [i for i in by_person[person] if kind not in ("wrong_course_code", "extra") or _codes(lines[i])]
        if fitting:
            index = draw.choice(fitting)
            return lines[index], index
    raise TooMany(kind)


def _codes(line: Line) -> list[str]:
    return [name for name in line.cells if name.endswith("課程代碼") and str(line.cells[name])]


def _note(kind: str, line: Line) -> Planted:
    codes = _codes(line)
    return Planted(kind, line.sheet, str(line.cells[PERSON]), code=str(line.cells[codes[0]]) if codes else "")


def _of_school(code: str) -> str:
    return code[:3] + OTHER_SCHOOL + code[9:]


def _invented(line: Line, draw: random.Random) -> Line:
    """A line of the same person that nobody sent: another course, other texts."""
    cells = dict(line.cells)
    serial = draw.randrange(10**6)
    for name, cell in cells.items():
        if name.endswith("課程代碼"):
            cells[name] = str(cell)[:16] + f"Z{serial:06}"
        elif name not in (PERSON, BORN) and isinstance(cell, str) and cell and not cell.isdigit():
            cells[name] = f"多出的資料{serial:06}"
    return Line(line.sheet, cells, line.school)


def _changed(kind: str, line: Line, own: list[Line], draw: random.Random) -> Planted:
    """One column of the line changed in place: a course code, or anything else that is filled."""
    codes = _codes(line)
    code = str(line.cells[codes[0]]) if codes else ""
    if kind == "wrong_course_code":
        column = codes[0]
        taken = {str(other.cells.get(column, "")) for other in own}
        after = code
        while after in taken:
            after = code[:-2] + f"{draw.randrange(100):02}"
    else:
        column = draw.choice([n for n, x in line.cells.items() if n != PERSON and n not in codes and str(x).strip()])
        after = _altered(line.cells[column], draw)
    before = str(line.cells[column])
    line.cells[column] = after
    return Planted(kind, line.sheet, str(line.cells[PERSON]), column, code, before, str(after))


def _altered(cell: Any, draw: random.Random) -> Any:
    """Another value of the same sort: a number more, a day later, a character lost or unreadable."""
    if isinstance(cell, int | float):
        return cell + 1
    text = str(cell)
    day = roc_day(text)
    if day is not None:
        later = day + timedelta(days=1)
        return f"{later.year - 1911:03}{later:%m%d}"
    if text.isdigit():
        return str(int(text) + 1)
    at = draw.randrange(len(text))
    return text[:at] + ("□" if draw.random() < 0.5 and text[at] != "□" else "") + text[at + 1 :] or "□"


def roc_day(text: str) -> date | None:
    """The day of seven ROC digits."""
    if len(text) != 7 or not text.isdigit():
        return None
    try:
        return date(int(text[:3]) + 1911, int(text[3:5]), int(text[5:]))
    except ValueError:
        return None
