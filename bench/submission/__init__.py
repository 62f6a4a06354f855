"""bench: rosters written beside the bare library, the doctor's limits, three ledgers beside a join, many schools."""

from __future__ import annotations

from bench.harness import Figure, fresh_peak
from bench.submission import growth, reconciliation, rosters


def figures(*, quick: bool) -> list[Figure]:
    """All figures of the submission, in one run."""
    found: list[Figure] = []
    for work in (rosters.figures, growth.figures, reconciliation.figures):
        fresh_peak()
        found += work(quick=quick)
    return found
