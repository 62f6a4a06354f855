"""activities: the days of a receipt are over."""

from __future__ import annotations

from activities.carry import Activity, deed
from records.db import Database
from records.effects.receipts import deem_confirmed as perform
from records.seam import Vault


def activity(db: Database, vault: Vault) -> Activity:
    """The activity `deem_confirmed`. 規§6.2"""
    return deed("deem_confirmed", perform, db, vault)
