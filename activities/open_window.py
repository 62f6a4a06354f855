"""activities: a window opens; those who may act are told."""

from __future__ import annotations

from activities.carry import Activity, deed
from records.db import Database
from records.effects.windows import open_window as perform
from records.seam import Vault


def activity(db: Database, vault: Vault) -> Activity:
    """The activity `open_window`. 規§4.2"""
    return deed("open_window", perform, db, vault)
