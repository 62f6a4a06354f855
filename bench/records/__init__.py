"""bench: what students and teachers do in thousands, beside a bare function, an engine's signal, a durable function."""

from __future__ import annotations

import sys

import uvloop

from bench.harness import Figure, fresh_peak
from bench.records import bulk, files, growth, peers, pressure, upload
from bench.records.school import durable_server, fsync_ms


def figures(*, quick: bool) -> list[Figure]:
    """All figures of records, on one durable cluster, in one run, under the event loop of our web server."""
    return uvloop.run(_figures(quick))


async def _figures(quick: bool) -> list[Figure]:
    found: list[Figure] = []
    async with durable_server() as (url, folder, part):
        print(f"  fsync of 8 KiB: {fsync_ms(folder):.2f} ms (median of 50)", file=sys.stderr)
        for work in (upload.figures, files.figures, bulk.figures, peers.figures, growth.figures, pressure.figures):
            fresh_peak()
            found += await work(url, folder, part, quick=quick)
    return found
