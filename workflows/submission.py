"""workflows: submission/{school}/{period}/{lane}/{roster}: a roster until its receipts agree (規§6.2–6.4)."""

from __future__ import annotations

from temporalio import workflow

with workflow.unsafe.imports_passed_through():
    from rules.messages import ProcessRef
from workflows.process import Process


@workflow.defn
class Submission(Process):
    """submission/{school}/{period}/{lane}/{roster}: a roster until its receipts agree (規§6.2–6.4)."""

    @workflow.init
    def __init__(self, ref: ProcessRef) -> None:
        super().__init__(ref)

    @workflow.run
    async def run(self, ref: ProcessRef) -> str:
        """Run until the process is over."""
        return await self.loop()
