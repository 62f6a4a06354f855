"""records: who takes a course in another way than the regular one, and courses of other schools. 規§5.3.1, 規§8

補修, 重修 and 重讀 are marked on the membership of a course of this school; the course of a visit or from before a
transfer is made for the students who have it, with the teacher who certifies it.
"""

from __future__ import annotations

from records.base_data.people import Import
from records.base_data.structure import free_course, taught_by
from rules.refusals import Code, refuse
from rules.school_files import EnrolmentRow


async def import_enrolments(w: Import) -> None:
    """Enrolments in the file's order; the same row again changes nothing, another kind takes its place.

    Raises Refused(items_there) where one is taken back in whose course the student handed something in.
    """
    for row in w.files.enrolments:
        if row.enrolment is None:
            await _taken_back(w, row)
            continue
        course = await _outside(w, row) if row.outside else _own(w, row)
        w.taken[(row.school_year, row.semester, row.student_no, row.course_code)] = course
        await w.c.execute(
            "insert into course_member (school, course, person, enrolment) values ($1, $2, $3, $4)"
            " on conflict (school, course, person) do update set enrolment = $4",
            w.school,
            course,
            w.students[row.student_no],
            row.enrolment,
        )


def _own(w: Import, row: EnrolmentRow) -> str:
    """A course of this school: of the class that the row names, the student's own, or the only one that has it."""
    there = {
        class_: course
        for (year, semester, class_, code), course in w.courses.items()
        if (year, semester, code) == (row.school_year, row.semester, row.course_code)
    }
    wanted = row.class_code or (own if (own := w.classes[row.student_no]) in there else next(iter(there)))
    return there[wanted]


async def _outside(w: Import, row: EnrolmentRow) -> str:
    """The course that a student brings; students of one class who have the same one share it."""
    class_ = w.classes[row.student_no]
    key = (row.school_year, row.semester, class_, row.course_code)
    semester = f"{row.school_year}-{row.semester}"
    course = w.courses.get(key)
    if course is None:
        taken = {r["id"] for r in await w.c.fetch("select id from course where school = $1", w.school)}
        course = w.courses[key] = free_course(f"{semester}/{class_}", taken)
    assert row.teacher_no is not None  # the files' cross-check asks for it
    post = await taught_by(w, course, row.teacher_no, row.deputy_teacher_no)
    await w.c.execute(
        "insert into course (school, id, semester, class, code, title, credits, post, kind)"
        " values ($1, $2, $3, $4, $5, $6, $7, $8, $9) on conflict (school, id) do update set title = $6, credits = $7",
        w.school,
        course,
        semester,
        class_,
        row.course_code,
        row.subject_name,
        row.credits,
        post,
        row.enrolment,
    )
    await w.c.execute(
        "insert into certification_count (school, course) values ($1, $2) on conflict do nothing", w.school, course
    )
    return course


async def _taken_back(w: Import, row: EnrolmentRow) -> None:
    """The student takes the course regularly again where it is one of the own class, else not at all."""
    person = w.students[row.student_no]
    found = await w.c.fetchrow(
        "select k.id, k.class, k.kind, exists (select from item i where i.school = k.school and i.course = k.id"
        "  and i.student = m.person and i.state <> 'withdrawn') as items from course_member m"
        " join course k on k.school = m.school and k.id = m.course"
        " where m.school = $1 and m.person = $2 and k.semester = $3 and k.code = $4 and m.enrolment <> 'regular'"
        " and ($5::text is null or k.class = $5)",
        w.school,
        person,
        f"{row.school_year}-{row.semester}",
        row.course_code,
        row.class_code,
    )
    if found is None:
        return
    if found["items"]:
        place = f"{row.place.file}:{row.place.row}"
        raise refuse(Code.ITEMS_THERE, clause="規§8", place=place, found=found["id"])
    w.taken.pop((row.school_year, row.semester, row.student_no, row.course_code), None)
    if found["kind"] == "own" and found["class"] == w.classes[row.student_no]:
        sql = "update course_member set enrolment = 'regular' where school = $1 and course = $2 and person = $3"
    else:
        sql = "delete from course_member where school = $1 and course = $2 and person = $3"
    await w.c.execute(sql, w.school, found["id"], person)
