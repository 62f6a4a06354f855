"""cli: a roster's way to the central database and back, as its clerk walks it. 規§6.2, 規§6.3, 規§6.4"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Annotated, Any

from cyclopts import Parameter

from cli import show
from cli.looking import Read, Row, told
from cli.options import HERE, Acting, As, Where
from cli.place import Place, opened
from cli.rosters.acting import kept, need_submission, of_newest
from cli.rosters.app import roster_app
from records.db import Connection
from records.files.stored import copy_out
from records.queries import submissions
from rules.refusals import Code, refuse
from rules.rosters.checks.catalogue import CHECKS

Query = Callable[[Connection, str, str, int], Awaitable[list[dict[str, Any]]]]
Submission = Annotated[str, Parameter(help="提交代號 · the submission's id (roster list)")]
Evidence = Annotated[Path, Parameter(name="--evidence", help="佐證檔 · the file that proves it")]


@roster_app.command(name="list")
def list_rosters(submission: str | None = None, *, where: Where = HERE) -> int:
    """列出名冊各版本的狀態、筆數、檢查與差異 · versions of rosters with their state, lines, checks and differences."""

    async def read(place: Place, connection: Connection, code: str) -> list[dict[str, Any]]:
        if submission is not None:
            await need_submission(connection, code, submission)
        return await submissions.versions(connection, code, submission)

    titles = ("提交 submission", "版", "狀態 state", "名冊別", "筆數", "缺", "檢查", "差異", "收訖")
    return told(where, read, titles, _row)


def _row(r: Row) -> tuple[Any, ...]:
    differences = f"{r['differences_open']}/{r['differences']}" if r["differences"] else ""
    return (
        r["submission"], r["version"], r["state"], r["code"], r["lines"], r["rejects"] or "", _light(r),
        differences, r["receipt_at"],
    )  # fmt: skip


def _light(r: Row) -> str:
    """Green, or red with how many checks hold the roster back."""
    if r["version"] is None:
        return ""
    return f"紅 red {r['checks_open']}" if r["checks_open"] else "綠 green"


@roster_app.command(name="get")
def get_roster(
    submission: Submission,
    *,
    out: Annotated[Path, Parameter(help="寫到哪個檔 · where to write it")],
    as_: As,
    version: int | None = None,
    precheck: Annotated[bool, Parameter(negative="", help="預檢檔(成績名冊)· the pre-check's file")] = False,
    where: Where = HERE,
) -> int:
    """取出要提交的名冊檔 · take the workbook that is to be sent; only its owner and their director may."""

    async def run() -> int:
        async with opened(where.data) as place:
            code = await place.school(where.school)
            async with place.db.transaction(code) as connection:
                found = await submissions.roster_file(
                    connection, code, submission, version, await place.person(code, as_)
                )
            if precheck:
                found |= {"code": found["precheck_code"], "roster_sha256": found["precheck_sha256"]}
            sha256 = found["roster_sha256"]
            if sha256 is None:
                raise refuse(Code.NOT_FOUND, clause="規§5.1.3", place=f"precheck {submission[:80]}")
            await asyncio.to_thread(copy_out, place.vault, code, sha256, out)
        shown = {k: found[k] for k in ("submission", "version", "code", "lines", "roster_sha256")} | {"file": str(out)}
        if where.json:
            show.emit(shown)
        else:
            print(f"已寫出 · written {out}: v{found['version']}, {found['lines']} 筆 lines")
            print(f"  sha256: {found['roster_sha256']}")
        return 0

    return asyncio.run(run())


@roster_app.command(name="checks")
def list_checks(submission: Submission, *, where: Where = HERE) -> int:
    """列出資料檢查的發現與處理方式 · what the data doctor found in the newest version, and what to do."""
    return told(where, _about_newest(told_checks, submission), _CHECKS, _check_row)


@roster_app.command(name="differences")
def list_differences(submission: Submission, *, where: Where = HERE) -> int:
    """列出收訖明細與名冊、勾選的差異 · where the ledgers of the newest version do not agree."""
    return told(where, _about_newest(submissions.differences, submission), _DIFF, _difference_row)


_CHECKS = ("檢查 check", "", "內容 what", "處數", "首處 first place", "職務 post", "處理 remedy", "豁免 waived")
_DIFF = ("代號 id", "種類 kind", "工作表 sheet", "名冊列", "收訖列", "欄位 fields", "處理 outcome")


async def told_checks(connection: Any, code: str, submission: str, version: int) -> list[dict[str, Any]]:
    """The checks with their words; docs/doctor.md lists them all."""
    rows = await submissions.checks(connection, code, submission, version)
    names = ("title", "title_en", "remedy", "remedy_en", "clause")
    return [r | ({n: getattr(CHECKS[r["name"]], n) for n in names} if r["name"] in CHECKS else {}) for r in rows]


def _check_row(r: Row) -> tuple[Any, ...]:
    first = " ".join(str(x) for x in r["places"][0]) if r["places"] else ""
    words = f"{r.get('title', '')} {r.get('title_en', '')}", f"{r.get('remedy', '')} {r.get('remedy_en', '')}"
    return r["name"], r["severity"], words[0], r["found"], first, r["post"], words[1], r["waived_at"]


def _difference_row(r: Row) -> tuple[Any, ...]:
    return r["id"], r["kind"], r["sheet"], r["roster_row"], r["receipt_row"], "、".join(r["fields"]), r["outcome"]


def _about_newest(query: Query, submission: str) -> Read:
    """Reads something about the newest version of a submission. Raises Refused(not_found) where there is none."""

    async def read(place: Place, connection: Connection, code: str) -> list[dict[str, Any]]:
        newest = await submissions.newest_version(connection, code, submission)
        return await query(connection, code, submission, newest["version"])

    return read


@roster_app.command(name="sent")
def record_sent(
    submission: Submission,
    *,
    evidence: Evidence,
    letter: Annotated[str, Parameter(help="文號 · letter number")],
    by: Acting,
) -> int:
    """登錄名冊已提交中央資料庫 · record that a person sent the roster, with the proof of it (規§6.3)."""

    async def body(place: Place, code: str, version: int) -> tuple[str, dict[str, Any]]:
        sha256 = await kept(place, code, evidence)
        return "record_submission", {"version": version, "evidence_sha256": sha256, "letter_number": letter}

    return of_newest(by, submission, body)


@roster_app.command(name="receive")
def receive(
    submission: Submission,
    receipt: Annotated[Path, Parameter(help="收訖明細檔 · the receipt file")],
    *,
    by: Acting,
    accept_partial: Annotated[str, Parameter(help="接受部分匯入的理由 · why a part is accepted")] = "",
) -> int:
    """匯入收訖明細並逐筆比對 · import a receipt and compare it line by line (規§6.4)."""

    async def body(place: Place, code: str, version: int) -> tuple[str, dict[str, Any]]:
        sha256 = await kept(place, code, receipt)
        return "receipt_arrived", {"version": version, "receipt_sha256": sha256, "accept_partial": accept_partial}

    return of_newest(by, submission, body)


@roster_app.command(name="close")
def close_difference(
    submission: Submission,
    difference: Annotated[str, Parameter(help="差異代號 · the difference's id")],
    *,
    outcome: Annotated[str, Parameter(help="correct:更正後再次提交;explained:已查明無須更正 · correct or explained")],
    evidence: Evidence,
    by: Acting,
    note: str = "",
) -> int:
    """以佐證處理一項差異 · close one difference with its evidence (規§6.4)."""

    async def body(place: Place, code: str, version: int) -> tuple[str, dict[str, Any]]:
        sha256 = await kept(place, code, evidence)
        return "close_difference", {
            "difference": difference,
            "outcome": outcome,
            "evidence_sha256": sha256,
            "note": note,
        }

    return of_newest(by, submission, body)


@roster_app.command(name="waive")
def waive(
    submission: Submission,
    check: Annotated[str, Parameter(help="檢查代號 · the check's id")],
    *,
    reason: str,
    by: Acting,
) -> int:
    """主管豁免一項檢查 · the director lets the roster pass a check, with a reason (規§4.2)."""

    async def body(place: Place, code: str, version: int) -> tuple[str, dict[str, Any]]:
        return "waive_check", {"version": version, "check": check, "reason": reason}

    return of_newest(by, submission, body)


@roster_app.command(name="correct")
def correct(
    submission: Submission,
    *,
    reason: str,
    by: Acting,
    approver: Annotated[str, Parameter(help="核准人編號(已提交者必填)· who approved, once it was sent")] = "",
) -> int:
    """更正名冊,產製下一版 · start the next version of a roster (規§6.2)."""

    async def body(place: Place, code: str, version: int) -> tuple[str, dict[str, Any]]:
        return "correct_roster", {"version": version, "reason": reason, "approver": approver}

    return of_newest(by, submission, body)


@roster_app.command(name="mine")
def my_receipts(*, as_: As, where: Where = HERE) -> int:
    """學生查看自己的收訖明細 · a student's receipts and until when they may be doubted (規§6.2)."""

    async def read(place: Place, connection: Connection, code: str) -> list[dict[str, Any]]:
        return await submissions.receipts_of(connection, code, await place.person(code, as_))

    titles = ("提交 submission", "版", "筆數", "狀態 state", "公布 published", "截止 closes")
    return told(
        where,
        read,
        titles,
        lambda r: (r["submission"], r["version"], r["lines"], r["state"], r["published_at"], r["closes_at"]),
    )
