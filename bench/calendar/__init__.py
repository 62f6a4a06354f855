"""bench: the calendar; a module a subject, all of them found by their name."""

from __future__ import annotations

from importlib import import_module
from pathlib import Path

from bench.harness import Figure


def figures(*, quick: bool) -> list[Figure]:
    """The figures of every module beside this one."""
    names = sorted(p.stem for p in Path(__file__).parent.glob("*.py") if p.stem != "__init__")
    return [f for name in names for f in import_module(f"bench.calendar.{name}").figures(quick=quick)]
