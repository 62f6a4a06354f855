"""records: who holds which post and who is away, as the linter and the rehearsal ask for it. 規§10.1.2"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace
from datetime import datetime

from records.db import Connection
from records.queries.snapshot import load_structure
from rules.lint.case import People
from rules.posts import Away, Holding
from rules.rehearsals.school import School
from rules.rehearsals.staffing import Staffing


async def staffing_of(connection: Connection, school: str) -> Staffing:
    """Every post with its holder and deputies over time, and everybody's absences; people by id."""
    holdings: defaultdict[str, list[Holding]] = defaultdict(list)
    for r in await connection.fetch(
        "select post, rank, person, opens, closes from post_holder where school = $1 order by post, rank, opens", school
    ):
        holdings[r["post"]].append(Holding(str(r["person"]), r["rank"], r["opens"], r["closes"]))
    absences: defaultdict[str, list[Away]] = defaultdict(list)
    for r in await connection.fetch(
        "select person, opens, closes from absence where school = $1 order by opens", school
    ):
        absences[str(r["person"])].append(Away(str(r["person"]), r["opens"], r["closes"]))
    return Staffing(dict(holdings), dict(absences))


def people_ahead(staffing: Staffing, *, opens: datetime, at: datetime) -> People:
    """The people that a calendar opening at `opens` is judged by, when it is judged at `at`.

    What has passed is not judged again: who holds a post now counts as holding it since the opening, and only
    absences that are not over count.
    """
    holdings = {
        post: tuple(replace(h, opens=min(h.opens, opens)) if h.holds(at=at) else h for h in held)
        for post, held in staffing.holdings.items()
    }
    away = tuple(replace(a, opens=max(a.opens, at)) for of in staffing.absences.values() for a in of if a.closes > at)
    return People(holdings, away)


async def school_now_of(connection: Connection, school: str, semesters: tuple[str, ...]) -> School:
    """The school as its records have it: courses of these semesters, classes, sizes, posts and absences."""
    whole = await load_structure(connection, school, None)
    courses = [c for s in semesters for c in (await load_structure(connection, school, s)).courses]
    sizes = await connection.fetch(
        "select s.class, m.lane, count(*) as n from student s join lane_member m on m.school = s.school"
        " and m.person = s.person and m.closes is null where s.school = $1 and s.left_on is null group by 1, 2",
        school,
    )
    lanes: defaultdict[str, int] = defaultdict(int)
    classes: defaultdict[str, int] = defaultdict(int)
    for r in sizes:
        lanes[r["lane"]] += r["n"]
        classes[r["class"]] += r["n"]
    staffing = await staffing_of(connection, school)
    return School(replace(whole, courses=tuple(courses)), staffing, dict(lanes), dict(classes))
