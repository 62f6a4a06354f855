"""records: a window is extended for somebody; nobody's date ever gets earlier. 規§10.2.2"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from records.commands.reopening import thaw
from records.commands.rights import need_post, year_basis
from records.seam import Deed, handles
from rules.admission import CORRECTION, ITEM_WINDOWS
from rules.commands import Extend
from rules.ids import semester_id, year_id, year_of
from rules.refusals import Code, refuse
from rules.snapshot import Basis

FOLLOWS = {
    "outcome_upload": ("certification", "closes"),
    CORRECTION: ("certification", "closes"),
    "certification": ("semester_submission", "closes"),
    "diverse_upload": ("yearly_submission", "opens"),
    "selection": ("yearly_submission", "opens"),
}
"""The date that an extension of a window must leave standing for the next one to have its turn."""

_UNFINISHED = {
    "outcome_upload": "select distinct student from item where school = $1 and period = $2 and item = 'outcome'"
    " and state in ('uploaded', 'returned', 'expired')",
    CORRECTION: "select distinct student from item where school = $1 and period = $2 and state = 'returned'",
    "certification": "select distinct student from item where school = $1 and period = $2"
    " and state in ('certification_requested', 'returned', 'expired_uncertified')",
    "diverse_upload": "select person as student from student s where school = $1 and not exists (select from item i"
    " where i.school = s.school and i.student = s.person and i.item = 'diverse' and i.school_year = $2)",
    # Choosing nothing is legal: unfinished is who has something to choose and has chosen nothing yet.
    "selection": "select distinct student from item i where school = $1 and school_year = $2"
    " and (state = 'certified' or (item = 'diverse' and state = 'uploaded')) and not exists (select from item x"
    " where x.school = i.school and x.student = i.student and x.school_year = i.school_year"
    " and x.state in ('selected', 'locked'))",
}


@handles(Extend)
async def extend(deed: Deed) -> dict[str, Any]:
    """A director or the executive secretary extends a window for a person, class, lane, all, or the unfinished.

    Refused when it would make anyone earlier, lies in the past, or runs into the next window. After the
    close it reopens the window: what the freeze had closed may be acted on again. It takes
    each window exclusively before the clock is read: a freeze under way sees it, or it is too late.
    """
    c = deed.command
    assert isinstance(c, Extend)
    basis = await year_basis(deed, year_of(c.period))
    directors = {o.director for o in basis.rules.offices} | {basis.rules.working_group.executive_secretary}
    if c.approver not in directors:
        raise refuse(
            Code.NO_POST, clause="規§10.2.2", place="approver", found=c.approver, limit=", ".join(sorted(directors))
        )
    behalf = await need_post(deed, c.approver, clause="規§10.2.2")
    if c.kind not in (*ITEM_WINDOWS, CORRECTION):
        raise refuse(Code.BAD_REQUEST, clause="規§10.2.2", place="kind", found=c.kind, limit=", ".join(ITEM_WINDOWS))
    targets = await _targets(deed, c)
    lanes = await _lanes(deed, c, targets)
    if not lanes:
        raise refuse(Code.NOT_FOUND, clause="規§10.2.2", place=c.scope, found=c.target)
    for lane in lanes:
        await deed.connection.execute(
            "select pg_advisory_xact_lock(window_lock($1, $2, $3, $4))", deed.school, c.period, lane, c.kind
        )
    await deed.now()
    if c.closes <= deed.at:
        raise refuse(Code.BEFORE_NOW, clause="規§10.2.2", place="closes", found=c.closes, limit=deed.at)
    for lane in lanes:
        await _need_room(deed, basis, c, lane)
    thawed = await thaw(deed, c.period, c.kind, lanes, c.scope, targets)
    ids = []
    for target in targets:
        ordinal = await deed.connection.fetchval("select next_ordinal($1, 'extension')", deed.school)
        ids.append(f"ext-{ordinal}")
        scope = "person" if c.scope in ("unfinished", "list") else c.scope
        await deed.connection.execute(
            "insert into extension (school, id, period, kind, scope, target, closes, reason, approver, granted_at)"
            " values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
            deed.school,
            ids[-1],
            c.period,
            c.kind,
            scope,
            target,
            c.closes,
            c.reason,
            c.approver,
            deed.at,
        )
        if scope == "person":
            await deed.connection.execute(
                "insert into notice (school, batch, person, template, subject, args, at)"
                " values ($1, $2, $3::uuid, 'extension_granted', $4, $5, $6) on conflict do nothing",
                deed.school,
                f"extension|{ids[-1]}",
                target,
                c.period,
                {"kind": c.kind, "closes": c.closes.isoformat()},
                deed.at,
            )
    wakes = semester_id(deed.school, c.period) if "-" in c.period else year_id(deed.school, c.period)
    body: dict[str, Any] = {"period": c.period, "kind": c.kind, "scope": c.scope}
    body |= {"closes": c.closes.isoformat(), "count": len(ids)}
    if thawed:
        body["reopened"] = thawed
    known = await deed.connection.fetchval("select id from process where school = $1 and id = $2", deed.school, wakes)
    return await deed.record("extended", ",".join(ids[:5]), body, wakes=known, on_behalf_of=behalf)


async def _targets(deed: Deed, c: Extend) -> list[str]:
    """Whom the extension names, each checked to exist. Raises Refused(not_found)."""
    if c.scope == "all":
        return [""]
    if c.scope == "unfinished":
        rows = await deed.connection.fetch(_UNFINISHED[c.kind], deed.school, c.period)
        if not rows:
            raise refuse(Code.NOT_FOUND, clause="規§10.2.2", place="unfinished", found="0")
        return sorted(str(r["student"]) for r in rows)
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


async def _lanes(deed: Deed, c: Extend, targets: list[str]) -> list[str]:
    """The lanes of the people whom the extension names, in the order in which windows are locked."""
    rows = await deed.connection.fetch(
        "select distinct m.lane from lane_member m join student s on s.school = m.school and s.person = m.person"
        " where m.school = $1 and (m.closes is null or m.closes > $4) and ($2 = 'all' or ($2 = 'lane' and m.lane = any($3)) or ($2 = 'class' and s.class = any($3))"
        "  or ($2 in ('person', 'unfinished', 'list') and m.person::text = any($3))) order by m.lane",
        deed.school,
        c.scope,
        targets,
        deed.at,
    )
    return [r["lane"] for r in rows]


async def _need_room(deed: Deed, basis: Basis, c: Extend, lane: str) -> None:
    """Raises Refused when the new close is not later than the base, or runs into what follows."""
    base: datetime | None = await deed.connection.fetchval(
        "select closes from admission_window where school = $1 and period = $2 and lane = $3 and kind = $4 and occurrence = ''",
        deed.school,
        c.period,
        lane,
        c.kind,
    )
    if base is None:
        raise refuse(Code.NO_WINDOW, clause="規§10.2.2", place=f"{c.period} {lane} {c.kind}")
    if c.closes <= base:
        raise refuse(Code.CONTRADICTION, clause="規§10.2.2", place=f"{lane} {c.kind}", found=c.closes, limit=base)
    kind, edge = FOLLOWS[c.kind]
    following = basis.calendar.window(c.period, lane, kind)
    limit = getattr(following, edge) if following else None
    if limit is not None and c.closes > limit:
        # The school's own dates can be moved first; those of a submission follow the authority's.
        code = Code.NATIONAL_FIXED if kind.endswith("_submission") else Code.CONTRADICTION
        raise refuse(code, clause="規§4.1", place=f"{lane} {kind}", found=c.closes, limit=limit)
