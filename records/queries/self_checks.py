"""records: what was recorded on the lines of a self-check. 規§4.2"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from records.db import Connection, school_now
from records.sealing import Erased, person_key, unseal
from records.seam import Vault
from rules.refusals import Code, refuse

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


async def remarks(
    connection: Connection, vault: Vault, school: str, duty: str, reader: UUID, posts: Sequence[str]
) -> list[dict[str, Any]]:
    """What the checkers wrote beside the lines, oldest first, for who holds or deputises one of `posts`.

    Raises Refused(no_post) for anybody else. The remark of an erased checker is gone with the key.
    """
    now = await school_now(connection, school)
    ways = [await connection.fetchval("select may_act($1, $2, $3, $4)", school, p, reader, now) for p in posts]
    if not any(ways):
        raise refuse(Code.NO_POST, clause="規§4.2", place=", ".join(posts))
    found = []
    for row in await connection.fetch(
        "select line, ok, at, checked_by, sealed from self_check_line"
        " where school = $1 and duty = $2 and sealed is not null order by ordinal",
        school,
        duty,
    ):
        try:
            key = await person_key(connection, vault, school, row["checked_by"])
        except Erased:
            continue
        told = {k: row[k] for k in ("line", "ok", "at")}
        found.append(told | {"remark": unseal(key, row["sealed"]).decode()})
    return found
