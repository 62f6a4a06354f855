"""demo: the script: acts in the order of their instants, and people who react to what becomes theirs."""

from __future__ import annotations

import heapq
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import datetime

from demo.stage import DemoStuck, Stage
from records.queries.progress import next_planned
from records.queries.snapshot import load_snapshot
from rules.duties import Duty, duties_of, is_open
from rules.snapshot import Snapshot

Act = Callable[[Stage], Awaitable[None]]
React = Callable[["Script", Stage, Snapshot, Duty], None]
Watch = Callable[["Script", Stage, Snapshot], None]


@dataclass(slots=True)
class Script:
    """What is still to be played. Acts at one instant come in the order of their names."""

    acts: list[tuple[datetime, str, Act]] = field(default_factory=list)
    names: set[str] = field(default_factory=set)
    seen: dict[str, tuple[int, int]] = field(default_factory=dict)
    duties: set[str] = field(default_factory=set)
    react: React | None = None
    watch: Watch | None = None

    def at(self, instant: datetime, name: str, act: Act) -> None:
        """Plan an act; a name is played once."""
        if name in self.names:
            return
        self.names.add(name)
        heapq.heappush(self.acts, (instant, name, act))

    def next_act(self) -> datetime | None:
        """The instant of the next act."""
        return self.acts[0][0] if self.acts else None

    async def play(self, stage: Stage, *, shown: Callable[[], Awaitable[None]]) -> None:
        """Play until nobody acts and no process plans anything any more."""
        at: datetime | None = stage.now
        while at is not None:
            await stage.move_to(at)
            await self._look_around(stage)
            while self.acts and self.acts[0][0] <= at:
                _, _, act = heapq.heappop(self.acts)
                await act(stage)
            await stage.settle()
            await self._look_around(stage)
            await shown()
            planned = await stage.through(lambda: next_planned(stage.operator, stage.school))
            # An act found just now may belong to this very instant.
            ahead = [max(x, at) for x in (self.next_act(),) if x is not None]
            ahead += [x for x in (planned,) if x is not None]
            at = min(ahead, default=None)

    async def _look_around(self, stage: Stage) -> None:
        """Find duties that became somebody's, in the processes where something happened."""
        rows = await stage.rows(
            "select p.id, p.news, (select count(*) from effect e where e.school = p.school and e.process = p.id"
            " and e.kind in ('generate', 'publish', 'deem', 'switch', 'open'))::int as moves from process p"
            " where p.school = $1 and p.over_at is null order by p.id"
        )
        stuck = await stage.rows("select step_key, error from stuck where school = $1 and cleared_at is null")
        if stuck:
            raise DemoStuck(f"a step keeps failing: {stuck[0]['step_key']} ({stuck[0]['error']})")
        for row in rows:
            mark = (row["news"], row["moves"])
            if self.seen.get(row["id"]) == mark:
                continue
            self.seen[row["id"]] = mark
            await self._read(stage, row["id"])

    async def _read(self, stage: Stage, process: str) -> None:
        async def look() -> Snapshot:
            async with stage.db.transaction(stage.school, snapshot=True) as connection:
                return await load_snapshot(connection, stage.school, process)

        snapshot = await stage.through(look)
        if self.watch is not None:
            self.watch(self, stage, snapshot)
        for key, duty in sorted(duties_of(snapshot).items()):
            if key not in self.duties and self.react is not None and (duty.counted or is_open(snapshot, duty)):
                self.duties.add(key)
                self.react(self, stage, snapshot, duty)
