"""activities: a post changes hands."""

from __future__ import annotations

from activities.carry import Activity, deed
from records.db import Database
from records.effects.handovers import switch_post as perform
from records.seam import Vault


def activity(db: Database, vault: Vault) -> Activity:
    """The activity `switch_post`. 規§10.3.1"""
    return deed("switch_post", perform, db, vault)
