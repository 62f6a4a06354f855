"""rules: one step of a plan."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Step:
    """One dated deed: its key (thing + kind + instant it hangs on), activity, phase and lane.

    `args` are ids and instants that the activity needs; `thing` is what the step is about.
    """

    key: str
    kind: str
    at: datetime
    activity: str
    thing: str
    phase: str
    lane: str | None = None
    args: tuple[tuple[str, str], ...] = field(default=())

    def arg(self, name: str) -> str:
        """The argument called `name`."""
        return dict(self.args)[name]

    @property
    def summary(self) -> str:
        """A line for the engine's screens: `open g10_11 outcome_upload`."""
        return " ".join(x for x in (self.kind, self.lane, self.phase) if x)
