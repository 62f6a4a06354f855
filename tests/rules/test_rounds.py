"""Which rungs are sent together, which are skipped, what waits for its next try, and when a process is over."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any

import pytest

from rules.duties import duties_of
from rules.ids import step_key
from rules.instants import DAY
from rules.plan import (
    DERIVED_FROM,
    Plan,
    PlannedRung,
    due_round,
    due_steps,
    handled,
    is_over,
    next_instant,
    plan,
    replan,
    round_key,
    rungs_of,
)
from rules.plans.step import Step
from rules.ruleset import Kind
from rules.schedule import Closure, working_days
from rules.snapshot import DutyState, ExtensionState, HandoverState, ReportState, Snapshot, StuckState, VersionState
from tests.rules.builders import taipei
from tests.rules.test_plan import ENTRY, SEMESTER, semester

MINUTE = timedelta(minutes=1)
FIRST, SECOND = taipei("2026-10-28 08:00"), taipei("2026-10-30 08:00")
NAMES = [(r.key, r.at) for r in plan(semester()).rungs if r.duty.key == ENTRY]


def only_entry(s: Snapshot) -> tuple[Snapshot, Plan]:
    """The plan with the rungs of one duty and no steps."""
    p = plan(s)
    return s, Plan((), tuple(r for r in p.rungs if r.duty.key == ENTRY), p.duties)


def told(s: Snapshot, p: Plan, now: datetime) -> tuple[list[int], list[int]] | None:
    """Offsets sent and skipped in a round."""
    found = due_round(s, p, now)
    return None if found is None else ([r.rung.offset for r in found.send], [r.rung.offset for r in found.skip])


@pytest.mark.clause("規§5.3.2")
def test_a_round_comes_at_its_instant_and_not_before_and_holds_every_instant_gone_by() -> None:
    s, p = only_entry(semester())
    assert told(s, p, FIRST - MINUTE) is None
    assert told(s, p, FIRST) == ([-2], [])
    found = due_round(s, p, SECOND)
    assert found is not None
    assert (told(s, p, SECOND), found.key) == (([0], [-2]), round_key(SEMESTER, SECOND))
    assert found.keys == ((round_key(SEMESTER, FIRST), FIRST), (round_key(SEMESTER, SECOND), SECOND))


@pytest.mark.clause("規§5.3.2")
def test_what_was_recorded_comes_no_more_whether_the_rung_or_its_round() -> None:
    s, p = only_entry(semester())
    rung, held = p.rungs[0].key, round_key(SEMESTER, FIRST)
    for done in ({rung}, {held}):
        assert told(replace(s, done=frozenset(done)), p, FIRST) is None
        assert told(replace(s, done=frozenset(done)), p, SECOND) == ([0], [])


@pytest.mark.clause("規§5.3.2")
def test_a_round_in_which_nothing_is_owed_any_more_is_held_with_nobody_in_it() -> None:
    s, p = only_entry(semester())
    done = replace(s, duties={ENTRY: DutyState(done_at=FIRST)})
    found = due_round(done, p, FIRST)
    assert found is not None
    assert (found.send, found.skip, found.keys) == ((), (), ((round_key(SEMESTER, FIRST), FIRST),))


@pytest.mark.clause("規§4.2")
def test_a_rung_dated_before_the_change_that_planned_it_is_skipped_without_a_round() -> None:
    s, p = only_entry(semester())
    late = tuple(replace(r, since=SECOND) for r in p.rungs)
    assert [r.skipped for r in late[:2]] == [True, False]
    found = due_round(s, Plan((), late, p.duties), FIRST)
    assert found is not None
    assert (found.keys, found.send, [r.rung.offset for r in found.skip]) == ((), (), [-2])
    assert found.key == round_key(SEMESTER, FIRST)


@pytest.mark.clause("規§4.1", "規§5.3.2")
def test_a_rung_that_a_closed_day_put_elsewhere_stands_since_the_version_that_closed_it() -> None:
    s = semester()
    first = s.basis
    shut = first.calendar.model_copy(update={"closures": (Closure(day=date(2026, 10, 28), title="颱風"),)})
    days = working_days(first.national, shut)
    second = replace(first, calendar=shut, days=days, since=taipei("2026-10-12 10:00"))
    third = replace(second, since=taipei("2026-10-13 10:00"))
    later = replace(s, bases=(first, second, third))
    rungs = {r.rung.offset: r for r in plan(later).rungs if r.duty.key == ENTRY}
    assert (rungs[-2].at, rungs[-2].since) == (taipei("2026-10-27 08:00"), second.since)
    assert (rungs[0].at, rungs[0].since) == (SECOND, first.since)
    # A version that leaves the days alone, before or after it, moves nothing.
    other = replace(s, bases=(first, replace(first, since=second.since), replace(second, since=third.since)))
    assert {r.rung.offset: r.since for r in plan(other).rungs if r.duty.key == ENTRY}[-2] == third.since


@pytest.mark.clause("規§5.0")
def test_a_round_or_step_that_kept_failing_waits_until_its_next_try() -> None:
    s, p = only_entry(semester())
    again = FIRST + DAY
    held = replace(s, stuck={round_key(SEMESTER, FIRST): StuckState(FIRST, again)})
    assert told(held, p, again - MINUTE) is None
    assert told(held, p, again) == ([-2], [])
    assert next_instant(held, p, FIRST) == again
    step = Step("a|x", "close", FIRST, "x", "x", "")
    one = Plan((step,), (), {})
    stuck = replace(s, stuck={"a|x": StuckState(FIRST, again)})
    assert [due_steps(x, one, at) for x, at in ((s, FIRST - MINUTE), (s, FIRST), (stuck, FIRST), (stuck, again))] == [
        [], [step], [], [step],
    ]  # fmt: skip
    assert due_steps(replace(s, done=frozenset({"a|x"})), one, FIRST) == []


def test_the_next_instant_is_the_nearest_step_rung_or_try_ahead_that_is_not_done() -> None:
    s, p = only_entry(semester())
    assert [next_instant(s, p, at) for at in (FIRST - MINUTE, FIRST)] == [FIRST, SECOND]
    done = replace(s, done=frozenset({p.rungs[0].key}))
    assert next_instant(done, p, FIRST - MINUTE) == SECOND
    step = Step("a|x", "close", FIRST + MINUTE, "x", "x", "")
    with_step = Plan((step,), p.rungs, p.duties)
    assert [next_instant(s, with_step, at) for at in (FIRST, FIRST + MINUTE)] == [FIRST + MINUTE, SECOND]
    assert next_instant(replace(s, done=frozenset({"a|x"})), with_step, FIRST) == SECOND
    assert next_instant(s, p, p.rungs[-1].at) is None
    tried = replace(s, stuck={"b": StuckState(FIRST, FIRST)})
    assert next_instant(tried, p, p.rungs[-1].at) is None


def test_what_was_handled_is_left_out_of_a_walk_that_never_goes_back() -> None:
    _, p = only_entry(semester())
    assert handled(p, FIRST - MINUTE) == p
    assert handled(p, FIRST) == Plan(p.steps, p.rungs[1:], p.duties)
    assert handled(p, p.rungs[-1].at).rungs == ()


def test_rungs_of_one_duty_are_those_of_its_ladder_in_the_plan_too() -> None:
    s, p = only_entry(semester())
    duty = duties_of(s)[ENTRY]
    assert tuple(rungs_of(s, duty)) == p.rungs
    assert [(r.key, r.escalates) for r in p.rungs] == [
        (step_key(ENTRY, f"rung{n:+d}", duty.due), n > 0) for n in (-2, 0, 1, 2, 4, 5)
    ]


@pytest.mark.clause("規§6.2")
def test_a_process_is_over_once_it_closed_and_nothing_is_asked_or_due() -> None:
    s = semester()
    nothing = Plan((), (), {})
    closed = replace(s, done=frozenset({f"{SEMESTER}|closed|2027-01-01T00:00Z"}))
    assert [is_over(x, nothing, FIRST) for x in (s, closed)] == [False, True]
    other = replace(s, done=frozenset({f"{SEMESTER}x|closed|2027-01-01T00:00Z"}))
    assert not is_over(other, nothing, FIRST)
    report = ReportState("r", 1, FIRST, True)
    answered = replace(report, outcome="upheld", answered_at=FIRST)
    assert [is_over(replace(closed, reports=(r,)), nothing, FIRST) for r in (report, answered)] == [False, True]
    step = Plan((Step("a|x", "close", FIRST, "x", "x", ""),), (), {})
    assert [is_over(closed, step, at) for at in (FIRST - MINUTE, FIRST)] == [True, False]


# -- a plan that is taken over ---------------------------------------------------------------------


def trimmed(s: Snapshot) -> Plan:
    """A plan without its first rung, so that one can tell whether it was taken over."""
    return handled(plan(s), plan(s).rungs[0].at)


def test_a_plan_is_taken_over_while_only_facts_about_other_duties_came() -> None:
    s = semester()
    known = trimmed(s)
    same = replace(s, done=frozenset({"x"}), pending={"x": 1}, children={"x": None})
    assert replan(same, known, s).rungs == known.rungs
    assert replan(same, known, s).duties is known.duties
    other = replace(s, duties={f"{SEMESTER}#other": DutyState(done_at=FIRST)})
    assert replan(other, known, s).rungs == known.rungs
    mine = replace(s, duties={ENTRY: DutyState(done_at=FIRST)})
    assert replan(mine, known, s).rungs == tuple(r for r in known.rungs if r.duty.key != ENTRY)
    assert replan(replace(mine, duties=dict(mine.duties)), trimmed(mine), mine).rungs == trimmed(mine).rungs


def replaced(s: Snapshot) -> dict[str, Any]:
    """Another value for each part that duties are derived from, most of them equal to the one before."""
    return {
        "kind": Kind.SCHOOL_YEAR,
        "params": dict(s.params),
        "bases": (replace(s.basis),),
        "structure": replace(s.structure),
        "extensions": (ExtensionState("115-2", "entry", frozenset(), FIRST),),
        "stuck": dict(s.stuck),
        "versions": (VersionState(1, FIRST),),
        "reports": (ReportState("r", 1, FIRST, True),),
        "handover": HandoverState("it_section", FIRST, FIRST),
        "started_at": s.started_at + MINUTE,
    }


def test_a_plan_is_made_anew_when_something_was_replaced_that_duties_come_from() -> None:
    s = semester()
    assert set(replaced(s)) == set(DERIVED_FROM)
    for name, value in replaced(s).items():
        new = replace(s, **{name: value})
        assert replan(new, trimmed(s), s).rungs == plan(new).rungs != trimmed(s).rungs, name


def test_a_rung_is_known_by_its_key() -> None:
    assert NAMES[0] == (f"{ENTRY}|rung-2|2026-10-30T09:00Z", FIRST)
    assert isinstance(plan(semester()).rungs[0], PlannedRung)
