"""What happens in the world of a rehearsal: decisions, reports, hand-overs, certifications owed. 規§6.2, 規§10.3."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

import pytest

from rules.duties import duties_of, is_open
from rules.instants import DAY
from rules.rehearsal import EveryoneOnTime, World, rehearse
from rules.ruleset import Kind
from rules.snapshot import HandoverState, ReportState, Snapshot, VersionState
from tests.rules.builders import basis, rule_set, taipei, world

START = taipei("2026-08-01 00:00")
AT = taipei("2027-05-03 10:00")


def begun() -> tuple[World, Snapshot]:
    """A year that has begun, and its first semester."""
    w = world()
    w.settle(START)
    return w, next(s for s in w.processes.values() if s.process.endswith("115-1"))


@pytest.mark.clause("規§6.2")
def test_a_decision_about_one_silent_student_leaves_the_others_to_decide() -> None:
    w, s = begun()
    w.processes[s.process] = replace(s, versions=(VersionState(1, START, unnoticed=2),))
    for left in (1, 0):
        w.decide(s.process, 1, AT)
        version = w.processes[s.process].versions[0]
        assert (version.unnoticed, version.decided_at) == (left, AT)


@pytest.mark.clause("規§6.2")
def test_reports_stand_in_the_order_of_their_ids_and_an_answer_takes_its_reports_place() -> None:
    w, s = begun()
    for id_ in ("b", "a", "c"):
        w.report(s.process, ReportState(id_, 1, AT, True))
    w.report(s.process, ReportState("b", 1, AT, True, "kept", AT + DAY))
    assert [(r.id, r.outcome) for r in w.processes[s.process].reports] == [("a", None), ("b", "kept"), ("c", None)]


@pytest.mark.clause("規§10.3.1")
def test_a_hand_over_runs_under_what_is_in_force_when_it_is_announced() -> None:
    w, s = begun()
    w.hand_over("handover/1", HandoverState("it_section", AT, AT + DAY), AT)
    made = w.processes["handover/1"]
    assert (made.kind, made.params, made.started_at) == (Kind.HANDOVER, {"post": "it_section"}, AT)
    assert (made.basis.rules, made.basis.calendar, made.basis.since) == (s.rules, s.calendar, AT)
    newer = replace(basis(rule_set(version=2)), since=AT)
    w.rebase(s.process, newer)
    w.hand_over("handover/2", HandoverState("it_section", AT, AT + DAY), AT)
    assert w.processes["handover/2"].basis.rules.version == 1, "that of the school year, whatever a semester runs under"


@pytest.mark.clause("規§5.3.2")
def test_a_certification_that_is_owed_is_an_open_duty_once_and_only_while_it_is_owed() -> None:
    w, s = begun()
    course = w.structure.courses[0].id

    def owed() -> list[str]:
        return sorted(d.key for d in w.open_duties())

    others = owed()
    assert others == sorted(d.key for p in w.processes.values() for d in duties_of(p).values() if is_open(p, d))
    w.owe(course, "115-1", 3)
    assert sorted(set(owed()) - set(others)) == [f"{s.process}#certification#{course}"]
    assert len(owed()) == len(others) + 1
    w.owe(course, "115-1", 0)
    assert owed() == others


@pytest.mark.clause("規§6.4")
def test_a_semester_closes_when_the_last_of_its_windows_and_rosters_has() -> None:
    w = world()
    moments: list[tuple[str, datetime]] = [(m.key, m.planned) for m in rehearse(w, EveryoneOnTime())]
    for s in w.processes.values():
        if s.kind in (Kind.SEMESTER, Kind.SCHOOL_YEAR):
            closed = [at for key, at in moments if key.startswith(f"{s.process}|closed|")]
            ends = [x for x in s.children.values() if x is not None]
            assert len(closed) == 1
            assert len(ends) == len(s.children)
            windows = [w_.closes for w_ in s.calendar.windows if w_.period == s.period]
            assert closed[0] >= max(ends), s.process
            assert closed[0] in {*ends, *windows}, s.process
