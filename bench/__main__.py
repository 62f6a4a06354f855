"""bench: `python -m bench [NAME…] [--quick] [--json] [--charts]`; a NAME is a module of this folder."""

from __future__ import annotations

import argparse
import json
import os
import platform
import sys
from datetime import UTC, datetime
from importlib import import_module
from pathlib import Path

from bench.harness import Figure, fresh_peak, page, write_chart

HERE = Path(__file__).parent
CHARTS = HERE.parent / "docs" / "bench"
NAMES = sorted(
    p.stem
    for p in HERE.iterdir()
    if (p.suffix == ".py" or (p / "__init__.py").exists()) and p.stem not in ("__init__", "__main__", "harness")
)


def main() -> int:
    """Run the named benchmarks; exit code 1 when a target is missed."""
    parser = argparse.ArgumentParser(
        prog="bench", description="量測:與對照或界限同場比較 · speed beside a peer or a limit"
    )
    parser.add_argument("names", nargs="*", metavar="NAME", help=", ".join(NAMES))
    parser.add_argument("--quick", action="store_true", help="少幾輪 · fewer rounds")
    parser.add_argument("--json", action="store_true", help="只輸出 JSON · one JSON document")
    parser.add_argument("--charts", action="store_true", help="寫出 docs/bench/ · write the page and its charts")
    given = parser.parse_args()
    unknown = sorted(set(given.names) - set(NAMES))
    if unknown:
        parser.error(f"unknown: {', '.join(unknown)}; choose from {', '.join(NAMES)}")
    measured: dict[str, list[Figure]] = {}
    for name in given.names or NAMES:
        print(f"{name} …", file=sys.stderr, flush=True)
        fresh_peak()
        measured[name] = import_module(f"bench.{name}").figures(quick=given.quick)
        if given.charts:
            write_chart(CHARTS / f"{name}.svg", name, measured[name])
    figures = [f for found in measured.values() for f in found]
    if given.charts:
        machine = f"{os.cpu_count()} × {platform.machine()}, Python {platform.python_version()}"
        (CHARTS / "README.md").write_text(
            page(measured, taken=f"{datetime.now(UTC):%Y-%m-%d}", machine=machine), "utf-8"
        )
    if given.json:
        json.dump({"figures": [f.shown() for f in figures]}, sys.stdout, ensure_ascii=False, indent=2)
        print()
    else:
        for f in figures:
            mark = "✓" if f.holds else "✗"
            print(
                f"{mark} {f.name}: {f.ours:g} / {f.peer:g} {f.unit} = {f.ratio:g} (target {f.target}; {f.memory_mb:g} MB)"
            )
    return 0 if all(f.holds for f in figures) else 1


if __name__ == "__main__":
    sys.exit(main())
