"""activities: the account of who left ends."""

from __future__ import annotations

from activities.carry import Activity, deed
from records.db import Database
from records.effects.handovers import close_account as perform
from records.seam import Vault


def activity(db: Database, vault: Vault) -> Activity:
    """The activity `close_account`. 規§10.3.2.2"""
    return deed("close_account", perform, db, vault)
