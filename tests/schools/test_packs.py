"""Every school's pack: it loads, it keeps the floors, and a whole year runs on it without touching code."""

from __future__ import annotations

import ast
import re
from collections import Counter
from datetime import date, time, timedelta
from functools import cache
from itertools import pairwise
from pathlib import Path

import holidays
import pytest

from rosters.documents import Pack, load_national, load_pack
from rules.admission import limits_of
from rules.days import WorkingDays
from rules.duties import duties_of
from rules.instants import DAY, at_taipei, taipei_day
from rules.rehearsal import EveryoneOnTime, Moment, NobodyActs, World, rehearse
from rules.ruleset import DutyRule, Kind, Quota, RuleSet
from rules.schedule import Calendar, National
from rules.snapshot import Basis, CourseRef, Structure

ROOT = Path(__file__).resolve().parents[2]
SCHOOLS = ROOT / "schools"
PACKS = sorted(p.parent.name for p in SCHOOLS.glob("*/rules.yaml"))
SCHOOL = "999999"
SEMESTER_KINDS = ("entry", "outcome_upload", "certification", "semester_submission", "semester_receipts")
YEAR_KINDS = ("diverse_upload", "selection", "yearly_submission", "yearly_receipts")
LESSONS = 3
CLASSES = 2


@cache
def pack(name: str) -> Pack:
    """A school's pack, read once."""
    return load_pack(SCHOOLS / name)


@cache
def national() -> National:
    """The authority's document of the year, read once."""
    return load_national(SCHOOLS / "national" / "115.yaml")


def dates(name: str) -> Calendar:
    """A school's calendar of the year."""
    return pack(name).calendars[115]


def structure(rules: RuleSet, calendar: Calendar) -> Structure:
    """A made-up school: two classes in every lane, three courses a class and semester."""
    classes = {f"{100 * (n + 1) + k}": lane.id for n, lane in enumerate(rules.lanes) for k in range(1, CLASSES + 1)}
    courses = tuple(
        CourseRef(f"{sem}/{name}/{n:02d}", lane, name, sem, f"course_teacher:{sem}/{name}/{n:02d}")
        for sem in sorted(calendar.semesters)
        for name, lane in classes.items()
        for n in range(1, LESSONS + 1)
    )
    return Structure(courses, classes, frozenset(x.id for x in rules.lanes))


def world(name: str) -> World:
    """A school's year, ready to rehearse."""
    rules, calendar = pack(name).rules, dates(name)
    days = WorkingDays(national().office_years)
    basis = Basis(rules, calendar, national(), days, calendar.opens)
    return World(SCHOOL, str(calendar.school_year), basis, structure(rules, calendar))


@cache
def idle_year(name: str) -> tuple[World, tuple[Moment, ...]]:
    """A year in which nobody acts, and in which every teacher owes one certification."""
    w = world(name)
    w.settle(dates(name).semesters["115-2"].opens)
    for course in w.structure.courses:
        w.owe(course.id, course.semester, 1)
    return w, tuple(rehearse(w, NobodyActs()))


def duty(name: str, kind: str) -> DutyRule:
    """The one duty rule of a kind."""
    return next(d for d in pack(name).rules.duties if d.kind == kind)


def quota(name: str, item: str, counts: str) -> Quota:
    """The one quota on what is counted."""
    return next(q for q in pack(name).rules.quotas if (q.item, q.counts) == (item, counts))


# -- every pack ------------------------------------------------------------------------------------


def test_there_are_several_schools() -> None:
    assert {"licheng", "dongshan", "yongping", "taoyuan"} <= set(PACKS)


@pytest.mark.clause("規§1", "規§13")
@pytest.mark.parametrize("name", PACKS)
def test_a_pack_loads_and_says_what_it_stands_on(name: str) -> None:
    rules = pack(name).rules
    assert rules.id == name
    assert "第五點第二項" in rules.legal_basis
    assert rules.effective_from <= taipei_day(dates(name).opens)
    assert rules.sources


@pytest.mark.clause("規§4.1", "規§6.1", "規§6.4")
@pytest.mark.parametrize("name", PACKS)
def test_a_whole_year_of_the_planner_ends_when_everyone_acts(name: str) -> None:
    w = world(name)
    rehearse(w, EveryoneOnTime())
    still_open = [p for p, s in w.processes.items() if not any("|closed|" in k for k in s.done)]
    assert still_open == []
    assert list(w.open_duties()) == []
    rosters = Counter(r.process for r in w.processes[f"year/{SCHOOL}/115"].rules.rosters)
    lanes = len(pack(name).rules.lanes)
    submissions = sum(s.kind is Kind.SUBMISSION for s in w.processes.values())
    assert submissions == lanes * (2 * rosters[Kind.SEMESTER] + rosters[Kind.SCHOOL_YEAR])


@pytest.mark.clause("規§5.3.2", "規§3.0")
@pytest.mark.parametrize("name", PACKS)
def test_a_whole_year_of_the_planner_runs_when_nobody_acts(name: str) -> None:
    w, trace = idle_year(name)
    assert not [m for m in trace if m.kind in ("closed", "publish", "deem")]
    assert [m for m in trace if m.kind == "escalation"]
    assert len(list(w.open_duties())) >= len(pack(name).rules.duties)


@pytest.mark.clause("規§3.1", "規§4.2")
@pytest.mark.parametrize("name", PACKS)
def test_every_duty_has_dates_and_reaches_its_owner_before_it_is_due(name: str) -> None:
    w, trace = idle_year(name)
    due = [d for d in pack(name).rules.duties if not d.optional]
    made = {d.kind for s in w.processes.values() for d in duties_of(s).values()}
    assert {d.kind for d in due} <= made
    lines = Counter(m.key.split("#", 1)[1].split("|", 1)[0].split("/", 1)[0] for m in trace if m.kind == "reminder")
    unheard = [d.kind for d in due if not any(key.startswith(d.kind) for key in lines)]
    assert unheard == []


@pytest.mark.clause("規§2")
@pytest.mark.parametrize("name", PACKS)
def test_every_seat_of_the_group_is_a_post_of_the_school_held_once(name: str) -> None:
    group = pack(name).rules.working_group
    seats = [s.post for s in group.seats]
    assert len(set(seats)) == len(seats)
    assert sum(s.seats for s in group.seats) == group.size
    assert {group.convener, group.executive_secretary} <= set(seats)
    assert all(pack(name).rules.post(p).per == "school" for p in seats)


@pytest.mark.clause("規§4.2")
@pytest.mark.parametrize("name", PACKS)
def test_every_lane_has_the_dates_of_every_kind_of_window(name: str) -> None:
    rules, calendar = pack(name).rules, dates(name)
    assert [w.kind for w in rules.windows] == [*SEMESTER_KINDS, *YEAR_KINDS]
    wanted = {(p, lane.id, k) for lane in rules.lanes for p in calendar.semesters for k in SEMESTER_KINDS}
    wanted |= {("115", lane.id, k) for lane in rules.lanes for k in YEAR_KINDS}
    assert {(w.period, w.lane, w.kind) for w in calendar.windows} == wanted


@pytest.mark.clause("規§4.2")
@pytest.mark.parametrize("name", PACKS)
def test_a_self_check_lies_inside_its_window_and_names_a_post(name: str) -> None:
    checked = [w for w in dates(name).windows if w.self_check]
    assert {"outcome_upload", "certification", "selection", "yearly_submission"} <= {w.kind for w in checked}
    for w in checked:
        assert w.self_check is not None
        assert w.opens < w.self_check.opens < w.self_check.closes <= w.closes
        assert pack(name).rules.post(w.self_check.checker)


@pytest.mark.clause("規§4.2", "規§6.3.4")
@pytest.mark.parametrize("name", PACKS)
def test_every_self_check_is_due_at_its_published_close_and_a_roster_s_before_the_pre_check(name: str) -> None:
    rules, calendar = pack(name).rules, dates(name)
    checks = [d for d in rules.duties if d.kind.endswith("self_check")]
    assert {(d.due.window, d.due.edge, d.due.offset) for d in checks} == {
        (kind, "self_check", 0) for kind in ("outcome_upload", "certification", "selection")
    }
    days = WorkingDays(national().office_years, calendar.closed_days)
    before = next(s.before_close for s in rules.cycle.steps if s.kind == "precheck")
    for w in calendar.windows:
        if w.kind.endswith("_submission"):
            assert w.self_check is not None
            assert taipei_day(w.self_check.closes) < days.shift(taipei_day(w.closes), -before)


@pytest.mark.clause("規§5.3.1")
@pytest.mark.parametrize("name", PACKS)
def test_uploads_stay_open_through_the_fourteenth_day_after_the_closing_ceremony(name: str) -> None:
    rules, calendar = pack(name).rules, dates(name)
    exempt = {("115-2", x.id) for x in rules.lanes if x.final_grade}
    for period, semester in calendar.semesters.items():
        days = national().upload_floor_days_after_closing + 1
        floor = at_taipei(semester.closing_ceremony + timedelta(days=days), time(0))
        for lane in rules.lanes:
            window = calendar.window(period, lane.id, "outcome_upload")
            assert window is not None
            assert (period, lane.id) in exempt or window.closes >= floor


@pytest.mark.clause("規§6.2")
@pytest.mark.parametrize("name", PACKS)
def test_receipts_may_be_checked_for_three_days(name: str) -> None:
    floor = timedelta(hours=national().receipt_floor_hours)
    receipts = [w for w in dates(name).windows if w.kind.endswith("_receipts")]
    assert all(w.closes - w.opens >= floor for w in receipts)
    assert pack(name).rules.cycle.confirmation_hours >= national().receipt_floor_hours
    assert pack(name).rules.cycle.verify_days <= national().verify_floor_days


@pytest.mark.clause("規§6.1")
@pytest.mark.parametrize("name", PACKS)
def test_what_is_selected_has_been_certified_and_what_is_sent_has_been_selected(name: str) -> None:
    calendar = dates(name)
    for lane in pack(name).rules.lanes:
        semester = [calendar.window("115-2", lane.id, k) for k in ("outcome_upload", "certification")]
        year = [calendar.window("115", lane.id, k) for k in ("selection", "yearly_submission", "yearly_receipts")]
        for before, after in pairwise([w for w in (*semester, *year) if w is not None]):
            assert before.closes <= (after.closes if after.kind == "certification" else after.opens), after


@pytest.mark.clause("規§5.1.3", "規§5.2.3", "規§6.1", "規§12")
@pytest.mark.parametrize("name", PACKS)
def test_submissions_lie_inside_the_windows_of_the_authority(name: str) -> None:
    sent = [w for w in dates(name).windows if w.kind.endswith("_submission")]
    assert len(sent) == 3 * len(pack(name).rules.lanes)
    for w in sent:
        of_the_authority = national().window(w.period, w.lane, w.kind)
        assert of_the_authority is not None
        assert of_the_authority.opens <= w.opens < w.closes <= of_the_authority.closes


@pytest.mark.clause("規§5.1.3", "規§6.1")
@pytest.mark.parametrize("name", PACKS)
def test_grade_12_is_sent_in_the_same_year_and_the_others_in_the_next(name: str) -> None:
    ends = at_taipei(date(2027, 8, 1))
    for lane in pack(name).rules.lanes:
        for period, kind in (("115-2", "semester_submission"), ("115", "yearly_submission")):
            window = dates(name).window(period, lane.id, kind)
            assert window is not None
            assert (window.closes <= ends) is lane.final_grade


@pytest.mark.clause("規§5.3.2")
@pytest.mark.parametrize("name", PACKS)
def test_a_deadline_that_people_meet_falls_on_a_day_on_which_they_work(name: str) -> None:
    days = WorkingDays(national().office_years)
    resting = [
        f"{w.period} {w.lane} {w.kind} {w.due}"
        for w in dates(name).windows
        if not days.works(taipei_day(w.due - timedelta(microseconds=1)))
    ]
    assert resting == []


@pytest.mark.clause("規§10.1.2", "規§10.3.1")
@pytest.mark.parametrize("name", PACKS)
def test_a_rung_reaches_one_post_of_the_school(name: str) -> None:
    """A rung that names a post of which every class or course has one would reach nobody."""
    rules = pack(name).rules
    many = {p.id for p in rules.posts if p.per != "school"}
    named = {to for ladder in rules.ladders for rung in ladder.rungs for to in rung.to}
    assert not named & many


@pytest.mark.parametrize("name", [n for n in PACKS if n != "licheng"])
def test_a_number_without_a_public_source_is_marked_as_a_guess(name: str) -> None:
    values = [v for q in pack(name).rules.quotas for v in q.values]
    assert all(v.guess == v.source.startswith("推測") for v in values)
    assert "推測" in (SCHOOLS / name / "rules.yaml").read_text(encoding="utf-8")
    assert all(w.assumed for w in dates(name).windows)


# -- what the founding school's clauses say --------------------------------------------------------


@pytest.mark.clause("規§2")
@pytest.mark.parametrize(
    ("name", "size", "secretary"),
    [("licheng", 17, "counselling_director"), ("dongshan", 19, "academic_affairs_director")],
)
def test_the_group_has_the_seats_and_the_secretary_of_its_rules(name: str, size: int, secretary: str) -> None:
    group = pack(name).rules.working_group
    assert (group.size, group.convener, group.executive_secretary) == (size, "principal", secretary)


@pytest.mark.clause("規§5.3.1", "規§5.4", "規§6.1")
@pytest.mark.parametrize(
    ("item", "counts", "per", "clause", "limit"),
    [
        ("outcome", "uploaded", "semester", "規§5.3.1", 15),
        ("diverse", "uploaded", "school_year", "規§5.4", 30),
        ("outcome", "selected", "school_year", "規§6.1", 6),
        ("diverse", "selected", "school_year", "規§6.1", 10),
    ],
)
def test_the_quotas_of_the_founding_school(item: str, counts: str, per: str, clause: str, limit: int) -> None:
    found = quota("licheng", item, counts)
    assert (found.per, found.clause, found.on(date(2026, 8, 1))) == (per, clause, limit)


@pytest.mark.clause("規§5.1.1")
def test_the_registration_section_enters_enrolment() -> None:
    found = duty("licheng", "enrolment_entry")
    assert (found.owner, found.clause, found.entered_by) == ("registration_section", "規§5.1.1", None)


@pytest.mark.clause("規§5.1.2")
def test_cadre_records_are_entered_by_two_posts_and_done_together() -> None:
    both = [d for d in pack("licheng").rules.duties if d.clause == "規§5.1.2"]
    assert {d.owner for d in both} == {"student_life_section", "student_activities_section"}
    assert {d.joined for d in both} == {"cadre_entry"}


@pytest.mark.clause("規§6.3.1", "規§6.3.2", "規§6.3.3", "規§6.3.4")
@pytest.mark.parametrize(
    ("roster", "owner", "clause", "kind"),
    [
        ("enrolment", "registration_section", "規§6.3.1", Kind.SEMESTER),
        ("grades", "registration_section", "規§6.3.1", Kind.SEMESTER),
        ("outcomes", "registration_section", "規§6.3.2", Kind.SCHOOL_YEAR),
        ("cadre", "student_life_section", "規§6.3.3", Kind.SEMESTER),
        ("diverse", "student_activities_section", "規§6.3.4", Kind.SCHOOL_YEAR),
    ],
)
def test_each_roster_is_sent_by_the_section_that_the_clause_names(
    roster: str, owner: str, clause: str, kind: Kind
) -> None:
    found = pack("licheng").rules.roster(roster)
    assert (found.owner, found.clause, found.process) == (owner, clause, kind)


@pytest.mark.clause("規§9.2")
def test_system_training_is_owed_by_two_posts_and_done_together() -> None:
    both = [d for d in pack("licheng").rules.duties if d.clause == "規§9.2"]
    assert {d.owner for d in both} == {"resource_section", "it_section"}
    assert {d.joined for d in both} == {"system_training"}


_OWNERS = [
    ("meeting", "counselling_director", "規§3.0", Kind.SEMESTER),
    ("calendar_publication", "counselling_director", "規§4.2", Kind.SEMESTER),
    ("platform_accounts", "it_section", "規§5.0", Kind.SEMESTER),
    ("grades_entry", "registration_section", "規§5.2.1", Kind.SEMESTER),
    ("advisory_entry", "course_advisor", "規§5.2.2", Kind.SEMESTER),
    ("certification", "course_teacher", "規§5.3.2", Kind.SEMESTER),
    ("briefing", "resource_section", "規§9.1", Kind.SCHOOL_YEAR),
    ("workshop", "resource_section", "規§9.3", Kind.SCHOOL_YEAR),
    ("evaluation", "counselling_director", "規§11", Kind.SCHOOL_YEAR),
]


@pytest.mark.clause("規§3.0", "規§4.2", "規§5.0", "規§5.2.1", "規§5.2.2", "規§5.3.2", "規§9.1", "規§9.3", "規§11")
@pytest.mark.parametrize(("kind", "owner", "clause", "process"), _OWNERS)
def test_each_duty_is_owed_by_the_post_that_the_clause_names(kind: str, owner: str, clause: str, process: Kind) -> None:
    found = duty("licheng", kind)
    assert (found.owner, found.clause, found.process) == (owner, clause, process)
    assert found.optional is (kind == "workshop")


@pytest.mark.clause("規§6.4", "規§7", "規§10.3.1")
def test_receipts_are_confirmed_by_the_registrar_and_data_are_kept_three_years() -> None:
    rules = pack("licheng").rules
    confirm = next(s for s in rules.cycle.steps if s.kind == "confirm_receipts")
    assert (confirm.owner, confirm.clause) == ("registration_section", "規§6.4")
    assert (rules.retention.years, rules.retention.clause) == (3, "規§7")
    assert rules.handover.clause == "規§10.3.1"


# -- what the other schools do differently, as data ------------------------------------------------


@pytest.mark.clause("規§2", "規§5.1.1")
def test_at_dongshan_the_group_is_larger_and_the_student_enters_base_data() -> None:
    added = {
        "library_director",
        "homeroom_representative",
        "equipment_section",
        "laboratory_section",
        "materials_section",
    }
    seats = {s.post for s in pack("dongshan").rules.working_group.seats}
    assert added <= seats
    assert not added & {s.post for s in pack("licheng").rules.working_group.seats}
    entry = duty("dongshan", "enrolment_entry")
    assert (entry.entered_by, entry.owner) == ("student", "registration_section")


@pytest.mark.clause("規§5.3.1", "規§5.3.2", "規§4.1")
def test_at_yongping_nine_are_uploaded_and_what_is_late_is_given_up() -> None:
    calendar = dates("yongping")
    assert quota("yongping", "outcome", "uploaded").on(date(2026, 8, 1)) == 9
    for period, semester in calendar.semesters.items():
        upload = calendar.window(period, "g10_11", "outcome_upload")
        certification = calendar.window(period, "g10_11", "certification")
        assert upload is not None
        assert certification is not None
        assert taipei_day(upload.opens) == semester.first_day
        assert upload.closes == at_taipei(semester.closing_ceremony + 15 * DAY)
        third_week = semester.closing_ceremony + 21 * DAY
        # Three weeks after 1/20 is the last day of the Lunar New Year holiday: the next working day counts.
        expected = WorkingDays(national().office_years).next_working(third_week)
        assert taipei_day(certification.due) == expected
        assert certification.closes == at_taipei(expected + DAY)


@pytest.mark.clause("規§4.1", "規§4.2")
@pytest.mark.parametrize(
    ("name", "office"),
    [("licheng", "counselling_office"), ("yongping", "academic_affairs"), ("taoyuan", "academic_affairs")],
)
def test_the_dates_belong_to_the_office_that_the_rules_name(name: str, office: str) -> None:
    owner = duty(name, "calendar_publication").owner
    assert pack(name).rules.post(owner).office == office


@pytest.mark.clause("規§4.2")
def test_in_taoyuan_three_notices_on_paper_are_owed_each_semester() -> None:
    rules = pack("taoyuan").rules
    w, _ = idle_year("taoyuan")
    for period in dates("taoyuan").semesters:
        owed = [
            d
            for d in duties_of(w.processes[f"semester/{SCHOOL}/{period}"]).values()
            if d.kind.startswith("paper_notice")
        ]
        assert len(owed) == rules.notices["paper"] == 3
        assert len({d.due for d in owed}) == 3


@pytest.mark.clause("規§6.1")
def test_in_taoyuan_every_homeroom_teacher_gathers_the_signed_slips_after_the_selection() -> None:
    w, _ = idle_year("taoyuan")
    slips = [d for d in duties_of(w.processes[f"year/{SCHOOL}/115"]).values() if d.kind == "selection_slip"]
    assert {d.post for d in slips} == {f"homeroom_teacher:{name}" for name in w.structure.classes}
    for slip in slips:
        window = dates("taoyuan").window("115", slip.lane or "", "selection")
        assert window is not None
        assert slip.due > window.closes


@pytest.mark.clause("規§6.2", "規§6.4")
def test_in_taoyuan_a_doubt_ends_at_the_office_of_academic_affairs() -> None:
    rules = pack("taoyuan").rules
    above = [to for r in rules.ladder(rules.cycle.verify_ladder).rungs if r.offset > 0 for to in r.to]
    assert above[0] == "academic_affairs_director"


@pytest.mark.clause("規§5.3.1")
def test_in_taoyuan_a_returned_item_may_come_again_and_is_certified_after_that() -> None:
    for w in dates("taoyuan").windows:
        if w.kind == "certification":
            upload = dates("taoyuan").window(w.period, w.lane, "outcome_upload")
            assert upload is not None
            assert w.correction_closes is not None
            assert upload.closes < w.correction_closes < w.closes


# -- the authority's document, and no school in the code -------------------------------------------


@pytest.mark.clause("規§12")
@pytest.mark.parametrize("year", [2026, 2027, 2028])
def test_the_office_calendar_agrees_with_the_library_day_by_day(year: int) -> None:
    ours, theirs = WorkingDays(national().office_years), holidays.country_holidays("TW", years=year)
    day = date(year, 1, 1)
    while day.year == year:
        assert ours.works(day) == theirs.is_working_day(day), day
        day += DAY


ROOMS = ("rules", "records", "workflows", "activities")
IMPORTER = {"homeroom_teacher", "course_teacher"}
"""The two posts that the importer makes for each class and each course of the school's files."""


def _sources(room: str) -> list[Path]:
    """The Python and SQL files of a room."""
    return sorted(p for p in (ROOT / room).rglob("*") if p.suffix in (".py", ".sql"))


@cache
def _words(path: Path) -> set[str]:
    """The string literals of a file: whole, and what stands before a colon; comments and docstrings left out."""
    if path.suffix == ".sql":
        return set(re.findall(r"'([^'\n]*)'", re.sub(r"--.*", "", path.read_text(encoding="utf-8"))))
    tree = ast.parse(path.read_text(encoding="utf-8"))
    documents = {
        id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
    }
    texts = [
        n.value
        for n in ast.walk(tree)
        if isinstance(n, ast.Constant) and isinstance(n.value, str) and id(n) not in documents
    ]
    return set(texts) | {t.split(":", 1)[0] for t in texts}


@pytest.mark.clause("規§12", "規§13")
@pytest.mark.parametrize("room", ROOMS)
def test_no_post_of_a_school_is_named_in_the_code(room: str) -> None:
    posts = {p.id for name in PACKS for p in pack(name).rules.posts} - IMPORTER
    named = {str(p.relative_to(ROOT)): sorted(_words(p) & posts) for p in _sources(room)}
    assert {path: found for path, found in named.items() if found} == {}


@pytest.mark.clause("規§12", "規§13")
@pytest.mark.parametrize("room", ROOMS)
def test_no_quota_lane_or_roster_of_a_school_is_named_in_the_code(room: str) -> None:
    """A limit can only be hard-coded where its quota, its lane or its roster is named."""
    named: set[str] = set()
    for name in PACKS:
        rules = pack(name).rules
        named |= {q.id for q in rules.quotas} | {x.id for x in rules.lanes}
        named |= {code for r in rules.rosters for code in r.codes.values()}
    for path in _sources(room):
        assert _words(path) & named == set(), path


@pytest.mark.clause("規§5.3.1", "規§5.4", "規§6.1")
@pytest.mark.parametrize("name", PACKS)
def test_a_changed_quota_is_the_limit_that_counts(name: str) -> None:
    """Every limit of a school becomes another one by its data alone, and no other limit moves."""
    rules, calendar = pack(name).rules, dates(name)
    before = {(x.quota, x.period): x.max for x in limits_of(rules, calendar)}
    for found in rules.quotas:
        value = found.values[0].model_copy(update={"value": found.values[0].value + 1})
        raised = found.model_copy(update={"values": (value,)})
        quotas = tuple(raised if q is found else q for q in rules.quotas)
        changed = limits_of(rules.model_copy(update={"quotas": quotas}), calendar)
        moved = {(x.quota, x.period): x.max - before[x.quota, x.period] for x in changed}
        assert moved == {key: int(key[0] == found.id) for key in before}
