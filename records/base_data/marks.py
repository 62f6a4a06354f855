"""records: grades, cadre records and advisory talks; the same row again changes what it says. 規§5.1.2, 規§5.2"""

from __future__ import annotations

import hashlib
import json
from typing import Any
from uuid import UUID

from records.base_data.people import Import
from records.sealing import blind, person_key, seal, unseal
from rules.school_files import CadreRow, GradeRow


async def import_grades(w: Import) -> None:
    """Grades by student and course; a correction overwrites the one before. 規§5.2.1"""
    await w.c.executemany(
        "insert into grade (school, course, person, score, passed, makeup) values ($1, $2, $3, $4, $5, $6)"
        " on conflict (school, course, person) do update set score = $4, passed = $5, makeup = $6",
        [
            (w.school, _course_of(w, g), w.students[g.student_no], g.score, g.passed, g.makeup_score)
            for g in w.files.grades
        ],
    )


def _course_of(w: Import, g: GradeRow) -> str:
    """The course in which the student has the grade: what they take, whatever class they are in by now."""
    taken = w.taken.get((g.school_year, g.semester, g.student_no, g.course_code))
    return taken or w.courses[(g.school_year, g.semester, w.classes[g.student_no], g.course_code)]


async def import_cadre(w: Import) -> None:
    """Cadre records; one is known again by semester, student, unit, position and first day. 規§5.1.2"""
    for semester in sorted({f"{r.school_year}-{r.semester}" for r in w.files.cadre}):
        rows = [r for r in w.files.cadre if f"{r.school_year}-{r.semester}" == semester]
        known = await _known_cadre(w, semester)
        for row in rows:
            await _cadre(w, semester, row, known)


_Known = dict[tuple[UUID, str, str, Any], int]


async def _known_cadre(w: Import, semester: str) -> _Known:
    found: _Known = {}
    for r in await w.c.fetch(
        "select person, ordinal, opens, sealed from cadre where school = $1 and semester = $2", w.school, semester
    ):
        text = json.loads(unseal(await person_key(w.c, w.vault, w.school, r["person"]), r["sealed"]))
        found[(r["person"], text["unit"], text["position"], r["opens"])] = r["ordinal"]
    return found


async def _cadre(w: Import, semester: str, row: CadreRow, known: _Known) -> None:
    person = w.students[row.student_no]
    key = (person, row.unit_name, row.position, row.first_day)
    if key in known:
        await w.c.execute(
            "update cadre set level = $5, closes = $6 where school = $1 and semester = $2 and person = $3 and ordinal = $4",
            w.school,
            semester,
            person,
            known[key],
            row.level.value,
            row.last_day,
        )
        return
    known[key] = 1 + max((n for (who, *_), n in known.items() if who == person), default=0)
    text = json.dumps({"unit": row.unit_name, "position": row.position}, ensure_ascii=False)
    sealed = seal(await person_key(w.c, w.vault, w.school, person), text.encode())
    await w.c.execute(
        "insert into cadre (school, semester, person, ordinal, level, opens, closes, sealed)"
        " values ($1, $2, $3, $4, $5, $6, $7, $8)",
        w.school,
        semester,
        person,
        known[key],
        row.level.value,
        row.first_day,
        row.last_day,
        sealed,
    )


async def import_advisory(w: Import) -> None:
    """Advisory talks with the students who were there; known again by day, adviser, topic and students. 規§5.2.2"""
    for row in w.files.advisory:
        adviser = w.staff[row.teacher_no]
        semester = f"{row.school_year}-{row.semester}"
        name = (row.day.isoformat(), row.teacher_no, row.topic, ",".join(sorted(row.student_nos)))
        talk = blind(w.vault.master_key, w.school, "advisory", *name).hex()[:32]
        text = {"location": row.location, "topic": row.topic, "content": row.content}
        content = json.dumps(text, ensure_ascii=False, sort_keys=True).encode()
        sealed = seal(await person_key(w.c, w.vault, w.school, adviser), content)
        await w.c.execute(
            "insert into advisory (school, id, semester, day, form, adviser, sealed, digest)"
            " values ($1, $2, $3, $4, $5, $6, $7, $8) on conflict (school, id) do update"
            " set form = $5, sealed = $7, digest = $8 where advisory.digest <> $8 or advisory.form <> $5",
            w.school,
            talk,
            semester,
            row.day,
            row.form,
            adviser,
            sealed,
            hashlib.sha256(w.vault.master_key + content).digest(),
        )
        await w.c.executemany(
            "insert into advisory_member (school, advisory, person) values ($1, $2, $3) on conflict do nothing",
            [(w.school, talk, w.students[number]) for number in row.student_nos],
        )
