"""Connections are cut while groups of uploads are under way: whoever got an answer has it, once; whoever got none asks again."""

from __future__ import annotations

import asyncio
from pathlib import Path
from uuid import UUID

import asyncpg
import pytest

from records.db import TRANSIENT
from records.files.stored import verify_all
from records.seam import Answer
from tests.records.builders import World, found_school

STUDENTS, EACH, CUTS = 24, 4, 12


async def _until_answered(world: World, who: UUID, key: str, file: dict[str, object]) -> Answer:
    """What a person's browser does: ask again under the same key until there is an answer."""
    while True:
        try:
            return await world.upload(who, key, files=[file])
        except TRANSIENT:
            await asyncio.sleep(0.005)


async def _cut(url: str, done: asyncio.Event) -> int:
    """Cut every connection of the application again and again; how many were cut."""
    cut = 0
    knife = await asyncpg.connect(url)
    try:
        for _ in range(CUTS):
            await asyncio.sleep(0.02)
            cut += await knife.fetchval(
                "select count(pg_terminate_backend(pid))::int from pg_stat_activity"
                " where datname = current_database() and application_name = 'licheng:licheng_app'"
            )
            if done.is_set():
                break
    finally:
        await knife.close()
    return cut


@pytest.mark.clause("規§10.2.2")
async def test_a_cut_connection_neither_loses_nor_doubles_an_upload(migrated: str, tmp_path: Path) -> None:
    async with found_school(migrated, tmp_path, students=STUDENTS) as world:
        file, done = await world.file(), asyncio.Event()
        cutting = asyncio.create_task(_cut(migrated, done))
        answers = await asyncio.gather(
            *(_until_answered(world, who, f"{who}/{n}", file) for n in range(EACH) for who in world.students)
        )
        done.set()
        assert await cutting > 0
        assert all(a.accepted for a in answers)
        items = [a.proof["item"] for a in answers]
        assert len(set(items)) == STUDENTS * EACH
        rows = await world.rows("select id::text from item where school = $1")
        assert sorted(r["id"] for r in rows) == sorted(items)
        facts = await world.rows("select id, subject from fact where school = $1 and kind = 'uploaded'")
        assert {(f["id"], f["subject"]) for f in facts} == {(a.proof["fact"], a.proof["item"]) for a in answers}
        used = await world.rows("select used from quota_use where school = $1")
        assert [r["used"] for r in used] == [EACH] * STUDENTS
        assert await verify_all(world.db, world.vault, world.school) == []
