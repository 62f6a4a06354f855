"""cli: a data directory opened for one command: its servers, its database, its school."""

from __future__ import annotations

import json
import sys
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import UUID

import records.commands  # noqa: F401 -- registers every command's handler
from records.db import Database
from records.foreseen import Foreseen, foresee
from records.migrate import migrate
from records.queries.people import by_handle
from records.seam import Actor, Answer, Seam, Vault
from rules.refusals import Code, refuse
from runtime.servers.databases import make_database
from runtime.servers.postgres import PostgresPart
from runtime.servers.supervisor import Supervisor, parts_of
from runtime.settings import Settings
from runtime.vault import open_vault

DATABASE = "licheng"
NUMBERS = "這所學校的學號或職員編號 · a student or staff number of this school"
QUEUE = "licheng"


@dataclass(slots=True)
class Place:
    """An opened data directory."""

    data_dir: Path
    settings: Settings
    db: Database
    operator: Database
    vault: Vault
    seam: Seam

    async def school(self, wanted: str | None) -> str:
        """The school that a command is about: the named one, or the only one there is.

        Raises Refused(not_found).
        """
        rows = [r["school"] for r in await self.operator.pool.fetch("select school from school order by 1")]
        if wanted is None and len(rows) == 1:
            return str(rows[0])
        if wanted in rows:
            return str(wanted)
        raise refuse(Code.NOT_FOUND, clause="", place="--school", found=wanted or "", limit=", ".join(rows))

    async def person(self, school: str, handle: str, *, option: str = "--as") -> UUID:
        """The person with that student or staff number (or id). Raises Refused(not_found) that names the option."""
        async with self.db.transaction(school) as connection:
            person = await by_handle(connection, self.vault, school, handle)
        if person is None:
            raise refuse(Code.NOT_FOUND, clause="規§5.0", place=option, found=handle[:40], limit=NUMBERS)
        return person

    async def do(self, school: str, handle: str, name: str, body: dict[str, Any], *, key: str) -> Answer:
        """One command of the registry as the person with that number."""
        return await self.seam.do(school, Actor(await self.person(school, handle)), name, body, key=key)

    async def foresee(self, school: str, handle: str, name: str, body: dict[str, Any]) -> Foreseen:
        """What `do` would answer, by the same judgement, and whom it would tell; nothing is kept."""
        return await foresee(self.seam, school, Actor(await self.person(school, handle)), name, body)


def note(data_dir: Path) -> dict[str, str]:
    """Which database and task queue a data directory uses; a demo names its own. Raises Refused(file_unusable)."""
    path, usual = data_dir / "place.json", {"database": DATABASE, "task_queue": QUEUE}
    if not path.exists():
        return usual
    try:
        found = json.loads(path.read_text())
    except ValueError:
        found = None
    if not isinstance(found, dict) or not all(isinstance(found.get(name), str) for name in usual):
        limit = json.dumps(usual)
        raise refuse(Code.FILE_UNUSABLE, place=str(path), found="不完整 · not whole", limit=limit)
    return {name: found[name] for name in usual}


@asynccontextmanager
async def opened(data_dir: Path, *, size: int = 4, new: bool = False) -> AsyncIterator[Place]:
    """Connect to the data directory's PostgreSQL; where none runs, start it for this one command.

    A data directory is made for a school that comes in (`new`); else Refused(not_found) tells a path mistyped.
    """
    settings = Settings(data_dir=data_dir)
    if settings.database_url is None and not new and not (data_dir / "postgres").is_dir():
        raise refuse(
            Code.NOT_FOUND, place="--data", found=str(data_dir), limit="starter.py school import, starter.py up"
        )
    named = note(data_dir)
    async with AsyncExitStack() as stack:
        base = settings.database_url
        if base is None:
            part = PostgresPart(data_dir / "postgres")
            alive = any(p["name"] == "postgres" and p["alive"] for p in parts_of(data_dir))
            if not alive:
                await stack.enter_async_context(Supervisor(data_dir, [part]))
            base = part.url()
            url = await make_database(base, named["database"])
        else:
            url = base
        await migrate(url)
        address = settings.temporal_address or next(
            (p["address"] for p in parts_of(data_dir) if p["name"] == "temporal" and p["alive"]), None
        )
        settings = settings.model_copy(
            update={"database_url": url, "temporal_address": address, "task_queue": named["task_queue"]}
        )
        db = await Database.open(url, size=size)
        stack.push_async_callback(db.close)
        operator = await Database.open_operator(url, size=2)
        stack.push_async_callback(operator.close)
        vault = open_vault(data_dir)
        yield Place(data_dir, settings, db, operator, vault, Seam(db, vault))


def stderr(text: str) -> None:
    """A line for people; standard output belongs to the answer."""
    print(text, file=sys.stderr, flush=True)
