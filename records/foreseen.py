"""records: what a command would do: its own handler judges, in a transaction that is undone. 規§4.2, 規§10.2.2"""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from typing import Any

import asyncpg

from records.db import school_now
from records.seam import DEADLOCK_RETRIES, HANDLERS, Actor, Answer, Deed, Seam, parse
from rules.refusals import Code, Refusal, Refused

_WRITTEN = (
    "select template, post, subject, person, args from notice where school = $1"
    " and xmin = pg_current_xact_id()::xid order by template, subject, post, person"
)
"""The notices of this very transaction (handlers make no savepoints)."""


@dataclass(frozen=True, slots=True)
class Foreseen:
    """The answer that a command would have got, and the notices that it would have written."""

    answer: Answer
    notices: tuple[dict[str, Any], ...] = ()


class _Undo(Exception):
    """Ends the transaction without a trace."""


async def foresee(seam: Seam, school: str, actor: Actor, name: str, body: dict[str, Any]) -> Foreseen:
    """Carry a command out and undo it: it is refused exactly where the deed is. No fact, no attempt, no key is kept.

    It takes the deed's own locks for as long as it judges.
    """
    for _ in range(DEADLOCK_RETRIES):
        with suppress(asyncpg.DeadlockDetectedError):
            return await _once(seam, school, actor, name, body)
    return await _once(seam, school, actor, name, body)


async def _once(seam: Seam, school: str, actor: Actor, name: str, body: dict[str, Any]) -> Foreseen:
    found = Foreseen(Answer(False, name))
    try:
        command = parse(name, body)
        async with seam.db.transaction(school) as connection:
            deed = Deed(school, actor, command, connection, seam.vault, await school_now(connection, school))
            proof = await HANDLERS[name](deed)
            rows = await connection.fetch(_WRITTEN, school)
            found = Foreseen(Answer(True, name, proof), tuple(dict(r) for r in rows))
            raise _Undo
    except _Undo:
        return found
    except Refused as refused:
        return Foreseen(Answer(False, name, refusal=refused.refusal))
    except asyncpg.DataError as error:
        told = Refusal(code=Code.BAD_REQUEST, clause=command.clause, place=name, found=type(error).__name__)
        return Foreseen(Answer(False, name, refusal=told))
