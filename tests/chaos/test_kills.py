"""Servers and supervisor are killed at random under load: nothing acknowledged is lost, the next start always works."""

from __future__ import annotations

import asyncio
import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from time import monotonic

import asyncpg
import pytest
from temporalio.client import Client
from temporalio.service import RPCError

from runtime.engine import engine_runtime
from runtime.servers.postgres import PostgresPart
from runtime.servers.processes import live
from runtime.servers.supervisor import Supervisor, read_parts
from runtime.servers.temporal import TemporalPart
from runtime.servers.worker import ROOT

KILLS = 24
AWAY = (OSError, TimeoutError, asyncpg.PostgresError, asyncpg.InterfaceError, asyncpg.InternalClientError)

pytestmark = pytest.mark.slow


@pytest.fixture
def folder() -> Iterator[Path]:
    place = Path(tempfile.mkdtemp(prefix="licheng-chaos-"))
    place.chmod(0o711)
    yield place
    for row in read_parts(place):
        if (process := live(row["pid"], row["birth"])) is not None:
            process.kill()
    shutil.rmtree(place, ignore_errors=True)


async def write_rows(part: PostgresPart, acknowledged: list[int], done: asyncio.Event) -> None:
    """Insert numbers one by one; a number counts when the server said so."""
    number = 0
    while not done.is_set():
        try:
            connection = await asyncpg.connect(part.url(), timeout=2)
            try:
                while not done.is_set():
                    number += 1
                    await connection.execute("insert into kept values ($1)", number, timeout=5)
                    acknowledged.append(number)
                    await asyncio.sleep(0.002)
            finally:
                connection.terminate()
        except AWAY:
            await asyncio.sleep(0.02)


async def start_workflows(part: TemporalPart, acknowledged: list[str], done: asyncio.Event) -> None:
    """Start workflows one by one; one counts when the server said so."""
    number = 0
    while not done.is_set():
        with suppress(RPCError, RuntimeError, OSError, TimeoutError):
            async with asyncio.timeout(10):
                client = await Client.connect(part.address, runtime=engine_runtime())
            while not done.is_set():
                number += 1
                async with asyncio.timeout(5):
                    await client.start_workflow("Waits", id=f"w/{number}", task_queue="nobody")
                acknowledged.append(f"w/{number}")
                await asyncio.sleep(0.01)
        await asyncio.sleep(0.02)


async def test_nothing_acknowledged_is_lost_while_all_are_killed_at_random(folder: Path) -> None:
    chance = random.Random(115)
    postgres, temporal = PostgresPart(folder / "postgres"), TemporalPart(folder / "temporal")

    def supervise() -> subprocess.Popen[str]:
        child = subprocess.Popen(
            [sys.executable, "-m", "tests.runtime.supervised", str(folder)],
            cwd=ROOT, stdout=subprocess.PIPE, text=True,
        )  # fmt: skip
        assert child.stdout is not None
        assert child.stdout.readline().strip() == "up", "the next start did not work"
        return child

    supervisor = await asyncio.to_thread(supervise)
    connection = await asyncpg.connect(postgres.url())
    await connection.execute("create table kept (n bigint)")
    await connection.close()
    rows: list[int] = []
    workflows: list[str] = []
    done = asyncio.Event()
    load = [
        asyncio.create_task(write_rows(postgres, rows, done)),
        asyncio.create_task(start_workflows(temporal, workflows, done)),
    ]
    try:
        for _ in range(KILLS):
            await asyncio.sleep(chance.uniform(0.2, 1.2))
            victims = chance.sample(["postgres", "temporal", "supervisor"], chance.choice([1, 1, 2, 3]))
            for row in read_parts(folder):
                if row["name"] in victims and (process := live(row["pid"], row["birth"])) is not None:
                    os.kill(process.pid, signal.SIGKILL)
            if "supervisor" in victims:
                supervisor.kill()
                supervisor.wait()
                supervisor = await asyncio.to_thread(supervise)
        before, began = (len(rows), len(workflows)), monotonic()
        while len(rows) == before[0] or len(workflows) == before[1]:
            assert monotonic() - began < 30, "work does not go on after the last kill"
            await asyncio.sleep(0.1)
        done.set()
        await asyncio.gather(*load)
    finally:
        supervisor.kill()
        supervisor.wait()
    async with Supervisor(folder, [PostgresPart(folder / "postgres"), TemporalPart(folder / "temporal")]):
        connection = await asyncpg.connect(postgres.url())
        kept = {r["n"] for r in await connection.fetch("select n from kept")}
        await connection.close()
        client = await Client.connect(temporal.address, runtime=engine_runtime())
        lost = []
        for one in workflows:
            try:
                await client.get_workflow_handle(one).describe()
            except RPCError:
                lost.append(one)
    assert set(rows) <= kept
    assert lost == []
    assert len(rows) > 100 and len(workflows) > 20
    print(f"{KILLS} rounds of kills: {len(rows)} rows and {len(workflows)} workflows acknowledged, none lost")
