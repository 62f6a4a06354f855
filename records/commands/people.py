"""records: absences, holders that cannot act, new holders and deputies. 規§10.1.2, 規§10.3.1"""

from __future__ import annotations

from typing import Any
from uuid import UUID

from records.commands.rights import current_basis, director_of, need_one_of
from records.queries.people import posts_of
from records.seam import Deed, handles
from rules.commands import RecordAbsence, RecordHolder, RecordUnable
from rules.refusals import Code, refuse


def person_id(text: str) -> UUID:
    """A person's id. Raises Refused(not_found) for anything else."""
    try:
        return UUID(text)
    except ValueError:
        raise refuse(Code.NOT_FOUND, clause="規§10.1.2", place="person", found=text[:40]) from None


async def need_person(deed: Deed, text: str) -> UUID:
    """A person of this school. Raises Refused(not_found)."""
    person = person_id(text)
    known = await deed.connection.fetchval(
        "select 1 from person where school = $1 and id = $2", deed.school, person
    )
    if known is None:
        raise refuse(Code.NOT_FOUND, clause="規§10.1.2", place="person", found=text)
    return person


@handles(RecordAbsence)
async def record_absence(deed: Deed) -> dict[str, Any]:
    """The person, a director of theirs or the executive secretary records it; sick leave always can be."""
    c = deed.command
    assert isinstance(c, RecordAbsence)
    person = await need_person(deed, c.person)
    _in_order(c.opens, c.closes)
    if person != deed.actor.person:
        basis = await current_basis(deed)
        posts = await posts_of(deed.connection, deed.school, person, deed.at)
        directors = [director_of(basis, p) for p in posts]
        await need_one_of(deed, [*directors, basis.rules.working_group.executive_secretary])
    await deed.connection.execute(
        "insert into absence (school, person, opens, closes, reason, recorded_at) values ($1, $2, $3, $4, $5, $6)",
        deed.school, person, c.opens, c.closes, c.reason, deed.at,
    )
    return await deed.record(
        "absence_recorded", str(person), {"opens": c.opens.isoformat(), "closes": c.closes.isoformat()}
    )


@handles(RecordUnable)
async def record_unable(deed: Deed) -> dict[str, Any]:
    """A director records that a holder does not act, with the reason, so that the deputy may."""
    c = deed.command
    assert isinstance(c, RecordUnable)
    basis = await current_basis(deed)
    group = basis.rules.working_group
    director = director_of(basis, c.post)
    post = await need_one_of(deed, [director, group.executive_secretary])
    opens = c.opens or deed.at
    _in_order(opens, c.closes)
    await _need_post_row(deed, c.post)
    await deed.connection.execute(
        "insert into unable (school, post, opens, closes, reason, recorded_at, recorded_by)"
        " values ($1, $2, $3, $4, $5, $6, $7)",
        deed.school, c.post, opens, c.closes, c.reason, deed.at, deed.actor.person,
    )
    body = {"post": c.post, "opens": opens.isoformat(), "closes": c.closes.isoformat()}
    return await deed.record("holder_unable", c.post, body, on_behalf_of=post)


@handles(RecordHolder)
async def record_holder(deed: Deed) -> dict[str, Any]:
    """A post's holder or deputy from a day on; the former row of the same rank ends there, no gap."""
    c = deed.command
    assert isinstance(c, RecordHolder)
    basis = await current_basis(deed)
    group = basis.rules.working_group
    who = await need_one_of(
        deed, [director_of(basis, c.post), group.executive_secretary, group.convener], clause="規§10.3.1"
    )
    person = await need_person(deed, c.person)
    await _need_post_row(deed, c.post)
    await put_holder(deed, c.post, person, c.rank, c.opens, c.closes)
    body = {"post": c.post, "person": str(person), "rank": c.rank, "opens": c.opens.isoformat()}
    return await deed.record("holder_recorded", c.post, body, on_behalf_of=who)


async def put_holder(
    deed: Deed, post: str, person: UUID, rank: int, opens: Any, closes: Any = None
) -> None:
    """Date a holder row. Raises Refused(own_deputy), or Refused(gap_day) when a day has no holder."""
    rows = await deed.connection.fetch(
        "select rank, person, opens, closes from post_holder where school = $1 and post = $2 for update",
        deed.school, post,
    )
    for row in rows:
        overlaps = (row["closes"] is None or opens < row["closes"]) and (closes is None or row["opens"] < closes)
        if row["person"] == person and row["rank"] != rank and overlaps and 0 in (rank, row["rank"]):
            raise refuse(Code.OWN_DEPUTY, clause="規§10.1.2", place=post, found=str(person))
    same = [r for r in rows if r["rank"] == rank]
    if rank == 0 and same and all(r["closes"] is not None and r["closes"] < opens for r in same):
        last = max(r["closes"] for r in same)
        raise refuse(Code.GAP_DAY, clause="規§10.3.1", place=post, found=opens, limit=last)
    await deed.connection.execute(
        "update post_holder set closes = $4 where school = $1 and post = $2 and rank = $3"
        " and opens < $4 and (closes is null or closes > $4)",
        deed.school, post, rank, opens,
    )
    await deed.connection.execute(
        "insert into post_holder (school, post, rank, person, opens, closes) values ($1, $2, $3, $4, $5, $6)"
        " on conflict (school, post, rank, opens) do update set person = $4, closes = $6",
        deed.school, post, rank, person, opens, closes,
    )


async def _need_post_row(deed: Deed, post: str) -> None:
    known = await deed.connection.fetchval(
        "select 1 from post where school = $1 and id = $2", deed.school, post
    )
    if known is None:
        raise refuse(Code.NOT_FOUND, clause="規§2", place=f"post {post}")


def _in_order(opens: Any, closes: Any) -> None:
    if closes <= opens:
        raise refuse(Code.CONTRADICTION, clause="規§10.1.2", place="closes", found=closes, limit=opens)
