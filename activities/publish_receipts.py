"""activities: a receipt is shown to its students for at least 72 hours."""

from __future__ import annotations

from activities.carry import Activity, deed
from records.db import Database
from records.effects.receipts import publish_receipts as perform
from records.seam import Vault


def activity(db: Database, vault: Vault) -> Activity:
    """The activity `publish_receipts`. 規§6.2"""
    return deed("publish_receipts", perform, db, vault)
