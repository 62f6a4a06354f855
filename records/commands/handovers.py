"""records: a post is handed over: rows dated in one transaction, a process for what follows. 規§10.3"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from records.basis import Versions, newest, versions_of
from records.commands.people import need_person, put_holder
from records.commands.rights import current_basis, director_of, need_one_of
from records.processes import start_process
from records.queries.people import holders
from records.seam import Deed, handles
from rules.commands import HandOver
from rules.ids import handover_id, year_id
from rules.instants import DAY, at_taipei, taipei_day
from rules.refusals import Code, refuse
from rules.ruleset import Kind
from rules.snapshot import Basis

INSTANT = timedelta(microseconds=1)


@handles(HandOver)
async def hand_over(deed: Deed) -> dict[str, Any]:
    """The holder, the office's director or the executive secretary announces a successor.

    The successor holds the post from 00:00 of the day, the predecessor until then: no gap. Work of
    the post follows by itself, since it belongs to the post. Raises Refused(before_now, already_done,
    own_deputy, too_long, already_exists).
    """
    c = deed.command
    assert isinstance(c, HandOver)
    basis = await current_basis(deed)
    director, secretary = director_of(basis, c.post), basis.rules.working_group.executive_secretary
    effective = at_taipei(c.day)
    # Who holds the post until then: another hand-over may be announced for a day before this one.
    held = await holders(deed.connection, deed.school, c.post, effective - INSTANT)
    if 0 not in held:
        raise refuse(Code.NOT_FOUND, clause="規§10.3.1", place=f"post {c.post}")
    behalf = await need_one_of(deed, [c.post, director, secretary], clause="規§10.3.1")
    successor = await need_person(deed, c.successor)
    if effective <= deed.at:
        soonest = taipei_day(deed.at) + DAY
        raise refuse(Code.BEFORE_NOW, clause="規§10.3.1", place="day", found=c.day, limit=f">= {soonest}")
    if successor == held[0]:
        raise refuse(Code.ALREADY_DONE, clause="規§10.3.1", place=c.post, found=str(successor))
    prolong = _prolonged(c, basis, effective)
    process = handover_id(deed.school, c.post, c.day.isoformat())
    year = str(basis.calendar.school_year)
    started = await start_process(
        deed.connection,
        deed.school,
        process,
        Kind.HANDOVER,
        {"post": c.post},
        at=deed.at,
        versions=await _versions(deed, year),
        year=year,
    )
    if not started:
        raise refuse(Code.ALREADY_EXISTS, clause="規§10.3.1", place=process)
    await deed.connection.execute(
        "insert into handover (school, id, post, predecessor, successor, announced_at, effective_at, prolong_until, reason)"
        " values ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
        deed.school,
        process,
        c.post,
        held[0],
        successor,
        deed.at,
        effective,
        prolong,
        c.prolong_reason,
    )
    # A deputy who takes over the post is no longer its deputy.
    await deed.connection.execute(
        "update post_holder set closes = $4 where school = $1 and post = $2 and person = $3 and rank > 0"
        " and opens < $4 and (closes is null or closes > $4)",
        deed.school,
        c.post,
        successor,
        effective,
    )
    await put_holder(deed, c.post, successor, 0, effective)
    body = {"post": c.post, "effective_at": effective.isoformat(), "process": process}
    return await deed.record("handover_announced", process, body, wakes=process, on_behalf_of=behalf)


def _prolonged(c: HandOver, basis: Basis, effective: datetime) -> datetime | None:
    """Until when the predecessor's account lives on. Raises Refused(contradiction, too_long, reason_missing)."""
    if c.prolong_until is None:
        return None
    until = at_taipei(c.prolong_until)
    longest = effective + timedelta(days=basis.rules.handover.longest_prolongation_days)
    if until <= effective:
        raise refuse(Code.CONTRADICTION, clause="規§10.3.2.2", place="prolong_until", found=until, limit=effective)
    if until > longest:
        raise refuse(Code.TOO_LONG, clause="規§10.3.2.2", place="prolong_until", found=until, limit=longest)
    if not c.prolong_reason:
        raise refuse(Code.REASON_MISSING, clause="規§10.3.2.2", place="prolong_reason")
    return until


async def _versions(deed: Deed, year: str) -> Versions:
    """The versions that the running year has, else the newest adopted: posts change hands in summer too."""
    found = await versions_of(deed.connection, deed.school, year_id(deed.school, year))
    found = found or await newest(deed.connection, deed.school, year)
    if found is None:
        raise refuse(Code.NOT_DECIDED, clause="規§13", place=f"year {year}")
    return found
