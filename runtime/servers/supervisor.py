"""runtime: keeps a machine's servers running: starts, adopts, restarts, stops them.

It survives `kill -9` of any of them and of itself: the next supervisor adopts what still answers and
is provably ours (pid and start time), ends the rest, and starts what is missing.
"""

from __future__ import annotations

import asyncio
import fcntl
import json
import os
import signal
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from time import monotonic
from types import TracebackType
from typing import IO, Any

import psutil
import structlog

from runtime.servers.parts import Part, PartFailed, tail

log = structlog.get_logger()

LOOK_EVERY = 0.1
START_WITHIN = 45.0
STOP_WITHIN = 8.0


class AlreadySupervised(RuntimeError):
    """Another supervisor holds this data directory."""


@dataclass(slots=True)
class Running:
    """A process of ours: `since` is its start time, which tells it from a later one of the same pid."""

    part: Part
    pid: int
    since: float
    restarts: int = 0

    def process(self) -> psutil.Process | None:
        """The live process, or None when it is gone (a zombie is gone)."""
        return live(self.pid, self.since)


def live(pid: int, since: float) -> psutil.Process | None:
    """The process of that pid and start time, if it is still the same one and no zombie."""
    try:
        process = psutil.Process(pid)
        if abs(process.create_time() - since) > 1.0 or process.status() == psutil.STATUS_ZOMBIE:
            return None
    except psutil.NoSuchProcess:
        return None
    return process


class Supervisor:
    """Runs `parts` in their order while the context is open. One supervisor a data directory."""

    def __init__(self, data_dir: Path, parts: Sequence[Part]) -> None:
        self.data_dir = data_dir
        self.parts = list(parts)
        self.running: dict[str, Running] = {}
        self.peak_memory_mb = 0.0
        self._lock: IO[str] | None = None
        self._watch: asyncio.Task[None] | None = None
        self._paused: set[str] = set()

    async def __aenter__(self) -> Supervisor:
        self.data_dir.mkdir(parents=True, exist_ok=True)
        self._take_lock()
        try:
            for part in self.parts:
                await self._bring_up(part)
        except BaseException:
            await self._stop_all()
            raise
        self._watch = asyncio.create_task(self._keep())
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._watch is not None:
            self._watch.cancel()
            with suppress(asyncio.CancelledError):
                await self._watch
        await self._stop_all()
        if self._lock is not None:
            self._lock.close()

    async def add(self, part: Part) -> None:
        """Start one more part (the worker, once its servers' addresses are known)."""
        self.parts.append(part)
        await self._bring_up(part)

    async def stop(self, name: str) -> None:
        """Stop one part and leave it stopped until `start`."""
        self._paused.add(name)
        running = self.running.pop(name, None)
        if running is not None:
            await _end(running)
        self._write()

    async def start(self, name: str) -> None:
        """Start a part that was stopped."""
        await self._bring_up(next(p for p in self.parts if p.name == name))
        self._paused.discard(name)

    # -- one at a time -----------------------------------------------------------------------------

    def _take_lock(self) -> None:
        handle = (self.data_dir / "supervisor.lock").open("a+")
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            handle.close()
            raise AlreadySupervised(
                f"{self.data_dir} 已由另一個程序管理 · another supervisor runs on {self.data_dir}"
            ) from None
        os.set_inheritable(handle.fileno(), False)
        self._lock = handle

    async def _bring_up(self, part: Part) -> None:
        """Adopt the part of a killed predecessor, or start it and wait until it answers."""
        before = self._left_behind(part)
        if before is not None:
            if await part.answers():
                self.running[part.name] = before
                log.info("supervisor.adopted", part=part.name, pid=before.pid)
                self._write()
                return
            await _end(before)
        await asyncio.to_thread(part.prepare)
        await self._spawn(part)

    async def _spawn(self, part: Part, restarts: int = 0) -> None:
        child = part.spawn()
        since = psutil.Process(child.pid).create_time()
        running = Running(part, child.pid, since, restarts)
        self.running[part.name] = running
        self._write()
        until = monotonic() + START_WITHIN
        while not await part.answers():
            if child.poll() is not None or monotonic() > until:
                raise PartFailed(
                    f"{part.name} does not come up at {part.address}; {part.log} ends:\n{tail(part.log)}"
                )
            await asyncio.sleep(0.03)

    def _left_behind(self, part: Part) -> Running | None:
        for row in read_parts(self.data_dir):
            if row["name"] == part.name and live(row["pid"], row["since"]) is not None:
                return Running(part, row["pid"], row["since"])
        return None

    # -- while it runs -----------------------------------------------------------------------------

    async def _keep(self) -> None:
        """Restart whatever died, and sample the memory of all processes."""
        sampled = 0.0
        while True:
            for name in list(self.running):
                running = self.running.get(name)
                if running is not None and name not in self._paused and running.process() is None:
                    await self._restart(running)
            if monotonic() - sampled > 0.5:
                self.peak_memory_mb = max(self.peak_memory_mb, await asyncio.to_thread(self.memory_mb))
                sampled = monotonic()
            await asyncio.sleep(LOOK_EVERY)

    async def _restart(self, running: Running) -> None:
        log.warning("supervisor.died", part=running.part.name, pid=running.pid)
        with suppress(ChildProcessError):
            os.waitpid(running.pid, os.WNOHANG)
        if running.restarts:
            await asyncio.sleep(min(0.1 * 2**running.restarts, 5.0))
        try:
            await asyncio.to_thread(running.part.prepare)
            await self._spawn(running.part, min(running.restarts + 1, 6))
        except PartFailed as error:
            log.error("supervisor.restart_failed", part=running.part.name, error=str(error))
            self.running[running.part.name] = Running(
                running.part, running.pid, running.since, min(running.restarts + 1, 6)
            )

    def memory_mb(self) -> float:
        """Memory of this process and everything it runs, shared pages counted once (PSS), in MiB."""
        seen: set[int] = set()
        total = 0
        roots = [psutil.Process()] + [p for r in list(self.running.values()) if (p := r.process())]
        for root in roots:
            with suppress(psutil.Error):
                for process in (root, *root.children(recursive=True)):
                    if process.pid not in seen:
                        seen.add(process.pid)
                        total += _pss(process.pid)
        return total / 2**20

    def _write(self) -> None:
        rows = [
            {"name": r.part.name, "pid": r.pid, "address": r.part.address, "since": r.since}
            for r in self.running.values()
        ]
        path = self.data_dir / "parts.json"
        draft = path.with_suffix(".tmp")
        draft.write_text(json.dumps(rows, indent=1))
        draft.rename(path)

    async def _stop_all(self) -> None:
        for part in reversed(self.parts):
            running = self.running.pop(part.name, None)
            if running is not None:
                await _end(running)
        if self._lock is not None:
            self._write()


async def _end(running: Running) -> None:
    """Stop a process of ours, at last by force; never one that is not provably ours."""
    process = running.process()
    if process is None:
        return
    children = process.children(recursive=True)
    with suppress(psutil.NoSuchProcess):
        process.send_signal(running.part.stop_signal)
    until = monotonic() + STOP_WITHIN
    while running.process() is not None and monotonic() < until:
        with suppress(ChildProcessError):
            os.waitpid(running.pid, os.WNOHANG)
        await asyncio.sleep(0.02)
    for left in (process, *children):
        with suppress(psutil.NoSuchProcess):
            if left.is_running() and left.status() != psutil.STATUS_ZOMBIE:
                left.send_signal(signal.SIGKILL)
    with suppress(ChildProcessError):
        os.waitpid(running.pid, 0)


def _pss(pid: int) -> int:
    """Proportional memory of a process in bytes; its resident size where the kernel gives no PSS."""
    try:
        for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
            if line.startswith("Pss:"):
                return int(line.split()[1]) * 1024
    except OSError:
        with suppress(psutil.Error):
            return int(psutil.Process(pid).memory_info().rss)
    return 0


def read_parts(data_dir: Path) -> list[dict[str, Any]]:
    """What parts.json of a data directory says (also a dead supervisor's)."""
    try:
        rows: list[dict[str, Any]] = json.loads((data_dir / "parts.json").read_text())
    except (OSError, ValueError):
        return []
    return rows


def parts_of(data_dir: Path) -> list[dict[str, Any]]:
    """Name, pid, address and whether it is alive, of each part under `data_dir`."""
    return [
        {"name": r["name"], "pid": r["pid"], "address": r["address"], "alive": live(r["pid"], r["since"]) is not None}
        for r in read_parts(data_dir)
    ]
