"""bench: a moved deadline reaches 1,000 open duties, beside 1,000 bare signals in the same run. 規§4.2

Ours: from the command until the running process has asked its planner under the new dates (the new rungs are then
planned) and a page and a feed of a teacher show the new date. The peer: what a process a duty would cost at least.
"""

from __future__ import annotations

import asyncio
import shutil
import tempfile
from collections import Counter
from collections.abc import Awaitable, Callable
from datetime import datetime
from pathlib import Path
from statistics import median
from time import perf_counter
from uuid import UUID

from temporalio.client import Client
from temporalio.worker import UnsandboxedWorkflowRunner, Worker

from bench.harness import Figure, peak_mb
from bench.records.school import CONNECTIONS, round_of
from bench.records.signals import Counted
from cli.calendar.own_page import own_feed, own_page
from demo.run import servers
from records.basis import adopt_documents
from records.clock import hold_clock
from records.db import Database, school_now
from records.queries.own_dates import own_dates
from records.queries.people import by_handle
from records.queries.snapshot import load_snapshot
from records.school_import import import_school
from records.seam import Actor, Seam
from rosters.documents import load_national, load_pack
from rosters.sis_import import read_school
from rules.duties import duties_of, is_open
from rules.ids import semester_id
from rules.instants import DAY, TAIPEI
from rules.plan import plan
from runtime.vault import open_vault

ROOT = Path(__file__).resolve().parents[2]
SCHOOL, SECRETARY, DUTIES, SHARE = "999901", "A04", 1000, 10
SEMESTER = semester_id(SCHOOL, "115-1")
LANES = ("g10_11", "g12_general", "g12_vocational")


def figures(*, quick: bool) -> list[Figure]:
    """Seconds of a moved deadline against seconds of as many bare signals, in turns; medians."""
    folder = Path(tempfile.mkdtemp(prefix="licheng-moved-"))
    folder.chmod(0o711)  # PostgreSQL's own account walks through
    try:
        return [asyncio.run(_figure(folder, 3 if quick else 9))]
    finally:
        shutil.rmtree(folder, ignore_errors=True)


async def _figure(folder: Path, rounds: int) -> Figure:
    async with servers(folder) as up:
        db, operator = await Database.open(up.url, size=6), await Database.open_operator(up.url, size=3)
        client = await Client.connect(up.settings.need_temporal_address(), namespace=up.settings.namespace)
        bare = Worker(client, task_queue="bare", workflows=[Counted], workflow_runner=UnsandboxedWorkflowRunner())
        try:
            move = await _school(db, operator, folder)
            async with bare:
                signal = await _signals(client)
                await move(1)
                await signal()
                ours, peer = [], []
                for n in range(rounds):
                    ours.append(await move(n % 2 * 2))
                    peer.append(await signal())
        finally:
            await db.close()
            await operator.close()
    taken, theirs = median(ours), median(peer)
    name = f"calendar, a moved deadline reaches {DUTIES} open duties beside {DUTIES} bare signals"
    target = f"<= 1/{SHARE} of the time"
    return Figure(name, round(taken, 3), round(theirs, 3), "s", target, taken * SHARE <= theirs, peak_mb())


async def _signals(client: Client) -> Callable[[], Awaitable[float]]:
    handles = [await client.start_workflow(Counted.run, id=f"bare-{n}", task_queue="bare") for n in range(CONNECTIONS)]
    turn = iter(range(10**9))

    async def one() -> None:
        n = next(turn)
        await handles[n % CONNECTIONS].signal(Counted.act, n)

    return lambda: round_of(one, DUTIES)


async def _school(db: Database, operator: Database, folder: Path) -> Callable[[int], Awaitable[float]]:
    """A running school whose teachers owe 1,000 certifications; gives a move of their due date, in seconds.

    The move waits until the process answered under the new dates, then checks every duty and rung.
    """
    pack, national = load_pack(ROOT / "schools" / "licheng"), load_national(ROOT / "schools" / "national" / "115.yaml")
    calendar, vault = pack.calendars[115], open_vault(folder)
    files, _ = read_school(ROOT / "schools" / "samples" / "small", school_code=SCHOOL)
    await import_school(operator, vault, SCHOOL, "示範高中", pack.rules, files, kind="demo", starts=calendar.opens)
    await adopt_documents(operator, SCHOOL, pack.rules, calendar, national, reason="bench")
    await operator.pool.execute(
        "insert into course (school, id, semester, class, code, title, credits, post)"
        " select school, id || '/' || n, semester, class, code, title, credits, post from (select *, row_number()"
        " over (order by id) as r, count(*) over () as c from course where school = $1 and semester = '115-1') k,"
        " generate_series(1, $2::int) n where n * c + r <= $2::int",
        SCHOOL,
        DUTIES,
    )
    await operator.pool.execute(
        "insert into certification_count (school, course, pending) select school, id, 1 from course"
        " where school = $1 and semester = '115-1' on conflict (school, course) do update set pending = 1",
        SCHOOL,
    )
    await hold_clock(operator, SCHOOL, calendar.opens + 10 * DAY)
    async with db.transaction(SCHOOL) as c:
        person = await by_handle(c, vault, SCHOOL, SECRETARY)
    assert person is not None
    seam, actor = Seam(db, vault), Actor(person)
    started = await seam.do(SCHOOL, actor, "start_year", {"year": "115"}, key="start")
    assert started.accepted, started.refusal
    await _heard(operator)
    teacher = await operator.pool.fetchval(
        "select person from post_holder where school = $1 and rank = 0 and post in (select post from course"
        " where school = $1 and semester = '115-1') order by post, opens limit 1",
        SCHOOL,
    )
    version = iter(range(1, 10**6))
    due = {lane: w.due for lane in LANES if (w := calendar.window("115-1", lane, "certification"))}

    async def move(days: int) -> float:
        base = next(version)
        new = {lane: at + (days + base % 2) * DAY for lane, at in due.items()}
        moves = [
            {"period": "115-1", "lane": x, "kind": "certification", "due": at.isoformat()} for x, at in new.items()
        ]
        body = {"year": "115", "base": base, "moves": moves, "reason": "bench"}
        begun = perf_counter()
        answer = await seam.do(SCHOOL, actor, "move_dates", body, key=f"move/{base}")
        assert answer.accepted, answer.refusal
        await _heard(operator)
        await _read(db, teacher, new)
        taken = perf_counter() - begun
        await _right(db, new)
        return taken

    return move


async def _heard(operator: Database) -> None:
    """Wait until the semester is there and has answered all its news."""
    while not await operator.pool.fetchval(
        "select coalesce(bool_and(seen >= news), false) from process where school = $1 and id = $2", SCHOOL, SEMESTER
    ):
        await asyncio.sleep(0.005)


async def _read(db: Database, person: UUID, due: dict[str, datetime]) -> None:
    """A teacher's page and feed, made anew: each certification stands there with the new date."""
    async with db.transaction(SCHOOL, snapshot=True) as c:
        dates = await own_dates(c, SCHOOL, person, await school_now(c, SCHOOL))
    mine = [d for d in dates if d.kind == "certification"]
    assert mine and all(d.due == due[d.lane] for d in mine)
    page, feed = own_page(mine, name="bench"), own_feed(mine, name="bench")
    for at in {d.due for d in mine}:
        owed = Counter(d.opens for d in mine if d.due == at)
        assert page.count(f'<b><time datetime="{at.isoformat()}">') == len(owed)
        assert all(f"{n} 項)" in page for n in owed.values() if n > 1)
        shown = at.astimezone(TAIPEI).strftime("DTEND;TZID=Asia/Taipei:%Y%m%dT%H%M%S").encode()
        # All duties that open and end together are one entry, and their deadline another.
        assert feed.count(shown) == 2 * len(owed)


async def _right(db: Database, due: dict[str, datetime]) -> None:
    """Every open certification stands at the new date, with rungs of that date only."""
    async with db.transaction(SCHOOL, snapshot=True) as c:
        s = await load_snapshot(c, SCHOOL, SEMESTER)
    owed = [d for d in duties_of(s).values() if d.kind == "certification" and is_open(s, d)]
    assert len(owed) == DUTIES, len(owed)
    assert all(d.due == due[d.lane or ""] for d in owed)
    rungs = [r for r in plan(s).rungs if r.duty.kind == "certification"]
    assert len({r.duty.key for r in rungs}) == DUTIES
    assert all(r.duty.due == due[r.duty.lane or ""] for r in rungs)
