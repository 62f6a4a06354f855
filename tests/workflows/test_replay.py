"""Saved histories replay on today's code: a change that breaks running terms is a broken release."""

from __future__ import annotations

from pathlib import Path

import pytest
from temporalio.client import WorkflowHistory
from temporalio.worker import Replayer

from runtime.engine import data_converter
from worker import WORKFLOWS

HISTORIES = sorted((Path(__file__).parent / "histories").glob("*.json"))
KEY = (Path(__file__).parent / "histories" / "codec.key").read_bytes()


def test_every_kind_of_process_has_a_saved_history() -> None:
    kinds = {p.name.split(".")[0].split("_corrected")[0] for p in HISTORIES}
    assert kinds == {"school_year", "semester", "submission", "handover"}


@pytest.mark.parametrize("path", HISTORIES, ids=lambda p: p.stem)
async def test_a_saved_history_replays(path: Path) -> None:
    history = WorkflowHistory.from_json(path.stem, path.read_text())
    replayer = Replayer(workflows=WORKFLOWS, data_converter=data_converter(KEY))
    await replayer.replay_workflow(history)


async def test_a_history_of_other_commands_does_not_replay() -> None:
    path = next(p for p in HISTORIES if p.stem == "school_year.first")
    text = path.read_text().replace('"name":"freeze_window"', '"name":"thaw_window"')
    replayer = Replayer(workflows=WORKFLOWS, data_converter=data_converter(KEY))
    with pytest.raises(Exception, match=r"TMPRL1100|[Nn]ondeterminism"):
        await replayer.replay_workflow(WorkflowHistory.from_json("changed", text))


@pytest.mark.parametrize("path", HISTORIES, ids=lambda p: p.stem)
def test_a_history_holds_no_plain_text(path: Path) -> None:
    text = path.read_text()
    assert "json/plain" not in text and "OTk5OTAx" not in text  # base64 of the school's code
