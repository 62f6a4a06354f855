"""Saves what the replay tests hold the loop to: histories of a played small year, and the order of commands.

`python -m tests.workflows.save_histories [--order]`, called by `make histories` for a release.
"""

from __future__ import annotations

import asyncio
import json
import shutil
import sys
import tempfile
from pathlib import Path

from temporalio.client import Client
from temporalio.testing import WorkflowEnvironment

from records.db import Database
from runtime.engine import connect
from runtime.keys import key_file

HISTORIES = Path(__file__).with_name("histories")
KEY = HISTORIES / "codec.key"
SAVED = {
    "school_year": "year/999901/115",
    "semester": "semester/999901/115-1",
    "submission_corrected": "submission/999901/115/g12_general/outcomes",
    "submission": "submission/999901/115-1/g10_11/enrolment",
}


async def save_year() -> None:
    """Play the small year under the committed test key and keep the first and last run of each kind."""
    from demo.run import collect, play, servers, set_the_stage
    from demo.view import View

    folder = Path(tempfile.mkdtemp(prefix="licheng-histories-"))
    (folder / "keys").mkdir()
    shutil.copy(KEY, folder / "keys" / "codec.key")
    with View("zh", plain=True) as view:
        async with servers(folder) as up:
            db, operator = await Database.open(up.url, size=6), await Database.open_operator(up.url, size=3)
            stage, calendar = await set_the_stage(db, operator, folder, "small", view)
            await play(stage, calendar, "small", view)
            await collect(stage, up, 0.0)
            client = await connect(
                up.settings.need_temporal_address(), up.settings.namespace, key_file(folder, "codec")
            )
            posts = await stage.rows("select id from process where school = $1 and kind = 'handover' order by id")
            for name, process in (SAVED | {"handover": posts[0]["id"]}).items():
                await save(client, name, process)
            await db.close()
            await operator.close()
    shutil.rmtree(folder, ignore_errors=True)


async def save(client: Client, name: str, process: str) -> None:
    """Write the first and the last run of a process."""
    runs = [r async for r in client.list_workflows(f"WorkflowId = '{process}'")]
    runs.sort(key=lambda r: r.start_time)
    for which, run in {"first": runs[0], "last": runs[-1]}.items():
        history = await client.get_workflow_handle(process, run_id=run.run_id).fetch_history()
        text = json.dumps(json.loads(history.to_json()), separators=(",", ":"))
        (HISTORIES / f"{name}.{which}.json").write_text(text + "\n")
        if len(runs) == 1:
            break


async def save_order() -> None:
    """Write the order of commands that the loop gives now."""
    from runtime.engine import data_converter
    from tests.workflows.test_loop import ORDER, order_of_commands

    server = Path(sys.executable).with_name("temporal-test-server")
    async with await WorkflowEnvironment.start_time_skipping(
        data_converter=data_converter(bytes(32)), test_server_existing_path=str(server)
    ) as env:
        ORDER.write_text("\n".join(await order_of_commands(env, "save")) + "\n")


if __name__ == "__main__":
    asyncio.run(save_order() if "--order" in sys.argv else save_year())
