"""rules: the payload types of workflows and activities: ids, instants, counts and outcome words only."""

from __future__ import annotations

from typing import Any

from rules.instants import Instant, Model


class ProcessRef(Model):
    """Which process a workflow carries: its school and its business id."""

    school: str
    process: str


class Ask(Model):
    """What is due now, and until when may I sleep? `now` is a hint; the school's clock decides."""

    school: str
    process: str
    now: Instant


class DueStep(Model):
    """One thing to carry out: the activity's name, the step (or batch) key and a line for people."""

    activity: str
    key: str
    summary: str


class Due(Model):
    """The answer: what is due, how many seconds to sleep (None: until news), whether all is over."""

    steps: tuple[DueStep, ...] = ()
    sleep_seconds: float | None = None
    over: bool = False
    details: str = ""


class Do(Model):
    """Carry out one step of a process."""

    school: str
    process: str
    key: str


class Done(Model):
    """What carrying out did: how many steps were recorded now, and with which outcome word."""

    recorded: int
    outcome: str


class Stuck(Model):
    """A step that kept failing: its key and the error's type name (never its text)."""

    school: str
    process: str
    key: str
    error: str


class Wish(Model):
    """A command from another system, as ids. It acts under that system's registered post."""

    system: str
    command: str
    body: dict[str, str | int | bool | None]
    key: str


class WishOrder(Model):
    """A wish as it arrived, handed to the activity that checks its shape and runs the command."""

    school: str
    process: str
    wish: Any
