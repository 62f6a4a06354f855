"""records: people and posts as they stand at an instant; looked up live, never copied into work."""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import datetime
from typing import Any
from uuid import UUID

from records.db import Connection
from records.sealing import blind, person_key, unseal
from records.seam import Vault


async def reachable(connection: Connection, school: str, post: str, at: datetime) -> UUID | None:
    """Whom work for a post reaches: holder, first, second deputy, skipping who is away (規§10.1.2)."""
    person: UUID | None = await connection.fetchval(
        "select h.person from post_holder h where h.school = $1 and h.post = $2 and h.opens <= $3"
        " and (h.closes is null or $3 < h.closes)"
        " and not exists (select from absence a where a.school = h.school and a.person = h.person"
        "   and a.opens <= $3 and $3 < a.closes)"
        " and not (h.rank = 0 and exists (select from unable u where u.school = h.school and u.post = h.post"
        "   and u.opens <= $3 and $3 < u.closes))"
        " order by h.rank, h.opens limit 1",
        school,
        post,
        at,
    )
    return person


async def by_handle(connection: Connection, vault: Vault, school: str, handle: str) -> UUID | None:
    """The person with a student or staff number, or with that id."""
    for kind in ("staff", "student"):
        person: UUID | None = await connection.fetchval(
            "select person from person_handle where school = $1 and handle = $2",
            school,
            blind(vault.master_key, school, kind, handle),
        )
        if person is not None:
            return person
    try:
        id_ = UUID(handle)
    except ValueError:
        return None
    found: UUID | None = await connection.fetchval("select id from person where school = $1 and id = $2", school, id_)
    return found


async def holders(connection: Connection, school: str, post: str, at: datetime) -> dict[int, UUID]:
    """Holder and deputies of a post by rank."""
    rows = await connection.fetch(
        "select distinct on (rank) rank, person from post_holder where school = $1 and post = $2"
        " and opens <= $3 and (closes is null or $3 < closes) order by rank, opens desc",
        school,
        post,
        at,
    )
    return {r["rank"]: r["person"] for r in rows}


async def posts_of(connection: Connection, school: str, person: UUID, at: datetime) -> dict[str, int]:
    """The posts of a person with their rank in each."""
    rows = await connection.fetch(
        "select post, min(rank) as rank from post_holder where school = $1 and person = $2 and opens <= $3"
        " and (closes is null or $3 < closes) group by post order by post",
        school,
        person,
        at,
    )
    return {r["post"]: r["rank"] for r in rows}


async def named(
    connection: Connection, vault: Vault, school: str, persons: Iterable[UUID]
) -> dict[UUID, tuple[str, str]]:
    """Number and name of each person, for the screen of somebody who may see them; who was erased has none any more."""
    rows = await connection.fetch(
        "select p.id, p.sealed, k.wrapped from person p join person_key k on k.school = p.school and k.person = p.id"
        " where p.school = $1 and p.id = any($2) and p.sealed is not null",
        school,
        list(persons),
    )
    found = {r["id"]: json.loads(unseal(unseal(vault.master_key, r["wrapped"]), r["sealed"])) for r in rows}
    return {person: (str(data["number"]), str(data["name"])) for person, data in found.items()}


async def opened(connection: Connection, vault: Vault, school: str, person: UUID) -> dict[str, Any]:
    """A person's sealed data, for a screen; never for a log, a history or an error."""
    key = await person_key(connection, vault, school, person)
    sealed = await connection.fetchval("select sealed from person where school = $1 and id = $2", school, person)
    found: dict[str, Any] = json.loads(unseal(key, sealed))
    return found
