"""bench: uploads while an idle transaction stays open, readers read, a burst comes, PostgreSQL restarts. 規§10.2.2"""

from __future__ import annotations

import asyncio
import os
import signal
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from pathlib import Path
from statistics import median

import asyncpg

from bench.harness import Figure, peak_mb
from bench.records.school import CONNECTIONS, SCHOOL, School, opened, round_of
from records.db import TRANSIENT
from runtime.servers.postgres import PostgresPart
from runtime.servers.supervisor import read_parts

TARGET = 0.85
Under = Callable[[School], AbstractAsyncContextManager[int]]
"""A pressure; it gives how many clients upload meanwhile."""
BURST = 64


async def figures(url: str, folder: Path, part: PostgresPart, *, quick: bool) -> list[Figure]:
    """Each pressure against its clean run in turns; dead tuples after it; a restart against the time it takes."""
    rounds, each = (3, 600) if quick else (7, 2000)
    found: list[Figure] = []
    for name, under in (
        ("an idle transaction left open", idle),
        ("four active readers", readers),
        (f"a burst of {BURST} clients", burst),
    ):
        async with opened(url, folder, connections=CONNECTIONS) as school:
            await round_of(school.ours, each)
            clean, pressed = [], []
            for _ in range(rounds):
                clean.append(each / await round_of(school.ours, each))
                async with under(school) as clients:
                    pressed.append(each / await round_of(school.ours, each, clients=clients))
            ours, peer = median(pressed), median(clean)
            ratio = median(a / b for a, b in zip(pressed, clean, strict=True))
            found.append(Figure(f"upload under {name} against a clean run", round(ours, 1), round(peer, 1), "uploads/s",
                                f">= {TARGET} times", ratio >= TARGET, peak_mb()))  # fmt: skip
            found += await dead(school, name)
    found.append(await restarted(url, folder, each))
    return found


@asynccontextmanager
async def idle(school: School) -> AsyncIterator[int]:
    """Somebody's transaction that read once and then does nothing."""
    lazy = await asyncpg.connect(school.url)
    try:
        async with lazy.transaction(isolation="repeatable_read"):
            await lazy.fetchval("select count(*) from licheng.item")
            yield CONNECTIONS
    finally:
        await lazy.close()


@asynccontextmanager
async def readers(school: School) -> AsyncIterator[int]:
    """Four people who look at their items all the time, as fast as a person's page does."""
    stop = asyncio.Event()

    async def read(n: int) -> None:
        connection = await asyncpg.connect(school.url)
        while not stop.is_set():
            await connection.fetch(
                "select * from licheng.item where school = $1 and student = $2", SCHOOL, school.students[n]
            )
            await asyncio.sleep(0.02)
        await connection.close()

    tasks = [asyncio.create_task(read(n)) for n in range(4)]
    try:
        yield CONNECTIONS
    finally:
        stop.set()
        await asyncio.gather(*tasks)


@asynccontextmanager
async def burst(school: School) -> AsyncIterator[int]:
    """Four times as many clients as connections: in sum they are served no slower."""
    yield BURST


async def dead(school: School, name: str) -> list[Figure]:
    """Dead tuples an upload left in the tables that it updates: flat, since autovacuum or HOT keeps up."""
    await school.admin.execute("vacuum")
    await asyncio.sleep(0.2)
    row = await school.admin.fetchrow(
        "select sum(n_dead_tup) as dead, sum(n_live_tup) as live from pg_stat_user_tables where schemaname = 'licheng'"
    )
    share = float(row["dead"] or 0) / max(1.0, float(row["live"] or 1)) * 100 if row else 0.0
    return [Figure(f"dead tuples after {name}", round(share, 2), 5.0, "% of live", "<= 5 %", share <= 5.0, peak_mb())]


async def restarted(url: str, folder: Path, each: int) -> Figure:
    """Uploads over a restart of PostgreSQL, tried again under their keys; the seconds away are not counted.

    Both sides are measured after a round of warming up: new connections make their plans first.
    """
    async with opened(url, folder) as school:
        await round_of(school.ours, each)
        clean = each / await round_of(school.ours, each)
        down = asyncio.create_task(_restart(folder))
        await _through(school, each // 4)
        await down
        await round_of(school.ours, each)
        again = each / await round_of(school.ours, each)
    holds = again / clean >= TARGET
    return Figure("upload after a restart of PostgreSQL against before", round(again, 1), round(clean, 1), "uploads/s",
                  f">= {TARGET} times", holds, peak_mb())  # fmt: skip


async def _restart(folder: Path) -> None:
    """Kill the server in the middle; its supervisor starts it again."""
    await asyncio.sleep(0.1)
    pid = next(row["pid"] for row in read_parts(folder / "on") if row["name"] == "postgres")
    os.kill(pid, signal.SIGKILL)


async def _through(school: School, times: int) -> None:
    for _ in range(times):
        while True:
            try:
                await school.ours()
                break
            except TRANSIENT:
                await asyncio.sleep(0.05)
