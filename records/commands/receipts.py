"""records: students confirm or doubt their receipt; the submitting post verifies. 規§6.2"""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

import asyncpg

from records.commands.duties import find_duty, write_done
from records.commands.evidence import need_stored
from records.commands.rights import need_post
from records.queries.people import by_handle
from records.queries.snapshot import UnknownProcess, load_snapshot
from records.sealing import person_key, seal
from records.seam import Deed, handles
from rules.commands import ConfirmReceipt, ReportDoubt, ReportForLeaver, SeeReceipt, VerifyReport
from rules.duties import is_open
from rules.ids import duty_key
from rules.plans.submission import occurrence
from rules.refusals import Code, Refusal, refuse
from rules.ruleset import Kind
from rules.snapshot import Snapshot


async def _own(deed: Deed, submission: str, person: UUID) -> tuple[asyncpg.Record, datetime]:
    """A person's newest receipt row with the close of its window; the instant is read after the locks.

    Raises Refused(not_found) where nothing was published to them, (window_not_open) before it opens and at the
    hours of a day at which it is shut, naming when it opens next.
    """
    row = await deed.connection.fetchrow(
        "select version from confirmation where school = $1 and submission = $2 and person = $3"
        " order by version desc limit 1",
        deed.school,
        submission,
        person,
    )
    if row is None:
        raise refuse(Code.NOT_FOUND, clause="規§6.2", place=f"receipt {submission}")
    name = occurrence(submission, row["version"])
    await deed.connection.execute(
        "select pg_advisory_xact_lock_shared(hashtextextended($1, 0))", f"{deed.school}|receipts|{name}"
    )
    mine = await deed.connection.fetchrow(
        "select * from confirmation where school = $1 and submission = $2 and version = $3 and person = $4 for update",
        deed.school,
        submission,
        row["version"],
        person,
    )
    await deed.now()
    window = await deed.connection.fetchrow(
        "select (select min(lower(r)) from unnest(w.during) r where lower(r) > $4 and $4 < w.closes"
        "  and not w.during @> $4::timestamptz) as next, greatest(w.closes, (select max(e.closes) from extension e where e.school = w.school"
        " and e.occurrence = w.occurrence and ((e.scope = 'all') or (e.scope = 'lane' and e.target = w.lane)"
        "  or (e.scope = 'person' and e.target = $3)"
        "  or (e.scope = 'class' and e.target = (select s.class from student s where s.school = $1 and s.person = $3::uuid))))) as closes"
        " from admission_window w where w.school = $1 and w.kind = 'receipts' and w.occurrence = $2",
        deed.school,
        name,
        str(person),
        deed.at,
    )
    if mine is None or window is None:
        raise refuse(Code.NOT_FOUND, clause="規§6.2", place=f"receipt {submission}")
    if window["next"] is not None:
        raise refuse(Code.WINDOW_NOT_OPEN, clause="規§6.2", place=submission, found=deed.at, limit=window["next"])
    return mine, window["closes"]


@handles(SeeReceipt)
async def see_receipt(deed: Deed) -> dict[str, Any]:
    """The student looked; a receipt that was decided already stays as it is."""
    c = deed.command
    assert isinstance(c, SeeReceipt)
    mine, _ = await _own(deed, c.submission, deed.actor.person)
    await deed.connection.execute(
        "update confirmation set state = 'seen'"
        " where school = $1 and submission = $2 and version = $3 and person = $4 and state = 'unseen'",
        deed.school,
        c.submission,
        mine["version"],
        deed.actor.person,
    )
    return await deed.record("receipt_seen", c.submission, {"submission": c.submission, "version": mine["version"]})


@handles(ConfirmReceipt)
async def confirm_receipt(deed: Deed) -> dict[str, Any]:
    """The student found the receipt right, inside its window."""
    c = deed.command
    assert isinstance(c, ConfirmReceipt)
    mine, closes = await _own(deed, c.submission, deed.actor.person)
    if deed.at >= closes:
        raise refuse(Code.WINDOW_CLOSED, clause="規§6.2", place=c.submission, found=deed.at, limit=closes)
    if mine["state"] not in ("unseen", "seen"):
        raise refuse(Code.ALREADY_DONE, clause="規§6.2", place=c.submission, found=mine["state"])
    await _decide(deed, c.submission, mine["version"], deed.actor.person, "confirmed")
    body = {"submission": c.submission, "version": mine["version"]}
    return await deed.record("receipt_confirmed", c.submission, body)


@handles(ReportDoubt)
async def report_doubt(deed: Deed) -> dict[str, Any]:
    """Inside the window an objection; after it kept as information with a three-day check (規§6.2).

    The proof of a late report says so: `objection` false, with the refusal that it met.
    """
    c = deed.command
    assert isinstance(c, ReportDoubt)
    return await _report(deed, c.submission, deed.actor.person, c.item, c.text)


@handles(ReportForLeaver)
async def report_for_leaver(deed: Deed) -> dict[str, Any]:
    """The registrar records what a student who left applied for, with the application as evidence. 規§10.3.3"""
    c = deed.command
    assert isinstance(c, ReportForLeaver)
    snapshot = await _snapshot(deed, c.submission)
    behalf = await need_post(deed, snapshot.rules.roster(snapshot.params["roster"]).owner, clause="規§10.3.3")
    person = await by_handle(deed.connection, deed.vault, deed.school, c.person)
    left = await deed.connection.fetchval(
        "select left_on from student where school = $1 and person = $2", deed.school, person
    )
    if person is None or left is None:
        raise refuse(Code.NOT_FOUND, clause="規§10.3.3", place="person", found=str(person or ""), limit="left_on")
    await need_stored(deed, c.evidence_sha256, place="evidence_sha256", clause="規§10.3.3")
    return await _report(
        deed, c.submission, person, c.item, c.text, behalf=behalf, evidence=c.evidence_sha256, late_is_kept=False
    )


async def _snapshot(deed: Deed, submission: str) -> Snapshot:
    try:
        snapshot = await load_snapshot(deed.connection, deed.school, submission)
    except UnknownProcess:
        raise refuse(Code.NOT_FOUND, place=f"submission {submission[:80]}") from None
    if snapshot.kind is not Kind.SUBMISSION:
        raise refuse(Code.NOT_FOUND, place=f"submission {submission[:80]}")
    return snapshot


async def _report(
    deed: Deed,
    submission: str,
    person: UUID,
    about: str | None,
    text: str,
    *,
    behalf: str | None = None,
    evidence: str | None = None,
    late_is_kept: bool = True,
) -> dict[str, Any]:
    """A report of a person's: an objection inside the window, else information or, for a leaver, refused."""
    mine, closes = await _own(deed, submission, person)
    item = await _own_item(deed, about, person) if about else None
    objection = deed.at < closes
    if not objection and not late_is_kept:
        raise refuse(Code.WINDOW_CLOSED, clause="規§10.3.3", place=submission, found=deed.at, limit=closes)
    if objection and mine["state"] not in ("unseen", "seen", "confirmed"):
        raise refuse(Code.ALREADY_DONE, clause="規§6.2", place=submission, found=mine["state"])
    ordinal = await deed.connection.fetchval("select next_ordinal($1, $2)", deed.school, f"report/{submission}")
    report = f"{submission}!{ordinal:03d}"
    key = await person_key(deed.connection, deed.vault, deed.school, person)
    await deed.connection.execute(
        "insert into report (school, id, submission, version, person, item, at, objection, sealed)"
        " values ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
        deed.school,
        report,
        submission,
        mine["version"],
        person,
        item,
        deed.at,
        objection,
        seal(key, text.encode()),
    )
    body: dict[str, Any] = {
        "report": report,
        "submission": submission,
        "version": mine["version"],
        "objection": objection,
    }
    if evidence is not None:
        body |= {"evidence": evidence, "for": str(person)}
    if objection:
        await _decide(deed, submission, mine["version"], person, "objected")
        return await deed.record("objection_raised", report, body, wakes=submission, on_behalf_of=behalf)
    late = Refusal(code=Code.OBJECTION_LATE, clause="規§6.2", place=submission, found=str(deed.at), limit=str(closes))
    proof = await deed.record("late_report", report, body, wakes=submission)
    return proof | {"information": late.shown()}


async def _own_item(deed: Deed, text: str, person: UUID) -> UUID:
    """The student's own item that a report is about. Raises Refused(not_found, not_yours)."""
    try:
        item = UUID(text)
    except ValueError:
        raise refuse(Code.NOT_FOUND, clause="規§6.2", place=f"item {text[:40]}") from None
    owner = await deed.connection.fetchval("select student from item where school = $1 and id = $2", deed.school, item)
    if owner is None:
        raise refuse(Code.NOT_FOUND, clause="規§6.2", place=f"item {item}")
    if owner != person:
        raise refuse(Code.NOT_YOURS, clause="規§6.2", place=f"item {item}")
    return item


@handles(VerifyReport)
async def verify_report(deed: Deed) -> dict[str, Any]:
    """The submitting post answers a report with a reason; an upheld one asks for another version."""
    c = deed.command
    assert isinstance(c, VerifyReport)
    submission = c.report.split("!")[0]
    snapshot, duty = await find_duty(deed, duty_key(submission, "verify_report", c.report))
    behalf = await need_post(deed, duty.post, clause="規§6.2")
    if not is_open(snapshot, duty):
        raise refuse(Code.ALREADY_DONE, clause="規§6.2", place=c.report)
    row = await deed.connection.fetchrow(
        "select person, objection from report where school = $1 and id = $2", deed.school, c.report
    )
    if row is None:
        raise refuse(Code.NOT_FOUND, clause="規§6.2", place=c.report)
    key = await person_key(deed.connection, deed.vault, deed.school, row["person"])
    await deed.connection.execute(
        "update report set outcome = $3, answered_at = $4, answered_by = $5, answer_sealed = $6"
        " where school = $1 and id = $2",
        deed.school,
        c.report,
        c.outcome,
        deed.at,
        deed.actor.person,
        seal(key, c.answer.encode()),
    )
    await deed.connection.execute(
        "insert into notice (school, batch, person, template, subject, args, at) values ($1, $2, $3, 'report_answered', $4, $5, $6)"
        " on conflict do nothing",
        deed.school,
        f"answer|{c.report}",
        row["person"],
        c.report,
        {"outcome": c.outcome},
        deed.at,
    )
    return await write_done(
        deed, duty, behalf, body={"report": c.report, "outcome": c.outcome, "objection": row["objection"]}
    )


async def _decide(deed: Deed, submission: str, version: int, person: UUID, state: str) -> None:
    await deed.connection.execute(
        "update confirmation set state = $5, decided_at = $6"
        " where school = $1 and submission = $2 and version = $3 and person = $4",
        deed.school,
        submission,
        version,
        person,
        state,
        deed.at,
    )
