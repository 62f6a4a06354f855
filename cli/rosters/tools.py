"""cli: `doctor` and `reconcile` as the command line has them: no server, no database, no account. 規§4.2, 規§6.4"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

from cyclopts import Parameter

from cli.groups import app
from cli.options import Json


@app.command
def doctor(
    *rosters: Annotated[Path, Parameter(help="名冊 XLSX,可一次多份 · rosters, several at once")],
    report: Annotated[Path | None, Parameter(help="可列印的報表 HTML · a report to print")] = None,
    json: Json = False,
) -> int:
    """提交前檢查名冊;不需伺服器、資料庫、帳號,不留資料 · check rosters before sending; keeps nothing."""
    from cli.rosters.doctor import examine_files

    return examine_files(rosters, as_json=json, report=report)


@app.command
def reconcile(
    roster: Annotated[Path, Parameter(help="名冊 XLSX · the roster that was sent")],
    receipt: Annotated[Path, Parameter(help="收訖明細 XLSX 或 CSV · the receipt")],
    *,
    selection: Annotated[Path | None, Parameter(help="學生勾選清單,第三本帳 · what students selected")] = None,
    mapping: Annotated[str | None, Parameter(help="對照表代號或 YAML 檔 · a mapping's id, or a YAML file")] = None,
    roster_version: Annotated[int | None, Parameter(help="名冊的提交版次 · the roster's version")] = None,
    accept_partial: Annotated[
        str | None, Parameter(help="只比對讀得出來的部分,須寫理由 · take what can be read; a reason")
    ] = None,
    report: Annotated[Path | None, Parameter(help="可列印的報表 HTML · a report to print")] = None,
    json: Json = False,
) -> int:
    """名冊與收訖明細逐項核對;不需伺服器,不留資料 · roster beside receipt, item by item; keeps nothing."""
    from cli.rosters.reconcile import reconcile_files

    return reconcile_files(
        roster,
        receipt,
        selection=selection,
        mapping=mapping,
        version=roster_version,
        accept_partial=accept_partial,
        as_json=json,
        report=report,
    )
