"""runtime: the web server of files as a part under supervision, on a kept port of 127.0.0.1."""

from __future__ import annotations

import asyncio
import signal
import sys
from collections.abc import Mapping
from pathlib import Path

from runtime.servers.parts import Launch, kept_port, settled_port
from runtime.servers.worker import ROOT


class WebPart:
    """`python -m web` with its database's address in the environment."""

    name = "web"
    stop_signal = signal.SIGTERM
    adoptable = False  # it may run older code, or serve another database

    def __init__(self, folder: Path, *, env: Mapping[str, str]) -> None:
        self.folder = folder.resolve()
        self.folder.mkdir(parents=True, exist_ok=True)
        self.log = self.folder / "web.log"
        self.env = dict(env)
        self.port = kept_port(self.folder / "port")

    @property
    def address(self) -> str:
        """`127.0.0.1:port`."""
        return f"127.0.0.1:{self.port}"

    def settle(self) -> None:
        """Look for another port where a stranger holds ours by now."""
        self.port = settled_port(self.folder / "port")

    def prepare(self) -> None:
        """Nothing: uploads under way stand in the database and the file store."""

    def command(self) -> Launch:
        """The server, run by this interpreter."""
        return Launch([sys.executable, "-m", "web", "--port", str(self.port)], self.log, env=self.env, cwd=str(ROOT))

    async def answers(self) -> bool:
        """Whether it says that it lives, its database behind it."""
        try:
            reader, writer = await asyncio.open_connection("127.0.0.1", self.port)
        except OSError:
            return False
        try:
            writer.write(b"GET /alive HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
            await writer.drain()
            return b" 200 " in await asyncio.wait_for(reader.readline(), 5)
        except (OSError, TimeoutError):
            return False
        finally:
            writer.close()
