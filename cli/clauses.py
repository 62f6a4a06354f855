"""cli: which clause of the supplementary rules stands where: in code and data, and in tests."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rosters.documents import read_tree

CODE = ("rules", "records", "rosters", "workflows", "activities", "runtime", "demo", "cli", "schools")
TESTS = ("tests",)
KINDS = (".py", ".sql", ".yaml")

_PATH = r"\d+(?:\.\d+)*"
_OLD = r"(?![\d.]*[(（][一二三四五六七八九十\d]+[)）])"
_CITED = re.compile(rf"規§(?P<id>{_PATH}){_OLD}(?:[–—-](?:規§)?(?P<last>{_PATH}))?")
"""A citation, or a range of them: a mark and a path of digits, or two paths with a dash between them.

A full stop that ends a sentence is no part of it; the older marks with brackets are no citations.
"""


@dataclass(frozen=True, slots=True)
class Citation:
    """One mention of a clause: its mark, where it stands, and the last mark where it is a range."""

    mark: str
    place: str
    range_end: str = ""


def clauses(root: Path) -> list[dict[str, Any]]:
    """The 44 clauses in the document's order, each with its text and the places that cite it.

    `code` and `tests` hold `file:line` places under `root`, each once, in the order of the files. A
    range of marks cites every clause between its ends.
    """
    known = known_clauses(root)
    code, tests = _places(root, CODE, known), _places(root, TESTS, known)
    return [
        {"id": name, "text": text, "code": code.get(name, []), "tests": tests.get(name, [])}
        for name, text in known.items()
    ]


def known_clauses(root: Path) -> dict[str, str]:
    """The text of every clause by its id, in the document's order."""
    tree = read_tree(root / "schools" / "clauses.yaml")
    return {str(clause["id"]): str(clause["text"]) for clause in tree["clauses"]}


def citations(root: Path, rooms: tuple[str, ...] = (*CODE, *TESTS)) -> list[Citation]:
    """Every citation in the rooms' files, in the order of rooms, files and lines."""
    found: list[Citation] = []
    for path in _files(root, rooms):
        shown = path.relative_to(root).as_posix()
        lines = path.read_text(encoding="utf-8", errors="replace").splitlines()
        for number, line in enumerate(lines, start=1):
            for match in _CITED.finditer(line):
                last = match["last"] or ""
                found.append(Citation(f"規§{match['id']}", f"{shown}:{number}", f"規§{last}" if last else ""))
    return found


def groups(known: dict[str, str]) -> set[str]:
    """The marks that head several clauses (the point above numbered ones): they cite none of them."""
    heads: set[str] = set()
    for name in known:
        parts = name.split(".")
        heads |= {".".join(parts[:n]) for n in range(1, len(parts))}
    return heads - set(known)


def cited_by(citation: Citation, known: dict[str, str]) -> list[str]:
    """The clauses that a citation means: itself, and within a range all up to its end."""
    if not citation.range_end:
        return [citation.mark]
    order = list(known)
    ends = [citation.mark, citation.range_end]
    if any(end not in known for end in ends):
        return ends
    first, last = (order.index(end) for end in ends)
    return order[first : last + 1]


def _places(root: Path, rooms: tuple[str, ...], known: dict[str, str]) -> dict[str, list[str]]:
    places: dict[str, list[str]] = {}
    for citation in citations(root, rooms):
        for name in cited_by(citation, known):
            stands = places.setdefault(name, [])
            if citation.place not in stands:
                stands.append(citation.place)
    return places


def _files(root: Path, rooms: tuple[str, ...]) -> Iterator[Path]:
    """The files that may cite; the clauses' own document and samples are left out."""
    own = root / "schools" / "clauses.yaml"
    for room in rooms:
        for path in sorted((root / room).rglob("*")):
            if path.suffix in KINDS and path != own and path.is_file():
                yield path
