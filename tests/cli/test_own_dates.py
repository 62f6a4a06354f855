"""One person's dates: list, page, feed, mail, timer, window and the chain of reasons never disagree on one."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import icalendar
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cli.calendar.own_page import own_feed, own_page
from cli.notices import written
from rosters.texts import load_texts
from rules.admission import Grant, Standing, effective_close, judge_window, windows_of
from rules.calendar_diff import calendar_diff
from rules.instants import local_close
from rules.own_dates import Granted, OwnDate, own_changes, own_duties, own_windows, together
from rules.plan import plan
from rules.rehearsal import World
from rules.roc import roc_close
from rules.schedule import Calendar
from rules.snapshot import ExtensionState
from rules.why import Version, why_duty, why_window
from tests.rules.builders import calendar, rule_set, taipei, world

RULES, CALENDAR = rule_set(), calendar()
ME = Standing("p", "101", "g10_11")
SEMESTER = "semester/999999/115-1"
COMMON = {"school": "x", "about": "y", "post": "z"}
MINUTE = timedelta(minutes=1)

moved = st.integers(-3000, 6000).map(lambda minutes: minutes * MINUTE)
later = st.integers(-2000, 40_000).map(lambda minutes: taipei("2027-02-04 00:00") + minutes * MINUTE)
grants = st.lists(
    st.builds(
        Grant, period=st.just("115-1"), kind=st.sampled_from(["outcome_upload", "outcome_correction", "selection"]),
        scope=st.sampled_from(["person", "class", "lane", "all"]), target=st.just(""), closes=later,
    ),
    max_size=4,
)  # fmt: skip


def at_home(grant: Grant) -> Grant:
    """The grant, for this person's own class and lane."""
    return replace(grant, target={"person": "p", "class": "101", "lane": "g10_11", "all": ""}[grant.scope])


def with_upload(step: timedelta) -> Calendar:
    """The calendar with the first semester's upload moved."""
    body = CALENDAR.model_dump()
    for w in body["windows"]:
        if (w["period"], w["kind"]) == ("115-1", "outcome_upload"):
            w |= {"due": w["due"] + step, "closes": w["closes"] + step}
    return Calendar.model_validate(body | {"version": 2})


def mail(template: str, **args: Any) -> str:
    """What a notice with these arguments says, as it is kept and as it is read."""
    kept = {k: v.isoformat() if isinstance(v, datetime) else v for k, v in args.items()}
    text = written(load_texts("zh-TW")[template], kept, COMMON)
    return text.subject + text.body


@pytest.mark.clause("規§4.2", "規§10.2.2")
@settings(max_examples=25, deadline=None)
@given(step=moved, given_=grants)
def test_list_page_feed_mail_timer_and_window_of_a_student_never_disagree(step: timedelta, given_: list[Grant]) -> None:
    dates = with_upload(step)
    granted = [Granted(f"ext-{n}", at_home(g), "x", "y") for n, g in enumerate(given_)]
    mine = {(d.period, d.kind): d for d in own_windows(RULES, dates, ME, granted)}
    d = mine["115-1", "outcome_upload"]
    window = next(w for w in windows_of(RULES, dates) if (w.period, w.kind) == ("115-1", "outcome_upload"))
    # The window, and the verdict on either side of the last instant.
    assert d.closes == effective_close(window, [g.grant for g in granted], ME) >= window.closes
    for at, inside in ((d.closes - MINUTE, True), (d.closes, False)):
        assert (judge_window(window, [g.grant for g in granted], ME, at=at, place="x") is None) is inside
    # The feed and the page.
    entries = icalendar.Calendar.from_ical(own_feed(list(mine.values()), name="x")).walk("VEVENT")
    fed = {str(e["uid"]): e for e in entries}
    entry = fed["own/115-1/g10_11/outcome_upload"]
    assert entry.decoded("dtend") == d.closes
    assert fed["due/own/115-1/g10_11/outcome_upload"].decoded("dtend") == d.due
    assert roc_close(d.due) in str(entry["description"])
    texts = dict(re.findall(r'<time datetime="([^"]+)">([^<]+)</time>', own_page(list(mine.values()), name="x")))
    assert texts[d.closes.isoformat()] == roc_close(d.closes)
    assert texts[d.due.isoformat()] == roc_close(d.due)
    # The mails of a move and of a grant.
    told = mail("window_moved", kind="outcome_upload", due=d.due, closes=d.closes)
    assert local_close(d.due) in told and local_close(d.closes) in told
    assert local_close(d.closes) in mail("extension_granted", kind="outcome_upload", closes=d.closes)
    # The timer waits for the last of the lane; here the lane is this person.
    w = World("x", "115", replace(world().processes["year/999999/115"].basis, calendar=dates), STRUCTURE)
    w.settle(taipei("2026-09-01 08:00"))
    for g in granted:
        if g.grant.kind == "outcome_upload":
            w.extend(ExtensionState("115-1", "outcome_upload", frozenset({"g10_11"}), g.grant.closes))
    [timer] = [
        x.at
        for x in plan(w.processes["semester/x/115-1"]).steps
        if x.thing.endswith("|outcome_upload") and x.kind == "close"
    ]
    assert timer == d.closes
    # Why, and what changed for this person.
    chain = why_window(RULES, [Version(dates, "v2")], ("115-1", "g10_11", "outcome_upload"), granted, ME)
    assert next(x.at for x in reversed(chain) if x.at is not None) == d.closes
    old = own_windows(RULES, CALENDAR, ME, ())
    changes = own_changes(calendar_diff(CALENDAR, dates), old, list(mine.values()))
    base = next(o for o in old if (o.period, o.kind) == ("115-1", "outcome_upload"))
    ends = [c.after for c in changes if (c.period, c.kind, c.edge) == ("115-1", "outcome_upload", "closes")]
    assert ends == ([d.closes] if d.closes != base.closes else [])


STRUCTURE = world().processes["year/999999/115"].structure


@pytest.mark.clause("規§10.2.2", "規§5.3.2")
@settings(max_examples=25, deadline=None)
@given(until=later)
def test_page_feed_mail_and_rungs_of_a_teacher_never_disagree(until: datetime) -> None:
    w = world()
    w.settle(taipei("2027-01-10 08:00"))
    w.owe("115-1/101/01", "115-1", 2)
    scopes = frozenset({"115-1/101/01"})
    w.extend(ExtensionState("115-1", "certification", frozenset(), until, "", scopes, taipei("2027-01-10 08:00")))
    s = w.processes[SEMESTER]
    [d] = [x for x in own_duties(s, {"course_teacher:115-1/101/01"}) if x.kind == "certification"]
    base = taipei("2027-02-19 17:00")
    assert d.due == max(base, until)
    assert d.base == (base if until > base else None)
    assert {r.duty.due for r in plan(s).rungs if r.duty.key == d.id} == {d.due}
    entry, due = icalendar.Calendar.from_ical(own_feed([d], name="x")).walk("VEVENT")
    assert entry.decoded("dtend") == due.decoded("dtend") == d.due
    assert entry["sequence"] == 2 and entry.decoded("last-modified") == taipei("2027-01-10 08:00")
    assert f'datetime="{d.due.isoformat()}">{roc_close(d.due)}</time>' in own_page([d], name="x")
    for template in ("duty_moved", "duty_reminder", "duty_escalation"):
        assert local_close(d.due) in mail(template, count=1, due=d.due)
    granted = [Granted("ext-1", Grant("115-1", "certification", "class", "101", until), "x", "y")]
    chain = why_duty(s, [Version(CALENDAR, "v1")], d.id, granted)
    assert next(x.at for x in reversed(chain) if x.at is not None) == d.due
    assert [c.after for c in own_changes((), (), [d])] == ([d.due] if d.base else [])


@pytest.mark.clause("規§4.2", "規§5.3.2")
def test_the_courses_that_are_due_together_are_one_line_and_an_extended_one_its_own() -> None:
    w = world()
    w.settle(taipei("2027-01-10 08:00"))
    for course in ("115-1/101/01", "115-1/101/02"):
        w.owe(course, "115-1", 2)
    posts, until = {f"course_teacher:115-1/101/0{n}" for n in (1, 2)}, taipei("2027-03-01 17:00")

    def shown() -> list[tuple[str, datetime]]:
        mine = [d for d in own_duties(w.processes[SEMESTER], posts) if d.kind == "certification"]
        entries = icalendar.Calendar.from_ical(own_feed(mine, name="x")).walk("VEVENT")
        fed = {str(e["uid"]): (str(e["summary"]), e.decoded("dtend")) for e in entries}
        windows = [told for uid, told in fed.items() if not uid.startswith("due/")]
        assert len(fed) == len(entries) == 2 * len(windows)
        assert [fed[f"due/{uid}"] for uid in fed if not uid.startswith("due/")] == [
            (f"期限:{t}", at) for t, at in windows
        ]
        page = re.findall(r'<th scope="row">([^<]+)</th>.*?<b><time datetime="([^"]+)">', own_page(mine, name="x"))
        assert {(f"{t} 115-1", datetime.fromisoformat(at)) for t, at in page} == set(windows)
        return sorted(windows, key=lambda told: told[1])

    base = taipei("2027-02-19 17:00")
    assert shown() == [("x(高一二,2 項) 115-1", base)]
    scopes = frozenset({"115-1/101/01"})
    w.extend(ExtensionState("115-1", "certification", frozenset(), until, "", scopes, taipei("2027-01-10 08:00")))
    assert shown() == [("x(高一二) 115-1", base), ("x(高一二) 115-1", until)]


@pytest.mark.clause("規§4.2")
def test_what_is_due_for_several_lanes_at_one_instant_is_one_line_that_names_them_and_else_a_line_each() -> None:
    at = taipei("2027-02-03 17:00")
    one = OwnDate(
        what="duty",
        period="115-1",
        kind="check",
        title="自我檢核",
        clause="規§4.2",
        opens=at - MINUTE,
        due=at,
        closes=at,
    )
    lanes = (("a", "高一二"), ("b", "高三普通"), ("c", "高三技術"))
    dates = [
        one.model_copy(update={"id": x, "lane": x, "whom": (title,), "sequence": n})
        for n, (x, title) in enumerate(lanes)
    ]
    [line] = together(dates)
    assert (line.said, line.id, line.lane, line.sequence) == ("自我檢核(高一二、高三普通、高三技術,3 項)", "a", "", 2)
    moved = dates[2].model_copy(update={"due": at + MINUTE, "closes": at + MINUTE})
    said = [d.said for d in together([*dates[:2], moved])]
    assert said == ["自我檢核(高一二、高三普通,2 項)", "自我檢核(高三技術)"]


def test_the_other_students_of_the_lane_keep_their_date() -> None:
    other = [Granted("ext-1", Grant("115-1", "outcome_upload", "person", "q", taipei("2027-02-20 17:00")), "x", "y")]
    dates: tuple[OwnDate, ...] = own_windows(RULES, CALENDAR, ME, other)
    assert dates == own_windows(RULES, CALENDAR, ME, ())


@pytest.mark.clause("規§4.2", "規§10.2.2")
def test_list_page_and_feed_say_the_daily_hours_and_until_when_they_hold() -> None:
    body = CALENDAR.model_dump()
    for w in body["windows"]:
        w |= {"hours": {"opens": "08:00", "closes": "21:00"}} if w["kind"] == "outcome_upload" else {}
    dates = Calendar.model_validate(body)
    window = dates.window("115-1", "g10_11", "outcome_upload")
    assert window is not None
    longer = Granted("ext-1", Grant("115-1", "outcome_upload", "all", "", window.closes + MINUTE), "x", "y")
    for granted, said in ((), "每日 08:00–21:00"), ((longer,), f"到 {roc_close(window.closes)} 為止每日 08:00–21:00"):
        mine = [d for d in own_windows(RULES, dates, ME, granted) if (d.period, d.kind) == ("115-1", "outcome_upload")]
        assert mine[0].daily == said
        assert said in own_page(mine, name="x")
        entry, _ = icalendar.Calendar.from_ical(own_feed(mine, name="x")).walk("VEVENT")
        assert f"{said}開放" in str(entry["description"])
    assert not any(d.daily for d in own_windows(RULES, CALENDAR, ME, ()))
