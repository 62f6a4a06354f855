"""A published calendar: page, JSON and feed never disagree on a date, and a diff says what changes for whom."""

from __future__ import annotations

import json
import re
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import icalendar
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cli.app import app
from cli.calendar.publishing import Edition, publish
from rosters.icalendar import DRAWN
from rules.admission import windows_of
from rules.calendar_diff import Concern, calendar_diff, concerning
from rules.instants import at_taipei
from rules.plan import plan
from rules.rehearsal import World
from rules.roc import roc_close, roc_instant
from rules.schedule import Calendar
from rules.snapshot import Basis
from tests.records.staff.scene import pack
from tests.rules.builders import basis, rule_set, structure
from tests.rules.builders import calendar as small

PACK = Path(__file__).resolve().parents[2] / "schools" / "licheng"
RULES, CALENDAR, NATIONAL = pack()


def moved(calendar: Calendar, minutes: int) -> Calendar:
    """Every window and deadline moved by so many minutes."""
    step = timedelta(minutes=minutes)

    def shifted(value: Any) -> Any:
        if isinstance(value, datetime):
            return value + step
        if isinstance(value, dict):
            return {k: shifted(v) for k, v in value.items()}
        return value

    body = calendar.model_dump()
    return Calendar.model_validate(body | {name: [shifted(x) for x in body[name]] for name in ("windows", "deadlines")})


@pytest.mark.clause("規§4.2")
@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(minutes=st.one_of(st.integers(-5000, 5000), st.sampled_from([420, 0, 7 * 60 + 1])))
def test_page_document_feed_window_and_timer_never_disagree_on_a_date(minutes: int, tmp_path: Path) -> None:
    dates = moved(small(), minutes)
    edition = Edition(dates, rule_set(), basis().national)
    page, document, feed = publish(tmp_path, edition)
    told = {(w.opens, w.closes) for w in dates.windows} | {(d.opens, d.due) for d in dates.deadlines}
    told |= {(x.due - DRAWN, x.due) for x in (*dates.windows, *dates.deadlines)}
    entries = icalendar.Calendar.from_ical(feed.read_bytes()).walk("VEVENT")
    assert {(e.decoded("dtstart"), e.decoded("dtend")) for e in entries} == told
    texts = dict(re.findall(r'<time datetime="([^"]+)">([^<]+)</time>', page.read_text("utf-8")))
    kept = json.loads(document.read_text("utf-8"))["calendar"]
    described = " ".join(str(e["description"]) for e in entries)
    for w, k in zip(dates.windows, kept["windows"], strict=True):
        assert texts[w.due.isoformat()] in (roc_close(w.due), roc_instant(w.due))
        assert k["texts"] == {"opens": roc_instant(w.opens), "due": roc_close(w.due), "closes": roc_close(w.closes)}
        assert all(text in described for text in k["texts"].values())
        assert datetime.fromisoformat(k["closes"]) == w.closes
    rows = {(r.period, r.lane, r.kind): r for r in windows_of(rule_set(), dates)}
    b = Basis(rule_set(), dates, basis().national, basis().days, dates.opens)
    world = World("x", "115", b, structure())
    world.settle(at_taipei(dates.semesters["115-2"].first_day))
    steps = {x.thing: x.at for s in world.processes.values() for x in plan(s).steps if x.kind == "close"}
    for w in dates.windows:
        timer = next(at for thing, at in steps.items() if f"/{w.period}|{w.lane}|{w.kind}" in thing)
        assert timer == w.closes
        assert w.kind not in ("selection", "certification") or rows[(w.period, w.lane, w.kind)].closes == timer


@pytest.mark.clause("規§4.1", "規§4.2")
def test_page_and_feed_name_the_closed_days_and_the_schools_own(tmp_path: Path) -> None:
    closed = [{"day": "2027-02-03", "title": "颱風"}, {"day": "2027-02-23", "title": "豪雨", "offices": False}]
    exam = {"kind": "exam", "first": "2026-10-13", "last": "2026-10-14", "title": "段考"}
    body = CALENDAR.model_dump() | {"closures": closed, "school_days": [exam]}
    page, _, feed = publish(tmp_path, Edition(Calendar.model_validate(body), RULES, NATIONAL))
    text = re.sub(r"<[^>]+>", "", page.read_text("utf-8"))
    assert "116.2.3(星期三) 停班停課 颱風" in text and "116.2.23(星期二) 停課 豪雨" in text
    assert "115.10.13(星期二)–115.10.14(星期三) 段考" in text
    entries = icalendar.Calendar.from_ical(feed.read_bytes()).walk("VEVENT")
    days = {
        str(e["summary"]): (e.decoded("dtstart"), e.decoded("dtend")) for e in entries if "closed/" in str(e["uid"])
    }
    assert days == {
        "停班停課 颱風": (date(2027, 2, 3), date(2027, 2, 4)),
        "停課 豪雨": (date(2027, 2, 23), date(2027, 2, 24)),
    }
    plain = publish(tmp_path, Edition(CALENDAR, RULES, NATIONAL))[0].read_text("utf-8")
    assert "停班停課日" not in plain


@pytest.mark.clause("規§4.2")
def test_a_newer_version_replaces_the_dates_that_a_subscriber_holds(tmp_path: Path) -> None:
    def fed(dates: Calendar, since: datetime) -> dict[str, Any]:
        edition = Edition(dates, RULES, NATIONAL, since=since)
        feed = publish(tmp_path, edition)[2].read_bytes()
        return {str(e["uid"]): e for e in icalendar.Calendar.from_ical(feed).walk("VEVENT")}

    first, second = datetime(2026, 8, 1, tzinfo=UTC), datetime(2027, 1, 4, 8, tzinfo=UTC)
    old, new = fed(CALENDAR, first), fed(moved(CALENDAR, 60).model_copy(update={"version": 2}), second)
    assert old.keys() == new.keys()
    for uid, entry in old.items():
        assert (entry["sequence"], entry.decoded("dtstamp"), entry.decoded("last-modified")) == (1, first, first)
        assert (new[uid]["sequence"], new[uid].decoded("last-modified")) == (2, second)
    due = old["due/115-1/g10_11/certification@115"]
    window = CALENDAR.window("115-1", "g10_11", "certification")
    assert window is not None and due.decoded("dtend") == window.due
    assert str(due["summary"]).startswith("期限:")


def test_the_same_edition_gives_the_same_bytes(tmp_path: Path) -> None:
    one, two = (publish(tmp_path / n, Edition(CALENDAR, RULES, NATIONAL)) for n in ("a", "b"))
    assert [p.read_bytes() for p in one] == [p.read_bytes() for p in two]


@pytest.mark.clause("規§4.2")
def test_the_page_names_start_end_self_check_hours_and_the_authority(tmp_path: Path) -> None:
    body = CALENDAR.model_dump()
    for w in body["windows"]:
        if w["kind"] == "selection":
            w["hours"] = {"opens": "08:00", "closes": "21:00"}
    page = publish(
        tmp_path, Edition(Calendar.model_validate(body), RULES, NATIONAL, "published", "115-1/1", "2026-08-21")
    )[0]
    text = re.sub(r"<[^>]+>", "", page.read_text("utf-8"))
    assert "每日 08:00–21:00" in text
    assert "經工作小組會議 115-1/1(2026-08-21) 議決" in text
    assert text.count("不可移動") == 9
    assert "116.2.3(星期三)24:00(2/4 00:00)" in text
    assert "草案" not in text
    assert "輔導主任" in text


@pytest.mark.clause("規§4.2")
def test_a_diff_tells_a_person_only_what_changes_for_them() -> None:
    body = CALENDAR.model_dump(mode="json")
    for w in body["windows"]:
        if (w["lane"], w["kind"]) == ("g10_11", "selection"):
            w["due"], w["closes"] = "2027-09-06 17:00", "2027-09-07 00:00"
        if (w["period"], w["lane"], w["kind"]) == ("115-1", "g12_general", "certification"):
            w["closes"] = "2027-03-10 17:00"
    changes = calendar_diff(CALENDAR, Calendar.model_validate(body))

    def mine(**who: Any) -> list[tuple[str, str, str]]:
        return [(c.lane, c.kind, c.edge) for c in concerning(changes, RULES, Concern(**who))]

    selection = [("g10_11", "selection", "due"), ("g10_11", "selection", "closes")]
    assert mine(lane="g10_11") == selection
    assert mine(lane="g12_general") == []
    assert mine(certifies=frozenset({"g12_general"})) == [("g12_general", "certification", "closes")]
    assert mine(posts=frozenset({"registration_section"})) == selection
    assert [c.text(c.after) for c in changes if c.kind == "selection"][1] == "116.9.6(星期一)24:00(9/7 00:00)"


def test_a_file_is_shown_and_published_without_any_server(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert app(["calendar", "publish", str(PACK), "--out", str(tmp_path)], result_action="return_value") == 0
    assert {p.name for p in tmp_path.iterdir()} == {"page.html", "calendar.json", "calendar.ics"}
    capsys.readouterr()
    assert app(["calendar", "show", str(PACK), "--json"], result_action="return_value") == 0
    assert json.loads(capsys.readouterr().out) == json.loads((tmp_path / "calendar.json").read_text("utf-8"))
