"""activities: the lines of a roster are frozen as a version."""

from __future__ import annotations

from activities.carry import Activity, deed
from records.db import Database
from records.effects.rosters import generate_roster as perform
from records.seam import Vault


def activity(db: Database, vault: Vault) -> Activity:
    """The activity `generate_roster`. 規§6.3.1 to 規§6.3.4"""
    return deed("generate_roster", perform, db, vault)
