"""web: who calls, told by a signed ticket; never by a claimed name. 規§5.0"""

from __future__ import annotations

import time
from dataclasses import dataclass
from uuid import UUID

from starlette.requests import Request

from records.db import Database
from records.files.kinds import STAFF_TAKEN, TAKEN
from records.seam import Vault
from records.tickets import Ticket, invalid, read_ticket


@dataclass(frozen=True, slots=True)
class Caller:
    """A person of a school, and what kinds of files they may bring."""

    school: str
    person: UUID
    taken: tuple[str, ...]


def actor_of(request: Request, vault: Vault) -> Ticket:
    """Whose ticket comes with a command; whether they still have a post or a place, the command's own rules tell.

    Raises Refused(ticket_invalid), also for a ticket that is for files only.
    """
    ticket = _ticket_of(request, vault)
    if not ticket.acts:
        raise invalid("files only")
    return ticket


async def caller_of(request: Request, db: Database, vault: Vault) -> Caller:
    """The person of the request's ticket. Raises Refused(ticket_invalid)."""
    ticket = _ticket_of(request, vault)
    async with db.transaction(ticket.school) as connection:
        kind = await connection.fetchval(
            "select kind from person where school = $1 and id = $2", ticket.school, ticket.person
        )
    if kind is None:
        raise invalid("person")
    return Caller(ticket.school, ticket.person, TAKEN if kind == "student" else STAFF_TAKEN)


def _ticket_of(request: Request, vault: Vault) -> Ticket:
    scheme, _, text = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not text:
        raise invalid("none")
    return read_ticket(vault.master_key, text.strip(), at=time.time())
