"""records: since when and until when the platform was alive; the silence in between is a measured outage. 規§10.2.2"""

from __future__ import annotations

from datetime import datetime, timedelta

from records.db import Connection, Database

BEAT = timedelta(seconds=20)
SILENCE = timedelta(seconds=60)
"""A silence longer than this is an outage: three beats in a row were missed."""


async def beat(operator: Database) -> None:
    """Say for each school with a real clock that the platform is alive now; after a silence a new row begins."""
    await operator.pool.execute(
        "with now as (select clock_timestamp() as at), mine as (select s.school, max(a.first) as first from school s"
        "   left join alive a using (school) where not exists (select from school_clock c where c.school = s.school)"
        "   group by s.school),"
        " still as (update alive a set last = now.at from now, mine where a.school = mine.school and a.first = mine.first"
        "   and a.last >= now.at - $1::interval returning a.school)"
        " insert into alive (school, first, last) select mine.school, now.at, now.at from mine, now"
        " where mine.school not in (select school from still) on conflict do nothing",
        SILENCE,
    )


async def silences(connection: Connection, school: str, since: datetime) -> list[tuple[datetime, datetime]]:
    """The outages measured since an instant, the oldest first: from the last sign of life to the next one."""
    rows = await connection.fetch(
        "select last, next from (select last, lead(first) over (order by first) as next from alive where school = $1) a"
        " where next > $2 order by last",
        school,
        since,
    )
    return [(r["last"], r["next"]) for r in rows]
