"""The web server of files as users meet it: a process of its own on a real port, over a school of the records' tests."""

from __future__ import annotations

import http.client
import os
import signal
import subprocess
import sys
import time
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import UUID

import asyncpg
import pytest

from records.migrate import migrate
from records.tickets import Ticket, sign
from runtime.servers.parts import kept_port
from tests.records.builders import World, found_school

_SERVE = """
import asyncio, sys, uvicorn
from pathlib import Path
from records.db import Database
from records.seam import Vault
from web.app import make_app

async def main():
    db = await Database.open(sys.argv[1], size=4)
    app = make_app(db, Vault(Path(sys.argv[2]), b"m" * 32))
    await uvicorn.Server(uvicorn.Config(app, port=int(sys.argv[3]), log_level="error", lifespan="off")).serve()

asyncio.run(main())
"""


@dataclass(slots=True)
class Web:
    """A running server and how to talk to it."""

    world: World
    url: str
    port: int
    process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start it and wait until it answers."""
        argv = [sys.executable, "-c", _SERVE, self.url, str(self.world.vault.files), str(self.port)]
        self.process = subprocess.Popen(argv, cwd=Path.cwd())
        for _ in range(200):
            try:
                if self.call("GET", "/alive")[0] == 200:
                    return
            except OSError:
                time.sleep(0.05)
        raise AssertionError("the web server does not answer")

    def kill(self) -> None:
        """End it without a word."""
        assert self.process is not None
        os.kill(self.process.pid, signal.SIGKILL)
        self.process.wait()

    def ticket(self, person: UUID, seconds: int = 600, *, acts: bool = False) -> str:
        """A ticket of a person of this school."""
        return sign(b"m" * 32, Ticket(self.world.school, person, int(time.time()) + seconds, acts))

    def call(
        self, method: str, path: str, body: bytes | None = None, who: UUID | str | None = None, **headers: Any
    ) -> tuple[int, dict[str, str], bytes]:
        """One request; (status, headers in lower case, body). `who` is a person or a ticket's text."""
        given = {"Tus-Resumable": "1.0.0"} | {k.replace("_", "-"): str(v) for k, v in headers.items()}
        if who is not None:
            given["Authorization"] = f"Bearer {self.ticket(who) if isinstance(who, UUID) else who}"
        line = http.client.HTTPConnection("127.0.0.1", self.port, timeout=20)
        try:
            line.request(method, path, body, {k: v for k, v in given.items() if v != "None"})
            got = line.getresponse()
            return got.status, {k.lower(): v for k, v in got.getheaders()}, got.read()
        finally:
            line.close()

    def begin(self, who: UUID, length: int) -> str:
        """The path of a new upload."""
        status, headers, body = self.call("POST", "/uploads", who=who, Upload_Length=length)
        assert status == 201, body
        return headers["location"]

    def patch(
        self, path: str, who: UUID, offset: int, data: bytes, **headers: Any
    ) -> tuple[int, dict[str, str], bytes]:
        """Append at an offset."""
        return self.call(
            "PATCH", path, data, who, Upload_Offset=offset, Content_Type="application/offset+octet-stream", **headers
        )

    def offset(self, path: str, who: UUID) -> int:
        """Where an upload stands."""
        status, headers, _ = self.call("HEAD", path, who=who)
        assert status == 200
        return int(headers["upload-offset"])


@pytest.fixture(scope="session")
async def web_url(postgres_url: str) -> AsyncIterator[str]:
    """The URL of a database of our own with every migration applied."""
    server = await asyncpg.connect(postgres_url)
    await server.execute("create database web_tests")
    url = postgres_url.rsplit("/", 1)[0] + "/web_tests"
    await migrate(url)
    yield url
    await server.execute("drop database web_tests with (force)")
    await server.close()


@pytest.fixture(scope="module")
async def web(web_url: str, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Web]:
    """A server over one school for a module's tests."""
    folder = tmp_path_factory.mktemp("web")
    async with found_school(web_url, folder, students=6) as world:
        web = Web(world, web_url, kept_port(folder / "port"))
        web.start()
        yield web
        web.kill()
