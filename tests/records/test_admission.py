"""Admission rows follow the documents: written, moved and removed in one transaction; SQL judges as Python does."""

from __future__ import annotations

import asyncio
from datetime import datetime, timedelta

import pytest

from records.admission import compile_admission
from rules.admission import TRANSITIONS
from rules.schedule import Calendar
from tests.records.builders import INSIDE, LANE, UPLOAD_CLOSES, World, national

WINDOWS = "select * from admission_window where school = $1 order by period, lane, kind, occurrence"
DAY = timedelta(days=1)


def moved(dates: Calendar, kind: str, closes: datetime) -> Calendar:
    """The calendar with one close of the first semester moved."""
    windows = [
        w.model_copy(update={"closes": closes}) if (w.period, w.kind) == ("115-1", kind) else w for w in dates.windows
    ]
    return dates.model_copy(update={"windows": tuple(windows), "version": dates.version + 1})


async def _compile(world: World, dates: Calendar) -> int:
    async with world.db.transaction(world.school) as c:
        return await compile_admission(c, world.school, world.rules, dates, national())


async def test_the_same_documents_change_nothing(world: World) -> None:
    before = await world.rows(WINDOWS)
    assert await _compile(world, world.dates) == 0
    assert await world.rows(WINDOWS) == before


@pytest.mark.clause("規§4.1")
async def test_a_moved_close_counts_at_once(world: World) -> None:
    await world.at(UPLOAD_CLOSES)
    assert not (await world.upload(world.students[0])).accepted
    assert await _compile(world, moved(world.dates, "outcome_upload", UPLOAD_CLOSES + DAY)) == 1
    assert (await world.upload(world.students[0])).accepted


async def test_a_window_that_the_calendar_dropped_admits_nothing(world: World) -> None:
    fewer = tuple(w for w in world.dates.windows if (w.period, w.kind) != ("115-1", "outcome_upload"))
    assert await _compile(world, world.dates.model_copy(update={"windows": fewer})) == 1
    answer = await world.upload(world.students[0])
    assert answer.refusal is not None and answer.refusal.code.value == "no_window"


async def test_occurrences_extensions_and_other_years_stay(world: World) -> None:
    await world.extend("outcome_upload", UPLOAD_CLOSES + DAY)
    for period, kind, occurrence in (("115-1", "receipts", "s@1"), ("114-2", "outcome_upload", "")):
        await world.operator.pool.execute(
            "insert into admission_window values ($1, $2, $3, $4, $5, '{}', $6, $6, $6, '規§6.2')",
            world.school,
            period,
            LANE,
            kind,
            occurrence,
            INSIDE,
        )
    await _compile(world, moved(world.dates, "outcome_upload", UPLOAD_CLOSES + 2 * DAY))
    assert (
        await world.value(
            "select count(*) from admission_window where school = $1 and (occurrence <> '' or period = '114-2')"
        )
        == 2
    )
    assert await world.value("select count(*) from extension where school = $1") == 1


async def test_rows_that_no_document_holds_are_removed(world: World) -> None:
    for sql in (
        "insert into admission_limit values ($1, 'old', 'outcome', 'other', '115-1', 1, '')",
        "insert into admission_transition values ($1, 'outcome', 'certify', 'uploaded', 'certified', 'certification', '')",
        "insert into admission_file values ($1, 'document', 'text/html', 1, '')",
    ):
        await world.operator.pool.execute(sql, world.school)
    await _compile(world, world.dates)
    assert await world.value("select count(*) from admission_limit where school = $1 and quota = 'old'") == 0
    assert await world.value("select count(*) from admission_transition where school = $1") == len(TRANSITIONS)
    assert await world.value("select count(*) from admission_file where school = $1") == 5


@pytest.mark.clause("規§4.1")
async def test_a_moved_date_waits_for_the_commands_of_its_window_and_for_no_other(world: World) -> None:
    later = moved(world.dates, "outcome_upload", UPLOAD_CLOSES + DAY)
    async with world.db.transaction(world.school) as slow:
        lock = "select pg_advisory_xact_lock_shared(window_lock($1, '115-1', $2, $3))"
        await slow.execute(lock, world.school, LANE, "certification")
        assert await asyncio.wait_for(_compile(world, later), 5) == 1
        await slow.execute(lock, world.school, LANE, "outcome_upload")
        compiling = asyncio.create_task(_compile(world, world.dates))
        await asyncio.sleep(0.1)
        assert not compiling.done()
    assert await compiling == 1
