"""cli: a roster's gates, and what students, leavers and those who answer them do about its receipt. 規§6.2, 規§10.3.3"""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Annotated, Any, Literal

from cyclopts import Parameter

from cli.doing import give
from cli.looking import told
from cli.options import HERE, Acting, Where
from cli.place import Place
from cli.rosters.acting import kept, need_submission, of_newest
from cli.rosters.app import roster_app
from cli.rosters.cycle import Evidence, Submission
from cli.self_checks import NotOk, Ok, Remark, lines_of
from records.db import Connection
from records.queries import submissions
from rules.ids import duty_key

Gate = Literal["self_check", "precheck", "approve", "confirm_receipts"]
Person = Annotated[str, Parameter(help="學號 · student number")]
Body = tuple[str, dict[str, Any]]


@roster_app.command(name="pass")
def pass_gate(
    submission: Submission,
    gate: Annotated[Gate, Parameter(help="自我檢核、預檢、核可、確認全部 · which gate of the newest version")],
    *,
    by: Acting,
    evidence: Annotated[Path | None, Parameter(help="佐證檔(如預檢結果)· a file that proves it")] = None,
    failed: Annotated[int, Parameter(help="自我檢核不通過時的缺失數 · findings of a failed self-check")] = 0,
    ok: Ok = None,
    not_ok: NotOk = None,
    remark: Remark = None,
) -> int:
    """通過名冊的一道關卡 · pass a gate of the newest version: self-check, pre-check, approval, the whole (規§4.2, 規§6.4)."""

    async def body(place: Place, code: str, version: int) -> Body:
        duty = duty_key(submission, gate, f"v{version}")
        if gate == "self_check":
            lines = lines_of(ok or [], not_ok or [], remark or [])
            passed = failed == 0 and not not_ok
            return "record_self_check", {"duty": duty, "passed": passed, "findings": failed, "lines": lines}
        proof = {"evidence_sha256": await kept(place, code, evidence)} if evidence is not None else {}
        return "complete_duty", {"duty": duty} | proof

    return of_newest(by, submission, body)


@roster_app.command(name="see")
def see(submission: Submission, *, by: Acting) -> int:
    """學生查看了收訖明細 · a student looked at the receipt (規§6.2)."""
    return of_newest(by, submission, _plain("see_receipt"))


@roster_app.command(name="confirm")
def confirm(submission: Submission, *, by: Acting) -> int:
    """學生確認收訖明細無誤 · a student confirms the receipt (規§6.2)."""
    return of_newest(by, submission, _plain("confirm_receipt"))


@roster_app.command(name="doubt")
def doubt(
    submission: Submission,
    text: Annotated[str, Parameter(help="疑義的內容 · what is wrong")],
    *,
    by: Acting,
    item: Annotated[str | None, Parameter(help="哪一件 · which item")] = None,
) -> int:
    """學生反映疑義;逾期的列為參考 · a student reports a doubt; after the deadline it is information (規§6.2)."""
    fields = {"text": text} | ({"item": item} if item else {})
    return of_newest(by, submission, _plain("report_doubt", **fields))


@roster_app.command(name="reports")
def reports(submission: str | None = None, *, where: Where = HERE) -> int:
    """列出疑義與查核結果 · reports of doubt, their state and until when they are answered; no text, no name."""

    async def read(place: Place, connection: Connection, code: str) -> list[dict[str, Any]]:
        if submission is not None:
            await need_submission(connection, code, submission)
        return await submissions.reports(connection, code, submission)

    titles = ("代號 report", "版", "提出 at", "期限內 objection", "結果 outcome", "回覆 answered")
    return told(where, read, titles, lambda r: [r[k] for k in _REPORT])


_REPORT = ("id", "version", "at", "objection", "outcome", "answered_at")


@roster_app.command(name="answer")
def answer(
    report: Annotated[str, Parameter(help="疑義代號 · the report's id (roster reports)")],
    text: Annotated[str, Parameter(help="查核說明 · the reasoned answer")],
    *,
    outcome: Annotated[Literal["upheld", "rejected"], Parameter(help="成立或不成立 · upheld or rejected")],
    by: Acting,
) -> int:
    """查核疑義並附理由回覆 · verify a report and answer it with the reason (規§6.2)."""
    body = _plain("verify_report", report=report, outcome=outcome, answer=text)
    return of_newest(by, report.split("!")[0], body)


@roster_app.command(name="left")
def left(
    person: Person,
    day: Annotated[date, Parameter(help="離校日 · the last day at the school")],
    *,
    evidence: Evidence,
    by: Acting,
    reason: str = "",
) -> int:
    """登錄學生離校 · record that a student left the school (規§10.3.3)."""

    async def body(place: Place, code: str) -> dict[str, Any]:
        sha256 = await kept(place, code, evidence)
        return {"person": person, "day": day.isoformat(), "evidence_sha256": sha256, "reason": reason}

    return give(replace(by, key=by.key or f"left/{person}"), "record_leaving", body)


@roster_app.command(name="leaver")
def leaver(
    submission: Submission,
    person: Person,
    text: Annotated[str, Parameter(help="申請的內容 · what the application says")],
    *,
    evidence: Evidence,
    by: Acting,
) -> int:
    """代離校生登錄申請,限收訖期間內 · record a leaver's application, inside the window only (規§10.3.3)."""

    async def body(place: Place, code: str, version: int) -> Body:
        sha256 = await kept(place, code, evidence)
        return "report_for_leaver", {"person": person, "text": text, "evidence_sha256": sha256}

    return of_newest(by, submission, body)


@roster_app.command(name="silent")
def silent(submission: Submission, *, where: Where = HERE) -> int:
    """列出未收到通知、待人決定者(只有代號)· who was never told and waits for a person's decision, ids only (規§6.2)."""

    async def read(place: Place, connection: Connection, code: str) -> list[dict[str, Any]]:
        await need_submission(connection, code, submission)
        return await submissions.silent(connection, code, submission)

    return told(where, read, ("版 version", "代號 person"), lambda r: (r["version"], r["person"]))


@roster_app.command(name="decide")
def decide(
    submission: Submission,
    person: Person,
    *,
    outcome: Annotated[
        Literal["confirmed", "deemed_confirmed"],
        Parameter(help="本人確認,或期限內另經送達 · said so, or told inside the window by another channel"),
    ],
    evidence: Evidence,
    by: Acting,
    note: str = "",
) -> int:
    """決定未收到通知者的收訖 · decide about somebody who was never told, with evidence (規§6.2)."""

    async def body(place: Place, code: str, version: int) -> Body:
        sha256 = await kept(place, code, evidence)
        return "decide_unnoticed", {"person": person, "outcome": outcome, "evidence_sha256": sha256, "note": note}

    return of_newest(by, submission, body)


def _plain(name: str, **fields: Any) -> Any:
    async def body(place: Place, code: str, version: int) -> Body:
        return name, fields

    return body
