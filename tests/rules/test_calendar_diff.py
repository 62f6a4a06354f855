"""What differs between two versions of a calendar, and for whom it changes something. 規§4.2"""

from __future__ import annotations

from typing import Any

import pytest

from rules.calendar_diff import Concern, DateChange, calendar_diff, concerning
from rules.schedule import Calendar
from tests.rules.builders import calendar, rule_set, taipei

ROW = {"period": "115", "duty": "briefing", "opens": "2026-09-01 08:00", "due": "2026-11-30 17:00"}


def with_window(kind: str, period: str = "115-1", **changes: Any) -> Calendar:
    """The small calendar with changes of one window."""
    plain = calendar().model_dump(mode="json")
    next(w for w in plain["windows"] if (w["kind"], w["period"]) == (kind, period)).update(changes)
    return Calendar.model_validate(plain)


def without(kind: str, period: str = "115-1") -> Calendar:
    """The small calendar without one window."""
    dates = calendar()
    kept = tuple(w for w in dates.windows if (w.kind, w.period) != (kind, period))
    return dates.model_copy(update={"windows": kept})


def shown(old: Calendar, new: Calendar) -> list[tuple[object, ...]]:
    """Every difference, as (what, place, edge, before, after)."""
    return [(c.what, f"{c.period}/{c.lane}/{c.kind}", c.edge, c.before, c.after) for c in calendar_diff(old, new)]


@pytest.mark.clause("規§4.2")
def test_equal_versions_differ_in_nothing() -> None:
    assert calendar_diff(calendar(), calendar()) == ()


@pytest.mark.clause("規§4.2")
def test_each_edge_that_moved_stands_in_the_order_of_the_window() -> None:
    new = with_window("outcome_upload", due="2027-02-05 17:00", opens="2026-09-01 08:00", closes="2027-02-06 00:00")
    place = "115-1/g10_11/outcome_upload"
    assert shown(calendar(), new) == [
        ("moved", place, "opens", taipei("2026-08-31 08:00"), taipei("2026-09-01 08:00")),
        ("moved", place, "due", taipei("2027-02-03 17:00"), taipei("2027-02-05 17:00")),
        ("moved", place, "closes", taipei("2027-02-04 00:00"), taipei("2027-02-06 00:00")),
    ]


@pytest.mark.clause("規§4.2")
def test_a_window_that_came_and_one_that_went_are_shown_whole() -> None:
    place = "115-1/g10_11/semester_receipts"
    dates = [
        ("opens", taipei("2027-04-19 08:00")),
        ("due", taipei("2027-04-23 17:00")),
        ("closes", taipei("2027-04-24 00:00")),
    ]
    assert shown(without("semester_receipts"), calendar()) == [("added", place, e, None, at) for e, at in dates]
    assert shown(calendar(), without("semester_receipts")) == [("lost", place, e, at, None) for e, at in dates]


@pytest.mark.clause("規§4.2", "規§9.1")
def test_a_dated_duty_is_compared_by_its_beginning_and_its_date() -> None:
    new = calendar(deadlines=[ROW | {"opens": "2026-09-02 08:00", "due": "2026-12-01 17:00"}])
    assert shown(calendar(), new) == [
        ("moved", "115//briefing", "opens", taipei("2026-09-01 08:00"), taipei("2026-09-02 08:00")),
        ("moved", "115//briefing", "due", taipei("2026-11-30 17:00"), taipei("2026-12-01 17:00")),
    ]
    none = calendar(deadlines=[])
    assert [c.what for c in calendar_diff(none, calendar())] == ["added", "added"]
    assert [c.what for c in calendar_diff(calendar(), none)] == ["lost", "lost"]


@pytest.mark.clause("規§4.2")
def test_differences_stand_by_period_lane_and_kind() -> None:
    old = calendar(windows=[], deadlines=[])
    places = [(c.period, c.lane, c.kind) for c in calendar_diff(old, calendar()) if c.lane]
    assert places == sorted(places)


@pytest.mark.clause("規§4.2")
def test_daily_hours_and_the_self_check_are_compared_too() -> None:
    check = {"opens": "2027-02-01 08:00", "closes": "2027-02-02 17:00", "checker": "it_section"}
    new = with_window(
        "outcome_upload", hours={"opens": "08:00", "closes": "21:00"}, self_check=check
    )  # fmt: skip
    window = new.window("115-1", "g10_11", "outcome_upload")
    assert window is not None
    assert window.hours is not None
    assert [(c.edge, c.after) for c in calendar_diff(calendar(), new)] == [
        ("hours", window.hours.text),
        ("self_check.checker", "it_section"),
        ("self_check.closes", taipei("2027-02-02 17:00")),
        ("self_check.opens", taipei("2027-02-01 08:00")),
    ]


@pytest.mark.clause("規§4.2")
def test_a_beginning_is_written_as_from_and_every_end_as_until() -> None:
    def text(edge: str, value: str) -> str:
        change = DateChange(what="moved", period="115-1", kind="x", edge=edge)
        return change.text(taipei(value))

    # Midnight begins the day where something opens, and ends the day before where something closes.
    assert text("opens", "2027-02-04 00:00") == text("self_check.opens", "2027-02-04 00:00")
    assert "116.2.4" in text("opens", "2027-02-04 00:00")
    assert "116.2.3" in text("closes", "2027-02-04 00:00")
    assert text("self_check.closes", "2027-02-04 00:00") == text("due", "2027-02-04 00:00")
    change = DateChange(what="added", period="115-1", kind="x", edge="hours")
    assert (change.text(None), change.text(""), change.text("08:00–21:00")) == ("—", "—", "08:00–21:00")


CHANGES = tuple(
    DateChange(what="moved", period="115-1", lane=lane, kind=kind, edge="due")
    for lane in ("g10_11", "g12", "")
    for kind in (
        "outcome_upload", "outcome_correction", "diverse_upload", "selection", "semester_receipts",
        "yearly_receipts", "semester_submission", "yearly_submission", "certification", "entry", "briefing",
    )
)  # fmt: skip


def concerned(**who: Any) -> set[tuple[str, str]]:
    """(lane, kind) of what concerns a person."""
    return {(c.lane, c.kind) for c in concerning(CHANGES, rule_set(), Concern(**who))}


@pytest.mark.clause("規§4.2")
def test_a_student_is_concerned_by_the_windows_in_which_students_of_the_lane_act() -> None:
    acts = ("outcome_upload", "outcome_correction", "diverse_upload", "selection", "semester_receipts",
            "yearly_receipts")  # fmt: skip
    assert concerned(lane="g10_11") == {("g10_11", kind) for kind in acts}
    assert concerned() == set()


@pytest.mark.clause("規§4.2", "規§5.3.2")
def test_a_teacher_is_concerned_by_the_certification_of_the_lanes_taught() -> None:
    assert concerned(certifies=frozenset({"g12"})) == {("g12", "certification")}


@pytest.mark.clause("規§4.2", "規§6.3.1")
def test_a_post_is_concerned_by_what_its_duties_hang_on_and_by_the_rosters_that_it_submits() -> None:
    lanes = ("g10_11", "g12", "")
    rosters = ("semester_submission", "semester_receipts", "yearly_submission", "yearly_receipts")
    assert concerned(posts=frozenset({"counselling_director"})) == {(lane, "briefing") for lane in lanes}
    assert concerned(posts=frozenset({"registration_section"})) == {
        (lane, kind) for lane in lanes for kind in ("entry", *rosters)
    }
    assert concerned(posts=frozenset({"principal"})) == set()


def closed(*days: dict[str, Any]) -> Calendar:
    """The small calendar with closed days."""
    return Calendar.model_validate(calendar().model_dump() | {"closures": days})


@pytest.mark.clause("規§4.1", "規§4.2")
def test_a_closed_day_that_came_went_or_changed_is_shown_with_its_name() -> None:
    storm = {"day": "2027-02-03", "title": "颱風"}
    lessons = storm | {"offices": False}
    asked = [((), (storm,)), ((storm,), ()), ((lessons,), (storm,)), ((storm,), (storm,))]
    assert [shown(closed(*a), closed(*b)) for a, b in asked] == [
        [("added", "115//closed_day", "2027-02-03", None, "停班停課 颱風")],
        [("lost", "115//closed_day", "2027-02-03", "停班停課 颱風", None)],
        [("moved", "115//closed_day", "2027-02-03", "停課 颱風", "停班停課 颱風")],
        [],
    ]


@pytest.mark.clause("規§4.1", "規§4.2")
def test_a_closed_day_concerns_whom_it_sends_home() -> None:
    student, office = Concern(lane="g10_11"), Concern(posts=frozenset({"principal"}))
    asked = {(True, False): [office], (False, True): [student], (True, True): [student, office]}
    for (offices, lessons), whom in asked.items():
        day = {"day": "2027-02-03", "title": "x", "offices": offices, "lessons": lessons}
        for changes in (calendar_diff(calendar(), closed(day)), calendar_diff(closed(day), calendar())):
            assert [w for w in (student, office) if concerning(changes, rule_set(), w)] == whom
            assert concerning(changes, rule_set(), Concern()) == ()


@pytest.mark.clause("規§4.1", "規§4.2")
def test_the_schools_own_days_and_the_semesters_frame_are_compared_too() -> None:
    body = calendar().model_dump()
    exam = {"kind": "exam", "first": "2026-10-13", "last": "2026-10-14", "title": "段考"}
    class_ = {
        "kind": "make_up_class",
        "first": "2026-10-17",
        "last": "2026-10-17",
        "title": "補課",
        "lanes": ["g10_11"],
    }
    new = Calendar.model_validate(body | {"school_days": [exam, class_, exam | {"title": "模考"}]})
    assert shown(calendar(), new) == [
        ("added", "115//school_days", "2026-10-13…2026-10-14", None, "模考、段考"),
        ("added", "115/g10_11/school_days", "2026-10-17", None, "補課"),
    ]
    assert shown(new, calendar()) == [
        ("lost", "115//school_days", "2026-10-13…2026-10-14", "模考、段考", None),
        ("lost", "115/g10_11/school_days", "2026-10-17", "補課", None),
    ]
    changes = calendar_diff(calendar(), new)
    assert [len(concerning(changes, rule_set(), Concern(lane=x))) for x in ("g10_11", "g12", "")] == [2, 1, 0]
    body["semesters"]["115-1"] |= {"closing_ceremony": "2027-01-21", "opens": "2026-08-02 08:00"}
    assert shown(calendar(), Calendar.model_validate(body)) == [
        ("moved", "115-1//semester", "opens", calendar().semesters["115-1"].opens, taipei("2026-08-02 08:00")),
        ("moved", "115-1//semester", "closing_ceremony", "2027-01-20", "2027-01-21"),
    ]


@pytest.mark.clause("規§4.2")
def test_a_self_check_concerns_its_checkers_and_neither_students_nor_teachers() -> None:
    check = {"opens": "2027-02-01 08:00", "closes": "2027-02-02 17:00", "checker": "it_section"}
    for kind in ("outcome_upload", "certification"):
        changes = calendar_diff(calendar(), with_window(kind, self_check=check))
        assert [c.edge for c in changes if c.checker == "it_section"] == [c.edge for c in changes]
        for who in (Concern(lane="g10_11"), Concern(certifies=frozenset({"g10_11"}))):
            assert concerning(changes, rule_set(), who) == ()
        assert concerning(changes, rule_set(), Concern(posts=frozenset({"it_section"}))) == changes
    # Whoever checked before hears that somebody else does now.
    given = with_window("outcome_upload", self_check=check | {"checker": "registration_section"})
    changes = calendar_diff(with_window("outcome_upload", self_check=check), given)
    for post in ("it_section", "registration_section"):
        assert [c.edge for c in concerning(changes, rule_set(), Concern(posts=frozenset({post})))] == [
            "self_check.checker"
        ]
