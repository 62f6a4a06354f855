"""records: files on our own disk: fsynced, linked under their hash, the folder fsynced before anybody is answered."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from records.files.draft import Draft

PIECE = 1 << 18
"""Bytes read in one go."""


class LocalShelf:
    """A folder: `school/ab/abcd…`."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def settle(self, draft: Draft) -> None:
        """Bring the bytes to the disk."""
        draft.sync()

    def keep(self, school: str, draft: Draft) -> None:
        """Link under the hash (an existing one stays) what is on disk; fsync the folder."""
        target = self.path(school, draft.sha256)
        fresh = False
        try:
            _link(draft.path, target)
        except FileNotFoundError:
            fresh = True
            target.parent.mkdir(parents=True, exist_ok=True)
            _link(draft.path, target)
        # Also for one that stood there: who linked it may have been killed before its own fsync.
        _sync_folder(target.parent)
        if fresh:
            _sync_folder(target.parent.parent)

    def size(self, school: str, sha256: str) -> int | None:
        """Bytes on disk; None for no such file."""
        try:
            return self.path(school, sha256).stat().st_size
        except FileNotFoundError:
            return None

    def pieces(self, school: str, sha256: str) -> Iterator[bytes]:
        """The file, window by window; it stays readable to its end, whatever happens to its name."""
        with self.path(school, sha256).open("rb", buffering=0) as file:
            while piece := file.read(PIECE):
                yield piece

    def part(self, school: str, sha256: str, start: int, length: int) -> bytes:
        """Some bytes of it."""
        with self.path(school, sha256).open("rb", buffering=0) as file:
            return os.pread(file.fileno(), length, start)

    def names(self, school: str) -> Iterator[str]:
        """Hashes in the school's folder; drafts and uploads have shorter names."""
        for path in sorted((self.root / school).glob("??/*")):
            yield path.name

    def path(self, school: str, sha256: str) -> Path:
        """Where a school's file stands; no school's path holds another's files."""
        return self.root / school / sha256[:2] / sha256


def _link(path: Path, target: Path) -> None:
    with suppress(FileExistsError):
        os.link(path, target)


def _sync_folder(folder: Path) -> None:
    """Bring a folder's names to the disk."""
    opened = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(opened)
    finally:
        os.close(opened)
