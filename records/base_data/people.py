"""records: the people of a school's files: one sealed row each, found again by a blind index. 規§5.1.1"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from records.db import Connection
from records.sealing import blind, new_key, person_key, seal, unseal
from records.seam import Vault
from rules.refusals import Code, refuse
from rules.ruleset import RuleSet
from rules.school_files import SchoolFiles, StaffRow, StudentRow

DEMO_SEED = b"licheng demo school"


@dataclass(slots=True)
class Import:
    """One import under way: its transaction and the people found so far by their numbers."""

    c: Connection
    vault: Vault
    school: str
    kind: str
    rules: RuleSet
    files: SchoolFiles
    start: datetime
    same_person: bool = False
    """The clerk decided that a number with another identity is the same person, mistyped before."""
    staff: dict[str, UUID] = field(default_factory=dict)
    students: dict[str, UUID] = field(default_factory=dict)
    courses: dict[tuple[int, int, str, str], str] = field(default_factory=dict)
    """Course ids by school year, semester, class and course code."""
    taken: dict[tuple[int, int, str, str], str] = field(default_factory=dict)
    """Course ids by school year, semester, student number and course code: what each student takes."""
    classes: dict[str, str] = field(default_factory=dict)
    """The class of each student number."""

    def id_for(self, kind: str, number: str) -> UUID:
        """A random id; in a demo school one that two runs agree on, so that their traces can be compared."""
        if self.kind != "demo":
            return uuid4()
        digest = hashlib.sha256(DEMO_SEED + f"{self.school}|{kind}|{number}".encode()).digest()
        return UUID(bytes=digest[:16], version=4)


async def import_people(w: Import) -> None:
    """Bring everybody in, staff first; their ids are kept under their numbers."""
    for row in w.files.staff:
        w.staff[row.staff_no] = await _person(w, "staff", row.staff_no, row, {"email": row.email})
    for student in w.files.students:
        more = {"email": student.private_email, "sex": student.sex, "special": list(student.special_status)}
        w.students[student.student_no] = await _person(w, "student", student.student_no, student, more)


async def _person(w: Import, kind: str, number: str, row: StaffRow | StudentRow, more: dict[str, Any]) -> UUID:
    """The person behind a row, sealed; found again by 身分證號 and birth date, resealed when the row says more.

    Raises Refused(already_exists) for a number that belongs to somebody else: whether a number was
    given anew or an identity was mistyped, a person decides (規§12).
    """
    index = blind(w.vault.master_key, w.school, "identity", row.national_id, row.birth_date.isoformat())
    known: UUID | None = await w.c.fetchval("select id from person where school = $1 and blind = $2", w.school, index)
    text = {
        "number": number,
        "name": row.name,
        "national_id": row.national_id,
        "birth_date": row.birth_date.isoformat(),
        **more,
    }
    person = known or w.id_for(kind, number)
    handle = blind(w.vault.master_key, w.school, kind, number)
    owner = await w.c.fetchval("select person from person_handle where school = $1 and handle = $2", w.school, handle)
    if owner is not None and known is None and w.same_person:
        known = person = owner
        await w.c.execute("update person set blind = $3 where school = $1 and id = $2", w.school, owner, index)
    elif owner is not None and owner != known:
        raise refuse(
            Code.ALREADY_EXISTS, clause="規§5.1.1", place=f"{row.place.file}:{row.place.row}", found=f"{kind} number"
        )
    if known is not None:
        await _reseal(w, known, text)
    else:
        key, wrapped = new_key(w.vault)
        sealed = seal(key, json.dumps(text, ensure_ascii=False).encode())
        await w.c.execute(
            "insert into person (school, id, sealed, blind, kind) values ($1, $2, $3, $4, $5)",
            w.school,
            person,
            sealed,
            index,
            kind,
        )
        await w.c.execute(
            "insert into person_key (school, person, wrapped) values ($1, $2, $3)", w.school, person, wrapped
        )
        await w.c.execute(
            "insert into account (school, person, opened_at) values ($1, $2, $3)", w.school, person, w.start
        )
    await w.c.execute(
        "insert into person_handle (school, handle, person) values ($1, $2, $3) on conflict do nothing",
        w.school,
        handle,
        person,
    )
    return person


async def _reseal(w: Import, person: UUID, text: dict[str, Any]) -> None:
    """Put a person's newest data in place; the same data leave the row as it is."""
    key = await person_key(w.c, w.vault, w.school, person)
    sealed = await w.c.fetchval("select sealed from person where school = $1 and id = $2", w.school, person)
    if json.loads(unseal(key, sealed)) != text:
        again = seal(key, json.dumps(text, ensure_ascii=False).encode())
        await w.c.execute("update person set sealed = $3 where school = $1 and id = $2", w.school, person, again)
