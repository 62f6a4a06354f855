"""records: where finished files stand: one small interface, so that a school may keep them elsewhere.

Every store gives a file its hash as its name, never writes over one, and answers only when a power cut could not
take it back. All methods block; they are called in threads.
"""

from __future__ import annotations

import errno
import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Protocol

from records.files.draft import Draft
from records.files.findings import CLAUSE
from rules.refusals import Code, refuse

LARGEST = 16 << 20
"""Bytes that one file may have where no setting says otherwise; the authority's dated limits of items are lower."""
STORE = "LICHENG_FILES_URL"
"""The place that a refusal names when it is the store's fault."""


class ShelfAway(ConnectionError):
    """The store cannot be asked now; nothing was kept, nothing is lost. Its text is a type or a status, no address."""


class Damaged(ValueError):
    """A file's bytes no longer have its hash."""


class Shelf(Protocol):
    """What the school's files stand on. Every method may raise ShelfAway."""

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


def whole(shelf: Shelf, school: str, sha256: str) -> Iterator[bytes]:
    """A file's pieces; the last one is given only when all have the hash. Raises FileNotFoundError, Damaged, ShelfAway."""
    hasher, held = hashlib.sha256(), b""
    for piece in shelf.pieces(school, sha256):
        if held:
            yield held
        hasher.update(piece)
        held = piece
    if hasher.hexdigest() != sha256:
        raise Damaged(f"file {sha256[:12]} is damaged")
    yield held


@contextmanager
def told(place: str) -> Iterator[None]:
    """A store's errors (a full disk too) as a person sees them: Refused(files_away), Refused(file_lost)."""
    try:
        yield
    except ShelfAway as away:
        raise refuse(Code.FILES_AWAY, clause=CLAUSE, place=place, found=str(away)) from None
    except FileNotFoundError:
        raise refuse(Code.FILE_LOST, clause=CLAUSE, place=place, found="0") from None
    except Damaged:
        raise refuse(Code.FILE_LOST, clause=CLAUSE, place=place, found="SHA-256") from None
    except OSError as error:
        named = errno.errorcode.get(error.errno or 0, type(error).__name__)
        raise refuse(Code.FILES_AWAY, clause=CLAUSE, place=place, found=named) from None
