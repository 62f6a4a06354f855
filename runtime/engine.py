"""runtime: the client of the Temporal server, with our payload types and the codec."""

from __future__ import annotations

import asyncio
import atexit
import dataclasses
import logging
from functools import cache
from time import monotonic, sleep

from temporalio.client import Client
from temporalio.contrib.pydantic import pydantic_data_converter
from temporalio.converter import DataConverter, DefaultFailureConverterWithEncodedAttributes
from temporalio.runtime import LogForwardingConfig, LoggingConfig, Runtime, TelemetryConfig, TelemetryFilter

from runtime.codec import SealingCodec

LAST_CALLS = 0.05
"""Seconds at the end of a process for the SDK's last calls to return."""


class EngineAway(RuntimeError):
    """The Temporal server did not answer in time."""


@cache
def engine_runtime() -> Runtime:
    """The SDK's engine room of this process: its log lines go to our logger, not to standard output."""
    forwarded = LogForwardingConfig(logging.getLogger("temporalio.core"), append_log_fields_to_message=False)
    # A call that ended just now still returns through the interpreter's lock on a thread of the SDK; an
    # interpreter that finalizes meanwhile dies of it, about 1 time in 10 measured (temporalio/sdk-python#300).
    atexit.register(sleep, LAST_CALLS)
    lines = LoggingConfig(filter=TelemetryFilter(core_level="WARN", other_level="ERROR"), forwarding=forwarded)
    return Runtime(telemetry=TelemetryConfig(logging=lines))


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
            async with asyncio.timeout(max(1.0, until - monotonic())):
                return await Client.connect(
                    address,
                    namespace=namespace,
                    data_converter=data_converter(key),
                    identity=identity,
                    runtime=engine_runtime(),
                )
        except (RuntimeError, OSError, TimeoutError):
            if monotonic() > until:
                raise EngineAway(f"no Temporal server answers at {address} within {within:g} s") from None
            await asyncio.sleep(0.1)
