"""rules: who may act for a post at an instant: the holder, or a deputy while the holder cannot. 規§10.1.2"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Holding:
    """A person in a post over time: rank 0 the holder, 1 and 2 the deputies."""

    person: str
    rank: int
    opens: datetime
    closes: datetime | None = None

    def holds(self, *, at: datetime) -> bool:
        """Whether the row counts at `at`; half-open."""
        return self.opens <= at and (self.closes is None or at < self.closes)


@dataclass(frozen=True, slots=True)
class Away:
    """A person's absence, or (person None) a post's holder recorded as unable by the director."""

    person: str | None
    opens: datetime
    closes: datetime

    def holds(self, *, at: datetime) -> bool:
        """Whether it counts at `at`; half-open."""
        return self.opens <= at < self.closes


def may_act(holdings: Sequence[Holding], away: Sequence[Away], person: str, *, at: datetime) -> str:
    """`holder`, `deputy`, `present` (a deputy whose holder is there) or `` (holds nothing).

    A second deputy may act as the first does: deputies are told apart only when work is handed out.
    """
    ranks = [h.rank for h in holdings if h.person == person and h.holds(at=at)]
    if not ranks:
        return ""
    if min(ranks) == 0:
        return "holder"
    unable = any(a.person is None and a.holds(at=at) for a in away)
    return "deputy" if unable or not present_holders(holdings, away, at=at) else "present"


def present_holders(holdings: Sequence[Holding], away: Sequence[Away], *, at: datetime) -> list[str]:
    """Holders (rank 0) who are not absent at `at`."""
    absent = {a.person for a in away if a.person is not None and a.holds(at=at)}
    return [h.person for h in holdings if h.rank == 0 and h.holds(at=at) and h.person not in absent]


def reach(holdings: Sequence[Holding], away: Sequence[Away], *, at: datetime) -> str | None:
    """Whom work for the post reaches: holder, then first, then second deputy, skipping the absent.

    None means that following the deputies reaches nobody: a coverage alarm (readings, "People").
    """
    absent = {a.person for a in away if a.person is not None and a.holds(at=at)}
    unable = any(a.person is None and a.holds(at=at) for a in away)
    for holding in sorted(holdings, key=lambda h: (h.rank, h.opens)):
        if not holding.holds(at=at) or holding.person in absent or (holding.rank == 0 and unable):
            continue
        return holding.person
    return None
