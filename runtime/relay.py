"""runtime: the relay carries committed facts to the processes they wake; the watchdog heals what got lost.

One relay is active (advisory lock). It marks exactly the ids it read: a smaller id can commit later.
A fact is committed before anybody is told, so Temporal may be away; what it missed is delivered after.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from time import monotonic

import asyncpg
import structlog
from temporalio.client import Client
from temporalio.common import Priority, WorkflowIDConflictPolicy, WorkflowIDReusePolicy
from temporalio.service import RPCError

from records.alive import BEAT, beat
from records.db import TRANSIENT, Database
from records.queries.outbox import RELAY_LOCK, Waiting, due_processes, mark_delivered, open_processes, undelivered
from rules.messages import ProcessRef
from rules.ruleset import Kind

log = structlog.get_logger()

WORKFLOWS = {
    Kind.SCHOOL_YEAR: "SchoolYear",
    Kind.SEMESTER: "Semester",
    Kind.SUBMISSION: "Submission",
    Kind.HANDOVER: "Handover",
}
AT_ONCE = 8
"""Signals under way at the same time."""


@dataclass(frozen=True, slots=True)
class Pace:
    """How often the relay polls without a notification, the watchdog looks, and it says that it lives, in seconds."""

    poll: float = 0.5
    watch: float = 60.0
    again: float = 3.0
    beat: float = BEAT.total_seconds()


class Waker:
    """Wakes processes: a signal, which starts the workflow where Temporal does not know it."""

    def __init__(self, client: Client, task_queue: str) -> None:
        self.client = client
        self.task_queue = task_queue

    async def wake(self, school: str, process: str, kind: Kind) -> None:
        """Signal with start; a lost process is started again by its id. Raises RPCError."""
        await self.client.start_workflow(
            WORKFLOWS[kind],
            ProcessRef(school=school, process=process),
            id=process,
            task_queue=self.task_queue,
            start_signal="facts_recorded",
            id_conflict_policy=WorkflowIDConflictPolicy.USE_EXISTING,
            id_reuse_policy=WorkflowIDReusePolicy.ALLOW_DUPLICATE,
            priority=Priority(fairness_key=school),
        )

    async def wake_all(self, waiting: Iterable[Waiting]) -> list[Waiting]:
        """Wake many, a few at once; returns those that were reached."""
        gate = asyncio.Semaphore(AT_ONCE)
        reached: list[Waiting] = []

        async def one(w: Waiting) -> None:
            async with gate:
                try:
                    await self.wake(w.school, w.process, w.kind)
                except (RPCError, RuntimeError, OSError) as error:
                    log.warning("relay.unreached", process=w.process, error=type(error).__name__)
                else:
                    reached.append(w)

        await asyncio.gather(*(one(w) for w in waiting))
        return reached


class Relay:
    """The outbox reader and the watchdog of every school on one database."""

    def __init__(self, operator: Database, waker: Waker, pace: Pace | None = None) -> None:
        self.db = operator
        self.waker = waker
        self.pace = pace or Pace()
        self._news = asyncio.Event()
        self._clock = asyncio.Event()
        self._woken: dict[str, tuple[float, object]] = {}

    async def run(self) -> None:
        """Run until cancelled; a lost database connection is opened again."""
        while True:
            try:
                async with self.db.pool.acquire() as connection:
                    await self._lead(connection)
            except TRANSIENT as error:
                log.warning("relay.database_away", error=type(error).__name__)
                await asyncio.sleep(0.2)

    async def _lead(self, connection: asyncpg.pool.PoolConnectionProxy) -> None:
        """Wait to be the one relay, then listen and deliver until the connection is lost."""
        while not await connection.fetchval("select pg_try_advisory_lock($1)", RELAY_LOCK):
            await asyncio.sleep(self.pace.poll)
        await connection.add_listener("licheng_fact", lambda *_: self._news.set())
        await connection.add_listener("licheng_clock", lambda *_: self._clock.set())
        log.info("relay.leads")
        watched = beaten = 0.0
        try:
            while True:
                if monotonic() - beaten > self.pace.beat:
                    await beat(self.db)
                    beaten = monotonic()
                self._news.clear()
                await self.deliver()
                if self._clock.is_set() or monotonic() - watched > self.pace.watch:
                    self._clock.clear()
                    await self.watch()
                    watched = monotonic()
                await connection.execute("select 1")
                await self._wait()
        finally:
            with suppress(Exception):
                await connection.execute("unlisten *; select pg_advisory_unlock_all()")

    async def _wait(self) -> None:
        waits = [asyncio.ensure_future(e.wait()) for e in (self._news, self._clock)]
        try:
            await asyncio.wait(waits, timeout=self.pace.poll, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for w in waits:
                w.cancel()

    async def deliver(self) -> int:
        """One round: group what is undelivered by process, wake each once, mark what was read."""
        total = 0
        while rows := await undelivered(self.db):
            reached = await self.waker.wake_all({w.process: w for w, _ in rows if w.known}.values())
            names = {w.process for w in reached}
            ids = [i for w, i in rows if w.process in names or not w.known]
            await mark_delivered(self.db, ids)
            total += len(ids)
            if len(ids) < len(rows):
                break  # Temporal is away for some of them; try again after a pause
        return total

    async def watch(self) -> int:
        """Wake every open process whose time has come or that has not seen a fact that wakes it."""
        now = monotonic()
        waiting = []
        for w in await due_processes(self.db):
            at, what = self._woken.get(w.process, (0.0, None))
            if what != w.what or now - at > self.pace.again:
                waiting.append(w)
                self._woken[w.process] = (now, w.what)
        return len(await self.waker.wake_all(waiting))


async def resume(operator: Database, waker: Waker) -> list[str]:
    """Start every process that is not over, by its id: after Temporal's state was lost, or to be sure.

    Harmless when called twice: a running process is only woken. Returns the ids that were reached.
    """
    return sorted(w.process for w in await waker.wake_all(await open_processes(operator)))
