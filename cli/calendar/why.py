"""cli: `calendar why THING`: the chain of a date: rule → calendar version → closed day → extension. 規§4.2"""

from __future__ import annotations

import asyncio
from typing import Annotated

from cyclopts import Parameter

from cli import show
from cli.calendar.app import calendar_app
from cli.options import DATA, Data, Json, School
from cli.place import opened
from records.basis import load_bases, load_basis, newest
from records.db import school_now
from records.queries.snapshot import UnknownProcess, load_snapshot
from records.queries.why import granted, standing_of, versions_upto
from rules.ids import year_id, year_of
from rules.moves import EDGES
from rules.refusals import Code, refuse
from rules.roc import close_text
from rules.why import Link, why_dated, why_duty, why_rung, why_window

FORMS = "PERIOD/LANE/KIND, PERIOD/LANE/KIND.due, PERIOD/DUTY.due, PROCESS#DUTY, PROCESS#DUTY|rung-2"


def read_place(thing: str) -> tuple[list[str], str]:
    """`115-1/g10_11/certification.due` as the parts of its place and the edge that is asked, a close unless said.

    The edge may be written as `calendar amend` takes it (`.self_check.closes`) or as a last part (`/due`).
    """
    parts = thing.replace(".self_check.", ".self_check_", 1).split("/")
    if len(parts) > 2 and parts[-1] in EDGES:
        return parts[:-1], parts[-1]
    kind, dot, edge = parts[-1].rpartition(".")
    if dot and edge in EDGES:
        return [*parts[:-1], kind], edge
    return parts, "closes" if len(parts) == 3 else "due"


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
                chain: tuple[Link, ...] = ()
                parts, edge = read_place(thing)
                if "#" in thing:
                    try:
                        s = await load_snapshot(c, code, thing.split("#")[0])
                    except UnknownProcess:
                        raise refuse(Code.NOT_FOUND, clause="規§4.2", place="THING", found=thing) from None
                    versions = await versions_upto(c, code, s.calendar)
                    extensions = await granted(c, code, s.params.get("period"))
                    chain = (why_rung if "|" in thing else why_duty)(s, versions, thing, extensions)
                elif len(parts) in (2, 3):
                    year = year_of(parts[0])
                    bases = await load_bases(c, code, year_id(code, year))
                    at = await school_now(c, code)
                    named = None if bases else await newest(c, code, year)
                    if not bases and named is None:
                        raise refuse(Code.NOT_FOUND, clause="規§4.2", place="THING", found=thing)
                    basis = bases[-1] if bases else await load_basis(c, code, year, named, at)  # type: ignore[arg-type]
                    versions = await versions_upto(c, code, basis.calendar)
                    if len(parts) == 2:
                        chain = why_dated(basis.rules, versions, parts[0], parts[1], edge=edge)
                    else:
                        standing = await standing_of(c, code, who, at) if who else None
                        if who and (standing is None or standing.lane != parts[1]):
                            raise refuse(Code.NOT_FOUND, clause="規§5.3.1", place="--as", found=as_ or "")
                        extensions = await granted(c, code, parts[0])
                        window = (parts[0], parts[1], parts[2])
                        chain = why_window(basis.rules, versions, window, extensions, standing, edge=edge)
            if not chain:
                raise refuse(Code.NOT_FOUND, clause="規§4.2", place="THING", found=thing, limit=FORMS)
        date = next(x.at for x in reversed(chain) if x.at is not None)
        if json:
            show.emit({"thing": thing, "at": date, "chain": [x.model_dump(mode="json") for x in chain]})
            return 0
        print(f"{thing}: {close_text(date)}")
        for link in chain:
            print(f"  {link.text} · {link.text_en}" + (f" → {close_text(link.at)}" if link.at else ""))
        return 0

    return asyncio.run(run())
