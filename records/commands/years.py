"""records: a school year is started under adopted documents; a semester by hand only to repair. 規§4.1, 規§13"""

from __future__ import annotations

from typing import Any

from records.admission import compile_admission
from records.basis import load_basis, newest
from records.commands.rights import need_one_of, year_basis
from records.processes import start_process
from records.seam import Deed, handles
from rules.commands import StartSemester, StartYear
from rules.ids import semester_id, year_id, year_of
from rules.refusals import Code, refuse
from rules.ruleset import Kind


@handles(StartYear)
async def start_year(deed: Deed) -> dict[str, Any]:
    """The executive secretary, the convener or the platform's IT post starts the year.

    Its admission rows are compiled in the same transaction. Raises Refused(not_decided) without
    adopted documents, Refused(already_exists) for a second start.
    """
    c = deed.command
    assert isinstance(c, StartYear)
    versions = await newest(deed.connection, deed.school, c.year)
    if versions is None:
        raise refuse(Code.NOT_DECIDED, clause="規§13", place=f"documents of {c.year}")
    basis = await load_basis(deed.connection, deed.school, c.year, versions, deed.at)
    group = basis.rules.working_group
    behalf = await need_one_of(
        deed, [group.executive_secretary, group.convener, basis.rules.stuck_post], clause="規§4.1"
    )
    process = year_id(deed.school, c.year)
    await compile_admission(deed.connection, deed.school, basis.rules, basis.calendar, basis.national)
    started = await start_process(
        deed.connection, deed.school, process, Kind.SCHOOL_YEAR, {"period": c.year}, at=deed.at, versions=versions
    )
    if not started:
        raise refuse(Code.ALREADY_EXISTS, clause="規§13", place=process)
    body = {"process": process, "rule_set": versions.rule_set, "calendar": versions.calendar}
    return await deed.record("year_started", process, body, wakes=process, on_behalf_of=behalf)


@handles(StartSemester)
async def start_semester(deed: Deed) -> dict[str, Any]:
    """A repair tool: a year start starts its semesters by itself."""
    c = deed.command
    assert isinstance(c, StartSemester)
    year = year_id(deed.school, year_of(c.semester))
    basis = await year_basis(deed, year_of(c.semester))
    group = basis.rules.working_group
    behalf = await need_one_of(
        deed, [group.executive_secretary, group.convener, basis.rules.stuck_post], clause="規§4.1"
    )
    if c.semester not in basis.calendar.semesters:
        raise refuse(Code.NOT_FOUND, clause="規§4.1", place=f"semester {c.semester}")
    known = await deed.connection.fetchval("select 1 from process where school = $1 and id = $2", deed.school, year)
    if known is None:
        raise refuse(Code.NOT_FOUND, clause="規§4.1", place=year)
    process = semester_id(deed.school, c.semester)
    started = await start_process(
        deed.connection, deed.school, process, Kind.SEMESTER, {"period": c.semester}, at=deed.at, like=year
    )
    if not started:
        raise refuse(Code.ALREADY_EXISTS, clause="規§4.1", place=process)
    return await deed.record("semester_started", process, {"process": process}, wakes=process, on_behalf_of=behalf)
