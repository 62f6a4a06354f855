"""records: a student leaves; silence without a delivered notice is decided by a person. 規§6.2, 規§10.3.3"""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID

from records.commands.evidence import keep_words, need_stored
from records.commands.imports import posts_of
from records.commands.rights import current_basis, need_one_of, need_post
from records.queries.people import by_handle
from records.queries.snapshot import UnknownProcess, load_snapshot
from records.seam import Deed, handles
from rules.commands import DecideUnnoticed, RecordLeaving
from rules.instants import at_taipei
from rules.refusals import Code, refuse
from rules.ruleset import Kind


@handles(RecordLeaving)
async def record_leaving(deed: Deed) -> dict[str, Any]:
    """Who keeps the enrolment data records the day; the account closes when that day is over, nothing is deleted."""
    c = deed.command
    assert isinstance(c, RecordLeaving)
    posts, _ = posts_of((await current_basis(deed)).rules, "students.csv")
    behalf = await need_one_of(deed, posts, clause="規§10.3.3")
    person = await _student(deed, c.person)
    await need_stored(deed, c.evidence_sha256, place="evidence_sha256", clause="規§10.3.3")
    left = await deed.connection.fetchval(
        "select left_on from student where school = $1 and person = $2 for update", deed.school, person
    )
    await deed.now()
    if left is not None:
        raise refuse(Code.ALREADY_DONE, clause="規§10.3.3", place="person", found=left)
    await deed.connection.execute(
        "update student set left_on = $3, leaving_evidence_sha256 = $4 where school = $1 and person = $2",
        deed.school,
        person,
        c.day,
        c.evidence_sha256,
    )
    await deed.connection.execute(
        "update account set closes_at = $3 where school = $1 and person = $2",
        deed.school,
        person,
        at_taipei(c.day + timedelta(days=1)),
    )
    await keep_words(deed, f"leaving/{person}", "left", c.reason)
    body = {"person": str(person), "day": c.day.isoformat(), "evidence": c.evidence_sha256}
    return await deed.record("student_left", str(person), body, on_behalf_of=behalf)


@handles(DecideUnnoticed)
async def decide_unnoticed(deed: Deed) -> dict[str, Any]:
    """The roster's owner decides about one student; the last one lets the version go on. 規§6.2"""
    c = deed.command
    assert isinstance(c, DecideUnnoticed)
    await deed.connection.execute(
        "select 1 from process where school = $1 and id = $2 for update", deed.school, c.submission
    )
    try:
        snapshot = await load_snapshot(deed.connection, deed.school, c.submission)
    except UnknownProcess:
        raise refuse(Code.NOT_FOUND, place=f"submission {c.submission[:80]}") from None
    if snapshot.kind is not Kind.SUBMISSION:
        raise refuse(Code.NOT_FOUND, place=f"submission {c.submission[:80]}")
    behalf = await need_post(deed, snapshot.rules.roster(snapshot.params["roster"]).owner, clause="規§6.2")
    person = await _student(deed, c.person)
    row = await deed.connection.fetchrow(
        "select version, state from confirmation where school = $1 and submission = $2 and person = $3"
        " order by version desc limit 1 for update",
        deed.school,
        c.submission,
        person,
    )
    if row is None:
        raise refuse(Code.NOT_FOUND, clause="規§6.2", place=f"receipt {c.submission}")
    if row["state"] != "asks_person":
        raise refuse(Code.WRONG_STATE, clause="規§6.2", place="person", found=row["state"], limit="asks_person")
    await need_stored(deed, c.evidence_sha256, place="evidence_sha256", clause="規§6.2")
    await deed.now()
    await deed.connection.execute(
        "update confirmation set state = $5, decided_at = $6, decided_by = $7, evidence_sha256 = $8"
        " where school = $1 and submission = $2 and version = $3 and person = $4",
        deed.school,
        c.submission,
        row["version"],
        person,
        c.outcome,
        deed.at,
        deed.actor.person,
        c.evidence_sha256,
    )
    await keep_words(deed, f"{c.submission}@{row['version']}", "unnoticed", c.note)
    body = {
        "submission": c.submission,
        "version": row["version"],
        "person": str(person),
        "outcome": c.outcome,
        "evidence": c.evidence_sha256,
    }
    return await deed.record(
        "unnoticed_decided", c.submission, body, wakes=c.submission, on_behalf_of=behalf, clause="規§6.2"
    )


async def _student(deed: Deed, handle: str) -> UUID:
    """A student of this school by number or id. Raises Refused(not_found)."""
    person = await by_handle(deed.connection, deed.vault, deed.school, handle)
    known = person and await deed.connection.fetchval(
        "select 1 from student where school = $1 and person = $2", deed.school, person
    )
    if person is None or not known:
        raise refuse(Code.NOT_FOUND, clause="規§10.3.3", place="person", found=handle[:40])
    return person
