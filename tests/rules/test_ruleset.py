"""A rule set names only what it defines; every name that is not defined is told with its place. 規§2, 規§6.3"""

from __future__ import annotations

import copy
import re
from typing import Any

import pytest
from pydantic import ValidationError

from rules.ruleset import RuleSet
from rules.schedule import Calendar, FileLimit, National
from rules.school_files import CadreLevel, Track
from rules.text import TextFault
from tests.rules.builders import calendar, rule_set


def changed(place: str, name: str) -> dict[str, Any]:
    """The small rule set as plain data with one name changed: `duties.0.owner`."""
    plain = copy.deepcopy(rule_set().model_dump(mode="json", by_alias=True))
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
