"""cli: `plan PACK`, `plan diff` and `plan save`: the planner alone, without any server."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Annotated

from cyclopts import App, Parameter

from cli.options import DATA, Data, Json

plan_app = App(name="plan", help="推演 · the planner alone")


@plan_app.default
def plan(
    pack: Annotated[Path, Parameter(help="規則資料夾 · a folder of schools/")],
    *,
    nobody: Annotated[bool, Parameter(help="假設無人辦理 · assume that nobody acts")] = False,
    json: Json = False,
    data: Data = DATA,
) -> int:
    """以純規則推演一整個學年,不需任何服務 · rehearse a whole year of a pack, without any server."""
    from cli.plan import print_plan

    return print_plan(pack, nobody=nobody, as_json=json)


@plan_app.command(name="diff")
def plan_diff(
    old: Annotated[
        Path, Parameter(help="舊:規則資料夾、期程或計畫檔;只給一個時,與 --data 的現況比 · old, or the only one")
    ],
    new: Annotated[Path | None, Parameter(help="新:規則資料夾、期程或計畫檔 · new")] = None,
    *,
    data: Annotated[
        Path | None, Parameter(name="--data", help="與資料目錄中進行的學期比 · open terms of a data directory")
    ] = None,
    school: Annotated[
        str | None, Parameter(name="--school", help="學校代碼,或註冊組的檔案資料夾 · code, or files")
    ] = None,
    changes: Annotated[
        Path | None, Parameter(help="說明檔 YAML:changes: [{match, because}] · a file of reasons")
    ] = None,
    because: Annotated[
        list[str] | None, Parameter(help="PATTERN=理由,或一個理由給全部 · a reason", negative="")
    ] = None,
    json: Json = False,
) -> int:
    """施行前比較新舊計畫:新增、消失、移動的步驟與會被告知的人;未說明的變更擋下 · what a change does to the plan."""
    from cli.plan_diff import diff_plans

    folder = Path(school) if school is not None and Path(school).is_dir() else None
    code = school if folder is None else None
    work = diff_plans(
        old, new, data=data, code=code, folder=folder, changes=changes, because=because or (), as_json=json
    )
    return asyncio.run(work)


@plan_app.command(name="save")
def plan_save(
    out: Annotated[Path, Parameter(help="計畫檔 JSON · the file to write")],
    *,
    pack: Annotated[
        Path | None, Parameter(help="規則資料夾(不給則為進行中的學期)· a pack instead of the open terms")
    ] = None,
    school: Annotated[str | None, Parameter(name="--school", help="學校代碼 · school code")] = None,
    data: Data = DATA,
    json: Json = False,
) -> int:
    """把計畫存成檔案,換版後再比 · keep the plan as a file, to compare the next release with it."""
    from cli.plan_diff import save_plan

    return asyncio.run(save_plan(out, data=data, pack=pack, code=school, as_json=json))
