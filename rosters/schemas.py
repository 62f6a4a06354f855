"""rosters: the national rosters as data, read from schools/national/. 規§6.3.1 to 規§6.3.4."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from rosters.documents import load_document
from rules.rosters.schema import RosterBook

FOLDER = Path(__file__).resolve().parents[1] / "schools" / "national"
DEFAULT = FOLDER / "rosters-115.yaml"


@cache
def load_rosters(path: Path = DEFAULT) -> RosterBook:
    """The rosters in `path`; read once. Raises DocumentError."""
    return load_document(path, RosterBook)
