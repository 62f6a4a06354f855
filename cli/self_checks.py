"""cli: the lines of a self-check: recorded one by one by the named checker, and shown. 規§4.2"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Annotated, Any

from cyclopts import Parameter

from cli import show
from cli.groups import duty_app
from cli.options import HERE, Acting, Where
from cli.place import opened
from records.queries.self_checks import remarks, told_lines
from records.queries.snapshot import UnknownProcess, load_snapshot
from rules.duties import duties_of, is_open
from rules.ids import duty_process
from rules.refusals import Code, refuse
from rules.self_checks import checkers_of, checklist_of, is_self_check, readers_of

Ok = Annotated[
    list[str] | None, Parameter(name="--ok", negative="", help="符合的項目代號,可重複 · a line that is ok, repeatable")
]
NotOk = Annotated[
    list[str] | None, Parameter(name="--not-ok", negative="", help="不符合的項目代號 · a line that is not ok")
]
Remark = Annotated[
    list[str] | None, Parameter(name="--remark", negative="", help="項目=說明(密存)· LINE=TEXT, kept sealed")
]


def lines_of(ok: Sequence[str], bad: Sequence[str], remarks: Sequence[str]) -> list[dict[str, Any]]:
    """The lines of one command. Raises Refused(bad_request) for a remark on a line that is not given."""
    lines = [{"line": x, "ok": True} for x in ok] + [{"line": x, "ok": False} for x in bad]
    for remark in remarks:
        name, _, text = remark.partition("=")
        about = next((x for x in lines if x["line"] == name), None)
        if about is None or not text:
            raise refuse(
                Code.BAD_REQUEST, clause="規§4.2", place="--remark", found=remark[:80], limit="--ok / --not-ok"
            )
        about["remark"] = text
    return lines


@duty_app.command(name="check")
def check_duty(
    duty: Annotated[str, Parameter(help="自我檢核的工作代號 · the self-check's key")],
    *,
    by: Acting,
    ok: Ok = None,
    not_ok: NotOk = None,
    remark: Remark = None,
    passed: Annotated[bool, Parameter(negative="", help="檢核通過:所有必要項目都已符合 · it passes")] = False,
) -> int:
    """由檢核人逐項登錄自我檢核;--passed 才通過 · record lines of a self-check; --passed lets the next gate open (規§4.2)."""
    from cli.doing import give

    lines = lines_of(ok or [], not_ok or [], remark or [])
    if not lines and not passed:
        raise refuse(Code.BAD_REQUEST, clause="規§4.2", place="--ok", limit="--ok, --not-ok, --passed")
    return give(by, "record_self_check", {"duty": duty, "passed": passed, "lines": lines})


@duty_app.command(name="checklist")
def checklist(
    duty: Annotated[str, Parameter(help="自我檢核的工作代號 · the self-check's key")],
    *,
    as_: Annotated[
        str | None, Parameter(name="--as", help="以檢核人或其主管的身分讀說明 · as a checker or director: with remarks")
    ] = None,
    where: Where = HERE,
) -> int:
    """列出自我檢核的項目、檢核人與已登錄的結果;--as 另列說明 · a self-check's lines, checkers and results (規§4.2)."""

    async def run() -> int:
        async with opened(where.data) as place:
            code = await place.school(where.school)
            async with place.db.transaction(code, snapshot=True) as connection:
                try:
                    snapshot = await load_snapshot(connection, code, duty_process(duty))
                except UnknownProcess:
                    raise refuse(Code.NOT_FOUND, clause="規§4.2", place="duty", found=duty[:80]) from None
                found = duties_of(snapshot).get(duty)
                if found is None or not is_self_check(found):
                    raise refuse(Code.NOT_FOUND, clause="規§4.2", place="duty", found=duty[:80], limit="self_check")
                results = await told_lines(connection, code, duty)
                said = []
                if as_ is not None:
                    readers = readers_of(snapshot, found)
                    reader = await place.person(code, as_)
                    said = await remarks(connection, place.vault, code, duty, reader, readers)
        lines: list[dict[str, Any]] = [
            {"line": x.id, "title": x.title, "required": x.required} | results.get(x.id, {"ok": None})
            for x in checklist_of(snapshot, found)
        ]
        checkers = list(checkers_of(snapshot, found))
        if where.json:
            open_ = is_open(snapshot, found)
            shown = {"duty": duty, "passed": not open_, "checkers": checkers, "due": found.due, "lines": lines}
            show.emit(shown | ({"remarks": said} if as_ is not None else {}))
            return 0
        print(f"{found.title} {duty}\n檢核人 · checkers: {', '.join(checkers)}")
        show.table(
            ("項目 line", "", "必要", "結果", "時間 at", "檢核人 by"),
            [
                (x["line"], x["title"], "是" if x["required"] else "", _MARKS[x["ok"]], x.get("at", ""), x.get("checked_by", ""))
                for x in lines
            ],
        )  # fmt: skip
        if said:
            print()
            show.table(
                ("項目 line", "結果", "時間 at", "說明 remark"),
                [(x["line"], _MARKS[x["ok"]], x["at"], x["remark"]) for x in said],
            )
        return 0

    return asyncio.run(run())


_MARKS = {True: "✓ 符合", False: "✗ 不符", None: "未登錄"}
