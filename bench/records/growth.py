"""bench: the same action in a school of 300, 3,000 and 30,000 students costs the same."""

from __future__ import annotations

from contextlib import AsyncExitStack
from pathlib import Path
from statistics import median

from bench.harness import Figure, peak_mb
from bench.records.school import opened, round_of
from runtime.servers.postgres import PostgresPart

TARGET = 1.3
SIZES = (300, 3_000, 30_000)


async def figures(url: str, folder: Path, part: PostgresPart, *, quick: bool) -> list[Figure]:
    """Milliseconds an upload in the largest school against the smallest, after as many uploads a student."""
    sizes = SIZES[:2] if quick else SIZES
    rounds, each = (3, 400) if quick else (7, 1000)
    async with AsyncExitStack() as stack:
        schools = {size: await stack.enter_async_context(opened(url, folder, students=size)) for size in sizes}
        for size, school in schools.items():
            await round_of(school.ours, size * 2)
            await school.admin.execute("vacuum analyze")
        # In turns: a machine that slows down meanwhile is no growth.
        cost: dict[int, list[float]] = {size: [] for size in sizes}
        for size, school in (turn for _ in range(rounds + 1) for turn in schools.items()):
            cost[size].append(await round_of(school.ours, each) / each * 1000)
    small, large = median(cost[sizes[0]][1:]), median(cost[sizes[-1]][1:])
    name = f"upload command, {sizes[-1]:,} students against {sizes[0]}"
    return [
        Figure(name, round(large, 4), round(small, 4), "ms", f"<= {TARGET} times", large / small <= TARGET, peak_mb())
    ]
