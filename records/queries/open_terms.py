"""records: every open process of a school, as its planner sees it, to plan all of them again. 規§13"""

from __future__ import annotations

from dataclasses import replace

from records.db import Connection
from records.queries.snapshot import load_snapshot, load_structure
from rules.snapshot import Snapshot, Structure


async def open_terms(connection: Connection, school: str) -> tuple[list[Snapshot], Structure]:
    """The snapshots of all processes that are not over, and the structure of every semester.

    Call it inside `Database.transaction(school, snapshot=True)`, so that all stand at one state.
    """
    rows = await connection.fetch("select id from process where school = $1 and over_at is null order by id", school)
    snapshots = [await load_snapshot(connection, school, r["id"]) for r in rows]
    semesters = await connection.fetch("select distinct semester from course where school = $1 order by 1", school)
    whole = await load_structure(connection, school, None)
    courses = [c for r in semesters for c in (await load_structure(connection, school, r["semester"])).courses]
    return snapshots, replace(whole, courses=tuple(courses))
