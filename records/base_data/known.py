"""records: what a school's data are now, as its files would say it: for cross-checks and for a diff. 規§5.1.1, 規§5.2.1"""

from __future__ import annotations

import json
from typing import Any
from uuid import UUID

from records.base_data.people import Import
from records.db import Connection
from records.sealing import unseal
from records.seam import Vault
from rules.school_files import Known

Row = dict[str, Any]
State = dict[tuple[str, str], Row]
"""(file, key of the row) to its fields."""


async def people_of(c: Connection, vault: Vault, school: str) -> dict[UUID, Row]:
    """Every person's sealed data, opened; with `kind`. For an import's memory only."""
    rows = await c.fetch(
        "select p.id, p.kind, p.sealed, k.wrapped from person p join person_key k on k.school = p.school"
        " and k.person = p.id where p.school = $1",
        school,
    )
    return {
        r["id"]: json.loads(unseal(unseal(vault.master_key, r["wrapped"]), r["sealed"])) | {"kind": r["kind"]}
        for r in rows
    }


async def fill(w: Import) -> Known:
    """Let an import know who and what is there already, so that its files may name it."""
    people = await people_of(w.c, w.vault, w.school)
    for person, data in people.items():
        (w.staff if data["kind"] == "staff" else w.students)[data["number"]] = person
    numbers = {person: data["number"] for person, data in people.items()}
    for r in await w.c.fetch("select person, class from student where school = $1", w.school):
        w.classes[numbers[r["person"]]] = r["class"]
    for r in await w.c.fetch("select id, semester, class, code from course where school = $1", w.school):
        year, semester = r["semester"].split("-")
        w.courses[(int(year), int(semester), r["class"], r["code"])] = r["id"]
    for r in await w.c.fetch(
        "select m.person, m.course, k.semester, k.code from course_member m"
        " join course k on k.school = m.school and k.id = m.course where m.school = $1",
        w.school,
    ):
        year, semester = r["semester"].split("-")
        w.taken[(int(year), int(semester), numbers[r["person"]], r["code"])] = r["course"]
    classes = await w.c.fetch("select id from class where school = $1", w.school)
    return Known(
        staff=frozenset(w.staff),
        students=frozenset(w.students),
        classes=frozenset(r["id"] for r in classes),
        courses=frozenset((str(y), str(s), class_, code) for y, s, class_, code in w.courses),
        placed=frozenset(w.classes.items()),
        enrolled=frozenset((str(y), str(s), number, code) for y, s, number, code in w.taken),
    )


async def state_of(c: Connection, vault: Vault, school: str) -> State:
    """Everything that the files say, by file and key, in values that a clerk knows."""
    people = await people_of(c, vault, school)
    number = {person: data["number"] for person, data in people.items()}
    state: State = {}
    for data in people.values():
        stem = "staff" if data["kind"] == "staff" else "students"
        shown = {k: v for k, v in data.items() if k not in ("kind", "number")}
        state[(stem, data["number"])] = {k: ",".join(v) if isinstance(v, list) else v for k, v in shown.items()}
    for r in await c.fetch("select person, class, seat, grade, track from student where school = $1", school):
        state[("students", number[r["person"]])] |= {k: r[k] for k in ("class", "seat", "grade", "track")}
    for r in await c.fetch("select * from class where school = $1", school):
        state[("classes", r["id"])] = {k: v for k, v in dict(r).items() if k not in ("school", "id")}
    teachers = await c.fetch(
        "select post, rank, person from post_holder where school = $1 and closes is null order by post, rank", school
    )
    held = {(r["post"], r["rank"]): number.get(r["person"]) for r in teachers}
    courses = await c.fetch("select * from course where school = $1", school)
    for r in (r for r in courses if r["kind"] == "own"):
        key = f"{r['semester']}/{r['class']}/{r['code']}"
        fields = {"title": r["title"], "credits": r["credits"]}
        state[("courses", key)] = fields | {"teacher": held.get((r["post"], 0)), "deputy": held.get((r["post"], 1))}
    await _enrolments(c, school, {r["id"]: r for r in courses}, number, held, state)
    for (post, rank), who in held.items():
        if not post.startswith("course_teacher:"):
            state[("posts", f"{post}/{rank}")] = {"holder": who}
    await _marks(c, vault, school, number, state)
    return state


async def _enrolments(
    c: Connection, school: str, courses: dict[str, Any], number: dict[UUID, str], held: dict[Any, Any], state: State
) -> None:
    """Who takes a course in another way than the regular one; a course from outside with its own data."""
    for r in await c.fetch(
        "select course, person, enrolment from course_member where school = $1 and enrolment <> 'regular'", school
    ):
        k = courses[r["course"]]
        row: Row = {"enrolment": r["enrolment"]}
        if k["kind"] == "own":
            row["class"] = k["class"]
        else:
            row |= {"title": k["title"], "credits": k["credits"]}
            row |= {"teacher": held.get((k["post"], 0)), "deputy": held.get((k["post"], 1))}
        state[("enrolments", f"{k['semester']}/{number[r['person']]}/{k['code']}")] = row


async def _marks(c: Connection, vault: Vault, school: str, number: dict[UUID, str], state: State) -> None:
    for r in await c.fetch(
        "select g.*, k.semester, k.code from grade g join course k on k.school = g.school and k.id = g.course"
        " where g.school = $1",
        school,
    ):
        key = f"{r['semester']}/{number[r['person']]}/{r['code']}"
        state[("grades", key)] = {k: r[k] for k in ("score", "passed", "makeup")}
    keys = {
        r["person"]: unseal(vault.master_key, r["wrapped"])
        for r in await c.fetch("select person, wrapped from person_key where school = $1", school)
    }
    for r in await c.fetch("select * from cadre where school = $1", school):
        text = json.loads(unseal(keys[r["person"]], r["sealed"]))
        key = f"{r['semester']}/{number[r['person']]}/{text['unit']}/{text['position']}/{r['opens']}"
        state[("cadre", key)] = {"level": r["level"], "closes": r["closes"]}
    for r in await c.fetch(
        "select a.*, (select count(*) from advisory_member m where m.school = a.school and m.advisory = a.id) as people"
        " from advisory a where a.school = $1",
        school,
    ):
        text = json.loads(unseal(keys[r["adviser"]], r["sealed"]))
        key = f"{r['day']}/{number[r['adviser']]}/{text['topic']}/{r['id'][:8]}"
        fields = {"form": r["form"], "students": r["people"], "location": text["location"], "content": text["content"]}
        state[("advisory", key)] = fields
