"""bench: the demo year as a user starts it, against the limits of 90 seconds, 1.5 GB and 3,500 events a process."""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from pathlib import Path

from bench.harness import Figure, at_most

ROOT = Path(__file__).resolve().parents[1]


def figures(*, quick: bool) -> list[Figure]:
    """The whole demo, set-up of servers and report included; the small school when quick."""
    size = "small" if quick else "standard"
    with tempfile.TemporaryDirectory(prefix="licheng-bench-") as folder:
        done = subprocess.run(
            [sys.executable, "starter.py", "demo", "--json", "--size", size, "--data", folder],
            cwd=ROOT,
            capture_output=True,
            text=True,
            check=True,
        )
    result = json.loads(done.stdout)
    memory = result["peak_memory_mb"]
    return [
        at_most(f"demo year ({size}), wall time", result["wall_seconds"], 90, "s", memory),
        at_most(f"demo year ({size}), all processes", memory, 1500, "MB", memory),
        at_most(
            f"demo year ({size}), largest history",
            max(h["events"] for h in result["histories"]),
            3500,
            "events",
            memory,
        ),
    ]
