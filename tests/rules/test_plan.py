"""The planner: rules, calendar and facts give the dated steps, and nothing else does."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rules.duties import duties_of
from rules.instants import DAY, key_text, local_text, taipei_day
from rules.plan import due_round, due_steps, next_instant, plan, round_key
from rules.rehearsal import EveryoneOnTime, Moment, NobodyActs, World, rehearse
from rules.ruleset import Kind
from rules.snapshot import DutyState, ExtensionState, ReportState, Snapshot
from tests.rules.builders import SCHOOL, basis, calendar, rule_set, taipei, world

SEMESTER = f"semester/{SCHOOL}/115-1"
YEAR = f"year/{SCHOOL}/115"
SUBMISSION = f"submission/{SCHOOL}/115-1/g10_11/enrolment"
ENTRY = f"{SEMESTER}#enrolment_entry"


def semester(at: str = "2026-08-01 00:00") -> Snapshot:
    """The first semester as it stands when it was started."""
    w = world()
    w.settle(taipei(at))
    return w.processes[SEMESTER]


def rungs(trace: list[Moment], duty: str) -> list[tuple[str, str, str]]:
    """(instant, kind, outcome) of a duty's rungs."""
    return [(local_text(m.at), m.kind, m.outcome) for m in trace if m.key.startswith(f"{duty}|rung")]


def steps_done(trace: list[Moment], *kinds: str) -> list[tuple[str, str]]:
    return [(local_text(m.at), m.key.rsplit("|", 1)[0]) for m in trace if m.kind in kinds]


@pytest.mark.clause("規§4.1")
def test_a_year_in_which_everyone_acts_ends_with_every_process_closed() -> None:
    w = world()
    rehearse(w, EveryoneOnTime())
    assert {p: any("|closed|" in k for k in s.done) for p, s in w.processes.items()} == {
        YEAR: True,
        f"semester/{SCHOOL}/115-1": True,
        f"semester/{SCHOOL}/115-2": True,
        f"submission/{SCHOOL}/115-1/g10_11/enrolment": True,
        f"submission/{SCHOOL}/115-2/g10_11/enrolment": True,
        f"submission/{SCHOOL}/115/g10_11/outcomes": True,
    }


@pytest.mark.clause("規§6.2")
def test_a_year_in_which_nobody_acts_never_ends_by_itself() -> None:
    w = world()
    trace = rehearse(w, NobodyActs())
    assert not [m for m in trace if m.kind in ("closed", "publish", "deem")]
    assert [m for m in trace if m.kind == "escalation" and "next_meeting" in m.text]


@pytest.mark.clause("規§5.1.1", "規§3.1")
def test_the_ladder_of_a_missed_office_duty_climbs_in_working_days() -> None:
    trace = rehearse(world(), NobodyActs(), until=taipei("2026-12-01 00:00"))
    assert rungs(trace, ENTRY) == [
        ("2026-10-28 08:00", "reminder", "done"),
        ("2026-10-30 08:00", "reminder", "done"),
        ("2026-11-02 08:00", "escalation", "done"),
        ("2026-11-03 08:00", "escalation", "done"),
        ("2026-11-05 08:00", "escalation", "done"),
        ("2026-11-06 08:00", "escalation", "done"),
    ]


def test_who_has_done_the_duty_hears_nothing_more() -> None:
    w = world()
    w.settle(taipei("2026-10-28 08:00"))
    w.complete(ENTRY, taipei("2026-10-29 10:00"))
    trace = rehearse(w, NobodyActs(), until=taipei("2026-12-01 00:00"))
    assert len(rungs(trace, ENTRY)) == 1


@pytest.mark.clause("規§5.3.2")
def test_a_teacher_with_nothing_pending_is_never_reminded() -> None:
    assert not [m for m in rehearse(world(), NobodyActs()) if "certification#" in m.key]


@pytest.mark.clause("規§5.3.2")
def test_a_teacher_who_owes_certifications_is_reminded_and_then_the_eyes_above() -> None:
    w = world()
    w.settle(taipei("2026-08-31 08:00"))
    w.owe("115-1/101/01", "115-1", 3)
    trace = rehearse(w, NobodyActs(), until=taipei("2027-03-01 00:00"))
    assert rungs(trace, f"{SEMESTER}#certification#115-1/101/01") == [
        ("2027-02-16 08:00", "reminder", "done"),
        ("2027-02-19 08:00", "reminder", "done"),
        ("2027-02-20 08:00", "escalation", "done"),  # a make-up Saturday is a working day
        ("2027-02-22 08:00", "escalation", "done"),
    ]


def test_a_late_certification_request_does_not_bring_back_a_round_that_was_held() -> None:
    w = world()
    w.settle(taipei("2027-02-16 08:00"))
    w.owe("115-1/101/01", "115-1", 1)
    w.settle(taipei("2027-02-17 12:00"))
    assert not rungs(w.trace, f"{SEMESTER}#certification#115-1/101/01")


def test_after_a_gap_only_the_latest_rung_of_a_duty_is_sent() -> None:
    s = replace(semester(), done=frozenset())
    round_ = due_round(s, plan(s), taipei("2026-11-04 12:00"))
    assert round_ is not None
    mine = [
        (r.rung.offset, how)
        for how, rs in (("send", round_.send), ("skip", round_.skip))
        for r in rs
        if r.duty.key == ENTRY
    ]
    assert sorted(mine) == [(-2, "skip"), (0, "skip"), (1, "skip"), (2, "send")]


def moved(days: int) -> World:
    """The entry deadline moved by `days` on 2026-10-29, after the first reminder was sent."""
    w = world()
    for m in ("2026-08-01 00:00", "2026-10-28 08:00"):
        w.settle(taipei(m))
    dates = calendar()
    entry = dates.window("115-1", "g10_11", "entry")
    assert entry is not None
    due = entry.due + timedelta(days=days)
    windows = tuple(replace_due(x, due) if x is entry else x for x in dates.windows)
    newer = replace(basis(dates=dates.model_copy(update={"windows": windows})), since=taipei("2026-10-29 10:00"))
    w.rebase(SEMESTER, newer)
    return w


def replace_due(window: object, due: datetime) -> object:
    return window.model_copy(update={"due": due, "closes": max(window.closes, due)})  # type: ignore[attr-defined]


@pytest.mark.clause("規§4.2")
def test_a_deadline_moved_later_sends_only_rungs_whose_day_is_still_ahead() -> None:
    trace = rehearse(moved(+6), NobodyActs(), until=taipei("2026-11-10 00:00"))
    assert rungs(trace, ENTRY) == [
        ("2026-10-28 08:00", "reminder", "done"),  # under the old date, sent before the move
        ("2026-11-03 08:00", "reminder", "done"),
        ("2026-11-05 08:00", "reminder", "done"),
        ("2026-11-06 08:00", "escalation", "done"),
        ("2026-11-09 08:00", "escalation", "done"),
    ]


@pytest.mark.clause("規§4.2")
def test_a_deadline_moved_earlier_records_rungs_gone_by_as_skipped() -> None:
    w = moved(-4)
    trace = rehearse(w, NobodyActs(), until=taipei("2026-11-01 00:00"))
    assert [(k, o) for _, k, o in rungs(trace, ENTRY)] == [
        ("reminder", "done"),
        ("reminder", "skipped"),
        ("reminder", "skipped"),
        ("escalation", "skipped"),
        ("escalation", "skipped"),
        ("escalation", "done"),
    ]


def test_moving_a_close_does_not_open_a_window_twice() -> None:
    s = semester("2026-08-31 08:00")
    longer = ExtensionState("115-1", "outcome_upload", frozenset({"g10_11"}), taipei("2027-02-12 17:00"))
    before = [x.key for x in plan(s).steps if x.kind == "open"]
    s = replace(s, extensions=(longer,))
    assert [x.key for x in plan(s).steps if x.kind == "open"] == before


@pytest.mark.clause("規§10.2.2")
@given(hours=st.integers(-200, 400))
def test_an_extension_never_closes_a_window_earlier(hours: int) -> None:
    s = semester()
    base = next(x.at for x in plan(s).steps if x.thing.endswith("|outcome_upload") and x.kind == "close")
    given_ = ExtensionState("115-1", "outcome_upload", frozenset({"g10_11"}), base + timedelta(hours=hours))
    extended = next(
        x.at
        for x in plan(replace(s, extensions=(given_,))).steps
        if x.thing.endswith("|outcome_upload") and x.kind == "close"
    )
    assert extended == max(base, given_.closes)


def submission() -> World:
    """A world at the day on which the first semester's rosters were published."""
    w = world()
    rehearse(w, EveryoneOnTime(), until=taipei("2027-04-19 08:00"))
    return w


@pytest.mark.clause("規§6.2")
def test_receipts_stay_open_for_at_least_three_days_even_when_they_come_late() -> None:
    w = world()
    late = _Late(EveryoneOnTime(), taipei("2027-04-23 09:00"))
    trace = rehearse(w, late, until=taipei("2027-05-01 00:00"))
    published = next(m.at for m in trace if m.kind == "publish")
    closed = next(m.at for m in trace if m.kind == "deem")
    assert (published, closed - published) == (taipei("2027-04-23 09:00"), timedelta(hours=72))


class _Late:
    """Everyone on time, but receipts arrive late."""

    def __init__(self, others: EveryoneOnTime, arrives: datetime) -> None:
        self.others, self.arrives = others, arrives

    def next(self, w: World, now: datetime) -> datetime | None:
        found = self.others.next(w, now)
        return min((x for x in (found, self.arrives) if x is not None and x > now), default=None)

    def act(self, w: World, now: datetime) -> None:
        if now < self.arrives:
            for duty in w.open_duties():
                if duty.kind == "import_receipt" and duty.opens < self.arrives:
                    self._others(w, now)
                    return
        self.others.act(w, now)

    def _others(self, w: World, now: datetime) -> None:
        for duty in sorted(w.open_duties(), key=lambda d: d.due):
            if duty.counted or duty.kind == "import_receipt" or max(duty.opens, duty.due - self.others.lead) > now:
                continue
            if duty.kind == "submit":
                w.submit(duty.process, int(duty.scope[1:]), now)
            else:
                w.complete(duty.key, now)


@pytest.mark.clause("規§6.2", "規§6.4")
def test_an_upheld_report_asks_for_another_version_and_its_own_window() -> None:
    w = submission()
    at = taipei("2027-04-20 10:00")
    w.report(SUBMISSION, ReportState("r1", 1, at, True))
    w.report(SUBMISSION, ReportState("r1", 1, at, True, "upheld", taipei("2027-04-21 10:00")))
    trace = rehearse_from(w, taipei("2027-04-21 10:00"))
    assert steps_done([m for m in trace if m.process == SUBMISSION], "generate", "publish", "deem", "closed") == [
        ("2027-03-15 08:00", f"{SUBMISSION}@1|generate"),
        ("2027-04-19 08:00", f"{SUBMISSION}@1|publish"),
        ("2027-04-24 00:00", f"{SUBMISSION}@1|deem"),
        ("2027-04-24 00:00", f"{SUBMISSION}@2|generate"),
        _found(trace, "@2|publish"),
        _found(trace, "@2|deem"),
        _found(trace, f"{SUBMISSION}|closed"),
    ]


def _found(trace: list[Moment], ending: str) -> tuple[str, str]:
    m = next(m for m in trace if m.key.rsplit("|", 1)[0].endswith(ending))
    return local_text(m.at), m.key.rsplit("|", 1)[0]


def rehearse_from(w: World, now: datetime) -> list[Moment]:
    """Go on from an instant with everyone on time."""
    people = EveryoneOnTime()
    at: datetime | None = now
    while at is not None:
        w.settle(at)
        people.act(w, at)
        w.settle(at)
        at = min((x for x in (w.next_instant(at), people.next(w, at)) if x is not None), default=None)
    return w.trace


@pytest.mark.clause("規§6.2")
def test_a_report_is_due_after_three_calendar_days_the_last_open_to_its_end() -> None:
    w = submission()
    w.report(SUBMISSION, ReportState("r1", 1, taipei("2027-04-20 10:00"), True))
    duty = duties_of(w.processes[SUBMISSION])[f"{SUBMISSION}#verify_report#r1"]
    assert local_text(duty.due) == "2027-04-24 00:00"


def test_a_process_with_an_unanswered_report_is_not_over() -> None:
    w = world()
    rehearse(w, EveryoneOnTime())
    late = ReportState("r9", 1, taipei("2027-11-10 10:00"), objection=False)
    w.report(SUBMISSION, late)
    assert next_instant(w.processes[SUBMISSION], w.plan_of(SUBMISSION), taipei("2027-11-10 10:00")) is not None


moments = st.integers(0, 460).map(lambda d: taipei("2026-08-01 12:00") + d * DAY)


@settings(max_examples=60, deadline=None)
@given(stops=st.lists(moments, min_size=1, max_size=8, unique=True))
def test_however_often_the_plan_is_asked_no_key_comes_twice(stops: list[datetime]) -> None:
    w = world()
    for at in sorted(stops):
        w.settle(at)
    keys = [m.key for m in w.trace]
    assert len(keys) == len(set(keys))


@settings(max_examples=60, deadline=None)
@given(stops=st.lists(moments, min_size=1, max_size=6, unique=True), shift=st.integers(-25, 40))
def test_no_rung_is_sent_for_a_deadline_that_no_longer_holds(stops: list[datetime], shift: int) -> None:
    w = moved(shift)
    due = duties_of(w.processes[SEMESTER])[ENTRY].due
    after = [at for at in sorted(stops) if at > taipei("2026-10-29 10:00")]
    before = len(w.trace)
    for at in after:
        w.settle(at)
    sent = [m for m in w.trace[before:] if m.key.startswith(f"{ENTRY}|rung") and m.outcome == "done"]
    assert all(m.key.endswith(key_text(due)) for m in sent)


@settings(max_examples=40, deadline=None)
@given(stops=st.lists(moments, min_size=1, max_size=5, unique=True))
def test_rungs_and_steps_never_come_before_their_instant(stops: list[datetime]) -> None:
    w = world()
    for at in sorted(stops):
        w.settle(at)
    assert all(m.planned <= m.at for m in w.trace)


def test_steps_come_in_the_order_of_their_instants() -> None:
    s = semester()
    found = due_steps(s, plan(s), taipei("2027-03-31 00:00"))
    assert [x.at for x in found] == sorted(x.at for x in found)


def test_a_completed_duty_is_left_out_of_the_plan_and_a_returned_one_comes_back() -> None:
    s = semester()
    done = replace(s, duties={ENTRY: DutyState(taipei("2026-09-10 09:00"))})
    assert [r for r in plan(done).rungs if r.duty.key == ENTRY] == []
    returned = replace(s, duties={ENTRY: DutyState(None)})
    assert plan(returned).rungs == plan(s).rungs


def test_every_round_has_one_key_an_instant() -> None:
    assert round_key(SEMESTER, taipei("2026-10-28 08:00")) == f"{SEMESTER}|round|2026-10-28T00:00Z"


def test_a_rung_falls_on_a_working_day_at_its_time_of_day() -> None:
    s = semester()
    days = s.basis.days
    for r in plan(s).rungs:
        assert days.works(taipei_day(r.at))
        assert local_text(r.at).endswith("08:00")


def test_a_rule_set_whose_names_do_not_exist_is_refused() -> None:
    with pytest.raises(ValueError, match="'nobody' is not defined"):
        rule_set(stuck_post="nobody")


@pytest.mark.clause("規§4.1")
def test_a_window_is_opened_by_the_process_that_its_rule_names_and_for_lanes_that_have_people() -> None:
    dates = calendar()
    astray = next(w for w in dates.windows if w.kind == "selection").model_copy(update={"period": "115-1"})
    moved = dates.model_copy(update={"windows": (*dates.windows, astray)})
    s = replace(semester(), bases=(basis(dates=moved),))
    assert {x.kind for x in s.rules.windows if x.process is Kind.SCHOOL_YEAR} >= {"selection"}
    assert plan(s).steps == plan(semester()).steps
    empty = replace(s, structure=replace(s.structure, lanes=frozenset()))
    assert not [x for x in plan(empty).steps if x.kind in ("open", "close")]
