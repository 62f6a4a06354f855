"""demo: the whole script of one school year, derived from its rule set and calendar."""

from __future__ import annotations

from pathlib import Path

from ruamel.yaml import YAML

from demo.scenes import leavers, mistakes, offices, students, teachers
from demo.script import Script
from rules.ruleset import RuleSet
from rules.schedule import Calendar


def write_script(folder: Path, rules: RuleSet, calendar: Calendar) -> Script:
    """Everything that people of the sample school in `folder` will do; dates come from the calendar."""
    cast = YAML(typ="safe", pure=True).load((folder / "people.yaml").read_text(encoding="utf-8"))
    script = Script(react=offices.react, watch=offices.watch)
    first = rules.lanes[0].id
    students.plan_uploads(script, calendar, rules.lanes)
    students.plan_quota_and_closing(script, calendar, first)
    students.plan_selection(script, calendar, rules.lanes)
    students.plan_extension(script, calendar, first)
    teachers.plan_certification(script, calendar, rules.lanes, cast["inactive_teacher"])
    teachers.plan_leaving(script, calendar, cast["leaving_teacher"], cast["successor_teacher"])
    offices.plan_moved_deadline(script, calendar, first)
    offices.plan_absence(script, calendar, first)
    mistakes.plan_spoilt_classes(script, calendar, next(x for x in rules.lanes if x.final_grade), folder)
    leavers.plan_leaver(script, calendar, rules.lanes[0])
    return script
