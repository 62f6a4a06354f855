"""rules: the rehearsal: the same planner, walked on a virtual clock, without any server.

A world (`rules/rehearsals/`) holds every process as a snapshot; what a step does to the facts is said once
more there, in memory, so that the trace of the real processes can be compared with it (differential test).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

from rules.duties import Duty
from rules.rehearsals.moments import Moment
from rules.rehearsals.planned import in_order
from rules.rehearsals.world import World

__all__ = ["Assumption", "EveryoneOnTime", "Moment", "NobodyActs", "World", "rehearse"]


class Assumption(Protocol):
    """How people behave: when somebody acts next, and what they do then."""

    def next(self, world: World, now: datetime) -> datetime | None:
        """The next instant after `now` at which somebody acts."""

    def act(self, world: World, now: datetime) -> None:
        """Do what people do at `now`."""


def rehearse(
    world: World, assumption: Assumption, *, since: datetime | None = None, until: datetime | None = None
) -> list[Moment]:
    """Walk the world from its start (or from `since`) until nothing more happens; returns the script, in order."""
    now: datetime | None = since or min((s.started_at for s in world.processes.values()), default=None)
    while now is not None and (until is None or now <= until):
        world.settle(now)
        assumption.act(world, now)
        world.settle(now)
        ahead = [x for x in (world.next_instant(now), assumption.next(world, now)) if x is not None]
        now = min(ahead, default=None)
    return world.trace


class NobodyActs:
    """Nobody does anything: every ladder is climbed to its top."""

    def next(self, world: World, now: datetime) -> datetime | None:
        """Nobody acts, ever."""
        return None

    def act(self, world: World, now: datetime) -> None:
        """Nothing is done."""


@dataclass(frozen=True, slots=True)
class EveryoneOnTime:
    """Every post does its duty `lead` before it is due (or as soon as its gate is open)."""

    lead: timedelta = timedelta(hours=1)

    def next(self, world: World, now: datetime) -> datetime | None:
        """The next instant at which a duty's owner acts."""
        ahead = [self._when(d) for d in world.owed()]
        return min((x for x in ahead if x > now), default=None)

    def act(self, world: World, now: datetime) -> None:
        """Complete what is owed by now, a submission's duties in their order."""
        for duty in in_order(world.owed()):
            if self._when(duty) <= now:
                world.do(duty, now)

    def _when(self, duty: Duty) -> datetime:
        return max(duty.opens, duty.due - self.lead)
