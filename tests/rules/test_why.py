"""Why this date: rule, calendar version, closed day, extension; each link with its source and its date. 規§4.2"""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime

import pytest

from rules.admission import CORRECTION, Grant, Standing
from rules.duties import duties_of
from rules.moves import Move, amended
from rules.plan import plan
from rules.schedule import Calendar, Closure, NationalWindow, SelfCheck, working_days
from rules.snapshot import ExtensionState, Snapshot, StuckState
from rules.why import (
    Granted,
    Link,
    Version,
    rungs_of,
    why_dated,
    why_duty,
    why_national,
    why_rung,
    why_semester,
    why_window,
)
from tests.rules.builders import basis, calendar, rule_set, taipei, world
from tests.rules.test_plan import ENTRY, SEMESTER

UPLOAD = ("115-1", "g10_11", "outcome_upload")
CLOSES, LATER, LATEST = taipei("2027-02-04 00:00"), taipei("2027-02-06 00:00"), taipei("2027-02-12 00:00")


def sourced(source: str = "教務會議 115-1") -> Calendar:
    """The small calendar with a source at each window and date."""
    dates = calendar()
    return dates.model_copy(
        update={
            "windows": tuple(w.model_copy(update={"source": source}) for w in dates.windows),
            "deadlines": tuple(d.model_copy(update={"source": source}) for d in dates.deadlines),
        }
    )


def move(kind: str, **edges: str) -> Move:
    """A move of a window of the first semester."""
    return Move.model_validate({"period": "115-1", "lane": "g10_11", "kind": kind} | edges)


FIRST = Version(sourced(), "發布")
CLOSED = (Closure(day=date(2027, 2, 3), title="颱風"), Closure(day=date(2027, 2, 2), title="颱風", lessons=False))
SECOND = Version(
    amended(FIRST.calendar, [move("outcome_upload", closes="2027-02-06 00:00")], CLOSED, "颱風"), "停課順延"
)


def told(links: tuple[Link, ...]) -> list[tuple[str, str, str, datetime | None]]:
    """(by, source, text, at) of each link."""
    return [(x.by, x.source, x.text, x.at) for x in links]


RULE = ("rule", "test v1", "〔規§4.2〕outcome_upload", None)
PUBLISHED = ("calendar", "calendar 115 v1", "期程 v1:教務會議 115-1", CLOSES)


@pytest.mark.clause("規§4.2")
def test_a_close_comes_from_a_rule_and_the_version_that_gave_it() -> None:
    links = why_window(rule_set(), [FIRST], UPLOAD)
    assert told(links) == [RULE, PUBLISHED]
    assert [x.text_en for x in links] == ["[規§4.2] outcome_upload", "calendar v1: 教務會議 115-1"]
    # A date without a source of its own was given by the version's reason.
    assert told(why_window(rule_set(), [Version(calendar(), "發布")], UPLOAD))[1][2] == "期程 v1:發布"


@pytest.mark.clause("規§4.2")
def test_a_moved_close_names_the_amendment_and_the_days_closed_in_it() -> None:
    links = why_window(rule_set(), [FIRST, SECOND], UPLOAD)
    assert told(links) == [
        RULE,
        PUBLISHED,
        ("calendar", "calendar 115 v2", "期程修正 v2:停課順延", LATER),
        ("closure", "closure 2027-02-02", "2027-02-02 停班:颱風", None),
        ("closure", "closure 2027-02-03", "2027-02-03 停班 停課:颱風", None),
    ]
    assert links[2].text_en == "calendar amended v2: 停課順延"
    assert links[3].text_en == "2027-02-02 closed: 颱風"
    # A version that leaves the date alone is no reason of it.
    third = Version(SECOND.calendar.model_copy(update={"version": 3}), "其他")
    assert why_window(rule_set(), [FIRST, SECOND, third], UPLOAD) == links
    lessons = Closure(day=date(2027, 2, 5), title="颱風", offices=False)
    fourth = amended(SECOND.calendar, [move("outcome_upload", closes="2027-02-12 00:00")], [lessons], "x")
    new = why_window(rule_set(), [FIRST, SECOND, Version(fourth, "再順延")], UPLOAD)
    assert told(new)[5:] == [
        ("calendar", "calendar 115 v3", "期程修正 v3:再順延", LATEST),
        ("closure", "closure 2027-02-05", "2027-02-05 停課:颱風", None),
    ]


@pytest.mark.clause("規§4.2")
def test_a_window_that_the_newest_version_does_not_hold_has_no_reason() -> None:
    assert why_window(rule_set(), [FIRST], ("115-1", "g12", "outcome_upload")) == ()
    none = calendar(windows=[])
    assert why_window(rule_set(), [FIRST, Version(none, "x")], UPLOAD) == ()
    # A window that came with the second version was first given by it.
    assert told(why_window(rule_set(), [Version(none, "x"), FIRST], UPLOAD))[1] == PUBLISHED


@pytest.mark.clause("規§5.3.2")
def test_the_end_of_corrections_is_explained_by_the_certification() -> None:
    links = why_window(rule_set(), [FIRST], ("115-1", "g10_11", CORRECTION))
    assert told(links) == [
        ("rule", "test v1", "〔規§4.2〕certification", None),
        ("calendar", "calendar 115 v1", "期程 v1:教務會議 115-1", taipei("2027-03-03 17:00")),
    ]


def granted(
    id_: str, closes: datetime, scope: str = "person", target: str = "p",
    period: str = "115-1", kind: str = "outcome_upload",
) -> Granted:  # fmt: skip
    """An extension of the upload."""
    grant = Grant(period, kind, scope, target, closes)
    return Granted(id_, grant, "住院", "academic_affairs_director")


@pytest.mark.clause("規§10.2.2")
def test_a_person_is_shown_the_extensions_that_hold_the_nearest_first() -> None:
    given = [
        granted("e2", LATEST), granted("e1", LATER, "class", "101"), granted("e3", LATEST, target="other"),
        granted("e4", LATEST, period="115-2"), granted("e5", LATEST, kind="selection"), granted("e6", CLOSES),
        granted("e7", taipei("2027-02-01 00:00")),
    ]  # fmt: skip
    links = why_window(rule_set(), [FIRST], UPLOAD, given, Standing("p", "101", "g10_11"))
    assert told(links)[2:] == [
        ("extension", "e1", "展延 e1:住院(核准:academic_affairs_director)", LATER),
        ("extension", "e2", "展延 e2:住院(核准:academic_affairs_director)", LATEST),
    ]
    assert links[2].text_en == "extension e1: 住院 (approved by academic_affairs_director)"


@pytest.mark.clause("規§10.2.2")
def test_everybody_is_shown_only_what_holds_for_the_whole_lane() -> None:
    given = [
        granted("e1", LATER, "lane", "g10_11"), granted("e2", LATEST, "all", ""), granted("e3", LATEST),
        granted("e4", LATEST, "class", "101"), granted("e5", LATEST, "lane", "g12"),
    ]  # fmt: skip
    assert [x.source for x in why_window(rule_set(), [FIRST], UPLOAD, given)[2:]] == ["e1", "e2"]


CERTIFICATION = ("115-1", "g10_11", "certification")
DUE_LATER = Version(amended(FIRST.calendar, [move("certification", due="2027-02-23 17:00")], [], "x"), "會議")


@pytest.mark.clause("規§4.2", "規§5.3.2")
def test_an_announced_deadline_has_a_chain_of_its_own_with_the_version_that_moved_only_it() -> None:
    links = why_window(rule_set(), [FIRST, DUE_LATER], CERTIFICATION, edge="due")
    assert [(x.source, x.at) for x in links] == [
        ("test v1", None),
        ("calendar 115 v1", taipei("2027-02-19 17:00")),
        ("calendar 115 v2", taipei("2027-02-23 17:00")),
    ]
    closes = why_window(rule_set(), [FIRST, DUE_LATER], CERTIFICATION)
    assert [(x.source, x.at) for x in closes[1:]] == [("calendar 115 v1", taipei("2027-03-05 17:00"))]


@pytest.mark.clause("規§4.2", "規§10.2.2")
def test_an_extension_gives_an_announced_deadline_later_but_no_opening() -> None:
    given = [granted("e1", taipei("2027-03-01 17:00"), kind="certification")]
    me = Standing("p", "101", "g10_11")
    due = why_window(rule_set(), [FIRST], CERTIFICATION, given, me, edge="due")
    assert [(x.source, x.at) for x in due[2:]] == [("e1", taipei("2027-03-01 17:00"))]
    assert why_window(rule_set(), [FIRST], CERTIFICATION, given, Standing("q", "101", "g10_11"), edge="due")[2:] == ()
    opens = why_window(rule_set(), [FIRST], CERTIFICATION, given, me, edge="opens")
    assert [(x.source, x.at) for x in opens[1:]] == [("calendar 115 v1", taipei("2026-08-31 08:00"))]


@pytest.mark.clause("規§5.3.2")
def test_the_close_of_corrections_is_asked_at_its_window_or_by_its_own_name() -> None:
    by_name = why_window(rule_set(), [FIRST], ("115-1", "g10_11", CORRECTION))
    assert why_window(rule_set(), [FIRST], CERTIFICATION, edge="correction_closes") == by_name != ()
    assert why_window(rule_set(), [FIRST], UPLOAD, edge="correction_closes") == ()
    assert why_window(rule_set(), [FIRST], CERTIFICATION, edge="self_check_closes") == ()


@pytest.mark.clause("規§4.2", "規§9.1")
def test_a_dated_duty_s_deadline_is_explained_without_a_process() -> None:
    links = why_dated(rule_set(), [FIRST], "115", "briefing", edge="due")
    assert [(x.source, x.at) for x in links] == [("test v1", None), ("calendar 115 v1", taipei("2026-11-30 17:00"))]
    assert why_dated(rule_set(), [FIRST], "115", "briefing", edge="closes") == ()
    assert why_dated(rule_set(), [FIRST], "115", "nothing", edge="due") == ()


@pytest.mark.clause("規§10.2.2")
def test_who_approved_an_extension_is_named_by_the_post_s_titles() -> None:
    rules = rule_set()
    posts = [
        p.model_copy(update={"title": "教務主任", "title_en": "dean"}) if p.id == "academic_affairs_director" else p
        for p in rules.posts
    ]
    rules = rules.model_copy(update={"posts": tuple(posts)})
    [link] = why_window(rules, [FIRST], UPLOAD, [granted("e1", LATER)], Standing("p", "101", "g10_11"))[2:]
    assert (link.text, link.text_en) == ("展延 e1:住院(核准:教務主任)", "extension e1: 住院 (approved by dean)")


def process(dates: Calendar, kind: str = SEMESTER) -> Snapshot:
    """A process under these dates."""
    w = world()
    w.settle(taipei("2026-08-01 00:00"))
    first = basis()
    w.rebase(kind, replace(first, calendar=dates, days=working_days(first.national, dates)))
    return w.processes[kind]


DUE = taipei("2026-10-30 17:00")


@pytest.mark.clause("規§4.2", "規§5.1.1")
def test_a_duty_s_date_comes_from_its_rule_and_the_window_it_hangs_on() -> None:
    links = why_duty(process(FIRST.calendar), [FIRST], ENTRY)
    assert told(links) == [
        ("rule", "test v1", "〔規§5.1.1〕x:entry", None),
        ("calendar", "calendar 115 v1", "期程 v1:教務會議 115-1", DUE),
    ]
    assert links[0].text_en == "[規§5.1.1] x: entry"
    assert why_duty(process(FIRST.calendar), [FIRST], f"{SEMESTER}#nothing") == ()


@pytest.mark.clause("規§4.2", "規§9.1")
def test_a_dated_duty_is_explained_by_its_own_date() -> None:
    year = "year/999999/115"
    links = why_duty(process(FIRST.calendar, year), [FIRST], f"{year}#briefing")
    assert told(links) == [
        ("rule", "test v1", "〔規§9.1〕x", None),
        ("calendar", "calendar 115 v1", "期程 v1:教務會議 115-1", taipei("2026-11-30 17:00")),
    ]


@pytest.mark.clause("規§4.2", "規§5.3.2")
def test_a_teacher_s_duty_is_explained_by_the_window_of_the_lane() -> None:
    key = f"{SEMESTER}#certification#115-1/101/01"
    links = why_duty(process(FIRST.calendar), [FIRST], key)
    assert told(links) == [
        ("rule", "test v1", "〔規§5.3.2〕x:certification", None),
        ("calendar", "calendar 115 v1", "期程 v1:教務會議 115-1", taipei("2027-02-19 17:00")),
    ]


@pytest.mark.clause("規§4.2")
@pytest.mark.parametrize(("per", "scope"), [("lane", "g10_11"), ("school", "")])
def test_a_self_check_is_explained_by_its_own_close_and_not_by_the_window_s(per: str, scope: str) -> None:
    [rule] = [d for d in rule_set().duties if d.kind == "certification"]
    due = rule.due.model_copy(update={"edge": "self_check"})
    rule = rule.model_copy(
        update={"kind": "certification_self_check", "per": per, "owner": "registration_section", "due": due}
    )
    rules = rule_set().model_copy(update={"duties": (rule,)})
    check = SelfCheck(opens=taipei("2027-02-08 08:00"), closes=taipei("2027-02-17 17:00"), checker="principal")

    def checked(dates: Calendar, check: SelfCheck) -> Calendar:
        windows = [
            w.model_copy(update={"self_check": check} if w.kind == "certification" else {}) for w in dates.windows
        ]
        return dates.model_copy(update={"windows": tuple(windows)})

    first = checked(FIRST.calendar, check)
    later = taipei("2027-02-18 17:00")
    second = checked(first, check.model_copy(update={"closes": later})).model_copy(update={"version": 2})
    s = process(second)
    s = replace(s, bases=(replace(s.basis, rules=rules),))
    versions, key = (
        [Version(first, "發布"), Version(second, "順延")],
        f"{SEMESTER}#certification_self_check" + (f"#{scope}" if scope else ""),
    )
    links = why_duty(s, versions, key)
    assert links[0].text == "〔規§5.3.2〕x:certification自我檢核結束"
    assert links[0].text_en == "[規§5.3.2] x: certification, the close of its self-check"
    assert [(x.source, x.at) for x in links] == [
        ("test v1", None), ("calendar 115 v1", check.closes), ("calendar 115 v2", later),
    ]  # fmt: skip
    assert told(why_rung(s, versions, f"{key}|rung-3"))[-1][3] == taipei("2027-02-15 08:00")


@pytest.mark.clause("規§4.2", "規§5.3.2")
def test_a_rung_is_explained_by_its_ladder_and_the_closed_days_between() -> None:
    days = (date(2026, 10, 27), date(2026, 10, 28), date(2026, 10, 29), date(2026, 11, 4))
    shut = amended(FIRST.calendar, [], [Closure(day=d, title="颱風") for d in days], "颱風")
    links = why_rung(process(shut), [FIRST, Version(shut, "颱風")], f"{ENTRY}|rung-2")
    # Two working days before 30 October (Friday): 27 to 29 October are closed, so Friday, Monday back to 23 October.
    assert told(links)[2:] == [
        *(("closure", f"closure {d}", f"{d} 停班 停課:颱風", None) for d in days[:3]),
        ("rule", "test v1", "催辦階梯 x:期限 -2 上班日", taipei("2026-10-23 08:00")),
    ]
    assert links[-1].text_en == "ladder office: -2 working days from the deadline"
    assert why_rung(process(shut), [FIRST], f"{ENTRY}|rung-9") == ()
    assert why_rung(process(shut), [FIRST], ENTRY) == ()


@pytest.mark.clause("規§4.2", "規§5.1.1")
def test_what_the_whole_school_owes_is_explained_by_the_earliest_lane() -> None:
    plain = FIRST.calendar.model_dump(mode="json")
    entry = next(w for w in plain["windows"] if (w["period"], w["kind"]) == ("115-1", "entry"))
    plain["windows"].append(entry | {"lane": "g12", "due": "2026-10-23 17:00", "source": "高三提前"})
    dates = Calendar.model_validate(plain)
    s = process(dates)
    s = replace(s, structure=replace(s.structure, lanes=frozenset({"g10_11", "g12"})))
    assert told(why_duty(s, [Version(dates, "發布")], ENTRY))[1] == (
        "calendar", "calendar 115 v1", "期程 v1:高三提前", taipei("2026-10-23 17:00"),
    )  # fmt: skip


@pytest.mark.clause("規§4.2", "規§5.3.2")
def test_a_date_that_was_moved_stands_at_the_last_link_and_a_closed_due_day_among_the_reasons() -> None:
    shut = [Closure(day=date(2026, 11, 6), title="颱風")]
    dates = amended(FIRST.calendar, [move("entry", due="2026-11-06 17:00")], shut, "x")
    s, versions = process(dates), [FIRST, Version(dates, "順延")]
    chain = told(why_duty(s, versions, ENTRY))
    assert [x[1] for x in chain] == ["test v1", "calendar 115 v1", "calendar 115 v2", "closure 2026-11-06"]
    assert chain[-1][3] == taipei("2026-11-06 17:00")
    quiet = process(replace_closures(dates))
    rung = told(why_rung(quiet, [Version(replace_closures(dates), "發布")], f"{ENTRY}|rung+1"))
    assert [x[1] for x in rung][2:] == ["closure 2026-11-06", "closure 2026-11-09", "test v1"]
    before = told(why_rung(quiet, [Version(replace_closures(dates), "發布")], f"{ENTRY}|rung-2"))
    assert [x[1] for x in before][2:] == ["closure 2026-11-06", "test v1"]


def replace_closures(dates: Calendar) -> Calendar:
    """The calendar with its due day closed, and the next Monday: the rung after it stands on Tuesday."""
    days = (date(2026, 11, 6), date(2026, 11, 9))
    return dates.model_copy(update={"closures": tuple(Closure(day=d, title="颱風") for d in days)})


@pytest.mark.clause("規§4.2", "規§10.2.2")
def test_a_duty_that_an_extension_holds_names_the_date_of_the_calendar_and_then_the_extensions() -> None:
    lane = frozenset({"g10_11"})

    def held(closes: str, scopes: frozenset[str] = lane) -> ExtensionState:
        return ExtensionState(
            "115-1", "entry", lane, taipei(closes), scopes=scopes, granted_at=taipei("2026-10-01 08:00")
        )

    until, further = taipei("2026-11-04 17:00"), taipei("2026-11-06 17:00")
    extensions = (
        held("2026-11-06 17:00"),
        held("2026-11-04 17:00"),
        held("2026-10-30 17:00"),
        held("2026-11-09 17:00", frozenset()),
    )
    s = replace(process(FIRST.calendar), extensions=extensions)
    given = [
        granted("e2", further, "lane", "g10_11", kind="entry"), granted("e1", until, "lane", "g10_11", kind="entry"),
        granted("base", DUE, "lane", "g10_11", kind="entry"), granted("other", further, kind="outcome_upload"),
        granted("period", further, period="115-2", kind="entry"),
        granted("some", taipei("2026-11-09 17:00"), "lane", "g10_11", kind="entry"),
    ]  # fmt: skip
    chain = told(why_duty(s, [FIRST], ENTRY, given))
    assert [(x[0], x[1], x[3]) for x in chain] == [
        ("rule", "test v1", None), ("calendar", "calendar 115 v1", DUE), ("extension", "e1", until), ("extension", "e2", further),
    ]  # fmt: skip
    # Without an extension that moves it, none is named.
    same = replace(process(FIRST.calendar), extensions=extensions[2:])
    assert [x[0] for x in told(why_duty(same, [FIRST], ENTRY, given))] == ["rule", "calendar"]
    rung = told(why_rung(s, [FIRST], f"{ENTRY}|rung+0", given))
    assert [x[0] for x in rung] == ["rule", "calendar", "extension", "extension", "rule"]


@pytest.mark.clause("規§4.2", "規§10.2.2")
def test_what_the_whole_school_owes_goes_on_with_an_extended_lane_as_far_as_the_next_lane_s_date() -> None:
    plain = FIRST.calendar.model_dump(mode="json")
    entry = next(w for w in plain["windows"] if (w["period"], w["kind"]) == ("115-1", "entry"))
    plain["windows"].append(entry | {"lane": "g12", "due": "2026-10-23 17:00"})
    dates, lanes = Calendar.model_validate(plain), frozenset({"g10_11", "g12"})
    g12, until = frozenset({"g12"}), taipei("2026-11-06 17:00")
    s = process(dates)
    s = replace(s, structure=replace(s.structure, lanes=lanes))
    s = replace(s, extensions=(ExtensionState("115-1", "entry", g12, until, scopes=g12, granted_at=s.started_at),))
    assert duties_of(s)[ENTRY].due == DUE
    chain = told(why_duty(s, [Version(dates, "發布")], ENTRY, [granted("e1", until, "lane", "g12", kind="entry")]))
    assert [(x[0], x[3]) for x in chain[1:]] == [("calendar", taipei("2026-10-23 17:00")), ("extension", DUE)]


@pytest.mark.clause("規§4.2", "規§5.3.2")
def test_a_teacher_s_duty_names_only_the_extensions_that_hold_its_course() -> None:
    course, other = "115-1/101/01", "115-1/101/02"
    until = taipei("2027-02-26 17:00")
    extensions = tuple(
        ExtensionState("115-1", "certification", frozenset(), closes, scopes=frozenset({scope}), granted_at=DUE)
        for scope, closes in ((course, until), (other, taipei("2027-03-01 17:00")))
    )
    s = replace(process(FIRST.calendar), extensions=extensions)
    given = [
        granted("e1", until, kind="certification"),
        granted("e2", taipei("2027-03-01 17:00"), kind="certification"),
    ]
    chain = told(why_duty(s, [FIRST], f"{SEMESTER}#certification#{course}", given))
    assert [(x[1], x[3]) for x in chain[2:]] == [("e1", until)]


@pytest.mark.clause("規§4.2")
def test_a_version_without_the_date_is_no_reason_of_a_duty_s_date() -> None:
    none = Version(FIRST.calendar.model_copy(update={"windows": (), "deadlines": (), "version": 0}), "x")
    assert told(why_duty(process(FIRST.calendar), [none, FIRST], ENTRY)) == told(
        why_duty(process(FIRST.calendar), [FIRST], ENTRY)
    )
    year = process(FIRST.calendar, "year/999999/115")
    key = "year/999999/115#briefing"
    assert told(why_duty(year, [none, FIRST], key)) == told(why_duty(year, [FIRST], key))


@pytest.mark.clause("規§4.2")
def test_an_offset_of_a_rule_is_said_in_working_days() -> None:
    duties = [
        d.model_copy(update={"due": d.due.model_copy(update={"offset": offset}), "title_en": "entry"})
        for d in rule_set().duties
        if d.kind == "enrolment_entry"
        for offset in (-2,)
    ]
    s = process(FIRST.calendar)
    s = replace(s, bases=(replace(s.basis, rules=rule_set().model_copy(update={"duties": tuple(duties)})),))
    rule, dated = why_duty(s, [FIRST], ENTRY)
    assert (rule.text, rule.text_en) == ("〔規§5.1.1〕x:entry -2 上班日", "[規§5.1.1] entry: entry -2 working days")
    assert dated.at == taipei("2026-10-28 17:00")


@pytest.mark.clause("規§5.0")
def test_a_duty_that_no_rule_makes_is_explained_by_its_own_clause() -> None:
    since = taipei("2026-10-01 08:00")
    s = replace(process(FIRST.calendar), stuck={"a|x": StuckState(since, since)})
    key = f"{SEMESTER}#stuck_step#a|x"
    [only] = why_duty(s, [FIRST], key)
    assert (only.source, only.text, only.text_en) == ("test v1", "〔規§5.0〕排除卡住的步驟", "[規§5.0] stuck_step")
    assert only.at == taipei("2026-10-02 08:00")


@pytest.mark.clause("規§4.2")
def test_the_source_of_a_window_is_why_it_ends_and_no_reason_of_its_opening_or_its_self_check() -> None:
    for edge, because in (("due", "教務會議 115-1"), ("closes", "教務會議 115-1"), ("opens", "發布")):
        assert [x.text for x in why_window(rule_set(), [FIRST], UPLOAD, edge=edge)][1:] == [f"期程 v1:{because}"]
    [briefing] = [x.text for x in why_dated(rule_set(), [FIRST], "115", "briefing", edge="opens") if x.by == "calendar"]
    assert briefing == "期程 v1:發布"


@pytest.mark.clause("規§4.2")
def test_what_a_calendar_only_assumes_is_told_until_somebody_moved_it() -> None:
    assumed = Version(
        FIRST.calendar.model_copy(
            update={"windows": tuple(w.model_copy(update={"assumed": True}) for w in FIRST.calendar.windows)}
        ),
        "發布",
    )
    moved = Version(amended(assumed.calendar, [move("outcome_upload", closes="2027-02-06 00:00")], (), "x"), "會議")
    links = why_window(rule_set(), [assumed, moved], UPLOAD)
    assert [x.text for x in links][1:] == ["期程 v1:教務會議 115-1(推定,尚待確認)", "期程修正 v2:會議"]
    assert links[1].text_en == "calendar v1: 教務會議 115-1 (assumed, to be confirmed)"


@pytest.mark.clause("規§4.2", "規§12")
def test_a_day_of_a_semester_and_a_window_of_the_authority_can_be_asked() -> None:
    [closing] = why_semester([FIRST], "115-1", "closing_ceremony")
    assert (closing.by, closing.at) == ("calendar", taipei(f"{calendar().semesters['115-1'].closing_ceremony} 00:00"))
    assert why_semester([FIRST], "115-1", "opens")[0].at == calendar().semesters["115-1"].opens
    assert why_semester([FIRST], "115-1", "title") == () == why_semester([FIRST], "114-1", "first_day")
    known = NationalWindow(
        period="115-1", kind="semester_submission", lanes=("g10_11",), opens=taipei("2027-03-15 08:00"),
        closes=taipei("2027-04-16 17:00"),
    )  # fmt: skip
    national = basis().national.model_copy(update={"windows": (known,)})
    place = (known.period, known.lanes[0], known.kind)
    for edge in ("opens", "closes"):
        [link] = why_national(national, place, edge)
        assert (link.by, link.at) == ("authority", getattr(known, edge))
    lettered = known.model_copy(
        update={"letter_number": "臺教國署高字第 1 號", "letter_date": date(2026, 8, 1), "verified": True}
    )
    with_letter = national.model_copy(update={"windows": (lettered,)})
    [link] = why_national(with_letter, place, "opens")
    assert link.text.startswith(f"主管機關時程 v{national.version}:2026-08-01 臺教國署高字第 1 號")
    assert "(推定,尚待確認)" not in link.text
    assert why_national(national, place, "due") == () == why_national(national, ("109-1", *place[1:]), "opens")


@pytest.mark.clause("規§10.2.1")
def test_the_rungs_of_a_duty_are_named_in_their_order() -> None:
    w = world()
    w.settle(taipei("2026-09-01 08:00"))
    s = w.processes[SEMESTER]
    key = next(k for k, d in duties_of(s).items() if rungs_of(s, k))
    found = [r for r in plan(s).rungs if r.duty.key == key]
    assert rungs_of(s, key) == tuple(r.rung.name for r in sorted(found, key=lambda r: r.at))
    assert rungs_of(s, "nothing") == ()
