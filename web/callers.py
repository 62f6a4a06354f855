"""web: who calls, told by a signed ticket; never by a claimed name. 規§5.0"""

from __future__ import annotations

import time
from dataclasses import dataclass
from uuid import UUID

from starlette.requests import Request

from records.db import Database
from records.files.kinds import STAFF_TAKEN, TAKEN
from records.seam import Vault
from records.tickets import invalid, read_ticket


@dataclass(frozen=True, slots=True)
class Caller:
    """A person of a school, and what kinds of files they may bring."""

    school: str
    person: UUID
    taken: tuple[str, ...]


async def caller_of(request: Request, db: Database, vault: Vault) -> Caller:
    """The person of the request's ticket. Raises Refused(ticket_invalid)."""
    scheme, _, text = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not text:
        raise invalid("none")
    ticket = read_ticket(vault.master_key, text.strip(), at=time.time())
    async with db.transaction(ticket.school) as connection:
        kind = await connection.fetchval(
            "select kind from person where school = $1 and id = $2", ticket.school, ticket.person
        )
    if kind is None:
        raise invalid("person")
    return Caller(ticket.school, ticket.person, TAKEN if kind == "student" else STAFF_TAKEN)
