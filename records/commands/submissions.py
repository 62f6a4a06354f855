"""records: a person sent a roster, and its receipt arrived; both with evidence. 規§6.3.1–6.3.4, 規§6.4"""

from __future__ import annotations

from typing import Any

from records.commands.duties import find_duty, need_gate, set_state, write_done
from records.commands.evidence import need_stored
from records.commands.rights import need_post
from records.seam import Deed, handles
from rules.commands import ReceiptArrived, RecordSubmission
from rules.duties import is_open
from rules.ids import duty_key
from rules.refusals import Code, refuse


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
    """The receipt of a sent version is kept as evidence; showing it to students follows by plan. 規§6.4"""
    c = deed.command
    assert isinstance(c, ReceiptArrived)
    snapshot, duty = await find_duty(deed, duty_key(c.submission, "import_receipt", f"v{c.version}"))
    behalf = await need_post(deed, duty.post, clause="規§6.4")
    if not is_open(snapshot, duty):
        raise refuse(Code.ALREADY_DONE, clause="規§6.4", place=duty.key)
    need_gate(snapshot, duty)
    if snapshot.versions[-1].version != c.version:
        raise refuse(
            Code.RECEIPT_MISMATCH,
            clause="規§6.4",
            place=c.submission,
            found=c.version,
            limit=snapshot.versions[-1].version,
        )
    await need_stored(deed, c.receipt_sha256, place="receipt_sha256", clause="規§6.4")
    sent = await deed.connection.fetchval(
        "update submission_version set receipt_at = $4, receipt_sha256 = $5, receipt_lines = $6"
        " where school = $1 and submission = $2 and version = $3 returning lines",
        deed.school,
        c.submission,
        c.version,
        deed.at,
        c.receipt_sha256,
        c.lines,
    )
    await set_state(deed, c.submission, "accepted")
    body = {"submission": c.submission, "version": c.version, "sent_lines": sent, "receipt_lines": c.lines}
    return await write_done(deed, duty, behalf, evidence=c.receipt_sha256, body=body)
