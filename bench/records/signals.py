"""bench: Temporal signals, as many as a line on standard input says; the seconds go to standard output.

`python -m bench.records.signals ADDRESS`: worker and clients in a process of their own beside bench.records.peers.
"""

from __future__ import annotations

import asyncio
import sys

import uvloop
from temporalio import workflow
from temporalio.client import Client, WorkflowHandle
from temporalio.worker import UnsandboxedWorkflowRunner, Worker

CLIENTS = 16


@workflow.defn(name="Counted")
class Counted:
    """A workflow that only counts its signals: the least that an action costs as one."""

    def __init__(self) -> None:
        self.n = 0

    @workflow.run
    async def run(self) -> int:
        """Wait until the last one came."""
        await workflow.wait_condition(lambda: self.n < 0)
        return self.n

    @workflow.signal
    def act(self, n: int) -> None:
        """One action."""
        self.n += 1

    @workflow.query
    def seen(self) -> int:
        """How many actions have reached the workflow."""
        return self.n


async def main(address: str) -> None:
    """Answer rounds until standard input ends."""
    client = await Client.connect(address)
    async with Worker(client, task_queue="bench", workflows=[Counted], workflow_runner=UnsandboxedWorkflowRunner()):
        handles = [
            await client.start_workflow(Counted.run, id=f"counted-{n}", task_queue="bench") for n in range(CLIENTS)
        ]
        sent = 0
        while line := await asyncio.to_thread(sys.stdin.readline):
            before, sent = sent, sent + int(line)
            print(f"{await _round(handles, int(line), before):.6f}", flush=True)
        for handle in handles:
            await handle.terminate()


async def _round(handles: list[WorkflowHandle[Counted, int]], many: int, before: int) -> float:
    """Seconds until so many signals more were seen: an action has happened when its workflow saw it."""
    loop, left = asyncio.get_running_loop(), iter(range(many))

    async def send(handle: WorkflowHandle[Counted, int]) -> None:
        for n in left:
            await handle.signal(Counted.act, n)

    started = loop.time()
    await asyncio.gather(*(send(handle) for handle in handles))
    while sum([await handle.query(Counted.seen) for handle in handles]) < before + many:
        await asyncio.sleep(0.005)
    return loop.time() - started


if __name__ == "__main__":
    uvloop.run(main(sys.argv[1]))
