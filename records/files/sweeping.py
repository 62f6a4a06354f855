"""records: what was begun and never finished is cleared away for everybody: expired uploads, drafts of the killed.

An upload that somebody is sending at this moment is left alone, however late it is; so is every finished file.
"""

from __future__ import annotations

import asyncio
import fcntl
import os
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from records.db import Database
from records.files.uploads import KEPT, upload_path
from records.seam import Vault

AT_ONCE = 500
"""Expired uploads looked at in one round."""


@dataclass(frozen=True, slots=True)
class Swept:
    """How many expired uploads were forgotten, and how many files that nobody names were removed."""

    uploads: int
    strays: int


async def sweep(operator: Database, vault: Vault, *, at: datetime) -> Swept:
    """One round over all schools. `at` judges the age of files without a row; rows are judged by the database's clock."""
    rows = await operator.pool.fetch(
        "select school, id from upload_session where expires_at <= clock_timestamp() order by expires_at limit $1",
        AT_ONCE,
    )
    forgotten = 0
    for row in rows:
        forgotten += await _forget(operator, upload_path(vault, row["school"], row["id"]), row["school"], row["id"])
    named = {(r["school"], r["id"]) for r in await operator.pool.fetch("select school, id from upload_session")}
    strays = await asyncio.to_thread(_remove_strays, vault.files, named, at.timestamp() - KEPT.total_seconds())
    return Swept(forgotten, strays)


async def _forget(operator: Database, path: Path, school: str, id_: str) -> int:
    """Forget one upload unless its file is held; 1 when it is gone."""
    try:
        file = os.open(path, os.O_RDWR)
    except FileNotFoundError:
        return await _delete(operator, school, id_)
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        # Who sent a byte meanwhile moved the end, and keeps row and file.
        gone = await _delete(operator, school, id_)
        if gone:
            path.unlink(missing_ok=True)
    except BlockingIOError:
        return 0
    finally:
        os.close(file)
    return gone


async def _delete(operator: Database, school: str, id_: str) -> int:
    done = await operator.pool.execute(
        "delete from upload_session where school = $1 and id = $2 and expires_at <= clock_timestamp()", school, id_
    )
    return int(done.split()[-1])


def _remove_strays(files: Path, named: set[tuple[str, str]], before: float) -> int:
    """Remove drafts, and uploads without a row, that nobody has written to since `before` (seconds since 1970)."""
    removed = 0
    for path in _unfinished(files):
        if path.parent.name == "uploads" and (path.parent.parent.name, path.name) in named:
            continue
        try:
            if path.stat().st_mtime < before:
                path.unlink()
                removed += 1
        except FileNotFoundError:
            continue
    return removed


def _unfinished(files: Path) -> Iterator[Path]:
    for folder in ("drafts", "uploads"):
        yield from files.glob(f"*/{folder}/*")
