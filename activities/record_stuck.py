"""activities: a step that keeps failing is set aside, so that it stops nobody else."""

from __future__ import annotations

from datetime import timedelta

from temporalio import activity as temporal

from activities.carry import Activity
from records.db import Database, school_now
from records.effects.journal import record_stuck as write
from rules.messages import Done, Stuck

RETRY_AFTER = timedelta(hours=1)
"""School time after which a stuck step is tried again."""


def activity(db: Database) -> Activity:
    """The activity `record_stuck`: key, error type and retry instant; the IT post's ladder starts."""

    @temporal.defn(name="record_stuck")
    async def record_stuck(stuck: Stuck) -> Done:
        async with db.transaction(stuck.school) as connection:
            at = await school_now(connection, stuck.school)
            await write(
                connection, stuck.school, stuck.process, stuck.key, stuck.error, at=at, retry_at=at + RETRY_AFTER
            )
        return Done(recorded=1, outcome="stuck")

    return record_stuck
