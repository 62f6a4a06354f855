"""records: the extensions of a period as the planner reads them: whose lanes wait, which duties have a later date. 規§10.2.2"""

from __future__ import annotations

from records.db import Connection
from rules.snapshot import ExtensionState, Structure

_LANES = (
    "case e.scope when 'lane' then array[e.target] when 'all' then"
    " (select array_agg(distinct lane) from lane_member where school = $1)"
    " else (select array_agg(distinct m.lane) from student s join lane_member m on m.school = s.school"
    "   and m.person = s.person and m.closes is null where s.school = $1"
    "   and case e.scope when 'class' then s.class = e.target else s.person = e.target::uuid end) end"
)
_WAITING = (
    # The certifications that wait in each course, and until when: the earliest of their students' latest dates.
    "select i.course, min(x.closes) as closes, max(x.granted_at) as granted_at, bool_and(x.closes is not null) as whole"
    " from (select distinct course, student, class, lane from item where school = $1 and period = $2"
    "   and item = 'outcome' and state = 'certification_requested') i"
    " left join lateral (select e.closes, e.granted_at from extension e where e.school = $1 and e.period = $2"
    "   and e.kind = 'certification' and e.occurrence = '' and (e.scope = 'all'"
    "    or (e.scope = 'lane' and e.target = i.lane) or (e.scope = 'class' and e.target = i.class)"
    "    or (e.scope = 'person' and e.target = i.student::text)) order by e.closes desc limit 1) x on true"
    " group by i.course"
)


async def granted_of(
    connection: Connection, school: str, period: str, structure: Structure
) -> tuple[ExtensionState, ...]:
    """Granted extensions of a period, with the lanes that they touch and the duties that they hold whole.

    A course's certification has a later date when every student who waits for it has one: the earliest of these.
    """
    rows = await connection.fetch(
        "select e.kind, e.occurrence, e.scope, case e.scope when 'person' then '' else e.target end as target,"
        f" case e.scope when 'person' then null else e.granted_at end as granted_at, max(e.closes) as closes, {_LANES}"
        " as lanes from extension e where e.school = $1 and e.period = $2 group by 1, 2, 3, 4, 5, 7 order by 5, 6, 4",
        school,
        period,
    )
    if not rows:
        return ()
    waiting = {}
    if any(r["kind"] == "certification" for r in rows):
        waiting = {r["course"]: r for r in await connection.fetch(_WAITING, school, period)}
    found = [
        ExtensionState(
            period=period,
            kind=r["kind"],
            lanes=frozenset(r["lanes"] or ()),
            closes=r["closes"],
            occurrence=r["occurrence"],
            scopes=_held(structure, r["scope"], r["target"]) - waiting.keys(),
            granted_at=r["granted_at"],
        )
        for r in rows
    ]
    found += [
        ExtensionState(period, "certification", frozenset(), r["closes"], "", frozenset({course}), r["granted_at"])
        for course, r in sorted(waiting.items())
        if r["whole"]
    ]
    return tuple(found)


def _held(structure: Structure, scope: str, target: str) -> frozenset[str]:
    """The lanes, classes and courses of which everybody is in a scope; a person is never the whole of one."""
    if scope == "all":
        lanes, classes = structure.lanes, frozenset(structure.classes)
    elif scope == "lane":
        lanes, classes = frozenset({target}), frozenset(c for c, lane in structure.classes.items() if lane == target)
    else:
        lanes, classes = frozenset(), frozenset({target} if scope == "class" else ())
    return lanes | classes | {c.id for c in structure.courses if c.class_ in classes}
