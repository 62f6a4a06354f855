"""bench: the verdict on a school year: milliseconds of pure computing, for every pack and for the largest."""

from __future__ import annotations

from functools import partial
from pathlib import Path

from bench.harness import Figure, at_most, interleaved
from rosters.documents import Pack, load_document, load_national, load_pack
from rules.lint.book import RULES, lint
from rules.lint.case import Case
from rules.lint.model import Finding, Limits
from rules.schedule import National

SCHOOLS = Path(__file__).resolve().parents[2] / "schools"
LIMIT_MS = 100


def figures(*, quick: bool) -> list[Figure]:
    """Each pack's year, judged by every rule, against the limit."""
    national = load_national(SCHOOLS / "national" / "115.yaml")
    limits = load_document(SCHOOLS / "lint.yaml", Limits)
    made = []
    for path in sorted(SCHOOLS.glob("*/rules.yaml")):
        pack = load_pack(path.parent)
        [taken] = interleaved(5 if quick else 51, partial(_verdict, pack, national, limits))
        name = f"calendar, lint of a school year: {path.parent.name}, {len(RULES)} rules"
        made.append(at_most(name, taken * 1000, LIMIT_MS, "ms"))
    return made


def _verdict(pack: Pack, national: National, limits: Limits) -> list[Finding]:
    return lint(Case(pack.calendars[115], pack.rules, national, limits))
