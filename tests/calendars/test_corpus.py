"""A changed verdict is seen, and real dates of several years get the verdict that history gave them."""

from __future__ import annotations

from functools import cache

import pytest

from tests.calendars.verdicts import HOW, Verdicts, differences, recorded, verdicts


@cache
def now() -> Verdicts:
    return verdicts()


def rules(name: str, severity: str) -> set[str]:
    return {line.split(" ")[1] for line in now()[name] if line.startswith(severity)}


@pytest.mark.clause("規§4.1")
def test_no_verdict_on_the_corpus_changed() -> None:
    assert differences(recorded(), now()) == [], HOW


def test_the_corpus_holds_every_pack_and_real_dates_of_several_years() -> None:
    assert len([name for name in now() if not name.startswith("pair-")]) >= 25
    assert len([name for name in now() if name.startswith("real-")]) >= 8


def test_a_verdict_that_came_or_went_is_named_with_its_calendar() -> None:
    assert differences({"a": ["x", "y"]}, {"a": ["y", "z"]}) == ["a: - x", "a: + z"]
    assert differences({}, {"a": []}) == ["a: calendar came"]


@pytest.mark.clause("規§5.3.1")
def test_the_upload_of_114_1_had_to_stay_open_through_3_february() -> None:
    assert "upload-floor" not in rules("real-114-1", "error")
    [short] = [x for x in now()["real-114-1-a-day-short"] if "upload-floor" in x]
    assert short.endswith("2026-02-02(一) 24:00 | >= 2026-02-03(二) 24:00")


@pytest.mark.clause("規§5.3.2")
def test_three_weeks_after_the_closing_ceremony_of_115_1_is_the_last_day_of_the_lunar_new_year() -> None:
    found = [x for x in now()["real-115-1-three-weeks"] if "in-lunar-new-year" in x and "g10_11 certification due" in x]
    assert found == [
        "warning in-lunar-new-year | 115-1 g10_11 certification due | 2027-02-10(三) 17:00 | ∉ 2027-02-04(四) … 2027-02-10(三)"
    ]


@pytest.mark.clause("規§6.2")
def test_two_days_of_confirmation_in_may_2022_were_less_than_three() -> None:
    assert "receipt-floor" in rules("real-110-grade-12", "error")
    assert "receipt-floor" not in rules("real-111-grade-12", "error")


@pytest.mark.clause("規§6.2")
def test_the_view_of_april_2026_is_long_enough_although_it_opens_by_day_only() -> None:
    assert {"receipt-floor", "receipts-after-submission"} & rules("real-114-grade-12", "error") <= {
        "receipts-after-submission"
    }


def test_the_classic_last_day_pile_up_is_seen() -> None:
    assert "last-day-pile-up" in rules("everything-on-one-day", "warning")
    assert "last-day-pile-up" not in rules("licheng-115", "warning")


def test_a_closure_on_a_deadline_is_an_error() -> None:
    assert "due-on-closure" in rules("typhoon-on-the-deadline", "error")
