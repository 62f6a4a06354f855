"""activities: a command that another system wished for, with the same checks as everywhere.

It acts under the post registered for that system, never under a claimed name.
"""

from __future__ import annotations

from typing import Any

import structlog
from pydantic import ValidationError
from temporalio import activity as temporal
from temporalio.exceptions import ApplicationError

import records.commands  # noqa: F401 -- registers every command's handler
from activities.carry import TRIES, Activity
from records.basis import load_bases
from records.db import TRANSIENT, Database, school_now
from records.queries.people import reachable
from records.seam import Actor, Seam
from rules.messages import Done, Wish, WishOrder
from rules.refusals import Code, Refusal

log = structlog.get_logger()


def activity(db: Database, seam: Seam) -> Activity:
    """The activity `grant_wish`. A refusal is an answer, recorded as an attempt and shown."""

    async def refuse(order: WishOrder, code: Code, place: str) -> Done:
        command = str(order.wish.get("command", "wish")) if isinstance(order.wish, dict) else "wish"
        await seam.attempt(order.school, None, command, Refusal(code=code, place=place))
        return Done(recorded=0, outcome=f"refused:{code.value}")

    @temporal.defn(name="grant_wish")
    async def grant_wish(order: WishOrder) -> Done:
        try:
            return await grant(order)
        except TRANSIENT:
            raise ApplicationError("the database is away", type="Transient") from None
        except Exception as error:
            # A wish that keeps failing must not hold up the process: it ends as an attempt.
            log.error("wish.failed", process=order.process, error=type(error).__name__, exc_info=True)
            if temporal.info().attempt < TRIES:
                raise ApplicationError("a wish failed", type=type(error).__name__) from None
            return await refuse(order, Code.BAD_REQUEST, f"wish ({type(error).__name__})")

    async def grant(order: WishOrder) -> Done:
        body: Any = order.wish
        if isinstance(body, dict) and ("actor" in body or "person" in body):
            return await refuse(order, Code.CLAIMED_NAME, "wish.actor")
        try:
            wish = Wish.model_validate(body)
        except ValidationError as error:
            place = ".".join(str(x) for x in error.errors()[0]["loc"]) or "wish"
            return await refuse(order, Code.BAD_REQUEST, f"wish.{place}")
        async with db.transaction(order.school) as connection:
            rules = (await load_bases(connection, order.school, order.process))[-1].rules
            system = next((x for x in rules.systems if x.id == wish.system), None)
            at = await school_now(connection, order.school)
            person = await reachable(connection, order.school, system.post, at) if system else None
        if system is None:
            return await refuse(order, Code.NOT_FOUND, f"system {wish.system}")
        if person is None:
            return await refuse(order, Code.NO_POST, system.post)
        answer = await seam.do(
            order.school, Actor(person, system=wish.system), wish.command, dict(wish.body), key=wish.key
        )
        if answer.refusal is not None:
            return Done(recorded=0, outcome=f"refused:{answer.refusal.code.value}")
        return Done(recorded=1, outcome="accepted")

    return grant_wish
