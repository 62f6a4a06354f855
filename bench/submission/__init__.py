"""bench: rosters written beside the bare library, the doctor's limits, three ledgers beside a join, many schools."""

from __future__ import annotations

from bench.harness import Figure
from bench.submission import growth, reconciliation, rosters


def figures(*, quick: bool) -> list[Figure]:
    """All figures of the submission, in one run."""
    return [*rosters.figures(quick=quick), *growth.figures(quick=quick), *reconciliation.figures(quick=quick)]
