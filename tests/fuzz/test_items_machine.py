"""Thousands of interleavings of what people do with items, against the real database."""

from __future__ import annotations

import os
from collections.abc import AsyncIterator

import asyncpg
import pytest
from hypothesis import HealthCheck, settings
from hypothesis.stateful import run_state_machine_as_test

from records.migrate import migrate
from tests.records.machine import ItemsMachine

EXAMPLES = int(os.environ.get("LICHENG_FUZZ_EXAMPLES", "2000"))
LONG = settings(max_examples=EXAMPLES, stateful_step_count=30, deadline=None, suppress_health_check=list(HealthCheck))


@pytest.fixture
async def database(postgres_url: str) -> AsyncIterator[str]:
    """The URL of a migrated database of the run's own."""
    server = await asyncpg.connect(postgres_url)
    await server.execute("drop database if exists fuzz_items with (force)")
    await server.execute("create database fuzz_items")
    url = postgres_url.rsplit("/", 1)[0] + "/fuzz_items"
    await migrate(url)
    yield url
    await server.execute("drop database fuzz_items with (force)")
    await server.close()


@pytest.mark.slow
@pytest.mark.clause("規§5.3.1")
@pytest.mark.clause("規§6.1")
def test_whatever_people_do_for_long_the_records_agree_with_the_rules(database: str) -> None:
    run_state_machine_as_test(lambda: ItemsMachine(database), settings=LONG)
