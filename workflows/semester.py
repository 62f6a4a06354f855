"""workflows: semester/{school}/115-1: entry, upload, certification, submission, receipts (規§4.1, 規§5)."""

from __future__ import annotations

from temporalio import workflow

with workflow.unsafe.imports_passed_through():
    from rules.messages import ProcessRef
from workflows.process import Process


@workflow.defn
class Semester(Process):
    """semester/{school}/115-1: entry, upload, certification, submission, receipts (規§4.1, 規§5)."""

    @workflow.init
    def __init__(self, ref: ProcessRef) -> None:
        super().__init__(ref)

    @workflow.run
    async def run(self, ref: ProcessRef) -> str:
        """Run until the process is over."""
        return await self.loop()
