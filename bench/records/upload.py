"""bench: the upload command with all its rules beside a bare PL/pgSQL function that only writes the same rows.

As many clients each, in turns, through the same driver and pool, on a durable cluster of our own. The command is what
users meet: uploads that wait go together. Beneath stands what it would be if each went alone, which has no target.
"""

from __future__ import annotations

from pathlib import Path
from statistics import median

from bench.harness import Figure, at_most, peak_mb
from bench.records.school import CONNECTIONS, opened, round_of, wal_bytes
from runtime.servers.postgres import PostgresPart

TARGET = 0.55
WAL_LIMIT_KIB = 3.0


async def figures(url: str, folder: Path, part: PostgresPart, *, quick: bool) -> list[Figure]:
    """Uploads a second at 16 connections against the bare function, and WAL an upload."""
    rounds, each = (4, 400) if quick else (12, 1500)
    async with opened(url, folder) as school:
        works = {"ours": school.ours, "bare": school.bare, "alone": school.alone}
        for work in works.values():
            await round_of(work, each)
        speeds: dict[str, list[float]] = {name: [] for name in works}
        wal = 0
        for _ in range(rounds):
            before = await wal_bytes(school.admin)
            speeds["ours"].append(each / await round_of(school.ours, each))
            wal += await wal_bytes(school.admin) - before
            for name in ("bare", "alone"):
                speeds[name].append(each / await round_of(works[name], each))
    ours, bare, alone = (median(speeds[name]) for name in works)
    ratio = median(a / b for a, b in zip(speeds["ours"], speeds["bare"], strict=True))
    return [
        Figure(f"upload command, {CONNECTIONS} clients at once, against the bare function", round(ours, 1), round(bare, 1),
               "uploads/s", f">= {TARGET} times", ratio >= TARGET, peak_mb()),
        Figure("the same if each upload went alone", round(alone, 1), round(bare, 1), "uploads/s", "none", True, peak_mb()),
        at_most("upload command, WAL an action", wal / rounds / each / 1024, WAL_LIMIT_KIB, "KiB"),
    ]  # fmt: skip
