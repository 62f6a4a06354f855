"""records: a file under way, on our own disk: hashed while it is written, without a name that anybody would read."""

from __future__ import annotations

import hashlib
import os
import secrets
from collections.abc import Sequence
from pathlib import Path
from threading import Lock

CHUNK = 1 << 20
"""Bytes read in one go when a draft is hashed from the disk."""


class Draft:
    """A file under way. A killed writer leaves it behind, and no row names it."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.path = folder / secrets.token_hex(12)
        self.file = self.path.open("xb", buffering=0)
        self.hash = hashlib.sha256()
        self.size = 0
        self._writing = Lock()

    @classmethod
    def over(cls, path: Path) -> Draft:
        """A draft over bytes that stand in a file already; they are hashed as they are on disk, window by window."""
        draft = cls.__new__(cls)
        draft.path, draft._writing = path, Lock()
        draft.file = path.open("r+b", buffering=0)
        draft.hash, draft.size = hashlib.sha256(), 0
        while window := draft.file.read(CHUNK):
            draft.hash.update(window)
            draft.size += len(window)
        return draft

    @property
    def sha256(self) -> str:
        """The hash of what was written so far, in hexadecimal digits."""
        return self.hash.hexdigest()

    def add(self, pieces: Sequence[bytes]) -> None:
        """Write and hash some pieces. Blocks; a draft that was dropped meanwhile takes none (ValueError)."""
        with self._writing:
            left = [memoryview(piece) for piece in pieces]
            while left:
                written = os.writev(self.file.fileno(), left[:_AT_MOST])
                while left and written >= len(left[0]):
                    written -= len(left.pop(0))
                if left:
                    left[0] = left[0][written:]
            for piece in pieces:
                self.hash.update(piece)
                self.size += len(piece)

    def sync(self) -> None:
        """Bring its bytes to the disk. Blocks."""
        os.fsync(self.file.fileno())

    def drop(self) -> None:
        """Forget the draft's own name; what was kept stands under its hash. Twice is as once."""
        # A writer that nobody waits for any more ends first: its file's number may be another file's after the close.
        with self._writing:
            self.file.close()
        self.path.unlink(missing_ok=True)


_AT_MOST = 1024
"""Pieces that the kernel takes in one call (IOV_MAX)."""
