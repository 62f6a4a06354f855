"""cli: `calendar extend`, `calendar extensions`, `calendar outage`: later dates for somebody, with their ripple. 規§10.2.2."""

from __future__ import annotations

import asyncio
import secrets
from collections import Counter
from pathlib import Path
from typing import Annotated, Any

from cyclopts import Parameter

from cli import show
from cli.calendar.app import calendar_app
from cli.options import DATA, As, Data, Json, Key, School
from cli.place import Place, opened
from records.basis import load_bases
from records.queries.extensions import lanes_of, open_windows, register, tried
from rosters.documents import DocumentError, DocumentProblem
from rosters.sis.tables import Unreadable, read_table
from rules.ids import year_id, year_of
from rules.instants import local_text, read_instant
from rules.refusals import Code, refuse
from rules.ripple import Ripple, lost_in_outage, ripples

NUMBER = ("學號", "student_no")
SCOPES = "person, class, lane, all, unfinished, list"


@calendar_app.command(name="extend")
def extend_command(
    *,
    period: Annotated[str, Parameter(help="學期或學年 · 115-1 or 115")],
    kind: Annotated[str, Parameter(help="作業期間 · outcome_upload, certification, selection …")],
    closes: Annotated[str, Parameter(help="新的截止(臺北時間)YYYY-MM-DD HH:MM · the new close")],
    scope: Annotated[str, Parameter(help=SCOPES)],
    target: Annotated[str, Parameter(help="學號、班級或年級分道 · student number, class or lane")] = "",
    csv: Annotated[Path | None, Parameter(help="學號清單 CSV 或 XLSX · a list of student numbers")] = None,
    check: Annotated[bool, Parameter(negative="", help="只看會碰到什麼,不核准 · show the ripple only")] = False,
    reason: str = "",
    approver: Annotated[str, Parameter(help="核准職務 · the approving post")] = "",
    as_: As = "",
    key: Key = None,
    school: School = None,
    data: Data = DATA,
    json: Json = False,
) -> int:
    """延長期限:先看會碰到什麼(--check),再核准 · extend a window; its ripple is shown first (規§10.2.2)."""

    async def run() -> int:
        async with opened(data) as place:
            code = await place.school(school)
            targets = await _targets(place, code, scope, target, csv)
            found = await _ripples(place, code, period, kind, "list" if csv is not None else scope, targets, closes)
            if not json:
                _tell(found)
            if check:
                if json:
                    show.emit({"ripples": [r.shown() for r in found], "fits": all(r.fits for r in found)})
                return 0
            listed = csv is not None
            body: dict[str, Any] = {
                "period": period, "kind": kind, "scope": "list" if listed else scope, "target": "" if listed or not targets else targets[0],
                "targets": targets if listed else [], "closes": closes, "reason": reason, "approver": approver,
            }  # fmt: skip
            answer = await place.do(code, as_, "extend", body, key=key or secrets.token_hex(12))
        return show.answer(answer, as_json=json)

    return asyncio.run(run())


async def _targets(place: Place, code: str, scope: str, target: str, csv: Path | None) -> list[str]:
    """Person ids of a list or a person, or the class or lane itself. Raises Refused, DocumentError."""
    if csv is None:
        return [str(await place.person(code, target))] if scope == "person" else [target] if target else []
    return [str(await place.person(code, number)) for number in numbers_of(csv)]


def numbers_of(path: Path) -> list[str]:
    """The student numbers of a file, each once, in its order. Raises DocumentError."""
    try:
        table = read_table(path)
    except Unreadable as error:
        raise _broken(path, 1, str(error.detail), "檔案無法讀取", "give CSV or XLSX") from None
    header = [str(c).strip() for c in table.header]
    column = next((header.index(n) for n in NUMBER if n in header), None)
    if column is None:
        raise _broken(path, 1, ", ".join(header)[:80], "需要「學號」欄", "a column 學號 or student_no is needed")
    found: dict[str, int] = {}
    for line in table.lines:
        cell = line.cells[column] if column < len(line.cells) else ""
        number = str(int(cell)) if isinstance(cell, float) and cell.is_integer() else str(cell).strip()
        if not number:
            raise _broken(path, line.row, "", "學號空白", "the student number is missing")
        if number in found:
            raise _broken(path, line.row, number, f"與第 {found[number]} 列重複", "the student stands twice")
        found[number] = line.row
    if not found:
        raise _broken(path, 1, "", "清單是空的", "the list is empty")
    return list(found)


def _broken(path: Path, row: int, value: str, rule: str, en: str) -> DocumentError:
    return DocumentError([DocumentProblem(str(path), row, "學號", value, rule, "請更正清單", en)])


async def _ripples(
    place: Place, code: str, period: str, kind: str, scope: str, targets: list[str], closes: str
) -> list[Ripple]:
    """What the extension would run into, by the basis in force. Raises Refused(not_found, bad_request)."""
    try:
        instant = read_instant(closes)
    except ValueError:
        raise refuse(
            Code.BAD_REQUEST, clause="規§10.2.2", place="closes", found=closes, limit="YYYY-MM-DD HH:MM"
        ) from None
    async with place.db.transaction(code) as connection:
        bases = await load_bases(connection, code, year_id(code, year_of(period)))
        lanes = await lanes_of(connection, code, scope, targets)
    if not bases:
        raise refuse(Code.NOT_FOUND, clause="規§4.1", place="period", found=period)
    basis = bases[-1]
    return ripples(basis.rules, (basis.calendar, basis.days), period, lanes, kind, instant)


def _tell(found: list[Ripple]) -> None:
    for r in found:
        mark = "✓" if r.fits else "✗"
        left = "" if r.days_left is None else f",還有 {r.days_left} 個上班日 · working days left"
        print(f"{mark} {r.lane} {r.kind} {r.edge} {local_text(r.at)}{left if r.fits else ' 來不及 · does not fit'}")


@calendar_app.command
def extensions(
    *,
    period: Annotated[str | None, Parameter(help="只看這一期 · one period only")] = None,
    school: School = None,
    data: Data = DATA,
    json: Json = False,
) -> int:
    """延期登記簿:對象、理由、核准 · the register of extensions."""

    async def run() -> int:
        async with opened(data) as place:
            code = await place.school(school)
            async with place.db.transaction(code) as connection:
                rows = await register(connection, code, period=period)
        if json:
            show.emit(rows)
        else:
            show.table(
                ("id", "期 period", "作業 kind", "對象 scope", "原截止 base", "新截止 closes", "核准 approver", "理由 reason", "時間 at"),
                [
                    (r["id"], r["period"], r["kind"], f"{r['scope']} {r['target']}", r["base"], r["closes"], r["approver"], r["reason"], r["granted_at"])
                    for r in rows
                ],
            )  # fmt: skip
        return 0

    return asyncio.run(run())


@calendar_app.command
def outage(
    first: Annotated[str, Parameter(help="中斷開始(臺北時間)· when it began, YYYY-MM-DD HH:MM")],
    last: Annotated[str, Parameter(help="中斷結束 · when it ended")],
    *,
    school: School = None,
    data: Data = DATA,
    json: Json = False,
) -> int:
    """截止前的系統中斷:提出給誰延長到何時,由人核准 · an outage near a close: who gets how much longer; a person approves."""

    async def run() -> int:
        try:
            begins, ends = read_instant(first), read_instant(last)
        except ValueError:
            raise refuse(
                Code.BAD_REQUEST,
                clause="規§10.2.2",
                place="FIRST LAST",
                found=f"{first} {last}",
                limit="YYYY-MM-DD HH:MM",
            ) from None
        if ends <= begins:
            raise refuse(Code.BAD_REQUEST, clause="規§10.2.2", place="LAST", found=last, limit=f"> {first}")
        async with opened(data) as place:
            code = await place.school(school)
            async with place.db.transaction(code) as connection:
                lost = lost_in_outage(await open_windows(connection, code), begins, ends)
                proposals: list[dict[str, Any]] = []
                for one in lost:
                    who = await tried(connection, code, one.lane, begins, ends)
                    # Nothing recorded may mean that nothing could be recorded: everybody with unfinished work is covered.
                    proposals.append(
                        {
                            "period": one.period, "lane": one.lane, "kind": one.kind, "closed": one.closes, "closes": one.proposed,
                            "scope": "list" if who else "unfinished", "targets": who,
                        }
                    )  # fmt: skip
        if json:
            show.emit(proposals)
            return 0
        for p in proposals:
            whom = f"{len(p['targets'])} 名曾嘗試者 · who tried" if p["targets"] else "未完成者全部 · all unfinished"
            print(
                f"{p['period']} {p['lane']} {p['kind']}: {local_text(p['closed'])} → {local_text(p['closes'])} {whom}"
            )
        counted = Counter(p["scope"] for p in proposals)
        print(
            f"{len(proposals)} 項提案,尚未核准;以 calendar extend 核准 · {len(proposals)} proposals"
            f" ({dict(counted)}), none granted yet"
        )
        return 0

    return asyncio.run(run())
