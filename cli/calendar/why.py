"""cli: `calendar why THING`: the chain of a date: rule → calendar version → closed day → extension. 規§4.2"""

from __future__ import annotations

import asyncio
from datetime import datetime
from typing import Annotated
from uuid import UUID

from cyclopts import Parameter

from cli import show
from cli.calendar.app import calendar_app
from cli.options import DATA, Data, Json, School
from cli.place import opened
from records.basis import load_bases, load_basis, newest
from records.db import Connection, school_now
from records.queries.snapshot import UnknownProcess, load_snapshot
from records.queries.why import granted, standing_of, versions_upto
from rules.ids import year_id, year_of
from rules.instants import taipei_day
from rules.lint.words import day, when
from rules.moves import EDGES
from rules.refusals import Code, refuse
from rules.why import (
    SEMESTER_EDGES,
    Link,
    rungs_of,
    why_dated,
    why_duty,
    why_national,
    why_rung,
    why_semester,
    why_window,
)

FORMS = (
    "PERIOD/LANE/KIND, PERIOD/LANE/KIND.due, PERIOD/DUTY.due, PERIOD.closing_ceremony, national/PERIOD/LANE/KIND.closes,"
    " PROCESS#DUTY, PROCESS#DUTY|rung-2"
)
NATIONAL = "national"
DAYS = ("first_day", "closing_ceremony")
"""Days of a semester: what is shown of them is the day, no instant."""


def read_place(thing: str) -> tuple[list[str], str]:
    """`115-1/g10_11/certification.due` as the parts of its place and the edge that is asked, a close unless said.

    The edge may be written as `calendar amend` takes it (`.self_check.closes`) or as a last part (`/due`).
    """
    parts = thing.replace(".self_check.", ".self_check_", 1).split("/")
    if len(parts) > 2 and parts[-1] in EDGES:
        return parts[:-1], parts[-1]
    kind, dot, edge = parts[-1].rpartition(".")
    if dot and edge in (SEMESTER_EDGES if len(parts) == 1 else EDGES):
        return [*parts[:-1], kind], edge
    return parts, "due" if len(parts) == 2 else "closes"


@calendar_app.command
def why(
    thing: Annotated[str, Parameter(help=f"期間、工作或催辦 · {FORMS}")],
    *,
    as_: Annotated[str | None, Parameter(name="--as", help="為誰而問(學號)· for this student")] = None,
    school: School = None,
    data: Data = DATA,
    json: Json = False,
) -> int:
    """為什麼是這一天:規則 → 期程版本 → 停課停班 → 展延 · why this date."""

    async def run() -> int:
        async with opened(data) as place:
            code = await place.school(school)
            who = await place.person(code, as_) if as_ else None
            async with place.operator.transaction(code, snapshot=True) as c:
                if "#" in thing:
                    chain = await _of_process(c, code, thing)
                else:
                    chain = await _of_calendar(c, code, *read_place(thing), who=who)
            if not chain:
                raise refuse(Code.NOT_FOUND, clause="規§4.2", place="THING", found=thing, limit=FORMS)
        date = next(x.at for x in reversed(chain) if x.at is not None)
        if json:
            show.emit({"thing": thing, "at": date, "chain": [x.model_dump(mode="json") for x in chain]})
            return 0
        say = _day if thing.rpartition(".")[2] in DAYS else when
        print(f"{thing}: {say(date)}")
        for link in chain:
            print(f"  {link.text} · {link.text_en}" + (f" → {say(link.at)}" if link.at else ""))
        return 0

    return asyncio.run(run())


def _day(at: datetime) -> str:
    """A day that begins at an instant, `2027-01-20(三)`."""
    return day(taipei_day(at))


async def _of_process(c: Connection, code: str, thing: str) -> tuple[Link, ...]:
    """The chain of a duty or a rung. Raises Refused(not_found) that names the duty's rungs where there is no such one."""
    key, rung, _ = thing.partition("|")
    try:
        s = await load_snapshot(c, code, key.split("#")[0])
    except UnknownProcess:
        return ()
    versions = await versions_upto(c, code, s.calendar)
    extensions = await granted(c, code, s.params.get("period"))
    if not rung:
        return why_duty(s, versions, thing, extensions)
    chain = why_rung(s, versions, thing, extensions)
    if not chain and (known := rungs_of(s, key)):
        raise refuse(Code.NOT_FOUND, clause="規§4.2", place="THING", found=thing, limit=", ".join(known))
    return chain


async def _of_calendar(c: Connection, code: str, parts: list[str], edge: str, *, who: UUID | None) -> tuple[Link, ...]:
    """The chain of a window, a dated duty, a day of a semester or a window of the authority."""
    authority, parts = parts[0] == NATIONAL, parts[1:] if parts[0] == NATIONAL else parts
    if len(parts) not in (1, 2, 3) or (authority and len(parts) != 3):
        return ()
    year, at = year_of(parts[0]), await school_now(c, code)
    bases = await load_bases(c, code, year_id(code, year))
    named = None if bases else await newest(c, code, year)
    if not bases and named is None:
        return ()
    basis = bases[-1] if bases else await load_basis(c, code, year, named, at)  # type: ignore[arg-type]
    if authority:
        return why_national(basis.national, (parts[0], parts[1], parts[2]), edge)
    versions = await versions_upto(c, code, basis.calendar)
    if len(parts) == 1:
        return why_semester(versions, parts[0], edge)
    if len(parts) == 2:
        return why_dated(basis.rules, versions, parts[0], parts[1], edge=edge)
    standing = await standing_of(c, code, who, at) if who else None
    if who and (standing is None or standing.lane != parts[1]):
        raise refuse(Code.NOT_FOUND, clause="規§5.3.1", place="--as", found=parts[1])
    extensions = await granted(c, code, parts[0])
    return why_window(basis.rules, versions, (parts[0], parts[1], parts[2]), extensions, standing, edge=edge)
