"""cli: what runs on this machine: the demo year, everything up, its state, starting lost processes again."""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path
from typing import Annotated, Literal

from cyclopts import Parameter

from cli import show
from cli.groups import app
from cli.options import DATA, HERE, Data, Json, Where


@app.command
def demo(
    *,
    data: Data = Path("var/demo"),
    size: Annotated[
        Literal["standard", "small"], Parameter(help="standard 或 small · which sample school")
    ] = "standard",
    lang: Annotated[Literal["zh", "en"], Parameter(help="zh 或 en · language of the terminal")] = "zh",
    json: Json = False,
) -> int:
    """玩過一整個學年,最後產生報告 · play one whole school year, then write the report."""
    from demo.run import DemoFailed, run_demo
    from demo.stage import DemoStuck

    try:
        result = asyncio.run(run_demo(data, size=size, lang=lang))
    except (DemoFailed, DemoStuck) as error:
        print(f"示範未完成 · the demo did not finish: {error}", file=sys.stderr)
        return 1
    if json:
        show.emit(result)
    else:
        print(f"報告 · report: {data / 'report.html'}")
    return 0


@app.command
def up(*, data: Data = DATA, json: Json = False) -> int:
    """在這台機器上啟動全部服務並持續執行 · start everything on this machine and stay."""
    from cli.up import stay_up

    return asyncio.run(stay_up(data, as_json=json))


@app.command
def status(*, where: Where = HERE) -> int:
    """服務、流程與各階段的狀態 · parts, processes and their phases."""
    from cli.status import print_status

    return asyncio.run(print_status(where.data, where.school, as_json=where.json))


@app.command
def resume(*, data: Data = DATA, json: Json = False) -> int:
    """Temporal 狀態遺失後,依代號重新啟動未結束的流程 · start every open process again by its id."""
    from cli.status import resume_all

    return asyncio.run(resume_all(data, as_json=json))
