"""rules: which stage holds a lane's submission to the central database, and how many working days are left.

A stage's float counts the working days between its end and the latest day on which the next one
needs it; the path's float is that of its tightest link. Sources: 規§4.1, 規§5.3.2, 規§6.1, 規§6.3.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, time, timedelta

from rules.dates import shifted
from rules.days import WorkingDays
from rules.instants import DAY, TAIPEI, taipei_day
from rules.snapshot import Basis

SEMESTER_ORDER = (("entry", "semester_submission"), ("semester_submission", "semester_receipts"))
MORNING = time(9)
"""A stage that begins by then leaves nothing of that day to the one before it."""
YEAR_ORDER = (
    ("outcome_upload", "certification"),
    ("certification", "selection"),
    ("diverse_upload", "selection"),
    ("selection", "yearly_submission"),
    ("yearly_submission", "yearly_receipts"),
)
"""Which window feeds which; a semester's upload and certification feed the year's selection."""


@dataclass(frozen=True, slots=True)
class Stage:
    """One stage on the way: its end, and the working days that it may slip before the next one is late."""

    period: str
    lane: str
    kind: str
    opens: datetime
    ends: datetime
    needed_by: datetime
    float_days: int


@dataclass(frozen=True, slots=True)
class Path:
    """The stages of one lane's submission, first to last. `national`: the authority's instant is known."""

    period: str
    lane: str
    stages: tuple[Stage, ...]
    last_instant: datetime
    national: bool

    @property
    def float_days(self) -> int:
        """How many working days the tightest stage may slip."""
        return min(s.float_days for s in self.stages)

    @property
    def tightest(self) -> Stage:
        """The stage with the least float; the first of equals."""
        return min(self.stages, key=lambda s: s.float_days)


def paths(basis: Basis, lanes: frozenset[str], ends: Mapping[tuple[str, str, str], datetime]) -> tuple[Path, ...]:
    """The way to every submission, tightest first; `ends` says where the rehearsal ended a stage later than planned."""
    calendar, year = basis.calendar, str(basis.calendar.school_year)
    found = [
        _path(basis, period, lane, SEMESTER_ORDER, ends) for period in sorted(calendar.semesters) for lane in lanes
    ]
    found += [_path(basis, year, lane, YEAR_ORDER, ends) for lane in lanes]
    return tuple(sorted((p for p in found if p is not None), key=lambda p: (p.float_days, p.last_instant, p.lane)))


def _path(
    basis: Basis,
    period: str,
    lane: str,
    order: tuple[tuple[str, str], ...],
    ends: Mapping[tuple[str, str, str], datetime],
) -> Path | None:
    calendar = basis.calendar
    last_kind = "semester_submission" if "-" in period else "yearly_submission"
    last = calendar.window(period, lane, last_kind)
    if last is None:
        return None
    national = basis.national.window(period, lane, last_kind)
    limit = national.closes if national else last.closes
    stages: list[Stage] = []
    for kind, following in order:
        if following.endswith("_receipts"):
            continue
        for of in [period] if "-" in period or kind in ("diverse_upload", "selection") else sorted(calendar.semesters):
            ours = calendar.window(of, lane, kind)
            after = calendar.window(of if following == "certification" else period, lane, following)
            if ours is None or after is None:
                continue
            # Certification and selection run beside the upload: what they need is time after the last item came.
            beside = following == "certification" or kind == "diverse_upload"
            needed = after.due if beside else after.opens
            stages.append(
                _stage(basis.days, of, lane, kind, ours.opens, ends.get((of, lane, kind), ours.closes), needed)
            )
    before_close = max((s.before_close for s in basis.rules.cycle.steps if s.kind == "submit"), default=0)
    sent = ends.get((period, lane, last_kind), shifted(basis, last.closes, -before_close))
    stages.append(_stage(basis.days, period, lane, last_kind, last.opens, sent, limit))
    return Path(period, lane, tuple(sorted(stages, key=lambda s: (s.ends, s.kind))), limit, national is not None)


def taipei_clock(instant: datetime) -> time:
    """The time of day of an instant in Taipei."""
    return instant.astimezone(TAIPEI).time()


def _stage(
    days: WorkingDays, period: str, lane: str, kind: str, opens: datetime, ends: datetime, needed: datetime
) -> Stage:
    """A stage that ends in the afternoon may not end on the day on which the next one opens in the morning."""
    tick = timedelta(microseconds=1)
    done, wanted = taipei_day(ends - tick), taipei_day(needed - tick)
    if taipei_clock(needed) <= MORNING and taipei_clock(needed) != time(0):
        wanted -= DAY
    left = days.between(done, wanted) if done <= wanted else -days.between(wanted, done)
    return Stage(period, lane, kind, opens, ends, needed, left)
