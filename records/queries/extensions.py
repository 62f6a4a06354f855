"""records: the register of extensions, and who tried in vain during an outage. 規§10.2.2."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from records.db import Connection
from records.queries.people import opened
from records.sealing import Erased
from records.seam import Vault
from rules.admission import CORRECTION
from rules.refusals import Code, refuse
from rules.ripple import approvers
from rules.ruleset import RuleSet

_NOTHING = (
    # A student who said that nothing comes has finished (readings, "Counting").
    " not exists (select from item i where i.school = s.school and i.student = s.person and i.item = '{item}'"
    "   and i.{place} = $2 and i.state <> 'withdrawn')"
    " and not exists (select from declined d where d.school = s.school and d.student = s.person"
    "   and d.what = '{item}' and d.period = $2)"
)
_DRAFT = (
    "select student from draft where school = $1 and period = $2 and item = '{item}' and uploaded is null"
    " union select person from student s where school = $1 and" + _NOTHING
)
_HELD = "decisions_held(i.school, i.course, i.period, i.lane)"
_SEEN = f"case when i.state in ('certified', 'returned') and {_HELD} then 'certification_requested' else i.state end"
"""A later date tells its student what it was granted for: while decisions are held, all that wait get it, or none."""
_UNFINISHED = {
    "outcome_upload": "select student from item i where school = $1 and period = $2 and item = 'outcome'"
    f" and {_SEEN} in ('uploaded', 'returned', 'expired') union "
    + _DRAFT.format(item="outcome", place="period")
    + " and exists (select from course_member m join course k on k.school = m.school and k.id = m.course"
    "   where m.school = s.school and m.person = s.person and k.semester = $2)",
    CORRECTION: "select student from item i where school = $1 and period = $2 and item = 'outcome'"
    f" and case {_SEEN} when 'certification_requested' then {_HELD}"
    "   when 'returned' then true when 'expired' then return_reason is not null else false end",
    "certification": "select student from item i where school = $1 and period = $2 and item = 'outcome'"
    f" and {_SEEN} in ('certification_requested', 'returned', 'expired_uncertified')",
    "diverse_upload": _DRAFT.format(item="diverse", place="school_year"),
    # Choosing nothing is legal: unfinished is who has something to choose and has chosen nothing yet.
    "selection": "select student from item i where school = $1 and school_year = $2"
    f" and ({_SEEN} = 'certified' or (item = 'diverse' and state = 'uploaded')) and not exists (select from item x"
    " where x.school = i.school and x.student = i.student and x.school_year = i.school_year"
    " and x.state in ('selected', 'locked')) and not exists (select from declined d where d.school = i.school"
    "   and d.student = i.student and d.what = 'selection' and d.period = $2)",
}


async def unfinished(connection: Connection, school: str, period: str, kind: str, lane: str = "") -> list[str]:
    """Who has unfinished work in a window, as person ids in order; in one lane where it is named."""
    rows = await connection.fetch(
        f"select distinct u.student::text as student from ({_UNFINISHED[kind]}) u where $3 = '' or exists (select"
        " from lane_member m where m.school = $1 and m.person = u.student and m.lane = $3 and m.closes is null)",
        school,
        period,
        lane,
    )
    return sorted(r["student"] for r in rows)


async def register(connection: Connection, school: str, *, period: str | None = None) -> list[dict[str, Any]]:
    """Every granted extension with reason and approver, and the base close of its window; newest first."""
    rows = await connection.fetch(
        "select e.id, e.period, e.kind, e.scope, e.target, e.closes, e.reason, e.approver, e.granted_at, e.occurrence,"
        " (select min(w.closes) from admission_window w where w.school = e.school and w.period = e.period"
        "   and w.kind = e.kind and w.occurrence = e.occurrence and (e.scope = 'all' or exists (select from lane_member m"
        "     join student s on s.school = m.school and s.person = m.person where m.school = e.school and m.lane = w.lane"
        "     and e.target = case e.scope when 'lane' then m.lane when 'class' then s.class else s.person::text end))) as base"
        " from extension e where e.school = $1 and ($2::text is null or e.period = $2) order by e.granted_at desc, e.id",
        school,
        period,
    )
    return [dict(r) for r in rows]


async def named(
    connection: Connection,
    vault: Vault,
    rules: RuleSet,
    school: str,
    targets: Sequence[str],
    reader: UUID,
    at: datetime,
) -> dict[str, dict[str, str]]:
    """Number and name of the persons that a register names, for who may approve extensions (or deputises for them).

    An erased person has none any more. Raises Refused(no_post) for anybody else.
    """
    posts = sorted(approvers(rules))
    for post in posts:
        if await connection.fetchval("select may_act($1, $2, $3, $4)", school, post, reader, at) in (
            "holder",
            "deputy",
        ):
            break
    else:
        raise refuse(Code.NO_POST, clause="規§10.2.2", place="names", limit=", ".join(posts))
    found = {}
    for target in dict.fromkeys(targets):
        try:
            data = await opened(connection, vault, school, UUID(target))
        except Erased:
            continue
        found[target] = {"number": str(data["number"]), "name": str(data["name"])}
    return found


async def open_windows(connection: Connection, school: str) -> list[tuple[str, str, str, datetime, datetime]]:
    """Every admission window of students' work: period, lane, kind, opens, closes."""
    rows = await connection.fetch(
        "select period, lane, kind, opens, closes from admission_window where school = $1 and occurrence = ''"
        " order by closes, period, lane, kind",
        school,
    )
    return [(r["period"], r["lane"], r["kind"], r["opens"], r["closes"]) for r in rows]


async def tried(connection: Connection, school: str, lane: str, first: datetime, last: datetime) -> list[str]:
    """Students of a lane whose commands were refused or broken in the span, as person ids in order."""
    rows = await connection.fetch(
        "select distinct a.actor from attempt a join lane_member m on m.school = a.school and m.person = a.actor"
        " where a.school = $1 and m.lane = $2 and a.at >= $3 and a.at < $4 and m.opens <= a.at"
        " and (m.closes is null or a.at < m.closes) order by a.actor",
        school,
        lane,
        first,
        last,
    )
    return [str(r["actor"]) for r in rows]


async def lanes_meant(
    connection: Connection, school: str, period: str, kind: str, scope: str, targets: Sequence[str]
) -> list[str]:
    """The lanes of the people whom an extension of this window would reach; of the unfinished only theirs."""
    if scope != "unfinished" or kind not in _UNFINISHED:
        return await lanes_of(connection, school, scope, targets)
    people = await unfinished(connection, school, period, kind, targets[0] if targets else "")
    found = await lanes_of(connection, school, "list", people)
    return [lane for lane in found if not targets or lane in targets]


async def lanes_of(connection: Connection, school: str, scope: str, targets: Sequence[str]) -> list[str]:
    """The lanes of the people that an extension would name, today's members."""
    rows = await connection.fetch(
        "select distinct m.lane from lane_member m join student s on s.school = m.school and s.person = m.person"
        " where m.school = $1 and m.closes is null and ($2 in ('all', 'unfinished') or ($2 = 'lane' and m.lane = any($3))"
        " or ($2 = 'class' and s.class = any($3)) or ($2 in ('person', 'list') and m.person::text = any($3)))"
        " order by m.lane",
        school,
        scope,
        list(targets),
    )
    return [r["lane"] for r in rows]
