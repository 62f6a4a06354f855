"""activities: what every deed shares: plan again, record the key, do it, all in one transaction."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

import structlog
from temporalio import activity
from temporalio.exceptions import ApplicationError

from records.db import TRANSIENT, Connection, Database, school_now
from records.effects.journal import Carrying, NotYet, clear_stuck, lock_process, record_step
from records.queries.snapshot import load_snapshot
from records.seam import Vault
from rules.messages import Do, Done
from rules.plan import Plan, due_steps, plan

log = structlog.get_logger()

Perform = Callable[[Carrying], Awaitable[None]]
Activity = Callable[..., Awaitable[Any]]
TRIES = 3
"""How often a deed that fails by itself is tried before its step is recorded stuck."""


def deed(name: str, perform: Perform, db: Database, vault: Vault) -> Activity:
    """The activity of a deed: `perform` runs once for a step key, in the transaction that records it."""

    @activity.defn(name=name)
    async def run(order: Do) -> Done:
        return await guarded(order, lambda: _carry(order, perform, db, vault))

    return run


async def guarded(order: Do, work: Callable[[], Awaitable[Done]]) -> Done:
    """Run a deed: an outage is tried again for long, an error of its own three times, then it is final.

    The error that reaches the history holds a type name only: texts may hold personal data.
    """
    try:
        done = await work()
    except NotYet:
        return Done(recorded=0, outcome="not_yet")
    except TRANSIENT:
        raise ApplicationError("the database is away", type="Transient") from None
    except Exception as error:
        final = activity.info().attempt >= TRIES
        log.error("deed.failed", process=order.process, key=order.key, error=type(error).__name__, exc_info=True)
        raise ApplicationError("a deed failed", type=type(error).__name__, non_retryable=final) from None
    log.info("deed.done", process=order.process, key=order.key, outcome=done.outcome)
    return done


async def begin(connection: Connection, order: Do, vault: Vault) -> tuple[Carrying, Plan]:
    """Lock the process, read it again and plan again: what was due a moment ago may not be any more."""
    await lock_process(connection, order.school, order.process)
    snapshot = await load_snapshot(connection, order.school, order.process)
    at = await school_now(connection, order.school)
    return Carrying(connection, vault, snapshot, at), plan(snapshot)


async def _carry(order: Do, perform: Perform, db: Database, vault: Vault) -> Done:
    async with db.transaction(order.school) as connection:
        c, planned = await begin(connection, order, vault)
        c.step = next((x for x in due_steps(c.snapshot, planned, c.at) if x.key == order.key), None)
        if c.step is None:
            return Done(recorded=0, outcome="gone")
        await perform(c)
        if not await record_step(c):
            raise RuntimeError("a step was recorded twice under the process lock")
        await clear_stuck(c, order.key)
    return Done(recorded=1, outcome="done")
