"""cli: `school clock`: what a school's clock shows; the clock of a demo school is moved ahead with it."""

from __future__ import annotations

import asyncio
from datetime import datetime
from typing import Annotated

from cyclopts import Parameter

from cli import show
from cli.groups import school_app
from cli.options import HERE, Where
from cli.place import opened
from records.clock import hold_clock
from records.db import school_now
from rules.instants import local_text, read_instant
from rules.refusals import Code, refuse


@school_app.command(name="clock")
def clock(
    at: Annotated[
        str | None, Parameter(help="移到這個時刻(臺北時間),僅限示範學校 · move a demo school's clock, YYYY-MM-DD HH:MM")
    ] = None,
    *,
    where: Where = HERE,
) -> int:
    """學校的時鐘;示範學校可往後移,之間到期的都會發生 · the school's clock; a demo school's can be moved ahead."""
    wanted = None if at is None else _instant(at)

    async def run() -> int:
        async with opened(where.data) as place:
            code = await place.school(where.school)
            async with place.operator.transaction(code) as c:
                kind = await c.fetchval("select kind from school where school = $1", code)
                now = await school_now(c, code)
            if wanted is not None:
                if kind != "demo":
                    raise refuse(Code.WRONG_STATE, clause="規§12", place=f"school {code}", found=kind, limit="demo")
                if wanted < now:
                    raise refuse(Code.BEFORE_NOW, clause="規§12", place="AT", found=wanted, limit=now)
                await hold_clock(place.operator, code, wanted)
                now = wanted
        if where.json:
            show.emit({"school": code, "kind": kind, "now": now})
        else:
            print(f"{code} ({kind}) {local_text(now)}")
        return 0

    return asyncio.run(run())


def _instant(text: str) -> datetime:
    try:
        return read_instant(text)
    except ValueError:
        raise refuse(Code.BAD_REQUEST, place="AT", found=text[:40], limit="YYYY-MM-DD HH:MM") from None
