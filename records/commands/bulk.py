"""records: many items decided at once by one teacher, one function call a batch (migrations/0005_bulk.sql). 規§5.3.2"""

from __future__ import annotations

from typing import Any
from uuid import UUID

from records.commands.items import KEYS, reasons_of
from records.sealing import seal
from records.seam import FAST, Actor, Seam
from rules.commands import CertifyMany, Decided, ReturnMany
from rules.items.reasons import reasons_text
from rules.refusals import Code, Refusal, Refused, refuse
from rules.text import clean

_DECIDE = "select decide_many($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)"


async def certify_many(
    seam: Seam, school: str, actor: Actor, command: CertifyMany, *, key: str, request: str
) -> dict[str, Any]:
    """Certify a batch; every row is judged alone, by the rights and dates that count now."""
    return await _decide(seam, school, actor, "certify", command.items, key, request)


async def return_many(
    seam: Seam, school: str, actor: Actor, command: ReturnMany, *, key: str, request: str
) -> dict[str, Any]:
    """Return a batch with one reason of the school's list; what is written stands under each student's key."""
    reasons = await reasons_of(seam, school)
    if command.reason not in reasons:
        raise refuse(
            Code.REASON_MISSING,
            clause="規§5.3.2",
            place="reason",
            found=command.reason[:40],
            limit=reasons_text(reasons),
        )
    return await _decide(
        seam, school, actor, "return", command.items, key, request, reason=command.reason, text=clean(command.text)
    )


async def _decide(
    seam: Seam,
    school: str,
    actor: Actor,
    name: str,
    given: tuple[Decided, ...],
    key: str,
    request: str,
    *,
    reason: str | None = None,
    text: str = "",
) -> dict[str, Any]:
    known = [_id(row.item) for row in given]
    strange = {n: _no_such(row.item) for n, row in enumerate(given) if known[n] is None}
    given = tuple(row for n, row in enumerate(given) if n not in strange)
    ids = [id_ for id_ in known if id_ is not None]
    if not ids and strange:
        raise Refused(next(iter(strange.values())))
    twice = next((str(i) for i in ids if ids.count(i) > 1), None) if len(set(ids)) < len(ids) else None
    if twice is not None:
        raise refuse(Code.BAD_REQUEST, clause="規§5.3.2", place=f"item {twice}", found="2", limit="1")
    sealed = await _sealed(seam, school, ids, text) if text else [None] * len(ids)
    digests = [row.digest for row in given]
    found: dict[str, Any] = await seam.db.pool.fetchval(
        _DECIDE, school, actor.person, actor.text, key, request, name, ids, digests, reason, sealed
    )
    if strange and "answer" in found:
        # What is no id at all never reached the function; its row stands where it was asked, also when asked again.
        rows = found["answer"]["body"]["results"]
        for n, refusal in strange.items():
            rows.insert(n, [refusal.place.removeprefix("item "), refusal.model_dump(mode="json")])
    return found


def _id(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None


def _no_such(text: str) -> Refusal:
    return Refusal(code=Code.NOT_FOUND, clause="規§5.3.2", place=f"item {text[:40]}")


async def _sealed(seam: Seam, school: str, ids: list[UUID], text: str) -> list[bytes | None]:
    """The teacher's words, once under each student's key."""
    async with seam.db.transaction(school) as connection:
        rows = await connection.fetch("select id, student from item where school = $1 and id = any($2)", school, ids)
    students = {r["id"]: r["student"] for r in rows}
    made: list[bytes | None] = []
    for id_ in ids:
        key = await KEYS.of(seam, school, students[id_]) if id_ in students else None
        made.append(seal(key, text.encode()) if key else None)
    return made


FAST.update({CertifyMany.name: certify_many, ReturnMany.name: return_many})
