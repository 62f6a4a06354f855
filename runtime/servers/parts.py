"""runtime: what the supervisor runs: a part has a name, an address, a way to start and a way to answer."""

from __future__ import annotations

import os
import pwd
import socket
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol


class PartFailed(RuntimeError):
    """A server did not come up; the message names its log and the log's last lines."""


class Part(Protocol):
    """One server process under supervision."""

    name: str
    log: Path
    stop_signal: int

    @property
    def address(self) -> str:
        """Where it answers, for people and for clients."""

    def prepare(self) -> None:
        """What must stand before the process starts (data folder, configuration)."""

    def spawn(self) -> subprocess.Popen[bytes]:
        """Start the process in a session of its own, so that it outlives its starter."""

    async def answers(self) -> bool:
        """Whether it serves, asked by a real connection."""


@dataclass(slots=True)
class Launch:
    """How a process is started: arguments, environment, account and log file."""

    argv: Sequence[str]
    log: Path
    env: Mapping[str, str] = field(default_factory=dict)
    account: str | None = None
    cwd: str = "/"


def launch(how: Launch) -> subprocess.Popen[bytes]:
    """Start a process detached from our signals; its output goes to its log."""
    how.log.parent.mkdir(parents=True, exist_ok=True)
    with how.log.open("ab") as out:
        options: dict[str, object] = {}
        if how.account is not None:
            who = pwd.getpwnam(how.account)
            options = {"user": who.pw_uid, "group": who.pw_gid, "extra_groups": []}
        return subprocess.Popen(
            list(how.argv),
            stdin=subprocess.DEVNULL,
            stdout=out,
            stderr=subprocess.STDOUT,
            cwd=how.cwd,
            env={**os.environ, **how.env},
            start_new_session=True,
            **options,  # type: ignore[call-overload]
        )


def free_port() -> int:
    """A TCP port of 127.0.0.1 that nobody listens on now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def kept_port(path: Path) -> int:
    """The port written in `path`, chosen once: clients find a restarted server where it was.

    A port that somebody else holds by now is given up for a new one only when the part starts.
    """
    if path.exists():
        return int(path.read_text())
    port = free_port()
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"{port}\n")
    return port


def tail(log: Path, lines: int = 8) -> str:
    """The last lines of a log, for an error message."""
    if not log.exists():
        return "(no log)"
    return "\n".join(log.read_text(errors="replace").splitlines()[-lines:])


def unprivileged_account() -> str | None:
    """The account that servers run under when we are root (PostgreSQL refuses to run as root)."""
    if os.geteuid() != 0:
        return None
    for name in ("postgres", "nobody"):
        try:
            pwd.getpwnam(name)
        except KeyError:
            continue
        return name
    raise PartFailed("running as root needs an account 'postgres' or 'nobody' for PostgreSQL")
