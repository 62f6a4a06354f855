"""bench: files of 3 MB through the store, with every check and its row, beside hashing and fsyncing the same bytes bare.

Both get the bytes in the same pieces and as many files at once; memory is what the process held more afterwards.
"""

from __future__ import annotations

import asyncio
import hashlib
import os
from collections.abc import AsyncIterator
from itertools import count
from pathlib import Path
from statistics import median
from time import perf_counter

from bench.harness import Figure, at_most, fresh_peak, peak_mb
from bench.records.school import SCHOOL, opened
from records.files.store import put
from runtime.servers.postgres import PostgresPart

SIZE = 3_000_000
PIECE = 1 << 18
AT_ONCE = 4
TARGET = 0.85
MEMORY_MB = 24.0
"""MiB that the process may hold more after all rounds: the pieces under way, not the files."""

_numbers = count(1)


async def figures(url: str, folder: Path, part: PostgresPart, *, quick: bool) -> list[Figure]:
    """Files a second against the bare loop, and how much memory they took."""
    rounds, each = (4, 16) if quick else (12, 32)
    async with opened(url, folder) as school:
        bare_folder = folder / "bare-files"
        bare_folder.mkdir(exist_ok=True)
        vault, db = school.seam.vault, school.db

        async def ours(n: int) -> None:
            await put(db, vault, SCHOOL, _pieces(n))

        async def bare(n: int) -> None:
            await _bare(bare_folder / str(n), n)

        for work in (ours, bare):
            await _round(work, each)
        fresh_peak()
        before = peak_mb()
        speeds: dict[str, list[float]] = {"ours": [], "bare": []}
        for _ in range(rounds):
            speeds["ours"].append(each / await _round(ours, each))
            speeds["bare"].append(each / await _round(bare, each))
        more = peak_mb() - before
    ratio = median(a / b for a, b in zip(speeds["ours"], speeds["bare"], strict=True))
    mine, theirs = (round(median(speeds[k]), 1) for k in ("ours", "bare"))
    return [
        Figure(f"files of 3 MB, {AT_ONCE} at once, against hashing and fsyncing bare", mine, theirs, "files/s",
               f">= {TARGET} times", ratio >= TARGET, peak_mb()),
        at_most("memory that files of 3 MB take", more, MEMORY_MB, "MiB"),
    ]  # fmt: skip


def _whole(n: int) -> tuple[bytes, bytes]:
    """The head and tail of a valid PDF of 3 MB: one page, and a scanned picture's bytes between the two."""
    objects = (
        b"<</Type/Catalog/Pages 2 0 R>>",
        b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Resources<</XObject<</I 4 0 R>>>>>>",
    )
    head, places = b"%%PDF-1.4\n%%%012d\n" % n, []
    for number, body in enumerate(objects, start=1):
        places.append(len(head))
        head += b"%d 0 obj%b endobj\n" % (number, body)
    places.append(len(head))
    picture = b"4 0 obj<</Type/XObject/Subtype/Image/Width 2480/Height 3508/Filter/DCTDecode/Length %010d>>stream\n"
    table = b"\nendstream endobj\nxref\n0 5\n0000000000 65535 f \n" + b"".join(b"%010d 00000 n \n" % p for p in places)
    tail = table + b"trailer<</Size 5/Root 1 0 R>>\nstartxref\n%010d\n%%%%EOF\n"
    filled = SIZE - len(head) - len(picture % 0) - len(tail % 0)
    return head + picture % filled, tail % (SIZE - len(tail % 0) + table.index(b"xref"))


async def _pieces(n: int) -> AsyncIterator[bytes]:
    head, tail = _whole(n)
    yield head
    left = SIZE - len(head) - len(tail)
    while left > 0:
        yield _FILL[: min(left, PIECE)]
        left -= PIECE
    yield tail


_FILL = b"x" * PIECE


async def _bare(path: Path, n: int) -> None:
    """Write, hash, fsync: what nobody can leave out."""
    hasher = hashlib.sha256()
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
    try:
        async for piece in _pieces(n):
            await asyncio.to_thread(_write, handle, hasher, piece)
        await asyncio.to_thread(os.fsync, handle)
    finally:
        os.close(handle)


def _write(handle: int, hasher: hashlib._Hash, piece: bytes) -> None:
    os.write(handle, piece)
    hasher.update(piece)


async def _round(work: object, each: int) -> float:
    """Seconds for `each` files, some at once."""
    assert callable(work)
    numbers = [next(_numbers) for _ in range(each)]
    gate = asyncio.Semaphore(AT_ONCE)

    async def one(n: int) -> None:
        async with gate:
            await work(n)

    started = perf_counter()
    await asyncio.gather(*(one(n) for n in numbers))
    return perf_counter() - started
