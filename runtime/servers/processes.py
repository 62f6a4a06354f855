"""runtime: which process is provably ours, how it is ended, and how much memory a tree of them takes."""

from __future__ import annotations

import asyncio
import os
import signal
from collections.abc import Iterable
from contextlib import suppress
from functools import cache
from pathlib import Path
from time import monotonic

import psutil

from runtime.servers.parts import MARK

STOP_WITHIN = 8.0
"""Seconds a process has to stop in its own way before it is killed."""


@cache
def _boot() -> str:
    """This boot of the machine: no process of ours outlives it."""
    return Path("/proc/sys/kernel/random/boot_id").read_text()[:8]


def birth_of(pid: int) -> str | None:
    """What tells the process of this pid from any other of the same pid, or None when there is none.

    Boot and clock ticks since boot: setting the machine's clock does not change it. A zombie is gone.
    """
    try:
        words = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
        boot = _boot()
    except ProcessLookupError:
        return None
    except OSError:
        return _birth_elsewhere(pid)
    return None if words[0] in "ZX" else f"{boot}-{words[19]}"


def _birth_elsewhere(pid: int) -> str | None:
    """The same where there is no /proc (macOS), or no such process."""
    try:
        process = psutil.Process(pid)
        gone = process.status() == psutil.STATUS_ZOMBIE
        return None if gone else f"at-{process.create_time():.2f}"
    except psutil.Error:
        return None


def live(pid: int, birth: str) -> psutil.Process | None:
    """The process of that pid and birth, if it still runs."""
    if birth_of(pid) != birth:
        return None
    try:
        return psutil.Process(pid)
    except psutil.NoSuchProcess:
        return None


def marked(mark: str) -> psutil.Process | None:
    """The process that was launched with `mark`, found among all processes; its children do not count."""
    for process in psutil.process_iter():
        with suppress(psutil.Error, OSError):
            if process.environ().get(MARK) == mark and os.getsid(process.pid) == process.pid:
                return process
    return None


async def end(pid: int, birth: str, number: signal.Signals) -> None:
    """Stop a process by its own signal, and by force after STOP_WITHIN seconds, with all it started.

    Nothing happens to a process of another birth: a pid alone proves nothing.
    """
    process = live(pid, birth)
    if process is None:
        return
    family = [process]
    with suppress(psutil.Error):
        family += process.children(recursive=True)
    with suppress(psutil.NoSuchProcess):
        process.send_signal(number)
    until = monotonic() + STOP_WITHIN
    while live(pid, birth) is not None and monotonic() < until:
        reap(pid)
        await asyncio.sleep(0.02)
    for left in family:
        with suppress(psutil.Error):
            if left.is_running() and left.status() != psutil.STATUS_ZOMBIE:
                left.send_signal(signal.SIGKILL)
    while live(pid, birth) is not None:
        reap(pid)
        await asyncio.sleep(0.02)
    reap(pid)


def reap(pid: int) -> None:
    """Take notice of a child's end; an adopted process is not our child and somebody else's to reap."""
    with suppress(ChildProcessError):
        os.waitpid(pid, os.WNOHANG)


def memory_mb(roots: Iterable[int]) -> float:
    """Memory of the processes `roots` and all they started, in MiB, shared pages counted once (PSS)."""
    seen: dict[int, int] = {}
    for pid in roots:
        if pid in seen:
            continue
        with suppress(psutil.Error):
            root = psutil.Process(pid)
            for process in (root, *root.children(recursive=True)):
                if process.pid not in seen:
                    seen[process.pid] = _bytes(process)
    return sum(seen.values()) / 2**20


def _bytes(process: psutil.Process) -> int:
    """A process's share of memory; its resident size where the kernel gives no share; 0 when it ended."""
    try:
        for line in Path(f"/proc/{process.pid}/smaps_rollup").read_text().splitlines():
            if line.startswith("Pss:"):
                return int(line.split()[1]) * 1024
    except OSError:
        with suppress(psutil.Error):
            return int(process.memory_info().rss)
    return 0
