"""An extension's close is judged as an amended one: its day and hour. 規§10.2.2, 規§4.1"""

from __future__ import annotations

import pytest

from rules.extended_dates import warnings_of
from rules.instants import read_instant
from tests.lint.world import case


def said(closes: str, kind: str = "outcome_upload", *lanes: str) -> list[tuple[str, str]]:
    """Rule and place of what is said of an extension of the first semester until `closes`."""
    found = warnings_of(case(), "115-1", lanes or ("g10_11",), kind, read_instant(closes))
    return [(f.rule.id, f.hit.place) for f in found]


@pytest.mark.clause("規§4.1")
def test_an_extension_to_a_saturday_is_warned_of_and_one_to_the_friday_before_is_not() -> None:
    assert said("2027-02-20 17:00") == [("due-on-day-off", "115-1 g10_11 outcome_upload due")]
    assert said("2027-02-19 17:00") == []


@pytest.mark.clause("規§4.1")
def test_an_extension_into_the_lunar_new_year_is_warned_of_once_a_lane() -> None:
    lanes = ("g10_11", "g12_general")
    assert said("2027-02-08 17:00", "outcome_upload", *lanes) == [
        ("in-lunar-new-year", f"115-1 {lane} outcome_upload due") for lane in lanes
    ]


@pytest.mark.clause("規§4.1")
def test_an_extension_to_an_unclear_hour_is_warned_of() -> None:
    assert [rule for rule, _ in said("2027-02-19 03:10")] == ["unclear-hour"]


@pytest.mark.clause("規§4.1")
def test_an_extension_of_the_correction_is_judged_by_its_own_close() -> None:
    assert said("2027-02-08 17:00", "outcome_correction") == [
        ("in-lunar-new-year", "115-1 g10_11 certification correction_closes")
    ]
