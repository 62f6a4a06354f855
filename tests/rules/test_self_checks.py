"""The checklist of a self-check: which lines hold the next gate closed, and how a rule set writes them."""

from __future__ import annotations

from dataclasses import replace

import pytest
from pydantic import ValidationError

from rules.duties import Duty, duties_of
from rules.rehearsal import World
from rules.ruleset import CheckLine, CycleStep, RuleSet
from rules.schedule import Calendar
from rules.self_checks import checkers_of, checklist_of, is_self_check, not_ok, readers_of
from rules.snapshot import Snapshot
from tests.rules.builders import calendar, rule_set, taipei, world

STEP = {"kind": "self_check", "title": "檢核", "title_en": "check", "owner": "owner", "ladder": "x", "clause": "規§4.2"}


def test_only_required_lines_hold_a_gate_closed() -> None:
    lines = (
        CheckLine(id="a", title="甲"),
        CheckLine(id="b", title="乙"),
        CheckLine(id="c", title="丙", required=False),
    )
    assert not_ok(lines, {}) == ["a", "b"]
    assert not_ok(lines, {"a": True, "b": False}) == ["b"]
    assert not_ok(lines, {"a": True, "b": True, "c": False}) == []


def test_a_line_written_as_a_text_has_its_number_as_id() -> None:
    step = CycleStep.model_validate(STEP | {"checklist": ["期程已公告", {"id": "own", "title": "本校項目"}]})
    assert [(x.id, x.title, x.required) for x in step.checklist] == [
        ("1", "期程已公告", True),
        ("own", "本校項目", True),
    ]


def test_a_line_that_stands_twice_is_refused() -> None:
    with pytest.raises(ValidationError, match="own stands twice"):
        CycleStep.model_validate(STEP | {"checklist": [{"id": "own", "title": "甲"}, {"id": "own", "title": "乙"}]})


# -- whose checklist, who checks, who reads --------------------------------------------------------

SEMESTER = "semester/999999/115-1"
SUBMISSION = "submission/999999/115-1/g10_11/enrolment"
LINES = ("甲", {"id": "own", "title": "乙"})
NAMED = {"opens": "2027-02-10 08:00", "closes": "2027-02-12 17:00", "checker": "principal"}


def checking(checker: str = "principal") -> World:
    """A school whose certification has a self-check of its own, and whose rosters are checked by whom the calendar names."""
    rules, dates = rule_set().model_dump(by_alias=True), calendar().model_dump()
    own = {
        "kind": "certification_self_check", "title": "x", "title_en": "x", "process": "semester", "per": "lane",
        "owner": "counselling_director", "due": {"window": "certification", "edge": "self_check"}, "ladder": "office",
        "clause": "規§4.2", "checklist": LINES,
    }  # fmt: skip
    first, *others = rules["cycle"]["steps"]
    rules["duties"] = [*rules["duties"], own]
    rules["cycle"]["steps"] = [first | {"checklist": ("丙",)}, *others]
    for w in dates["windows"]:
        if w["kind"] in ("certification", "semester_submission"):
            w["self_check"] = NAMED | {"checker": checker}
    return world(RuleSet.model_validate(rules), Calendar.model_validate(dates))


def duty_in(w: World, process: str, kind: str) -> tuple[Snapshot, Duty]:
    """A process of that world and its duty of a kind."""
    w.settle(taipei("2027-03-16 08:00"))
    s = w.processes[process]
    return s, next(d for d in duties_of(s).values() if d.kind == kind)


@pytest.mark.clause("規§4.2")
def test_a_roster_s_self_check_has_the_lines_of_its_step_and_another_those_of_its_duty() -> None:
    s, duty = duty_in(checking(), SUBMISSION, "self_check")
    assert [x.title for x in checklist_of(s, duty)] == ["丙"]
    assert checklist_of(s, replace(duty, kind="unknown_self_check")) == ()
    s, duty = duty_in(checking(), SEMESTER, "certification_self_check")
    assert [x.title for x in checklist_of(s, duty)] == ["甲", "乙"]
    assert checklist_of(s, replace(duty, kind="enrolment_entry")) == ()
    without = replace(
        s, bases=(replace(s.basis, rules=rule_set(cycle=s.rules.cycle.model_copy(update={"steps": ()}))),)
    )
    assert checklist_of(without, replace(duty, kind="self_check")) == ()


@pytest.mark.clause("規§4.2")
def test_only_a_self_check_is_done_by_recording_it() -> None:
    _, duty = duty_in(checking(), SUBMISSION, "self_check")
    assert is_self_check(duty)
    assert is_self_check(replace(duty, kind="certification_self_check"))
    assert not is_self_check(replace(duty, kind="precheck"))
    assert not is_self_check(replace(duty, kind="self_check_again"))


@pytest.mark.clause("規§4.2")
@pytest.mark.parametrize(
    ("process", "kind", "owner"),
    [
        (SUBMISSION, "self_check", "registration_section"),
        (SEMESTER, "certification_self_check", "counselling_director"),
    ],
)
def test_its_owner_checks_and_whom_the_calendar_names_each_once(process: str, kind: str, owner: str) -> None:
    assert checkers_of(*duty_in(checking(), process, kind)) == (owner, "principal")
    assert checkers_of(*duty_in(checking(owner), process, kind)) == (owner,)
    s, duty = duty_in(checking(), process, kind)
    windows = tuple(w.model_copy(update={"self_check": None}) for w in s.calendar.windows)
    for dates in (s.calendar.model_copy(update={"windows": windows}), s.calendar.model_copy(update={"windows": ()})):
        assert checkers_of(replace(s, bases=(replace(s.basis, calendar=dates),)), duty) == (owner,)


@pytest.mark.clause("規§4.2")
def test_a_duty_without_a_window_or_lane_is_checked_by_its_owner_alone() -> None:
    s, duty = duty_in(checking(), SEMESTER, "certification_self_check")
    assert checkers_of(s, replace(duty, lane=None)) == ("counselling_director",)
    assert checkers_of(s, replace(duty, lane="g12")) == ("counselling_director",)
    assert checkers_of(s, replace(duty, kind="briefing")) == ("counselling_director",)
    assert checkers_of(s, replace(duty, kind="unknown")) == ("counselling_director",)


@pytest.mark.clause("規§4.2")
def test_remarks_are_read_by_the_checkers_and_the_directors_of_their_offices() -> None:
    s, duty = duty_in(checking(), SUBMISSION, "self_check")
    assert readers_of(s, duty) == ("registration_section", "principal", "academic_affairs_director")
    assert readers_of(*duty_in(checking("counselling_director"), SEMESTER, "certification_self_check")) == (
        "counselling_director",
    )
