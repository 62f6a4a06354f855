"""rules: several faults of one request as one refusal, so that they are mended in one go. 規§5.0"""

from __future__ import annotations

from collections.abc import Sequence

from rules.refusals.codes import Code
from rules.refusals.refusal import Refusal
from rules.refusals.unsaid import shown_found, shown_limit

MOST = 12
"""Faults that one refusal tells; what is beyond is counted."""


def together(faults: Sequence[Refusal]) -> Refusal:
    """All faults as one: every place, and what was found and allowed there. One fault stays as it is."""
    first = faults[0]
    if len(faults) == 1:
        return first
    told = faults[:MOST]
    more = f", … 共 {len(faults)} 處 · in all" if len(faults) > MOST else ""
    return Refusal(
        code=first.code if len({f.code for f in faults}) == 1 else Code.FIELD_INVALID,
        clause=first.clause,
        place=", ".join(f.place for f in told) + more,
        found=_each([(f.place, f.found, shown_found(f.code, f.found)) for f in told]),
        limit=_each([(f.place, f.limit, shown_limit(f.code, f.limit)) for f in told]),
    )


def _each(parts: Sequence[tuple[str, str, str]]) -> str:
    """What is said of each place; once where it is the same of all."""
    if len({text for _, text, _ in parts}) == 1:
        return parts[0][1]
    return "; ".join(f"{place}: {shown}" for place, _, shown in parts)
