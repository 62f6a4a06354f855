"""records: personal data sealed with a key a person; destroying the key erases the person (規§7)."""

from __future__ import annotations

import hashlib
import hmac
import os
from uuid import UUID

from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from records.db import Connection
from records.seam import Vault

_NONCE = 12


class Erased(LookupError):
    """The person's key was destroyed; nothing of theirs can be read any more."""


def seal(key: bytes, text: bytes) -> bytes:
    """`text` sealed with AES-256-GCM under a fresh nonce."""
    nonce = os.urandom(_NONCE)
    return nonce + AESGCM(key).encrypt(nonce, text, None)


def unseal(key: bytes, sealed: bytes) -> bytes:
    """What `seal` sealed. Raises cryptography's InvalidTag under another key."""
    return AESGCM(key).decrypt(sealed[:_NONCE], sealed[_NONCE:], None)


def blind(master_key: bytes, school: str, kind: str, *parts: str) -> bytes:
    """A keyed index of values that must be found again but not read (numbers, 身分證號 + birth date)."""
    text = "\x1f".join((school, kind, *parts)).encode()
    return hmac.new(master_key, b"blind\x1f" + text, hashlib.sha256).digest()


def new_key(vault: Vault) -> tuple[bytes, bytes]:
    """(a person's new key, the same wrapped by the master key)."""
    key = os.urandom(32)
    return key, seal(vault.master_key, key)


async def person_key(connection: Connection, vault: Vault, school: str, person: UUID) -> bytes:
    """The person's key. Raises Erased where it was destroyed."""
    wrapped = await connection.fetchval(
        "select wrapped from person_key where school = $1 and person = $2", school, person
    )
    if wrapped is None:
        raise Erased(str(person))
    return unseal(vault.master_key, wrapped)
