"""Whom a calendar is judged by: what has passed is not judged again."""

from __future__ import annotations

from datetime import timedelta

from records.queries.staffing import people_ahead
from rules.posts import Away, Holding
from rules.rehearsals.staffing import Staffing
from tests.rules.builders import taipei

OPENS, NOW = taipei("2026-08-01 08:00"), taipei("2026-10-05 09:00")


def test_a_holder_of_today_counts_since_the_years_opening_and_a_former_one_as_it_was() -> None:
    former = Holding("A01", 0, OPENS - timedelta(days=400), taipei("2026-09-01 00:00"))
    today, next_ = Holding("A02", 0, taipei("2026-09-01 00:00")), Holding("A03", 1, NOW + timedelta(days=1))
    held = people_ahead(Staffing({"x": [former, today, next_]}), opens=OPENS, at=NOW).holdings["x"]
    assert [(h.person, h.opens) for h in held] == [("A01", former.opens), ("A02", OPENS), ("A03", next_.opens)]


def test_an_absence_that_is_over_is_left_out_and_a_running_one_counts_from_now() -> None:
    over, running = Away("A01", OPENS, NOW), Away("A01", OPENS, NOW + timedelta(days=3))
    assert people_ahead(Staffing({}, {"A01": [over, running]}), opens=OPENS, at=NOW).away == (
        Away("A01", NOW, NOW + timedelta(days=3)),
    )
