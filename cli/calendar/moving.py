"""cli: dates that move are shown first, all of them, and then applied: the part that the moving verbs share. 規§4.2"""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Annotated, Any

from cyclopts import Parameter

from cli import show
from cli.calendar.notified import notified, print_notified
from cli.place import Place
from records.basis import load_bases
from records.db import school_now
from records.queries.open_terms import open_terms
from rosters.documents import load_document
from rules.ids import year_id
from rules.lint.case import Case
from rules.lint.model import Finding, Limits
from rules.moves import (
    Move,
    MovedDate,
    amended,
    moved_deadlines,
    moved_receipts,
    moved_windows,
    moved_work,
    new_warnings,
)
from rules.refusals import Code, refuse
from rules.roc import close_text
from rules.schedule import Closure, working_days
from rules.snapshot import Basis, Snapshot

Check = Annotated[bool, Parameter(help="只顯示會移動的日期 · only show what would move", negative="")]
Apply = Annotated[bool, Parameter(help="套用 · do it", negative="")]


def applies(*, check: bool, apply: bool) -> bool:
    """Whether to apply. Raises Refused unless exactly one of --check and --apply is given."""
    if check == apply:
        found = "兩者 · both" if check else "都沒有 · neither"
        raise refuse(
            Code.BAD_REQUEST,
            clause="規§4.2",
            place="--check | --apply",
            found=found,
            limit="擇一 · exactly one of them",
        )
    return apply


@dataclass(frozen=True, slots=True)
class Standing:
    """A running school year: what it stands on, its open processes, and the school's clock."""

    basis: Basis
    case: Case
    snapshots: tuple[Snapshot, ...]
    at: datetime


async def standing(place: Place, school: str, year: str | None) -> Standing:
    """The running school year (the newest one unless named). Raises Refused(not_found) where none runs."""
    from cli.calendar.documents import SCHOOLS

    async with place.operator.transaction(school, snapshot=True) as c:
        snapshots, _ = await open_terms(c, school)
        years = sorted({s.params["period"][:3] for s in snapshots if "period" in s.params})
        named = year or (years[-1] if years else "")
        if named not in years:
            raise refuse(Code.NOT_FOUND, clause="規§4.2", place="--year", found=named, limit=", ".join(years))
        bases = await load_bases(c, school, year_id(school, named))
        at = await school_now(c, school)
    mine = tuple(s for s in snapshots if s.params.get("period", "")[:3] == named)
    basis = bases[-1] if bases else mine[0].basis
    limits = load_document(SCHOOLS / "lint.yaml", Limits)
    return Standing(basis, Case(basis.calendar, basis.rules, basis.national, limits), mine, at)


def moved_by(found: Standing, moves: Sequence[Move], closures: Sequence[Closure], reason: str) -> list[MovedDate]:
    """Every date that an accepted change moves: windows, open duties, rungs."""
    old = found.basis.calendar
    new = amended(old, moves, closures, reason)
    shown = [*moved_windows(old, new), *moved_deadlines(old, new)]
    for s in found.snapshots:
        b = s.basis
        basis = Basis(b.rules, new, b.national, working_days(b.national, new), found.at)
        after = replace(s, bases=(*s.bases, basis))
        shown += (*moved_receipts(s, after), *moved_work(s, after, at=found.at))
    return shown


async def carry_out(
    place: Place, school: str, who: str, found: Standing, moves: Sequence[Move], closures: Sequence[Closure],
    *, reason: str, apply: bool, key: str | None, as_json: bool, more: dict[str, Any] | None = None,
) -> int:  # fmt: skip
    """Judge the change as a whole; then show every date that moves, who is told and what the linter warns of.

    With `apply` do it. Both judge by the command itself: a check is refused where applying would be.
    """
    body = {
        "year": str(found.basis.calendar.school_year),
        "base": found.basis.calendar.version,
        "moves": [m.model_dump(mode="json") for m in moves],
        "closures": [c.model_dump(mode="json") for c in closures],
        "reason": reason,
    }
    if apply:
        answer = await place.do(school, who, "move_dates", body, key=key or secrets.token_hex(12))
        if answer.accepted and not answer.repeated and not as_json:
            print_moved(moved_by(found, moves, closures, reason))
            print(f"已通知 {answer.proof['told']} 人次 · notices")
        return show.answer(answer, as_json=as_json)
    tried = await place.foresee(school, who, "move_dates", body)
    if not tried.answer.accepted:
        return show.answer(tried.answer, as_json=as_json)
    shown, told = moved_by(found, moves, closures, reason), await notified(place, school, tried)
    after = replace(found.case, calendar=amended(found.basis.calendar, moves, closures, reason))
    warned = new_warnings(found.case, after)
    if as_json:
        warnings = [f.shown() for f in warned]
        show.emit(
            {"moved": [m.model_dump(mode="json") for m in shown], "told": told, "warnings": warnings} | (more or {})
        )
    else:
        print_moved(shown)
        print_warnings(warned)
        print_notified(told)
        print("尚未套用(--apply)· nothing is changed yet")
    return 0


def print_warnings(found: Sequence[Finding]) -> None:
    """What the linter says of a change that is allowed, a line each: a person reads and decides."""
    for f in found:
        print(f"⚠ {f.message[0]} · {f.message[1]}〔{f.rule.clause}〕 → {f.rule.remedy[0]} · {f.rule.remedy[1]}")


def print_moved(shown: Sequence[MovedDate]) -> None:
    """The moved dates as tables: windows, deadlines, duties, rungs."""
    for what, title in (
        ("window", "期間 windows"),
        ("deadline", "期限 deadlines"),
        ("duty", "工作 duties"),
        ("rung", "催辦 rungs"),
    ):
        rows = [
            (m.id, m.title, close_text(m.before) if m.before else "—", close_text(m.after) if m.after else "略過 skipped",
             ", ".join(m.to))
            for m in shown if m.what == what
        ]  # fmt: skip
        if rows:
            print(f"{title}: {len(rows)}")
            show.table(("", "", "原 before", "新 after", "對象 whose"), rows)
    if not shown:
        print("沒有日期會移動 · no date moves")
