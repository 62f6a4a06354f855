"""records: dates move: a new calendar version, under which every open process of the year goes on. 規§4.2"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from records.admission import compile_admission
from records.basis import CALENDAR, adopt
from records.commands.calendars import lock_calendar, need_owner
from records.commands.moved import tell_moved
from records.commands.moved_ahead import tell_announced
from records.commands.occurrences import move_occurrences
from records.commands.rights import year_basis
from records.commands.running import go_on
from records.seam import Deed, handles
from rules.commands import AmendDate, MoveDates
from rules.ids import year_of
from rules.lint.case import Case
from rules.moves import Move, amended, checks_among, edge_of, moved_windows, need_ahead, new_errors
from rules.refusals import Code, refuse
from rules.schedule import Calendar, Closure
from rules.snapshot import Basis


@handles(AmendDate)
async def amend_date(deed: Deed) -> dict[str, Any]:
    """Move a window's or a deadline's dates; contradictory or past ones are refused whole."""
    c = deed.command
    assert isinstance(c, AmendDate)
    move = Move.model_validate(c.model_dump(exclude={"reason"}))
    return await _move(deed, year_of(c.period), None, (move,), (), c.reason)


@handles(MoveDates)
async def move_dates(deed: Deed) -> dict[str, Any]:
    """Move several dates and close days in one transaction, by one fact; one that is wrong refuses all."""
    c = deed.command
    assert isinstance(c, MoveDates)
    for move in c.moves:
        if year_of(move.period) != c.year:
            raise refuse(Code.BAD_REQUEST, clause="規§4.2", place=move.place, found=move.period, limit=c.year)
    return await _move(deed, c.year, c.base, c.moves, c.closures, c.reason)


async def _move(
    deed: Deed, year: str, base: int | None, moves: Sequence[Move], closures: Sequence[Closure], reason: str
) -> dict[str, Any]:
    """The schedule's owner or the executive secretary moves dates; who is affected is told. Raises Refused."""
    await lock_calendar(deed, year)
    basis = await year_basis(deed, year)
    behalf = await need_owner(deed, basis)
    old = basis.calendar
    if base is not None and base != old.version:
        raise refuse(Code.CONTRADICTION, clause="規§4.2", place="base", found=f"v{base}", limit=f"v{old.version}")
    need_ahead(old, moves, at=deed.at)
    new = amended(old, moves, closures, reason)
    _need_clean(deed, basis, new)
    await adopt(deed.connection, deed.school, CALENDAR, year, new.version, new.model_dump(mode="json"), reason=reason)
    changed = await compile_admission(deed.connection, deed.school, basis.rules, new, basis.national)
    await move_occurrences(deed, basis.rules, old, new)
    # The windows are locked now: an edge that passed while we waited for them has happened.
    await deed.now()
    need_ahead(old, moves, at=deed.at)
    work, told = await go_on(deed, year, f"{year}/v{new.version}", calendar=new.version)
    windows = moved_windows(old, new)
    heard = checks_among(basis.rules, work)
    told += await tell_moved(deed, f"{year}/v{new.version}", windows=windows, old=old, new=new, heard=heard)
    told += await tell_announced(deed, f"{year}/v{new.version}", basis.rules, old, new, work)
    body: dict[str, Any] = {"version": new.version, "windows": changed, "moved": len(windows) + len(work), "told": told}
    body |= {"closures": [c.day.isoformat() for c in closures]} if closures else {}
    if len(moves) == 1:
        was = old.window(moves[0].period, moves[0].lane, moves[0].kind) if moves[0].lane else None
        dated = was or old.deadline(moves[0].period, moves[0].kind)
        body["what"] = moves[0].place
        body["from"] = ", ".join(f"{e} {edge_of(dated, e) if dated else None}" for e in moves[0].edges)
        body["to"] = ", ".join(f"{e} {i}" for e, i in moves[0].edges.items())
    else:
        body["what"] = ", ".join(sorted({m.place for m in moves}))
    return await deed.record("calendar_amended", body["what"] or year, body, on_behalf_of=behalf)


def _need_clean(deed: Deed, basis: Basis, new: Calendar) -> None:
    """Raises Refused(calendar_errors) for the first error of the linter that the change brings (規§4.1, 規§12)."""
    if deed.vault.formats is None:
        raise refuse(Code.NOT_DECIDED, clause="規§4.1", place="limits of the linter")
    before = Case(basis.calendar, basis.rules, basis.national, deed.vault.formats.limits)
    for found in new_errors(before, replace(before, calendar=new)):
        place = f"{found.rule.id} {found.hit.place}"
        raise refuse(
            Code.CALENDAR_ERRORS, clause=found.rule.clause, place=place, found=found.hit.found, limit=found.hit.limit
        )
