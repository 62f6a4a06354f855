"""What was begun and never finished is cleared away for everybody; what is finished or under way is left alone."""

from __future__ import annotations

import asyncio
import fcntl
import os
import time
from collections.abc import AsyncIterator
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path

import pytest

from records.files.kinds import TAKEN
from records.files.store import draft_in
from records.files.stored import read
from records.files.sweeping import Swept, sweep
from records.files.uploads import KEPT, Uploads, upload_path
from rules.refusals import Refused
from runtime.housekeeping import keep_house
from tests.records.builders import World, pdf

LONG_AGO = time.time() - KEPT.total_seconds() - 60


@pytest.fixture(autouse=True)
async def swept_before(world: World) -> None:
    """A round goes over every school of the database, so what other tests left goes first."""
    await sweep(world.operator, world.vault, at=datetime.now(UTC))


async def _begun(world: World, student: int, data: bytes, arrived: int | None = None) -> str:
    """An upload of a student of which so many bytes arrived (all: finished)."""
    uploads, person = Uploads(world.db, world.vault), world.students[student]
    session = await uploads.begin(world.school, person, len(data))

    async def pieces() -> AsyncIterator[bytes]:
        yield data[:arrived]

    await uploads.append(world.school, person, session.id, 0, pieces(), taken=TAKEN)
    return session.id


async def _expire(world: World, *ids: str) -> None:
    async with world.operator.transaction(world.school) as c:
        await c.execute(
            "update upload_session set expires_at = clock_timestamp() where school = $1 and id = any($2)",
            world.school,
            list(ids),
        )


async def _ids(world: World) -> set[str]:
    return {r["id"] for r in await world.rows("select id from upload_session where school = $1")}


async def _swept(world: World) -> Swept:
    return await sweep(world.operator, world.vault, at=datetime.now(UTC))


@pytest.mark.clause("規§5.3.1")
async def test_expired_uploads_of_everybody_are_swept_and_nothing_else(world: World) -> None:
    mine, theirs, fresh = [await _begun(world, n, pdf(n, 5000), 2000) for n in (0, 1, 2)]
    done = await _begun(world, 1, pdf("done", 5000))
    stored = await world.value("select sha256 from upload_session where school = $1 and id = $2", done)
    await _expire(world, mine, theirs, done)
    assert await _swept(world) == Swept(uploads=3, strays=0)
    assert await _ids(world) == {fresh}
    assert [p.name for p in (world.vault.files / world.school / "uploads").iterdir()] == [fresh]
    assert read(world.vault, world.school, stored) == pdf("done", 5000)
    with pytest.raises(Refused) as refused:
        await Uploads(world.db, world.vault).stands(world.school, world.students[0], mine, taken=TAKEN)
    assert refused.value.refusal.code.value == "upload_gone"


async def test_an_upload_that_somebody_sends_at_this_moment_is_left_alone(world: World) -> None:
    late = await _begun(world, 0, pdf("late", 5000), 2000)
    await _expire(world, late)
    held = os.open(upload_path(world.vault, world.school, late), os.O_RDWR)
    fcntl.flock(held, fcntl.LOCK_EX)
    assert await _swept(world) == Swept(0, 0) and await _ids(world) == {late}
    os.close(held)
    assert await _swept(world) == Swept(1, 0) and await _ids(world) == set()


async def test_what_a_killed_program_left_goes_and_what_is_fresh_or_has_a_row_stays(world: World) -> None:
    old, fresh = draft_in(world.vault, world.school), draft_in(world.vault, world.school)
    waiting = upload_path(world.vault, world.school, await _begun(world, 0, pdf("waiting", 5000), 2000))
    stray = waiting.with_name("0" * 32)
    stray.touch()
    kept = await world.file(pdf("kept"))
    for path in (old.path, waiting, stray, *_files(world)):
        os.utime(path, (LONG_AGO, LONG_AGO))
    fresh.add([b"being written"])
    assert await _swept(world) == Swept(uploads=0, strays=2)
    assert [p.exists() for p in (old.path, stray, fresh.path, waiting)] == [False, False, True, True]
    assert read(world.vault, world.school, kept["sha256"])
    for draft in (old, fresh):
        draft.drop()


async def test_an_expired_upload_is_not_counted_before_it_is_swept(world: World) -> None:
    uploads = Uploads(world.db, world.vault)
    begun = [(await uploads.begin(world.school, world.students[0], 10)).id for _ in range(8)]
    with pytest.raises(Refused):
        await uploads.begin(world.school, world.students[0], 10)
    await _expire(world, begun[0])
    assert (await uploads.begin(world.school, world.students[0], 10)).received == 0


async def test_the_standing_round_sweeps_without_being_asked(world: World) -> None:
    await _expire(world, await _begun(world, 0, pdf("left", 5000), 2000))
    keeping = asyncio.create_task(keep_house(world.operator, world.vault, every=0.02))
    try:
        async with asyncio.timeout(10):
            while await _ids(world):
                await asyncio.sleep(0.02)
            await _expire(world, await _begun(world, 1, pdf("later", 5000), 2000))
            while await _ids(world):
                await asyncio.sleep(0.02)
    finally:
        keeping.cancel()
        with suppress(asyncio.CancelledError):
            await keeping


def _files(world: World) -> list[Path]:
    return list((world.vault.files / world.school).glob("??/*"))
