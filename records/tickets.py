"""records: short-lived signed tickets: who may bring and fetch files, or act on items too, for how long. 規§5.0

A ticket names one person of one school; it is made for somebody who has signed in, never from a claimed name.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from dataclasses import dataclass
from uuid import UUID

from rules.refusals import Code, Refused, refuse

LONGEST = 12 * 3600
"""Seconds for which a ticket may be made."""
_CLAUSE = "規§5.0"


@dataclass(frozen=True, slots=True)
class Ticket:
    """Whose ticket it is; `until` in seconds of the Unix epoch."""

    school: str
    person: UUID
    until: int
    acts: bool = False
    """Whether it is good for commands too; else for files only."""


def sign(master_key: bytes, ticket: Ticket) -> str:
    """The ticket as text for an `Authorization: Bearer` header."""
    body = json.dumps([ticket.school, ticket.person.hex, ticket.until, ticket.acts], separators=(",", ":")).encode()
    return f"{_text(body)}.{_text(_mac(master_key, body))}"


def read_ticket(master_key: bytes, text: str, *, at: float) -> Ticket:
    """The ticket in a text. Raises Refused(ticket_invalid) for one that is changed, expired or none."""
    try:
        body, mac = (_bytes(part) for part in text.split("."))
        if not hmac.compare_digest(mac, _mac(master_key, body)):
            raise invalid("signature")
        school, person, until, acts = json.loads(body)
        ticket = Ticket(str(school), UUID(person), int(until), acts is True)
    except (ValueError, TypeError):
        raise invalid("form") from None
    if at >= ticket.until:
        raise invalid("expired")
    return ticket


def invalid(found: str) -> Refused:
    """The refusal of a ticket; it says nothing of what would be right."""
    return refuse(Code.TICKET_INVALID, clause=_CLAUSE, place="ticket", found=found)


def _mac(master_key: bytes, body: bytes) -> bytes:
    key = hmac.new(master_key, b"ticket\x1ffiles", hashlib.sha256).digest()
    return hmac.new(key, body, hashlib.sha256).digest()


def _text(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def _bytes(text: str) -> bytes:
    return base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
