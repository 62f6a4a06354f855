"""records: files on disk: written beside, fsynced, linked under their hash, the folder fsynced.

A file that was acknowledged is on disk; a killed writer leaves only a draft that no row names.
"""

from __future__ import annotations

import asyncio
import hashlib
import os
import secrets
from collections.abc import AsyncIterator, Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from records.db import Connection, Database, school_now
from records.files.kinds import HEAD, media_type
from records.seam import Vault
from rules.refusals import Code, refuse

CHUNK = 1 << 20
LARGEST = 16 * 2**20
"""Bytes after which an incoming file is refused without reading on; the authority's limits are lower."""


@dataclass(frozen=True, slots=True)
class StoredFile:
    """What the store knows of a file."""

    sha256: str
    size: int
    media_type: str


def path_of(vault: Vault, school: str, sha256: str) -> Path:
    """Where a school's file stands; no school's path holds another's files."""
    return vault.files / school / sha256[:2] / sha256


async def put(db: Database, vault: Vault, school: str, data: bytes | AsyncIterator[bytes]) -> StoredFile:
    """Store a file and register it. Raises Refused(file_empty, file_size); nothing is kept then."""
    stored = await _write(vault, school, data)
    async with db.transaction(school) as connection:
        await register(connection, school, stored)
    return stored


async def put_in(connection: Connection, vault: Vault, school: str, data: bytes, *, media_type: str) -> StoredFile:
    """Store a file that we made, registered in the caller's transaction (an empty one is legal)."""
    written = await asyncio.to_thread(_write_all, vault, school, iter((data,)))
    stored = StoredFile(written.sha256, written.size, media_type)
    await register(connection, school, stored)
    return stored


async def register(connection: Connection, school: str, stored: StoredFile) -> None:
    """Write the row of a stored file; the same content again keeps its first row."""
    at = await school_now(connection, school)
    await connection.execute(
        "insert into stored_file (school, sha256, size, media_type, stored_at) values ($1, $2, $3, $4, $5)"
        " on conflict do nothing",
        school,
        stored.sha256,
        stored.size,
        stored.media_type,
        at,
    )


async def _write(vault: Vault, school: str, data: bytes | AsyncIterator[bytes]) -> StoredFile:
    if isinstance(data, bytes):
        if not data:
            raise refuse(Code.FILE_EMPTY, clause="規§5.3.1", place="file", found="0")
        if len(data) > LARGEST:
            raise refuse(Code.FILE_SIZE, clause="規§5.3.1", place="file", found=len(data), limit=LARGEST)
        return await asyncio.to_thread(_write_all, vault, school, iter((data,)))
    draft = _Draft(vault, school)
    try:
        async for chunk in data:
            if draft.size + len(chunk) > LARGEST:
                raise refuse(
                    Code.FILE_SIZE, clause="規§5.3.1", place="file", found=draft.size + len(chunk), limit=LARGEST
                )
            await asyncio.to_thread(draft.add, chunk)
        if draft.size == 0:
            raise refuse(Code.FILE_EMPTY, clause="規§5.3.1", place="file", found="0")
        return await asyncio.to_thread(draft.keep)
    finally:
        draft.drop()


def _write_all(vault: Vault, school: str, chunks: Iterator[bytes]) -> StoredFile:
    draft = _Draft(vault, school)
    try:
        for chunk in chunks:
            draft.add(chunk)
        return draft.keep()
    finally:
        draft.drop()


class _Draft:
    """A file under way: hashed while it is written, given its name only when it is on disk."""

    def __init__(self, vault: Vault, school: str) -> None:
        self.vault, self.school = vault, school
        folder = vault.files / school / "drafts"
        folder.mkdir(parents=True, exist_ok=True)
        self.path = folder / secrets.token_hex(12)
        self.file = self.path.open("xb", buffering=0)
        self.hash = hashlib.sha256()
        self.size = 0
        self.head = b""

    def add(self, chunk: bytes) -> None:
        """Write and hash one chunk."""
        if len(self.head) < HEAD:
            self.head += chunk[:HEAD]
        view = memoryview(chunk)
        while view:
            view = view[self.file.write(view) :]
        self.hash.update(chunk)
        self.size += len(chunk)

    def keep(self) -> StoredFile:
        """Fsync, link under the hash (an existing one stays), fsync the folder."""
        os.fsync(self.file.fileno())
        stored = StoredFile(self.hash.hexdigest(), self.size, media_type(self.head))
        target = path_of(self.vault, self.school, stored.sha256)
        fresh = not target.parent.exists()
        target.parent.mkdir(parents=True, exist_ok=True)
        with suppress(FileExistsError):
            os.link(self.path, target)
        # Also for one that stood there: who linked it may have been killed before its own fsync.
        _sync_folder(target.parent)
        if fresh:
            _sync_folder(target.parent.parent)
        return stored

    def drop(self) -> None:
        """Forget the draft's own name; what was kept stands under its hash."""
        self.file.close()
        self.path.unlink(missing_ok=True)


def _sync_folder(folder: Path) -> None:
    """Bring a folder's names to the disk."""
    opened = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(opened)
    finally:
        os.close(opened)


def read(vault: Vault, school: str, sha256: str) -> bytes:
    """A file's bytes. Raises FileNotFoundError, or ValueError when they no longer have their hash."""
    data = path_of(vault, school, sha256).read_bytes()
    if hashlib.sha256(data).hexdigest() != sha256:
        raise ValueError(f"file {sha256[:12]} is damaged")
    return data


async def verify_all(db: Database, vault: Vault, school: str) -> list[str]:
    """Hashes of handed-in files that cannot be read back as they were; must be empty.

    Every version of every acknowledged item counts, also of withdrawn ones.
    """
    async with db.transaction(school) as connection:
        rows = await connection.fetch("select distinct sha256 from item_file where school = $1 order by sha256", school)
    return await asyncio.to_thread(_lost, vault, school, [r["sha256"] for r in rows])


def _lost(vault: Vault, school: str, hashes: list[str]) -> list[str]:
    lost = []
    for sha256 in hashes:
        try:
            read(vault, school, sha256)
        except (OSError, ValueError):
            lost.append(sha256)
    return lost
