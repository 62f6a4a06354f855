"""cli: files brought and fetched, as verbs. 規§5.0"""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Annotated

from cyclopts import Parameter

from cli.groups import file_app
from cli.options import HERE, As, Where
from rules.refusals import Code, refuse


@file_app.command(name="put")
def put_file(
    path: Annotated[Path, Parameter(help="檔案 · the file")],
    *,
    resumable: Annotated[
        bool, Parameter(help="經網路服務續傳,需 --as · over the web server, going on after a break")
    ] = False,
    as_: Annotated[str | None, Parameter(name="--as", help="學號或職員編號 · student or staff number")] = None,
    where: Where = HERE,
) -> int:
    """存入學校的檔案庫並印出雜湊;作品的檔案須由本人(--as)存入 · store a file and print its hash; an item's by its student (--as)."""
    from cli.files import put_file as store
    from cli.files import put_resumable

    if not resumable:
        return asyncio.run(store(where.data, where.school, path, as_, as_json=where.json))
    if as_ is None:
        limit = "--resumable 需要 --as · --resumable needs --as"
        raise refuse(Code.BAD_REQUEST, clause="規§5.0", place="--as", limit=limit)
    return asyncio.run(put_resumable(where.data, where.school, path, as_, as_json=where.json))


@file_app.command(name="check")
def check_files(*, where: Where = HERE) -> int:
    """逐檔讀回並重算雜湊:不見的、損壞的、沒有登記的 · read every file back: gone, damaged or unknown ones; 1 if any is lost."""
    from cli.file_check import check_files as check

    return asyncio.run(check(where.data, where.school, as_json=where.json))


@file_app.command(name="ticket")
def ticket(
    *,
    as_: As,
    minutes: Annotated[int, Parameter(help="有效分鐘數 · minutes for which it is good")] = 30,
    items: Annotated[bool, Parameter(help="也可用於作品的命令 · for commands on items too", negative="")] = False,
    where: Where = HERE,
) -> int:
    """簽發短效憑證:經網路上傳與下載檔案,加 --items 也可上傳作品 · a short-lived ticket for files over HTTP, or for items too."""
    from cli.files import print_ticket

    return asyncio.run(print_ticket(where.data, where.school, as_, minutes, acts=items, as_json=where.json))
