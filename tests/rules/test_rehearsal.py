"""The rehearsal: who is told, who is missing, who has too much, what holds the term, under each assumption."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rules.duties import duties_of, is_open
from rules.instants import local_text
from rules.plan import plan, replan
from rules.posts import Away, Holding
from rules.rehearsal import EveryoneOnTime, NobodyActs, rehearse
from rules.rehearsals.arrivals import BEHAVIOURS, Behaviour
from rules.rehearsals.data import Assumptions, Curve
from rules.rehearsals.report import Rehearsed, rehearse_year
from rules.rehearsals.school import School
from rules.rehearsals.staffing import Staffing
from rules.snapshot import DutyState
from tests.rules.builders import SCHOOL, basis, calendar, rule_set, structure, taipei, world

START = taipei("2026-08-01 00:00")
POSTS = (
    "academic_affairs_director",
    "registration_section",
    "instruction_section",
    "counselling_director",
    "principal",
)


def curve(of: str, *points: tuple[int, float]) -> dict[str, object]:
    return {"of": of, "points": [{"before": b, "share": s} for b, s in points], "source": "test"}


def assumed(**limits: int) -> Assumptions:
    given_ = {"notices_a_day": 99, "duties_due_a_day": 99, "certifications_a_day": 99} | limits
    return Assumptions.model_validate(
        {
            "id": "test",
            "outcomes_per_student_and_course": 1.0,
            "source": "test",
            "limits": given_ | {"source": "test"},
            "curves": [
                curve("uploads", (10, 0.5), (0, 1.0)),
                curve("certifications", (3, 0.5), (0, 1.0)),
                curve("duties", (1, 0.9), (0, 1.0)),
            ],
        }
    )


def school(*away: Away) -> School:
    """Every post has a holder and one deputy; courses are taught by one teacher each."""
    holdings = {p: [Holding(p, 0, START), Holding(f"{p}/deputy", 1, START)] for p in POSTS}
    made = structure()
    holdings |= {c.post: [Holding(f"teacher {c.id[-2:]}", 0, START)] for c in made.courses}
    absences: dict[str, list[Away]] = {}
    for a in away:
        absences.setdefault(a.person or "", []).append(a)
    return School(made, Staffing(holdings, absences), {"g10_11": 30}, {"101": 30})


def year(how: Behaviour = "on-time", *away: Away, **limits: int) -> Rehearsed:
    return rehearse_year(SCHOOL, basis(), school(*away), assumed(**limits), how)


def away(person: str, opens: str, closes: str) -> Away:
    return Away(person, taipei(opens), taipei(closes))


def told(r: Rehearsed, duty: str) -> list[tuple[str, str | None, str]]:
    return [
        (local_text(x.at), a.person, a.how) for x in r.lines if duty in x.duty and x.offset is not None for a in x.to
    ]


@pytest.mark.clause("規§10.1.2")
def test_a_reminder_reaches_the_deputy_while_the_holder_is_away() -> None:
    r = year("on-time", away("registration_section", "2026-10-29 00:00", "2026-11-01 00:00"))
    assert told(r, "enrolment_entry")[:2] == [
        ("2026-10-28 08:00", "registration_section", "holder"),
        ("2026-10-30 08:00", "registration_section/deputy", "first_deputy"),
    ]
    handed = [
        (local_text(x.at), x.to[0].person) for x in r.lines if x.kind == "handoff" and x.key.startswith("registration")
    ]
    assert ("2026-10-29 00:00", "registration_section/deputy") in handed


@pytest.mark.clause("規§10.1.2")
def test_days_on_which_the_deputies_reach_nobody_are_named_and_the_secretary_is_told() -> None:
    gone = [
        away(p, "2026-10-29 00:00", "2026-10-31 00:00") for p in ("registration_section", "registration_section/deputy")
    ]
    r = year("nobody", *gone)
    assert [(g.post, g.first, g.last, g.vacant) for g in r.gaps] == [
        ("registration_section", date(2026, 10, 29), date(2026, 10, 30), False)
    ]
    assert ("2026-10-30 08:00", "counselling_director", "nobody") in told(r, "enrolment_entry")


def test_with_everybody_there_no_day_is_uncovered() -> None:
    assert year("nobody").gaps == ()


@pytest.mark.clause("規§5.3.2")
def test_teachers_hear_how_many_outcomes_are_still_to_certify() -> None:
    lines = [x for x in year("arrivals").lines if "#certification#" in x.duty]
    assert {x.offset: x.count for x in lines if x.process.endswith("115-1") and x.duty.endswith("01")} == {
        -3: 30,
        0: 15,
    }


@pytest.mark.clause("規§5.3.2")
def test_a_teacher_with_too_many_outcomes_left_for_the_days_left_is_overloaded() -> None:
    quiet, busy = year("on-time"), year("on-time", certifications_a_day=29)
    assert quiet.overloads == ()
    assert {(o.day, o.what, o.count, o.limit) for o in busy.overloads if o.day.month == 2} == {
        (date(2027, 2, 19), "certifications", 30, 29)
    }


@pytest.mark.clause("規§6.1")
def test_the_critical_path_is_the_stage_with_the_fewest_working_days_left() -> None:
    yearly = next(p for p in year().paths if p.period == "115")
    assert (yearly.tightest.kind, yearly.float_days) == ("yearly_submission", 2)
    assert {x.kind: x.float_days for x in yearly.stages if x.kind in ("selection", "diverse_upload")} == {
        "selection": 5,
        "diverse_upload": 25,
    }
    dates = calendar()
    later = [
        w.model_copy(update={"due": w.due + timedelta(days=6), "closes": w.closes + timedelta(days=6)})
        if w.kind == "selection"
        else w
        for w in dates.windows
    ]
    moved = rehearse_year(
        SCHOOL, basis(dates=dates.model_copy(update={"windows": tuple(later)})), school(), assumed(), "on-time"
    )
    after = next(p for p in moved.paths if p.period == "115")
    assert (after.tightest.kind, after.float_days) == ("selection", 1)


@pytest.mark.parametrize("how", BEHAVIOURS)
def test_the_script_holds_every_step_and_rung_of_the_trace(how: Behaviour) -> None:
    r = year(how)
    assert {m.key for m in r.world.trace if m.kind != "round"} <= {x.key for x in r.lines}
    assert all(x.to for x in r.lines if x.kind in ("reminder", "escalation") and x.outcome == "done")


@pytest.mark.clause("規§4.2")
def test_an_opening_is_told_to_every_student_of_the_lane() -> None:
    opened = next(x for x in year().lines if x.kind == "opening" and "outcome_upload" in x.key)
    assert (opened.to[0].how, opened.count) == ("group", 30)


def test_people_who_act_by_the_curve_never_pass_a_gate_before_the_one_in_front_of_it() -> None:
    acts = [a for a in year("arrivals").world.acts if a.duty.scope == "v1"]
    order = ["self_check", "precheck", "approve", "submit", "import_receipt"]
    for process in {a.duty.process for a in acts}:
        kinds = [a.duty.kind for a in acts if a.duty.process == process and a.duty.kind in order]
        assert kinds == order


shares = st.lists(st.floats(0, 1), min_size=1, max_size=6).map(sorted)


@given(shares=shares)
def test_a_curve_never_falls_and_says_when_a_share_is_reached(shares: list[float]) -> None:
    points = [{"before": len(shares) - n, "share": s} for n, s in enumerate(shares)]
    c = Curve.model_validate({"of": "uploads", "points": points, "source": "test"})
    reached = [c.reached(b) for b in range(len(shares) + 2, -2, -1)]
    assert reached == sorted(reached)
    for quantile in (0.1, 0.5, 1.0):
        before = c.when(quantile)
        assert (before is None) == (shares[-1] < quantile)
        assert before is None or c.reached(before) >= quantile > c.reached(before + 1)


def test_a_curve_that_falls_or_goes_back_or_holds_no_share_is_refused() -> None:
    for falling in (((5, 0.5), (1, 0.2)), ((5, 0.5), (5, 0.6)), ((4, 0.5), (5, 0.6))):
        with pytest.raises(ValueError, match="must not fall"):
            Curve.model_validate(curve("uploads", *falling))
    for share in (-0.01, 1.01):
        with pytest.raises(ValueError, match="share"):
            Curve.model_validate(curve("uploads", (5, share)))
    with pytest.raises(ValueError, match="points"):
        Curve.model_validate(curve("uploads"))
    assert [p.share for p in Curve.model_validate(curve("uploads", (5, 0), (-1, 1))).points] == [0, 1]
    with pytest.raises(ValueError, match="outcomes_per_student_and_course"):
        Assumptions.model_validate(assumed().model_dump() | {"outcomes_per_student_and_course": -0.1})
    assert Assumptions.model_validate(assumed().model_dump() | {"outcomes_per_student_and_course": 0})


@settings(max_examples=25, deadline=None)
@given(stops=st.lists(st.integers(0, 440), min_size=1, max_size=6), on_time=st.booleans())
def test_a_plan_taken_over_is_the_plan_made_anew(stops: list[int], on_time: bool) -> None:
    w = world()
    people = EveryoneOnTime() if on_time else NobodyActs()
    for days in sorted(stops):
        at = START + timedelta(days=days, hours=12)
        w.settle(at)
        people.act(w, at)
        for s in w.processes.values():
            fresh, kept = plan(s), w.plan_of(s.process)
            assert kept.steps == fresh.steps
            assert kept.duties == fresh.duties
            gone = {r.key for r in fresh.rungs} - {r.key for r in kept.rungs}
            assert all(r.at <= at for r in fresh.rungs if r.key in gone)
        assert {d.key for d in w.open_duties()} == {
            d.key for s in w.processes.values() for d in duties_of(s).values() if is_open(s, d)
        }


def test_a_returned_duty_gets_its_ladder_back() -> None:
    w = world()
    w.settle(START)
    s = next(s for s in w.processes.values() if s.process.endswith("115-1"))
    key = f"{s.process}#enrolment_entry"
    done = replace(s, duties={key: DutyState(START)})
    back = replace(done, duties={key: DutyState()})
    known = replan(done, plan(s), s)
    assert not [r for r in known.rungs if r.duty.key == key]
    assert replan(back, known, done).rungs == plan(s).rungs


def test_a_rehearsal_without_people_names_posts_and_misses_nobody() -> None:
    r = rehearse_year(SCHOOL, basis(rules=rule_set()), School(structure()), assumed(), "nobody")
    assert r.gaps == ()
    assert {a.how for x in r.lines if x.kind == "reminder" for a in x.to} == {"post"}


def test_two_rehearsals_give_the_same_trace() -> None:
    one, two = world(), world()
    assert rehearse(one, EveryoneOnTime()) == rehearse(two, EveryoneOnTime())
