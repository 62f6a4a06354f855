"""The database of the records' tests: one a test process, a school of its own for each test."""

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
    await server.execute("drop database if exists records_tests")
    await server.execute("create database records_tests")
    url = postgres_url.rsplit("/", 1)[0] + "/records_tests"
    await migrate(url)
    yield url
    await server.execute("drop database records_tests with (force)")
    await server.close()


@pytest.fixture
async def world(migrated: str, tmp_path: Path) -> AsyncIterator[World]:
    """A school of its own for every test: one class, two courses, its clock standing inside the first upload."""
    async with found_school(migrated, tmp_path) as world:
        yield world
