"""records: who handed in or selected nothing: by choice, or without a word. 規§5.3.1, 規§6.1"""

from __future__ import annotations

from typing import Any

from records.db import Connection


async def without_items(connection: Connection, school: str, what: str, period: str) -> list[dict[str, Any]]:
    """Students who handed in (or selected) nothing in a period, and when they said that they chose so; None: no word."""
    counts, of = ("selected", ["outcome", "diverse"]) if what == "selection" else ("uploaded", [what])
    rows = await connection.fetch(
        "select s.person, s.class, s.seat, d.at as chose_at from student s"
        " left join declined d on d.school = s.school and d.student = s.person and d.what = $2 and d.period = $3"
        " where s.school = $1 and not exists (select from quota_use q where q.school = s.school and q.person = s.person"
        "  and q.item = any($5) and q.counts = $4 and q.period = $3 and q.used > 0) order by s.class, s.seat, s.person",
        school, what, period, counts, of,
    )  # fmt: skip
    return [dict(r) for r in rows]
