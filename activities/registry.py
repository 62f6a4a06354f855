"""activities: all of them, for the worker and for the test that compares them with workflows/calls.py."""

from __future__ import annotations

from activities import (
    close_account,
    close_process,
    deem_confirmed,
    freeze_window,
    generate_roster,
    grant_wish,
    open_window,
    prepare_packet,
    publish_receipts,
    record_stuck,
    send_rungs,
    start_process,
    switch_post,
    what_is_due,
)
from activities.carry import Activity
from records.db import Database
from records.seam import Seam, Vault


def activities(db: Database, vault: Vault) -> list[Activity]:
    """Every activity, bound to a database and the school's files and keys."""
    deeds = (
        open_window,
        freeze_window,
        send_rungs,
        start_process,
        generate_roster,
        publish_receipts,
        deem_confirmed,
        prepare_packet,
        switch_post,
        close_account,
        close_process,
    )
    return [
        what_is_due.activity(db),
        record_stuck.activity(db),
        grant_wish.activity(db, Seam(db, vault)),
        *(module.activity(db, vault) for module in deeds),
    ]
