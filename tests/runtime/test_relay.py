"""The relay delivers every waking fact, whatever the order of commits, and wakes each process once a round."""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import AsyncIterator, Iterable
from contextlib import suppress
from datetime import timedelta

import pytest

from records.alive import Part, keep_beating, silences
from records.db import Database
from records.migrate import migrate
from records.queries.outbox import Waiting, due_processes, undelivered
from runtime.relay import Pace, Relay, Waker, resume
from runtime.servers.databases import drop_database, make_database

S = "999999"
ONE, TWO = f"semester/{S}/115-1", f"semester/{S}/115-2"


class Listener(Waker):
    """A waker that notes whom it woke; `away` stands for a Temporal server that does not answer."""

    def __init__(self) -> None:
        self.woken: list[str] = []
        self.away: set[str] = set()

    async def wake_all(self, waiting: Iterable[Waiting]) -> list[Waiting]:
        reached = [w for w in waiting if w.process not in self.away]
        self.woken += [w.process for w in reached]
        return reached


@pytest.fixture
async def url(postgres_url: str) -> AsyncIterator[str]:
    """A migrated database of its own."""
    name = f"relay_{secrets.token_hex(4)}"
    found = await make_database(postgres_url, name)
    await migrate(found)
    yield found
    await drop_database(postgres_url, name)


@pytest.fixture
async def operator(url: str) -> AsyncIterator[Database]:
    """A database with two open processes of one school."""
    db = await Database.open_operator(url, size=5)
    async with db.transaction(S) as c:
        await c.execute("insert into school (school, name, kind) values ($1, 'x', 'production')", S)
        for process in (ONE, TWO):
            await c.execute(
                "insert into process (school, id, kind, started_at, news, seen, asked_at)"
                " values ($1, $2, 'semester', clock_timestamp(), 0, 0, clock_timestamp())",
                S,
                process,
            )
    yield db
    await db.close()


INSERT = "insert into fact (school, at, kind, subject, wakes) values ($1, clock_timestamp(), 'x', 'x', $2) returning id"


async def fact(db: Database, wakes: str | None) -> int:
    async with db.transaction(S) as c:
        id_: int = await c.fetchval(INSERT, S, wakes)
        return id_


async def test_facts_of_one_process_are_one_wake_a_round(operator: Database) -> None:
    relay = Relay(operator, listener := Listener())
    for wakes in (ONE, ONE, TWO, ONE, None):
        await fact(operator, wakes)
    assert await relay.deliver() == 4
    assert sorted(listener.woken) == [ONE, TWO]
    assert await relay.deliver() == 0


async def test_a_smaller_id_that_commits_later_is_delivered_too(operator: Database) -> None:
    relay = Relay(operator, listener := Listener())
    async with operator.transaction(S) as slow:
        early = await slow.fetchval(INSERT, S, ONE)
        late = await fact(operator, TWO)
        assert early < late
        await relay.deliver()
        assert listener.woken == [TWO]
    await relay.deliver()
    assert listener.woken == [TWO, ONE]
    assert await undelivered(operator) == []


async def test_a_fact_that_is_rolled_back_wakes_nobody(operator: Database) -> None:
    relay = Relay(operator, listener := Listener())
    with suppress(RuntimeError):
        async with operator.transaction(S) as c:
            await c.fetchval(INSERT, S, ONE)
            raise RuntimeError
    assert (await relay.deliver(), listener.woken) == (0, [])


async def test_what_temporal_missed_is_delivered_when_it_is_back(operator: Database) -> None:
    relay = Relay(operator, listener := Listener())
    listener.away = {ONE}
    for wakes in (ONE, TWO):
        await fact(operator, wakes)
    await relay.deliver()
    assert [w.process for w, _ in await undelivered(operator)] == [ONE]
    listener.away = set()
    await relay.deliver()
    assert listener.woken == [TWO, ONE]


async def test_a_fact_for_an_unknown_process_does_not_block_the_outbox(operator: Database) -> None:
    relay = Relay(operator, listener := Listener())
    await fact(operator, "semester/999999/nowhere")
    await fact(operator, ONE)
    await relay.deliver()
    assert (listener.woken, await undelivered(operator)) == ([ONE], [])


async def test_two_relays_at_once_deliver_everything_and_one_leads(operator: Database) -> None:
    listeners = [Listener(), Listener()]
    relays = [asyncio.create_task(Relay(operator, x, Pace(poll=0.02, watch=60)).run()) for x in listeners]
    await asyncio.sleep(0.2)
    for n in range(40):
        await fact(operator, (ONE, TWO)[n % 2])
    for _ in range(100):
        if not await undelivered(operator):
            break
        await asyncio.sleep(0.02)
    for task in relays:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task
    assert await undelivered(operator) == []
    assert sorted(bool(x.woken) for x in listeners) == [False, True]


async def test_a_waking_fact_raises_the_news_of_its_process_in_the_same_transaction(operator: Database) -> None:
    await fact(operator, ONE)
    rows = await operator.pool.fetch("select id, news from process order by id")
    assert [(r["id"], r["news"]) for r in rows] == [(ONE, 1), (TWO, 0)]


async def test_the_watchdog_finds_a_process_that_missed_its_news(operator: Database) -> None:
    await fact(operator, ONE)
    assert [w.process for w in await due_processes(operator)] == [ONE]
    listener = Listener()
    relay = Relay(operator, listener)
    await relay.watch()
    await relay.watch()  # the same reason within a moment is not repeated
    assert listener.woken == [ONE]


async def test_resume_wakes_every_open_process_and_no_finished_one(operator: Database) -> None:
    async with operator.transaction(S) as c:
        await c.execute("update process set over_at = clock_timestamp() where school = $1 and id = $2", S, TWO)
    listener = Listener()
    assert await resume(operator, listener) == [ONE]


@pytest.mark.clause("規§10.2.2")
async def test_a_silence_of_the_platform_is_measured_and_a_missed_beat_is_none(operator: Database) -> None:
    relay = asyncio.create_task(Relay(operator, Listener(), Pace(poll=0.02, beat=0.02)).run())
    for ago in ("45 seconds", "2 hours", None):
        for _ in range(200):
            await asyncio.sleep(0.02)
            if await operator.pool.fetchval(
                "select count(*) from alive where last > clock_timestamp() - interval '1 s'"
            ):
                break
        if ago is not None:
            relay.cancel()
            with suppress(asyncio.CancelledError):
                await relay
            back = "update alive set first = first - $1::text::interval, last = last - $1::text::interval"
            await operator.pool.execute(back, ago)
            relay = asyncio.create_task(Relay(operator, Listener(), Pace(poll=0.02, beat=0.02)).run())
    relay.cancel()
    with suppress(asyncio.CancelledError):
        await relay
    async with operator.transaction(S) as c:
        now = await c.fetchval("select clock_timestamp()")
        found = await silences(c, S, now - timedelta(days=1))
    assert [round((end - begin).total_seconds() / 60) for begin, end in found] == [120]


@pytest.mark.clause("規§10.2.2")
async def test_a_silence_of_the_web_alone_is_measured_and_one_with_the_worker_is_one_outage(
    operator: Database, url: str
) -> None:
    rows = (
        "insert into alive (school, part, first, last)"
        " values ($1, $2, now() - $3::text::interval, now() - $4::text::interval)"
    )
    for part, first, last in (
        ("worker", "30 hours", "11 hours"), ("worker", "9 hours", "1 minute"),
        ("web", "30 hours", "20 hours"), ("web", "19 hours", "10 hours"), ("web", "8 hours", "1 minute"),
    ):  # fmt: skip
        await operator.pool.execute(rows, S, part, first, last)

    async def hours(since: int = 40, part: Part | None = None) -> list[tuple[int, int]]:
        async with operator.transaction(S) as c:
            now = await c.fetchval("select now()")
            found = await silences(c, S, now - timedelta(hours=since), part=part)
        return [(round((now - a).total_seconds() / 3600), round((now - b).total_seconds() / 3600)) for a, b in found]

    assert await hours() == [(20, 19), (11, 8)]
    assert await hours(part="worker") == [(11, 9)]
    assert await hours(part="web") == [(20, 19), (10, 8)]
    assert await hours(since=12) == [(11, 8)]
    # The web that beats again goes on in its own row, and leaves the worker's alone.
    beating = asyncio.create_task(keep_beating(url, "web", every=timedelta(milliseconds=10)))
    fresh = "select part from alive where school = $1 and last > now() - interval '5 s'"
    for _ in range(200):
        await asyncio.sleep(0.02)
        if said := await operator.pool.fetch(fresh, S):
            break
    beating.cancel()
    with suppress(asyncio.CancelledError):
        await beating
    assert [r["part"] for r in said] == ["web"]
