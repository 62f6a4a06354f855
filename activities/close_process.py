"""activities: a process ends and tells the one that waits for it."""

from __future__ import annotations

from activities.carry import Activity, deed
from records.db import Database
from records.effects.processes import close_process as perform
from records.seam import Vault


def activity(db: Database, vault: Vault) -> Activity:
    """The activity `close_process`. 規§6.4"""
    return deed("close_process", perform, db, vault)
