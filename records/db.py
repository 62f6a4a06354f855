"""records: connections, and transactions that see one school only."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime
from typing import Literal
from uuid import UUID

import asyncpg

Connection = asyncpg.Connection | asyncpg.pool.PoolConnectionProxy

# What a killed or restarting server raises; all of it may be tried again.
TRANSIENT: tuple[type[BaseException], ...] = (
    asyncpg.PostgresConnectionError,
    asyncpg.InterfaceError,
    asyncpg.InternalClientError,
    asyncpg.CannotConnectNowError,
    asyncpg.AdminShutdownError,
    asyncpg.CrashShutdownError,
    asyncpg.SerializationError,
    asyncpg.DeadlockDetectedError,
    asyncpg.LockNotAvailableError,
    ConnectionError,
    TimeoutError,
    OSError,
)


class _Clean(asyncpg.Connection):
    """A connection that leaves nothing behind: every setting is the transaction's own, every lock too.

    So nothing has to be reset between two borrowers. A reset of `search_path` would throw away every plan that the
    connection has made, which was two thirds of an upload's cost.
    """

    def get_reset_query(self) -> str:
        """Nothing."""
        return ""


async def _prepare(connection: asyncpg.Connection) -> None:
    await connection.set_type_codec("jsonb", encoder=json.dumps, decoder=json.loads, schema="pg_catalog")


class Database:
    """A pool of connections under a role that row security binds to one school a transaction."""

    def __init__(self, pool: asyncpg.Pool) -> None:
        self.pool = pool

    @classmethod
    async def open(cls, url: str, *, size: int = 8) -> Database:
        """Connect as the application: one school a transaction."""
        return cls(await _pool(url, size, "licheng_app"))

    @classmethod
    async def open_operator(cls, url: str, *, size: int = 2) -> Database:
        """Connect as the operator (relay, watchdog, import of a school): all schools."""
        return cls(await _pool(url, size, "licheng_operator"))

    async def close(self) -> None:
        """Give the connections back to the server."""
        await self.pool.close()

    @asynccontextmanager
    async def transaction(self, school: str, *, snapshot: bool = False) -> AsyncIterator[Connection]:
        """A transaction that sees and writes one school; `snapshot` reads one state throughout."""
        async with self.pool.acquire() as connection:
            isolation: Literal["repeatable_read", "read_committed"] = (
                "repeatable_read" if snapshot else "read_committed"
            )
            async with connection.transaction(isolation=isolation):
                await connection.execute("select set_config('app.school', $1, true)", school)
                yield connection

    @asynccontextmanager
    async def as_person(self, school: str, person: UUID) -> AsyncIterator[Connection]:
        """A transaction that reads what this person may see, and writes nothing (migrations/0014_person_rights.sql).

        One state throughout. Row security decides by the person's own rows, courses, classes and office.
        """
        async with self.pool.acquire() as connection, connection.transaction(isolation="repeatable_read"):
            await connection.execute(
                "select set_config('app.school', $1, true), set_config('app.person', $2, true),"
                " set_config('role', 'licheng_person', true)",
                school,
                str(person),
            )
            yield connection


async def _pool(url: str, size: int, role: str) -> asyncpg.Pool:
    # Role and path are start-up values; a transaction's own role and settings end with it.
    settings = {"role": role, "search_path": "licheng, public", "application_name": f"licheng:{role}"}
    return await asyncpg.create_pool(
        url,
        min_size=1,
        max_size=size,
        init=_prepare,
        server_settings=settings,
        command_timeout=60,
        connection_class=_Clean,
    )


async def school_now(connection: Connection, school: str) -> datetime:
    """The school's clock, in its own statement; call it after the locks were taken."""
    now: datetime = await connection.fetchval("select licheng.school_now($1)", school)
    return now
