"""A change of rules or dates is planned with old and new: what is added, lost, moved, told to others."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rules.instants import local_text
from rules.plan_diff import Because, Change, Planned, diff, planned, planned_of, under, unexplained
from rules.rehearsal import EveryoneOnTime, NobodyActs, World, rehearse
from rules.ruleset import RuleSet
from rules.schedule import Calendar
from rules.snapshot import Basis
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
    assert left == {f"{ENTRY}|rung-2", f"semester/{SCHOOL}/115-1|g10_11|entry|due"}
    assert {c.because for c in changes} == {"會議決議", "同上", None}
    assert unexplained(diff(old, new, [Because(match="*", because="全部")])) == []


@pytest.mark.clause("規§4.2", "規§5.3.2")
def test_a_moved_announcement_is_a_change_though_nothing_opens_or_closes_with_it() -> None:
    dates = calendar()
    later = [
        w.model_copy(update={"due": w.due + timedelta(days=4)})
        if (w.period, w.kind) == ("115-1", "certification")
        else w
        for w in dates.windows
    ]
    old, new = of(), of(dates=dates.model_copy(update={"windows": tuple(later)}))
    changes = {c.planned.id.removeprefix(f"semester/{SCHOOL}/"): c for c in diff(old, new)}
    due = changes.pop("115-1|g10_11|certification|due")
    assert (due.what, due.planned.kind, due.told) == ("moved", "due", ("g10_11",))
    # The teachers' ladder stands once for the lane, whatever will wait for whom.
    assert {id_: c.told for id_, c in changes.items()} == {
        "115-1#certification#g10_11|rung-3": ("course_teacher",),
        "115-1#certification#g10_11|rung+0": ("course_teacher",),
        "115-1#certification#g10_11|rung+1": ("instruction_section",),
        "115-1#certification#g10_11|rung+2": ("academic_affairs_director",),
    }
    assert {c.planned.kind for c in changes.values()} == {"reminder", "escalation"}
    # What lies before the day of the change is no change any more.
    assert not [p for p in planned(world, since=due.planned.at + timedelta(hours=1)).values() if p.id == due.planned.id]


@pytest.mark.clause("規§9.1")
def test_the_deadline_of_a_dated_duty_tells_its_owner() -> None:
    found = of()[f"year/{SCHOOL}/115#briefing|due"]
    assert (found.kind, found.to, local_text(found.at)) == ("due", ("counselling_director",), "2026-11-30 17:00")


def test_a_plan_that_an_older_release_kept_without_deadlines_is_compared_without_them() -> None:
    new = of(dates=moved_entry(7))
    kept = {k: p for k, p in of().items() if p.kind != "due"}
    assert diff(kept, of()) == diff(of(), kept) == ()
    assert {c.planned.kind for c in diff(kept, new)} == {"close", "reminder", "escalation"}


# -- two plans written by hand ---------------------------------------------------------------------

EARLY, LATE, LATEST = (taipei(f"2026-10-0{d} 08:00") for d in (1, 2, 3))


def step(id_: str, at: datetime = EARLY, *to: str) -> Planned:
    return Planned(id=id_, kind="reminder", process="p", title="x", at=at, to=to or ("a",))


def plan_of(*steps: Planned) -> dict[str, Planned]:
    return {s.id: s for s in steps}


@pytest.mark.clause("規§13")
def test_each_kind_of_change_says_when_it_was_and_will_be_and_whom_it_reaches() -> None:
    old = plan_of(step("lost", LATE, "b"), step("moved", LATE, "a", "b"), step("readdressed", EARLY, "a"), step("same"))
    new = plan_of(
        step("added", LATEST, "c"), step("moved", EARLY, "b", "c"), step("readdressed", EARLY, "b"), step("same")
    )
    assert diff(old, new) == (
        Change(what="moved", planned=new["moved"], before=LATE, after=EARLY, told=("a", "b", "c")),
        Change(what="readdressed", planned=new["readdressed"], before=EARLY, after=EARLY, told=("a", "b")),
        Change(what="lost", planned=old["lost"], before=LATE, told=("b",)),
        Change(what="added", planned=new["added"], after=LATEST, told=("c",)),
    )


@pytest.mark.clause("規§13")
def test_changes_of_one_instant_stand_by_their_ids() -> None:
    new = plan_of(step("b"), step("a", LATE), step("c"))
    assert [c.planned.id for c in diff({}, new)] == ["b", "c", "a"]


@pytest.mark.clause("規§13")
@pytest.mark.parametrize(
    ("match", "because"),
    [
        ("added x|close", "why"),
        ("x|close", "why"),
        ("added *", "why"),
        ("?|close", "why"),
        ("*|Close", None),
        ("lost *", None),
    ],
)
def test_a_reason_fits_the_id_or_what_happens_to_it(match: str, because: str | None) -> None:
    new = plan_of(step("x|close"))
    [change] = diff({}, new, [Because(match=match, because="why"), Because(match=match, because="later")])
    assert change.because == because
    assert unexplained([change]) == ([change] if because is None else [])


@pytest.mark.clause("規§4.2", "規§13")
def test_a_process_stands_under_the_documents_that_are_given_and_else_under_its_own() -> None:
    now = taipei("2026-09-15 00:00")
    w = world()
    w.settle(now)
    s = w.processes[f"semester/{SCHOOL}/115-1"]
    closed = calendar(closures=[{"day": "2026-10-01", "title": "x"}])
    rules, national = rule_set(id="other"), s.basis.national.model_copy(update={"version": 2})

    def newest(**documents: Any) -> Basis:
        [made] = under([s], since=now, **documents)
        assert made.bases[:-1] == s.bases
        assert made.basis.since == now
        return made.basis

    same = newest()
    assert (same.rules, same.calendar, same.national, same.days) == (
        s.rules,
        s.calendar,
        s.basis.national,
        s.basis.days,
    )
    assert newest(rules=rules).rules is rules
    assert newest(rules=rules).days is s.basis.days
    other = newest(calendars={115: closed})
    assert (other.calendar, other.days.works(date(2026, 10, 1))) == (closed, False)
    assert newest(calendars={116: closed}).calendar is s.calendar
    authority = newest(national=national)
    assert (authority.national, authority.calendar) == (national, s.calendar)
    assert authority.days is not s.basis.days


def test_a_planned_step_is_kept_once_as_it_was_first_planned_and_rounds_are_no_steps() -> None:
    w = world()
    rehearse(w, NobodyActs(), until=taipei("2026-11-06 08:00"))
    found = planned_of(w)
    assert found[f"{ENTRY}|rung-2"] == Planned(
        id=f"{ENTRY}|rung-2", kind="reminder", process=f"semester/{SCHOOL}/115-1", title="x -2",
        at=taipei("2026-10-28 08:00"), to=("registration_section",),
    )  # fmt: skip
    opened = next(p for p in found.values() if p.kind == "open" and "entry" in p.id)
    assert (opened.to, opened.title) == (("g10_11",), "open g10_11 entry")
    assert not any("|round|" in id_ for id_ in found)
    assert all(p.to for p in found.values() if p.kind in ("reminder", "escalation"))
    twice = replace(w.trace[0], planned=LATEST) if w.trace[0].what else w.trace[0]
    w.trace.append(twice)
    assert planned_of(w) == found


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
