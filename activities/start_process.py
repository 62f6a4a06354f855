"""activities: a process starts another one by its business id."""

from __future__ import annotations

from activities.carry import Activity, deed
from records.db import Database
from records.effects.processes import start_child as perform
from records.seam import Vault


def activity(db: Database, vault: Vault) -> Activity:
    """The activity `start_process`. 規§4.1, 規§6.3"""
    return deed("start_process", perform, db, vault)
