"""records: what was recorded on the lines of a self-check. 規§4.2"""

from __future__ import annotations

from typing import Any

from records.db import Connection

_STANDING = (
    "select distinct on (l.line) l.line, l.ok, l.at, l.checked_by, l.on_behalf_of, l.sealed is not null as remarked"
    " from self_check_line l left join duty d on d.school = l.school and d.key = l.duty"
    " where l.school = $1 and l.duty = $2 and l.at > coalesce(d.returned_at, '-infinity') order by l.line, l.ordinal desc"
)
"""The newest result of each line since the duty was last given back."""


async def standing_lines(connection: Connection, school: str, duty: str) -> dict[str, bool]:
    """Whether each recorded line is ok, by its id."""
    return {r["line"]: r["ok"] for r in await connection.fetch(_STANDING, school, duty)}


async def told_lines(connection: Connection, school: str, duty: str) -> dict[str, dict[str, Any]]:
    """Each recorded line: ok, instant, checker (an id), the post acted for, and whether a remark is kept."""
    shown = ("ok", "at", "checked_by", "on_behalf_of", "remarked")
    return {r["line"]: {k: r[k] for k in shown} for r in await connection.fetch(_STANDING, school, duty)}
