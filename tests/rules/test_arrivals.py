"""How people behave in a rehearsal: what arrives when, what is certified when, when a duty is done. 規§5.3.2, 規§6.3"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from rules.duties import GATES, Duty
from rules.instants import local_text
from rules.rehearsal import EveryoneOnTime, World, rehearse
from rules.rehearsals.arrivals import Behaviour, People, people
from rules.rehearsals.data import Assumptions
from rules.rehearsals.planned import in_order
from rules.schedule import Calendar
from rules.snapshot import Structure, VersionState
from tests.rules.builders import basis, calendar, structure, taipei, world
from tests.rules.test_rehearsal import assumed, curve

START = taipei("2026-08-01 00:00")
HOUR = timedelta(hours=1)
SUBMISSION = "submission/999999/115-1/g10_11/enrolment"
ONE, TWO = "115-1/101/01", "115-1/101/02"
Told = list[tuple[str, str, dict[str, int]]]


def with_curves(**curves: list[tuple[int, float]]) -> Assumptions:
    """The assumptions with other curves, of (working days before, share)."""
    known = {c.of: c for c in assumed().curves}
    new = {of: type(known["uploads"]).model_validate(curve(of, *points)) for of, points in curves.items()}
    return assumed().model_copy(update={"curves": tuple((known | new).values())})


def told(
    how: Behaviour, given: Assumptions | None = None, sizes: dict[str, int] | None = None, dates: Calendar | None = None,
    school: Structure | None = None,
) -> Told:  # fmt: skip
    """What arrives and is certified when, of the first semester."""
    made = people(
        how, basis(dates=dates), school or structure(), given or assumed(), {"101": 30} if sizes is None else sizes
    )
    return [(local_text(at), semester, counts) for at, semester, counts in made.events if semester == "115-1"]


@pytest.mark.clause("規§5.3.2")
def test_where_everyone_is_on_time_all_arrives_at_once_and_is_certified_an_hour_before_it_is_due() -> None:
    assert told("on-time") == [
        ("2026-08-31 08:00", "115-1", {ONE: 30, TWO: 30}),
        ("2027-02-19 16:00", "115-1", {ONE: 0, TWO: 0}),
    ]
    assert told("nobody") == told("on-time")[:1]


@pytest.mark.clause("規§5.3.2")
def test_on_a_curve_each_course_owes_what_came_less_what_was_certified() -> None:
    # Half of the uploads ten working days before 3 February, all on it; certified: half three days before 19 February.
    assert told("arrivals") == [
        ("2027-01-20 16:00", "115-1", {ONE: 15, TWO: 15}),
        ("2027-02-03 16:00", "115-1", {ONE: 30, TWO: 30}),
        ("2027-02-16 16:00", "115-1", {ONE: 15, TWO: 15}),
        ("2027-02-19 16:00", "115-1", {ONE: 0, TWO: 0}),
    ]


@pytest.mark.clause("規§5.3.2")
def test_nothing_comes_before_its_window_opens_and_nothing_is_certified_before_it_came() -> None:
    early = with_curves(uploads=[(120, 0.5), (0, 1.0)], certifications=[(125, 0.9), (0, 1.0)])
    first, *later = told("arrivals", early)
    # Both curves begin before the windows do: on the first morning half came, and no course owes less than nothing.
    assert first == ("2027-02-03 16:00", "115-1", {ONE: 3, TWO: 3})
    assert later == [("2027-02-19 16:00", "115-1", {ONE: 0, TWO: 0})]


@pytest.mark.clause("規§5.3.2")
def test_only_courses_whose_count_changed_are_told_and_half_an_outcome_is_none() -> None:
    school = structure()
    school = replace(
        school,
        courses=tuple(replace(c, class_="102") if c.id == TWO else c for c in school.courses),
        classes={"101": "g10_11", "102": "g10_11"},
    )
    steps = with_curves(uploads=[(10, 0.1), (9, 0.2), (0, 1.0)], certifications=[(0, 1.0)])
    assert told("arrivals", steps, {"101": 30, "102": 4}, school=school) == [
        ("2027-01-20 16:00", "115-1", {ONE: 3}),
        ("2027-01-21 16:00", "115-1", {ONE: 6, TWO: 1}),
        ("2027-02-03 16:00", "115-1", {ONE: 30, TWO: 4}),
        ("2027-02-19 16:00", "115-1", {ONE: 0, TWO: 0}),
    ]


@pytest.mark.clause("規§5.3.2")
def test_without_class_sizes_each_course_expects_one_outcome_and_never_less() -> None:
    assert told("nobody", sizes={})[0][2] == {ONE: 1, TWO: 1}
    few = assumed().model_copy(update={"outcomes_per_student_and_course": 0.01})
    assert told("nobody", few)[0][2] == {ONE: 1, TWO: 1}
    many = assumed().model_copy(update={"outcomes_per_student_and_course": 1.55})
    assert told("nobody", many, {})[0][2] == {ONE: 2, TWO: 2}
    assert told("nobody", many, {"101": 10})[0][2] == {ONE: 16, TWO: 16}


@pytest.mark.clause("規§5.3.2")
@pytest.mark.parametrize("kind", ["outcome_upload", "certification"])
def test_nothing_arrives_in_a_semester_without_both_windows_or_in_a_lane_without_courses(kind: str) -> None:
    whole = calendar()
    lacking = tuple(w for w in whole.windows if (w.period, w.kind) != ("115-1", kind))
    assert told("on-time", dates=whole.model_copy(update={"windows": lacking})) == []
    assert told("on-time", school=Structure((), {"101": "g10_11"}, frozenset({"g10_11"}))) == []


@pytest.mark.clause("規§5.3.2")
def test_what_happens_is_told_in_the_order_of_its_instants() -> None:
    for how in ("on-time", "arrivals"):
        made = people(how, basis(), structure(), assumed(), {}).events
        assert {semester for _, semester, _ in made} == {"115-1", "115-2"}
        assert [at for at, _, _ in made] == sorted(at for at, _, _ in made)


def duty(kind: str = "briefing", opens: str = "2026-09-01 08:00", due: str = "2026-10-30 17:00", key: str = "") -> Duty:
    """A duty of the school."""
    return Duty(
        key or f"p#{kind}", kind, "p", "v1", None, "it_section", kind, taipei(opens), taipei(due), "office", "規§5.0", START
    )  # fmt: skip


@pytest.mark.clause("規§4.1")
def test_a_duty_is_done_an_hour_early_never_or_on_the_day_on_which_half_of_them_are() -> None:
    def when(how: Behaviour, of: Duty, given: Assumptions | None = None) -> str | None:
        found = People(how, basis(), given or assumed()).when(of)
        return None if found is None else local_text(found)

    late = duty(opens="2026-10-30 16:30")
    assert when("nobody", duty()) is None
    assert (when("on-time", duty()), when("on-time", late)) == ("2026-10-30 16:00", "2026-10-30 16:30")
    # Nine in ten are done a working day before: the afternoon of that day is when half of them are.
    assert (when("arrivals", duty()), when("arrivals", late)) == ("2026-10-29 16:00", "2026-10-30 16:30")
    assert when("arrivals", duty(), with_curves(duties=[(2, 0.49), (-1, 0.5)])) == "2026-11-02 16:00"
    assert when("arrivals", duty(), with_curves(duties=[(2, 0.49)])) is None


@pytest.mark.clause("規§6.3.1")
def test_duties_of_one_instant_are_done_in_the_order_of_their_gates_and_others_before_them() -> None:
    gates = [duty(kind, key=f"p#{len(GATES) - n}") for n, kind in enumerate(GATES)]
    first, last = duty("briefing", due="2026-10-30 16:59"), duty("briefing", due="2026-10-30 17:01")
    other = duty("briefing", key="p#z")
    assert in_order([last, *reversed(gates), other, first]) == [first, other, *gates, last]
    twins = [duty("briefing", key=f"p#{n}") for n in "ab"]
    assert in_order(reversed(twins)) == twins


def owing(*kinds: str, opens: str = "2027-03-15 08:00", due: str = "2027-03-20 17:00") -> list[Duty]:
    """Gates of one roster version that are all owed."""
    return [duty(kind, opens, due) for kind in kinds]


class Owes(World):
    """A world in which these duties are owed, and that notes what is done."""

    def __init__(self, *owed: Duty) -> None:
        super().__init__("999999", "115", None, structure())
        self.duties, self.done = list(owed), list[str]()

    def owed(self):  # type: ignore[no-untyped-def]
        """The duties that nobody did yet."""
        return iter([d for d in self.duties if d.key not in self.done])

    def do(self, duty: Duty, at: datetime) -> None:
        """Note it."""
        self.done.append(duty.key)


def done_by(at: str, *owed: Duty, how: Behaviour = "on-time") -> list[str]:
    """Which of these duties are done by an instant."""
    w = Owes(*owed)
    People(how, basis(), assumed()).act(w, taipei(at))
    return w.done


@pytest.mark.clause("規§6.3.1")
def test_a_gate_waits_for_every_gate_in_front_of_it_of_the_same_version() -> None:
    check, approve = owing("self_check", "approve")
    slow = replace(check, due=approve.due + HOUR)
    at = "2027-03-20 16:00"
    assert done_by(at, check, approve) == [check.key, approve.key]
    assert done_by(at, slow, approve) == []
    assert done_by("2027-03-20 17:00", slow, approve) == [approve.key, slow.key], (
        "both have come: the earlier is due first"
    )
    # What stands behind it, another version and another roster hold nothing up, nor does another kind of duty.
    assert done_by(at, replace(owing("submit")[0], due=slow.due), approve) == [approve.key]
    for other in (replace(slow, scope="v2"), replace(slow, process="q"), replace(slow, kind="briefing")):
        assert done_by(at, other, approve) == [approve.key]
    assert done_by(at, slow, replace(approve, kind="briefing")) == [approve.key]
    assert done_by("2027-03-20 15:59", check) == []
    assert done_by(at, check, how="nobody") == []


@pytest.mark.clause("規§4.1")
def test_people_are_asked_next_when_something_arrives_or_a_duty_is_to_be_done() -> None:
    p = People(
        "on-time",
        basis(),
        assumed(),
        [(taipei("2026-09-05 08:00"), "115-1", {}), (taipei("2026-12-01 08:00"), "115-1", {})],
    )
    assert p.next(Owes(duty()), START) == taipei("2026-09-05 08:00")
    p.told = 1
    assert p.next(Owes(duty()), START) == taipei("2026-10-30 16:00")
    assert p.next(Owes(duty()), taipei("2026-10-30 16:00")) == taipei("2026-12-01 08:00")
    p.told = 2
    assert p.next(Owes(duty()), taipei("2026-10-30 16:00")) is None
    assert People("nobody", basis(), assumed()).next(Owes(duty()), START) is None


@pytest.mark.clause("規§5.3.2")
def test_what_arrived_by_now_is_owed_and_what_comes_later_is_not() -> None:
    w = world()
    w.settle(START)
    p = people("arrivals", basis(), structure(), assumed(), {"101": 30})
    seen = []
    for at in ("2027-01-20 15:59", "2027-01-20 16:00", "2027-02-03 15:59", "2027-02-16 16:00"):
        p.act(w, taipei(at))
        seen.append((w.processes["semester/999999/115-1"].pending.get(ONE), p.told))
    assert seen == [(None, 0), (15, 1), (15, 1), (15, 3)]
    assert w.owing[:2] == [(taipei("2027-01-20 16:00"), ONE, 15), (taipei("2027-01-20 16:00"), TWO, 15)]


@pytest.mark.clause("規§4.1", "規§6.3.1")
def test_work_that_a_step_makes_is_done_at_the_instant_of_that_step_by_who_acts_at_once() -> None:
    w = world()
    rehearse(w, EveryoneOnTime(lead=timedelta(days=400)))
    assert {a.duty.kind for a in w.acts} >= set(GATES)
    assert [(a.duty.key, a.at) for a in w.acts if a.at != a.duty.opens and a.duty.kind != "confirm_receipts"] == []
    settled = {v.settled_at for s in w.processes.values() for v in s.versions}
    assert {a.at for a in w.acts if a.duty.kind == "confirm_receipts"} == settled


@pytest.mark.clause("規§6.1", "規§6.2")
def test_a_version_keeps_the_instant_of_everything_that_happened_to_it() -> None:
    w = world()
    w.silent[SUBMISSION, 1] = 2
    rehearse(w, EveryoneOnTime(), until=taipei("2027-04-25 00:00"))
    assert w.processes[SUBMISSION].versions == (
        VersionState(
            version=1,
            generated_at=taipei("2027-03-15 08:00"),
            submitted_at=taipei("2027-04-07 16:00"),
            receipt_at=taipei("2027-04-16 07:00"),
            published_at=taipei("2027-04-19 08:00"),
            closes_at=taipei("2027-04-24 00:00"),
            settled_at=taipei("2027-04-24 00:00"),
            unnoticed=2,
        ),
    )
