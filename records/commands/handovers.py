"""records: a post is handed over: rows dated in one transaction, a process for what follows. 規§10.3"""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from records.commands.people import need_person, put_holder
from records.commands.rights import current_basis, director_of, need_one_of
from records.processes import start_process
from records.queries.people import holders
from records.seam import Deed, handles
from rules.commands import HandOver
from rules.ids import handover_id, year_id
from rules.instants import at_taipei
from rules.refusals import Code, refuse
from rules.ruleset import Kind


@handles(HandOver)
async def hand_over(deed: Deed) -> dict[str, Any]:
    """The holder, the office's director or the executive secretary announces a successor.

    The successor holds the post from 00:00 of the day, the predecessor until then: no gap. Work of
    the post follows by itself, since it belongs to the post. Raises Refused(before_now, own_deputy,
    too_long, already_exists).
    """
    c = deed.command
    assert isinstance(c, HandOver)
    basis = await current_basis(deed)
    now_held = await holders(deed.connection, deed.school, c.post, deed.at)
    if 0 not in now_held:
        raise refuse(Code.NOT_FOUND, clause="規§10.3.1", place=f"post {c.post}")
    who = await need_one_of(
        deed,
        [c.post, director_of(basis, c.post), basis.rules.working_group.executive_secretary],
        clause="規§10.3.1",
    )
    successor = await need_person(deed, c.successor)
    if successor == now_held[0]:
        raise refuse(Code.OWN_DEPUTY, clause="規§10.3.1", place=c.post, found=str(successor))
    effective = at_taipei(c.day)
    if effective <= deed.at:
        raise refuse(Code.BEFORE_NOW, clause="規§10.3.1", place="day", found=c.day, limit=deed.at)
    prolong = at_taipei(c.prolong_until) if c.prolong_until else None
    longest = effective + timedelta(days=basis.rules.handover.longest_prolongation_days)
    if prolong is not None and not effective < prolong <= longest:
        raise refuse(Code.TOO_LONG, clause="規§10.3.2.2", place="prolong_until", found=prolong, limit=longest)
    if prolong is not None and not c.prolong_reason:
        raise refuse(Code.REASON_MISSING, clause="規§10.3.2.2", place="prolong_reason")
    process = handover_id(deed.school, c.post, c.day.isoformat())
    year = str(basis.calendar.school_year)
    started = await start_process(
        deed.connection, deed.school, process, Kind.HANDOVER, {"post": c.post}, at=deed.at,
        like=year_id(deed.school, year), year=year,
    )
    if not started:
        raise refuse(Code.ALREADY_EXISTS, clause="規§10.3.1", place=process)
    await deed.connection.execute(
        "insert into handover (school, id, post, predecessor, successor, announced_at, effective_at, prolong_until, reason)"
        " values ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
        deed.school, process, c.post, now_held[0], successor, deed.at, effective, prolong, c.prolong_reason,
    )
    if successor in now_held.values():
        await deed.connection.execute(
            "update post_holder set closes = $4 where school = $1 and post = $2 and person = $3 and rank > 0"
            " and (closes is null or closes > $4)",
            deed.school, c.post, successor, effective,
        )
    await put_holder(deed, c.post, successor, 0, effective)
    body = {"post": c.post, "effective_at": effective.isoformat(), "process": process}
    return await deed.record("handover_announced", process, body, wakes=process, on_behalf_of=who)
