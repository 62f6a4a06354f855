"""The engine's client: payloads are sealed, a history never shows what went wrong in words."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from pathlib import Path
from uuid import uuid4

import pytest
from cryptography.exceptions import InvalidTag
from pydantic import BaseModel
from temporalio import activity, workflow
from temporalio.client import WorkflowFailureError
from temporalio.common import RetryPolicy
from temporalio.exceptions import ActivityError, ApplicationError
from temporalio.worker import UnsandboxedWorkflowRunner, Worker

from runtime.engine import EngineAway, connect, data_converter

SECRET = "王小明 A123456789"
KEY = bytes(range(32))


class Order(BaseModel):
    process: str
    note: str


@activity.defn(name="stumble")
async def stumble(order: Order) -> None:
    try:
        raise ValueError(order.note)
    except ValueError as error:
        raise ApplicationError(f"cannot file {order.note}", type="Unfiled") from error


@workflow.defn(name="Stumbles")
class Stumbles:
    @workflow.run
    async def run(self, order: Order) -> None:
        workflow.set_current_details(order.note)
        await workflow.execute_activity(
            stumble,
            order,
            summary=order.note,
            start_to_close_timeout=timedelta(seconds=10),
            retry_policy=RetryPolicy(maximum_attempts=1),
        )


async def test_a_payload_comes_back_as_it_went_in_and_is_unreadable_between() -> None:
    converter = data_converter(KEY)
    order = Order(process="semester/000000/115-1", note=SECRET)
    sealed = await converter.encode([order])
    assert "王小明".encode() not in sealed[0].SerializeToString() and b"A123456789" not in sealed[0].data
    assert await converter.decode(sealed, [Order]) == [order]
    again = await converter.encode([order])
    assert again[0].data != sealed[0].data


async def test_another_key_opens_nothing() -> None:
    sealed = await data_converter(KEY).encode(["115"])
    with pytest.raises(InvalidTag):
        await data_converter(bytes(32)).decode(sealed, [str])


async def test_a_history_shows_no_payload_no_exception_text_and_no_summary(
    temporal_address: str, server_folder: Path
) -> None:
    client = await connect(temporal_address, "default", KEY)
    queue = f"engine-{uuid4().hex[:8]}"
    async with Worker(
        client,
        task_queue=queue,
        workflows=[Stumbles],
        activities=[stumble],
        workflow_runner=UnsandboxedWorkflowRunner(),
    ):
        handle = await client.start_workflow(
            "Stumbles", Order(process="p", note=SECRET), id=f"stumbles/{queue}", task_queue=queue
        )
        with pytest.raises(WorkflowFailureError) as caught:
            await handle.result()
    assert isinstance(caught.value.cause, ActivityError)
    assert isinstance(caught.value.cause.cause, ApplicationError)
    assert SECRET in str(caught.value.cause.cause)  # readable again with the key
    exported = (await handle.fetch_history()).to_json()
    stored = b"".join(p.read_bytes() for p in (server_folder / "temporal").glob("temporal.db*"))
    for plain in ("王小明", "A123456789", "cannot file", "test_engine.py"):
        assert plain not in exported
    for words in (SECRET, "A123456789", "cannot file"):
        assert words.encode() not in stored


async def test_a_server_that_does_not_answer_is_named_after_the_limit() -> None:
    began = asyncio.get_running_loop().time()
    with pytest.raises(EngineAway, match=r"127\.0\.0\.1:1"):
        await connect("127.0.0.1:1", "default", KEY, within=0.3)
    assert asyncio.get_running_loop().time() - began < 5
