"""records: a date is moved: a new calendar version, under which every open process of the year goes on. 規§4.2"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from pydantic import ValidationError

from records.admission import compile_admission
from records.basis import CALENDAR, Versions, adopt, versions_of
from records.commands.rights import need_one_of, year_basis
from records.processes import open_processes_of, rebase
from records.seam import Deed, handles
from rules.commands import AmendDate
from rules.ids import year_of
from rules.instants import at_taipei
from rules.refusals import Code, refuse
from rules.schedule import Calendar, DeadlineDate, WindowDates
from rules.snapshot import Basis

EDGES = ("opens", "due", "closes", "correction_closes")

IN_ORDER = (
    ("outcome_upload", "closes", "certification", "closes"),
    ("certification", "closes", "selection", "opens"),
    ("diverse_upload", "closes", "selection", "closes"),
    ("semester_submission", "closes", "semester_receipts", "opens"),
    ("selection", "closes", "yearly_submission", "opens"),
    ("yearly_submission", "closes", "yearly_receipts", "opens"),
)
"""Which window's edge may not come after which other's, for the same lane and period."""


@handles(AmendDate)
async def amend_date(deed: Deed) -> dict[str, Any]:
    """Move a window's or a deadline's dates; contradictory or past ones are refused whole.

    The schedule's owner or the executive secretary does it. Past rungs of the new date are skipped,
    none is sent for the old one: the planner sees the new basis and nothing else.
    """
    c = deed.command
    assert isinstance(c, AmendDate)
    year = year_of(c.period)
    await deed.connection.execute(
        "select pg_advisory_xact_lock(hashtextextended($1, 2))", f"{deed.school}|calendar|{year}"
    )
    await deed.now()
    basis = await year_basis(deed, year)
    owner = next((d.owner for d in basis.rules.duties if d.kind == "calendar_publication"), "")
    secretary = basis.rules.working_group.executive_secretary
    behalf = await need_one_of(deed, [p for p in (owner, secretary) if p], clause="規§4.1")
    amended, before, after = _amended(deed, basis, c)
    _need_order(amended, c)
    if c.lane is not None:
        _need_floors(amended, basis, c, c.lane)
    await adopt(
        deed.connection, deed.school, CALENDAR, year, amended.version, amended.model_dump(mode="json"), reason=c.reason
    )
    changed = await compile_admission(deed.connection, deed.school, basis.rules, amended, basis.national)
    # The windows are locked now: an edge that passed while we waited for them has happened.
    await deed.now()
    _need_ahead(deed, basis.calendar, c)
    processes = await open_processes_of(deed.connection, deed.school, year)
    for process in processes:
        runs = await versions_of(deed.connection, deed.school, process)
        if runs is None:
            raise LookupError(f"process {process} has no basis")
        versions = Versions(runs.rule_set, amended.version, runs.national)
        await rebase(deed.connection, deed.school, process, versions, since=deed.at)
        await deed.record("basis_changed", process, {"calendar": amended.version}, wakes=process)
    place = "/".join(x for x in (c.period, c.lane, c.kind) if x)
    body = {"version": amended.version, "what": place, "windows": changed, "from": before, "to": after}
    return await deed.record("calendar_amended", place, body, on_behalf_of=behalf)


def _amended(deed: Deed, basis: Basis, c: AmendDate) -> tuple[Calendar, str, str]:
    """The calendar with the one change as its next version, and the moved edges before and after."""
    moves = _moves(c)
    if not moves:
        raise refuse(Code.BAD_REQUEST, clause="規§4.2", place="opens, due, closes", found="nothing to move")
    calendar = basis.calendar
    found = _need_ahead(deed, calendar, c)
    name = "windows" if c.lane else "deadlines"
    changed = found.model_dump() | moves | {"source": c.reason, "assumed": False}
    others = [x.model_dump() if x != found else changed for x in getattr(calendar, name)]
    try:
        amended = Calendar.model_validate(calendar.model_dump() | {name: others, "version": calendar.version + 1})
    except ValidationError as error:
        place = "/".join(x for x in (c.period, c.lane, c.kind) if x)
        raise refuse(Code.CONTRADICTION, clause="規§4.2", place=place, found=error.errors()[0]["msg"]) from None
    before = ", ".join(f"{e} {getattr(found, e)}" for e in moves)
    return amended, before, ", ".join(f"{e} {i}" for e, i in moves.items())


def _moves(c: AmendDate) -> dict[str, datetime]:
    """The edges that the command moves, with their new instants."""
    return {e: getattr(c, e) for e in EDGES if getattr(c, e) is not None}


def _need_ahead(deed: Deed, calendar: Calendar, c: AmendDate) -> WindowDates | DeadlineDate:
    """What the command is about. Raises Refused(no_window), or Refused(before_now) for what has passed."""
    moves = _moves(c)
    found = calendar.window(c.period, c.lane, c.kind) if c.lane else calendar.deadline(c.period, c.kind)
    if found is None or (c.lane is None and not set(moves) <= {"opens", "due"}):
        raise refuse(Code.NO_WINDOW, clause="規§4.2", place="/".join(x for x in (c.period, c.lane, c.kind) if x))
    for edge, instant in moves.items():
        old: datetime | None = getattr(found, edge)
        if instant <= deed.at:
            raise refuse(Code.BEFORE_NOW, clause="規§4.2", place=edge, found=instant, limit=deed.at)
        if old is not None and old <= deed.at:
            raise refuse(Code.BEFORE_NOW, clause="規§4.2", place=f"{edge} (already passed)", found=old, limit=deed.at)
    return found


def _need_order(amended: Calendar, c: AmendDate) -> None:
    """Raises Refused(contradiction) for windows out of order, or a self-check outside its window (規§4.2)."""
    if c.lane is None:
        return
    for kind, edge, later_kind, later_edge in IN_ORDER:
        periods = [c.period]
        if (kind, later_kind) == ("certification", "selection"):
            periods = [p for p in amended.semesters if year_of(p) == year_of(c.period)]
        for period in periods:
            first = amended.window(period, c.lane, kind)
            later = amended.window(year_of(period) if later_kind == "selection" else period, c.lane, later_kind)
            if first and later and getattr(first, edge) > getattr(later, later_edge):
                raise refuse(
                    Code.CONTRADICTION,
                    clause="規§4.2",
                    place=f"{period} {c.lane} {kind}.{edge}",
                    found=getattr(first, edge),
                    limit=getattr(later, later_edge),
                )
    ours = amended.window(c.period, c.lane, c.kind)
    check = ours.self_check if ours else None
    if ours and check and not (ours.opens <= check.opens and check.closes <= ours.closes):
        raise refuse(
            Code.CONTRADICTION,
            clause="規§4.2",
            place=f"{c.period} {c.lane} {c.kind}.self_check",
            found=f"{check.opens} – {check.closes}",
            limit=f"{ours.opens} – {ours.closes}",
        )


def _need_floors(amended: Calendar, basis: Basis, c: AmendDate, lane: str) -> None:
    """Raises Refused(national_fixed) outside the authority's window or below one of its floors (規§12)."""
    ours, place = amended.window(c.period, lane, c.kind), f"{c.period} {lane} {c.kind}"
    national = basis.national
    theirs = national.window(c.period, lane, c.kind)
    if ours is None:
        return
    if theirs and not (theirs.opens <= ours.opens and ours.closes <= theirs.closes):
        raise refuse(
            Code.NATIONAL_FIXED,
            clause="規§4.1",
            place=place,
            found=f"{ours.opens} – {ours.closes}",
            limit=f"{theirs.opens} – {theirs.closes}",
        )
    if c.kind.endswith("_receipts"):
        floor = ours.opens + timedelta(hours=national.receipt_floor_hours)
        if ours.closes < floor:
            raise refuse(Code.NATIONAL_FIXED, clause="規§6.2", place=place, found=ours.closes, limit=floor)
    # Grade 12 hands its second semester in within that semester: the floor after 休業式 is not for it.
    last = max(amended.semesters)
    if c.kind == "outcome_upload" and not (c.period == last and basis.rules.lane(lane).final_grade):
        days = national.upload_floor_days_after_closing + 1
        floor = at_taipei(amended.semesters[c.period].closing_ceremony + timedelta(days=days))
        if ours.closes < floor:
            raise refuse(Code.NATIONAL_FIXED, clause="規§5.3.1", place=place, found=ours.closes, limit=floor)
