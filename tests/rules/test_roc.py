"""Dates of the ROC calendar are read strictly and printed as official letters print them."""

from __future__ import annotations

from contextlib import suppress
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rules.roc import (
    RocFault,
    RocRefused,
    close_text,
    read_clock,
    read_roc_date,
    read_roc_instant,
    roc_close,
    roc_digits,
    roc_dotted,
    roc_instant,
    roc_long,
    roc_year,
    school_year_at,
    school_year_of,
    semester_at,
    semester_of,
)

DAYS = st.dates(min_value=date(1912, 1, 1), max_value=date(2910, 12, 31))


@pytest.mark.parametrize(
    "text",
    [
        "1150319",
        "115.3.19",
        "115/03/19",
        "115-3-19",
        "115.3.19(星期四)",
        "115.3.19\uff08四\uff09",
        "115年3月19日",
        "民國115年3月19日",
        " 115/3/19(週四) ",
    ],
)
def test_every_printed_form_of_a_day_is_read(text: str) -> None:
    assert read_roc_date(text) == date(2026, 3, 19)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("114/2/29", RocFault.NO_SUCH_DAY),
        ("1140229", RocFault.NO_SUCH_DAY),
        ("0000101", RocFault.NO_SUCH_DAY),
        ("1151301", RocFault.NO_SUCH_DAY),
        ("2026/3/19", RocFault.AD_YEAR),
        ("20260319", RocFault.AD_YEAR),
        ("2026-03-19", RocFault.AD_YEAR),
        ("115.3.19(星期五)", RocFault.WEEKDAY),
        ("980512", RocFault.SHAPE),
        ("115/3.19", RocFault.SHAPE),
        ("", RocFault.SHAPE),
        ("\uff11\uff11\uff15/3/19", RocFault.SHAPE),
    ],
)
def test_a_doubtful_day_is_refused_with_its_reason(text: str, code: RocFault) -> None:
    with pytest.raises(RocRefused) as refused:
        read_roc_date(text)
    assert refused.value.code is code


def test_the_leap_day_exists_in_a_leap_year_only() -> None:
    assert read_roc_date("1130229") == date(2024, 2, 29)
    with pytest.raises(RocRefused):
        read_roc_date("1150229")


@given(DAYS)
def test_a_printed_day_reads_back_as_itself(day: date) -> None:
    assert {read_roc_date(form(day)) for form in (roc_digits, roc_long, roc_dotted)} == {day}


@given(st.text(max_size=20))
def test_any_text_gives_a_day_or_a_refusal(text: str) -> None:
    with suppress(RocRefused):
        assert roc_year(read_roc_date(text)) > 0


def test_an_instant_is_read_as_taipei_time() -> None:
    assert read_roc_instant("115.3.19(星期四)10:00") == datetime(2026, 3, 19, 2, 0, tzinfo=UTC)
    assert roc_instant(datetime(2026, 3, 19, 2, 0, tzinfo=UTC)) == "115.3.19(星期四)10:00"


def test_twenty_four_hours_is_the_next_days_midnight() -> None:
    assert read_roc_instant("115.3.24(星期二)24:00") == read_roc_instant("115年3月25日 00:00")
    assert read_clock("24:00") == timedelta(days=1)


@pytest.mark.parametrize("text", ["115.3.24 24:01", "115.3.24 25:00", "115.3.24 10:60", "115.3.24", "115.3.24 10"])
def test_a_time_that_does_not_exist_is_refused(text: str) -> None:
    with pytest.raises(RocRefused) as refused:
        read_roc_instant(text)
    assert refused.value.code is RocFault.CLOCK


@pytest.mark.clause("規§4.2")
def test_a_close_at_midnight_is_printed_with_both_its_days() -> None:
    assert close_text(datetime(2026, 3, 24, 16, 0, tzinfo=UTC)) == "3/24(二) 24:00(3/25 00:00)"


@pytest.mark.clause("規§4.2")
def test_any_other_close_is_printed_with_its_day_and_hour() -> None:
    assert close_text(datetime(2026, 3, 24, 9, 0, tzinfo=UTC)) == "3/24(二) 17:00"


@pytest.mark.parametrize(
    ("day", "year", "semester"),
    [
        (date(2026, 7, 31), 114, 2),
        (date(2026, 8, 1), 115, 1),
        (date(2027, 1, 31), 115, 1),
        (date(2027, 2, 1), 115, 2),
        (date(2027, 7, 31), 115, 2),
        (date(2027, 8, 1), 116, 1),
    ],
)
def test_school_years_turn_in_august_and_semesters_in_february(day: date, year: int, semester: int) -> None:
    assert (school_year_of(day), semester_of(day)) == (year, semester)


def test_the_school_year_of_an_instant_is_that_of_its_day_in_taipei() -> None:
    before = datetime(2026, 7, 31, 15, 59, tzinfo=UTC)
    assert (school_year_at(before), semester_at(before)) == (114, 2)
    assert school_year_at(before + timedelta(minutes=1)) == 115
    with pytest.raises(ValueError, match="time zone"):
        school_year_at(datetime(2026, 7, 31))


def test_years_before_the_republic_have_no_number() -> None:
    with pytest.raises(ValueError, match="1911"):
        roc_year(date(1911, 12, 31))


@pytest.mark.parametrize(
    ("closes", "shown"),
    [
        (datetime(2027, 2, 3, 9, tzinfo=UTC), "116.2.3(星期三)17:00"),
        (datetime(2027, 2, 3, 16, tzinfo=UTC), "116.2.3(星期三)24:00(2/4 00:00)"),
        (datetime(2027, 2, 3, 16, 1, tzinfo=UTC), "116.2.4(星期四)00:01"),
    ],
)
def test_a_close_at_midnight_is_written_as_the_end_of_its_day(closes: datetime, shown: str) -> None:
    assert roc_close(closes) == shown


@pytest.mark.parametrize(
    ("text", "span"),
    [
        ("23:59:59", timedelta(hours=23, minutes=59, seconds=59)),
        ("00:07", timedelta(minutes=7)),
        ("8:00", timedelta(hours=8)),
        ("24:00", timedelta(days=1)),
    ],
)
def test_a_time_of_day_is_read_to_the_second(text: str, span: timedelta) -> None:
    assert read_clock(f" {text} ") == span


@pytest.mark.parametrize("text", ["24:01", "24:00:01", "25:00", "12:60", "12:00:60", "noon"])
def test_a_time_that_no_clock_shows_is_refused_with_what_was_read(text: str) -> None:
    with pytest.raises(RocRefused) as refused:
        read_clock(text)
    assert (refused.value.code, refused.value.text) == (RocFault.CLOCK, text)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("1000.1.1", RocFault.AD_YEAR),
        ("20260319", RocFault.AD_YEAR),
        ("0.1.1", RocFault.NO_SUCH_DAY),
        ("115.2.29", RocFault.NO_SUCH_DAY),
        ("115.3.19(日)", RocFault.WEEKDAY),
        ("spring", RocFault.SHAPE),
    ],
)
def test_a_refused_day_carries_what_was_read(text: str, code: RocFault) -> None:
    with pytest.raises(RocRefused) as refused:
        read_roc_date(text)
    assert (refused.value.code, refused.value.text) == (code, text)
    with pytest.raises(RocRefused) as refused:
        read_roc_instant(text if code is RocFault.SHAPE else f"{text} 10:00")
    assert refused.value.text.startswith(text)


def test_both_names_of_sunday_are_the_same_day() -> None:
    assert read_roc_date("115.3.22(天)") == read_roc_date("115.3.22(日)") == date(2026, 3, 22)


@pytest.mark.parametrize(
    ("text", "code"), [("spring", RocFault.SHAPE), ("115.3.19", RocFault.CLOCK), ("115.3.19 25:00", RocFault.CLOCK)]
)
def test_a_refused_instant_says_why_and_the_whole_of_what_was_read(text: str, code: RocFault) -> None:
    with pytest.raises(RocRefused) as refused:
        read_roc_instant(text)
    assert (refused.value.code, refused.value.text, str(refused.value)) == (code, text, f"{code}: {text!r}")


def test_the_day_of_a_refused_instant_is_told_with_the_whole_text() -> None:
    with pytest.raises(RocRefused) as refused:
        read_roc_instant("115.2.29 10:00")
    assert (refused.value.code, refused.value.text) == (RocFault.NO_SUCH_DAY, "115.2.29 10:00")


@pytest.mark.clause("規§4.2")
@pytest.mark.parametrize(
    ("instant", "short", "long"),
    [
        (datetime(2027, 2, 3, 16, 0, tzinfo=UTC), "2/3(三) 24:00(2/4 00:00)", "116.2.3(星期三)24:00(2/4 00:00)"),
        (datetime(2027, 2, 3, 16, 0, 1, tzinfo=UTC), "2/4(四) 00:00", "116.2.4(星期四)00:00"),
        (datetime(2027, 2, 3, 15, 59, tzinfo=UTC), "2/3(三) 23:59", "116.2.3(星期三)23:59"),
        (datetime(2027, 2, 3, 0, 0, tzinfo=UTC), "2/3(三) 08:00", "116.2.3(星期三)08:00"),
        (datetime(2026, 12, 31, 16, 0, tzinfo=UTC), "12/31(四) 24:00(1/1 00:00)", "115.12.31(星期四)24:00(1/1 00:00)"),
    ],
)
def test_only_a_close_at_taipei_s_midnight_belongs_to_the_day_before(instant: datetime, short: str, long: str) -> None:
    assert (close_text(instant), roc_close(instant)) == (short, long)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("0:00", timedelta(0)),
        ("23:59:59", timedelta(hours=23, minutes=59, seconds=59)),
        ("8\uff1a05", timedelta(hours=8, minutes=5)),
        ("24:00:00", timedelta(days=1)),
        ("23:60", None),
        ("23:59:60", None),
        ("24:00:01", None),
        ("24:01", None),
        ("25:00", None),
        ("8", None),
    ],
)
def test_a_clock_is_read_to_the_second_and_no_further_than_the_day_s_end(text: str, found: timedelta | None) -> None:
    if found is not None:
        assert read_clock(text) == found
        return
    with pytest.raises(RocRefused) as refused:
        read_clock(text)
    assert (refused.value.code, refused.value.text) == (RocFault.CLOCK, text)
