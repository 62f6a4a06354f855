"""rules: what a rehearsal notes: what the plan did, and what somebody did in the world."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from rules.duties import Duty
from rules.plan import PlannedRung
from rules.plans.step import Step


@dataclass(frozen=True, slots=True, order=True)
class Moment:
    """One line of the script: what happens when, under which key, to whom."""

    at: datetime
    key: str
    planned: datetime
    process: str
    kind: str
    outcome: str
    text: str = field(compare=False, default="")
    what: PlannedRung | Step | None = field(compare=False, default=None)
    """The rung or the step itself; a round has none."""


@dataclass(frozen=True, slots=True)
class Act:
    """What somebody did in the world: a duty was completed."""

    at: datetime
    duty: Duty
