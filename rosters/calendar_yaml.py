"""rosters: a calendar written as the YAML file that people edit; reading it gives the same calendar. 規§4.1, 規§4.2"""

from __future__ import annotations

import re
from datetime import date, datetime, time
from typing import Any

from pydantic import BaseModel

from rules.instants import TAIPEI, local_text
from rules.schedule import Calendar

_BARE = re.compile(r"[a-z][a-z0-9_]*")
"""An id; all else is quoted: a bare 115 would be read as a number."""


def calendar_yaml(calendar: Calendar, *, state: str) -> str:
    """The whole file, one line a window; `state` says in the first comment which version of whose it is."""
    c = calendar
    lines = [
        f"# {one_line(state)}",
        "# 期限 due 是公告的期限,關閉 closes 是系統關閉的時刻;臺北時間 · due is announced, closes is enforced; Taipei time.",
        *head(c),
        *(f"  {name}: {row(s)}" for name, s in c.semesters.items()),
    ]
    for title, rows in (
        ("windows", c.windows), ("deadlines", c.deadlines), ("school_days", c.school_days), ("closures", c.closures),
    ):  # fmt: skip
        if rows or title in ("windows", "deadlines"):
            lines += ["", f"{title}:" if rows else f"{title}: []", *(f"  - {row(r)}" for r in rows)]
    return "\n".join(lines) + "\n"


def head(c: Calendar) -> list[str]:
    """The lines before the first semester."""
    return [
        f"school_year: {c.school_year}",
        f"version: {c.version}",
        f"title: {quoted(c.title)}",
        f"opens: {instant(c.opens)}",
        f"source: {quoted(c.source)}",
        "semesters:",
    ]


def row(model: BaseModel) -> str:
    """A value as one line; what stands at its default is left out."""
    given = {name: getattr(model, name) for name in type(model).model_fields}
    defaults = {name: f.default for name, f in type(model).model_fields.items() if not f.is_required()}
    parts = [f"{name}: {_value(x)}" for name, x in given.items() if name not in defaults or x != defaults[name]]
    return "{" + ", ".join(parts) + "}"


def _value(value: Any) -> str:
    if isinstance(value, BaseModel):
        return row(value)
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, datetime):
        return instant(value)
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, time):
        return quoted(value.isoformat("minutes" if value.second == 0 else "auto"))
    if isinstance(value, tuple):
        return "[" + ", ".join(_value(x) for x in value) + "]"
    return str(value) if _BARE.fullmatch(str(value)) and value not in ("true", "false", "null") else quoted(str(value))


def instant(value: datetime) -> str:
    """`2027-02-03 17:00`; with its zone where it has seconds, which no file may hold: the reader names the line."""
    return quoted(value.astimezone(TAIPEI).isoformat()) if value.second or value.microsecond else local_text(value)


def quoted(text: str) -> str:
    """A text between quotes, on one line whatever it holds."""
    escaped = one_line(text).replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


def one_line(text: str) -> str:
    """Titles come from foreign files: no line break may end a comment and begin a field."""
    return "".join(" " if ch in "\r\n\x85\u2028\u2029" or (ord(ch) < 32) else ch for ch in text)
