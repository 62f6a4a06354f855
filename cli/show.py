"""cli: how answers and refusals are printed: a line for people, or one JSON document."""

from __future__ import annotations

import json
import re
import sys
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from rich.console import Console
from rich.table import Table

from records.seam import Answer
from rules.instants import TAIPEI, local_text
from rules.lint.words import when
from rules.refusals import Refusal
from rules.text import is_hidden

_INSTANT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ")
_ID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
WIDE = 200
"""Columns of a table that goes to a file or another program, which has no width."""
EACH = 5
"""Places of one kind of problem in a file that a person sees; --json has them all."""
REFUSED = 2
"""Exit code: unreadable input, no right, wrong state, unknown id (readings, "Exit codes")."""


def emit(value: Any) -> None:
    """One JSON document on standard output."""
    json.dump(value, sys.stdout, ensure_ascii=False, indent=2, default=_plain)
    sys.stdout.write("\n")


def _plain(value: Any) -> Any:
    if isinstance(value, (datetime, date)):
        return value.isoformat()
    return str(value)


def refusal(found: Refusal, *, as_json: bool) -> int:
    """Print a refusal with clause, place, found, limit and remedy in both languages; the exit code."""
    if as_json:
        emit({"accepted": False, "refusal": found.shown()})
        return REFUSED
    shown = found.shown()
    print(f"拒絕 · refused 〔{shown['clause'] or '-'}〕{shown['message']} · {shown['message_en']}", file=sys.stderr)
    for zh, en, name in (("位置", "place", "place"), ("現況", "found", "found"), ("界限", "limit", "limit")):
        if shown[name]:
            print(f"  {zh} · {en}: {visible(_in_taipei(shown[name]))}", file=sys.stderr)
    print(f"  處理 · remedy: {shown['remedy']} · {shown['remedy_en']}", file=sys.stderr)
    return REFUSED


def visible(text: str) -> str:
    """A text for a terminal: what steers it or hides in it is written as its code, for names come from anywhere."""
    return "".join(f"<U+{ord(c):04X}>" if is_hidden(c) else c for c in text)


def unusable(text: str, problems: Sequence[dict[str, Any]], *, as_json: bool) -> int:
    """Say why a document or a server cannot be used; the exit code."""
    if as_json:
        emit({"accepted": False, "text": text, "problems": problems})
    else:
        print(text, file=sys.stderr)
    return REFUSED


def _in_taipei(text: str) -> str:
    """Instants in a refusal as people read them; programs get UTC in the JSON."""
    return _INSTANT.sub(lambda m: when(datetime.fromisoformat(m.group())), text)


@dataclass(frozen=True, slots=True)
class RowProblem:
    """What is wrong with a row of a file; a row, column or value that it is not about is None."""

    file: str
    row: int | None
    column: str | None
    value: str | None
    rule: str
    clause: str | None
    message: str
    message_en: str
    remedy: str
    remedy_en: str

    def __str__(self) -> str:
        place = f"{self.file}:{self.row}" if self.row else self.file
        field = f"「{self.column}」" if self.column else " "
        found = f"值 {self.value!r}, " if self.value is not None else ""
        rule = f"{self.rule} {self.clause or ''}".strip()
        return f"{place}{field}{self.message} · {self.message_en}({found}{rule})→ {self.remedy} · {self.remedy_en}"


def row_problems(problems: Iterable[RowProblem]) -> None:
    """Print problems, of each kind in a file the first ones: a wrong code makes every row of it wrong."""
    told: Counter[tuple[str, str, str | None]] = Counter()
    for p in problems:
        kind = p.file, p.rule, p.column
        told[kind] += 1
        if told[kind] <= EACH:
            print(p, file=sys.stderr)
    for (file, rule, _), n in told.items():
        if n > EACH:
            print(
                f"… {file} {rule}: 另有 {n - EACH} 處,--json 全部列出 · more places, all with --json", file=sys.stderr
            )


SAID = ("warnings", "steps", "overloads", "uncovered", "float_days", "findings", "not_ok", "open")
"""What people want to read of a draft's lint, a rehearsal and a self-check, beside the proof itself."""


def answer(found: Answer, *, as_json: bool) -> int:
    """Print what became of a command; the exit code."""
    if found.refusal is not None:
        return refusal(found.refusal, as_json=as_json)
    if as_json:
        emit(found.shown())
    else:
        proof = found.proof
        again = "(先前已完成 · done before)" if found.repeated else ""
        print(f"完成 · accepted {found.command} {again}")
        for name in ("subject", "at", "fact", "sha256", *SAID):
            if name in proof:
                print(f"  {name}: {_at(proof[name]) if name == 'at' else proof[name]}")
        if "information" in proof:
            print(f"  註 · note: {proof['information']['message']} · {proof['information']['message_en']}")
    return 0


def _at(text: str) -> str:
    """When a command counted, as people read it; the proof itself holds UTC."""
    return f"{datetime.fromisoformat(text).astimezone(TAIPEI):%Y-%m-%d %H:%M:%S}(臺北時間 · Taipei)"


def table(titles: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    """A table for people."""
    shown = Table(box=None, pad_edge=False, header_style="bold")
    cells = [[_cell(x) for x in row] for row in rows]
    for n, title in enumerate(titles):
        ids = any(_ID.fullmatch(row[n]) for row in cells if n < len(row))
        shown.add_column(title, overflow="fold", no_wrap=ids)  # a key that is cut or broken cannot be copied
    for row in cells:
        shown.add_row(*row)
    console = Console(width=None if sys.stdout.isatty() else WIDE, markup=False)  # [x] in a cell is text
    console.print(shown)


def _cell(value: Any) -> str:
    if value is None:
        return ""
    return local_text(value) if isinstance(value, datetime) else str(value)
