"""runtime: keeps a machine's servers running: starts, adopts, restarts, stops them.

It survives `kill -9` of any of them and of itself: the next supervisor adopts what still answers and
is provably ours (docs/decisions/0002), ends the rest, and starts what is missing.
"""

from __future__ import annotations

import asyncio
import fcntl
import json
import os
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from time import monotonic, time
from types import TracebackType
from typing import IO, Any

from runtime.log import get_logger
from runtime.servers.parts import Part, PartFailed, launch, tail
from runtime.servers.processes import birth_of, end, live, marked, memory_mb, reap

log = get_logger()

LOOK_EVERY = 0.05
SAMPLE_EVERY = 0.5
START_WITHIN = 45.0
AGAIN, AGAIN_WITHIN = 2, 5.0
"""How often a first start is tried again, if it failed within so many seconds."""
STEADY = 10.0
"""Seconds after which a process has proved itself: its next death is answered at once again."""


class AlreadySupervised(RuntimeError):
    """Another supervisor holds this data directory."""


@dataclass(frozen=True, slots=True)
class Running:
    """A process of ours. `birth` tells it from a later process of the same pid."""

    part: Part
    pid: int
    birth: str
    since: float

    @property
    def alive(self) -> bool:
        """Whether it is still the same process."""
        return birth_of(self.pid) == self.birth

    async def end(self) -> None:
        """Stop it in its part's way, at last by force."""
        await end(self.pid, self.birth, self.part.stop_signal)


class Supervisor:
    """Runs `parts` in their order while the context is open. One supervisor a data directory.

    Raises AlreadySupervised, and PartFailed when a part does not come up.
    """

    def __init__(self, data_dir: Path, parts: Sequence[Part], *, watch_memory: bool = False) -> None:
        """`watch_memory` looks at all memory twice a second, which takes some hundredths of a processor."""
        self.data_dir = data_dir.resolve()
        self.parts = list(parts)
        self.running: dict[str, Running] = {}
        self.peak_memory_mb = 0.0
        """Most memory of all our processes and this one seen so far, in MiB; 0 where nobody watches."""
        self._watch_memory = watch_memory
        self._seen: set[str] = set()
        self._lock: IO[str] | None = None
        self._keepers: dict[str, asyncio.Task[None]] = {}
        self._sampler: asyncio.Task[None] | None = None

    async def __aenter__(self) -> Supervisor:
        self.data_dir.mkdir(parents=True, exist_ok=True)
        self._lock = _take_lock(self.data_dir)
        try:
            for part in self.parts:
                await self._bring_up(part)
        except BaseException:
            await self._leave()
            raise
        if self._watch_memory:
            self._sampler = asyncio.create_task(self._sample())
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._leave()

    async def add(self, part: Part) -> None:
        """Start one more part (the worker, once its servers' addresses are known). Raises PartFailed."""
        self.parts.append(part)
        await self._bring_up(part)

    async def stop(self, name: str) -> None:
        """Stop one part and leave it stopped until `start`."""
        await _cancelled(self._keepers.pop(name, None))
        running = self.running.get(name)
        if running is not None:
            await running.end()
            del self.running[name]
        self._write()

    async def start(self, name: str) -> None:
        """Start a part that was stopped. Raises PartFailed."""
        await self._bring_up(next(p for p in self.parts if p.name == name))

    def memory_mb(self) -> float:
        """Memory of this process and everything it runs now, shared pages counted once, in MiB."""
        return memory_mb([os.getpid(), *(r.pid for r in list(self.running.values()))])

    # -- one part ----------------------------------------------------------------------------------

    async def _bring_up(self, part: Part) -> None:
        """Adopt the part that a killed predecessor left, or end that one, start ours and wait for it."""
        before = await asyncio.to_thread(self._left_behind, part)
        same = self._same_recipe(part)
        self._seen.add(part.name)
        if before is not None:
            if part.adoptable and same and await part.answers():
                log.info("supervisor.adopted", part=part.name, pid=before.pid)
                self.running[part.name] = before
                self._write()
                self._keepers[part.name] = asyncio.create_task(self._keep(part))
                return
            await before.end()
        await self._start_anew(part)
        self._keepers[part.name] = asyncio.create_task(self._keep(part))

    async def _start_anew(self, part: Part) -> None:
        """Start a part of which nothing runs; what passes by itself (a port just taken) is tried again."""
        for _ in range(AGAIN):
            began = monotonic()
            try:
                part.settle()
                return await self._start(part)
            except PartFailed:
                if monotonic() - began > AGAIN_WITHIN:
                    raise
                await asyncio.sleep(0.3)
        part.settle()
        return await self._start(part)

    async def _start(self, part: Part) -> None:
        """Start a part's process and wait until it answers; one that does not is ended again."""
        await asyncio.to_thread(part.prepare)
        child = launch(part.command().marked(self._mark(part)))
        birth = birth_of(child.pid) or "ended at once"
        running = self.running[part.name] = Running(part, child.pid, birth, time())
        self._write()
        until = monotonic() + START_WITHIN
        while not await part.answers():
            if child.poll() is not None or monotonic() > until:
                await running.end()
                raise PartFailed(f"{part.name} does not come up at {part.address}; {part.log} ends:\n{tail(part.log)}")
            await asyncio.sleep(0.03)

    async def _keep(self, part: Part) -> None:
        """Restart a part whenever its process is gone; the first time at once, then more and more slowly."""
        failures = 0
        while True:
            running = self.running[part.name]
            if running.alive:
                await asyncio.sleep(LOOK_EVERY)
                continue
            reap(running.pid)
            log.warning("supervisor.died", part=part.name, pid=running.pid)
            failures = 0 if time() - running.since > STEADY else failures + 1
            if failures > 1:
                await asyncio.sleep(min(0.1 * 2 ** (failures - 2), 5.0))
            try:
                await self._start(part)
            except Exception as error:
                log.error("supervisor.restart_failed", part=part.name, error=str(error))
                # A start that failed before there was a process is no reason to spin.
                await asyncio.sleep(min(0.1 * 2**failures, 5.0))

    # -- what the next supervisor needs ------------------------------------------------------------

    def _mark(self, part: Part) -> str:
        return f"{self.data_dir}#{part.name}"

    def _same_recipe(self, part: Part) -> bool:
        recipe = part.command().recipe()
        return any(r["name"] == part.name and r.get("recipe") == recipe for r in read_parts(self.data_dir))

    def _left_behind(self, part: Part) -> Running | None:
        """The process that a predecessor left: as it is written down, else as it says of itself."""
        for row in read_parts(self.data_dir):
            if row["name"] == part.name and live(row["pid"], row.get("birth", "")) is not None:
                return Running(part, row["pid"], row["birth"], row["since"])
        stray = marked(self._mark(part))
        birth = birth_of(stray.pid) if stray is not None else None
        return Running(part, stray.pid, birth, stray.create_time()) if stray is not None and birth else None

    def _write(self) -> None:
        """Write parts.json: what the next supervisor, `status` and the tests read."""
        # A part that we have not come to yet keeps its row: we may be killed before we do.
        rows = [r for r in read_parts(self.data_dir) if r["name"] not in self._seen] + [
            {
                "name": r.part.name,
                "pid": r.pid,
                "address": r.part.address,
                "since": r.since,
                "birth": r.birth,
                "recipe": r.part.command().recipe(),
            }
            for r in self.running.values()
        ]
        path = self.data_dir / "parts.json"
        draft = path.with_suffix(".tmp")
        draft.write_text(json.dumps(rows, indent=1))
        draft.rename(path)

    async def _sample(self) -> None:
        while True:
            self.peak_memory_mb = max(self.peak_memory_mb, await asyncio.to_thread(self.memory_mb))
            await asyncio.sleep(SAMPLE_EVERY)

    async def _leave(self) -> None:
        """Stop what runs, last started first, and give the data directory free."""
        await _cancelled(self._sampler)
        for keeper in self._keepers.values():
            await _cancelled(keeper)
        try:
            for name in reversed(list(self.running)):
                await self.running[name].end()
                del self.running[name]
            self._write()
        finally:
            if self._lock is not None:
                self._lock.close()


def _take_lock(data_dir: Path) -> IO[str]:
    """The data directory's lock; it falls with the process that holds it. Raises AlreadySupervised."""
    handle = (data_dir / "supervisor.lock").open("a+")
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        handle.seek(0)
        holder = handle.read().strip() or "?"
        handle.close()
        raise AlreadySupervised(
            f"{data_dir} 已由另一個程序({holder})管理 · another supervisor (pid {holder}) runs on {data_dir}"
        ) from None
    handle.truncate(0)
    handle.write(f"{os.getpid()}\n")
    handle.flush()
    return handle


async def _cancelled(task: asyncio.Task[None] | None) -> None:
    if task is not None:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task


def read_parts(data_dir: Path) -> list[dict[str, Any]]:
    """What parts.json of a data directory says (also a dead supervisor's); nothing where it is unreadable."""
    try:
        rows: list[dict[str, Any]] = json.loads((data_dir / "parts.json").read_text())
    except (OSError, ValueError):
        return []
    return rows


def parts_of(data_dir: Path) -> list[dict[str, Any]]:
    """Name, pid, address and whether it is alive, of each part under `data_dir`."""
    return [
        {
            "name": row["name"],
            "pid": row["pid"],
            "address": row["address"],
            "alive": live(row["pid"], row.get("birth", "")) is not None,
        }
        for row in read_parts(data_dir)
    ]
