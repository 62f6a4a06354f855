"""cli: `calendar extend`, `reopen`, `extensions`: later dates for somebody, their ripple shown first. 規§10.2.2."""

from __future__ import annotations

import asyncio
import secrets
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any
from uuid import UUID

from cyclopts import Parameter

from cli import show
from cli.calendar.app import calendar_app
from cli.calendar.documents import limits
from cli.calendar.moving import Apply, Check, applies, print_warnings
from cli.calendar.notified import notified, print_notified
from cli.options import DATA, HERE, As, Data, Json, Key, School, Where
from cli.place import Place, opened
from records.basis import load_bases
from records.db import school_now
from records.foreseen import Foreseen
from records.queries.calendars import judged_by
from records.queries.extensions import lanes_meant, named, open_windows, register
from records.queries.why import granted, standing_of
from rosters.documents import DocumentError, DocumentProblem
from rosters.sis.tables import Unreadable, read_table
from rules.admission import Grants
from rules.extended_dates import warnings_of
from rules.ids import year_id, year_of
from rules.instants import local_close, read_instant
from rules.lint.case import Case
from rules.lint.model import Finding
from rules.refusals import Code, Refused, refuse
from rules.ripple import Ripple, ripples

NUMBER = ("學號", "student_no")
SCOPES = "person, class, lane, all, unfinished, list"


Period = Annotated[str, Parameter(help="學期或學年 · 115-1 or 115")]
Kind = Annotated[str, Parameter(help="作業期間 · outcome_upload, certification, selection …")]
Closes = Annotated[str, Parameter(help="新的截止(臺北時間)YYYY-MM-DD HH:MM · the new close")]
Scope = Annotated[str, Parameter(help=SCOPES)]
Target = Annotated[str, Parameter(help="學號、班級或年級分道 · student number, class or lane")]
Listed = Annotated[Path | None, Parameter(help="學號清單 CSV 或 XLSX · a list of student numbers")]
Reason = Annotated[str, Parameter(help="理由 · why")]
Approver = Annotated[str, Parameter(help="核准職務 · the approving post")]


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is asked for: until when which window, for whom, why, and who approves."""

    period: str
    kind: str
    closes: str
    scope: str
    target: str
    csv: Path | None
    reason: str
    approver: str


@calendar_app.command(name="extend")
def extend_command(
    *, period: Period, kind: Kind, closes: Closes, scope: Scope = "", target: Target = "", csv: Listed = None,
    check: Check = False, apply: Apply = False, reason: Reason = "", approver: Approver = "", as_: As = "",
    key: Key = None, school: School = None, data: Data = DATA, json: Json = False,
) -> int:  # fmt: skip
    """延長期限:先看會碰到什麼(--check),再核准(--apply)· extend a window; its ripple is shown first (規§10.2.2)."""
    wanted = Wanted(period, kind, closes, scope, target, csv, reason, approver)
    return asyncio.run(_extend(data, school, wanted, as_, key, apply=applies(check=check, apply=apply), as_json=json))


@calendar_app.command
def reopen(
    *, period: Period, kind: Kind, closes: Closes, scope: Scope = "", target: Target = "", csv: Listed = None,
    check: Check = False, apply: Apply = False, reason: Reason = "", approver: Approver = "", as_: As = "",
    key: Key = None, school: School = None, data: Data = DATA, json: Json = False,
) -> int:  # fmt: skip
    """截止後重新開放:凍結的作品回到原狀,須有核准職務與理由 · reopen a closed window, with an approver and a reason."""
    wanted = Wanted(period, kind, closes, scope, target, csv, reason, approver)
    return asyncio.run(
        _extend(data, school, wanted, as_, key, apply=applies(check=check, apply=apply), as_json=json, closed=True)
    )


async def _extend(
    data: Path, school: str | None, wanted: Wanted, who: str, key: str | None, *, apply: bool, as_json: bool,
    closed: bool = False,
) -> int:  # fmt: skip
    """Show what the new close runs into and who gets it; with `apply` grant it. Raises Refused, DocumentError."""
    listed = wanted.csv is not None
    scope = "list" if listed else wanted.scope
    if scope not in SCOPES.split(", ") or (scope == "list" and not listed):
        raise refuse(
            Code.BAD_REQUEST, clause="規§10.2.2", place="--scope", found=scope, limit=f"{SCOPES} (list: --csv)"
        )
    async with opened(data) as place:
        code = await place.school(school)
        targets = await _targets(place, code, scope, wanted.target, wanted.csv)
        if closed:
            await _need_closed(place, code, wanted, scope, targets)
        found, warned = await _ripples(place, code, wanted.period, wanted.kind, scope, targets, wanted.closes)
        body: dict[str, Any] = {
            "period": wanted.period, "kind": wanted.kind, "scope": scope,
            "target": "" if listed or not targets else targets[0], "targets": targets if listed else [],
            "closes": wanted.closes, "reason": wanted.reason, "approver": wanted.approver,
        }  # fmt: skip
        if apply:
            tried = Foreseen(await place.do(code, who, "extend", body, key=key or secrets.token_hex(12)))
        else:
            # The command itself judges: who may, who approves, who would get a later date at all.
            tried = await place.foresee(code, who, "extend", body)
        accepted = tried.answer.accepted
        if not as_json:
            _tell(found if accepted else [r for r in found if r.refuses and not r.fits])
            print_warnings(warned if accepted else [])
        if apply or not accepted:
            return show.answer(tried.answer, as_json=as_json)
        told = await notified(place, code, tried)
    if as_json:
        warnings = [f.shown() for f in warned]
        fits = all(r.fits for r in found)
        show.emit({"ripples": [r.shown() for r in found], "fits": fits, "told": told, "warnings": warnings})
    else:
        print_notified(told)
        print("尚未核准(--apply)· nothing is granted yet")
    return 0


async def _need_closed(place: Place, code: str, wanted: Wanted, scope: str, targets: list[str]) -> None:
    """Raises Refused(wrong_state) while the window of one of the lanes is open: that is extended, not reopened."""
    async with place.db.transaction(code) as connection:
        lanes = await lanes_meant(connection, code, wanted.period, wanted.kind, scope, targets)
        at = await school_now(connection, code)
        windows = await open_windows(connection, code)
    for period, lane, kind, _, closes in windows:
        if (period, kind) == (wanted.period, wanted.kind) and lane in lanes and at < closes:
            raise refuse(Code.WRONG_STATE, clause="規§10.2.2", place=f"{lane} {kind}", found="open", limit=closes)


async def _targets(place: Place, code: str, scope: str, target: str, csv: Path | None) -> list[str]:
    """Person ids of a list or a person, or the class or lane itself. Raises Refused, DocumentError."""
    if csv is None:
        return (
            [str(await place.person(code, target, option="--target"))]
            if scope == "person"
            else [target]
            if target
            else []
        )
    found, problems = [], []
    for number, row in numbers_of(csv).items():
        try:
            found.append(str(await place.person(code, number)))
        except Refused:
            problems.append(_problem(csv, row, number, "查無此學號", "no student has this number"))
    if problems:
        raise DocumentError(problems)
    return found


def numbers_of(path: Path) -> dict[str, int]:
    """The student numbers of a file with their rows, each once, in its order. Raises DocumentError."""
    try:
        table = read_table(path)
    except Unreadable as error:
        raise DocumentError([_problem(path, 1, str(error.detail), "檔案無法讀取", "give CSV or XLSX")]) from None
    header = [str(c).strip() for c in table.header]
    column = next((header.index(n) for n in NUMBER if n in header), None)
    if column is None:
        wanted = "a column 學號 or student_no is needed"
        raise DocumentError([_problem(path, 1, ", ".join(header)[:80], "需要「學號」欄", wanted)])
    found: dict[str, int] = {}
    problems = []
    for line in table.lines:
        cell = line.cells[column] if column < len(line.cells) else ""
        number = str(int(cell)) if isinstance(cell, float) and cell.is_integer() else str(cell).strip()
        if not number:
            problems.append(_problem(path, line.row, "", "學號空白", "the student number is missing"))
        elif number in found:
            problems.append(
                _problem(path, line.row, number, f"與第 {found[number]} 列重複", "the student stands twice")
            )
        else:
            found[number] = line.row
    if not found and not problems:
        problems.append(_problem(path, 1, "", "清單是空的", "the list is empty"))
    if problems:
        raise DocumentError(problems)
    return found


def _problem(path: Path, row: int, value: str, rule: str, en: str) -> DocumentProblem:
    return DocumentProblem(str(path), row, "學號", value, rule, "請更正清單", en)


async def _ripples(
    place: Place, code: str, period: str, kind: str, scope: str, targets: list[str], closes: str
) -> tuple[list[Ripple], list[Finding]]:
    """What the extension would run into, and what the linter says of its close. Raises Refused(not_found, bad_request)."""
    try:
        instant = read_instant(closes)
    except ValueError:
        raise refuse(
            Code.BAD_REQUEST, clause="規§10.2.2", place="closes", found=closes, limit="YYYY-MM-DD HH:MM"
        ) from None
    async with place.db.transaction(code) as connection:
        bases = await load_bases(connection, code, year_id(code, year_of(period)))
        lanes = await lanes_meant(connection, code, period, kind, scope, targets)
        at = await school_now(connection, code)
        who = await standing_of(connection, code, UUID(targets[0]), at) if scope == "person" else None
        grants = [g.grant for g in await granted(connection, code)]
    if not bases:
        raise refuse(Code.NOT_FOUND, clause="規§4.1", place="period", found=period)
    basis = bases[-1]
    if who is not None:
        mine = Grants(grants).of(who)
    else:
        whole = {("all", ""), *((scope, target) for target in targets if scope in ("class", "lane"))}
        mine = [g for g in grants if (g.scope, g.target) in whole]
    held = {(lane, g.kind, g.closes) for lane in lanes for g in mine if g.period in (period, year_of(period))}
    case = Case(basis.calendar, basis.rules, basis.national, limits())
    found = ripples(basis.rules, (basis.calendar, basis.days), period, lanes, kind, instant, at=at, held=held)
    return found, warnings_of(case, period, lanes, kind, instant)


def _tell(found: list[Ripple]) -> None:
    """Each date that comes after the extension, and what happens if the new close lies behind it."""
    for r in found:
        left = "" if r.days_left is None else f",還有 {r.days_left} 個上班日 · {r.days_left} working days left"
        if r.along and r.fits:
            mark, said = "→", f" 一併展延 · moves along{left}"
        elif r.along:
            mark, said = (
                "△",
                " 已過:退件不能再更正,由核准者決定 · is over: what is returned cannot be corrected; you decide",
            )
        elif r.fits:
            mark, said = "✓", left
        elif r.refuses:
            mark, said = "✗", " 來不及,不得核准 · does not fit, is refused"
        else:
            mark = "△"
            said = (
                " 早於新的截止:不受展延影響、仍照原定,由核准者決定 · comes before the new close and stays: you decide"
            )
        print(f"{mark} {r.lane} {r.kind} {r.edge} {local_close(r.at)}{said}")


@calendar_app.command
def extensions(
    *,
    period: Annotated[str | None, Parameter(help="只看這一期 · one period only")] = None,
    as_: Annotated[
        str | None,
        Parameter(name="--as", help="可核准展延的人:連同學號與姓名 · who may approve sees numbers and names"),
    ] = None,
    where: Where = HERE,
) -> int:
    """延期登記簿:對象、理由、核准 · the register of extensions."""

    async def run() -> int:
        async with opened(where.data) as place:
            code = await place.school(where.school)
            who = await place.person(code, as_) if as_ is not None else None
            async with place.db.transaction(code) as connection:
                rows = await register(connection, code, period=period)
                if who is not None:
                    rules, _ = await judged_by(connection, code)
                    at = await school_now(connection, code)
                    asked = [r["target"] for r in rows if r["scope"] == "person"]
                    names = await named(connection, place.vault, rules, code, asked, who, at)
                    rows = [r | names.get(r["target"], {}) for r in rows]
        if where.json:
            show.emit(rows)
        else:
            show.table(
                ("id", "期 period", "作業 kind", "對象 scope", "原截止 base", "新截止 closes", "核准 approver", "理由 reason", "時間 at"),
                [
                    (r["id"], r["period"], r["kind"], _whom(r), r["base"] and local_close(r["base"]),
                     local_close(r["closes"]), r["approver"], r["reason"], r["granted_at"])
                    for r in rows
                ],
            )  # fmt: skip
            if who is None and any(r["scope"] == "person" for r in rows):
                print("學號與姓名:以可核准展延的職務加上 --as · numbers and names: --as somebody who may approve")
        return 0

    return asyncio.run(run())


def _whom(row: dict[str, Any]) -> str:
    """Whom an extension is for: class, lane, everybody, or the student, named where the reader may know."""
    return f"{row['scope']} {row['number']} {row['name']}" if "name" in row else f"{row['scope']} {row['target']}"
