"""rules: who would have too much on which working day, by thresholds that are data. 規§4.1, 規§10.2"""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from rules.days import WorkingDays
from rules.duties import Duty
from rules.instants import at_taipei, taipei_day
from rules.rehearsals.data import Limits
from rules.rehearsals.script import Line
from rules.rehearsals.staffing import Staffing


@dataclass(frozen=True, slots=True)
class Overload:
    """A day on which somebody has more of something than the limit."""

    day: date
    who: str
    what: str
    count: int
    limit: int


def overloads(
    lines: Iterable[Line],
    duties: Iterable[Duty],
    pending: Mapping[str, Sequence[tuple[datetime, int]]],
    staffing: Staffing,
    days: WorkingDays,
    limits: Limits,
) -> tuple[Overload, ...]:
    """Notices told, duties due, and certifications a day needed to be ready in time, each above its limit.

    A person is counted over all posts that reach them that day; where no holders are known, a post is.
    """
    notices: Counter[tuple[date, str]] = Counter()
    due: Counter[tuple[date, str]] = Counter()
    pace: Counter[tuple[date, str]] = Counter()
    # A person is told once in a round, of all that the process has for them at that instant.
    told = {
        (line.at, line.process, a.person or a.post)
        for line in lines
        if line.kind in ("reminder", "escalation") and line.outcome == "done"
        for a in line.to
        if a.how not in ("agenda", "group")
    }
    notices.update((taipei_day(at), who) for at, _, who in told)
    ahead: dict[date, list[tuple[date, datetime]]] = {}
    for duty in duties:
        day = days.shift(taipei_day(duty.due - timedelta(microseconds=1)), 0)
        if not duty.counted:
            due[(day, _who(duty.post, staffing, duty.due - timedelta(microseconds=1)))] += 1
        elif duty.scope in pending:
            _spread(pace, duty, pending[duty.scope], staffing, _last_days(duty, days, ahead))
    made: list[Overload] = []
    for what, counts, limit in (
        ("notices", notices, limits.notices_a_day),
        ("due", due, limits.duties_due_a_day),
        ("certifications", pace, limits.certifications_a_day),
    ):
        made += [Overload(day, who, what, n, limit) for (day, who), n in counts.items() if n > limit]
    return tuple(sorted(made, key=lambda o: (o.day, o.who, o.what)))


def _who(post: str, staffing: Staffing, at: datetime) -> str:
    return staffing.reached(post, at=at).person or post


def _last_days(
    duty: Duty, days: WorkingDays, known: dict[date, list[tuple[date, datetime]]]
) -> list[tuple[date, datetime]]:
    """The last ten working days before the due date, latest first, each with its morning; courses share them."""
    last = taipei_day(duty.due - timedelta(microseconds=1))
    if last not in known:
        shifted = [days.shift(last, -before) for before in range(10)]
        known[last] = [(day, at_taipei(day) + timedelta(hours=8)) for day in shifted]
    return known[last]


def _spread(
    pace: Counter[tuple[date, str]],
    duty: Duty,
    counts: Sequence[tuple[datetime, int]],
    staffing: Staffing,
    ahead: Sequence[tuple[date, datetime]],
) -> None:
    """On each of the last days: what is still pending, over the days that are left."""
    instants = [at for at, _ in counts]
    for before, (day, at) in enumerate(ahead):
        known = bisect_right(instants, at)
        if known and counts[known - 1][1]:
            pace[(day, _who(duty.post, staffing, at))] += -(-counts[known - 1][1] // (before + 1))
