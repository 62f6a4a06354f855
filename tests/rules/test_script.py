"""Each line of a rehearsed year's script: when, what, to whom, how many; and how work passes from post to post. 規§4.2"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from rules.instants import DAY
from rules.plan import PlannedRung
from rules.posts import Away, Holding
from rules.rehearsal import EveryoneOnTime, World, rehearse
from rules.rehearsals.critical_path import paths, taipei_clock
from rules.rehearsals.data import Assumptions
from rules.rehearsals.moments import Act, Moment
from rules.rehearsals.report import rehearse_year
from rules.rehearsals.school import School
from rules.rehearsals.script import Addressee, Line, resolve, script_of
from rules.rehearsals.staffing import Staffing
from rules.ruleset import Kind
from rules.schedule import National, NationalWindow
from rules.snapshot import DutyState, ExtensionState, ReportState, Snapshot, StuckState, VersionState
from tests.rules.builders import SCHOOL, basis, calendar, office_years, rule_set, structure, taipei, world
from tests.rules.test_rehearsal import POSTS, assumed, away, school, year

START = taipei("2026-08-01 00:00")
SEMESTER, ROSTER = "semester/999999/115-1", "submission/999999/115-1/g10_11/enrolment"
ENTRY = f"{SEMESTER}#enrolment_entry"


def lines(
    *, until: str | None = None, of: School | None = None, lead: timedelta = timedelta(hours=1)
) -> tuple[Line, ...]:
    """The script of a year in which everyone is on time."""
    w = world()
    rehearse(w, EveryoneOnTime(lead), until=None if until is None else taipei(until))
    return script_of(w, of or school())


@pytest.mark.clause("規§4.2")
def test_a_reminder_says_to_whom_about_which_duty_and_how_far_from_its_day() -> None:
    w = world()
    w.settle(taipei("2026-10-28 08:00"))
    w.settle(taipei("2026-10-30 12:00"))
    w.settle(taipei("2026-11-03 12:00"))
    found = [x for x in script_of(w, school()) if x.duty == ENTRY]
    due = taipei("2026-10-30 17:00")
    owner = (Addressee("registration_section", "registration_section", "holder"),)
    first = Line(
        taipei("2026-10-28 08:00"), "reminder", SEMESTER, found[0].key, "x", owner, 1, None, due, -2, "done", ENTRY
    )  # fmt: skip
    assert found[0] == first
    assert [(x.kind, x.offset, x.outcome, [a.post for a in x.to]) for x in found] == [
        ("reminder", -2, "done", ["registration_section"]),
        ("reminder", 0, "done", ["registration_section"]),
        ("escalation", 1, "skipped", []),
        ("escalation", 2, "done", ["counselling_director"]),
    ]


@pytest.mark.clause("規§3.0", "規§10.1.2")
def test_a_rung_means_the_owner_the_director_the_secretary_the_convener_or_a_post_by_name() -> None:
    w = world()
    w.settle(START)
    s, duty = w.processes[SEMESTER], w.plan_of(SEMESTER).duties[ENTRY]
    assert [resolve(s, duty, to) for to in ("owner", "director", "executive_secretary", "convener", "it_section")] == [
        "registration_section", "academic_affairs_director", "counselling_director", "principal", "it_section",
    ]  # fmt: skip
    top = [x for x in year("nobody").lines if x.duty == ENTRY][-1]
    assert top.to == (Addressee("next_meeting", None, "agenda"),)


@pytest.mark.clause("規§5.3.2")
def test_a_teachers_line_counts_what_the_course_owes_at_that_instant() -> None:
    w = world()
    w.settle(taipei("2027-02-10 00:00"))
    for at, count in (("2027-02-10 00:00", 7), ("2027-02-19 08:00", 4), ("2027-02-19 08:01", 2)):
        w.settle(taipei(at) - timedelta(seconds=1))
        w.owe_all("115-1", {"115-1/101/01": count}, taipei(at))
    w.settle(taipei("2027-02-20 08:00"))
    found = [x for x in script_of(w, school()) if x.duty.endswith("#certification#115-1/101/01")]
    assert [(x.offset, x.count, x.title, x.lane) for x in found if x.outcome == "done"] == [
        (-3, 7, "x 115-1/101/01", "g10_11"), (0, 4, "x 115-1/101/01", "g10_11"), (1, 2, "x 115-1/101/01", "g10_11"),
    ]  # fmt: skip
    # Told before anything was owed, it is about nothing.
    rung = next(r for r in w.plan_of(SEMESTER).rungs if r.duty.scope == "115-1/101/02")
    w.trace.append(Moment(rung.at, rung.key, rung.at, SEMESTER, "reminder", "done", "", rung))
    assert [x.count for x in script_of(w, school()) if x.duty == rung.duty.key] == [0]


@pytest.mark.clause("規§4.2")
def test_openings_closings_and_rosters_have_their_title_kind_lane_and_addressees() -> None:
    found = {(x.process, x.kind, x.title): x for x in lines()}
    students = (Addressee("students:g10_11", None, "group", 30),)
    opened = found[SEMESTER, "opening", "outcome_upload"]
    assert opened == Line(
        taipei("2026-08-31 08:00"), "opening", SEMESTER, opened.key, "outcome_upload", students, 30, "g10_11"
    )
    closed = found[SEMESTER, "closing", "outcome_upload"]
    assert (closed.at, closed.to, closed.count, closed.lane) == (taipei("2027-02-04 00:00"), (), 0, "g10_11")
    published = found[ROSTER, "opening", "公布收訖明細"]
    assert (published.at, published.to, published.lane) == (taipei("2027-04-19 08:00"), students, "g10_11")
    made = found[ROSTER, "roster", "產生名冊"]
    assert (made.to, made.count) == ((Addressee("registration_section", "registration_section", "holder"),), 1)
    begun = found[SEMESTER, "start", "semester_submission enrolment"]
    assert (begun.to, begun.count, begun.lane) == ((), 0, "g10_11")
    assert {x.outcome for x in found.values()} == {"done"}
    assert {k for p, k, t in found if t in ("結案", "收訖明細視同確認", "退件更正")} == {"closing"}


@pytest.mark.clause("規§4.2")
def test_a_lane_whose_students_nobody_counted_has_none_and_teachers_are_counted_once() -> None:
    bare = School(structure(), school().staffing)
    found = [x for x in lines(of=bare) if x.kind == "opening"]
    assert {x.count for x in found if x.title == "outcome_upload"} == {0}
    one = dict(school().staffing.holdings)
    one |= {c.post: [Holding("the only teacher", 0, START)] for c in structure().courses}
    shared = School(structure(), Staffing(one), {"g10_11": 30})
    assert {x.count for x in lines(of=shared) if x.title == "certification" and x.kind == "opening"} == {1}
    others = replace(structure(), courses=tuple(replace(c, lane="g12") for c in structure().courses))
    w = World(SCHOOL, "115", basis(), others)
    w.settle(taipei("2026-09-01 00:00"))
    assert {x.count for x in script_of(w, school()) if x.title == "certification"} == {0}


@pytest.mark.clause("規§4.1")
def test_the_script_stands_in_the_order_of_its_instants_and_holds_no_rounds() -> None:
    found = lines()
    assert list(found) == sorted(found, key=lambda x: (x.at, x.kind, x.key))
    assert {x.kind for x in found} == {"opening", "closing", "start", "roster", "reminder", "handoff"}
    w = world()
    w.settle(START)
    w.trace.append(Moment(START, "k", START, SEMESTER, "odd", "done"))
    assert "k" not in {x.key for x in script_of(w, school())}, "what is neither a rung nor a step is no line"


@pytest.mark.clause("規§6.3.1")
def test_a_passed_gate_hands_the_roster_to_the_next_post_and_only_there() -> None:
    handed = [x for x in lines() if x.kind == "handoff" and x.process == ROSTER]
    director = Addressee("academic_affairs_director", "academic_affairs_director", "holder")
    owner = Addressee("registration_section", "registration_section", "holder")
    assert [(x.title, x.to, x.duty, x.count, x.lane) for x in handed] == [
        ("precheck → approve", (director,), f"{ROSTER}#approve#v1", 1, "g10_11"),
        ("approve → submit", (owner,), f"{ROSTER}#submit#v1", 1, "g10_11"),
    ]
    first = handed[0]
    assert (first.key, first.due) == (f"{ROSTER}#approve#v1", taipei("2027-04-05 17:00"))
    assert first.at == taipei("2027-04-01 16:00"), "when the pre-check was done"


@pytest.mark.clause("規§6.3.1")
def test_a_gate_of_one_version_hands_nothing_on_to_another_version() -> None:
    w = world()
    rehearse(w, EveryoneOnTime(), until=taipei("2027-03-20 00:00"))
    s = w.processes[ROSTER]
    second = VersionState(2, taipei("2027-05-01 08:00"))
    w.processes[ROSTER] = replace(s, versions=(replace(s.versions[0], submitted_at=START), second))
    duties = w.plan_of(ROSTER).duties
    w.acts.append(Act(taipei("2027-05-03 08:00"), duties[f"{ROSTER}#precheck#v2"]))
    found = [x for x in script_of(w, school()) if x.kind == "handoff" and x.process == ROSTER]
    assert [x.duty for x in found] == [f"{ROSTER}#approve#v2"]


def stood_in(*absences: Away, posts: Staffing | None = None) -> list[Line]:
    """How the registrar's work passed on while everyone is on time."""
    made = school(*absences)
    r = rehearse_year(SCHOOL, basis(), replace(made, staffing=posts or made.staffing), assumed(), "on-time")
    return [x for x in r.lines if x.key == "registration_section|handoff"]


@pytest.mark.clause("規§10.1.2")
def test_who_stands_in_hears_how_much_is_open() -> None:
    [out, back] = stood_in(away("registration_section", "2026-10-29 00:00", "2026-10-30 00:00"))
    assert out == Line(
        taipei("2026-10-29 00:00"), "handoff", SEMESTER, "registration_section|handoff", "x",
        (Addressee("registration_section", "registration_section/deputy", "first_deputy"),), 1,
    )  # fmt: skip
    assert back.to == (Addressee("registration_section", "registration_section", "holder"),)
    # In March the registrar owes five gates of a roster and the second semester's entry.
    march = stood_in(away("registration_section", "2027-03-16 00:00", "2027-03-17 00:00"))[0]
    assert (march.title, march.count) == ("confirm_receipts、import_receipt、precheck、self_check、submit、x", 6)
    both = stood_in(away("registration_section", "2027-09-14 00:00", "2027-09-15 00:00"))[0]
    assert both.title == "confirm_receipts×2、import_receipt×2、precheck×2、self_check×2、submit×2"
    assert both.count == 10


@pytest.mark.clause("規§10.1.2")
def test_nothing_passes_on_where_nothing_is_owed_or_nobody_changes() -> None:
    who = "registration_section"
    # The entry is owed from 1 September 08:00 and done on 30 October at 16:00.
    assert stood_in(away(who, "2026-08-03 00:00", "2026-09-01 07:59")) == []
    assert len(stood_in(away(who, "2026-08-03 00:00", "2026-09-01 08:00"))) == 1
    assert len(stood_in(away(who, "2026-10-30 15:59", "2026-11-05 00:00"))) == 1
    assert stood_in(away(who, "2026-10-30 16:00", "2026-11-05 00:00")) == []
    assert stood_in(away(f"{who}/deputy", "2026-10-05 00:00", "2026-10-06 00:00")) == []
    # From nobody to somebody and back counts, from nobody to nobody does not.
    lone = {
        **school().staffing.holdings,
        who: [Holding(who, 0, taipei("2026-10-05 00:00"), taipei("2026-10-07 00:00"))],
    }
    passed = stood_in(posts=Staffing(lone))
    assert [(x.at, x.to[0].how, x.to[0].person) for x in passed] == [
        (taipei("2026-10-05 00:00"), "holder", who),
        (taipei("2026-10-07 00:00"), "nobody", "counselling_director"),
    ]
    gone = {**lone, who: [Holding(who, 0, taipei("2026-10-05 00:00"), taipei("2026-10-07 00:00"))]}
    absent = {who: [Away(who, taipei("2026-10-01 00:00"), taipei("2026-11-01 00:00"))]}
    assert stood_in(posts=Staffing(gone, absent)) == []


# -- the way to a submission -----------------------------------------------------------------------


@pytest.mark.clause("規§4.1")
def test_a_stage_may_slip_until_the_day_before_the_next_one_opens_in_the_morning() -> None:
    def slips(opens: str, closes: str = "2027-09-04 00:00") -> int:
        """How far the selection may slip when the yearly submission opens then."""
        dates = calendar()
        moved = tuple(
            w.model_copy(update={"opens": taipei(opens)}) if w.kind == "yearly_submission"
            else w.model_copy(update={"due": taipei(closes), "closes": taipei(closes)}) if w.kind == "selection" else w
            for w in dates.windows
        )  # fmt: skip
        found = paths(basis(dates=dates.model_copy(update={"windows": moved})), frozenset({"g10_11"}), {})
        return next(s.float_days for p in found if p.period == "115" for s in p.stages if s.kind == "selection")

    # It ends with Friday 3 September; the next one is needed on Monday 13 September.
    assert (slips("2027-09-13 08:00"), slips("2027-09-13 09:00"), slips("2027-09-13 09:01")) == (5, 5, 6)
    assert slips("2027-09-14 00:00") == 6, "at midnight the whole day before is left"
    assert slips("2027-09-04 08:00") == 0
    assert (slips("2027-09-03 17:00"), slips("2027-09-03 08:00"), slips("2027-09-01 12:00")) == (0, -1, -2)
    assert slips("2027-09-13 08:00", "2027-09-10 17:00") == 0
    assert taipei_clock(taipei("2027-09-13 09:01")).isoformat() == "09:01:00"


@pytest.mark.clause("規§4.1", "規§6.1")
def test_the_authoritys_instant_bounds_the_way_where_it_is_known() -> None:
    limit = NationalWindow(
        period="115-1", kind="semester_submission", lanes=("g10_11",), opens="2027-03-01 08:00", closes="2027-04-16 17:00"
    )  # fmt: skip
    known = replace(basis(), national=National(version=1, title="t", windows=(limit,), office_years=office_years()))
    found = {p.period: p for p in paths(known, frozenset({"g10_11"}), {})}
    own = {p.period: p for p in paths(basis(), frozenset({"g10_11"}), {})}
    assert (found["115-1"].national, found["115-1"].last_instant) == (True, limit.closes)
    assert (own["115-1"].national, own["115-1"].last_instant) == (False, taipei("2027-04-09 17:00"))
    last = next(s for s in found["115-1"].stages if s.kind == "semester_submission")
    assert (last.float_days, last.needed_by, last.opens) == (7, limit.closes, taipei("2027-03-15 08:00"))
    assert (last.ends, last.lane) == (taipei("2027-04-07 17:00"), "g10_11"), "sent two working days before it closes"
    assert found["115"].national is False


@pytest.mark.clause("規§4.1")
def test_ways_stand_tightest_first_and_stages_in_the_order_of_their_ends() -> None:
    found = paths(basis(), frozenset({"g10_11"}), {})
    assert list(found) == sorted(found, key=lambda p: (p.float_days, p.last_instant, p.lane))
    for way in found:
        assert list(way.stages) == sorted(way.stages, key=lambda s: (s.ends, s.kind))
        assert way.float_days == way.tightest.float_days == min(s.float_days for s in way.stages)
    late = {("115-1", "g10_11", "entry"): taipei("2027-03-17 17:00")}
    slipped = paths(basis(), frozenset({"g10_11"}), late)[0]
    assert (slipped.period, slipped.tightest.kind, slipped.float_days) == ("115-1", "entry", -3)
    assert paths(basis(), frozenset(), {}) == ()
    assert paths(basis(dates=calendar(windows=[])), frozenset({"g10_11"}), {}) == ()


@pytest.mark.clause("規§6.3.1")
def test_without_a_step_that_sends_it_a_roster_is_taken_as_sent_when_its_window_closes() -> None:
    rules = rule_set()
    unsent = rules.model_copy(update={"cycle": rules.cycle.model_copy(update={"steps": ()})})
    found = {p.period: p for p in paths(basis(unsent), frozenset({"g10_11"}), {})}
    assert found["115-1"].stages[-1].ends == found["115-1"].last_instant


@pytest.mark.clause("規§4.1")
def test_a_stage_without_its_window_or_the_next_ones_is_left_out() -> None:
    def stages(*gone: tuple[str, str]) -> list[tuple[str, str]]:
        dates = calendar()
        kept = tuple(w for w in dates.windows if (w.period, w.kind) not in gone)
        found = paths(basis(dates=dates.model_copy(update={"windows": kept})), frozenset({"g10_11"}), {})
        return [(s.period, s.kind) for p in found if p.period == "115" for s in p.stages]

    whole = stages()
    assert len(whole) == 7
    assert stages(("115-1", "outcome_upload")) == [x for x in whole if x != ("115-1", "outcome_upload")]
    assert set(whole) - set(stages(("115", "selection"))) == {
        ("115", "selection"), ("115", "diverse_upload"), ("115-1", "certification"), ("115-2", "certification"),
    }  # fmt: skip
    assert set(whole) - set(stages(("115-2", "certification"))) == {
        ("115-2", "certification"),
        ("115-2", "outcome_upload"),
    }
    assert stages(("115", "yearly_submission")) == []


# -- what the world does by itself -----------------------------------------------------------------


@pytest.mark.clause("規§6.3.1")
def test_what_people_do_is_kept_with_the_duty_that_it_did() -> None:
    w = world()
    w.settle(START)
    at = taipei("2026-10-05 10:00")
    duty = w.plan_of(SEMESTER).duties[ENTRY]
    w.complete(ENTRY, at)
    assert w.acts == [Act(at, duty)]
    assert w.processes[SEMESTER].duties == {ENTRY: DutyState(at, True)}
    assert ENTRY not in {d.key for d in w.owed()}
    w.reopen(ENTRY)
    assert w.processes[SEMESTER].duties == {ENTRY: DutyState()}
    assert ENTRY in {d.key for d in w.owed()}
    w.complete(ENTRY, at, passed=False)
    assert w.processes[SEMESTER].duties == {ENTRY: DutyState(at, False)}
    unknown = f"{SEMESTER}#other#x"
    w.complete(unknown, at)
    assert (len(w.acts), w.processes[SEMESTER].duties[unknown]) == (2, DutyState(at, True))


@pytest.mark.clause("規§6.2", "規§6.4")
def test_what_is_said_of_a_version_is_kept_there_and_nowhere_else() -> None:
    w = world()
    rehearse(w, EveryoneOnTime(), until=taipei("2027-04-20 00:00"))
    s = w.processes[ROSTER]
    one, two = s.versions[0], VersionState(2, START)
    w.processes[ROSTER] = replace(s, versions=(one, two))
    at = taipei("2027-04-21 10:00")

    def versions() -> tuple[VersionState, ...]:
        return w.processes[ROSTER].versions

    w.receive(ROSTER, 2, at, differences=3)
    received = replace(two, receipt_at=at, differences=3, differences_open=3)
    assert versions() == (one, received)
    w.resolve(ROSTER, 2, at, correct=False)
    assert versions() == (one, replace(received, differences_open=2, decided_at=at))
    w.resolve(ROSTER, 2, at + DAY, correct=True)
    resolved = replace(received, differences_open=1, to_correct=1, decided_at=at + DAY)
    assert versions() == (one, resolved)
    w.correct(ROSTER, 1, at)
    assert versions() == (replace(one, to_correct=1, decided_at=at), resolved)
    w.submit(ROSTER, 2, at)
    assert versions()[1] == replace(resolved, submitted_at=at)
    assert w.processes[ROSTER].duties[f"{ROSTER}#submit#v2"] == DutyState(at, True)
    assert w.processes[ROSTER].duties[f"{ROSTER}#import_receipt#v2"] == DutyState(at, True)


@pytest.mark.clause("規§10.2.2")
def test_an_extension_reaches_every_process_of_its_period_and_a_new_basis_only_one() -> None:
    w = world()
    w.settle(taipei("2027-03-16 00:00"))
    longer = ExtensionState("115-1", "entry", frozenset({"g10_11"}), taipei("2027-04-30 17:00"))
    w.extend(longer)
    assert {p for p, s in w.processes.items() if s.extensions == (longer,)} == {SEMESTER, ROSTER}
    newer = replace(basis(), since=taipei("2027-03-16 00:00"))
    w.rebase(SEMESTER, newer)
    assert {p for p, s in w.processes.items() if len(s.bases) == 2} == {SEMESTER}
    assert w.processes[SEMESTER].bases[-1] is newer
    again = World.of(SCHOOL, w.processes.values(), structure())
    assert again.processes == w.processes
    assert again.next_instant(taipei("2027-03-16 00:00")) == w.next_instant(taipei("2027-03-16 00:00"))


@pytest.mark.clause("規§4.1")
def test_a_started_process_has_its_words_its_courses_and_the_basis_of_its_parent_from_then_on() -> None:
    w = world()
    w.settle(START)
    semester = w.processes[SEMESTER]
    assert (semester.kind, semester.params, semester.started_at) == (Kind.SEMESTER, {"period": "115-1"}, START)
    assert [c.semester for c in semester.structure.courses] == ["115-1"] * 2
    assert (semester.structure.classes, semester.structure.lanes) == ({"101": "g10_11"}, frozenset({"g10_11"}))
    assert w.processes["year/999999/115"].children == {SEMESTER: None}
    year_ = w.processes["year/999999/115"].structure
    assert (year_.courses, year_.classes, year_.lanes) == ((), {"101": "g10_11"}, frozenset({"g10_11"}))
    begun = taipei("2027-03-15 08:00")
    w.settle(begun)
    roster = w.processes[ROSTER]
    assert (roster.kind, roster.school, roster.started_at) == (Kind.SUBMISSION, SCHOOL, begun)
    assert roster.params == {"period": "115-1", "lane": "g10_11", "roster": "enrolment"}
    assert (roster.structure.courses, roster.structure.lanes, roster.basis.since) == ((), frozenset(), begun)
    assert w.processes[SEMESTER].children == {ROSTER: None}


@pytest.mark.clause("規§5.3.2")
def test_a_moment_tells_what_was_done_when_and_for_when_it_was_planned() -> None:
    w = world()
    late = taipei("2026-11-03 12:00")
    w.settle(taipei("2026-09-02 00:00"))
    w.settle(late)
    rungs = [
        (m.kind, m.outcome, m.text) for m in w.trace if isinstance(m.what, PlannedRung) and m.key.startswith(ENTRY)
    ]
    assert rungs == [
        ("reminder", "skipped", "x → owner (-2)"), ("reminder", "skipped", "x → owner (+0)"),
        ("escalation", "skipped", "x → director (+1)"), ("escalation", "done", "x → executive_secretary (+2)"),
    ]  # fmt: skip
    held = [m for m in w.trace if m.kind == "round" and m.process == SEMESTER]
    assert [(m.at, m.planned, m.outcome, m.text, m.what) for m in held] == [
        (late, taipei(f"2026-{day} 08:00"), "done", "", None) for day in ("10-28", "10-30", "11-02", "11-03")
    ]  # fmt: skip
    opened = next(m for m in w.trace if m.kind == "open" and m.key.startswith(f"{SEMESTER}|g10_11|entry"))
    assert (opened.at, opened.planned, opened.outcome) == (
        taipei("2026-09-02 00:00"),
        taipei("2026-09-01 08:00"),
        "done",
    )
    assert (opened.text, opened.process) == ("open g10_11 entry", SEMESTER)


def test_the_world_wakes_at_its_next_instant_and_no_process_waits_for_another() -> None:
    w = world()
    w.settle(START)
    assert w.next_instant(START) == taipei("2026-08-31 08:00")
    s = w.processes[SEMESTER]
    w.processes[SEMESTER] = replace(s, stuck={"k": StuckState(START, taipei("2026-08-03 00:00"))})
    w._changed.add(SEMESTER)
    assert w.next_instant(START) == taipei("2026-08-03 00:00")
    w.processes[SEMESTER] = s
    w.settle(taipei("2026-10-27 00:00"))
    morning = taipei("2026-10-28 08:00")
    w.next_instant(morning)
    w.settle(morning)
    assert [m.at for m in w.trace if m.key.startswith(f"{ENTRY}|rung")] == [morning], "asking loses no rung"
    empty = World(SCHOOL, "115", None, structure())
    assert (empty.next_instant(START), list(empty.owed()), rehearse(empty, EveryoneOnTime())) == (None, [], [])


@pytest.mark.clause("規§4.1")
def test_an_assumption_without_the_curve_that_is_asked_for_says_so() -> None:
    lacking = assumed().model_copy(update={"curves": assumed().curves[:1]})
    assert isinstance(lacking, Assumptions)
    assert lacking.curve("uploads").of == "uploads"
    with pytest.raises(LookupError, match="no curve of duties"):
        lacking.curve("duties")


def reported(w: World, at: datetime) -> Snapshot:
    """The roster after a student's report."""
    w.report(ROSTER, ReportState("r", 1, at, objection=True))
    return w.processes[ROSTER]


@pytest.mark.clause("規§6.2")
def test_a_report_is_owed_until_it_is_answered() -> None:
    w = world()
    rehearse(w, EveryoneOnTime(), until=taipei("2027-04-20 00:00"))
    at = taipei("2027-04-20 10:00")
    assert [r.id for r in reported(w, at).reports] == ["r"]
    assert f"{ROSTER}#verify_report#r" in {d.key for d in w.owed()}
    assert set(POSTS) <= set(school().staffing.holdings)


def test_what_teachers_owe_or_a_window_that_opens_makes_no_plan_anew_and_what_is_owed_follows_every_change() -> None:
    w = world()
    w.settle(START)
    known = w.plan_of(SEMESTER)
    w.owe_all("115-1", {"115-1/101/01": 3}, START)
    w.owe("115-1/101/02", "115-1", 2)
    assert w.plan_of(SEMESTER) is known
    assert w.processes[SEMESTER].pending == {"115-1/101/01": 3, "115-1/101/02": 2}
    assert w.owing == [(START, "115-1/101/01", 3)]
    w.settle(taipei("2026-08-31 08:00"))
    assert w.plan_of(SEMESTER) is known, "opening a window plans nothing new"
    w.settle(taipei("2026-10-28 08:00"))
    assert w.plan_of(SEMESTER) is known, "nor does a reminder"
    assert ENTRY in {d.key for d in w.owed()}
    s = w.processes[SEMESTER]
    stuck = {"k": StuckState(START, START + DAY)}
    newer = replace(basis(), since=taipei("2026-10-28 08:00"))
    changed = replace(s, duties={ENTRY: DutyState(START)}, stuck=stuck, bases=(*s.bases, newer))
    w.processes[SEMESTER] = changed
    owed = {d.key for d in w.owed() if d.process == SEMESTER}
    assert owed == {f"{SEMESTER}#stuck_step#k"}
