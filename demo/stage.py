"""demo: the stage: the school's clock, the people, and every command through the registry.

Everything that happens is decided by the script and the calendar, never by wall time, so that a year
gives the same trace on every machine, also with servers killed in the middle.
"""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from time import monotonic
from typing import Any, TypeVar
from uuid import UUID

from demo.media import variant
from records.clock import hold_clock, poke
from records.db import TRANSIENT, Database
from records.files.store import StoredFile, put
from records.queries.people import by_handle, reachable
from records.queries.progress import unsettled
from records.seam import Actor, Answer, Seam, Vault
from rules.snapshot import Basis

T = TypeVar("T")

OUTAGE_LIMIT = 90.0
"""Seconds of one outage, or of one instant that does not settle, after which the demo gives up."""
EXTENSIONS = {"pdf": "document", "jpg": "document", "png": "document", "mp3": "av", "mp4": "av"}


class DemoStuck(RuntimeError):
    """The processes did not settle; the message names them."""


@dataclass(frozen=True, slots=True)
class Story:
    """Something worth telling: when, in both languages, under which clause."""

    at: datetime
    zh: str
    en: str
    clause: str = ""


@dataclass(slots=True)
class Stage:
    """One demo school while its year is played."""

    school: str
    db: Database
    operator: Database
    seam: Seam
    vault: Vault
    basis: Basis
    tell: Callable[[Story], None]
    now: datetime
    people: dict[str, UUID] = field(default_factory=dict)
    stories: list[Story] = field(default_factory=list)
    files: int = 0

    # -- people ------------------------------------------------------------------------------------

    async def person(self, handle: str) -> UUID:
        """A person by student or staff number."""
        if handle not in self.people:

            async def look() -> UUID | None:
                async with self.db.transaction(self.school) as connection:
                    return await by_handle(connection, self.vault, self.school, handle)

            found = await self.through(look)
            if found is None:
                raise LookupError(f"nobody has the number {handle}")
            self.people[handle] = found
        return self.people[handle]

    async def holder(self, post: str) -> UUID:
        """Who acts for a post now: its holder, or a deputy while the holder is away."""

        async def look() -> UUID | None:
            async with self.db.transaction(self.school) as connection:
                return await reachable(connection, self.school, post, self.now)

        found = await self.through(look)
        if found is None:
            raise LookupError(f"nobody acts for {post} on {self.now}")
        return found

    # -- acts --------------------------------------------------------------------------------------

    async def do(self, person: UUID, name: str, body: dict[str, Any], *, key: str) -> Answer:
        """A command through the registry; after an outage it is given again under the same key."""
        return await self.through(lambda: self.seam.do(self.school, Actor(person), name, body, key=key))

    async def must(self, person: UUID, name: str, body: dict[str, Any], *, key: str) -> dict[str, Any]:
        """A command that the script expects to be accepted; its proof."""
        answer = await self.do(person, name, body, key=key)
        if answer.refusal is not None:
            raise RuntimeError(f"{name} {key} was refused: {answer.refusal.shown()}")
        return answer.proof

    async def file(self, kind: str, by: UUID) -> dict[str, Any]:
        """A new file of a kind that somebody brings, stored; as a command's file part. Each has its own content."""
        self.files += 1
        stored = await self.keep(variant(kind, self.files), by)
        return {
            "role": EXTENSIONS[kind],
            "sha256": stored.sha256,
            "size": stored.size,
            "media_type": stored.media_type,
            "file_name": f"作品-{self.files}.{kind}",
        }

    async def keep(self, data: bytes, by: UUID | None = None) -> StoredFile:
        """Store bytes (a file, a letter, a receipt), fsynced."""
        return await self.through(lambda: put(self.db, self.vault, self.school, data, by=by))

    async def rows(self, sql: str, *args: Any) -> list[Any]:
        """What the script needs to know of the school now."""

        async def look() -> list[Any]:
            async with self.db.transaction(self.school) as connection:
                return list(await connection.fetch(sql, self.school, *args))

        return await self.through(look)

    def story(self, zh: str, en: str, clause: str = "") -> None:
        """Tell something, on the terminal and in the report."""
        story = Story(self.now, zh, en, clause)
        self.stories.append(story)
        self.tell(story)

    # -- time --------------------------------------------------------------------------------------

    async def move_to(self, at: datetime) -> None:
        """Let the school's clock stand at `at`, and wait until everything that is due there is done."""
        self.now = at
        await self.through(lambda: hold_clock(self.operator, self.school, at))
        await self.settle()

    async def settle(self) -> None:
        """Wait until every process has seen every fact and has nothing due at this instant."""
        started = poked = monotonic()
        while waiting := await self.through(lambda: unsettled(self.operator, self.school)):
            if monotonic() - started > OUTAGE_LIMIT:
                raise DemoStuck(f"not settled at {self.now}: {', '.join(waiting[:8])}")
            if monotonic() - poked > 2.0:
                await self.through(lambda: poke(self.operator, self.school))
                poked = monotonic()
            await asyncio.sleep(0.004)

    async def through(self, work: Callable[[], Awaitable[T]]) -> T:
        """Do something with the database, again and again while the server is away."""
        started = monotonic()
        while True:
            try:
                return await work()
            except TRANSIENT:
                if monotonic() - started > OUTAGE_LIMIT:
                    raise
                await asyncio.sleep(0.1)


def chance(*parts: object) -> float:
    """A number in [0, 1) that hangs on the words only, the same on every machine."""
    digest = hashlib.sha256("|".join(map(str, parts)).encode()).digest()
    return int.from_bytes(digest[:6], "big") / 2**48


ROOT = Path(__file__).resolve().parents[1]
