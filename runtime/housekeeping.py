"""runtime: the standing round that clears away what was begun and never finished, whoever began it."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime

import structlog

from records.db import TRANSIENT, Database
from records.files.sweeping import sweep
from records.seam import Vault

log = structlog.get_logger()

EVERY = 600.0
"""Seconds between two rounds."""


async def keep_house(operator: Database, vault: Vault, *, every: float = EVERY) -> None:
    """Sweep again and again until cancelled; a database or a disk that is away is asked again at the next round."""
    while True:
        try:
            found = await sweep(operator, vault, at=datetime.now(UTC))
        except TRANSIENT as error:
            log.warning("house.away", error=type(error).__name__)
        else:
            if found.uploads or found.strays:
                log.info("house.swept", uploads=found.uploads, strays=found.strays)
        await asyncio.sleep(every)
