"""cli: `school clock`: what a school's clock shows; the clock of a demo school is moved ahead with it."""

from __future__ import annotations

import asyncio
from datetime import datetime
from time import monotonic
from typing import Annotated

from cyclopts import Parameter

from cli import show
from cli.groups import school_app
from cli.options import HERE, Where
from cli.place import Place, opened, stderr
from records.clock import hold_clock, poke
from records.db import school_now
from records.queries.progress import next_planned, unsettled
from rules.instants import local_text, read_instant
from rules.refusals import Code, refuse
from runtime.servers.supervisor import parts_of

PATIENCE = 60.0
"""Seconds for what is due at one instant, after which the clock stays there."""


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
                now = await _walk(place, code, wanted)
        if where.json:
            show.emit({"school": code, "kind": kind, "now": now})
        else:
            print(f"{code} ({kind}) {local_text(now)}")
        return 0 if wanted in (None, now) else show.REFUSED

    return asyncio.run(run())


async def _walk(place: Place, code: str, wanted: datetime) -> datetime:
    """Let the clock stand at each planned instant on the way until all is done that is due there; where it stands now.

    A clock that jumped would open and close everything late, at one instant. Where no worker runs nothing can be done
    on the way: then it is set, and the worker finds what is late.
    """
    if not any(p["name"] == "worker" and p["alive"] for p in parts_of(place.data_dir)):
        stderr(
            "服務未執行:時鐘直接移到該時刻,啟動後才補做 · services do not run: what is due is done late, once they do"
        )
        await hold_clock(place.operator, code, wanted)
        return wanted
    at = await next_planned(place.operator, code)
    while at is not None and at < wanted:
        if not await _stand(place, code, at):
            return at
        at = await next_planned(place.operator, code)
    await _stand(place, code, wanted)
    return wanted


async def _stand(place: Place, code: str, at: datetime) -> bool:
    """Let the clock stand at an instant and wait; False where what is due there is not done in time."""
    await hold_clock(place.operator, code, at)
    started = poked = monotonic()
    while waiting := await unsettled(place.operator, code):
        if monotonic() - started > PATIENCE:
            stderr(
                f"時鐘停在 {local_text(at)}:{', '.join(waiting[:3])} 在 {PATIENCE:g} 秒內沒有做完該做的事 · the clock stands"
                f" there: what is due was not done in {PATIENCE:g} s; see starter.py status"
            )
            return False
        if monotonic() - poked > 2.0:
            await poke(place.operator, code)
            poked = monotonic()
        await asyncio.sleep(0.02)
    return True


def _instant(text: str) -> datetime:
    try:
        return read_instant(text)
    except ValueError:
        raise refuse(Code.BAD_REQUEST, place="AT", found=text[:40], limit="YYYY-MM-DD HH:MM") from None
