"""bench: a new environment from the locks with a warm package cache, against the limit of 60 seconds."""

from __future__ import annotations

import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from time import perf_counter

from bench.harness import Figure, at_most

ROOT = Path(__file__).resolve().parents[1]


def figures(*, quick: bool) -> list[Figure]:
    """`make setup` in a copy of the tree that has no `.venv`; run once, since the first run warms the cache."""
    with tempfile.TemporaryDirectory(prefix="licheng-setup-") as folder:
        copy = Path(folder) / "clone"
        (copy / "deploy").mkdir(parents=True)
        for name in ("requirements.lock", "requirements-dev.lock", "deploy/bootstrap.py"):
            shutil.copy(ROOT / name, copy / name)
        python = getattr(sys, "_base_executable", sys.executable)
        started = perf_counter()
        subprocess.run([python, "deploy/bootstrap.py", "run"], cwd=copy, check=True, capture_output=True)
        return [at_most("cold set-up", perf_counter() - started, 60, "s")]
