"""A rule set names only what it defines; every name that is not defined is told with its place. 規§2, 規§6.3"""

from __future__ import annotations

import copy
import re
from datetime import date
from typing import Any

import pytest
from pydantic import ValidationError

from rules.ruleset import CycleStep, Due, Ladder, NotDecided, Quota, RuleSet, WorkingGroup
from rules.schedule import Calendar, FileLimit, National
from rules.school_files import CadreLevel, Track
from rules.text import TextFault
from tests.rules.builders import calendar, rule_set


def changed(place: str, name: str) -> dict[str, Any]:
    """The small rule set as plain data with one name changed: `duties.0.owner`."""
    given = rule_set(
        imports=[{"file": "students", "posts": ["registration_section"], "clause": "規§5.1.1"}],
        systems=[{"id": "sis", "post": "it_section"}],
    )
    plain = copy.deepcopy(given.model_dump(mode="json", by_alias=True))
    node: Any = plain
    *way, last = (int(x) if x.isdigit() else x for x in place.split("."))
    for step in way:
        node = node[step]
    node[last] = name
    return plain


@pytest.mark.clause("規§2", "規§6.3.1")
@pytest.mark.parametrize(
    ("place", "where"),
    [
        ("offices.0.director", "offices.academic_affairs.director"),
        ("posts.0.office", "posts.academic_affairs_director.office"),
        ("working_group.seats.0.post", "working_group.seats"),
        ("working_group.convener", "working_group.convener"),
        ("working_group.executive_secretary", "working_group.executive_secretary"),
        ("duties.0.owner", "duties.enrolment_entry.owner"),
        ("duties.0.ladder", "duties.enrolment_entry.ladder"),
        ("duties.0.due.window", "duties.enrolment_entry.due.window"),
        ("ladders.0.rungs.0.to.0", "ladders.office.-2"),
        ("rosters.0.owner", "rosters.enrolment.owner"),
        ("cycle.steps.0.owner", "cycle.self_check.owner"),
        ("cycle.steps.0.ladder", "cycle.self_check.ladder"),
        ("imports.0.posts.0", "imports.students.posts"),
        ("systems.0.post", "systems.sis.post"),
        ("stuck_ladder", "stuck_ladder"),
        ("stuck_post", "stuck_post"),
        ("handover.ladder", "handover.ladder"),
        ("cycle.verify_ladder", "cycle.verify_ladder"),
        ("cycle.difference_ladder", "cycle.difference_ladder"),
    ],
)
def test_a_name_that_is_not_defined_is_told_with_its_place(place: str, where: str) -> None:
    with pytest.raises(ValidationError) as error:
        RuleSet.model_validate(changed(place, "nobody"))
    assert re.search(rf"(?<![\w.]){re.escape(where)}: 'nobody' is not defined", str(error.value))


@pytest.mark.clause("規§4.1", "規§5.3.1")
def test_floors_sizes_and_years_have_their_bounds() -> None:
    national = National(version=1, title="x", windows=(), office_years=())
    floors = (national.upload_floor_days_after_closing, national.receipt_floor_hours, national.verify_floor_days)
    assert floors == (14, 72, 3)
    limit = {"role": "document", "media_type": "application/pdf", "source": "x"}
    assert FileLimit.model_validate(limit | {"max_bytes": 1}).max_bytes == 1
    with pytest.raises(ValidationError):
        FileLimit.model_validate(limit | {"max_bytes": 0})
    plain = calendar().model_dump(mode="json")
    for year, fits in ((99, False), (100, True), (999, True), (1000, False)):
        if fits:
            assert Calendar.model_validate(plain | {"school_year": year}).school_year == year
        else:
            with pytest.raises(ValidationError):
                Calendar.model_validate(plain | {"school_year": year})


@pytest.mark.clause("規§5.1.2")
def test_the_words_that_files_and_answers_hold_are_fixed() -> None:
    assert [t.value for t in Track] == ["general", "vocational", "comprehensive", "continuing"]
    assert [x.value for x in CadreLevel] == ["school", "class", "club"]
    assert all(f.value.startswith("summary_") for f in TextFault)


@pytest.mark.clause("規§2", "規§6.3.1")
def test_every_name_that_is_not_defined_is_told_at_once() -> None:
    plain = changed("stuck_post", "nobody") | {"stuck_ladder": "none"}
    with pytest.raises(
        ValidationError, match="stuck_ladder: 'none' is not defined; stuck_post: 'nobody' is not defined"
    ):
        RuleSet.model_validate(plain)


@pytest.mark.clause("規§3.0", "規§5.3.2")
@pytest.mark.parametrize("role", ["owner", "director", "executive_secretary", "convener", "next_meeting"])
def test_a_rung_reaches_posts_and_the_five_roles(role: str) -> None:
    assert RuleSet.model_validate(changed("ladders.0.rungs.0.to.0", role)).ladders[0].rungs[0].to == (role,)
    assert RuleSet.model_validate(changed("cycle.steps.0.owner", role)).cycle.steps[0].owner == role


@pytest.mark.clause("規§2")
def test_the_seats_of_the_working_group_add_up_to_its_size() -> None:
    group = {"convener": "p", "executive_secretary": "q", "seats": [{"post": "p"}, {"post": "q", "seats": 2}]}
    assert WorkingGroup.model_validate(group | {"size": 3}).quorum is None
    for size in (2, 4):
        with pytest.raises(ValidationError, match=f"seats add up to 3, size says {size}"):
            WorkingGroup.model_validate(group | {"size": size})


@pytest.mark.clause("規§5.3.2")
@pytest.mark.parametrize(("offsets", "fits"), [((-1, 0, 2), True), ((0,), True), ((0, -1), False), ((0, 0), False)])
def test_the_rungs_of_a_ladder_rise_one_for_each_offset(offsets: tuple[int, ...], fits: bool) -> None:
    rungs = [{"offset": n, "at": "08:00", "to": ["owner"]} for n in offsets]
    if fits:
        ladder = Ladder.model_validate({"id": "x", "title": "x", "rungs": rungs})
        assert [r.name for r in ladder.rungs] == [f"rung{n:+d}" for n in offsets]
        return
    with pytest.raises(ValidationError, match="rungs must stand in rising order"):
        Ladder.model_validate({"id": "x", "title": "x", "rungs": rungs})


@pytest.mark.clause("規§4.1")
def test_a_due_date_hangs_on_a_window_or_on_a_deadline() -> None:
    for given in ({}, {"window": "entry", "deadline": "briefing"}):
        with pytest.raises(ValidationError, match="give either window or deadline"):
            Due.model_validate(given)
    assert (Due(window="entry").edge, Due(deadline="briefing").offset) == ("due", 0)


@pytest.mark.clause("規§5.3.1", "規§12")
def test_a_limit_is_the_newest_one_that_counts_on_the_day_and_before_the_first_nobody_decides_alone() -> None:
    def value(since: str, many: int) -> dict[str, Any]:
        return {"from": since, "value": many, "source": "x"}

    quota = Quota.model_validate(
        {
            "id": "q", "title": "x", "item": "outcome", "counts": "uploaded", "per": "semester", "clause": "規§5.3.1",
            "values": [value("2027-02-01", 9), value("2026-08-01", 15), value("2026-09-01", 12)],
        }
    )  # fmt: skip
    days = (date(2026, 8, 1), date(2026, 8, 31), date(2026, 9, 1), date(2027, 1, 31), date(2027, 2, 1))
    assert [quota.on(d) for d in days] == [15, 15, 12, 12, 9]
    with pytest.raises(NotDecided, match="q has no value on 2026-07-31"):
        quota.on(date(2026, 7, 31))


def test_a_checklist_is_a_list_and_its_lines_are_texts_or_lines() -> None:
    step = {"kind": "self_check", "title": "x", "title_en": "x", "owner": "owner", "ladder": "x", "clause": "規§4.2"}
    for wrong in ("甲", 3, {"id": "a", "title": "甲"}):
        with pytest.raises(ValidationError, match="valid tuple"):
            CycleStep.model_validate(step | {"checklist": wrong})
    assert [x.id for x in CycleStep.model_validate(step | {"checklist": ("甲", "乙")}).checklist] == ["1", "2"]
    twice = [{"id": n, "title": "x"} for n in ("b", "a", "b", "a", "c")]
    with pytest.raises(ValidationError, match="checklist: a, b stands twice"):
        CycleStep.model_validate(step | {"checklist": twice})


def test_a_thing_is_found_by_its_name_and_a_post_by_its_instances_too() -> None:
    given = rule_set()
    assert given.ladder("course_teacher").id == "course_teacher"
    assert given.lane("g10_11").id == "g10_11"
    assert given.roster("outcomes").id == "outcomes"
    assert [given.post(n).id for n in ("it_section", "course_teacher", "course_teacher:115-1/101/01")] == [
        "it_section", "course_teacher", "course_teacher",
    ]  # fmt: skip


def test_a_student_s_lane_holds_both_their_grade_and_their_track() -> None:
    lanes = [
        {"id": "a", "title": "x", "title_en": "x", "grades": [1, 2], "tracks": ["普通型"]},
        {"id": "b", "title": "x", "title_en": "x", "grades": [3], "tracks": ["普通型", "技術型"]},
    ]
    given = rule_set(lanes=lanes)
    asked = [(1, "普通型"), (3, "普通型"), (3, "技術型"), (1, "技術型"), (4, "普通型")]
    assert [lane and lane.id for lane in (given.lane_of(*x) for x in asked)] == ["a", "b", "b", None, None]
