"""records: a person sent a roster, and its receipt arrived; both with evidence. 規§6.3.1–6.3.4, 規§6.4"""

from __future__ import annotations

import asyncio
from typing import Any
from uuid import UUID

from records.commands.duties import find_duty, need_gate, set_state, write_done
from records.commands.evidence import keep_words, need_stored
from records.commands.rights import need_post
from records.differences import keep_differences
from records.effects.rosters import formats_of
from records.files.stored import read
from records.queries.rosters import roster_order
from records.seam import Deed, handles
from rules.commands import ReceiptArrived, RecordSubmission
from rules.duties import is_open
from rules.exchange import Compared
from rules.ids import duty_key
from rules.refusals import Code, refuse
from rules.snapshot import Snapshot


@handles(RecordSubmission)
async def record_submission(deed: Deed) -> dict[str, Any]:
    """The submitting post records what it sent: file hash and letter number; approved rosters only."""
    c = deed.command
    assert isinstance(c, RecordSubmission)
    snapshot, duty = await find_duty(deed, duty_key(c.submission, "submit", f"v{c.version}"))
    behalf = await need_post(deed, duty.post, clause=duty.clause)
    if not is_open(snapshot, duty):
        raise refuse(Code.ALREADY_DONE, clause=duty.clause, place=duty.key)
    need_gate(snapshot, duty)
    await need_stored(deed, c.evidence_sha256, place="evidence_sha256", clause=duty.clause)
    await deed.connection.execute(
        "update submission_version set submitted_at = $4, evidence_sha256 = $5, letter_number = $6"
        " where school = $1 and submission = $2 and version = $3",
        deed.school,
        c.submission,
        c.version,
        deed.at,
        c.evidence_sha256,
        c.letter_number,
    )
    await set_state(deed, c.submission, "submitted")
    body = {"submission": c.submission, "version": c.version, "evidence": c.evidence_sha256}
    return await write_done(deed, duty, behalf, evidence=c.evidence_sha256, body=body)


@handles(ReceiptArrived)
async def receipt_arrived(deed: Deed) -> dict[str, Any]:
    """The receipt of a sent version is read, held against the other two ledgers and kept as evidence. 規§6.4

    A file that cannot be read as a whole is refused whole, unless the post says why a part is taken.
    Each difference becomes work of the roster's owner; showing the receipt to students follows by plan.
    """
    c = deed.command
    assert isinstance(c, ReceiptArrived)
    snapshot, duty = await find_duty(deed, duty_key(c.submission, "import_receipt", f"v{c.version}"))
    behalf = await need_post(deed, duty.post, clause="規§6.4")
    if not is_open(snapshot, duty):
        raise refuse(Code.ALREADY_DONE, clause="規§6.4", place=duty.key)
    need_gate(snapshot, duty)
    newest = snapshot.versions[-1].version
    if newest != c.version:
        raise refuse(Code.RECEIPT_MISMATCH, clause="規§6.4", place=c.submission, found=c.version, limit=newest)
    await need_stored(deed, c.receipt_sha256, place="receipt_sha256", clause="規§6.4")
    compared, people = await _compare(deed, snapshot, c)
    row = await deed.connection.fetchrow(
        "update submission_version set receipt_at = $4, receipt_sha256 = $5, receipt_lines = $6"
        " where school = $1 and submission = $2 and version = $3 returning lines",
        deed.school,
        c.submission,
        c.version,
        deed.at,
        c.receipt_sha256,
        compared.lines,
    )
    assert row is not None
    owner = snapshot.rules.roster(snapshot.params["roster"]).owner
    await keep_differences(deed, c.submission, c.version, owner, compared.differences, people)
    await keep_words(deed, f"{c.submission}@{c.version}", "partial", c.accept_partial)
    await set_state(deed, c.submission, "accepted")
    body = {
        "submission": c.submission,
        "version": c.version,
        "sent_lines": row["lines"],
        "receipt_lines": compared.lines,
        "unread": compared.unread,
        "differences": len(compared.differences),
    }
    return await write_done(deed, duty, behalf, evidence=c.receipt_sha256, body=body)


async def _compare(deed: Deed, snapshot: Snapshot, c: ReceiptArrived) -> tuple[Compared, dict[str, UUID]]:
    """The three ledgers: what is selected now, what the sent file holds, what the receipt says; people by number."""
    sent = await deed.connection.fetchval(
        "select roster_sha256 from submission_version where school = $1 and submission = $2 and version = $3",
        deed.school,
        c.submission,
        c.version,
    )
    order = await roster_order(deed.connection, deed.vault, snapshot, deed.at)
    roster, receipt = [
        await asyncio.to_thread(read, deed.vault, deed.school, sha256) for sha256 in (sent, c.receipt_sha256)
    ]
    found = await asyncio.to_thread(
        formats_of(deed.vault).compare, order, roster, receipt, version=c.version, accept_partial=bool(c.accept_partial)
    )
    return found, {str(row.values["身分證號"]): row.person for row in order.rows}
