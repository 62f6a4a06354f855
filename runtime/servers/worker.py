"""runtime: a program of ours (the worker) as a part under supervision."""

from __future__ import annotations

import signal
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

from runtime.servers.parts import Launch

ROOT = Path(__file__).resolve().parents[2]


class WorkerPart:
    """`worker.py` with the addresses of its servers in the environment; ready when its file says so.

    `program` names another program of ours that takes `--ready FILE`.
    """

    stop_signal = signal.SIGTERM
    adoptable = False  # it may run older code, or serve another database

    def __init__(
        self,
        folder: Path,
        *,
        env: Mapping[str, str],
        arguments: Sequence[str] = (),
        name: str = "worker",
        program: Path = ROOT / "worker.py",
    ) -> None:
        self.name = name
        self.folder = folder.resolve()
        self.folder.mkdir(parents=True, exist_ok=True)
        self.log = self.folder / f"{name}.log"
        self.ready = self.folder / "ready"
        self.env = dict(env)
        self.arguments = list(arguments)
        self.program = program

    @property
    def address(self) -> str:
        """The task queue, as a worker has no address of its own."""
        return self.env.get("LICHENG_TASK_QUEUE", "licheng")

    def settle(self) -> None:
        """Nothing: a worker listens nowhere."""

    def prepare(self) -> None:
        """Forget that an earlier worker was ready."""
        self.ready.unlink(missing_ok=True)

    def command(self) -> Launch:
        """The program, run by this interpreter."""
        argv = [sys.executable, str(self.program), "--ready", str(self.ready), *self.arguments]
        return Launch(argv, self.log, env=self.env, cwd=str(ROOT))

    async def answers(self) -> bool:
        """Whether it said that it polls."""
        return self.ready.exists()
