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
from records.files.checking import CHECKS, check_inside, known_check, look_at_draft, remember
from records.files.kinds import STAFF_TAKEN
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


async def put(
    db: Database, vault: Vault, school: str, data: bytes | AsyncIterator[bytes], *, taken: tuple[str, ...] = STAFF_TAKEN
) -> StoredFile:
    """Look at a file's content, store it and register it; `taken` are the types that the bringer may bring.

    Raises Refused (file_empty, file_size, file_type, file_damaged, pdf_script …); nothing is kept then.
    """
    draft = Draft(vault, school)
    try:
        await _fill(draft, data)
        return await keep_checked(db, vault, school, draft, taken=taken)
    finally:
        draft.drop()


async def keep_checked(
    db: Database, vault: Vault, school: str, draft: Draft, *, taken: tuple[str, ...] = STAFF_TAKEN
) -> StoredFile:
    """Check a filled draft, keep it under its hash and register it. Raises Refused; the draft stays the caller's."""
    sha256 = draft.hash.hexdigest()
    # The disk, the database and the reader of PDFs are asked at the same time; nothing has its name before all agree.
    _, known, looked = await asyncio.gather(
        asyncio.to_thread(os.fsync, draft.file.fileno()),
        known_check(db, school, sha256),
        asyncio.to_thread(look_at_draft, draft.path, draft.size, taken),
    )
    checked = known if known is not None else await asyncio.to_thread(check_inside, draft.path, looked)
    if checked.fault is not None or checked.media_type not in taken:
        if known is None and checked.lasting:
            await remember(db, school, sha256, checked)
        raise checked.refused(taken)
    await asyncio.to_thread(draft.link)
    await db.pool.execute(
        "select keep_file($1, $2, $3, $4, $5)", school, sha256, draft.size, checked.media_type, CHECKS
    )
    return StoredFile(sha256, draft.size, checked.media_type)


async def put_in(connection: Connection, vault: Vault, school: str, data: bytes, *, media_type: str) -> StoredFile:
    """Store a file that we made, registered in the caller's transaction (an empty one is legal)."""
    sha256 = await asyncio.to_thread(_write_all, vault, school, iter((data,)))
    stored = StoredFile(sha256, len(data), media_type)
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


async def _fill(draft: Draft, data: bytes | AsyncIterator[bytes]) -> None:
    async for chunk in _chunks(data):
        if draft.size + len(chunk) > LARGEST:
            raise refuse(Code.FILE_SIZE, clause="規§5.3.1", place="file", found=draft.size + len(chunk), limit=LARGEST)
        await asyncio.to_thread(draft.add, chunk)
    if draft.size == 0:
        raise refuse(Code.FILE_EMPTY, clause="規§5.3.1", place="file", found="0")


async def _chunks(data: bytes | AsyncIterator[bytes]) -> AsyncIterator[bytes]:
    if isinstance(data, bytes):
        yield data
        return
    async for chunk in data:
        yield chunk


def _write_all(vault: Vault, school: str, chunks: Iterator[bytes]) -> str:
    draft = Draft(vault, school)
    try:
        for chunk in chunks:
            draft.add(chunk)
        draft.keep()
        return draft.hash.hexdigest()
    finally:
        draft.drop()


class Draft:
    """A file under way: hashed while it is written, given its name only when it is on disk."""

    def __init__(self, vault: Vault, school: str) -> None:
        self.vault, self.school = vault, school
        folder = vault.files / school / "drafts"
        folder.mkdir(parents=True, exist_ok=True)
        self.path = folder / secrets.token_hex(12)
        self.file = self.path.open("xb", buffering=0)
        self.hash = hashlib.sha256()
        self.size = 0

    @classmethod
    def over(cls, vault: Vault, school: str, path: Path) -> Draft:
        """A draft over bytes that stand in a file already; they are hashed as they are on disk, window by window."""
        draft = cls.__new__(cls)
        draft.vault, draft.school, draft.path = vault, school, path
        draft.file = path.open("r+b", buffering=0)
        draft.hash, draft.size = hashlib.sha256(), 0
        while window := draft.file.read(CHUNK):
            draft.hash.update(window)
            draft.size += len(window)
        return draft

    def add(self, chunk: bytes) -> None:
        """Write and hash one chunk."""
        view = memoryview(chunk)
        while view:
            view = view[self.file.write(view) :]
        self.hash.update(chunk)
        self.size += len(chunk)

    def keep(self) -> None:
        """Bring it to disk and give it its name."""
        os.fsync(self.file.fileno())
        self.link()

    def link(self) -> None:
        """Link under the hash (an existing one stays) what is on disk; fsync the folder."""
        target = path_of(self.vault, self.school, self.hash.hexdigest())
        fresh = not target.parent.exists()
        target.parent.mkdir(parents=True, exist_ok=True)
        with suppress(FileExistsError):
            os.link(self.path, target)
        # Also for one that stood there: who linked it may have been killed before its own fsync.
        _sync_folder(target.parent)
        if fresh:
            _sync_folder(target.parent.parent)

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
