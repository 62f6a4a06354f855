"""The activities that workflows declare are the ones that the worker serves."""

from __future__ import annotations

import inspect
from pathlib import Path
from typing import get_type_hints

from temporalio import activity

from activities.registry import activities
from records.db import Database
from records.seam import Vault
from rules.messages import Do
from workflows.calls import DEEDS, GRANT_WISH, RECORD_STUCK, WHAT_IS_DUE

DECLARED = {c.name: c for c in (WHAT_IS_DUE, RECORD_STUCK, GRANT_WISH, *DEEDS.values())}


def served() -> dict[str, object]:
    """Name → function of every activity of the worker; nothing is called, so no database is needed."""
    nowhere = Database(None)  # type: ignore[arg-type]
    found = activities(nowhere, Vault(Path("/nonexistent"), b""))
    return {activity._Definition.must_from_callable(f).name: f for f in found}  # type: ignore[misc]


def test_every_declared_activity_is_served_and_no_other() -> None:
    assert sorted(served()) == sorted(DECLARED)


def test_they_take_and_give_what_was_declared() -> None:
    for name, function in served().items():
        hints = get_type_hints(function)
        takes = [hints[p] for p in inspect.signature(function).parameters]  # type: ignore[arg-type]
        assert (takes, hints["return"]) == ([DECLARED[name].takes], DECLARED[name].gives), name


def test_every_deed_takes_an_order_of_ids_only() -> None:
    assert {c.takes for c in DEEDS.values()} == {Do}
    assert sorted(Do.model_fields) == ["key", "process", "school"]


def test_every_step_that_the_planner_can_name_is_a_deed() -> None:
    plans = Path(__file__).resolve().parents[2] / "rules" / "plans"
    text = "".join(p.read_text(encoding="utf-8") for p in plans.glob("*.py"))
    assert [name for name in DEEDS if name != "send_rungs" and f'"{name}"' not in text] == []
