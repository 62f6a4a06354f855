"""records: where finished files stand: one small interface, so that a school may keep them elsewhere.

Every store gives a file its hash as its name, never writes over one, and answers only when a power cut could not
take it back. All methods block; they are called in threads.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Protocol

from records.files.draft import Draft


class Shelf(Protocol):
    """What the school's files stand on."""

    def settle(self, draft: Draft) -> None:
        """Do what can be done while the draft is still being checked; nothing has a name afterwards."""

    def keep(self, school: str, draft: Draft) -> None:
        """Keep a settled draft under its hash, for good; the file that stands there already stays as it is."""

    def size(self, school: str, sha256: str) -> int | None:
        """Bytes of a school's file; None where it has none of that hash."""

    def pieces(self, school: str, sha256: str) -> Iterator[bytes]:
        """A file from its beginning, piece by piece. Raises FileNotFoundError."""

    def part(self, school: str, sha256: str, start: int, length: int) -> bytes:
        """Up to `length` bytes from `start`. Raises FileNotFoundError."""

    def names(self, school: str) -> Iterator[str]:
        """Hashes of all files that stand there."""
