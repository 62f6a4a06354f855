"""records: process rows: started, answered, moved to another basis. The relay starts their workflows."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from records.basis import Versions, versions_of
from records.db import Connection
from rules.ids import year_of
from rules.ruleset import Kind


async def start_process(
    connection: Connection,
    school: str,
    process: str,
    kind: Kind,
    params: Mapping[str, str],
    *,
    at: datetime,
    like: str | None = None,
    versions: Versions | None = None,
    year: str | None = None,
) -> bool:
    """Start a process under given versions, or those of process `like`; False where it exists already.

    A start is a row and a waking fact: the relay starts the workflow by its id, also after a loss.
    """
    named = dict(params)
    named["year"] = year or year_of(named.get("period", ""))
    started = await connection.fetchval(
        "insert into process (school, id, kind, params, started_at, news) values ($1, $2, $3, $4, $5, 0)"
        " on conflict do nothing returning id",
        school,
        process,
        kind.value,
        named,
        at,
    )
    if started is None:
        return False
    if versions is None:
        versions = await versions_of(connection, school, like or "")
        if versions is None:
            raise LookupError(f"process {like} has no basis")
    await rebase(connection, school, process, versions, since=at)
    await connection.execute(
        "insert into fact (school, at, kind, subject, body, wakes) values ($1, $2, 'process_started', $3, $4, $3)",
        school,
        at,
        process,
        {"kind": kind.value},
    )
    return True


async def rebase(connection: Connection, school: str, process: str, versions: Versions, *, since: datetime) -> None:
    """Put a process under other document versions from `since` on; earlier ones stay on record."""
    await connection.execute(
        "insert into basis (school, process, ordinal, rule_set, calendar, national, since)"
        " select $1, $2, coalesce(max(ordinal), 0) + 1, $3, $4, $5, $6 from basis"
        " where school = $1 and process = $2",
        school,
        process,
        versions.rule_set,
        versions.calendar,
        versions.national,
        since,
    )


async def open_processes_of(connection: Connection, school: str, year: str) -> list[str]:
    """Every process of a school year that is not over."""
    rows = await connection.fetch(
        "select id from process where school = $1 and params->>'year' = $2 and over_at is null order by id",
        school,
        year,
    )
    return [r["id"] for r in rows]


async def answer_question(
    connection: Connection, school: str, process: str, *, seen: int, next_at: datetime | None, over: bool, at: datetime
) -> None:
    """What the planner answered: until when the process sleeps, and which news it has seen."""
    await connection.execute(
        "update process set next_at = $4, seen = greatest(seen, $3), asked_at = $5,"
        " over_at = case when $6 then coalesce(over_at, $5) end where school = $1 and id = $2",
        school,
        process,
        seen,
        next_at,
        at,
        over,
    )


async def seconds_until(connection: Connection, school: str, instant: datetime) -> float | None:
    """Real seconds until the school's clock shows `instant`; None when it is held before that."""
    seconds: float | None = await connection.fetchval(
        "select case when c.school is null then extract(epoch from $2 - clock_timestamp())"
        " when c.rate = 0 or c.hold_at < $2 then null"
        " else extract(epoch from $2 - school_now($1)) / c.rate end"
        " from (select 1) x left join school_clock c on c.school = $1",
        school,
        instant,
    )
    return None if seconds is None else max(float(seconds), 0.0)
