"""rules: the days on which a duty is owed and following the deputies reaches nobody. 規§10.1.2, readings "People"."""

from __future__ import annotations

import itertools
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from rules.duties import Duty
from rules.instants import taipei_day
from rules.rehearsals.staffing import Staffing


@dataclass(frozen=True, slots=True)
class Gap:
    """Days, first and last included, on which nobody holds a post that owes something."""

    post: str
    first: date
    last: date
    duties: tuple[str, ...]
    vacant: bool
    """Nobody is named at all on these days; otherwise everybody named is away."""

    @property
    def days(self) -> int:
        """How many calendar days it lasts."""
        return (self.last - self.first).days + 1


def gaps(owed: Iterable[tuple[Duty, datetime]], staffing: Staffing) -> tuple[Gap, ...]:
    """Where nobody holds a duty, day by day joined to spans; `owed` names each duty and until when it is owed.

    Instants are compared, so half a day without anybody counts as that day.
    """
    if not staffing.known:
        return ()
    spans: defaultdict[str, list[tuple[datetime, datetime, Duty]]] = defaultdict(list)
    for duty, until in owed:
        if duty.opens < until:
            spans[duty.post].append((duty.opens, until, duty))
    found: list[Gap] = []
    for post, of_post in sorted(spans.items()):
        first, last = min(x[0] for x in of_post), max(x[1] for x in of_post)
        edges = [first, *(e for e in staffing.changes(post) if first < e < last), last]
        for opens, closes in itertools.pairwise(edges):
            if staffing.reached(post, at=opens).person is not None:
                continue
            touched = [(max(o, opens), min(c, closes), d) for o, c, d in of_post if o < closes and opens < c]
            if not touched:
                continue
            start, end = min(x[0] for x in touched), max(x[1] for x in touched)
            vacant = not any(h.holds(at=opens) for h in staffing.holdings.get(post, ()))
            titles = tuple(sorted({d.title for _, _, d in touched}))
            found.append(Gap(post, taipei_day(start), taipei_day(end - timedelta(microseconds=1)), titles, vacant))
    return tuple(_joined(found))


def _joined(found: list[Gap]) -> list[Gap]:
    """Spans of a post that touch are one."""
    made: list[Gap] = []
    for gap in found:
        last = made[-1] if made else None
        touches = last is not None and last.post == gap.post and gap.first <= last.last + timedelta(days=1)
        if last is not None and touches and last.vacant == gap.vacant:
            duties = tuple(sorted({*last.duties, *gap.duties}))
            made[-1] = Gap(gap.post, last.first, max(last.last, gap.last), duties, gap.vacant)
        else:
            made.append(gap)
    return made
