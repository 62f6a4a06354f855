"""records: files in an S3-compatible store: kept whole or not at all, under their hash, never written over.

The draft stays on our own disk until the store has answered, so a store that is away loses nothing. A file's last
part makes it visible; what an interrupted upload left has no name there (let the bucket forget such parts).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import obstore
from obstore.exceptions import AlreadyExistsError, BaseError
from obstore.store import S3Store

from records.files.draft import Draft
from records.files.shelf import ShelfAway

PART = 5 << 20
"""Bytes of a part, the smallest that S3 takes; a file that is no larger is put in one request."""
PIECE = 1 << 18
"""Bytes read in one go."""
_STATUS = re.compile(r"status code: (\d{3} [A-Za-z ]+)")
_WAITED = timedelta(seconds=20)
"""How long a request is tried again."""


class S3Shelf:
    """A bucket, or a prefix in one: `school/ab/abcd…`."""

    def __init__(self, bucket: str, prefix: str = "", *, allow_http: bool = False, **config: Any) -> None:
        """Address and keys come from the AWS_… variables; `config` names what comes from elsewhere.

        Without TLS only where `allow_http` says that the store stands inside the house.
        """
        self._store = S3Store(
            bucket,
            prefix=prefix or None,
            # The store hashes what it received and refuses what is not what we sent.
            checksum_algorithm="sha256",
            client_options={"connect_timeout": "5s", "timeout": "120s", "allow_http": allow_http},
            retry_config={"max_retries": 3, "retry_timeout": _WAITED},
            **config,
        )

    def settle(self, draft: Draft) -> None:
        """Nothing: the draft must outlive nothing but this call."""

    def keep(self, school: str, draft: Draft) -> None:
        """Put it under its hash unless something stands there; the store's own answer says which."""
        path = _path(school, draft.sha256)
        with _asked():
            try:
                if draft.size <= PART:
                    obstore.put(self._store, path, draft.path, mode="create", use_multipart=False)
                elif self.size(school, draft.sha256) is None:
                    # Parts know no condition: two who bring the same file at once write the same bytes.
                    obstore.put(self._store, path, draft.path, chunk_size=PART, max_concurrency=2)
            except AlreadyExistsError:
                return
            except FileNotFoundError:
                raise ShelfAway("no bucket") from None

    def size(self, school: str, sha256: str) -> int | None:
        """Bytes that the store has; None for no such file."""
        with _asked():
            try:
                return obstore.head(self._store, _path(school, sha256))["size"]
            except FileNotFoundError:
                return None

    def pieces(self, school: str, sha256: str) -> Iterator[bytes]:
        """The file as it arrives."""
        with _asked():
            for piece in obstore.get(self._store, _path(school, sha256)).stream(min_chunk_size=PIECE):
                yield bytes(piece)

    def part(self, school: str, sha256: str, start: int, length: int) -> bytes:
        """Some bytes of it."""
        with _asked():
            return bytes(obstore.get_range(self._store, _path(school, sha256), start=start, length=length))

    def names(self, school: str) -> Iterator[str]:
        """Hashes below the school's prefix, a page of the store's list at a time."""
        with _asked():
            for page in obstore.list(self._store, f"{school}/"):
                for found in page:
                    yield found["path"].rsplit("/", 1)[-1]


def _path(school: str, sha256: str) -> str:
    return f"{school}/{sha256[:2]}/{sha256}"


@contextmanager
def _asked() -> Iterator[None]:
    """The store's own errors as ours; their texts hold addresses, so only their kind is told."""
    try:
        yield
    except BaseError as error:
        raise ShelfAway(_kind(error)) from None


def _kind(error: BaseError) -> str:
    """The status that the store answered with, or that it did not answer."""
    text = str(error)
    if status := _STATUS.search(text):
        return status[1]
    return "no answer" if "HTTP error" in text else type(error).__name__.removesuffix("Error")
