"""Who may act for a post, and whom its work reaches. 規§10.1.2"""

from __future__ import annotations

import pytest

from rules.posts import Away, Holding, may_act, present_holders, reach
from tests.rules.builders import taipei

FROM, UNTIL = taipei("2026-08-01 00:00"), taipei("2027-02-01 00:00")
NOW = taipei("2026-10-12 10:00")
POST = (Holding("second", 2, FROM), Holding("holder", 0, FROM, UNTIL), Holding("first", 1, FROM))


def away(*persons: str | None) -> tuple[Away, ...]:
    """Absent now; None: the holder is recorded as unable."""
    return tuple(Away(p, taipei("2026-10-12 00:00"), taipei("2026-10-13 00:00")) for p in persons)


@pytest.mark.clause("規§10.1.2")
def test_a_holding_and_an_absence_count_from_their_first_instant_to_before_their_last() -> None:
    holding, absence = Holding("a", 0, FROM, UNTIL), Away("a", FROM, UNTIL)
    before, last = taipei("2026-07-31 23:59"), taipei("2027-01-31 23:59")
    for counts in (holding, absence):
        assert [counts.holds(at=at) for at in (before, FROM, last, UNTIL)] == [False, True, True, False]
    assert Holding("a", 0, FROM).holds(at=UNTIL)


@pytest.mark.clause("規§10.1.2")
@pytest.mark.parametrize(
    ("person", "absent", "verdict"),
    [
        ("holder", (), "holder"),
        ("holder", ("holder",), "holder"),
        ("first", (), "present"),
        ("second", (), "present"),
        ("first", ("holder",), "deputy"),
        ("second", ("holder",), "deputy"),
        ("first", (None,), "deputy"),
        ("first", ("second",), "present"),
        ("stranger", ("holder",), ""),
    ],
)
def test_a_deputy_acts_while_the_holder_is_away_or_recorded_as_unable(
    person: str, absent: tuple[str | None, ...], verdict: str
) -> None:
    assert may_act(POST, away(*absent), person, at=NOW) == verdict
    # Yesterday's absence is over.
    late = taipei("2026-10-13 00:00")
    assert may_act(POST, away(*absent), person, at=late) == may_act(POST, (), person, at=late)


@pytest.mark.clause("規§10.1.2")
def test_a_post_that_nobody_holds_any_more_is_its_deputies() -> None:
    assert may_act(POST, (), "first", at=UNTIL) == "deputy"
    assert may_act(POST, (), "holder", at=UNTIL) == ""
    assert present_holders(POST, (), at=UNTIL) == []
    # Who holds a post and stands in for it too is its holder.
    both = (*POST, Holding("first", 0, FROM))
    assert may_act(both, (), "first", at=NOW) == "holder"
    assert present_holders(both, away("first", None), at=NOW) == ["holder"]


@pytest.mark.clause("規§10.1.2")
@pytest.mark.parametrize(
    ("absent", "reached"),
    [
        ((), "holder"),
        (("first",), "holder"),
        (("holder",), "first"),
        ((None,), "first"),
        (("holder", "first"), "second"),
        ((None, "first"), "second"),
        (("holder", "first", "second"), None),
    ],
)
def test_work_reaches_the_holder_then_the_first_then_the_second_deputy(
    absent: tuple[str | None, ...], reached: str | None
) -> None:
    assert reach(POST, away(*absent), at=NOW) == reached


@pytest.mark.clause("規§10.1.2")
def test_of_two_deputies_of_one_rank_the_earlier_is_reached() -> None:
    later = Holding("later", 1, taipei("2026-09-01 00:00"))
    assert reach((later, Holding("earlier", 1, FROM)), (), at=NOW) == "earlier"
    assert reach(POST, (), at=UNTIL) == "first"
