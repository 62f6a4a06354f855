"""activities: the packet of a hand-over is made."""

from __future__ import annotations

from activities.carry import Activity, deed
from records.db import Database
from records.effects.handovers import prepare_packet as perform
from records.seam import Vault


def activity(db: Database, vault: Vault) -> Activity:
    """The activity `prepare_packet`. 規§10.3.1"""
    return deed("prepare_packet", perform, db, vault)
