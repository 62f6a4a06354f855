"""activities: a round of reminders and escalations; who is pending is asked when it is sent."""

from __future__ import annotations

from temporalio import activity as temporal

from activities.carry import Activity, begin, guarded
from records.db import Database
from records.effects.journal import clear_stuck
from records.effects.ladders import hold_round
from records.seam import Vault
from rules.messages import Do, Done
from rules.plan import due_round


def activity(db: Database, vault: Vault) -> Activity:
    """The activity `send_rungs`: all rungs of an instant as one batch. 規§5.3.2"""

    async def hold(order: Do) -> Done:
        async with db.transaction(order.school) as connection:
            c, planned = await begin(connection, order, vault)
            round_ = due_round(c.snapshot, planned, c.at)
            if round_ is None:
                return Done(recorded=0, outcome="gone")
            counts = await hold_round(c, round_)
            await clear_stuck(c, order.key)
        return Done(recorded=sum(counts.values()), outcome="done")

    @temporal.defn(name="send_rungs")
    async def send_rungs(order: Do) -> Done:
        return await guarded(order, lambda: hold(order))

    return send_rungs
