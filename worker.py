"""The worker: runs workflows, activities and the relay of every school on one database.

`python worker.py [--data DIR] [--ready FILE]`. Servers come from LICHENG_DATABASE_URL and
LICHENG_TEMPORAL_ADDRESS, which `starter.py up` and `starter.py demo` set for it.
"""

from __future__ import annotations

import argparse
import asyncio
import signal
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import timedelta
from pathlib import Path

import structlog
from temporalio.client import Client
from temporalio.worker import Worker

from activities.registry import activities
from records.db import Database
from records.migrate import migrate
from records.seam import Vault
from runtime.engine import connect
from runtime.housekeeping import keep_house
from runtime.keys import key_file
from runtime.log import set_up_logging
from runtime.relay import Pace, Relay, Waker
from runtime.settings import Settings
from runtime.vault import open_vault
from workflows.handover import Handover
from workflows.school_year import SchoolYear
from workflows.semester import Semester
from workflows.submission import Submission

log = structlog.get_logger()

WORKFLOWS = [SchoolYear, Semester, Submission, Handover]
AT_ONCE = 16
"""Activities at once; no more than the connection pool holds."""


def build(client: Client, queue: str, db: Database, vault: Vault) -> Worker:
    """The Temporal worker with every workflow and activity."""
    return Worker(
        client,
        task_queue=queue,
        workflows=WORKFLOWS,
        activities=activities(db, vault),
        workflow_task_executor=ThreadPoolExecutor(4),
        max_concurrent_activities=AT_ONCE,
        max_concurrent_local_activities=AT_ONCE,
        max_cached_workflows=500,
        graceful_shutdown_timeout=timedelta(seconds=3),
    )


async def run(settings: Settings, ready: Path | None, stop: asyncio.Event, pace: Pace) -> None:
    """Serve until `stop` is set."""
    url, address = settings.need_database_url(), settings.need_temporal_address()
    vault = open_vault(settings.data_dir, settings)
    await migrate(url)
    db = await Database.open(url, size=AT_ONCE)
    operator = await Database.open_operator(url, size=4)
    client = await connect(address, settings.namespace, key_file(settings.data_dir, "codec"))
    relay = Relay(operator, Waker(client, settings.task_queue), pace)
    try:
        async with build(client, settings.task_queue, db, vault):
            relaying = asyncio.create_task(relay.run())
            keeping = asyncio.create_task(keep_house(operator, vault))
            if ready is not None:
                ready.write_text("ready\n")
            log.info("worker.ready", queue=settings.task_queue)
            stopping = asyncio.create_task(stop.wait())
            await asyncio.wait({relaying, keeping, stopping}, return_when=asyncio.FIRST_COMPLETED)
            for task in (relaying, keeping):
                if task.done():
                    task.result()
                task.cancel()
                with suppress(asyncio.CancelledError):
                    await task
    finally:
        await db.close()
        await operator.close()


def main() -> None:
    """Read the command line and serve until SIGTERM or SIGINT."""
    parser = argparse.ArgumentParser(description="歷程工作程序 · the worker of Licheng")
    parser.add_argument("--data", type=Path, default=None, help="資料目錄 · data directory")
    parser.add_argument("--ready", type=Path, default=None, help="就緒檔 · file written when ready")
    parser.add_argument("--watch", type=float, default=60.0, help="巡查間隔秒數 · seconds between watchdog rounds")
    given = parser.parse_args()
    settings = Settings() if given.data is None else Settings(data_dir=given.data)
    set_up_logging(settings.log_level)
    stop = asyncio.Event()

    async def serve() -> None:
        loop = asyncio.get_running_loop()
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, stop.set)
        await run(settings, given.ready, stop, Pace(watch=given.watch))

    asyncio.run(serve())


if __name__ == "__main__":
    main()
