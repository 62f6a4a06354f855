"""runtime: the client of the Temporal server, with our payload types and the codec."""

from __future__ import annotations

import asyncio
import dataclasses
from time import monotonic

from temporalio.client import Client
from temporalio.contrib.pydantic import pydantic_data_converter
from temporalio.converter import DataConverter, DefaultFailureConverterWithEncodedAttributes

from runtime.codec import SealingCodec


class EngineAway(RuntimeError):
    """The Temporal server did not answer in time."""


def data_converter(key: bytes) -> DataConverter:
    """Pydantic payloads, sealed; failures too: with the codec alone their texts lay plain in the database."""
    return dataclasses.replace(
        pydantic_data_converter,
        payload_codec=SealingCodec(key),
        failure_converter_class=DefaultFailureConverterWithEncodedAttributes,
    )


async def connect(
    address: str, namespace: str, key: bytes, *, within: float = 30.0, identity: str | None = None
) -> Client:
    """A client of `address` (host:port), waiting up to `within` seconds for the server.

    Raises EngineAway when it does not answer.
    """
    until = monotonic() + within
    while True:
        try:
            return await Client.connect(
                address, namespace=namespace, data_converter=data_converter(key), identity=identity
            )
        except (RuntimeError, OSError):
            if monotonic() > until:
                raise EngineAway(f"no Temporal server answers at {address}") from None
            await asyncio.sleep(0.1)
