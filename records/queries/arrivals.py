"""records: when a year's outcomes, certifications and duties were done, beside their deadlines; no persons. 規§3.1, 規§4.1"""

from __future__ import annotations

from records.db import Connection
from records.queries.snapshot import load_snapshot
from rules.duties import duties_of
from rules.rehearsals.measured import Moment, Of

_ITEMS = (
    "select w.due, i.{at} as at from item i join admission_window w on w.school = i.school and w.period = i.period"
    " and w.lane = i.lane and w.kind = $3 and w.occurrence = '' where i.school = $1 and i.school_year = $2"
    " and i.item = 'outcome' and i.{at} is not null and i.state <> 'withdrawn'"
)


async def arrivals(connection: Connection, school: str, year: str) -> dict[Of, list[Moment]]:
    """(deadline, instant) of every outcome handed in or decided on, and of every duty done, in a school year.

    Call it inside `Database.transaction(school, snapshot=True)`, so that all stand at one state.
    """
    uploads = await connection.fetch(_ITEMS.format(at="uploaded_at"), school, year, "outcome_upload")
    decided = await connection.fetch(_ITEMS.format(at="decided_at"), school, year, "certification")
    rows = await connection.fetch(
        "select id from process where school = $1 and (params->>'period' = $2 or params->>'period' like $2 || '-%')"
        " order by id",
        school,
        year,
    )
    done: list[Moment] = []
    for row in rows:
        s = await load_snapshot(connection, school, row["id"])
        for key, duty in duties_of(s).items():
            state = s.duties.get(key)
            if state is not None and state.done_at is not None:
                done.append((duty.due, state.done_at))
    return {
        "uploads": [(r["due"], r["at"]) for r in uploads],
        "certifications": [(r["due"], r["at"]) for r in decided],
        "duties": done,
    }


async def places_in(connection: Connection, school: str, year: str) -> int:
    """How many places of students in courses a school year has."""
    found: int = await connection.fetchval(
        "select count(*) from course_member m join course k on k.school = m.school and k.id = m.course"
        " where m.school = $1 and k.semester like $2 || '-%'",
        school,
        year,
    )
    return found
