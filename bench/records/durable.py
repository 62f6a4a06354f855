"""bench: durable functions of DBOS, as many as a line on standard input says; the seconds go to standard output.

`python -m bench.records.durable URL`: a process of its own beside bench.records.peers.
"""

from __future__ import annotations

import asyncio
import sys

from dbos import DBOS

from bench.records.school import CONNECTIONS


@DBOS.step(name="write")
async def write(n: int) -> int:
    """The action's effect; here nothing, so that only what durability costs is measured."""
    return n


@DBOS.workflow(name="one_action")
async def one_action(n: int) -> int:
    """An action as a durable function with the one step that its effect is."""
    return await write(n)


async def main() -> None:
    """Answer rounds until standard input ends."""
    loop = asyncio.get_running_loop()
    turn = iter(range(10**9))
    while line := await asyncio.to_thread(sys.stdin.readline):
        left = iter(range(int(line)))

        async def client(left: object = left) -> None:
            for _ in left:  # type: ignore[attr-defined]
                await one_action(next(turn))

        started = loop.time()
        await asyncio.gather(*(client() for _ in range(CONNECTIONS)))
        print(f"{loop.time() - started:.6f}", flush=True)


if __name__ == "__main__":
    DBOS(
        config={
            "name": "bench",
            "system_database_url": sys.argv[1].replace("postgresql://", "postgresql+psycopg://"),
            "sys_db_pool_size": CONNECTIONS,
            "log_level": "ERROR",
        }
    )
    DBOS.launch()
    asyncio.run(main())
    DBOS.destroy()
