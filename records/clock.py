"""records: the clock of a demo school: it stands at an instant until it is moved. Production has no such row."""

from __future__ import annotations

from datetime import datetime

from records.db import Database


async def hold_clock(operator: Database, school: str, at: datetime) -> None:
    """Let the school's clock stand at `at`, and let the relay look who is due there.

    Raises asyncpg's RaiseError for a production school, whose clock is the database's.
    """
    async with operator.transaction(school) as connection:
        await connection.execute(
            "insert into school_clock (school, anchor_real, anchor_school, rate, hold_at)"
            " values ($1, clock_timestamp(), $2, 0, $2) on conflict (school) do update"
            " set anchor_real = excluded.anchor_real, anchor_school = excluded.anchor_school, rate = 0, hold_at = excluded.hold_at",
            school,
            at,
        )
        await connection.execute("select pg_notify('licheng_clock', $1)", school)


async def poke(operator: Database, school: str) -> None:
    """Let the relay look again who is due, without moving the clock."""
    await operator.pool.execute("select pg_notify('licheng_clock', $1)", school)
