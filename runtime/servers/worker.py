"""runtime: the worker (and any other program of ours) as a part under supervision."""

from __future__ import annotations

import signal
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

from runtime.servers.parts import Launch, launch

ROOT = Path(__file__).resolve().parents[2]


class WorkerPart:
    """`worker.py` with the addresses of its servers in the environment; ready when its file says so."""

    name = "worker"
    stop_signal = signal.SIGTERM

    def __init__(
        self, folder: Path, *, env: Mapping[str, str], arguments: Sequence[str] = ()
    ) -> None:
        self.folder = folder.resolve()
        self.folder.mkdir(parents=True, exist_ok=True)
        self.log = self.folder / "worker.log"
        self.ready = self.folder / "ready"
        self.env = dict(env)
        self.arguments = list(arguments)

    @property
    def address(self) -> str:
        """The task queue's worker has no address of its own."""
        return self.env.get("LICHENG_TASK_QUEUE", "licheng")

    def prepare(self) -> None:
        """Forget that an earlier worker was ready."""
        self.ready.unlink(missing_ok=True)

    def spawn(self) -> subprocess.Popen[bytes]:
        """Start the worker with this interpreter."""
        argv = [sys.executable, str(ROOT / "worker.py"), "--ready", str(self.ready), *self.arguments]
        return launch(Launch(argv, self.log, env=self.env, cwd=str(ROOT)))

    async def answers(self) -> bool:
        """Whether it said that it polls."""
        return self.ready.exists()
