"""Databases of the records' tests: one migrated template a test process, a copy of it for each module."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import asyncpg
import pytest

from records.migrate import migrate
from tests.records.builders import World, found_school


@pytest.fixture(scope="session")
async def migrated(postgres_url: str) -> AsyncIterator[str]:
    """The URL of a database of our own with every migration applied."""
    server = await asyncpg.connect(postgres_url)
    await server.execute("drop database if exists c1_records")
    await server.execute("create database c1_records")
    url = postgres_url.rsplit("/", 1)[0] + "/c1_records"
    await migrate(url)
    yield url
    await server.execute("drop database c1_records with (force)")
    await server.close()


@pytest.fixture
async def world(migrated: str, tmp_path: Path) -> AsyncIterator[World]:
    """A school of its own for every test: one class, two courses, its clock standing inside the first upload."""
    async with found_school(migrated, tmp_path) as world:
        yield world
