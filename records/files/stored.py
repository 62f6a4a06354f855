"""records: files that stand in the store, read back: each is as its hash says, or is refused."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from records.db import Database
from records.files.local import LocalShelf
from records.files.shelf import STORE, Damaged, Shelf, ShelfAway, told, whole
from records.seam import Vault


def shelf_of(vault: Vault) -> Shelf:
    """Where the finished files of this vault stand: the store that was set, else its own folder."""
    return vault.shelf or LocalShelf(vault.files)


def read(vault: Vault, school: str, sha256: str) -> bytes:
    """A file's bytes. Blocks. Raises Refused (file_lost, files_away)."""
    with told(f"file {sha256[:12]}"):
        return b"".join(whole(shelf_of(vault), school, sha256))


def copy_out(vault: Vault, school: str, sha256: str, path: Path) -> None:
    """Write a stored file to `path`, piece by piece. Blocks. Raises as `read`; nothing of a damaged file stays there."""
    part = path.with_name(f"{path.name}.part")
    try:
        with part.open("wb") as file, told(f"file {sha256[:12]}"):
            for piece in whole(shelf_of(vault), school, sha256):
                file.write(piece)
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)


async def opened(vault: Vault, school: str, sha256: str, size: int) -> AsyncIterator[bytes] | None:
    """A file of `size` bytes to be sent on, or None where the store has no such file. Raises Refused(files_away).

    A file that turns out damaged breaks off before its last piece, so that nobody takes it for whole.
    """
    shelf = shelf_of(vault)
    with told(f"file {sha256[:12]}"):
        if await asyncio.to_thread(shelf.size, school, sha256) != size:
            return None

    async def sent() -> AsyncIterator[bytes]:
        pieces = whole(shelf, school, sha256)
        while piece := await asyncio.to_thread(next, pieces, b""):
            yield piece

    return sent()


def need_answer(vault: Vault) -> None:
    """Ask the store once. Blocks. Raises Refused(files_away) where it does not answer."""
    with told(STORE):
        shelf_of(vault).size("nobody", "0" * 64)


@dataclass(frozen=True, slots=True)
class Kept:
    """What a school's files are like: how many are registered, which are lost, which stand there without a row."""

    files: int
    bytes: int
    lost: list[str]
    unregistered: list[str]


async def check_all(db: Database, vault: Vault, school: str) -> Kept:
    """Read every registered file back. Raises Refused(files_away).

    One without a row was brought by somebody who was never answered; nothing names it.
    """
    # The list first: a file gets its row after its name, so a new one is not taken for a stranger.
    names = await asyncio.to_thread(lambda: list(_names(vault, school)))
    async with db.transaction(school) as connection:
        rows = await connection.fetch("select sha256, size from stored_file where school = $1 order by sha256", school)
    hashes = [r["sha256"] for r in rows]
    gone = await asyncio.to_thread(lost, vault, school, hashes)
    return Kept(len(rows), sum(r["size"] for r in rows), gone, sorted(set(names) - set(hashes)))


def _names(vault: Vault, school: str) -> Iterator[str]:
    with told(STORE):
        yield from shelf_of(vault).names(school)


async def verify_all(db: Database, vault: Vault, school: str) -> list[str]:
    """Hashes of handed-in files that cannot be read back as they were; must be empty. Raises Refused(files_away).

    Every version of every acknowledged item counts, also of withdrawn ones.
    """
    async with db.transaction(school) as connection:
        rows = await connection.fetch("select distinct sha256 from item_file where school = $1 order by sha256", school)
    return await asyncio.to_thread(lost, vault, school, [r["sha256"] for r in rows])


def lost(vault: Vault, school: str, hashes: Iterable[str]) -> list[str]:
    """Which of some files are gone or damaged. Blocks. Raises Refused(files_away): an absent store says nothing."""
    return [sha256 for sha256 in hashes if not _stands(vault, school, sha256)]


def _stands(vault: Vault, school: str, sha256: str) -> bool:
    with told(STORE):
        try:
            for _ in whole(shelf_of(vault), school, sha256):
                pass
        except ShelfAway:
            raise
        except (OSError, Damaged):
            return False
    return True
