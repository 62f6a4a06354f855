"""Last year's curves: so many working days before a deadline, whole numbers of what was done, guesses marked. 規§3.1"""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rosters.documents import load_document
from rules.days import WorkingDays
from rules.rehearsals.data import Assumptions
from rules.rehearsals.measured import assumed_from, before, curve_of
from tests.rules.builders import office_years, taipei

DAYS = WorkingDays(office_years())
DUE = taipei("2026-10-30 17:00")
"""A Friday."""
PLAIN = load_document(Path(__file__).resolve().parents[2] / "schools" / "assumptions.yaml", Assumptions)


@pytest.mark.clause("規§3.1")
@pytest.mark.parametrize(
    ("at", "days"),
    [
        ("2026-10-30 00:00", 0), ("2026-10-30 23:59", 0), ("2026-10-29 23:59", 1), ("2026-10-23 12:00", 5),
        # A Sunday is as far away as the Friday before it.
        ("2026-10-25 12:00", 5), ("2026-10-31 00:00", -1), ("2026-11-02 12:00", -1), ("2026-11-03 00:00", -2),
    ],
)  # fmt: skip
def test_days_before_a_deadline_are_working_days_and_its_own_day_is_none(at: str, days: int) -> None:
    assert before(DUE, taipei(at), DAYS) == days


def test_a_deadline_at_midnight_belongs_to_the_day_that_it_ends() -> None:
    midnight = taipei("2026-10-30 24:00")
    assert before(midnight, taipei("2026-10-30 23:59"), DAYS) == 0
    assert before(midnight, midnight, DAYS) == -1


instants = st.integers(-20_000, 10_000).map(lambda minutes: DUE + timedelta(minutes=minutes))


@pytest.mark.clause("規§3.1")
@given(st.lists(instants, min_size=1, max_size=30))
def test_a_measured_curve_ends_at_all_and_counts_each_once(done: list[datetime]) -> None:
    curve = curve_of("uploads", [(DUE, at) for at in done], DAYS, source="x")
    assert curve is not None and curve.points[-1].share == 1.0 and not curve.guess
    for point in curve.points:
        by_then = sum(before(DUE, at, DAYS) >= point.before for at in done)
        assert point.share == round(by_then / len(done), 4)


@pytest.mark.clause("規§3.1")
def test_what_the_records_do_not_show_stays_a_guess() -> None:
    assert curve_of("uploads", [], DAYS, source="x") is None
    none = assumed_from(PLAIN, {}, DAYS, places=10, name="n", source="x")
    assert (none.curves, none.guess) == (PLAIN.curves, True)
    assert none.outcomes_per_student_and_course == PLAIN.outcomes_per_student_and_course
    some = assumed_from(PLAIN, {"uploads": [(DUE, DUE)] * 5}, DAYS, places=10, name="n", source="x")
    assert some.outcomes_per_student_and_course == 0.5
    assert [c.guess for c in some.curves] == [False, True, True] and some.guess
    whole = {of: [(DUE, DUE)] for of in ("uploads", "certifications", "duties")}
    assert not assumed_from(PLAIN, whole, DAYS, places=10, name="n", source="x").guess  # type: ignore[arg-type]
    assert assumed_from(PLAIN, whole, DAYS, places=0, name="n", source="x").guess  # type: ignore[arg-type]
