"""bench: what a school's roster costs with 500 schools in one database, beside 50: facts to workbook to lines.

The schools are copies of the small sample school; a copy has the same rows under its own id.
"""

from __future__ import annotations

import asyncio
from statistics import median
from time import perf_counter

import asyncpg

from bench.harness import Figure, peak_mb
from bench.records.school import durable_server
from demo.sample_school import SAMPLES
from records.db import Database
from records.migrate import migrate
from records.queries.rosters import roster_rows
from records.school_import import import_school
from records.seam import Vault
from rosters.documents import load_pack
from rosters.formats import SchoolFormats
from rosters.sis_import import read_school
from rules.exchange import RosterOrder

FEW, MANY = 50, 500
TARGET = 1.3
SCHOOL, LANE, PERIOD = "999901", "g10_11", "115-1"
ROSTERS = (("enrolment", "21"), ("grades", "22"), ("cadre", "24"))
_TABLES = ("person", "person_key", "post", "class", "student", "course", "grade", "cadre", "lane_member")
_EACH = 20
"""Schools that are measured a round, spread over all of them."""


def figures(*, quick: bool) -> list[Figure]:
    """Milliseconds a school for its three semester rosters, at 500 schools against 50."""
    return [asyncio.run(_figure(3 if quick else 7))]


async def _figure(rounds: int) -> Figure:
    cost: dict[int, list[float]] = {FEW: [], MANY: []}
    async with durable_server() as (url, folder, _):
        vault = Vault(folder, bytes(32), SchoolFormats())
        opened = {n: await _founded(url, vault, n) for n in (FEW, MANY)}
        try:
            for warm in (True, *[False] * rounds):
                for schools, db in opened.items():
                    taken = await _round(db, vault, schools)
                    cost[schools] += [] if warm else [taken]
        finally:
            for db in opened.values():
                await db.close()
    few, many = median(cost[FEW]), median(cost[MANY])
    return Figure(
        f"semester rosters of a school, {MANY} schools against {FEW}",
        round(many, 2), round(few, 2), "ms", f"<= {TARGET:g} times", many <= TARGET * few, peak_mb(),
    )  # fmt: skip


async def _founded(url: str, vault: Vault, schools: int) -> Database:
    """A database with so many schools, each the small sample school."""
    server = await asyncpg.connect(url)
    await server.execute(f"create database bench_schools_{schools}")
    await server.close()
    own = url.rsplit("/", 1)[0] + f"/bench_schools_{schools}"
    await migrate(own)
    pack = load_pack(SAMPLES.parent / "licheng")
    files, _ = read_school(SAMPLES / "small", school_code=SCHOOL)
    operator = await Database.open_operator(own)
    await import_school(
        operator, vault, SCHOOL, "bench", pack.rules, files, kind="demo", starts=pack.calendars[115].opens
    )
    await operator.close()
    admin = await asyncpg.connect(own)
    await _copies(admin, schools)
    await admin.close()
    return await Database.open(own, size=4)


async def _copies(admin: asyncpg.Connection, schools: int) -> None:
    """Copies of the first school until there are so many."""
    await admin.execute("set search_path = licheng, public")
    names = [_name(n) for n in range(1, schools)]
    await admin.execute(
        "insert into school (school, name, kind) select n, n, 'demo' from unnest($1::text[]) n on conflict do nothing", names
    )  # fmt: skip
    for table in _TABLES:
        columns = [
            r["column_name"]
            for r in await admin.fetch(
                "select column_name from information_schema.columns where table_schema = 'licheng' and table_name = $1"
                " and is_generated = 'NEVER' and is_identity = 'NO' and column_name <> 'school'",
                table,
            )
        ]
        listed = ", ".join(f'"{c}"' for c in columns)
        await admin.execute(
            f"insert into {table} (school, {listed}) select n, {listed} from {table}, unnest($2::text[]) n"
            " where school = $1 on conflict do nothing",
            SCHOOL,
            names,
        )
    await admin.execute("vacuum analyze")


async def _round(db: Database, vault: Vault, schools: int) -> float:
    """Milliseconds a school: facts of its three rosters, read, written and examined."""
    formats, at = SchoolFormats(), await db.pool.fetchval("select '2027-03-15 00:00+00'::timestamptz")
    chosen = [_name(n) for n in range(0, schools, schools // _EACH)]
    started = perf_counter()
    for school in chosen:
        for roster, code in ROSTERS:
            async with db.transaction(school) as connection:
                rows = await roster_rows(connection, vault, school, roster, None, LANE, PERIOD, at)
            written = formats.write(RosterOrder(roster, school, 115, 1, code, rows))
            if not written.lines:
                raise AssertionError(f"{school} {roster}: no lines")
    return (perf_counter() - started) * 1000 / len(chosen)


def _name(n: int) -> str:
    return SCHOOL if n == 0 else f"s{n:05}"
