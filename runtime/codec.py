"""runtime: the payload codec: histories are encrypted as a second line behind "ids only"."""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence

from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from temporalio.api.common.v1 import Payload
from temporalio.converter import PayloadCodec

ENCODING = b"binary/licheng-aes-gcm"
_NONCE = 12


class SealingCodec(PayloadCodec):
    """AES-256-GCM over whole payloads; what it did not seal passes through (Temporal's own tools)."""

    def __init__(self, key: bytes) -> None:
        self._cipher = AESGCM(key)

    async def encode(self, payloads: Sequence[Payload]) -> list[Payload]:
        """Seal each payload under a fresh nonce."""
        return [self._seal(p) for p in payloads]

    async def decode(self, payloads: Sequence[Payload]) -> list[Payload]:
        """Open what was sealed. Raises InvalidTag when the key is another one."""
        return list(self._open(payloads))

    def _seal(self, payload: Payload) -> Payload:
        nonce = os.urandom(_NONCE)
        sealed = nonce + self._cipher.encrypt(nonce, payload.SerializeToString(), None)
        return Payload(metadata={"encoding": ENCODING}, data=sealed)

    def _open(self, payloads: Iterable[Payload]) -> Iterable[Payload]:
        for payload in payloads:
            if payload.metadata.get("encoding") != ENCODING:
                yield payload
                continue
            nonce, sealed = payload.data[:_NONCE], payload.data[_NONCE:]
            yield Payload.FromString(self._cipher.decrypt(nonce, sealed, None))
