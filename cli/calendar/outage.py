"""cli: `calendar outage [FIRST LAST]`: who lost time near a close gets it back; a person approves. 規§10.2.2"""

from __future__ import annotations

import asyncio
import secrets
from datetime import datetime
from typing import Annotated, Any

from cyclopts import Parameter

from cli import show
from cli.calendar.app import calendar_app
from cli.calendar.extensions import Approver, Reason
from cli.options import HERE, As, Key, Where
from cli.place import Place, opened
from records.alive import silences
from records.db import Connection, school_now
from records.queries.extensions import open_windows, tried, unfinished
from rules.instants import local_close, local_text, read_instant
from rules.refusals import Code, refuse
from rules.ripple import LAST_HOURS, lost_in_outage


@calendar_app.command
def outage(
    first: Annotated[
        str, Parameter(help="中斷開始(臺北時間);省略則用測得的 · when it began; measured if left out")
    ] = "",
    last: Annotated[str, Parameter(help="中斷結束 · when it ended")] = "",
    *,
    grant: Annotated[bool, Parameter(negative="", help="核准所列提案 · grant what is proposed")] = False,
    reason: Reason = "",
    approver: Approver = "",
    as_: As = "",
    key: Key = None,
    where: Where = HERE,
) -> int:
    """截止前的系統中斷:提出給誰延長到何時,由人核准 · an outage near a close: who gets how much longer; a person approves."""

    async def run() -> int:
        async with opened(where.data) as place:
            code = await place.school(where.school)
            async with place.db.transaction(code) as connection:
                now = await school_now(connection, code)
                begins, ends = span_of(first, last) if first or last else await measured(connection, code, now)
            if ends > now:
                raise refuse(Code.BAD_REQUEST, clause="規§10.2.2", place="LAST", found=ends, limit=now)
            if not where.json:
                print(f"中斷 · outage: {local_text(begins)} – {local_text(ends)}")
            found = await proposals(place, code, begins, ends)
            if not where.json:
                _tell(found)
            if grant:
                ahead = still_ahead(found, now)
                return await grant_all(place, code, ahead, as_, reason, approver, key, as_json=where.json)
        if where.json:
            show.emit(found)
        elif any(not p["over"] for p in found):
            print("尚未核准(--grant)· nothing is granted yet")
        return 0

    return asyncio.run(run())


def span_of(first: str, last: str) -> tuple[datetime, datetime]:
    """Both ends of an outage. Raises Refused(bad_request)."""
    try:
        begins, ends = read_instant(first), read_instant(last)
    except ValueError:
        raise refuse(
            Code.BAD_REQUEST, clause="規§10.2.2", place="FIRST LAST", found=f"{first} {last}", limit="YYYY-MM-DD HH:MM"
        ) from None
    if ends <= begins:
        raise refuse(Code.BAD_REQUEST, clause="規§10.2.2", place="LAST", found=last, limit=f"> {first}")
    return begins, ends


async def measured(connection: Connection, code: str, now: datetime) -> tuple[datetime, datetime]:
    """The outage that was measured in the last hours. Raises Refused where none was, or several: they are named."""
    found = await silences(connection, code, now - LAST_HOURS)
    if len(found) == 1:
        return found[0]
    named = "; ".join(f"'{local_text(a)}' '{local_text(b)}'" for a, b in found)
    raise refuse(
        Code.NOT_FOUND, clause="規§10.2.2", place="measured outage", found=named or "0", limit="1 · FIRST LAST"
    )


async def proposals(place: Place, code: str, begins: datetime, ends: datetime) -> list[dict[str, Any]]:
    """For each window that lost time: a new close for those who tried, or for all with unfinished work.

    `over`: that close has passed already, so nothing is proposed; a person may reopen the window until a later one.
    """
    async with place.db.transaction(code) as connection:
        now = await school_now(connection, code)
        found: list[dict[str, Any]] = []
        # While the web was away no attempt over the network could be recorded (readings, "Time").
        deaf = any(a < ends for a, _ in await silences(connection, code, begins, part="web"))
        for one in lost_in_outage(await open_windows(connection, code), begins, ends):
            who, scope = await tried(connection, code, one.lane, begins, ends), "list"
            if deaf or not who:
                # Nothing recorded may mean that nothing could be recorded: everybody with unfinished work is covered.
                more = await unfinished(connection, code, one.period, one.kind, one.lane)
                who, scope = sorted({*who, *more}), "unfinished"
            if who:
                found.append(
                    {
                        "period": one.period, "lane": one.lane, "kind": one.kind, "closed": one.closes,
                        "closes": one.proposed, "scope": scope, "targets": who, "over": one.proposed <= now,
                    }
                )  # fmt: skip
    return found


def still_ahead(found: list[dict[str, Any]], now: datetime) -> list[dict[str, Any]]:
    """The proposals that can be granted. Raises Refused(before_now) where there are only such as have passed."""
    ahead = [p for p in found if not p["over"]]
    if found and not ahead:
        place = f"{found[0]['period']} {found[0]['lane']} {found[0]['kind']} closes"
        raise refuse(Code.BEFORE_NOW, clause="規§10.2.2", place=place, found=found[0]["closes"], limit=now)
    return ahead


def _tell(found: list[dict[str, Any]]) -> None:
    for p in found:
        words = "曾嘗試者 · who tried" if p["scope"] == "list" else "未完成者 · with unfinished work"
        whom = f"{len(p['targets'])} 名{words}"
        mark = "✗ 已過,不提案 · has passed, not proposed: " if p["over"] else ""
        closed, closes = local_close(p["closed"]), local_close(p["closes"])
        print(f"{mark}{p['period']} {p['lane']} {p['kind']}: {closed} → {closes} {whom}")
        if p["over"]:
            whose = "--csv 名單" if p["scope"] == "list" else f"--scope unfinished --target {p['lane']}"
            print(f"  → calendar reopen --period {p['period']} --kind {p['kind']} {whose} --closes … --check")
    print(f"{sum(not p['over'] for p in found)} 項提案 · proposals")


async def grant_all(
    place: Place, code: str, found: list[dict[str, Any]], who: str, reason: str, approver: str, key: str | None,
    *, as_json: bool,
) -> int:  # fmt: skip
    """Each proposal by a command of its own, the same key again does nothing twice; the worst exit code."""
    answers, worst = [], 0
    for p in found:
        # Who is shown is who gets it, whatever happens in between.
        body = {"period": p["period"], "kind": p["kind"], "scope": "list", "targets": p["targets"]}
        body |= {"closes": p["closes"].isoformat(), "reason": reason, "approver": approver}
        name = f"{key or secrets.token_hex(12)}/{p['period']}/{p['lane']}/{p['kind']}"
        answer = await place.do(code, who, "extend", body, key=name)
        answers.append({"lane": p["lane"], "kind": p["kind"]} | answer.shown())
        if not as_json:
            print(f"{p['period']} {p['lane']} {p['kind']}:")
            show.answer(answer, as_json=False)
        worst = max(worst, 0 if answer.accepted else show.REFUSED)
    if as_json:
        show.emit({"proposals": found, "answers": answers})
    return worst
