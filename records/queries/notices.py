"""records: the notices of a person, newest first."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from records.db import Connection


async def notices_of(connection: Connection, school: str, person: UUID, *, most: int) -> list[dict[str, Any]]:
    """Template, subject (an id), post, arguments and instant of the newest notices."""
    rows = await connection.fetch(
        "select template, subject, post, args, at, batch from notice where school = $1 and person = $2"
        " order by at desc, batch limit $3",
        school,
        person,
        most,
    )
    return [dict(r) for r in rows]
