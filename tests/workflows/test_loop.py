"""The loop's mechanics: it asks, carries out, sleeps; handlers note and wake; a stuck step stops nobody."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from temporalio import activity
from temporalio.client import Client, WorkflowHandle
from temporalio.exceptions import ApplicationError
from temporalio.testing import WorkflowEnvironment
from temporalio.worker import Worker

from rules.messages import Ask, Do, Done, Due, DueStep, ProcessRef, Stuck, WishOrder
from runtime.engine import data_converter
from workflows import process as loop
from workflows.semester import Semester

REF = ProcessRef(school="999999", process="semester/999999/115-1")
KEY = bytes(32)
ORDER = Path(__file__).with_name("command_order.txt")
HOW_TO_PATCH = """
The order of commands that the loop gives has changed: a term that runs would stop at its next event.
Put the new call behind `workflow.patched("…")` so that saved histories replay (docs/decisions/0004), or
replace the open processes (TERMINATE_EXISTING); then write the new order with
`python -m tests.workflows.save_histories --order`.
"""


@pytest.fixture(scope="session")
async def skipping() -> AsyncIterator[WorkflowEnvironment]:
    """The time-skipping test server of the locked wheel."""
    server = Path(sys.executable).with_name("temporal-test-server")
    async with await WorkflowEnvironment.start_time_skipping(
        data_converter=data_converter(KEY), test_server_existing_path=str(server)
    ) as env:
        yield env


class Scene:
    """Answers of the planner in order, and what the loop did with them."""

    def __init__(self, *answers: Due) -> None:
        self.answers = list(answers)
        self.did: list[str] = []
        self.fails: dict[str, int] = {}

    async def until(self, what: str) -> None:
        """Wait until the loop did something: a signal before the first question wakes nobody twice."""
        while what not in self.did:
            await asyncio.sleep(0.005)

    def activities(self) -> list[Any]:
        """The activities that the scene stands in for; the loop's own code is the real one."""

        @activity.defn(name="what_is_due")
        async def ask(question: Ask) -> Due:
            self.did.append("asked")
            return self.answers.pop(0) if self.answers else Due(over=True)

        @activity.defn(name="record_stuck")
        async def stuck(stuck: Stuck) -> Done:
            self.did.append(f"stuck {stuck.key} {stuck.error}")
            return Done(recorded=1, outcome="stuck")

        @activity.defn(name="grant_wish")
        async def wish(order: WishOrder) -> Done:
            self.did.append(f"wish {order.wish['key']}")
            return Done(recorded=1, outcome="accepted")

        def deed(name: str) -> Any:
            @activity.defn(name=name)
            async def carry(order: Do) -> Done:
                if self.fails.get(order.key):
                    raise ApplicationError("x", type="ValueError", non_retryable=True)
                self.did.append(f"{name} {order.key}")
                return Done(recorded=1, outcome="done")

            return carry

        return [ask, stuck, wish, *(deed(n) for n in ("open_window", "send_rungs", "freeze_window"))]


def step(name: str, key: str) -> DueStep:
    return DueStep(activity=name, key=key, summary=f"{name} {key}")


async def run(client: Client, scene: Scene, id_: str, act: Any = None) -> WorkflowHandle[Any, str]:
    """Run a semester against a scene until it is over."""
    async with Worker(client, task_queue=id_, workflows=[Semester], activities=scene.activities()):
        handle = await client.start_workflow(Semester.run, REF, id=id_, task_queue=id_)
        if act is not None:
            await act(handle)
        assert await handle.result() == "over"
    return handle


async def test_it_carries_out_what_is_due_in_order_and_asks_again(skipping: WorkflowEnvironment) -> None:
    scene = Scene(Due(steps=(step("open_window", "a"), step("send_rungs", "b"))), Due(over=True))
    await run(skipping.client, scene, "in-order")
    assert scene.did == ["asked", "open_window a", "send_rungs b", "asked"]


async def test_it_sleeps_until_the_next_instant(skipping: WorkflowEnvironment) -> None:
    scene = Scene(Due(sleep_seconds=3600.0), Due(over=True))
    before = await skipping.get_current_time()
    await run(skipping.client, scene, "sleeps")
    assert await skipping.get_current_time() - before >= timedelta(hours=1)


async def test_a_step_that_keeps_failing_is_set_aside_and_stops_nobody(skipping: WorkflowEnvironment) -> None:
    scene = Scene(Due(steps=(step("open_window", "bad"), step("freeze_window", "good"))), Due(over=True))
    scene.fails["bad"] = 1
    await run(skipping.client, scene, "stuck")
    assert scene.did == ["asked", "stuck bad ValueError", "freeze_window good", "asked"]


async def test_a_wish_is_granted_before_the_process_ends(skipping: WorkflowEnvironment) -> None:
    scene = Scene(Due(), Due(over=True))

    async def act(handle: WorkflowHandle[Any, str]) -> None:
        await scene.until("asked")
        await handle.signal("wish", {"key": "k1", "system": "it-desk", "command": "complete_duty", "body": {}})

    await run(skipping.client, scene, "wish", act)
    assert "wish k1" in scene.did


async def test_a_signal_only_wakes(skipping: WorkflowEnvironment) -> None:
    scene = Scene(Due(), Due(over=True))

    async def act(handle: WorkflowHandle[Any, str]) -> None:
        await scene.until("asked")
        await handle.signal("facts_recorded")

    await run(skipping.client, scene, "woken", act)
    assert scene.did == ["asked", "asked"]


async def test_it_continues_as_new_and_carries_nothing_over(
    skipping: WorkflowEnvironment, monkeypatch: pytest.MonkeyPatch
) -> None:
    answers = [Due(steps=(step("open_window", f"s{n}"),)) for n in range(90)]
    scene = Scene(*answers, Due(over=True))
    handle = await run(skipping.client, scene, "cut")
    first = skipping.client.get_workflow_handle(handle.id, run_id=handle.first_execution_run_id)
    events = [e async for e in first.fetch_history_events()]
    assert loop.CUT_AT_EVENTS < len(events) < loop.CUT_AT_EVENTS + 30
    assert [x for x in scene.did if x != "asked"] == [f"open_window s{n}" for n in range(90)]


async def order_of_commands(env: WorkflowEnvironment, id_: str) -> list[str]:
    """The commands of a life with every branch: deeds, a stuck step, a sleep, a wish, a wake."""
    scene = Scene(
        Due(steps=(step("open_window", "a"), step("open_window", "bad"), step("send_rungs", "b")), details="x"),
        Due(sleep_seconds=60.0),
        Due(),
        Due(steps=(step("freeze_window", "c"),)),
    )
    scene.fails["bad"] = 1

    async def act(handle: WorkflowHandle[Any, str]) -> None:
        await env.sleep(120)
        await handle.signal("wish", {"key": "k", "system": "s", "command": "c", "body": {}})

    handle = await run(env.client, scene, id_, act)
    found = []
    async for e in handle.fetch_history_events():
        kind = e.WhichOneof("attributes") or ""
        if kind == "activity_task_scheduled_event_attributes":
            found.append(f"activity {e.activity_task_scheduled_event_attributes.activity_type.name}")
        elif kind == "marker_recorded_event_attributes":
            found.append(f"marker {e.marker_recorded_event_attributes.marker_name}")
        elif kind in ("timer_started_event_attributes", "timer_canceled_event_attributes") or (
            kind.startswith("workflow_execution_") and "signal" not in kind and "started" not in kind
        ):
            found.append(kind.removesuffix("_event_attributes"))
    return found


async def test_the_order_of_commands_is_the_committed_one(skipping: WorkflowEnvironment) -> None:
    now = await order_of_commands(skipping, "order")
    assert now == ORDER.read_text().splitlines(), HOW_TO_PATCH
