"""records: classes, students with their lanes, posts with their holders, courses with their teachers. 規§2, 規§5.1.1"""

from __future__ import annotations

from datetime import date, datetime, timedelta
from itertools import count
from uuid import UUID

from records.base_data.people import Import
from rules.instants import at_taipei
from rules.refusals import Code, refuse


async def import_students(w: Import) -> None:
    """Classes, then students with their class, seat and lane."""
    for row in w.files.classes:
        await w.c.execute(
            "insert into class (school, id, school_year, name, grade, track, group_code, department_code, division_code,"
            " class_kind) values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) on conflict (school, id) do update set"
            " school_year = $3, name = $4, grade = $5, track = $6, group_code = $7, department_code = $8,"
            " division_code = $9, class_kind = $10",
            w.school,
            row.class_code,
            str(row.school_year),
            row.class_name,
            row.grade,
            row.track.value,
            row.group_code,
            row.department_code,
            row.division_code,
            row.class_kind,
        )
    for student in w.files.students:
        lane = w.rules.lane_of(student.grade, student.track.value)
        if lane is None:
            raise refuse(
                Code.NOT_DECIDED,
                clause="規§4.1",
                place=f"{student.place.file}:{student.place.row}",
                found=f"grade {student.grade}, {student.track.value}",
                limit="lanes of the rule set",
            )
        person = w.students[student.student_no]
        await w.c.execute(
            "insert into student (school, person, class, seat, grade, track, entry_year) values ($1, $2, $3, $4, $5, $6, $7)"
            " on conflict (school, person) do update set class = $3, seat = $4, grade = $5, track = $6",
            w.school,
            person,
            student.class_code,
            student.seat_no,
            student.grade,
            student.track.value,
            student.entry_year,
        )
        await _join_lane(w, lane.id, person)


async def _join_lane(w: Import, lane: str, person: UUID) -> None:
    """Membership is dated: another lane begins where the one before ends."""
    now = await w.c.fetchval(
        "select lane from lane_member where school = $1 and person = $2 and closes is null", w.school, person
    )
    if now == lane:
        return
    await w.c.execute(
        "update lane_member set closes = $3 where school = $1 and person = $2 and closes is null and opens < $3",
        w.school,
        person,
        w.start,
    )
    await w.c.execute(
        "insert into lane_member (school, lane, person, opens) values ($1, $2, $3, $4)"
        " on conflict (school, person, opens) do update set lane = $2",
        w.school,
        lane,
        person,
        w.start,
    )


async def import_posts(w: Import) -> None:
    """Posts of the rule set, their holders and deputies, and every class's homeroom teacher. 規§2, 規§10.1.2"""
    for rule in w.rules.posts:
        if rule.per == "school":
            await _post(w, rule.id, rule.id)
    known = {p.id for p in w.rules.posts}
    for row in w.files.posts:
        if row.post_id not in known:
            raise refuse(
                Code.NOT_FOUND,
                clause="規§2",
                place=f"{row.place.file}:{row.place.row}",
                found=row.post_id,
                limit="posts of the rule set",
            )
        opens, closes = _from(w, row.first_day), _until(row.last_day)
        for rank, number in enumerate((row.staff_no, row.first_deputy_no, row.second_deputy_no)):
            if number:
                await _hold(w, row.post_id, rank, w.staff[number], opens, closes)
    for class_ in w.files.classes:
        post = f"homeroom_teacher:{class_.class_code}"
        await _post(w, post, "homeroom_teacher")
        await _hold(w, post, 0, w.staff[class_.homeroom_staff_no], w.start, None)


async def import_courses(w: Import) -> None:
    """Courses keep the id that they once had: it stands in duties and step keys, whatever a file's order."""
    taken = {r["id"] for r in await w.c.fetch("select id from course where school = $1", w.school)}
    for row in w.files.courses:
        semester = f"{row.school_year}-{row.semester}"
        key = (row.school_year, row.semester, row.class_code, row.course_code)
        course = w.courses.get(key) or free_course(f"{semester}/{row.class_code}", taken)
        taken.add(course)
        w.courses[key] = course
        post = await taught_by(w, course, row.teacher_no, row.deputy_teacher_no)
        await w.c.execute(
            "insert into course (school, id, semester, class, code, title, credits, post) values ($1, $2, $3, $4, $5, $6, $7, $8)"
            " on conflict (school, id) do update set title = $6, credits = $7, code = $5",
            w.school,
            course,
            semester,
            row.class_code,
            row.course_code,
            row.subject_name,
            row.credits,
            post,
        )
        await w.c.execute(
            "insert into certification_count (school, course) values ($1, $2) on conflict do nothing", w.school, course
        )
        await w.c.execute(
            "insert into course_member (school, course, person) select school, $2, person from student"
            " where school = $1 and class = $3 on conflict do nothing",
            w.school,
            course,
            row.class_code,
        )


async def taught_by(w: Import, course: str, teacher: str, deputy: str | None) -> str:
    """The post of a course's teacher, held from now on by this one; its id."""
    post = f"course_teacher:{course}"
    await _post(w, post, "course_teacher")
    await _hold(w, post, 0, w.staff[teacher], w.start, None)
    if deputy:
        await _hold(w, post, 1, w.staff[deputy], w.start, None)
    return post


def free_course(place: str, taken: set[str]) -> str:
    """The next course id of a class and semester."""
    return next(name for n in count(1) if (name := f"{place}/{n:02d}") not in taken)


async def _post(w: Import, post: str, rule: str) -> None:
    office = w.rules.post(rule).office
    await w.c.execute(
        "insert into post (school, id, rule, office) values ($1, $2, $3, $4) on conflict do nothing",
        w.school,
        post,
        rule,
        office,
    )


async def _hold(w: Import, post: str, rank: int, person: UUID, opens: datetime, closes: datetime | None) -> None:
    """A holder row, unless the post's history has gone on since the file was made; the former one ends there."""
    await w.c.execute(
        "update post_holder p set closes = $5 where school = $1 and post = $2 and rank = $3 and person <> $4 and opens < $5"
        " and (closes is null or closes > $5) and not exists (select from post_holder x where x.school = $1"
        " and x.post = $2 and x.rank = $3 and x.opens >= $5)",
        w.school,
        post,
        rank,
        person,
        opens,
    )
    await w.c.execute(
        "insert into post_holder (school, post, rank, person, opens, closes) select $1, $2, $3, $4, $5, $6"
        " where not exists (select from post_holder where school = $1 and post = $2 and rank = $3"
        " and (opens >= $5 or (person = $4 and closes is null)))",
        w.school,
        post,
        rank,
        person,
        opens,
        closes,
    )


def _from(w: Import, day: date) -> datetime:
    """A holder who was there before the year starts counts from its first instant at the latest."""
    return min(at_taipei(day), w.start)


def _until(day: date | None) -> datetime | None:
    """A last day is included."""
    return None if day is None else at_taipei(day + timedelta(days=1))
