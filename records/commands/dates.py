"""records: a date is moved: a new calendar version, under which every open process of the year goes on. 規§4.2"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from pydantic import ValidationError

from records.admission import compile_admission
from records.basis import CALENDAR, Versions, adopt
from records.commands.rights import need_one_of, year_basis
from records.processes import open_processes_of, rebase
from records.seam import Deed, handles
from rules.commands import AmendDate
from rules.ids import year_of
from rules.refusals import Code, refuse
from rules.schedule import Calendar, DeadlineDate, WindowDates
from rules.snapshot import Basis

EDGES = ("opens", "due", "closes", "correction_closes")

IN_ORDER = (
    ("outcome_upload", "closes", "certification", "closes"),
    ("certification", "closes", "selection", "opens"),
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
    who = await need_one_of(deed, [p for p in (owner, secretary) if p], clause="規§4.1")
    amended, before, after = _amended(deed, basis, c)
    _need_order(amended, basis, c)
    await adopt(
        deed.connection, deed.school, CALENDAR, year, amended.version, amended.model_dump(mode="json"), reason=c.reason
    )
    changed = await compile_admission(deed.connection, deed.school, basis.rules, amended, basis.national)
    processes = await open_processes_of(deed.connection, deed.school, year)
    for process in processes:
        row = await deed.connection.fetchrow(
            "select rule_set, national from basis where school = $1 and process = $2 order by ordinal desc limit 1",
            deed.school, process,
        )
        versions = Versions(row["rule_set"], amended.version, row["national"])
        await rebase(deed.connection, deed.school, process, versions, since=deed.at)
        await deed.record("basis_changed", process, {"calendar": amended.version}, wakes=process)
    place = "/".join(x for x in (c.period, c.lane, c.kind) if x)
    body = {"version": amended.version, "what": place, "windows": changed, "from": before, "to": after}
    return await deed.record("calendar_amended", place, body, on_behalf_of=who)


def _amended(deed: Deed, basis: Basis, c: AmendDate) -> tuple[Calendar, str, str]:
    """The calendar with the one change as its next version, and the moved edges before and after."""
    moves = {e: getattr(c, e) for e in EDGES if getattr(c, e) is not None}
    if not moves:
        raise refuse(Code.BAD_REQUEST, clause="規§4.2", place="opens, due, closes", found="nothing to move")
    calendar = basis.calendar
    found: WindowDates | DeadlineDate | None
    found = calendar.window(c.period, c.lane, c.kind) if c.lane else calendar.deadline(c.period, c.kind)
    if found is None or (c.lane is None and not set(moves) <= {"opens", "due"}):
        raise refuse(Code.NO_WINDOW, clause="規§4.2", place=f"{c.period} {c.lane or ''} {c.kind}")
    for edge, instant in moves.items():
        old: datetime | None = getattr(found, edge)
        if instant <= deed.at:
            raise refuse(Code.BEFORE_NOW, clause="規§4.2", place=edge, found=instant, limit=deed.at)
        if old is not None and old <= deed.at:
            raise refuse(Code.BEFORE_NOW, clause="規§4.2", place=f"{edge} (already passed)", found=old, limit=deed.at)
    name = "windows" if c.lane else "deadlines"
    changed = found.model_dump() | moves | {"source": c.reason, "assumed": False}
    others = [x.model_dump() if x != found else changed for x in getattr(calendar, name)]
    try:
        amended = Calendar.model_validate(
            calendar.model_dump() | {name: others, "version": calendar.version + 1}
        )
    except ValidationError as error:
        raise refuse(
            Code.CONTRADICTION, clause="規§4.2", place=f"{c.lane or ''} {c.kind}", found=error.errors()[0]["msg"]
        ) from None
    before = ", ".join(f"{e} {getattr(found, e)}" for e in moves)
    return amended, before, ", ".join(f"{e} {i}" for e, i in moves.items())


def _need_order(amended: Calendar, basis: Basis, c: AmendDate) -> None:
    """Raises Refused(contradiction) for windows out of order, Refused(national_fixed) beyond the authority's."""
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
                    Code.CONTRADICTION, clause="規§4.2", place=f"{period} {c.lane} {kind}.{edge}",
                    found=getattr(first, edge), limit=getattr(later, later_edge),
                )
    if c.kind in ("semester_submission", "yearly_submission"):
        ours, national = amended.window(c.period, c.lane, c.kind), basis.national.window(c.period, c.lane, c.kind)
        if ours and national and not (national.opens <= ours.opens and ours.closes <= national.closes):
            raise refuse(
                Code.NATIONAL_FIXED, clause="規§4.1", place=f"{c.period} {c.lane} {c.kind}",
                found=f"{ours.opens} – {ours.closes}", limit=f"{national.opens} – {national.closes}",
            )


