"""How a date that the school names moves the rest of its window, and to which period a row belongs. 規§4.1"""

from __future__ import annotations

from datetime import date, datetime, time

import pytest

from rules.days import WorkingDays
from rules.instants import at_taipei, local_text
from rules.proposals.nearest import Unclear, target_of
from rules.proposals.pins import Pin, Span, pinned, said_of
from rules.proposals.plain import bare
from rules.proposals.words import Nearest, Operation
from tests.rules.builders import office_years

DAYS = WorkingDays(office_years())


def at(month: int, day: int, hour: int = 17) -> datetime:
    """An hour of a day of 2026; 24 is the end of it."""
    return at_taipei(date(2026, month, day), time(hour)) if hour < 24 else at_taipei(date(2026, month, day + 1))


# Monday 2 March to Wednesday 11 March 2026, closed on Friday the 13th; corrections until the 12th.
SPAN = Span(at(3, 2, 8), at(3, 11), at(3, 13), at(3, 12))


def moved(*pins: Pin, span: Span = SPAN) -> list[str]:
    """Opens, due, closes and correction after these pins."""
    found = pinned(span, pins, DAYS)
    return [local_text(x)[5:] for x in (found.opens, found.due, found.closes, found.correction) if x is not None]


def pin(edge: str, to: datetime, *, whole: bool = False) -> Pin:
    return Pin(edge, to, "a.csv:3「x」", whole)  # type: ignore[arg-type]


@pytest.mark.clause("規§4.1")
def test_a_deadline_takes_close_and_correction_along_and_leaves_the_beginning() -> None:
    assert moved(pin("due", at(3, 18, 12))) == ["03-02 08:00", "03-18 12:00", "03-20 17:00", "03-19 17:00"]
    assert moved(pin("due", at(3, 4))) == ["03-02 08:00", "03-04 17:00", "03-06 17:00", "03-05 17:00"]
    assert moved(pin("due", at(3, 11))) == moved()


@pytest.mark.clause("規§4.1")
def test_a_deadline_before_the_beginning_moves_the_window_and_one_that_keeps_its_length_too() -> None:
    assert moved(pin("due", at(2, 26)))[:2] == ["02-17 08:00", "02-26 17:00"]
    assert moved(pin("due", at(3, 2, 8)))[:2] == ["02-19 08:00", "03-02 08:00"]
    assert moved(pin("due", at(3, 18), whole=True))[:2] == ["03-09 08:00", "03-18 17:00"]


@pytest.mark.clause("規§5.3.1")
def test_a_window_that_closes_with_the_day_of_its_deadline_still_does() -> None:
    day = Span(at(3, 2, 8), at(3, 11), at(3, 11, 24))
    assert moved(pin("due", at(3, 14, 12)), span=day) == ["03-02 08:00", "03-14 12:00", "03-15 00:00"]
    assert moved(pin("due", at(3, 13, 24)), span=day) == ["03-02 08:00", "03-14 00:00", "03-14 00:00"]
    hour = Span(at(3, 2, 8), at(3, 11), at(3, 11))
    assert moved(pin("due", at(3, 13, 12)), span=hour) == ["03-02 08:00", "03-13 12:00", "03-13 12:00"]
    assert moved(pin("due", at(3, 14)))[1:3] == ["03-14 17:00", "03-17 17:00"], "a Saturday counts as no working day"


@pytest.mark.clause("規§4.1")
def test_a_beginning_moves_alone_or_with_the_window_where_it_would_begin_after_its_end() -> None:
    assert moved(pin("opens", at(3, 9, 8))) == ["03-09 08:00", *moved()[1:]]
    assert moved(pin("opens", at(3, 11))) == ["03-11 17:00", "03-20 17:00", "03-24 17:00", "03-23 17:00"]
    assert moved(pin("opens", at(3, 3, 8), whole=True)) == ["03-03 08:00", "03-12 17:00", "03-16 17:00", "03-13 17:00"]
    both = moved(pin("opens", at(3, 9, 8), whole=True), pin("due", at(3, 18), whole=True))
    assert both[:2] == ["03-09 08:00", "03-18 17:00"]


@pytest.mark.clause("規§4.1")
def test_a_close_keeps_the_deadline_unless_that_lies_behind_it() -> None:
    assert moved(pin("closes", at(3, 17))) == ["03-02 08:00", "03-11 17:00", "03-17 17:00", "03-16 17:00"]
    assert moved(pin("closes", at(3, 10))) == ["03-02 08:00", "03-10 17:00", "03-10 17:00", "03-09 17:00"]


def test_the_reason_names_the_row_once_with_its_edges() -> None:
    assert said_of((pin("opens", at(3, 2)), pin("due", at(3, 3)))) == "a.csv:3「x」(開始、期限)"
    other = Pin("closes", at(3, 3), "a.csv:4「y」")
    assert said_of((pin("due", at(3, 2)), other)) == "a.csv:3「x」(期限)、a.csv:4「y」(關閉)"


KINDS = {"upload": ("上傳", "upload")}
FIRST, SECOND = ("115-1", "upload"), ("115-2", "upload")


def meant(day: date, first: list[date], second: list[date], *, years: bool = False) -> tuple[str, str] | Unclear:
    """Of which of two semesters a row of that day speaks."""
    targets = {FIRST: first, SECOND: second}
    return target_of(targets, day, Nearest(days=14, times=2), KINDS, other_years=years)


@pytest.mark.clause("規§4.1")
@pytest.mark.parametrize(("gap", "clear"), [(20, True), (19, False)])
def test_the_nearest_period_counts_where_every_other_one_is_twice_as_far(gap: int, *, clear: bool) -> None:
    day = date(2027, 3, 1)
    found = meant(day, [date(2027, 2, 5)], [date(2027, 3, 1 + gap // 2)])
    assert found == SECOND
    near = [date.fromordinal(day.toordinal() - 40)], [date.fromordinal(day.toordinal() + 40 - gap)]
    assert (meant(day, *near) == SECOND) is clear


@pytest.mark.clause("規§4.1")
@pytest.mark.parametrize(("gap", "clear"), [(14, True), (13, False)])
def test_it_has_to_be_nearer_by_days_too(gap: int, *, clear: bool) -> None:
    day = date(2027, 3, 1)
    found = meant(day, [date.fromordinal(day.toordinal() - gap)], [day])
    assert (found == SECOND) is clear
    later = [date.fromordinal(day.toordinal() + 10)]
    assert (meant(day, [date.fromordinal(day.toordinal() - 10 - gap)], later) == SECOND) is clear
    if isinstance(found, Unclear):
        assert (
            found.why
            == "看不出是哪一期:可能是 115-2 上傳(2027-03-01)、115-1 上傳(2027-02-16);請在標題寫明學年度、學期與年級"
        )
        assert (
            found.why_en
            == "could be 115-2 upload(2027-03-01), 115-1 upload(2027-02-16); name the year, the semester and the grades"
        )


@pytest.mark.clause("規§4.1")
def test_the_period_of_the_nearest_lane_has_to_be_the_nearest_for_all_lanes_together() -> None:
    day, near, far = date(2027, 3, 1), date(2027, 3, 5), date(2027, 7, 1)
    assert isinstance(meant(day, [date(2027, 2, 19)] * 3, [near, far, far]), Unclear)
    assert meant(day, [date(2027, 2, 26)] * 3, [near, far, far]) == FIRST
    both = meant(day, [day], [date(2027, 2, 20), day])
    assert isinstance(both, Unclear) and "115-2 上傳(2027-03-01)" in both.why, "the day of the nearest lane is shown"


@pytest.mark.clause("規§4.1")
def test_a_day_that_is_nearest_to_the_year_before_or_after_belongs_to_no_period_of_this_year() -> None:
    first, second = [date(2027, 2, 3)], [date(2027, 7, 14)]
    before = meant(date(2026, 7, 20), first, second, years=True)
    assert isinstance(before, Unclear) and "114-2 上傳(2026-07-14)" in before.why and "114-2 upload" in before.why_en
    after = meant(date(2028, 2, 1), first, second, years=True)
    assert isinstance(after, Unclear) and "116-1 上傳(2028-02-03)" in after.why
    assert meant(date(2026, 10, 20), first, second) == FIRST
    assert isinstance(meant(date(2026, 10, 20), first, second, years=True), Unclear)
    assert meant(date(2027, 7, 20), first, second, years=True) == SECOND


def test_words_are_compared_without_blanks_width_and_the_two_ways_of_one_letter() -> None:
    assert bare(" 台北(A) 學習 歷程") == bare("臺北(a)學習歷程") == "臺北(a)學習歷程"
    operation = Operation(id="x", title="x", title_en="x", said=(("平台", "系統"), ("操作",)))
    assert operation.named_in(bare("平臺 操作")) and operation.named_in("系統操作")
    assert not operation.named_in("系統") and not operation.named_in("操作")
