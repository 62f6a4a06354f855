"""workflows: the activities by declaration: name, types, time limits and retries stand once, here.

A test compares this table with what the worker registers.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from temporalio import workflow
from temporalio.common import RetryPolicy

with workflow.unsafe.imports_passed_through():
    from rules.messages import Ask, Do, Done, Due, Stuck, WishOrder


@dataclass(frozen=True, slots=True)
class Call:
    """One activity: its name, what it takes and gives, how long a try may take, how often it is tried."""

    name: str
    takes: type
    gives: type
    within: timedelta
    retry: RetryPolicy
    for_: timedelta | None = None

    def options(self) -> dict[str, Any]:
        """The options of `workflow.execute_activity`."""
        given: dict[str, Any] = {
            "result_type": self.gives,
            "start_to_close_timeout": self.within,
            "retry_policy": self.retry,
        }
        if self.for_ is not None:
            given["schedule_to_close_timeout"] = self.for_
        return given


UNTIL_DONE = RetryPolicy(
    initial_interval=timedelta(milliseconds=100), backoff_coefficient=2.0, maximum_interval=timedelta(seconds=5)
)
"""For questions: PostgreSQL may be away; nothing else makes them fail."""

A_FEW_TIMES = RetryPolicy(
    initial_interval=timedelta(milliseconds=200), backoff_coefficient=2.0, maximum_interval=timedelta(seconds=5)
)
"""For deeds. An outage is waited out; an error of the deed itself is final after its third try
(the activity says so), then the step is recorded stuck and the loop goes on."""

WHAT_IS_DUE = Call("what_is_due", Ask, Due, timedelta(seconds=20), UNTIL_DONE)
RECORD_STUCK = Call("record_stuck", Stuck, Done, timedelta(seconds=20), UNTIL_DONE)
GRANT_WISH = Call("grant_wish", WishOrder, Done, timedelta(seconds=30), UNTIL_DONE)

DEEDS = {
    name: Call(name, Do, Done, timedelta(seconds=60), A_FEW_TIMES, for_=timedelta(minutes=30))
    for name in (
        "open_window",
        "freeze_window",
        "send_rungs",
        "start_process",
        "generate_roster",
        "publish_receipts",
        "deem_confirmed",
        "prepare_packet",
        "switch_post",
        "close_account",
        "close_process",
    )
}
"""The deeds that a plan can ask for. A new one is a new activity and a line here; replay is untouched,
since the answer of the question names the activity."""

LOCAL_TRY = timedelta(seconds=3)
"""How long the cheap local question may try before a normal activity asks (temporal.md: a local one
that retries through an outage fills the history)."""
