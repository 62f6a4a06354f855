"""cli: everything on this machine, until it is told to stop."""

from __future__ import annotations

import asyncio
import json
import signal
from pathlib import Path
from typing import Any

from cli import show
from cli.place import note, stderr
from records.files.stored import need_answer
from records.migrate import migrate
from runtime.log import set_up_logging
from runtime.servers.databases import make_database
from runtime.servers.postgres import PostgresPart
from runtime.servers.supervisor import Supervisor, parts_of
from runtime.servers.temporal import TemporalPart
from runtime.servers.web import WebPart
from runtime.servers.worker import WorkerPart
from runtime.settings import Settings
from runtime.vault import open_vault


async def stay_up(data: Path, *, as_json: bool) -> int:
    """Start PostgreSQL, Temporal (with its screens), the worker and the web server of files; keep them running until SIGINT or SIGTERM."""
    given = Settings(data_dir=data)
    set_up_logging(given.log_level)
    await asyncio.to_thread(need_answer, open_vault(data, given))
    postgres = None if given.database_url else PostgresPart(data / "postgres")
    temporal = (
        None if given.temporal_address else TemporalPart(data / "temporal", screens=True, namespace=given.namespace)
    )
    parts: list[Any] = [p for p in (postgres, temporal) if p is not None]
    named = note(data)  # also what a demo left half played: its school goes on
    stop = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    async with Supervisor(data, parts) as supervisor:
        url = given.database_url or await make_database(postgres.url() if postgres else "", named["database"])
        await migrate(url)
        (data / "place.json").write_text(json.dumps(named))
        env = {
            "LICHENG_DATABASE_URL": url,
            "LICHENG_TEMPORAL_ADDRESS": given.temporal_address or (temporal.address if temporal else ""),
            "LICHENG_DATA_DIR": str(data.resolve()),
            "LICHENG_TASK_QUEUE": named["task_queue"],
            "LICHENG_NAMESPACE": given.namespace,
        }
        await supervisor.add(WorkerPart(data / "worker", env=env))
        await supervisor.add(WebPart(data / "web", env=env))
        if as_json:
            show.emit({"parts": parts_of(data)})
        else:
            show.table(("part", "pid", "address"), [(p["name"], p["pid"], p["address"]) for p in parts_of(data)])
            if temporal is not None and temporal.ui_port:
                print(f"Temporal 畫面 · screens: http://127.0.0.1:{temporal.ui_port}")
        stderr("執行中,Ctrl-C 結束 · running, Ctrl-C to stop")
        await stop.wait()
    return 0
