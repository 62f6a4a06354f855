"""iCalendar files that other programs read. 規§4.2"""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime

import icalendar
import pytest

from rosters.icalendar import DRAWN, Event, deadline, ics
from rules.instants import read_instant


def event(opens: str, closes: str, *, all_day: bool = False, title: str = "上傳,截止", uid: str = "a@x") -> Event:
    return Event(uid, title, read_instant(opens), read_instant(closes), all_day, "說明\n第二行")


@pytest.mark.clause("規§4.2")
def test_an_entry_comes_back_with_its_instant_and_its_escaped_comma() -> None:
    written = ics([event("2027-02-03 17:00", "2027-02-03 24:00")])
    [entry] = icalendar.Calendar.from_ical(written).walk("VEVENT")
    assert entry["DTSTART"].dt == read_instant("2027-02-03 17:00")
    assert entry["DTEND"].dt == read_instant("2027-02-04 00:00")
    assert (str(entry["SUMMARY"]), str(entry["DESCRIPTION"])) == ("上傳,截止", "說明\n第二行")
    assert b"BEGIN:VTIMEZONE" in written
    assert b"TZOFFSETTO:+0800" in written


@pytest.mark.parametrize(
    ("closes", "end"), [("2027-02-03 24:00", date(2027, 2, 4)), ("2027-02-04 00:01", date(2027, 2, 5))]
)
def test_the_end_day_of_an_all_day_entry_is_exclusive(closes: str, end: date) -> None:
    [entry] = icalendar.Calendar.from_ical(ics([event("2027-02-01 00:00", closes, all_day=True)])).walk("VEVENT")
    assert (entry["DTSTART"].dt, entry["DTEND"].dt) == (date(2027, 2, 1), end)


def test_lines_are_short_and_the_same_events_give_the_same_bytes() -> None:
    events = [event("2027-02-03 17:00", "2027-02-03 18:00", title="課程學習成果" * 30)]
    written = ics(events, name="期程")
    assert max(len(line) for line in written.split(b"\r\n")) <= 75
    assert written == ics(events, name="期程")
    assert isinstance(icalendar.Calendar.from_ical(written).walk("VEVENT")[0]["DTSTART"].dt, datetime)


@pytest.mark.clause("規§4.2")
def test_an_entry_says_how_often_and_when_its_dates_were_set_and_its_deadline_ends_at_that_instant() -> None:
    at, due = read_instant("2027-01-04 08:00"), read_instant("2027-02-03 17:00")
    months = replace(event("2026-08-31 08:00", "2027-02-03 24:00"), sequence=3, changed_at=at)
    entry, dated = icalendar.Calendar.from_ical(ics([months, deadline(months, due)])).walk("VEVENT")
    assert {(e["SEQUENCE"], e["DTSTAMP"].dt, e["LAST-MODIFIED"].dt) for e in (entry, dated)} == {(3, at, at)}
    assert (str(dated["UID"]), dated["DTSTART"].dt, dated["DTEND"].dt) == ("due/a@x", due - DRAWN, due)
    # Of a file nobody knows when its dates were set: no instant is invented.
    [plain] = icalendar.Calendar.from_ical(ics([event("2026-08-31 08:00", "2027-02-03 24:00")])).walk("VEVENT")
    assert plain["SEQUENCE"] == 0 and "LAST-MODIFIED" not in plain
