"""bench: one upload beside one Temporal signal and beside one durable function, as many clients, one run."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
import uuid
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from time import perf_counter

import asyncpg
from temporalio import workflow
from temporalio.client import Client, WorkflowHandle
from temporalio.worker import UnsandboxedWorkflowRunner, Worker

from bench.harness import Figure, peak_mb
from bench.records.school import CONNECTIONS, opened, round_of
from runtime.servers.postgres import PostgresPart
from runtime.servers.supervisor import Supervisor, read_parts
from runtime.servers.temporal import TemporalPart

SIGNAL_TARGET, DURABLE_TARGET = 8.0, 10.0


@workflow.defn(name="Counted")
class Counted:
    """A workflow that only counts its signals: the least that an action costs as one."""

    def __init__(self) -> None:
        self.n = 0

    @workflow.run
    async def run(self) -> int:
        """Wait until the last one came."""
        await workflow.wait_condition(lambda: self.n < 0)
        return self.n

    @workflow.signal
    def act(self, n: int) -> None:
        """One action."""
        self.n += 1

    @workflow.query
    def seen(self) -> int:
        """How many actions have reached the workflow."""
        return self.n


async def figures(url: str, folder: Path, part: PostgresPart, *, quick: bool) -> list[Figure]:
    """Uploads a second against signals a second and durable functions a second, in turns."""
    rounds, each = (2, 320) if quick else (5, 960)
    temporal = TemporalPart(folder / "temporal")
    speeds: dict[str, list[float]] = {"ours": [], "signal": [], "durable": []}
    async with opened(url, folder) as school, Supervisor(folder / "peer", [temporal]):
        client = await Client.connect(temporal.address)
        worker = Worker(client, task_queue="bench", workflows=[Counted], workflow_runner=UnsandboxedWorkflowRunner())
        async with worker:
            handles: list[WorkflowHandle[Counted, int]] = [
                await client.start_workflow(Counted.run, id=f"counted-{n}", task_queue="bench")
                for n in range(CONNECTIONS)
            ]
            sent = 0

            async def send() -> None:
                nonlocal sent
                sent += 1
                await handles[sent % CONNECTIONS].signal(Counted.act, sent)

            async def signalled(count: int) -> float:
                # An action has happened when its workflow saw it, as an upload's answer says that it has.
                started = perf_counter()
                await round_of(send, count)
                while sum([await handle.query(Counted.seen) for handle in handles]) < sent:
                    await asyncio.sleep(0.005)
                return perf_counter() - started

            async with durable(url) as durably:
                takes: dict[str, Callable[[int], Awaitable[float]]] = {
                    "ours": lambda n: round_of(school.ours, n),
                    "signal": signalled,
                    "durable": durably.run,
                }
                server = next(row["pid"] for row in read_parts(folder / "peer") if row["name"] == "temporal")
                behind = {"signal": server, "durable": durably.pid}

                async def alone(name: str, count: int) -> float:
                    """Seconds of one side; the others' servers stand still meanwhile, so that nobody pays for their polling."""
                    others = [pid for peer, pid in behind.items() if peer != name]
                    for pid in others:
                        os.kill(pid, signal.SIGSTOP)
                    try:
                        return await takes[name](count)
                    finally:
                        for pid in others:
                            os.kill(pid, signal.SIGCONT)

                await round_of(school.ours, len(school.students))  # the evening began: every key is in memory
                for name in takes:
                    await alone(name, each // 4)
                for _ in range(rounds):
                    for name in takes:
                        speeds[name].append(each / await alone(name, each))
            for handle in handles:
                await handle.terminate()
    ours = median(speeds["ours"])
    return [
        _beside("a Temporal signal an action", ours, median(speeds["signal"]), SIGNAL_TARGET),
        _beside("a durable function an action (DBOS)", ours, median(speeds["durable"]), DURABLE_TARGET),
    ]


def _beside(name: str, ours: float, peer: float, target: float) -> Figure:
    holds = ours / peer >= target
    return Figure(f"upload command beside {name}", round(ours, 1), round(peer, 1), "actions/s", f">= {target:g} times",
                  holds, peak_mb())  # fmt: skip


@dataclass(frozen=True, slots=True)
class Durable:
    """DBOS in its process; `run` calls so many durable functions by as many clients and gives the seconds."""

    pid: int
    run: Callable[[int], Awaitable[float]]


@asynccontextmanager
async def durable(url: str) -> AsyncIterator[Durable]:
    """DBOS in a process of its own, since it puts its own threads under the event loop of whoever starts it."""
    name = f"dbos_{uuid.uuid4().hex[:8]}"
    server = await asyncpg.connect(url)
    await server.execute(f"create database {name}")
    child = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "bench.records.durable", url.rsplit("/", 1)[0] + f"/{name}",
        stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE,
    )  # fmt: skip
    assert child.stdin and child.stdout
    write, read = child.stdin, child.stdout

    async def run(each: int) -> float:
        write.write(f"{each}\n".encode())
        line = await read.readline()
        if not line:
            raise RuntimeError("the durable functions' process ended")
        return float(line)

    try:
        yield Durable(child.pid, run)
    finally:
        write.close()
        await child.wait()
        await server.execute(f"drop database {name} with (force)")
        await server.close()
