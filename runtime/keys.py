"""runtime: key files, made at first start, readable by their owner only.

Losing the codec key means: delete Temporal's state and `resume`. Losing the master key means that
sealed personal data cannot be read any more: it belongs into the backup, apart from the database.
"""

from __future__ import annotations

import os
import secrets
from pathlib import Path

LENGTH = 32
"""Bytes of a key (AES-256)."""


class KeyDamaged(RuntimeError):
    """A key file does not hold a whole key."""


def key_file(data_dir: Path, name: str) -> bytes:
    """The key called `name` (32 bytes), made on first use with mode 0600.

    Two processes that start at once get the same key: the first one's file wins. Raises KeyDamaged.
    """
    folder = data_dir / "keys"
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    path = folder / f"{name}.key"
    if not path.exists():
        write_once(path, secrets.token_bytes(LENGTH))
    key = path.read_bytes()
    if len(key) != LENGTH:
        raise KeyDamaged(f"{path} holds {len(key)} bytes, a key has {LENGTH}")
    return key


def write_once(path: Path, content: bytes) -> None:
    """Put `content` into a new file of mode 0600, whole and on disk or not at all.

    A file that another process made first is kept.
    """
    draft = path.with_suffix(f".{os.getpid()}.{secrets.token_hex(4)}")
    handle = os.open(draft, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
    try:
        os.write(handle, content)
        os.fsync(handle)
    finally:
        os.close(handle)
    try:
        os.link(draft, path)
    except FileExistsError:
        pass  # another process was first; its file counts
    finally:
        draft.unlink()
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
