"""Instants are UTC, days are Taipei's, spans half-open (readings, "Time")."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta, timezone

import pytest
from pydantic import ValidationError

from rules.instants import Model, Span, at_taipei, key_text, local_text, read_instant, taipei_day

FIVE = datetime(2027, 2, 3, 9, 0, tzinfo=UTC)
"""17:00 in Taipei."""


@pytest.mark.clause("規§4.2")
@pytest.mark.parametrize(
    ("given", "instant"),
    [
        ("2027-02-03 17:00", FIVE),
        ("2027-02-03T17:00", FIVE),
        ("  2027-02-03 17:00\n", FIVE),
        ("2027-02-03 17:00:00", FIVE),
        ("2027-02-03 17:00:30", FIVE + timedelta(seconds=30)),
        ("2027-02-03 17:07", FIVE + timedelta(minutes=7)),
        ("2027-02-03 24:00", FIVE + timedelta(hours=7)),
        ("2027-02-03 00:00", FIVE - timedelta(hours=17)),
        ("2027-02-03T09:00:00Z", FIVE),
        ("2027-02-03T09:00:00+00:00", FIVE),
        ("2027-02-03T10:00:00+01:00", FIVE),
        (datetime(2027, 2, 3, 17, 0), FIVE),
        (datetime(2027, 2, 3, 9, 0, tzinfo=UTC), FIVE),
        (datetime(2027, 2, 3, 8, 0, tzinfo=timezone(timedelta(hours=-1))), FIVE),
    ],
)
def test_every_spelling_of_an_instant_is_read_as_utc(given: object, instant: datetime) -> None:
    found = read_instant(given)
    assert (found, found.tzinfo) == (instant, UTC)


@pytest.mark.clause("規§4.2")
@pytest.mark.parametrize("given", ["2027-02-03 24:01", "2027-02-03 24:00x", "2027-02-03 17:00:60", "x2027-02-03 17:00"])
def test_an_hour_that_no_clock_shows_is_refused(given: str) -> None:
    with pytest.raises(ValueError):
        read_instant(given)


@pytest.mark.parametrize("given", ["2027-02-03", 20270203, None, date(2027, 2, 3)])
def test_what_names_no_instant_is_told_the_expected_form(given: object) -> None:
    with pytest.raises(ValueError, match=r"^expected 'YYYY-MM-DD HH:MM' \(Asia/Taipei\)$"):
        read_instant(given)


def test_an_instant_is_printed_in_taipei_for_people_and_in_utc_for_keys() -> None:
    elsewhere = FIVE.astimezone(timezone(timedelta(hours=-5)))
    assert [local_text(x) for x in (FIVE, elsewhere)] == ["2027-02-03 17:00"] * 2
    assert [key_text(x) for x in (FIVE, elsewhere)] == ["2027-02-03T09:00Z"] * 2
    assert key_text(FIVE + timedelta(seconds=7)) == "2027-02-03T09:00:07Z"


def test_a_day_of_taipei_begins_at_its_midnight_unless_a_clock_is_given() -> None:
    assert at_taipei(date(2027, 2, 3)) == datetime(2027, 2, 2, 16, 0, tzinfo=UTC)
    assert at_taipei(date(2027, 2, 3), time(17)) == FIVE
    assert [taipei_day(FIVE + timedelta(hours=n)) for n in (6, 7)] == [date(2027, 2, 3), date(2027, 2, 4)]


@pytest.mark.clause("規§4.2")
def test_a_span_holds_its_opening_and_not_its_close() -> None:
    tick = timedelta(microseconds=1)
    span = Span(opens=FIVE, closes=FIVE + timedelta(hours=1))
    assert [span.holds(at=x) for x in (span.opens - tick, span.opens, span.closes - tick, span.closes)] == [
        False, True, True, False,
    ]  # fmt: skip


@pytest.mark.parametrize("closes", [FIVE, FIVE - timedelta(microseconds=1)])
def test_a_span_without_a_length_is_refused(closes: datetime) -> None:
    with pytest.raises(ValidationError, match="closes must be after opens"):
        Span(opens=FIVE, closes=closes)
    assert Span(opens=closes, closes=FIVE + timedelta(microseconds=1)).closes > FIVE


def test_a_value_takes_no_unknown_field_and_no_change() -> None:
    class One(Model):
        field: int

    with pytest.raises(ValidationError, match="Extra inputs"):
        One.model_validate({"field": 1, "feild": 2})
    with pytest.raises(ValidationError, match="frozen"):
        One(field=1).field = 2  # type: ignore[misc]


@pytest.mark.clause("規§4.1")
@pytest.mark.parametrize(
    "given",
    [
        datetime(1911, 12, 31, 12),
        datetime(3000, 1, 1, 12, tzinfo=UTC),
        "3000-01-01 08:00",
        "1911-12-31 08:00",
        "1911-12-31T12:00:00+00:00",
    ],
)
def test_a_year_in_which_no_school_day_lies_is_told_which_years_count(given: object) -> None:
    with pytest.raises(ValueError, match=r"^expected a year from 1912 to 2999$"):
        read_instant(given)
