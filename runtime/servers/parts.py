"""runtime: what the supervisor runs: a part has a name, an address, a command and a way to answer."""

from __future__ import annotations

import hashlib
import json
import os
import pwd
import secrets
import signal
import socket
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Protocol, TypedDict

MARK = "LICHENG_PART"
"""The environment variable by which a process says whose part it is, also when nobody wrote it down."""


class PartFailed(RuntimeError):
    """A server did not come up; the message names its log and the log's last lines."""


@dataclass(frozen=True, slots=True)
class Launch:
    """How a process is started: arguments, environment, account and log file."""

    argv: Sequence[str]
    log: Path
    env: Mapping[str, str] = field(default_factory=dict)
    account: str | None = None
    cwd: str = "/"

    def marked(self, mark: str) -> Launch:
        """The same launch of a process that carries `mark`."""
        return replace(self, env={**self.env, MARK: mark})

    def recipe(self) -> str:
        """A digest of the launch: a running process of another recipe is not what we would start."""
        words = [list(self.argv), sorted(self.env.items()), self.account, self.cwd]
        return hashlib.sha256(json.dumps(words).encode()).hexdigest()


class Part(Protocol):
    """One server process under supervision."""

    name: str
    log: Path
    stop_signal: signal.Signals
    adoptable: bool
    """Whether a process that a killed supervisor left may go on as this part."""

    @property
    def address(self) -> str:
        """Where it answers, for people and for clients."""

    def settle(self) -> None:
        """Choose what is chosen once (a port that nobody else holds); called while nothing of ours runs."""

    def prepare(self) -> None:
        """What must stand before each start of the process (data folder, configuration)."""

    def command(self) -> Launch:
        """How the process is started."""

    async def answers(self) -> bool:
        """Whether it serves, asked by a real connection."""


def launch(how: Launch) -> subprocess.Popen[bytes]:
    """Start a process in a session of its own, so that it outlives us; its output goes to its log."""
    how.log.parent.mkdir(parents=True, exist_ok=True)
    with how.log.open("ab") as out:
        return subprocess.Popen(
            list(how.argv),
            stdin=subprocess.DEVNULL,
            stdout=out,
            stderr=subprocess.STDOUT,
            cwd=how.cwd,
            env={**os.environ, **how.env},
            start_new_session=True,
            **as_account(how.account),
        )


class Account(TypedDict, total=False):
    """The arguments of Popen that give a process another account."""

    user: int
    group: int
    extra_groups: list[int]


def as_account(name: str | None) -> Account:
    """The arguments of Popen under which a process runs as the account `name` (None: as we do)."""
    if name is None:
        return {}
    who = pwd.getpwnam(name)
    return {"user": who.pw_uid, "group": who.pw_gid, "extra_groups": []}


def unprivileged_account() -> str | None:
    """The account that PostgreSQL runs under when we are root, which it refuses to be; else None.

    Raises PartFailed where root finds no such account.
    """
    if os.geteuid() != 0:
        return None
    for name in ("postgres", "nobody"):
        try:
            pwd.getpwnam(name)
        except KeyError:
            continue
        return name
    raise PartFailed("running as root needs an account 'postgres' or 'nobody' for PostgreSQL")


def kept_port(path: Path) -> int:
    """The TCP port written in `path`, chosen once: clients find a restarted server where it was."""
    try:
        return int(path.read_text())
    except (FileNotFoundError, ValueError):
        return _choose_port(path)


def settled_port(path: Path) -> int:
    """The kept port, or a new one where a stranger holds it by now. Call it while nothing of ours runs."""
    port = kept_port(path)
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return _choose_port(path)
    return port


def _choose_port(path: Path) -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_suffix(f".{secrets.token_hex(4)}")
    draft.write_text(f"{port}\n")
    draft.rename(path)
    return port


def tail(log: Path, lines: int = 8) -> str:
    """The last lines of a log, for an error message."""
    if not log.exists():
        return "(no log)"
    return "\n".join(log.read_text(errors="replace").splitlines()[-lines:])
