"""records: brings a database to the newest shape by numbered SQL files on the raw connection."""

from __future__ import annotations

import hashlib
from pathlib import Path

import asyncpg

MIGRATIONS = Path(__file__).parent / "migrations"
_LOCK = 0x4C494348  # one migration at a time, whoever starts first


class MigrationChanged(RuntimeError):
    """A migration file differs from what was applied; released files are never edited."""

    def __init__(self, name: str, found: str, applied: str) -> None:
        super().__init__(f"{name} was changed after it was applied")
        self.name, self.found, self.applied = name, found, applied


async def migrate(database_url: str, folder: Path = MIGRATIONS) -> list[str]:
    """Apply the files that are missing, each in its own transaction; returns their names.

    Raises MigrationChanged when an applied file was edited.
    """
    db = await asyncpg.connect(database_url)
    try:
        await db.execute("select pg_advisory_lock($1)", _LOCK)
        await db.execute(
            "create schema if not exists licheng;"
            "create table if not exists licheng.migration"
            "(name text primary key, sha256 text not null, at timestamptz not null default now())"
        )
        applied = {r["name"]: r["sha256"] for r in await db.fetch("select name, sha256 from licheng.migration")}
        done: list[str] = []
        for path in sorted(folder.glob("[0-9]*.sql")):
            text = path.read_text(encoding="utf-8")
            digest = hashlib.sha256(text.encode()).hexdigest()
            if path.name in applied:
                if applied[path.name] != digest:
                    raise MigrationChanged(path.name, digest, applied[path.name])
                continue
            async with db.transaction():
                await db.execute("set local search_path = licheng, public")
                await db.execute(text)
                await db.execute("insert into licheng.migration (name, sha256) values ($1, $2)", path.name, digest)
            done.append(path.name)
        return done
    finally:
        await db.close()
