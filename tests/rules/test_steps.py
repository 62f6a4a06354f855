"""Every dated step of a semester and of a school year, from start to close. 規§4.1, 規§5.1.3, 規§5.2.3, 規§6.1, 規§6.4"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from rules.duties import duties_of
from rules.instants import DAY, key_text, local_text
from rules.plan import Plan, due_round, due_steps, handled, is_over, next_instant, plan, replan, rungs_of
from rules.plans.step import Step
from rules.plans.submission import closing_instant, submission_steps
from rules.ruleset import Kind
from rules.schedule import DailyHours
from rules.snapshot import DutyState, ExtensionState, ReportState, Snapshot, StuckState, VersionState
from tests.rules.builders import basis, calendar, rule_set, structure, taipei

START = taipei("2026-08-01 00:00")
SEMESTER, YEAR = "semester/999999/115-1", "year/999999/115"
CHILD = "submission/999999/115-1/g10_11/enrolment"
ENTRY = f"{SEMESTER}#enrolment_entry"
OTHER_LANE = {
    "id": "g12",
    "title": "高三",
    "title_en": "grade 12",
    "grades": [3],
    "tracks": ["普通型"],
    "final_grade": True,
}


def semester(**changes: object) -> Snapshot:
    """The first semester as it begins."""
    made = Snapshot("999999", SEMESTER, Kind.SEMESTER, {"period": "115-1"}, START, (basis(),), structure())
    return replace(made, **changes)  # type: ignore[arg-type]


def school_year(**changes: object) -> Snapshot:
    """The school year as it begins."""
    made = Snapshot("999999", YEAR, Kind.SCHOOL_YEAR, {"period": "115"}, START, (basis(),), structure())
    return replace(made, **changes)  # type: ignore[arg-type]


def shown(steps: tuple[Step, ...]) -> list[str]:
    """Instant, kind, activity and what each step is about."""
    return [f"{local_text(x.at)} {x.kind} {x.activity} {x.thing.split('/', 2)[2]} {x.phase} {x.lane}" for x in steps]


@pytest.mark.clause("規§4.1", "規§5.1.3")
def test_a_semester_opens_and_closes_its_windows_and_starts_its_rosters() -> None:
    assert shown(plan(semester()).steps) == [
        "2026-08-31 08:00 open open_window 115-1|g10_11|certification certification g10_11",
        "2026-08-31 08:00 open open_window 115-1|g10_11|outcome_upload outcome_upload g10_11",
        "2026-09-01 08:00 open open_window 115-1|g10_11|entry entry g10_11",
        "2026-11-13 17:00 close freeze_window 115-1|g10_11|entry entry g10_11",
        "2027-02-04 00:00 close freeze_window 115-1|g10_11|outcome_upload outcome_upload g10_11",
        "2027-03-03 17:00 close freeze_window 115-1|g10_11|outcome_correction outcome_correction g10_11",
        "2027-03-05 17:00 close freeze_window 115-1|g10_11|certification certification g10_11",
        "2027-03-15 08:00 open open_window 115-1|g10_11|semester_submission semester_submission g10_11",
        "2027-03-15 08:00 start start_process 115-1/g10_11/enrolment semester_submission g10_11",
        "2027-04-09 17:00 close freeze_window 115-1|g10_11|semester_submission semester_submission g10_11",
        "2027-04-19 08:00 open open_window 115-1|g10_11|semester_receipts semester_receipts g10_11",
        "2027-04-24 00:00 close freeze_window 115-1|g10_11|semester_receipts semester_receipts g10_11",
    ]


@pytest.mark.clause("規§4.1", "規§6.1")
def test_a_school_year_starts_its_semesters_and_yearly_rosters() -> None:
    assert shown(plan(school_year()).steps) == [
        "2026-08-01 00:00 start start_process 115-1 semester None",
        "2026-08-31 08:00 open open_window 115|g10_11|diverse_upload diverse_upload g10_11",
        "2027-02-01 00:00 start start_process 115-2 semester None",
        "2027-08-01 00:00 close freeze_window 115|g10_11|diverse_upload diverse_upload g10_11",
        "2027-08-16 08:00 open open_window 115|g10_11|selection selection g10_11",
        "2027-09-04 00:00 close freeze_window 115|g10_11|selection selection g10_11",
        "2027-09-13 08:00 start start_process 115/g10_11/outcomes yearly_submission g10_11",
        "2027-09-13 08:00 open open_window 115|g10_11|yearly_submission yearly_submission g10_11",
        "2027-10-15 17:00 close freeze_window 115|g10_11|yearly_submission yearly_submission g10_11",
        "2027-10-25 08:00 open open_window 115|g10_11|yearly_receipts yearly_receipts g10_11",
        "2027-10-30 00:00 close freeze_window 115|g10_11|yearly_receipts yearly_receipts g10_11",
    ]


@pytest.mark.clause("規§4.1")
def test_a_step_has_the_key_of_what_it_hangs_on_and_the_words_that_its_activity_needs() -> None:
    of = {(x.kind, x.phase): x for x in plan(semester()).steps}
    opened = of["open", "entry"]
    assert opened.key == f"{SEMESTER}|g10_11|entry|open|{key_text(opened.at)}"
    assert opened.args == (("period", "115-1"), ("window", "entry"))
    assert opened.summary == "open g10_11 entry"
    assert of["close", "outcome_correction"].args == (("period", "115-1"), ("window", "outcome_correction"))
    started = of["start", "semester_submission"]
    assert (started.key, started.thing) == (f"{CHILD}|start|{key_text(started.at)}", CHILD)
    assert started.args == (("kind", "submission"), ("period", "115-1"), ("lane", "g10_11"), ("roster", "enrolment"))
    first = plan(school_year()).steps[0]
    assert (first.thing, first.args) == (SEMESTER, (("kind", "semester"), ("period", "115-1")))
    assert first.key == f"{SEMESTER}|start|{key_text(START)}"
    assert (first.arg("kind"), first.summary) == ("semester", "start semester")


@pytest.mark.clause("規§4.1")
def test_a_semester_that_should_have_begun_before_the_year_did_begins_with_it_under_its_own_key() -> None:
    late = taipei("2026-08-10 09:00")
    first = next(x for x in plan(school_year(started_at=late)).steps if x.kind == "start")
    assert (first.at, first.key) == (late, f"{SEMESTER}|start|{key_text(START)}")


@pytest.mark.clause("規§4.1")
def test_a_lane_without_students_or_without_dates_has_no_steps() -> None:
    lanes = [{"id": "g10_11", "title": "高一二", "title_en": "x", "grades": [1, 2], "tracks": ["普通型"]}, OTHER_LANE]
    rules = rule_set(lanes=lanes)
    whole = plan(semester()).steps
    without_students = semester(bases=(basis(rules),))
    assert plan(without_students).steps == whole
    without_dates = semester(bases=(basis(rules),), structure=replace(structure(), lanes=frozenset({"g10_11", "g12"})))
    assert plan(without_dates).steps == whole
    dates = calendar()
    twice = [w.model_copy(update={"lane": "g12"}) for w in dates.windows if w.kind == "semester_submission"]
    both = basis(rules, dates.model_copy(update={"windows": (*dates.windows, *twice)}))
    assert plan(semester(bases=(both,))).steps == whole, "nobody is in that lane"
    there = semester(bases=(both,), structure=replace(structure(), lanes=frozenset({"g10_11", "g12"})))
    assert {x.thing for x in plan(there).steps} - {x.thing for x in whole} == {
        f"{SEMESTER}|g12|semester_submission", "submission/999999/115-1/g12/enrolment",
    }  # fmt: skip


def longer(at: str, **changes: object) -> ExtensionState:
    """An extension of the first semester's upload for somebody of the lane."""
    return replace(
        ExtensionState("115-1", "outcome_upload", frozenset({"g10_11"}), taipei(at)), **changes  # type: ignore[arg-type]
    )  # fmt: skip


@pytest.mark.clause("規§10.2.2")
def test_a_window_closes_with_its_last_extension_and_no_other_waits_for_it() -> None:
    def closes(*extensions: ExtensionState) -> dict[str, str]:
        steps = plan(semester(extensions=extensions)).steps
        return {x.phase: local_text(x.at) for x in steps if x.kind == "close"}

    base = closes()
    assert closes(longer("2027-02-06 17:00"), longer("2027-02-11 17:00"), longer("2027-02-05 17:00")) == {
        **base, "outcome_upload": "2027-02-11 17:00",
    }  # fmt: skip
    for other in (
        {"period": "115-2"}, {"lanes": frozenset({"g12"})}, {"kind": "entry", "lanes": frozenset({"g12"})},
        {"kind": "selection"}, {"closes": taipei("2027-02-03 23:59")},
    ):  # fmt: skip
        assert closes(longer("2027-02-11 17:00", **other)) == base, other
    assert closes(longer("2027-03-04 17:00", kind="outcome_correction"))["outcome_correction"] == "2027-03-04 17:00"


@pytest.mark.clause("規§6.3.1")
def test_a_roster_that_was_started_is_not_started_again_when_its_window_moves() -> None:
    start = next(x for x in plan(semester()).steps if x.kind == "start")
    dates = calendar()
    moved = tuple(
        w.model_copy(update={"opens": w.opens + DAY}) if w.kind == "semester_submission" else w for w in dates.windows
    )
    newer = replace(basis(dates=dates.model_copy(update={"windows": moved})), since=taipei("2027-03-16 00:00"))
    started = semester(bases=(basis(), newer), done=frozenset({start.key}), children={CHILD: None})
    again = next(x for x in plan(started).steps if x.thing == CHILD)
    assert (again.key, again.at) == (start.key, start.at + DAY)
    # One that runs but was not started by a step of this process is left alone.
    adopted = semester(children={CHILD: None})
    assert [x for x in plan(adopted).steps if x.thing == CHILD] == []


def over(s: Snapshot, **children: datetime | None) -> Snapshot:
    """A period whose steps are all done, with the ends of its children."""
    return replace(s, done=frozenset(x.key for x in plan(s).steps), children=dict(children))


@pytest.mark.clause("規§6.4")
def test_a_period_closes_at_the_last_of_its_windows_and_children_and_only_once() -> None:
    last = taipei("2027-04-24 00:00")
    late = taipei("2027-05-03 12:00")
    s = semester()
    assert [x.kind for x in plan(over(s, **{CHILD: None})).steps if x.kind == "closed"] == []
    assert [x.kind for x in plan(over(s)).steps if x.kind == "closed"] == []
    early, after = over(s, **{CHILD: taipei("2027-04-20 00:00")}), over(s, **{CHILD: late})
    assert [x for x in plan(early).steps if x.kind == "closed"] == [Step(
        key=f"{SEMESTER}|closed|{key_text(last)}", kind="closed", at=last, activity="close_process", thing=SEMESTER,
        phase="closed",
    )]  # fmt: skip
    assert plan(after).steps[-1].at == late
    unfrozen = {x.key for x in plan(s).steps if x.kind == "close" and x.phase == "entry"}
    assert plan(replace(after, done=after.done - unfrozen)).steps[-1].kind != "closed"
    unopened = {x.key for x in plan(s).steps if x.kind == "open"}
    assert plan(replace(after, done=after.done - unopened)).steps[-1].kind == "closed", "only closings are waited for"
    closed = replace(after, done=after.done | {plan(after).steps[-1].key})
    assert plan(closed).steps[-1].kind != "closed"
    another = replace(after, done=after.done | {f"{SEMESTER}0|closed|x"})
    assert plan(another).steps[-1].kind == "closed"
    bare = basis(dates=calendar(windows=[], deadlines=[]))
    assert plan(semester(bases=(bare,))).steps == (), "a period without a window never ends by itself"


@pytest.mark.clause("規§6.4")
def test_a_school_year_waits_for_both_semesters_and_its_own_rosters() -> None:
    s = school_year()
    ends = {
        SEMESTER: taipei("2027-05-01 00:00"),
        "semester/999999/115-2": taipei("2027-11-02 00:00"),
        "submission/999999/115/g10_11/outcomes": taipei("2027-11-01 00:00"),
    }
    assert plan(over(s, **ends)).steps[-1].at == taipei("2027-11-02 00:00")
    for waited in ends:
        assert plan(over(s, **{**ends, waited: None})).steps[-1].kind != "closed", waited


# -- a roster's versions ---------------------------------------------------------------------------

GENERATED, SENT = taipei("2027-03-15 08:00"), taipei("2027-04-07 16:00")
RECEIVED, SETTLED = taipei("2027-04-16 07:00"), taipei("2027-04-24 00:00")
LATER = taipei("2027-04-27 10:00")


def roster(*versions: VersionState, **changes: object) -> Snapshot:
    """The first semester's roster with these versions."""
    params = {"period": "115-1", "lane": "g10_11", "roster": "enrolment"}
    made = Snapshot("999999", CHILD, Kind.SUBMISSION, params, GENERATED, (basis(),), versions=versions)
    return replace(made, **changes)  # type: ignore[arg-type]


def version(number: int = 1, **changes: object) -> VersionState:
    """A version that was sent, received and settled."""
    made = VersionState(
        number, GENERATED, submitted_at=SENT, receipt_at=RECEIVED, published_at=taipei("2027-04-19 08:00"),
        closes_at=SETTLED, settled_at=SETTLED,
    )  # fmt: skip
    return replace(made, **changes)  # type: ignore[arg-type]


def dated(s: Snapshot) -> list[tuple[str, str]]:
    """(kind@version, instant) of each step."""
    return [(f"{x.kind}@{dict(x.args).get('version', '')}", local_text(x.at)) for x in plan(s).steps]


@pytest.mark.clause("規§6.1", "規§6.2")
def test_a_roster_is_generated_when_its_window_opens_and_published_once_its_receipt_came() -> None:
    assert dated(roster()) == [("generate@1", "2027-03-15 08:00")]
    assert dated(roster(started_at=LATER)) == [("generate@1", local_text(LATER))]
    made = version(receipt_at=None, published_at=None, closes_at=None, settled_at=None, generated_at=LATER)
    assert dated(roster(made)) == [("generate@1", local_text(LATER))]
    received = version(published_at=None, closes_at=None, settled_at=None)
    assert dated(roster(received))[1:] == [("publish@1", "2027-04-19 08:00"), ("deem@1", "2027-04-24 00:00")]
    publish = plan(roster(received)).steps[1]
    assert publish.args == (("version", "1"), ("closes", SETTLED.isoformat()))
    assert (publish.thing, publish.lane, publish.phase) == (f"{CHILD}@1", "g10_11", "publish")
    assert publish.key == f"{CHILD}@1|publish|{key_text(publish.at)}"
    late = replace(received, receipt_at=taipei("2027-04-23 09:00"))
    assert dated(roster(late))[1:] == [("publish@1", "2027-04-23 09:00"), ("deem@1", "2027-04-26 09:00")]
    for gone in ("semester_submission", "semester_receipts"):
        dates = calendar()
        lacking = dates.model_copy(update={"windows": tuple(w for w in dates.windows if w.kind != gone)})
        steps = dated(roster(received, bases=(basis(dates=lacking),)))
        assert steps == ([] if gone == "semester_submission" else [("generate@1", "2027-03-15 08:00")])


@pytest.mark.clause("規§6.2")
def test_receipts_that_were_published_keep_the_key_of_that_day_and_are_not_published_again() -> None:
    key = f"{CHILD}@1|publish|2027-04-20T00:00Z"

    def publish(*done: str) -> Step:
        return next(x for x in plan(roster(version(), done=frozenset(done))).steps if x.kind == "publish")

    own = publish().key
    assert own == f"{CHILD}@1|publish|{key_text(taipei('2027-04-19 08:00'))}"
    assert publish(key).key == key
    for other in (f"{CHILD}@2|publish|x", f"{CHILD}@1|deem|x", f"{CHILD}@1|publishing|x"):
        assert publish(other).key == own
    deem = next(x for x in plan(roster(version(), done=frozenset({key}))).steps if x.kind == "deem")
    assert deem.key == f"{CHILD}@1|deem|{key_text(SETTLED)}"


@pytest.mark.clause("規§6.2")
def test_an_occurrence_waits_for_its_extensions_and_closes_no_earlier_than_it_was_published() -> None:
    received = version(closes_at=None, settled_at=None)
    extended = ExtensionState("115-1", "semester_receipts", frozenset({"g10_11"}), LATER, occurrence=f"{CHILD}@1")
    assert dated(roster(received, extensions=(extended,)))[-1] == ("deem@1", local_text(LATER))
    for other in (replace(extended, occurrence=f"{CHILD}@2"), replace(extended, closes=GENERATED)):
        assert dated(roster(received, extensions=(other,)))[-1] == ("deem@1", "2027-04-24 00:00")
    after = version(published_at=LATER, closes_at=SETTLED, settled_at=None)
    assert dict(dated(roster(after)))["deem@1"] == local_text(LATER + 3 * DAY)


@pytest.mark.clause("規§6.2", "規§6.4")
def test_a_roster_closes_once_it_is_settled_answered_and_confirmed() -> None:
    confirmed = {f"{CHILD}#confirm_receipts#v1": DutyState(LATER)}

    def closed(s: Snapshot) -> list[str]:
        return [local_text(x.at) for x in plan(s).steps if x.kind == "closed"]

    assert closed(roster(version(), duties=confirmed)) == [local_text(LATER)]
    early = {f"{CHILD}#confirm_receipts#v1": DutyState(taipei("2027-04-20 10:00"))}
    assert closed(roster(version(), duties=early)) == [local_text(SETTLED)]
    assert closed(roster(version(decided_at=LATER + DAY), duties=confirmed)) == [local_text(LATER + DAY)]
    report = ReportState("r", 1, SETTLED, objection=True, outcome="kept", answered_at=LATER + 2 * DAY)
    assert closed(roster(version(), duties=confirmed, reports=(report,))) == [local_text(LATER + 2 * DAY)]
    waiting = [
        roster(version()),
        roster(version(), duties={f"{CHILD}#confirm_receipts#v1": DutyState(None)}),
        roster(version(), duties={f"{CHILD}#confirm_receipts#v2": DutyState(LATER)}),
        roster(version(settled_at=None), duties=confirmed),
        roster(version(differences_open=1), duties=confirmed),
        roster(version(unnoticed=1), duties=confirmed),
        roster(version(), duties=confirmed, reports=(replace(report, answered_at=None),)),
        roster(version(), duties=confirmed, done=frozenset({f"{CHILD}|closed|x"})),
        roster(version(to_correct=1), duties=confirmed),
    ]
    assert [closed(s) for s in waiting] == [[]] * len(waiting)
    assert closed(roster(version(), duties=confirmed, done=frozenset({f"{CHILD}0|closed|x"}))) == [local_text(LATER)]


@pytest.mark.clause("規§6.2", "規§6.4")
def test_another_version_is_made_when_the_last_answer_asks_for_it() -> None:
    def next_made(s: Snapshot) -> list[tuple[str, str]]:
        return [x for x in dated(s) if x[0] == "generate@2"]

    upheld = ReportState("r", 1, SETTLED, objection=True, outcome="upheld", answered_at=LATER)
    assert next_made(roster(version(), reports=(upheld,))) == [("generate@2", local_text(LATER))]
    assert next_made(roster(version(to_correct=1))) == [("generate@2", local_text(SETTLED))]
    assert next_made(roster(version(to_correct=1, decided_at=LATER))) == [("generate@2", local_text(LATER))]
    assert next_made(roster(version(to_correct=1, differences_open=1))) == []
    # Before it was sent, a version is made anew as soon as that is decided.
    unsent = VersionState(1, GENERATED, to_correct=1, decided_at=LATER)
    assert next_made(roster(unsent)) == [("generate@2", local_text(LATER))]
    assert next_made(roster(replace(unsent, to_correct=0))) == []
    assert next_made(roster(replace(unsent, decided_at=None))) == []
    assert next_made(roster(replace(unsent, submitted_at=SENT))) == []
    second = version(2, generated_at=LATER, published_at=None, closes_at=None, settled_at=None, receipt_at=None)
    # Once it is there, nothing more is due for it until its receipt comes.
    assert dated(roster(version(), second)) == [
        ("generate@1", "2027-03-15 08:00"), ("publish@1", "2027-04-19 08:00"), ("deem@1", "2027-04-24 00:00"),
    ]  # fmt: skip


@pytest.mark.clause("規§6.2")
def test_a_corrected_version_has_its_own_three_days_and_the_first_one_the_whole_window() -> None:
    receipts = calendar().window("115-1", "g10_11", "semester_receipts")
    assert receipts is not None
    first, second = version(closes_at=None, settled_at=None), version(2, closes_at=None, settled_at=None)
    s = roster(first, second)
    published = taipei("2027-04-19 08:00")
    assert closing_instant(s, published, receipts, first) == receipts.closes
    assert closing_instant(s, published, receipts, second) == taipei("2027-04-22 08:00")
    assert closing_instant(s, taipei("2027-04-22 08:00"), receipts, first) == taipei("2027-04-25 08:00")
    # By day only: the last open instant lies 72 hours after the first one.
    daily = receipts.model_copy(update={"hours": DailyHours.model_validate({"opens": "08:00", "closes": "17:00"})})
    assert closing_instant(s, taipei("2027-04-19 09:00"), daily, second) == taipei("2027-04-22 09:00")
    # First open on the 20th at eight; closing on the 23rd at eight would leave the 22nd at five as the last open instant.
    assert closing_instant(s, taipei("2027-04-19 18:00"), daily, second) == taipei("2027-04-23 17:00")
    # One that was published follows the window until it is settled, to an earlier close too, never under its 72 hours.
    for known in (published, LATER):
        assert closing_instant(s, published, receipts, replace(first, closes_at=known)) == receipts.closes
        late = closing_instant(s, taipei("2027-04-22 08:00"), receipts, replace(first, closes_at=known))
        assert late == taipei("2027-04-25 08:00")
    assert closing_instant(s, published, receipts, replace(first, closes_at=published, settled_at=LATER)) == published
    assert closing_instant(s, published, receipts, replace(second, closes_at=published)) == published


# -- rungs, rounds and what comes next -------------------------------------------------------------


def entry_rungs(s: Snapshot) -> list[tuple[int, str, bool]]:
    """(offset, instant, skipped) of the rungs of the enrolment entry."""
    return [(r.rung.offset, local_text(r.at), r.skipped) for r in rungs_of(s, duties_of(s)[ENTRY])]


@pytest.mark.clause("規§5.3.2", "規§3.1")
def test_a_rung_whose_day_was_past_when_its_date_was_set_is_skipped() -> None:
    assert [(o, skipped) for o, _, skipped in entry_rungs(semester())] == [
        (o, False) for o in (-2, 0, 1, 2, 4, 5)
    ]  # fmt: skip
    begun = taipei("2026-10-30 08:00")
    late = semester(started_at=begun, bases=(replace(basis(), since=begun),))
    assert [(o, skipped) for o, _, skipped in entry_rungs(late)][:3] == [(-2, True), (0, False), (1, False)]


def test_what_nothing_changed_is_taken_over_as_it_was() -> None:
    s = semester()
    known = plan(s)
    opened = replace(s, done=frozenset({known.steps[0].key}))
    kept = replan(opened, known, s)
    assert (kept.rungs is known.rungs, kept.duties is known.duties, kept.steps == known.steps) == (True, True, True)
    done = replace(s, duties={ENTRY: DutyState(START)})
    left = replan(done, known, s)
    assert left.duties is known.duties
    assert left.rungs == tuple(r for r in known.rungs if r.duty.key != ENTRY)
    # Rungs that were handled stay out, unless something that duties hang on is new.
    rest = handled(known, taipei("2026-10-30 08:00"))
    assert replan(done, rest, s).rungs == tuple(r for r in rest.rungs if r.duty.key != ENTRY)
    unknown = replace(s, duties={f"{SEMESTER}#other": DutyState(START)})
    assert replan(unknown, rest, s).rungs == rest.rungs
    assert replan(replace(s, extensions=(longer("2027-02-11 17:00"),)), rest, s).rungs == known.rungs
    back = replace(s, duties={ENTRY: DutyState(None)})
    assert replan(back, left, done) == known


def test_handled_rungs_are_those_whose_instant_has_come() -> None:
    known = plan(semester())
    first = known.rungs[0].at
    assert handled(known, first - timedelta(seconds=1)).rungs == known.rungs
    assert handled(known, first).rungs == tuple(r for r in known.rungs if r.at > first)


@pytest.mark.clause("規§5.3.2")
def test_a_round_sends_each_duty_its_latest_rung_and_is_held_once() -> None:
    s = semester(pending={"115-1/101/01": 3})
    at = taipei("2026-10-28 08:00")
    p = plan(s)
    assert due_round(s, p, at - timedelta(seconds=1)) is None
    one = due_round(s, p, at)
    assert one is not None
    key = f"{SEMESTER}|round|{key_text(at)}"
    assert (one.key, one.keys, [r.rung.offset for r in one.send], one.skip) == (key, ((key, at),), [-2], ())
    assert due_round(replace(s, done=frozenset({key})), p, at) is None
    assert due_round(replace(s, done=frozenset({one.send[0].key})), p, at) is None
    two = due_round(s, p, taipei("2026-10-30 08:00"))
    assert two is not None
    assert ([r.rung.offset for r in two.send], [r.rung.offset for r in two.skip]) == ([0], [-2])
    assert [local_text(x) for _, x in two.keys] == ["2026-10-28 08:00", "2026-10-30 08:00"]
    assert two.key == two.keys[-1][0]
    # Who has done it meanwhile is told nothing, and the instant counts as held.
    done = replace(s, duties={ENTRY: DutyState(START)})
    silent = due_round(done, p, at)
    assert silent is not None
    assert (silent.keys, silent.send, silent.skip) == (((key, at),), (), ())
    stuck = StuckState(at, at + timedelta(minutes=5))
    assert due_round(replace(s, stuck={key: stuck}), p, at) is None
    assert due_round(replace(s, stuck={key: stuck}), p, stuck.retry_at) is not None


@pytest.mark.clause("規§5.0")
def test_a_stuck_step_is_tried_again_at_its_instant_and_wakes_the_process_then() -> None:
    s = semester()
    opening = plan(s).steps[0]
    retry = opening.at + timedelta(minutes=5)
    stuck = replace(s, stuck={opening.key: StuckState(opening.at, retry)})
    at_once = [x.key for x in due_steps(s, plan(s), opening.at)]
    assert opening.key in at_once
    assert [x.key for x in due_steps(stuck, plan(s), opening.at)] == [k for k in at_once if k != opening.key]
    assert opening.key in {x.key for x in due_steps(stuck, plan(s), retry)}
    assert due_steps(s, plan(s), opening.at - timedelta(seconds=1)) == []
    done = replace(stuck, done=frozenset(x.key for x in plan(s).steps))
    quiet = Plan(plan(s).steps, (), {})
    assert next_instant(done, quiet, opening.at) == retry
    assert next_instant(done, quiet, retry) is None


def test_the_next_instant_is_that_of_the_first_step_or_rung_that_is_not_done() -> None:
    s = semester()
    p = plan(s)
    rungs = Plan((), p.rungs, p.duties)
    first, second = p.rungs[0], next(r for r in p.rungs if r.at > p.rungs[0].at)
    assert next_instant(s, rungs, START) == first.at
    assert next_instant(s, rungs, first.at) == second.at
    assert next_instant(replace(s, done=frozenset({second.key})), rungs, first.at) > second.at  # type: ignore[operator]
    steps = Plan(p.steps, (), {})
    assert next_instant(s, steps, START) == p.steps[0].at
    opened = replace(s, done=frozenset(x.key for x in p.steps if x.at == p.steps[0].at))
    assert next_instant(opened, steps, START) == next(x.at for x in p.steps if x.at > p.steps[0].at)
    assert next_instant(s, Plan((), (), {}), START) is None
    assert not is_over(s, p, START)
    assert submission_steps(roster()) == list(plan(roster()).steps)
