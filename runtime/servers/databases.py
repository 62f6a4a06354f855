"""runtime: databases of a PostgreSQL server, ours or an external one: made when missing, dropped when left."""

from __future__ import annotations

import re

import asyncpg


async def make_database(server: str, name: str) -> str:
    """The URL of the database `name` on the server of the URL `server`; it is made when it is missing.

    Raises ValueError for a name that is no plain word, OSError and asyncpg's errors when the server is away.
    """
    connection = await asyncpg.connect(server)
    try:
        if not await connection.fetchval("select true from pg_database where datname = $1", name):
            await connection.execute(f"create database {_word(name)}")
    except (asyncpg.DuplicateDatabaseError, asyncpg.UniqueViolationError):
        pass  # another command was first
    finally:
        await connection.close()
    return url_of(server, name)


async def drop_database(server: str, name: str) -> None:
    """Drop the database `name` with the connections to it; nothing happens where there is none.

    Raises ValueError for a name that is no plain word, OSError and asyncpg's errors when the server is away.
    """
    connection = await asyncpg.connect(server)
    try:
        await connection.execute(f"drop database if exists {_word(name)} with (force)")
    finally:
        await connection.close()


def url_of(server: str, name: str) -> str:
    """The URL of another database of the same server; parameters behind `?` (TLS) are kept."""
    if "://" not in server:
        raise ValueError("a server's URL begins with postgresql://")
    address, _, parameters = server.partition("?")
    scheme, _, rest = address.partition("://")
    return f"{scheme}://{rest.partition('/')[0]}/{name}" + (f"?{parameters}" if parameters else "")


def _word(name: str) -> str:
    if not re.fullmatch(r"[a-z_][a-z0-9_]{0,62}", name):
        raise ValueError(f"{name!r} is no name for a database")
    return f'"{name}"'
