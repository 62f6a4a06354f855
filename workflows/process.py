"""workflows: the one loop of every process: ask the plan, carry out what is due, sleep.

All it knows is in PostgreSQL: it can be killed, upgraded or lost and started again; nothing fires twice.
"""

from __future__ import annotations

from collections import deque
from datetime import timedelta
from typing import Any

from temporalio import workflow
from temporalio.common import RetryPolicy
from temporalio.exceptions import ActivityError, ApplicationError, FailureError, is_cancelled_exception

with workflow.unsafe.imports_passed_through():
    from rules.messages import Ask, Do, Due, DueStep, ProcessRef, Stuck, WishOrder
    from workflows.calls import DEEDS, GRANT_WISH, LOCAL_TRY, RECORD_STUCK, WHAT_IS_DUE

CUT_AT_EVENTS = 400
"""Events after which the loop continues as new; it carries nothing over but wishes not yet granted."""


class Process:
    """The loop. Its subclasses exist so that the engine's screens show each kind by name."""

    def __init__(self, ref: ProcessRef) -> None:
        self.ref = ref
        self.woken = False
        self.wishes: deque[Any] = deque()
        self.details = ""

    async def loop(self) -> str:
        """Run until the plan says that the process is over."""
        while True:
            self.woken = False
            while self.wishes:
                await self._grant(self.wishes.popleft())
            due = await self._ask()
            self._show(due.details)
            for step in due.steps:
                await self._carry_out(step)
            if due.steps:
                if self._long():
                    await self._cut()
                continue
            if due.over and not self.wishes:
                return "over"
            if self._long() and not self.wishes:
                await self._cut()
            await self._sleep(due.sleep_seconds)

    async def _sleep(self, seconds: float | None) -> None:
        timeout = None if seconds is None else timedelta(seconds=max(seconds, 0.001))
        try:
            await workflow.wait_condition(
                lambda: self.woken or bool(self.wishes), timeout=timeout, timeout_summary="next step"
            )
        except TimeoutError:
            pass

    async def _ask(self) -> Due:
        ask = Ask(school=self.ref.school, process=self.ref.process, now=workflow.now())
        try:
            due: Due = await workflow.execute_local_activity(
                WHAT_IS_DUE.name,
                ask,
                result_type=Due,
                schedule_to_close_timeout=LOCAL_TRY,
                retry_policy=RetryPolicy(maximum_attempts=2),
            )
        except FailureError as error:
            if is_cancelled_exception(error):
                raise
            due = await workflow.execute_activity(WHAT_IS_DUE.name, ask, **WHAT_IS_DUE.options())
        return due

    async def _carry_out(self, step: DueStep) -> None:
        deed = DEEDS[step.activity]
        order = Do(school=self.ref.school, process=self.ref.process, key=step.key)
        try:
            await workflow.execute_activity(deed.name, order, summary=step.summary, **deed.options())
        except ActivityError as error:
            if is_cancelled_exception(error):
                raise
            # A step that keeps failing must not stop the others: it is recorded and tried again later.
            cause = error.cause
            name = cause.type if isinstance(cause, ApplicationError) else type(cause).__name__
            await workflow.execute_activity(
                RECORD_STUCK.name,
                Stuck(school=self.ref.school, process=self.ref.process, key=step.key, error=name or "unknown"),
                summary=f"stuck: {step.summary}",
                **RECORD_STUCK.options(),
            )

    async def _grant(self, wish: Any) -> None:
        order = WishOrder(school=self.ref.school, process=self.ref.process, wish=wish)
        await workflow.execute_activity(GRANT_WISH.name, order, summary="wish", **GRANT_WISH.options())

    def _long(self) -> bool:
        info = workflow.info()
        return info.is_continue_as_new_suggested() or info.get_current_history_length() > CUT_AT_EVENTS

    async def _cut(self) -> None:
        while self.wishes:
            await self._grant(self.wishes.popleft())
        workflow.continue_as_new(self.ref)

    def _show(self, details: str) -> None:
        if details != self.details:
            self.details = details
            workflow.set_current_details(details)

    # Handlers note and wake: no await, no decision, ids only.

    @workflow.signal
    def facts_recorded(self) -> None:
        """Something happened that the plan may depend on; the loop asks again."""
        self.woken = True

    @workflow.signal
    def wish(self, wish: Any) -> None:
        """A command from another system, run by an activity with the same checks as everywhere."""
        self.wishes.append(wish)

    @workflow.query
    def standing(self) -> str:
        """Where the process stands, for engineers; people read PostgreSQL."""
        return self.details
