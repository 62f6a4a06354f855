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

import asyncpg

from bench.harness import Figure, peak_mb
from bench.records.school import opened, round_of
from runtime.servers.postgres import PostgresPart
from runtime.servers.supervisor import Supervisor, read_parts
from runtime.servers.temporal import TemporalPart

SIGNAL_TARGET, DURABLE_TARGET = 8.0, 10.0


async def figures(url: str, folder: Path, part: PostgresPart, *, quick: bool) -> list[Figure]:
    """Uploads a second against signals a second and durable functions a second, in turns of some seconds each."""
    rounds, each = (2, 320) if quick else (5, 960)
    many = {"ours": 5 * each, "signal": each, "durable": each // 2, "synced": each}
    """Actions a turn, so that the turns are about as long: each side pays alike for beginning after another."""
    # The peer is Temporal as it runs here, where a power cut may take the last signals (the facts bring them back).
    # An upload is on disk when it is answered; a signal that is so too stands beneath.
    plain, synced = TemporalPart(folder / "plain"), TemporalPart(folder / "synced", synchronous="full")
    speeds: dict[str, list[float]] = {name: [] for name in many}
    async with (
        opened(url, folder) as school,
        Supervisor(folder / "peer", [plain]),
        Supervisor(folder / "other", [synced]),
        _peer("signals", plain.address) as signals,
        _peer("signals", synced.address) as on_disk,
        _durable(url) as durables,
    ):
        takes: dict[str, Callable[[int], Awaitable[float]]] = {
            "ours": lambda n: round_of(school.ours, n),
            "signal": signals.run,
            "durable": durables.run,
            "synced": on_disk.run,
        }
        servers = [
            next(r["pid"] for r in read_parts(folder / at) if r["name"] == "temporal") for at in ("peer", "other")
        ]
        behind = {
            "signal": (signals.pid, servers[0]), "synced": (on_disk.pid, servers[1]), "durable": (durables.pid,),
        }  # fmt: skip

        async def alone(name: str, count: int) -> float:
            """Seconds of one side; the others' processes stand still meanwhile, so that nobody pays for their polling."""
            others = [pid for peer, pids in behind.items() if peer != name for pid in pids]
            for pid in others:
                os.kill(pid, signal.SIGSTOP)
            try:
                return await takes[name](count)
            finally:
                for pid in others:
                    os.kill(pid, signal.SIGCONT)

        await round_of(school.ours, len(school.students))  # the evening began: every key is in memory
        for name in takes:
            await alone(name, many[name] // 4)
        for _ in range(rounds):
            for name in takes:
                speeds[name].append(many[name] / await alone(name, many[name]))
    ours = median(speeds["ours"])
    return [
        _beside("a Temporal signal an action", ours, median(speeds["signal"]), SIGNAL_TARGET),
        _beside("a durable function an action (DBOS)", ours, median(speeds["durable"]), DURABLE_TARGET),
        Figure("the same beside a signal that is on disk as well", round(ours, 1), round(median(speeds["synced"]), 1),
               "actions/s", "none", True, peak_mb()),
    ]  # fmt: skip


def _beside(name: str, ours: float, peer: float, target: float) -> Figure:
    holds = ours / peer >= target
    return Figure(f"upload command beside {name}", round(ours, 1), round(peer, 1), "actions/s", f">= {target:g} times",
                  holds, peak_mb())  # fmt: skip


@dataclass(frozen=True, slots=True)
class Peer:
    """A peer in its process; `run` lets as many clients do so many actions and gives the seconds."""

    pid: int
    run: Callable[[int], Awaitable[float]]


@asynccontextmanager
async def _peer(module: str, argument: str) -> AsyncIterator[Peer]:
    """A peer's worker and clients in a process of their own, so that its threads cost us nothing, nor ours them."""
    child = await asyncio.create_subprocess_exec(
        sys.executable, "-m", f"bench.records.{module}", argument,
        stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE,
    )  # fmt: skip
    assert child.stdin and child.stdout
    write, read = child.stdin, child.stdout

    async def run(each: int) -> float:
        write.write(f"{each}\n".encode())
        line = await read.readline()
        if not line:
            raise RuntimeError(f"the process of {module} ended")
        return float(line)

    try:
        yield Peer(child.pid, run)
    finally:
        write.close()
        await child.wait()


@asynccontextmanager
async def _durable(url: str) -> AsyncIterator[Peer]:
    """DBOS on a database of its own on the same server."""
    name = f"dbos_{uuid.uuid4().hex[:8]}"
    server = await asyncpg.connect(url)
    await server.execute(f"create database {name}")
    try:
        async with _peer("durable", url.rsplit("/", 1)[0] + f"/{name}") as peer:
            yield peer
    finally:
        await server.execute(f"drop database {name} with (force)")
        await server.close()
