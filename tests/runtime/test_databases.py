"""Databases of a server are made once, dropped with their connections, and named by plain words only."""

from __future__ import annotations

import asyncio
from uuid import uuid4

import asyncpg
import pytest

from runtime.servers.databases import drop_database, make_database, url_of


async def test_a_database_is_made_once_also_when_several_ask_at_once(postgres_url: str) -> None:
    name = f"made_{uuid4().hex[:8]}"
    urls = await asyncio.gather(*(make_database(postgres_url, name) for _ in range(4)))
    assert len(set(urls)) == 1
    open_one = await asyncpg.connect(urls[0])
    await open_one.execute("create table kept (n int)")
    assert await make_database(postgres_url, name) == urls[0]
    await drop_database(postgres_url, name)
    await drop_database(postgres_url, name)
    with pytest.raises(asyncpg.InvalidCatalogNameError):
        await asyncpg.connect(urls[0])


@pytest.mark.parametrize("name", ['x"; drop table fact', "Demo", "", "1st", "歷程"])
async def test_a_name_that_is_no_plain_word_is_refused(postgres_url: str, name: str) -> None:
    with pytest.raises(ValueError, match="no name"):
        await make_database(postgres_url, name)
    with pytest.raises(ValueError, match="no name"):
        await drop_database(postgres_url, name)


def test_an_external_servers_parameters_are_kept() -> None:
    server = "postgresql://licheng:p%2Fw@db.school.example:5432/postgres?sslmode=require"
    assert url_of(server, "licheng") == "postgresql://licheng:p%2Fw@db.school.example:5432/licheng?sslmode=require"
    assert url_of("postgresql://db", "licheng") == "postgresql://db/licheng"
