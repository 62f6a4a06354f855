"""activities: a window closes; its content is counted and digested."""

from __future__ import annotations

from activities.carry import Activity, deed
from records.db import Database
from records.effects.windows import freeze_window as perform
from records.seam import Vault


def activity(db: Database, vault: Vault) -> Activity:
    """The activity `freeze_window`. 規§4.1, 規§5.3.1, 規§6.1"""
    return deed("freeze_window", perform, db, vault)
