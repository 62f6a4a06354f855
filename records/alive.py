"""records: since when and until when the platform was alive; the silence in between is a measured outage. 規§10.2.2"""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from contextlib import suppress
from datetime import datetime, timedelta
from typing import Literal

from records.db import TRANSIENT, Connection, Database

BEAT = timedelta(seconds=20)
SILENCE = timedelta(seconds=60)
"""A silence longer than this is an outage: three beats in a row were missed."""

Part = Literal["worker", "web"]
"""Who says that it lives: the worker that carries the terms, the web over which people hand in."""
Span = tuple[datetime, datetime]


async def beat(operator: Database, part: Part = "worker") -> None:
    """Say for each school with a real clock that a part is alive now; after a silence a new row begins."""
    await operator.pool.execute(
        "with now as (select clock_timestamp() as at), mine as (select s.school, max(a.first) as first from school s"
        "   left join alive a on a.school = s.school and a.part = $2"
        "   where not exists (select from school_clock c where c.school = s.school) group by s.school),"
        " still as (update alive a set last = now.at from now, mine where a.school = mine.school and a.part = $2"
        "   and a.first = mine.first and a.last >= now.at - $1::interval returning a.school)"
        " insert into alive (school, part, first, last) select mine.school, $2, now.at, now.at from mine, now"
        " where mine.school not in (select school from still) on conflict do nothing",
        SILENCE,
        part,
    )


async def keep_beating(url: str, part: Part, *, every: timedelta = BEAT) -> None:
    """Say again and again that a part is alive, until cancelled; what cannot be said is a silence."""
    while True:
        with suppress(*TRANSIENT):
            operator = await Database.open_operator(url, size=1)
            try:
                while True:
                    await beat(operator, part)
                    await asyncio.sleep(every.total_seconds())
            finally:
                await operator.close()
        await asyncio.sleep(every.total_seconds())


async def silences(connection: Connection, school: str, since: datetime, *, part: Part | None = None) -> list[Span]:
    """The outages measured since an instant, the oldest first: from the last sign of life to the next one.

    Of one part, or of any: what two parts missed at once, or one right after the other, is one outage.
    """
    rows = await connection.fetch(
        "select last, next from (select last, lead(first) over (partition by part order by first) as next from alive"
        " where school = $1 and ($3::text is null or part = $3)) a where next > $2 order by last, next",
        school,
        since,
        part,
    )
    return joined((r["last"], r["next"]) for r in rows)


def joined(spans: Iterable[Span]) -> list[Span]:
    """Spans in order, with those that touch or overlap as one."""
    found: list[Span] = []
    for first, last in sorted(spans):
        if found and first <= found[-1][1]:
            found[-1] = (found[-1][0], max(found[-1][1], last))
        else:
            found.append((first, last))
    return found
