"""records: whether an actor may act for a post now; the answer names on whose behalf. 規§10.1.2"""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from records.basis import load_bases, load_basis, newest
from records.seam import Deed
from rules.ids import year_id
from rules.refusals import Code, refuse
from rules.snapshot import Basis


async def need_post(deed: Deed, post: str, *, clause: str = "規§10.1.2") -> str | None:
    """None for the holder, the post's id for a deputy acting for it.

    Raises Refused(no_post) for somebody without it, Refused(holder_present) for a deputy too early.
    """
    return await need_one_of(deed, [post], clause=clause)


async def need_one_of(deed: Deed, posts: Sequence[str], *, clause: str = "規§10.1.2") -> str | None:
    """On whose behalf the actor acts for one of the posts: None for a holder, the post of a deputy.

    Holding one of them counts before deputising for another. Raises Refused(no_post) that lists
    them, or Refused(holder_present) that names the post whose deputy came too early.
    """
    ways = {post: await may_act(deed, post) for post in dict.fromkeys(posts)}
    if "holder" in ways.values():
        return None
    for post, how in ways.items():
        if how == "deputy":
            return post
    for post, how in ways.items():
        if how == "present":
            raise refuse(Code.HOLDER_PRESENT, clause=clause, place=post)
    raise refuse(Code.NO_POST, clause=clause, place=", ".join(ways))


async def may_act(deed: Deed, post: str, person: UUID | None = None) -> str:
    """What SQL's may_act says of the actor (or of `person`) at the deed's instant."""
    how: str = await deed.connection.fetchval(
        "select may_act($1, $2, $3, $4)", deed.school, post, person or deed.actor.person, deed.at
    )
    return how


async def year_basis(deed: Deed, year: str) -> Basis:
    """The basis of a running school year, else the newest adopted documents.

    Raises Refused(not_decided) when the school has adopted none.
    """
    bases = await load_bases(deed.connection, deed.school, year_id(deed.school, year))
    if bases:
        return bases[-1]
    versions = await newest(deed.connection, deed.school, year)
    if versions is None:
        raise refuse(Code.NOT_DECIDED, clause="規§13", place=f"year {year}")
    return await load_basis(deed.connection, deed.school, year, versions, deed.at)


async def current_basis(deed: Deed) -> Basis:
    """The basis of the newest school year that runs, else of the newest adopted calendar."""
    year = await deed.connection.fetchval(
        "select coalesce((select max(params->>'year') from process where school = $1 and kind = 'school_year'"
        " and over_at is null), (select max(name) from document where school = $1 and kind = 'calendar'))",
        deed.school,
    )
    if year is None:
        raise refuse(Code.NOT_DECIDED, clause="規§13", place="school year")
    return await year_basis(deed, year)


def director_of(basis: Basis, post: str) -> str:
    """The post that directs the office of `post`. Raises Refused(not_found) for an unknown post."""
    try:
        office = basis.rules.post(post).office
    except StopIteration:
        raise refuse(Code.NOT_FOUND, clause="規§2", place=f"post {post}") from None
    return next(o.director for o in basis.rules.offices if o.id == office)
