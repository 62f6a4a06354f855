"""A school as a rehearsal needs it, and what its script says to whom. 規§4.2, 規§5.1.1, 規§10.1.2"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from rules.posts import Away, Holding
from rules.rehearsals.report import rehearse_year
from rules.rehearsals.school import School, from_files, invented
from rules.rehearsals.script import Addressee
from rules.rehearsals.staffing import Staffing
from rules.school_files import SchoolFiles
from rules.snapshot import CourseRef
from tests.rules.builders import SCHOOL, basis, rule_set, taipei
from tests.rules.test_rehearsal import assumed, year

START = taipei("2026-08-01 00:00")
LANE = {"id": "g10_11", "title": "高一二", "title_en": "grades 10-11", "grades": [1, 2], "tracks": ["general"]}


def row(**fields: Any) -> dict[str, Any]:
    """A row with its place."""
    return {"place": {"file": "x.csv", "row": 2}} | fields


def student(number: str, class_: str = "101", track: str = "general", grade: int = 1) -> dict[str, Any]:
    """A student of a class."""
    return row(
        student_no=number, name="甲", national_id="A123456789", birth_date="2010-01-01", sex="male", grade=grade,
        class_code=class_, seat_no=1, track=track, entry_year=115, private_email=None,
    )  # fmt: skip


def course(
    class_: str = "101", semester: int = 1, teacher: str = "T1", deputy: str | None = None, year_: int = 115
) -> Any:
    """A course of a class."""
    return row(
        school_year=year_, semester=semester, course_code="c", subject_name="數學", credits=4, grade=1,
        class_code=class_, teacher_no=teacher, deputy_teacher_no=deputy,
    )  # fmt: skip


def files() -> SchoolFiles:
    """Two classes, one of a track that no lane holds."""
    post = row(
        post_id="it_section", post_name="資訊組", office="top", staff_no="S1", first_day="2026-09-01", last_day="2027-01-31",
        first_deputy_no="S2", second_deputy_no=None,
    )  # fmt: skip
    class_ = row(school_year=115, class_code="101", class_name="一忠", grade=1, track="general", homeroom_staff_no="S3")
    staff = row(staff_no="S1", name="王", national_id="A123456789", birth_date="1980-01-01", email="a@example.org")
    return SchoolFiles.model_validate(
        {
            "students": [student("1"), student("2"), student("3", "901", "vocational")],
            "classes": [class_],
            "staff": [staff],
            "posts": [post, post | {"post_id": "principal", "staff_no": "S9", "last_day": None, "first_deputy_no": None}],
            "courses": [
                course(), course(teacher="T2", deputy="T3"), course(semester=2), course("901"), course(year_=114),
            ],
        }
    )  # fmt: skip


@pytest.mark.clause("規§5.1.1", "規§5.3.2")
def test_a_school_is_read_from_its_files_as_an_import_reads_it() -> None:
    away = Away("S1", START, taipei("2026-09-01 00:00"))
    found = from_files(files(), rule_set(lanes=[LANE]), [("S1", away)], year=115, starts=START)
    assert found.structure.courses == tuple(
        CourseRef(id_, "g10_11", "101", semester, f"course_teacher:{id_}")
        for id_, semester in (("115-1/101/01", "115-1"), ("115-1/101/02", "115-1"), ("115-2/101/01", "115-2"))
    )
    assert (found.students, found.class_sizes) == ({"g10_11": 2}, {"101": 2})
    assert (found.structure.classes, found.structure.lanes) == ({"101": "g10_11"}, frozenset({"g10_11"}))
    assert found.names == {"S1": "王"}
    assert found.staffing.absences == {"S1": [away]}
    holdings = found.staffing.holdings
    assert holdings["course_teacher:115-1/101/02"] == [Holding("T2", 0, START), Holding("T3", 1, START)]
    assert holdings["homeroom_teacher:101"] == [Holding("S3", 0, START)]
    until = taipei("2027-02-01 00:00")
    assert holdings["it_section"] == [Holding("S1", 0, START, until), Holding("S2", 1, START, until)]
    assert holdings["principal"] == [Holding("S9", 0, START)]
    late = from_files(files(), rule_set(lanes=[LANE]), [], year=115, starts=taipei("2026-10-01 00:00"))
    assert late.staffing.holdings["it_section"][0].opens == taipei("2026-09-01 00:00")


@pytest.mark.clause("規§4.1")
def test_an_invented_school_has_two_courses_in_one_class_of_each_lane() -> None:
    found = invented(rule_set(), ["115-1", "115-2"])
    assert [(c.id, c.lane, c.class_, c.semester, c.post) for c in found.structure.courses] == [
        (f"{s}/g10_11-1/{n}", "g10_11", "g10_11-1", s, f"course_teacher:{s}/g10_11-1/{n}")
        for s in ("115-1", "115-2")
        for n in ("01", "02")
    ]
    assert found.structure.classes == {"g10_11-1": "g10_11"}
    assert not found.staffing.known


@pytest.mark.clause("規§4.2")
def test_the_script_says_who_hears_of_each_opening_and_publication() -> None:
    r = year()
    heard = {(x.process.split("/")[2], x.title): x.to for x in r.lines if x.kind == "opening"}
    students = (Addressee("students:g10_11", None, "group", 30),)
    for period, title in (("115-1", "outcome_upload"), ("115", "diverse_upload"), ("115", "selection"),
                          ("115-1", "公布收訖明細")):  # fmt: skip
        assert heard[period, title] == students
    # Two courses of a semester, each with a teacher of its own.
    assert heard["115-1", "certification"] == (Addressee("teachers:g10_11", None, "group", 2),)
    assert heard["115-1", "entry"] == ()
    openings = [x for x in r.lines if x.kind == "opening" and x.title == "outcome_upload"]
    assert {(x.count, x.lane) for x in openings} == {(30, "g10_11")}
    unknown = rehearse_year(SCHOOL, basis(), replace(r.school, staffing=Staffing()), assumed(), "on-time")
    teachers = [x.to for x in unknown.lines if x.kind == "opening" and x.title == "certification"]
    assert teachers[0] == heard["115-1", "certification"]


@pytest.mark.clause("規§4.2", "規§6.3.1")
def test_the_script_names_what_begins_and_who_makes_a_roster() -> None:
    r = year()
    made = [x for x in r.lines if x.title == "產生名冊"]
    assert {x.to for x in made} == {(Addressee("registration_section", "registration_section", "holder"),)}
    begun = {x.title for x in r.lines if x.kind == "start"}
    assert begun == {"學期 115-1", "學期 115-2", "semester_submission enrolment", "yearly_submission outcomes"}
    assert {x.title for x in r.lines if x.kind == "closing"} >= {"退件更正", "收訖明細視同確認", "結案", "entry"}


@pytest.mark.clause("規§10.1.2")
def test_work_passes_to_a_deputy_and_back_while_something_is_owed() -> None:
    r = year("on-time", Away("registration_section", taipei("2026-10-05 00:00"), taipei("2026-10-07 00:00")))
    handed = [(x.at, x.to[0].person, x.to[0].how) for x in r.lines if x.key == "registration_section|handoff"]
    assert handed == [
        (taipei("2026-10-05 00:00"), "registration_section/deputy", "first_deputy"),
        (taipei("2026-10-07 00:00"), "registration_section", "holder"),
    ]
    assert [g.post for g in r.gaps] == []


@pytest.mark.clause("規§6.3.1")
def test_a_gate_hands_work_on_only_to_another_post() -> None:
    steps = {x.title for x in year().lines if x.kind == "handoff"}
    assert "precheck → approve" in steps
    assert "approve → submit" in steps
    assert "self_check → precheck" not in steps


@pytest.mark.clause("規§4.1", "規§6.3.1")
def test_a_rehearsal_in_which_a_roster_is_sent_late_shows_it_on_the_way() -> None:
    on_time = {p.period: p for p in year().paths}
    nobody = {p.period: p for p in year("nobody").paths}
    for period, kind in (("115-1", "semester_submission"), ("115", "yearly_submission")):
        sent = next(s.ends for s in on_time[period].stages if s.kind == kind)
        planned = next(s.ends for s in nobody[period].stages if s.kind == kind)
        # Everybody sends an hour before it is due; where nobody sends, the plan stands.
        assert (planned - sent).total_seconds() == 3600


@pytest.mark.clause("規§4.1")
def test_a_school_without_people_is_rehearsed_by_posts() -> None:
    r = rehearse_year(SCHOOL, basis(), School(invented(rule_set(), ["115-1"]).structure), assumed(), "on-time")
    rungs = [x for x in r.lines if x.offset == 0 and x.outcome == "done"]
    assert all(a.how == "post" and a.person is None for x in rungs for a in x.to)
    assert replace(r, lines=()).counts() == {}
    assert min(x.at for x in r.lines) == START
