"""rules: a roster as cells, the way it stands in its file, and the list of what is wrong with it. 規§4.2."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, time, timedelta

from rules.exchange import FoundCheck
from rules.rosters.checks.catalogue import CHECKS

Cell = str | int | float | bool | date | time | timedelta
"""An empty cell is `""`; a date may be a datetime."""


@dataclass(slots=True)
class SheetCells:
    """A sheet's header and rows, none of them shorter; `first` is the number of `rows[0]` in the file.

    Cell places count from 0 in `rows`.
    """

    name: str
    headers: Sequence[str]
    rows: Sequence[Sequence[Cell]]
    first: int = 2
    formulas: frozenset[tuple[int, int]] = frozenset()
    errors: frozenset[tuple[int, int]] = frozenset()
    merged: frozenset[tuple[int, int]] = frozenset()


@dataclass(slots=True)
class Table:
    """A roster: what its cover says (None: there is none), its sheets, the names of sheets that are hidden."""

    cover: dict[str, Cell] | None
    sheets: list[SheetCells]
    rejects: list[SheetCells] = field(default_factory=list)
    hidden: tuple[str, ...] = ()


@dataclass(slots=True)
class Found:
    """What the checks told, by check; a place is (sheet, row, column), row 0 for a whole sheet or file."""

    places: dict[str, list[tuple[str, int, str]]] = field(default_factory=dict)

    def tell(self, check: str, sheet: str, row: int = 0, column: str = "") -> None:
        """Note one place. Raises KeyError for a check that the catalogue does not have."""
        if check not in self.places:
            CHECKS[check]  # a check without words must not be told
            self.places[check] = []
        self.places[check].append((sheet, row, column))

    def checks(self, owner: str, desks: Mapping[str, str]) -> tuple[FoundCheck, ...]:
        """All of it, errors first. `owner` submits the roster; `desks` are the posts of the other desks."""
        told = [
            FoundCheck(name, CHECKS[name].severity.value, desks.get(CHECKS[name].desk, owner), tuple(sorted(places)))
            for name, places in self.places.items()
        ]
        return tuple(sorted(told, key=lambda c: (c.severity, c.name)))
