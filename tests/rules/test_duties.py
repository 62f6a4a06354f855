"""Which duties a process has: every part of each, whose it is, until when, and when it is over."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from rules.duties import (
    DIFFERENCES,
    GATES,
    STUCK,
    UNNOTICED,
    Duty,
    director_of,
    duties_of,
    is_open,
    needs_correction,
    receipts_window,
    submission_window,
    superseded,
)
from rules.ruleset import Kind, RuleSet
from rules.schedule import Calendar
from rules.snapshot import CourseRef, DutyState, ReportState, Snapshot, Structure, StuckState, VersionState
from tests.rules.builders import basis, calendar, rule_set, structure, taipei

ROSTER = "submission/999999/115-1/g10_11/enrolment"
GENERATED = taipei("2027-03-15 08:00")
DIRECTOR, CLERK = "academic_affairs_director", "registration_section"


def rules(**changes: Any) -> RuleSet:
    """The small rule set, in which each source of a clause, a ladder or a number of days has its own."""
    body = rule_set().model_dump(by_alias=True)
    office = body["ladders"][0]
    body["ladders"] = [*body["ladders"], *(office | {"id": x} for x in ("verify", "differ", "stuck"))]
    for step in body["cycle"]["steps"]:
        step |= {"clause": "規§6.3.4", "title": f"title of {step['kind']}"}
    body["cycle"] |= {
        "verify_ladder": "verify", "verify_clause": "規§6.2", "difference_ladder": "differ", "difference_clause": "規§6.4",
        "verify_days": 4, "difference_days": 2, "confirm_school_after": 5,
    }  # fmt: skip
    return RuleSet.model_validate(body | {"stuck_ladder": "stuck"} | changes)


def submission(*versions: VersionState, dates: Calendar | None = None, **changes: Any) -> Snapshot:
    """A semester's roster in these versions."""
    params = {"period": "115-1", "lane": "g10_11", "roster": "enrolment"}
    made = Snapshot("999999", ROSTER, Kind.SUBMISSION, params, GENERATED, (basis(rules(), dates),), versions=versions)
    return replace(made, **changes)


def version(number: int = 1, **changes: Any) -> VersionState:
    return VersionState(number, GENERATED, **changes)


def semester(rule: dict[str, Any], *, dates: Calendar | None = None, structure_: Structure | None = None) -> Snapshot:
    """The first semester under one duty's rule."""
    base = {
        "kind": "entry_duty", "title": "建檔", "title_en": "x", "process": "semester", "owner": CLERK, "ladder": "office",
        "clause": "規§5.1.1",
    }  # fmt: skip
    first = basis(rules(duties=[base | rule]), dates)
    return Snapshot(
        "999999", "semester/999999/115-1", Kind.SEMESTER, {"period": "115-1"}, first.since, (first,),
        structure=structure_ or structure(),
    )  # fmt: skip


def only(s: Snapshot, kind: str) -> Duty:
    """The one duty of a kind."""
    [found] = [d for d in duties_of(s).values() if d.kind == kind]
    return found


# -- a roster's way --------------------------------------------------------------------------------


@pytest.mark.clause("規§6.3.1", "規§6.3.4")
def test_a_version_brings_the_duties_of_the_cycle_each_with_its_owner_clause_and_date() -> None:
    found = duties_of(submission(version()))
    assert [(d.kind, d.post, d.clause, d.due) for d in found.values()] == [
        ("self_check", CLERK, "規§6.3.4", taipei("2027-03-30 17:00")),
        ("precheck", CLERK, "規§6.3.4", taipei("2027-04-01 17:00")),
        ("approve", DIRECTOR, "規§6.3.4", taipei("2027-04-05 17:00")),
        ("submit", CLERK, "規§6.3.1", taipei("2027-04-07 17:00")),
        ("import_receipt", CLERK, "規§6.3.4", taipei("2027-04-16 08:00")),
    ]
    assert list(found) == [f"{ROSTER}#{kind}#v1" for kind in GATES[:5]]
    assert found[f"{ROSTER}#submit#v1"] == Duty(
        key=f"{ROSTER}#submit#v1", kind="submit", process=ROSTER, scope="v1", lane="g10_11", post=CLERK,
        title="title of submit", opens=GENERATED, due=taipei("2027-04-07 17:00"), ladder="office", clause="規§6.3.1",
        since=GENERATED,
    )  # fmt: skip


@pytest.mark.clause("規§4.2", "規§6.3.4")
def test_a_roster_s_self_check_is_due_as_the_calendar_publishes_it_and_after_a_sending_by_its_own_days() -> None:
    body = calendar().model_dump()
    for w in body["windows"]:
        if (w["period"], w["kind"]) == ("115-1", "semester_submission"):
            w["self_check"] = {"opens": "2027-03-16 08:00", "closes": "2027-03-24 17:00", "checker": CLERK}
    dates = Calendar.model_validate(body)
    due = {d.kind: d.due for d in duties_of(submission(version(), dates=dates)).values()}
    assert (due["self_check"], due["precheck"]) == (taipei("2027-03-24 17:00"), taipei("2027-04-01 17:00"))
    sent, later = version(submitted_at=GENERATED), replace(version(2), generated_at=taipei("2027-04-26 09:00"))
    again = [d for d in duties_of(submission(sent, later, dates=dates)).values() if d.scope == "v2"]
    assert next(d.due for d in again if d.kind == "self_check") == taipei("2027-04-27 09:00")


@pytest.mark.clause("規§6.2")
def test_after_something_was_sent_a_version_s_days_count_from_its_own_beginning() -> None:
    sent, later = (
        version(submitted_at=taipei("2027-04-01 10:00")),
        replace(version(2), generated_at=taipei("2027-04-26 09:00")),
    )
    due = {d.kind: d.due for d in duties_of(submission(sent, later)).values() if d.scope == "v2"}
    assert due == {
        "self_check": taipei("2027-04-27 09:00"),
        "precheck": taipei("2027-04-27 09:00"),
        "approve": taipei("2027-04-28 09:00"),
        "submit": taipei("2027-04-29 09:00"),
        "import_receipt": taipei("2027-05-04 09:00"),
    }
    # The first version keeps the window's dates, and so does one before which nothing left the house.
    assert only(submission(sent), "submit").due == taipei("2027-04-07 17:00")
    anew = duties_of(submission(version(), later))
    assert {d.scope for d in anew.values()} == {"v2"}
    assert anew[f"{ROSTER}#submit#v2"].due == taipei("2027-04-07 17:00")


@pytest.mark.clause("規§4.1")
@pytest.mark.parametrize("missing", ["semester_submission", "semester_receipts"])
def test_nothing_is_owed_where_the_calendar_has_no_dates_for_it(missing: str) -> None:
    dates = calendar(windows=[w for w in calendar().windows if (w.period, w.kind) != ("115-1", missing)])
    assert duties_of(submission(version(), dates=dates)) == {}


@pytest.mark.clause("規§6.3.1", "規§6.3.2")
def test_a_semester_s_roster_goes_in_the_semester_s_windows_and_a_year_s_in_the_year_s() -> None:
    s = submission(version())
    year = replace(s, params={**s.params, "period": "115", "roster": "outcomes"})
    for one, kinds in (
        (s, ("semester_submission", "semester_receipts")),
        (year, ("yearly_submission", "yearly_receipts")),
    ):
        found = (submission_window(one), receipts_window(one))
        assert tuple(w and (w.period, w.kind) for w in found) == tuple((one.period, kind) for kind in kinds)
    other = calendar(windows=[])
    assert (submission_window(s, other), receipts_window(s, other)) == (None, None)


SETTLED = taipei("2027-04-24 00:00")


@pytest.mark.clause("規§6.2", "規§6.4")
def test_the_whole_is_confirmed_five_working_days_after_the_last_decision_about_the_newest_version() -> None:
    done = version(submitted_at=GENERATED, receipt_at=GENERATED, settled_at=SETTLED)
    assert only(submission(done), "confirm_receipts").due == taipei("2027-05-01 00:00")
    decided = replace(done, decided_at=taipei("2027-04-27 10:00"))
    assert only(submission(decided), "confirm_receipts").due == taipei("2027-05-04 10:00")
    early = replace(done, decided_at=taipei("2027-04-21 10:00"))
    assert only(submission(early), "confirm_receipts").due == taipei("2027-05-01 00:00")
    report = ReportState("r", 1, GENERATED, True, "upheld", GENERATED)
    for held in (
        submission(replace(done, settled_at=None)),
        submission(replace(done, differences_open=1)),
        submission(replace(done, unnoticed=1)),
        submission(replace(done, to_correct=1)),
        submission(done, reports=(report,)),
        submission(done, version(2)),
    ):
        assert "confirm_receipts" not in {d.kind for d in duties_of(held).values()}


@pytest.mark.clause("規§6.4")
def test_differences_are_the_owner_s_work_within_so_many_working_days_of_the_receipt() -> None:
    arrived = taipei("2027-04-16 15:00")
    s = submission(version(submitted_at=GENERATED, receipt_at=arrived, differences=3, differences_open=1))
    assert only(s, DIFFERENCES) == Duty(
        key=f"{ROSTER}#{DIFFERENCES}#v1", kind=DIFFERENCES, process=ROSTER, scope="v1", lane="g10_11", post=CLERK,
        title="處理收訖差異", opens=arrived, due=taipei("2027-04-20 15:00"), ladder="differ", clause="規§6.4",
        since=arrived, counted=True,
    )  # fmt: skip
    assert is_open(s, only(s, DIFFERENCES))
    closed = submission(replace(s.versions[0], differences_open=0))
    assert not is_open(closed, only(closed, DIFFERENCES))
    # Another version's differences hold this one's duty open no longer.
    two = submission(replace(s.versions[0], differences_open=0), version(2, differences_open=1))
    assert not is_open(two, only(s, DIFFERENCES))
    for none in (version(differences=3), version(receipt_at=arrived)):
        assert DIFFERENCES not in {d.kind for d in duties_of(submission(none)).values()}


@pytest.mark.clause("規§6.2")
def test_who_stayed_silent_without_a_notice_is_the_owner_s_work_once_the_days_are_over() -> None:
    s = submission(version(submitted_at=GENERATED, receipt_at=GENERATED, settled_at=SETTLED, unnoticed=2))
    assert only(s, UNNOTICED) == Duty(
        key=f"{ROSTER}#{UNNOTICED}#v1", kind=UNNOTICED, process=ROSTER, scope="v1", lane="g10_11", post=CLERK,
        title="決定未送達通知者", opens=SETTLED, due=taipei("2027-04-28 00:00"), ladder="differ", clause="規§6.2",
        since=SETTLED, counted=True,
    )  # fmt: skip
    assert is_open(s, only(s, UNNOTICED))
    two = submission(replace(s.versions[0], unnoticed=0), version(2, unnoticed=1))
    assert not is_open(two, only(s, UNNOTICED))
    for none in (version(unnoticed=2), version(settled_at=SETTLED)):
        assert UNNOTICED not in {d.kind for d in duties_of(submission(none)).values()}


@pytest.mark.clause("規§6.2")
def test_a_report_is_verified_within_so_many_calendar_days_the_last_one_open_to_its_end() -> None:
    at = taipei("2027-04-20 23:30")
    s = submission(version(), reports=(ReportState("r1", 1, at, True),))
    assert only(s, "verify_report") == Duty(
        key=f"{ROSTER}#verify_report#r1", kind="verify_report", process=ROSTER, scope="r1", lane="g10_11", post=CLERK,
        title="查核疑義", opens=at, due=taipei("2027-04-25 00:00"), ladder="verify", clause="規§6.2", since=at,
    )  # fmt: skip


@pytest.mark.clause("規§6.2", "規§6.4")
def test_only_an_upheld_report_or_a_difference_of_the_newest_version_asks_for_another() -> None:
    def report(of: int, outcome: str | None) -> ReportState:
        return ReportState("r", of, GENERATED, True, outcome, GENERATED)

    assert not needs_correction(submission())
    assert not needs_correction(submission(version()))
    assert needs_correction(submission(version(to_correct=1)))
    assert not needs_correction(submission(version(to_correct=1), version(2)))
    assert needs_correction(submission(version(), reports=(report(1, "upheld"),)))
    assert not needs_correction(submission(version(), reports=(report(1, "rejected"), report(1, None))))
    assert not needs_correction(submission(version(), version(2), reports=(report(1, "upheld"),)))


@pytest.mark.clause("規§4.2")
def test_only_an_older_version_that_was_never_sent_is_superseded() -> None:
    old, sent, new = version(), version(2, submitted_at=GENERATED), version(3)
    s = submission(old, sent, new)
    assert [superseded(s, v) for v in s.versions] == [True, False, False]


def test_a_post_is_directed_by_the_director_of_its_own_office() -> None:
    s = submission(version())
    assert [director_of(s, p) for p in (CLERK, "counselling_director", "course_teacher:115-1/101/01")] == [
        DIRECTOR, "counselling_director", DIRECTOR,
    ]  # fmt: skip


# -- a step that is stuck --------------------------------------------------------------------------


@pytest.mark.clause("規§5.0")
def test_a_stuck_step_is_the_it_post_s_work_until_the_next_working_day() -> None:
    since = taipei("2027-03-19 10:00")
    stuck = {"b|x": StuckState(since, since), "a|x": StuckState(since, since)}
    s = submission(stuck=stuck)
    assert list(duties_of(s)) == [f"{ROSTER}#{STUCK}#a|x", f"{ROSTER}#{STUCK}#b|x"]
    assert duties_of(s)[f"{ROSTER}#{STUCK}#a|x"] == Duty(
        key=f"{ROSTER}#{STUCK}#a|x", kind=STUCK, process=ROSTER, scope="a|x", lane=None, post="it_section",
        title="排除卡住的步驟", opens=since, due=taipei("2027-03-22 10:00"), ladder="stuck", clause="規§5.0", since=since,
    )  # fmt: skip
    assert all(is_open(s, d) for d in duties_of(s).values())
    assert not is_open(submission(), duties_of(s)[f"{ROSTER}#{STUCK}#a|x"])


# -- a term's duties -------------------------------------------------------------------------------


@pytest.mark.clause("規§5.1.1", "規§5.2.3")
def test_a_rule_makes_one_duty_a_school_a_lane_a_class_or_a_course_of_the_semester() -> None:
    lanes = frozenset({"g10_11", "g12"})
    school = Structure(
        (
            CourseRef("115-1/101/01", "g10_11", "101", "115-1", "course_teacher:115-1/101/01"),
            CourseRef("115-2/101/01", "g10_11", "101", "115-2", "course_teacher:115-2/101/01"),
        ),
        {"102": "g10_11", "101": "g10_11"},
        lanes,
    )

    def made(per: str, owner: str = CLERK) -> list[tuple[str, str | None, str]]:
        s = semester({"per": per, "owner": owner, "due": {"window": "entry"}}, structure_=school)
        return [(d.scope, d.lane, d.post) for d in duties_of(s).values()]

    assert made("school") == [("", None, CLERK)]
    assert made("lane") == [("g10_11", "g10_11", CLERK)]
    assert made("class") == [("101", "g10_11", CLERK), ("102", "g10_11", CLERK)]
    assert made("course") == [("115-1/101/01", "g10_11", "course_teacher:115-1/101/01")]
    # Where there is one of the post for each class, each class has its own.
    posts = [p.model_copy(update={"per": "class"}) if p.id == CLERK else p for p in rules().posts]
    s = semester({"per": "class", "due": {"window": "entry"}}, structure_=school)
    each = replace(s.basis, rules=s.rules.model_copy(update={"posts": tuple(posts)}))
    assert [d.post for d in duties_of(replace(s, bases=(each,))).values()] == [f"{CLERK}:101", f"{CLERK}:102"]


@pytest.mark.clause("規§4.1")
def test_a_rule_of_another_process_or_an_optional_one_makes_no_duty() -> None:
    due = {"due": {"window": "entry"}}
    assert len(duties_of(semester(due))) == 1
    assert duties_of(semester(due | {"process": "school_year"})) == {}
    assert duties_of(semester(due | {"optional": True})) == {}


@pytest.mark.clause("規§4.1", "規§5.1.1")
def test_every_part_of_a_term_s_duty_comes_from_its_rule_and_its_dates() -> None:
    s = semester({"due": {"window": "entry"}, "joined": "cadre"})
    process = "semester/999999/115-1"
    assert only(s, "entry_duty") == Duty(
        key=f"{process}#entry_duty", kind="entry_duty", process=process, scope="", lane=None, post=CLERK, title="建檔",
        opens=taipei("2026-09-01 08:00"), due=taipei("2026-10-30 17:00"), ladder="office", clause="規§5.1.1",
        since=taipei("2026-08-01 00:00"), joined="cadre",
    )  # fmt: skip


@pytest.mark.clause("規§4.2")
def test_a_duty_s_date_stands_since_the_first_version_that_gave_it() -> None:
    s = semester({"due": {"window": "entry"}})
    later = taipei("2026-09-20 10:00")
    same = replace(s, bases=(s.basis, replace(s.basis, since=later)))
    assert only(same, "entry_duty").since == only(s, "entry_duty").since == s.basis.since
    windows = [
        w.model_copy(update={"due": taipei("2026-11-03 17:00")}) for w in calendar().windows if w.kind == "entry"
    ]
    moved = replace(s.basis, calendar=s.calendar.model_copy(update={"windows": tuple(windows)}), since=later)
    assert only(replace(s, bases=(s.basis, moved)), "entry_duty").since == taipei("2026-09-21 00:00")
    # A version that did not have the date yet gave nothing.
    none = replace(s.basis, calendar=s.calendar.model_copy(update={"windows": ()}))
    assert only(replace(s, bases=(none, moved)), "entry_duty").since == later


CHECK = {"opens": "2027-02-08 08:00", "closes": "2027-02-17 17:00", "checker": "principal"}


def dated(**of_certification: object) -> Calendar:
    """The small calendar with a deadline of the semester, and something more at the certification."""
    body = calendar().model_dump()
    body["deadlines"] = [{"period": "115-1", "duty": "meeting", "opens": "2026-09-01 08:00", "due": "2026-09-30 17:00"}]
    for w in body["windows"]:
        if (w["period"], w["kind"]) == ("115-1", "certification"):
            w |= of_certification
    return Calendar.model_validate(body)


@pytest.mark.clause("規§4.1", "規§4.2")
@pytest.mark.parametrize(
    ("due", "opens", "ends"),
    [
        ({"window": "certification"}, "2026-08-31 08:00", "2027-02-19 17:00"),
        ({"window": "certification", "edge": "closes"}, "2026-08-31 08:00", "2027-03-05 17:00"),
        ({"window": "certification", "edge": "opens"}, "2026-08-31 08:00", "2026-08-31 08:00"),
        ({"window": "certification", "edge": "correction_closes"}, "2026-08-31 08:00", "2027-03-03 17:00"),
        ({"window": "certification", "edge": "self_check"}, "2027-02-08 08:00", "2027-02-17 17:00"),
        ({"window": "certification", "offset": 1}, "2026-08-31 08:00", "2027-02-20 17:00"),
        ({"window": "certification", "offset": -1}, "2026-08-31 08:00", "2027-02-18 17:00"),
        ({"deadline": "meeting"}, "2026-09-01 08:00", "2026-09-30 17:00"),
        ({"deadline": "meeting", "offset": 2}, "2026-09-01 08:00", "2026-10-02 17:00"),
    ],
)
def test_a_duty_is_due_where_its_rule_says(due: dict[str, Any], opens: str, ends: str) -> None:
    for per in ("school", "lane"):
        duty = only(semester({"due": due, "per": per}, dates=dated(self_check=CHECK)), "entry_duty")
        assert (duty.opens, duty.due) == (taipei(opens), taipei(ends))


@pytest.mark.clause("規§4.1")
@pytest.mark.parametrize(
    ("due", "without"),
    [
        ({"deadline": "briefing"}, {}),
        ({"window": "certification", "edge": "self_check"}, {}),
        ({"window": "certification", "edge": "correction_closes"}, {"correction_closes": None}),
        ({"window": "selection"}, {}),
    ],
)
@pytest.mark.parametrize("per", ["school", "lane"])
def test_a_date_that_the_calendar_does_not_have_makes_no_duty(
    due: dict[str, Any], without: dict[str, Any], per: str
) -> None:
    assert duties_of(semester({"due": due, "per": per}, dates=dated(**without))) == {}


@pytest.mark.clause("規§5.3.2")
def test_a_teacher_s_duty_is_over_when_nothing_waits_and_another_when_somebody_did_it() -> None:
    course = "115-1/101/01"
    s = semester(
        {"kind": "certification", "owner": "course_teacher", "per": "course", "due": {"window": "certification"}}
    )
    duty = duties_of(s)[f"{s.process}#certification#{course}"]
    assert duty.counted
    waiting = [replace(s, pending={course: n}) for n in (2, 1, 0)]
    assert [is_open(x, duty) for x in (*waiting, replace(s, pending={"115-1/101/02": 1}))] == [True, True, False, False]
    other = replace(duty, counted=False)
    done = DutyState(done_at=GENERATED)
    assert [is_open(replace(s, duties=x), other) for x in ({}, {duty.key: DutyState()}, {duty.key: done}, {"x": done})] == [
        True, True, False, True,
    ]  # fmt: skip
