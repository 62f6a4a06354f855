"""How students take their courses comes in as base data: 補修, 重修, 重讀, 轉學轉科, 借讀 with the teacher who certifies."""

from __future__ import annotations

from typing import Any

import pytest

from records.base_data.changes import Changes
from records.commands.imports import preview_for
from records.queries.completeness import by_class
from records.queries.items import queue_of
from records.seam import Actor
from rules.refusals import Refused
from tests.records.builders import pdf
from tests.records.staff.scene import IT, REGISTRAR, STRANGER, Scene
from tests.records.test_item_fields import VARIANTS

CLERK = "course_affairs_section"
OWN, OTHER_CLASS = "115999901H11101A1010101", "114999901V25401A1010101"
AWAY, BEFORE = "115011302H11101A1010101", "115011302H11101A1010201"
STAFF = "職員編號,姓名,身分證號,出生日期,信箱\nV01,外校師,Y200990001,68/12/22,v01@other.example\n"
HEADER = "學年度,學期,學號,修課身分,課程代碼,班級代碼,科目名稱,學分,認證教師職員編號\n"


def enrolments(*rows: str) -> dict[str, bytes]:
    """An enrolments file of these rows."""
    return {"enrolments.csv": (HEADER + "".join(f"115,1,{r}\n" for r in rows)).encode()}


async def bring(term: Scene, files: dict[str, bytes], who: str = CLERK, **how: bool) -> dict[str, Any]:
    """Import files; the proof."""
    kept = {name: await term.keep(data) for name, data in files.items()}
    return await term.must(who, "import_base_data", files=kept, **how)


async def shown(term: Scene, files: dict[str, bytes], who: str = CLERK) -> Changes:
    """What an import would change."""
    return await preview_for(term.seam, term.school, Actor(await term.holder(who)), files)


async def course_of(term: Scene, code: str, number: str) -> str:
    """The course of that code which a student takes in the first semester."""
    found = await term.value(
        "select k.id from course k join course_member m on m.school = k.school and m.course = k.id"
        " where k.school = $1 and k.code = $2 and m.person = $3 and k.semester = '115-1'",
        code,
        await term.numbered(number),
    )
    return str(found)


REPEATED: dict[str, dict[str, Any]] = {
    "visiting": {"visited_course_code": AWAY, "visited_subject": "國語文", "visited_credits": 4},
    "transfer": {"first_course_code": BEFORE, "first_subject": "數學", "first_credits": 4},
}
"""What the office registered with the courses from elsewhere, as their students repeat it."""


async def upload(term: Scene, number: str, course: str, variant: str, **fields: Any) -> str | None:
    """Hand in an outcome; the code of the refusal, None for an accepted one."""
    student = await term.numbered(number)
    sha256 = await term.keep(pdf(f"{number}{variant}"), student)
    size = await term.value("select size from stored_file where school = $1 and sha256 = $2", sha256)
    part = {"role": "document", "sha256": sha256, "size": size, "media_type": "application/pdf"}
    body = {"item": "outcome", "period": "115-1", "course": course, "variant": variant}
    body["fields"] = VARIANTS[variant] | REPEATED.get(variant, {}) | fields
    answer = await term.do(student, "upload", summary="心得", files=[part], **body)
    return answer.refusal.code.value if answer.refusal else None


@pytest.mark.clause("規§5.3.1", "規§8")
async def test_a_registered_enrolment_opens_its_variant_and_a_visit_is_certified_by_the_other_school_s_teacher(
    term: Scene,
) -> None:
    await term.at("2026-10-01 12:00")
    await bring(term, {"staff.csv": STAFF.encode()}, IT)
    files = enrolments(
        f"115001,補修,{OWN},,,,", f"115002,借讀,{AWAY},,國語文,4,V01", f"115003,轉學轉科,{BEFORE},,數學,4,T03",
        f"115004,重修,{OWN},,,,", f"115005,重讀,{OWN},,,,",
    )  # fmt: skip
    assert len((await shown(term, files)).added["enrolments"]) == 5
    complete = await term.value("select count(*) from grade where school = $1")
    await bring(term, files)
    again = await shown(term, files)
    assert (again.added, again.changed) == ({}, [])
    wanted = {
        "115001": "makeup",
        "115002": "visiting",
        "115003": "transfer",
        "115004": "retake",
        "115005": "repeat_grade",
    }
    for number, variant in wanted.items():
        code = {"visiting": AWAY, "transfer": BEFORE}.get(variant, OWN)
        course = await course_of(term, code, number)
        assert await upload(term, number, course, "regular") == "course_kind"
        for field in REPEATED.get(variant, {}):
            other = 3 if field.endswith("credits") else "1" * 23
            assert await upload(term, number, course, variant, **{field: other}) == "field_invalid"
        assert await upload(term, number, course, variant) is None
    assert await upload(term, "115006", await course_of(term, OWN, "115006"), "regular") is None
    item, course = (await term.rows("select id, course from item where school = $1 and variant = 'visiting'"))[0]
    await term.must(await term.numbered("115002"), "request_certification", item=item)
    guest = await term.numbered("V01")
    async with term.db.as_person(term.school, guest) as c:
        queue = await queue_of(c, term.school, guest, await c.fetchval("select school_now($1)", term.school))
        assert [str(r["id"]) for r in queue] == [str(item)]
        assert await c.fetch("select person from student") == [], "not the class at home"
    home = await term.holder(f"course_teacher:{await course_of(term, OWN, '115002')}")
    assert (await term.refused(home, "certify", item=item))[0] == "not_certifier"
    await term.must(guest, "certify", item=item)
    async with term.db.transaction(term.school) as c:
        rows = await by_class(c, term.school, "115-1")
    assert sum(r["grades_due"] for r in rows) * 2 == complete, "courses from outside are no grades of ours"


@pytest.mark.clause("規§8")
async def test_an_enrolment_is_corrected_by_a_new_import_and_taken_back_while_nothing_hangs_on_it(term: Scene) -> None:
    await term.at("2026-10-01 12:00")
    await bring(term, enrolments(f"115001,補修,{OWN},,,,", f"114001,重修,{OWN},101,,,"))
    course = await course_of(term, OWN, "115001")
    found = await shown(term, enrolments(f"115001,重修,{OWN},,,,"))
    assert [(c.file, c.field, c.old, c.new) for c in found.changed] == [("enrolments", "enrolment", "makeup", "retake")]
    back = enrolments(f"115001,取消,{OWN},,,,", f"114001,取消,{OWN},,,,")
    assert {(c.field, c.old, c.new) for c in (await shown(term, back)).changed} == {
        ("enrolment", "makeup", ""), ("enrolment", "retake", ""), ("class", "101", ""),
    }  # fmt: skip
    assert await upload(term, "115001", course, "makeup") is None
    kept = {name: await term.keep(data) for name, data in back.items()}
    refused = await term.refused(CLERK, "import_base_data", files=kept)
    assert refused == ("items_there", "規§8", "enrolments.csv:2")
    await term.must(
        await term.numbered("115001"), "withdraw", item=await term.value("select id from item where school = $1")
    )
    await term.must(CLERK, "import_base_data", files=kept)
    rows = await term.rows("select person from course_member where school = $1 and enrolment <> 'regular'")
    assert rows == [] and await course_of(term, OWN, "114001") == "None"
    assert await upload(term, "115001", course, "regular") is None


WRONG = [
    ("999999,補修,{own},,,,", "unknown_student", "學號"), ("115001,補習,{own},,,,", "not_a_choice", "修課身分"),
    ("115001,補修,{away},,,,", "unknown_course", "課程代碼"), ("115001,補修,{own},201,,,", "unknown_course", "課程代碼"),
    ("115001,借讀,{own},,國語文,4,T03", "own_course", "課程代碼"), ("115001,借讀,{away},,,4,T03", "needed_outside", "科目名稱"),
    ("115001,借讀,{away},,國語文,,T03", "needed_outside", "學分"), ("115001,轉學轉科,{away},,國語文,4,", "needed_outside", "認證教師職員編號"),
    ("115001,借讀,{away},,國語文,4,X99", "unknown_staff", "認證教師職員編號"), ("115001,借讀,11501,,國語文,4,T03", "course_code_length", "課程代碼"),
    ("115001,補修,{own},,,,\n115,1,115001,重修,{own},,,,", "duplicate", "課程代碼"),
    ("115001,借讀,{away},,國語文,4,T03\n115,1,115002,借讀,{away},,國語文,3,T03", "outside_differs", "課程代碼"),
]  # fmt: skip


@pytest.mark.clause("規§8")
async def test_a_row_that_fits_nothing_names_its_place_and_remedy(term: Scene) -> None:
    for row, rule, column in WRONG:
        found = await shown(term, enrolments(row.format(own=OWN, away=AWAY)))
        (problem,) = found.problems
        assert (problem.rule, problem.file, problem.column) == (rule, "enrolments.csv", column)
        assert problem.row in (2, 3) and problem.remedy and problem.remedy_en and found.errors == 1


@pytest.mark.clause("規§5.2.1")
async def test_rows_that_hang_on_a_left_out_row_are_left_out_with_it(term: Scene) -> None:
    students = (
        "學號,姓名,身分證號,出生日期,性別,年級,班級代碼,座號,學程,入學學年度,私人信箱\n"
        "115009,新生,A123456780,0991029,男,1,101,9,普通型,115,\n"
    )
    grades = f"學年度,學期,學號,課程代碼,學期學業成績,成績及格,補考成績\n115,1,115009,{OWN},85,是,\n115,1,115001,{OWN},86,是,\n"
    files = {"students.csv": students.encode(), "grades.csv": grades.encode()}
    found = await shown(term, files, REGISTRAR)
    assert [(p.rule, p.file, p.row) for p in found.problems] == [
        ("identity_check_digit", "students.csv", 2), ("left_out_too", "grades.csv", 2),
    ]  # fmt: skip
    proof = await bring(term, files, REGISTRAR, keep_good=True)
    assert (proof["left_out"], proof["changed_grades"]) == (2, 1)


@pytest.mark.clause("規§5.2.1")
async def test_last_term_s_grade_is_corrected_after_the_student_moved_to_another_class(term: Scene) -> None:
    """And a grade in a course that the student does not take is told."""
    person = await term.numbered("115001")
    await term.operator.pool.execute(
        "update student set class = '201' where school = $1 and person = $2", term.school, person
    )
    header = "學年度,學期,學號,課程代碼,學期學業成績,成績及格,補考成績\n"
    found = await shown(term, {"grades.csv": f"{header}115,1,115001,{OWN},61,是,\n".encode()}, REGISTRAR)
    assert [(c.field, c.new) for c in found.changed] == [("score", "61")] and found.problems == ()
    found = await shown(term, {"grades.csv": f"{header}115,1,114001,{OWN},61,是,\n".encode()}, REGISTRAR)
    assert [(p.rule, p.column) for p in found.problems] == [("not_their_course", "課程代碼")]


@pytest.mark.clause("規§5.1.1")
async def test_a_diff_is_shown_to_who_may_bring_the_file_in(term: Scene) -> None:
    for who in (STRANGER, REGISTRAR):
        with pytest.raises(Refused) as refused:
            await shown(term, {"cadre.csv": b"x"}, who)
        assert refused.value.refusal.code.value == "no_post"
