"""records: items as they stand: a student's own, a teacher's queue, a class's progress, a proof checked later."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from records.db import Connection
from records.sealing import Erased, person_key, unseal
from records.seam import Vault, proof
from rules.refusals import Code, refuse

_PLAIN = (
    "i.id, i.student, i.item, i.period, i.course, i.category, i.variant, i.version, i.digest, i.files,"
    " i.uploaded_at, i.requested_at, i.selected_at"
)
_SHOWN = f"{_PLAIN}, i.state, i.decided_at, i.return_reason"
# A decision that is held back is none to its student; seen_state (migrations/0022_variants.sql) alone says which are.
_SEEN = (
    f"{_PLAIN}, s.state, case when s.state = i.state then i.decided_at end as decided_at,"
    " case when s.state = i.state then i.return_reason end as return_reason"
)


async def items_of(
    connection: Connection, school: str, student: UUID, *, period: str | None = None
) -> list[dict[str, Any]]:
    """A student's items as the student may know them, oldest first; `period`: of a semester or school year only.

    A decision is held back where the school's rules say so, until the course's results are released, at the
    latest until uploads close: its item is then 認證中 (規§5.3.2).
    """
    rows = await connection.fetch(
        f"select {_SEEN} from item i cross join lateral seen_state(i, i.student) s(state)"
        " where i.school = $1 and i.student = $2"
        " and ($3::text is null or i.period = $3 or i.school_year = $3) order by i.uploaded_at, i.id",
        school,
        student,
        period,
    )
    return [dict(r) for r in rows]


async def return_words_of(connection: Connection, vault: Vault, school: str, student: UUID) -> dict[UUID, str]:
    """What teachers wrote beside the reason, by item, of items that the student may know to be returned."""
    rows = await connection.fetch(
        "select i.id, i.return_sealed from item i cross join lateral seen_state(i, i.student) s(state)"
        " where i.school = $1 and i.student = $2 and i.return_sealed is not null and s.state = 'returned'",
        school,
        student,
    )
    try:
        key = await person_key(connection, vault, school, student) if rows else b""
    except Erased:
        return {}  # what was written went with the key
    return {r["id"]: unseal(key, r["return_sealed"]).decode() for r in rows}


async def summaries_of(connection: Connection, vault: Vault, school: str, items: Sequence[UUID]) -> dict[UUID, str]:
    """What students say of their items' present versions, for the screen of who certifies them; none of who was erased."""
    rows = await connection.fetch(
        "select i.id, v.sealed, k.wrapped from item i"
        " join item_version v on v.school = i.school and v.item = i.id and v.version = i.version"
        " join person_key k on k.school = i.school and k.person = i.student"
        " where i.school = $1 and i.id = any($2) and v.sealed is not null",
        school,
        list(items),
    )
    texts = {r["id"]: json.loads(unseal(unseal(vault.master_key, r["wrapped"]), r["sealed"])) for r in rows}
    return {item: str(text["summary"]) for item, text in texts.items()}


async def files_of(connection: Connection, school: str, item: UUID) -> list[dict[str, Any]]:
    """The files of an item's present version in their order."""
    rows = await connection.fetch(
        "select f.ordinal, f.role, f.sha256, f.size, f.media_type from item_file f join item i on i.school = f.school"
        " and i.id = f.item and i.version = f.version where f.school = $1 and f.item = $2 order by f.ordinal",
        school,
        item,
    )
    return [dict(r) for r in rows]


async def queue_of(connection: Connection, school: str, person: UUID, at: datetime) -> list[dict[str, Any]]:
    """What a person may certify at `at`, by course and who asked first; `acts_as` is holder or deputy.

    Eligibility is looked up live: a successor sees what the predecessor was asked, a deputy only
    what is waiting while the holder is away or recorded as unable (規§10.1.2, 規§10.3.2.1). `hashes` are the
    files of the present version, as `role sha256`; the seat is told to who teaches the class.
    """
    rows = await connection.fetch(
        f"select {_SHOWN}, k.class, k.title, s.seat, may.acts_as, array(select f.role || ' ' || f.sha256 from item_file f"
        "  where f.school = i.school and f.item = i.id and f.version = i.version order by f.ordinal) as hashes from course k"
        " cross join lateral (select may_act(k.school, k.post, $2, $3) as acts_as) may"
        " join item i on i.school = k.school and i.course = k.id and i.state = 'certification_requested'"
        " left join student s on s.school = i.school and s.person = i.student"
        " where k.school = $1 and k.post in (select post from post_holder where school = $1 and person = $2)"
        " and may.acts_as in ('holder', 'deputy') order by k.id, i.requested_at, i.id",
        school,
        person,
        at,
    )
    return [dict(r) for r in rows]


async def refuse_idle(connection: Connection, school: str, course: str, person: UUID, at: datetime) -> None:
    """Raises Refused that says why nothing of a course waits for a person: no such course, not theirs, all is decided."""
    post = await connection.fetchval("select post from course where school = $1 and id = $2", school, course)
    place = f"course {course[:40]}"
    if post is None:
        limit = "課程代號 · a course's id, 115-1/101/01"
        raise refuse(Code.NOT_FOUND, clause="規§5.3.2", place=place, found=course[:40], limit=limit)
    may = await connection.fetchval("select may_act($1, $2, $3, $4)", school, post, person, at)
    if may == "present":
        raise refuse(Code.HOLDER_PRESENT, clause="規§10.1.2", place=place)
    if may not in ("holder", "deputy"):
        raise refuse(Code.NOT_CERTIFIER, clause="規§5.3.2", place=place)
    found = "0 件等待認證 · items wait"
    raise refuse(Code.ALREADY_DONE, clause="規§5.3.2", place=place, found=found, limit=">= 1")


WAITING = (
    "select k.class, k.id as course, k.title, count(i.*)::int as waiting, may.acts_as from course k"
    " cross join lateral (select may_act(k.school, k.post, $2, $3) as acts_as) may"
    " left join lateral (select 1 from item i where i.school = k.school and i.course = k.id"
    "   and i.state = 'certification_requested') i on true"
    " where k.school = $1 and k.post in (select post from post_holder where school = $1 and person = $2)"
    " and may.acts_as in ('holder', 'deputy') group by k.class, k.id, k.title, may.acts_as order by k.class, k.id"
)


async def waiting_of(connection: Connection, school: str, person: UUID, at: datetime) -> list[dict[str, Any]]:
    """How many items wait in each course that a person may certify at `at`; counted in the index alone."""
    return [dict(r) for r in await connection.fetch(WAITING, school, person, at)]


async def progress_of(connection: Connection, school: str, semester: str) -> list[dict[str, Any]]:
    """How far each course of a semester is: items by state, students, and students without any item.

    Zero items is a legal end (規§5.3.1): `without` is a number to look at, no alarm. Read as a person it
    holds the courses that the person may see; as a student own items only, in the states that may be known.
    """
    rows = await connection.fetch(
        "select k.id as course, k.class, k.post, coalesce(m.students, 0) as students,"
        " coalesce(m.students, 0) - coalesce(i.handed_in, 0) as without,"
        " coalesce(i.uploaded, 0) as uploaded, coalesce(i.requested, 0) as requested,"
        " coalesce(i.certified, 0) as certified, coalesce(i.returned, 0) as returned, coalesce(i.expired, 0) as expired,"
        " coalesce(i.expired_uncertified, 0) as expired_uncertified"
        " from course k"
        " left join (select course, count(*)::int as students from course_member where school = $1 group by course) m"
        "   on m.course = k.id"
        " left join (select course, count(distinct student)::int as handed_in,"
        "    count(*) filter (where state = 'uploaded')::int as uploaded,"
        "    count(*) filter (where state = 'certification_requested')::int as requested,"
        "    count(*) filter (where state in ('certified', 'selected', 'locked'))::int as certified,"
        "    count(*) filter (where state = 'returned')::int as returned,"
        "    count(*) filter (where state = 'expired')::int as expired,"
        "    count(*) filter (where state = 'expired_uncertified')::int as expired_uncertified"
        "    from (select course, student, seen_state(i, me()) as state from item i"
        "      where school = $1 and period = $2 and item = 'outcome' and state <> 'withdrawn') i"
        "    group by course) i"
        "   on i.course = k.id"
        " where k.school = $1 and k.semester = $2 and (me() is null or m.students > 0"
        "  or k.id in (select my_courses()) or 'outcome' in (select my_fields())) order by k.id",
        school,
        semester,
    )
    return [dict(r) for r in rows]


async def use_of(connection: Connection, school: str, student: UUID, period: str) -> list[dict[str, Any]]:
    """A student's use of each quota of a period: item, what is counted, used, max, clause."""
    rows = await connection.fetch(
        "select l.item, l.counts, coalesce(u.used, 0) as used, l.max, l.clause from admission_limit l"
        " left join quota_use u on u.school = l.school and u.person = $2 and u.item = l.item and u.counts = l.counts"
        "  and u.period = l.period where l.school = $1 and l.period = $3 order by l.item, l.counts",
        school,
        student,
        period,
    )
    return [dict(r) for r in rows]


async def proofs_of(connection: Connection, school: str, subject: str, reader: UUID) -> list[dict[str, Any]]:
    """Every proof about an item (or another subject) that `reader` may know of, oldest first, as it was given."""
    rows = await connection.fetch(
        "select id, kind, subject, at, body from fact where school = $1 and subject = $2"
        " and fact_told(school, kind, subject, $3) order by id",
        school,
        subject,
        reader,
    )
    return [proof(school, r["id"], r["kind"], r["subject"], r["at"], r["body"]) for r in rows]


@dataclass(frozen=True, slots=True)
class ProofCheck:
    """Whether a proof is ours. `differs` names what does not agree; `state` is the item's now, as the asker may know it."""

    genuine: bool
    differs: tuple[str, ...] = ()
    state: str | None = None


async def check_proof(connection: Connection, school: str, given: Mapping[str, Any], reader: UUID) -> ProofCheck:
    """Compare a proof that somebody shows with the fact it names: every field and the hash over all of them.

    A fact of which `reader` may not know is not there: what differs from it would tell it. Staff may check every
    proof; a student only proofs of own acts and items, and none of a decision that is held back.
    """
    id_ = given.get("fact")
    row = None
    if isinstance(id_, int) and not isinstance(id_, bool) and abs(id_) < 2**63:
        row = await connection.fetchrow(
            "select id, kind, subject, at, body from fact f where school = $1 and id = $2"
            " and fact_told(school, kind, subject, $3) and (actor = $3"
            "  or not exists (select from student s where s.school = f.school and s.person = $3)"
            "  or exists (select from item i where i.school = f.school and i.student = $3 and i.id::text = f.subject))",
            school,
            id_,
            reader,
        )
    if row is None:
        return ProofCheck(False, ("fact",))
    real = proof(school, row["id"], row["kind"], row["subject"], row["at"], row["body"])
    differs = tuple(sorted(k for k in real.keys() | given.keys() if real.get(k) != given.get(k)))
    state = await connection.fetchval(
        "select seen_state(i, $3) from item i where school = $1 and id::text = $2", school, row["subject"], reader
    )
    return ProofCheck(not differs, differs, state)
