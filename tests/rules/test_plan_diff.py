"""A change of rules or dates is planned with old and new: what is added, lost, moved, told to others."""

from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rules.instants import local_text
from rules.plan_diff import Because, Change, Planned, diff, planned, planned_of, under, unexplained
from rules.rehearsal import EveryoneOnTime, NobodyActs, World, rehearse
from rules.ruleset import RuleSet
from rules.schedule import Calendar
from tests.rules.builders import SCHOOL, basis, calendar, rule_set, structure, taipei, world

ENTRY = f"semester/{SCHOOL}/115-1#enrolment_entry"


def of(rules: RuleSet | None = None, dates: Calendar | None = None) -> dict[str, Planned]:
    return planned(lambda: world(rules, dates))


def moved_entry(days: int) -> Calendar:
    dates = calendar()
    step = timedelta(days=days)
    windows = [
        w.model_copy(update={"due": w.due + step, "closes": w.closes + step})
        if (w.period, w.kind) == ("115-1", "entry")
        else w
        for w in dates.windows
    ]
    return dates.model_copy(update={"windows": tuple(windows)})


@pytest.mark.clause("規§13")
def test_nothing_changes_without_a_change() -> None:
    assert diff(of(), of()) == ()


@pytest.mark.clause("規§4.2", "規§13")
def test_a_moved_window_moves_its_close_and_its_rungs_and_nothing_else() -> None:
    changes = diff(of(), of(dates=moved_entry(7)))
    assert {c.what for c in changes} == {"moved"}
    assert {c.planned.id.split("|")[0] for c in changes} == {
        ENTRY,
        f"semester/{SCHOOL}/115-1|g10_11|entry".split("|")[0],
    }
    closes = next(c for c in changes if c.planned.kind == "close")
    assert [local_text(x) for x in (closes.before, closes.after) if x] == ["2026-11-13 17:00", "2026-11-20 17:00"]
    first = next(c for c in changes if c.planned.id.endswith("rung-2"))
    assert first.told == ("registration_section",)


@pytest.mark.clause("規§13")
def test_a_rung_taken_away_is_lost_and_one_put_in_is_added() -> None:
    rules = rule_set()
    ladders = [x.model_copy(update={"rungs": x.rungs[1:]}) if x.id == "office" else x for x in rules.ladders]
    fewer = rules.model_copy(update={"ladders": tuple(ladders)})
    lost = diff(of(), of(rules=fewer))
    assert {(c.what, c.planned.id.rsplit("|", 1)[1]) for c in lost} == {("lost", "rung-2")}
    assert [c.planned for c in diff(of(rules=fewer), of())] == [c.planned for c in lost]


@pytest.mark.clause("規§13")
def test_a_duty_given_to_another_post_tells_the_old_and_the_new_owner() -> None:
    rules = rule_set()
    duties = [
        d.model_copy(update={"owner": "instruction_section"}) if d.kind == "enrolment_entry" else d
        for d in rules.duties
    ]
    changes = diff(of(), of(rules=rules.model_copy(update={"duties": tuple(duties)})))
    ours = [c for c in changes if c.planned.id == f"{ENTRY}|rung-2"]
    assert [(c.what, c.told) for c in ours] == [("readdressed", ("registration_section", "instruction_section"))]


def test_a_change_is_explained_by_the_first_pattern_that_fits_it() -> None:
    old, new = of(), of(dates=moved_entry(7))
    reasons = [
        Because(match="*|close", because="會議決議"),
        Because(match="moved *enrolment_entry|rung+*", because="同上"),
    ]
    changes = diff(old, new, reasons)
    left = {c.planned.id for c in unexplained(changes)}
    assert left == {f"{ENTRY}|rung-2"}
    assert {c.because for c in changes} == {"會議決議", "同上", None}
    assert unexplained(diff(old, new, [Because(match="*", because="全部")])) == []


@settings(max_examples=12, deadline=None)
@given(days=st.integers(-20, 60), hour=st.integers(0, 23))
def test_what_is_planned_for_a_running_term_is_what_it_then_does(days: int, hour: int) -> None:
    """The diff of open terms predicts: a term that goes on under the new dates does exactly those steps."""
    now = taipei("2026-09-15 00:00") + timedelta(hours=hour)
    w = world()
    rehearse(w, NobodyActs(), until=now)
    changed = under(w.processes.values(), calendars={115: moved_entry(days)}, since=now)
    predicted = planned(lambda: World.of(SCHOOL, changed, structure()), since=now)
    really = World.of(SCHOOL, changed, structure())
    rehearse(really, EveryoneOnTime(), since=now)
    assert {k: v for k, v in planned_of(really).items() if k in predicted} == planned_of(really)
    changes: tuple[Change, ...] = diff(
        planned(lambda: World.of(SCHOOL, w.processes.values(), structure()), since=now), predicted
    )
    assert bool(changes) == bool(days)
    assert basis().calendar.version == 1
