"""records: items as their student sees them, and who has none: by choice, or without a word. 規§5.3.1, 規§5.3.2"""

from __future__ import annotations

from typing import Any

from records.db import Connection, school_now

WAITING = "certification_requested"
"""What a student sees of a decision that is not released: 認證中."""


async def as_seen_by_student(connection: Connection, school: str, items: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The items with decisions held back where the school's rules say so: until the course's results are released,
    at the latest until uploads close, since an outcome that nobody tells of could not be corrected after that."""
    held = await connection.fetchval("select results_held()")
    if not held:
        return items
    now = await school_now(connection, school)
    released = {
        r["course"] for r in await connection.fetch("select course from result_release where school = $1", school)
    }
    closed = {
        r["period"]
        for r in await connection.fetch(
            "select period from admission_window where school = $1 and kind = 'outcome_upload' group by period"
            " having max(closes) <= $2",
            school,
            now,
        )
    }
    return [_hidden(i) if _holds(i, released, closed) else i for i in items]


def _holds(item: dict[str, Any], released: set[str], closed: set[str]) -> bool:
    decided = item["state"] in ("certified", "returned")
    return decided and item["course"] not in released and item["period"] not in closed


def _hidden(item: dict[str, Any]) -> dict[str, Any]:
    return item | {"state": WAITING, "decided_at": None, "return_reason": None}


async def without_items(connection: Connection, school: str, what: str, period: str) -> list[dict[str, Any]]:
    """Students who handed in (or selected) nothing in a period, and when they said that they chose so; None: no word."""
    counts, of = ("selected", ["outcome", "diverse"]) if what == "selection" else ("uploaded", [what])
    rows = await connection.fetch(
        "select s.person, s.class, d.at as chose_at from student s"
        " left join declined d on d.school = s.school and d.student = s.person and d.what = $2 and d.period = $3"
        " where s.school = $1 and not exists (select from quota_use q where q.school = s.school and q.person = s.person"
        "  and q.item = any($5) and q.counts = $4 and q.period = $3 and q.used > 0) order by s.class, s.person",
        school, what, period, counts, of,
    )  # fmt: skip
    return [dict(r) for r in rows]
