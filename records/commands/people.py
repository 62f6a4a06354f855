"""records: absences, holders that cannot act, new holders and deputies. 規§10.1.2, 規§10.3.1"""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

import asyncpg

from records.commands.rights import current_basis, director_of, need_one_of
from records.queries.people import by_handle, posts_of, reachable
from records.seam import Deed, handles
from rules.commands import RecordAbsence, RecordHolder, RecordUnable
from rules.instants import local_text
from rules.refusals import Code, refuse


async def need_person(deed: Deed, text: str) -> UUID:
    """Somebody on the staff of this school, by id or staff number. Raises Refused(not_found)."""
    person = await by_handle(deed.connection, deed.vault, deed.school, text)
    student = "select exists (select from student where school = $1 and person = $2)"
    if person is None or await deed.connection.fetchval(student, deed.school, person):
        raise refuse(Code.NOT_FOUND, clause="規§10.1.2", place="person", found=text[:40])
    return person


@handles(RecordAbsence)
async def record_absence(deed: Deed) -> dict[str, Any]:
    """The person, a director of theirs or the executive secretary records it; sick leave always can be.

    No absence is refused for want of a deputy, since nobody is there either way: the proof counts the
    posts that reach nobody when it begins (coverage alarm), and their rungs go to the executive secretary.
    """
    c = deed.command
    assert isinstance(c, RecordAbsence)
    person = await need_person(deed, c.person)
    _in_order(c.opens, c.closes)
    await _need_new(deed, person, c.opens)
    behalf = None
    if person != deed.actor.person:
        basis = await current_basis(deed)
        posts = await posts_of(deed.connection, deed.school, person, deed.at)
        directors = [director_of(basis, p) for p in posts]
        behalf = await need_one_of(deed, [*directors, basis.rules.working_group.executive_secretary])
    await deed.connection.execute(
        "insert into absence (school, person, opens, closes, reason, recorded_at) values ($1, $2, $3, $4, $5, $6)",
        deed.school,
        person,
        c.opens,
        c.closes,
        c.reason,
        deed.at,
    )
    held = await posts_of(deed.connection, deed.school, person, c.opens)
    reached = [await reachable(deed.connection, deed.school, post, c.opens) for post in held]
    body = {"opens": c.opens.isoformat(), "closes": c.closes.isoformat(), "uncovered": reached.count(None)}
    return await deed.record("absence_recorded", str(person), body, on_behalf_of=behalf)


async def _need_new(deed: Deed, person: UUID, opens: datetime) -> None:
    """Raises Refused(already_exists) with the end of an absence that begins at the same instant; a longer one goes on at its end."""
    until = await deed.connection.fetchval(
        "select closes from absence where school = $1 and person = $2 and opens = $3", deed.school, person, opens
    )
    if until is not None:
        limit = f"{local_text(opens)} … {local_text(until)}"
        raise refuse(Code.ALREADY_EXISTS, clause="規§10.1.2", place="absence", found=local_text(opens), limit=limit)


@handles(RecordUnable)
async def record_unable(deed: Deed) -> dict[str, Any]:
    """A director records that a holder does not act, with the reason, so that the deputy may."""
    c = deed.command
    assert isinstance(c, RecordUnable)
    basis = await current_basis(deed)
    group = basis.rules.working_group
    director = director_of(basis, c.post)
    await _need_post_row(deed, c.post)
    behalf = await need_one_of(deed, [director, group.executive_secretary])
    opens = c.opens or deed.at
    _in_order(opens, c.closes)
    await deed.connection.execute(
        "insert into unable (school, post, opens, closes, reason, recorded_at, recorded_by)"
        " values ($1, $2, $3, $4, $5, $6, $7)",
        deed.school,
        c.post,
        opens,
        c.closes,
        c.reason,
        deed.at,
        deed.actor.person,
    )
    body = {"post": c.post, "opens": opens.isoformat(), "closes": c.closes.isoformat()}
    return await deed.record("holder_unable", c.post, body, on_behalf_of=behalf)


@handles(RecordHolder)
async def record_holder(deed: Deed) -> dict[str, Any]:
    """A post's holder or deputy from a day on; the former row of the same rank ends there, no gap."""
    c = deed.command
    assert isinstance(c, RecordHolder)
    basis = await current_basis(deed)
    group = basis.rules.working_group
    director = director_of(basis, c.post)
    await _need_post_row(deed, c.post)
    behalf = await need_one_of(deed, [director, group.executive_secretary, group.convener], clause="規§10.3.1")
    person = await need_person(deed, c.person)
    if c.closes is not None:
        _in_order(c.opens, c.closes, clause="規§10.3.1")
    await put_holder(deed, c.post, person, c.rank, c.opens, c.closes)
    body = {"post": c.post, "person": str(person), "rank": c.rank, "opens": c.opens.isoformat()}
    return await deed.record("holder_recorded", c.post, body, on_behalf_of=behalf)


async def put_holder(
    deed: Deed, post: str, person: UUID, rank: int, opens: datetime, closes: datetime | None = None
) -> None:
    """Date a holder row: who held the rank leaves at `opens`, who is dated to follow still follows.

    Raises Refused(own_deputy), or Refused(gap_day) where a day of the post would have no holder.
    """
    rows = await deed.connection.fetch(
        "select rank, person, opens, closes from post_holder where school = $1 and post = $2 order by opens for update",
        deed.school,
        post,
    )
    same = [r for r in rows if r["rank"] == rank]
    follows = min((r["opens"] for r in same if r["opens"] > opens), default=None)
    ends = min((x for x in (closes, follows) if x is not None), default=None)
    for row in rows:
        overlaps = (row["closes"] is None or opens < row["closes"]) and (ends is None or row["opens"] < ends)
        if row["person"] == person and row["rank"] != rank and overlaps and 0 in (rank, row["rank"]):
            raise refuse(Code.OWN_DEPUTY, clause="規§10.1.2", place=post, found=str(person))
    if rank == 0:
        _need_no_gap(same, post, opens, ends)
    await deed.connection.execute(
        "update post_holder set closes = $4 where school = $1 and post = $2 and rank = $3"
        " and opens < $4 and (closes is null or closes > $4)",
        deed.school,
        post,
        rank,
        opens,
    )
    await deed.connection.execute(
        "insert into post_holder (school, post, rank, person, opens, closes) values ($1, $2, $3, $4, $5, $6)"
        " on conflict (school, post, rank, opens) do update set person = $4, closes = $6",
        deed.school,
        post,
        rank,
        person,
        opens,
        ends,
    )


def _need_no_gap(same: list[asyncpg.Record], post: str, opens: datetime, ends: datetime | None) -> None:
    """Raises Refused(gap_day): days before the new holder, or what is cut off from the holder's own time."""
    before = [r for r in same if r["opens"] < opens]
    if before and all(r["closes"] is not None and r["closes"] < opens for r in before):
        raise refuse(Code.GAP_DAY, clause="規§10.3.1", place=post, found=opens, limit=max(r["closes"] for r in before))
    if ends is None or any(r["opens"] == ends for r in same):
        return
    if any(r["closes"] is None or r["closes"] > ends for r in same if r["opens"] <= opens):
        raise refuse(Code.GAP_DAY, clause="規§10.3.1", place=post, found=ends)


async def _need_post_row(deed: Deed, post: str) -> None:
    known = await deed.connection.fetchval("select 1 from post where school = $1 and id = $2", deed.school, post)
    if known is None:
        raise refuse(Code.NOT_FOUND, clause="規§2", place=f"post {post}")


def _in_order(opens: datetime, closes: datetime, *, clause: str = "規§10.1.2") -> None:
    if closes <= opens:
        raise refuse(Code.CONTRADICTION, clause=clause, place="closes", found=closes, limit=opens)
