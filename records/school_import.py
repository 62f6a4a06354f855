"""records: a school's files become people, posts, classes and courses, all or nothing. 規§2, 規§5.1, 規§5.2"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Literal
from uuid import UUID

from records.db import Database
from records.school_people import Import, import_people
from records.sealing import person_key, seal
from records.seam import Vault
from rules.instants import at_taipei
from rules.refusals import Code, refuse
from rules.ruleset import RuleSet
from rules.school_files import SchoolFiles


@dataclass(slots=True)
class ImportReport:
    """How many rows each table has now."""

    school: str
    counts: dict[str, int] = field(default_factory=dict)


async def import_school(
    operator: Database,
    vault: Vault,
    school: str,
    name: str,
    rules: RuleSet,
    files: SchoolFiles,
    *,
    kind: Literal["demo", "production"],
    starts: datetime,
) -> ImportReport:
    """Create or update a school from its files; a second import of the same files changes nothing.

    `starts` is the instant from which posts and lanes count (the school year's first). Raises
    Refused(not_decided) for a student whom no lane of the rule set holds, Refused(already_exists) for
    a number of somebody else's, or for a demo school in place of a production one.
    """
    async with operator.transaction(school) as c:
        stays = await c.fetchval(
            "insert into school (school, name, kind) values ($1, $2, $3) on conflict (school) do update set name = $2"
            " returning kind",
            school,
            name,
            kind,
        )
        if stays != kind:
            raise refuse(Code.ALREADY_EXISTS, clause="規§5.1.1", place=f"school {school}", found=kind, limit=stays)
        work = Import(c, vault, school, kind, rules, files, starts)
        await import_people(work)
        await _classes_and_students(work)
        await _posts(work)
        await _courses(work)
        await _marks(work)
        report = ImportReport(school)
        for table in ("person", "student", "class", "course", "course_member", "post", "post_holder", "grade", "cadre"):
            report.counts[table] = await c.fetchval(f"select count(*) from {table} where school = $1", school)
    return report


async def _classes_and_students(w: Import) -> None:
    for row in w.files.classes:
        await w.c.execute(
            "insert into class (school, id, school_year, name, grade, track) values ($1, $2, $3, $4, $5, $6)"
            " on conflict (school, id) do update set school_year = $3, name = $4, grade = $5, track = $6",
            w.school,
            row.class_code,
            str(row.school_year),
            row.class_name,
            row.grade,
            row.track.value,
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


async def _posts(w: Import) -> None:
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


async def _courses(w: Import) -> None:
    ordinals: dict[tuple[int, int, str], int] = {}
    for row in w.files.courses:
        place = (row.school_year, row.semester, row.class_code)
        ordinals[place] = ordinals.get(place, 0) + 1
        semester = f"{row.school_year}-{row.semester}"
        course = f"{semester}/{row.class_code}/{ordinals[place]:02d}"
        w.courses[(*place, row.course_code)] = course
        post = f"course_teacher:{course}"
        await _post(w, post, "course_teacher")
        await _hold(w, post, 0, w.staff[row.teacher_no], w.start, None)
        if row.deputy_teacher_no:
            await _hold(w, post, 1, w.staff[row.deputy_teacher_no], w.start, None)
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


async def _marks(w: Import) -> None:
    classes = {s.student_no: s.class_code for s in w.files.students}
    await w.c.executemany(
        "insert into grade (school, course, person, score, passed, makeup) values ($1, $2, $3, $4, $5, $6)"
        " on conflict (school, course, person) do update set score = $4, passed = $5, makeup = $6",
        [
            (
                w.school,
                w.courses[(g.school_year, g.semester, classes[g.student_no], g.course_code)],
                w.students[g.student_no],
                g.score,
                g.passed,
                g.makeup_score,
            )
            for g in w.files.grades
        ],
    )
    ordinals: dict[tuple[str, str], int] = {}
    for row in w.files.cadre:
        semester, person = f"{row.school_year}-{row.semester}", w.students[row.student_no]
        place = (semester, row.student_no)
        ordinals[place] = ordinals.get(place, 0) + 1
        text = json.dumps({"unit": row.unit_name, "position": row.position}, ensure_ascii=False)
        sealed = seal(await person_key(w.c, w.vault, w.school, person), text.encode())
        await w.c.execute(
            "insert into cadre (school, semester, person, ordinal, level, opens, closes, sealed) values ($1, $2, $3, $4, $5, $6, $7, $8)"
            " on conflict do nothing",
            w.school,
            semester,
            person,
            ordinals[place],
            row.level.value,
            row.first_day,
            row.last_day,
            sealed,
        )


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
