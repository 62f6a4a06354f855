"""records: whom an extension names, and until when each of them may act now. 規§10.2.2"""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from records.queries.extensions import unfinished
from records.seam import Deed
from rules.admission import Standing
from rules.commands import Extend
from rules.refusals import Code, refuse

_PEOPLE = (
    "select s.person, s.class, m.lane from lane_member m join student s on s.school = m.school and s.person = m.person"
    " where m.school = $1 and (m.closes is null or m.closes > $4)"
    " and ($2 = 'all' or ($2 = 'lane' and m.lane = any($3)) or ($2 = 'class' and s.class = any($3))"
    "  or ($2 in ('person', 'unfinished', 'list') and m.person::text = any($3))) order by m.lane, s.person"
)


async def targets_of(deed: Deed, c: Extend) -> list[str]:
    """Whom the extension names, each checked to exist. Raises Refused(not_found, bad_request)."""
    if c.scope == "all":
        return [""]
    if c.scope == "unfinished":
        found = await unfinished(deed.connection, deed.school, c.period, c.kind, c.target)
        if not found:
            raise refuse(Code.NOT_FOUND, clause="規§10.2.2", place="unfinished", found="0")
        return found
    if c.scope == "list":
        return await _listed(deed, c)
    sql = {
        "person": "select 1 from student where school = $1 and person::text = $2",
        "class": "select 1 from class where school = $1 and id = $2",
        "lane": "select 1 from lane_member where school = $1 and lane = $2 limit 1",
    }[c.scope]
    if await deed.connection.fetchval(sql, deed.school, c.target) is None:
        raise refuse(Code.NOT_FOUND, clause="規§10.2.2", place=c.scope, found=c.target)
    return [c.target]


async def _listed(deed: Deed, c: Extend) -> list[str]:
    """The students of a list, each once; the first that is none is named. Raises Refused(not_found, bad_request)."""
    if not c.targets:
        raise refuse(Code.BAD_REQUEST, clause="規§10.2.2", place="targets", found="0", limit=">= 1")
    rows = await deed.connection.fetch(
        "select person::text as person from student where school = $1 and person::text = any($2)",
        deed.school,
        list(c.targets),
    )
    known = {r["person"] for r in rows}
    for n, target in enumerate(c.targets, 1):
        if target not in known:
            raise refuse(Code.NOT_FOUND, clause="規§10.2.2", place=f"targets {n}", found=target)
    return sorted(known)


async def people_of(deed: Deed, scope: str, targets: Sequence[str]) -> list[tuple[UUID, Standing]]:
    """The students in a scope with their class and lane, by lane: the order in which windows are locked."""
    rows = await deed.connection.fetch(_PEOPLE, deed.school, scope, list(targets), deed.at)
    return [(r["person"], Standing(str(r["person"]), r["class"], r["lane"])) for r in rows]
