"""runtime: PostgreSQL from the locked wheel, by our own small launcher (docs/decisions/0001).

The wheel's manager never stops servers after a kill, is fooled by stale pid files and opens closed
folders; here `postgres` is a process in a session of its own and liveness is a real connection.
"""

from __future__ import annotations

import os
import pwd
import secrets
import shutil
import signal
import subprocess
from functools import cached_property
from pathlib import Path

import asyncpg
import psutil

from runtime.keys import write_once
from runtime.servers.parts import Launch, PartFailed, as_account, kept_port, settled_port, unprivileged_account
from runtime.servers.places import binaries, closed_to, place_outside
from runtime.servers.processes import birth_of

USER = "licheng"
CONNECTIONS = 120
"""Connections the server takes at once; pools of all our processes together stay below."""


class PostgresPart:
    """One cluster under `folder` on a kept port of 127.0.0.1, with a password in a 0600 file.

    `durable=False` is for tests: a power failure may lose everything, a killed process nothing.
    """

    name = "postgres"
    stop_signal = signal.SIGINT  # fast shutdown
    adoptable = True

    def __init__(self, folder: Path, *, durable: bool = True) -> None:
        self.folder = folder.resolve()
        self.log = self.folder / "postgres.log"
        self.durable = durable
        self.account = unprivileged_account()
        self.folder.mkdir(parents=True, exist_ok=True)
        self.port = kept_port(self.folder / "port")

    @property
    def address(self) -> str:
        """`127.0.0.1:port`."""
        return f"127.0.0.1:{self.port}"

    def url(self, database: str = "postgres") -> str:
        """The URL of a database of this cluster, with the password in it."""
        return f"postgresql://{USER}:{self.password}@127.0.0.1:{self.port}/{database}"

    @cached_property
    def password(self) -> str:
        """The password of USER, made on first use and kept in a 0600 file."""
        path = self.folder / "password"
        if not path.exists():
            write_once(path, secrets.token_urlsafe(24).encode())
        return path.read_text()

    @cached_property
    def data(self) -> Path:
        """The cluster's folder: under ours, or where `cluster.pointer` says when ours is closed to the account."""
        home = self.folder / "cluster"
        if self.account is not None and closed_to(self.account, self.folder):
            home = place_outside(self.folder, pointer=self.folder / "cluster.pointer")
        home.mkdir(parents=True, exist_ok=True, mode=0o700)
        self._give(home)
        return home / "data"

    @cached_property
    def programs(self) -> Path:
        """The folder of `postgres` and `initdb`, one that the account can reach."""
        return binaries(self.account)

    def settle(self) -> None:
        """Look for another port where a stranger holds ours by now."""
        self.port = settled_port(self.folder / "port")

    def prepare(self) -> None:
        """Create the cluster if it is missing: `initdb` beside its place, then a rename. Raises PartFailed.

        Nothing of ours may run on it: a pid file that now names somebody else's process is removed.
        """
        if (self.data / "PG_VERSION").exists():
            self._forget_stale_pid()
            return
        draft = self.data.with_name("data.tmp")
        shutil.rmtree(draft, ignore_errors=True)
        # A copy that `initdb` may read under its own account.
        password = self.data.with_name("password.tmp")
        password.unlink(missing_ok=True)
        write_once(password, self.password.encode())
        self._give(password)
        try:
            self._run(
                "initdb", "-D", str(draft), "-U", USER, "-E", "UTF8", "--locale-provider=builtin",
                "--builtin-locale=C.UTF-8", "--no-locale", "--no-sync", "-A", "scram-sha-256", f"--pwfile={password}",
            )  # fmt: skip
            if self.durable:
                self._run("initdb", "--sync-only", "-D", str(draft))
        finally:
            password.unlink(missing_ok=True)
        draft.rename(self.data)

    def command(self) -> Launch:
        """`postgres` itself; a stale pid file of a killed one does not stop it."""
        safe = "on" if self.durable else "off"  # commits reach the kernel either way: a kill loses none
        settings = {
            "listen_addresses": "127.0.0.1",
            "unix_socket_directories": "",
            "port": str(self.port),
            "max_connections": str(CONNECTIONS),
            "shared_buffers": "96MB",
            "fsync": safe,
            "full_page_writes": safe,
            "log_min_messages": "fatal",
            "log_min_error_statement": "panic",  # a failed statement may quote personal data
            "jit": "off",
        }
        argv = [str(self.programs / "postgres"), "-D", str(self.data)]
        for key, value in settings.items():
            argv += ["-c", f"{key}={value}"]
        return Launch(argv, self.log, env={"LC_ALL": "C"}, account=self.account)

    async def answers(self) -> bool:
        """Whether a connection with our password is accepted."""
        away = (OSError, TimeoutError, asyncpg.PostgresError, asyncpg.InterfaceError, asyncpg.InternalClientError)
        try:
            connection = await asyncpg.connect(self.url(), timeout=2)
            await connection.close(timeout=2)
        except away:
            return False
        return True

    def _forget_stale_pid(self) -> None:
        """Remove a pid file that names no living `postgres` of this cluster.

        `postgres` would take for itself another program that got the number, and a zombie that nobody reaps.
        """
        path = self.data / "postmaster.pid"
        try:
            pid = int(path.read_text().split()[0])
            if birth_of(pid) is not None and str(self.data) in psutil.Process(pid).cmdline():
                return
        except (OSError, ValueError, IndexError, psutil.Error):
            pass  # no whole file, or no such process
        path.unlink(missing_ok=True)

    def _run(self, program: str, *arguments: str) -> None:
        done = subprocess.run(
            [str(self.programs / program), *arguments],
            cwd="/",
            capture_output=True,
            text=True,
            check=False,
            env={"LC_ALL": "C", "PATH": os.environ.get("PATH", "")},
            **as_account(self.account),
        )
        if done.returncode != 0:
            raise PartFailed(f"{program} failed for {self.data}:\n{done.stdout[-800:]}{done.stderr[-800:]}")

    def _give(self, path: Path) -> None:
        if self.account is not None:
            who = pwd.getpwnam(self.account)
            os.chown(path, who.pw_uid, who.pw_gid)
