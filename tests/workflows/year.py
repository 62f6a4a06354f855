"""A played small year for tests: started as a user would, killed in the middle, read afterwards."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import asyncpg

from runtime.servers.postgres import PostgresPart
from runtime.servers.supervisor import Supervisor, read_parts

ROOT = Path(__file__).resolve().parents[2]
SCHOOL = "999901"


def start_demo(data: Path, size: str = "small") -> subprocess.Popen[str]:
    """`starter.py demo --json`, as a user starts it."""
    data.mkdir(parents=True, exist_ok=True)
    return subprocess.Popen(
        [sys.executable, "starter.py", "demo", "--json", "--size", size, "--data", str(data)],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=(data / "stderr.log").open("w"),
        text=True,
    )


def finished(demo: subprocess.Popen[str], data: Path) -> dict[str, Any]:
    """The demo's JSON document; its standard error in the message when it failed."""
    out, _ = demo.communicate(timeout=280)
    errors = (data / "stderr.log").read_text()[-2000:]
    assert demo.returncode == 0, errors
    result: dict[str, Any] = json.loads(out)
    return result


def pid_of(data: Path, name: str) -> int:
    """The pid of a part, waiting until it runs."""
    for _ in range(600):
        for part in read_parts(data):
            if part["name"] == name:
                return int(part["pid"])
        time.sleep(0.05)
    raise AssertionError(f"{name} never came up")


def kill(data: Path, name: str) -> None:
    """`kill -9` of a part of the demo."""
    os.kill(pid_of(data, name), signal.SIGKILL)


def lose_engine_state(data: Path) -> None:
    """Temporal's database deleted and the server killed; the supervisor brings it up empty."""
    pid = pid_of(data, "temporal")
    for path in (data / "temporal").glob("temporal.db*"):
        path.unlink()
    os.kill(pid, signal.SIGKILL)


def resume(data: Path) -> list[str]:
    """`starter.py resume --json`; the processes that were started again."""
    done = subprocess.run(
        [sys.executable, "starter.py", "resume", "--json", "--data", str(data)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    resumed: list[str] = json.loads(done.stdout)["resumed"]
    return resumed


def disturb(data: Path, acts: Sequence[Callable[[], object]], *, first: float, between: float) -> None:
    """Do terrible things to a running demo, one after the other."""
    pid_of(data, "worker")
    time.sleep(first)
    for act in acts:
        act()
        time.sleep(between)


@asynccontextmanager
async def reading(data: Path) -> AsyncIterator[asyncpg.Connection]:
    """The database that a demo left, opened again."""
    part = PostgresPart(data / "postgres")
    name = json.loads((data / "place.json").read_text())["database"]
    async with Supervisor(data, [part]):
        connection = await asyncpg.connect(part.url(name), server_settings={"search_path": "licheng, public"})
        await connection.set_type_codec("jsonb", encoder=json.dumps, decoder=json.loads, schema="pg_catalog")
        try:
            yield connection
        finally:
            await connection.close()


async def wait_for(demo: subprocess.Popen[str], seconds: float) -> None:
    """Let a demo run on without blocking the loop."""
    until = time.monotonic() + seconds
    while demo.poll() is None and time.monotonic() < until:
        await asyncio.sleep(0.1)
