"""records: a file comes in: written beside, hashed, checked, kept for good under its hash, then given its row.

A file that was acknowledged is there; a killed writer leaves only a draft that no row names.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from typing import TypeVar
from uuid import UUID

from records.db import Connection, Database, school_now
from records.files.checking import CHECKS, Checked, check_draft, known_check, remember
from records.files.draft import Draft
from records.files.kinds import STAFF_TAKEN
from records.files.shelf import STORE, Shelf, told
from records.files.stored import shelf_of
from records.seam import Vault
from rules.refusals import Code, refuse

BATCH = 1 << 20
"""Bytes that are written and hashed in one go; as many more may be waiting meanwhile."""
_DISK = ThreadPoolExecutor(max_workers=16, thread_name_prefix="files")
"""Threads that wait for the disk, so that what else goes on in threads does not wait for it too."""
_T = TypeVar("_T")


@dataclass(frozen=True, slots=True)
class StoredFile:
    """What the store knows of a file."""

    sha256: str
    size: int
    media_type: str


def draft_in(vault: Vault, school: str) -> Draft:
    """A new draft of a school, on our own disk wherever the finished files stand."""
    return Draft(vault.files / school / "drafts")


async def put(
    db: Database,
    vault: Vault,
    school: str,
    data: bytes | AsyncIterator[bytes],
    *,
    taken: tuple[str, ...] = STAFF_TAKEN,
    by: UUID | None = None,
) -> StoredFile:
    """Look at a file's content, store it and register it; `taken` are the types that the bringer may bring.

    `by` is who brings it: only they may name it in an item (規§5.3.1).

    Raises Refused (file_empty, file_size, file_type, file_damaged, pdf_script, files_away …); nothing is kept then.
    """
    with told(STORE):
        draft = draft_in(vault, school)
    try:
        await _fill(draft, data, vault.largest)
        return await keep_checked(db, vault, school, draft, taken=taken, by=by)
    finally:
        draft.drop()


async def keep_checked(
    db: Database,
    vault: Vault,
    school: str,
    draft: Draft,
    *,
    taken: tuple[str, ...] = STAFF_TAKEN,
    by: UUID | None = None,
) -> StoredFile:
    """Check a filled draft, keep it under its hash and register it. Raises Refused; the draft stays the caller's."""
    sha256, shelf = draft.sha256, shelf_of(vault)
    # The disk and the reader of PDFs are asked at the same time; nothing has its name before both agree.
    _, (known, checked) = await asyncio.gather(_settled(shelf, draft), _checked(db, school, sha256, draft, taken))
    if checked.fault is not None or checked.media_type not in taken:
        if not known and checked.lasting:
            await remember(db, school, sha256, checked)
        raise checked.refused(taken)
    with told(STORE):
        await _on_disk(lambda: shelf.keep(school, draft))
    await db.pool.execute(
        "select keep_file($1, $2, $3, $4, $5, $6)", school, sha256, draft.size, checked.media_type, CHECKS, by
    )
    return StoredFile(sha256, draft.size, checked.media_type)


async def _settled(shelf: Shelf, draft: Draft) -> None:
    with told(STORE):
        await _on_disk(partial(shelf.settle, draft))


async def _written(draft: Draft, pieces: list[bytes]) -> None:
    with told(STORE):
        await _on_disk(partial(draft.add, pieces))


async def _checked(
    db: Database, school: str, sha256: str, draft: Draft, taken: tuple[str, ...]
) -> tuple[bool, Checked]:
    """What the content is, and whether it was known before."""
    known = await known_check(db, school, sha256)
    if known is not None:
        return True, known
    return False, await _on_disk(lambda: check_draft(draft.path, draft.size, taken))


async def put_in(connection: Connection, vault: Vault, school: str, data: bytes, *, media_type: str) -> StoredFile:
    """Store a file that we made, registered in the caller's transaction (an empty one is legal).

    Raises ShelfAway, an outage as any other: who called tries again.
    """
    sha256 = await _on_disk(lambda: _write_all(vault, school, data))
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


async def _fill(draft: Draft, data: bytes | AsyncIterator[bytes], largest: int) -> None:
    """Write what comes in, some pieces at a time; the next ones are received while those before are written."""
    size, held, waiting = 0, [], 0
    writing: asyncio.Future[None] | None = None
    try:
        async for piece in _pieces(data):
            size += len(piece)
            if size > largest:
                raise refuse(Code.FILE_SIZE, clause="規§5.3.1", place="file", found=size, limit=largest)
            held.append(piece)
            waiting += len(piece)
            if waiting >= BATCH:
                if writing is not None:
                    await writing
                writing, held, waiting = asyncio.ensure_future(_written(draft, held)), [], 0
    finally:
        if writing is not None:
            await writing
    if size == 0:
        raise refuse(Code.FILE_EMPTY, clause="規§5.3.1", place="file", found="0")
    await _written(draft, held)


async def _pieces(data: bytes | AsyncIterator[bytes]) -> AsyncIterator[bytes]:
    if isinstance(data, bytes):
        yield data
        return
    async for piece in data:
        yield piece


def _write_all(vault: Vault, school: str, data: bytes) -> str:
    draft, shelf = draft_in(vault, school), shelf_of(vault)
    try:
        draft.add([data])
        shelf.settle(draft)
        shelf.keep(school, draft)
        return draft.sha256
    finally:
        draft.drop()


def _on_disk(work: Callable[[], _T]) -> asyncio.Future[_T]:
    """Run what blocks in one of the threads that wait for the disk."""
    return asyncio.get_running_loop().run_in_executor(_DISK, work)
