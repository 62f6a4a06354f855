"""A program that supervises PostgreSQL and Temporal in a folder until it is killed, as `starter.py up` does."""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path

from runtime.servers.postgres import PostgresPart
from runtime.servers.supervisor import Supervisor
from runtime.servers.temporal import TemporalPart


async def main(folder: Path) -> None:
    parts = [PostgresPart(folder / "postgres", durable=False), TemporalPart(folder / "temporal")]
    async with Supervisor(folder, parts):
        print("up", flush=True)
        await asyncio.sleep(300)


if __name__ == "__main__":
    asyncio.run(main(Path(sys.argv[1])))
