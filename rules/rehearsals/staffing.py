"""rules: who holds which post when, and whom work for it reaches on a day. 規§10.1.2, 規§10.3.1

The same reading as the records': holder, first, second deputy, skipping who is away.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from rules.posts import Away, Holding, reach


@dataclass(frozen=True, slots=True)
class Reached:
    """Whom work for a post reaches: the person and their rank in it (0 the holder, 1 and 2 the deputies)."""

    post: str
    person: str | None
    rank: int | None = None

    @property
    def how(self) -> str:
        """`holder`, `first_deputy`, `second_deputy`, or `nobody`."""
        return "nobody" if self.rank is None else ("holder", "first_deputy", "second_deputy")[self.rank]


@dataclass(slots=True)
class Staffing:
    """Holders and deputies of every post, and the absences known beforehand. No holdings: nothing is known."""

    holdings: Mapping[str, Sequence[Holding]] = field(default_factory=dict)
    absences: Mapping[str, Sequence[Away]] = field(default_factory=dict)
    _known: dict[tuple[str, datetime], Reached] = field(default_factory=dict)

    @property
    def known(self) -> bool:
        """Whether anybody's posts are known at all; without them nobody is missed."""
        return bool(self.holdings)

    def reached(self, post: str, *, at: datetime) -> Reached:
        """Whom work for `post` reaches at an instant."""
        asked = (post, at)
        if asked not in self._known:
            holdings = self.holdings.get(post, ())
            person = reach(holdings, self._away(holdings), at=at)
            ranks = [h.rank for h in holdings if h.person == person and h.holds(at=at)]
            self._known[asked] = Reached(post, person, min(ranks, default=None))
        return self._known[asked]

    def changes(self, post: str) -> list[datetime]:
        """Every instant at which the answer for a post may change, in order."""
        holdings = self.holdings.get(post, ())
        spans = [(x.opens, x.closes) for x in holdings] + [(x.opens, x.closes) for x in self._away(holdings)]
        return sorted({edge for span in spans for edge in span if edge is not None})

    def _away(self, holdings: Sequence[Holding]) -> list[Away]:
        return [a for person in {h.person for h in holdings} for a in self.absences.get(person, ())]
