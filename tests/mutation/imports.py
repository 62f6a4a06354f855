"""Which test files import a module of rules/, over how many others, or name a class of it: they may notice what takes effect at import."""

from __future__ import annotations

import ast
import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parents[2]
_THROUGH = ("rules", "tests", "rosters", "reconcile")
"""Folders whose modules lead on; what comes through others (records, cli) mostly needs a server."""


def distances(module: str) -> dict[str, int]:
    """How many imports lie between each test file and a module; files that do not import it are not in it."""
    found, edge, step = dict[str, int](), [module], 0
    known = {module}
    while edge:
        step += 1
        edge = sorted({f for m in edge for f in _importers()[m]} - known)
        known.update(edge)
        found.update((f, step) for f in edge if Path(f).name.startswith("test_"))
    return found


@cache
def test_files_naming(name: str) -> set[str]:
    """The test files in whose text a name stands as a word."""
    word = re.compile(rf"\b{re.escape(name)}\b")
    files = (ROOT / "tests").rglob("test_*.py")
    return {str(p.relative_to(ROOT)) for p in files if word.search(p.read_text(encoding="utf-8"))}


@cache
def _importers() -> dict[str, set[str]]:
    """For each file of the project, the files that import it."""
    found: dict[str, set[str]] = defaultdict(set)
    for folder in _THROUGH:
        for path in (ROOT / folder).rglob("*.py"):
            for name in _imported(ast.parse(path.read_text(encoding="utf-8"))):
                for file in _files(name):
                    found[file].add(str(path.relative_to(ROOT)))
    return found


def _imported(tree: ast.AST) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (a.name for a in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            yield node.module
            yield from (f"{node.module}.{a.name}" for a in node.names)


def _files(name: str) -> Iterator[str]:
    """The file of a module and those of the packages that hold it; none for what is no module of ours."""
    parts = name.split(".")
    if parts[0] not in _THROUGH:
        return
    for n in range(1, len(parts)):
        yield _init(parts[:n])
    file = "/".join(parts) + ".py"
    yield file if (ROOT / file).exists() else _init(parts)


def _init(parts: Sequence[str]) -> str:
    return "/".join([*parts, "__init__.py"])
