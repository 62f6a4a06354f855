"""records: the working group's meetings and the calendar's publication. 規§3.0–3.6, 規§4.2"""

from __future__ import annotations

from typing import Any

from records.commands.duties import find_duty, write_done
from records.commands.rights import need_one_of, need_post, year_basis
from records.seam import Deed, handles
from rules.commands import PublishCalendar, RecordMeeting
from rules.ids import duty_key, semester_id, year_of
from rules.refusals import Code, refuse

MATTERS = ("規§3.1", "規§3.2", "規§3.3", "規§3.4", "規§3.5", "規§3.6")


@handles(RecordMeeting)
async def record_meeting(deed: Deed) -> dict[str, Any]:
    """Minutes mark each of the six matters as decided or not due; the meeting duty is done. 規§3.0"""
    c = deed.command
    assert isinstance(c, RecordMeeting)
    missing = [m for m in MATTERS if m not in (*c.decided, *c.not_due)]
    strange = [m for m in (*c.decided, *c.not_due) if m not in MATTERS]
    if missing or strange:
        raise refuse(
            Code.BAD_REQUEST, clause="規§3.0", place="decided, not_due", found=", ".join(strange), limit=", ".join(missing)
        )
    snapshot, duty = await find_duty(deed, duty_key(semester_id(deed.school, c.period), "meeting"))
    group = snapshot.rules.working_group
    post = await need_one_of(deed, [duty.post, group.executive_secretary, group.convener], clause="規§3.0")
    if group.quorum is not None and c.present < group.quorum:
        raise refuse(Code.GATE_CLOSED, clause="規§3.0", place="present", found=c.present, limit=group.quorum)
    ordinal = await deed.connection.fetchval("select next_ordinal($1, $2)", deed.school, f"meeting/{c.period}")
    await deed.connection.execute(
        "insert into meeting (school, period, ordinal, held, present, decided, not_due, minutes, recorded_at)"
        " values ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
        deed.school, c.period, ordinal, c.held, c.present, list(c.decided), list(c.not_due), c.minutes_sha256, deed.at,
    )
    body = {"meeting": f"{c.period}/{ordinal}", "quorum": "person" if group.quorum is None else "met"}
    return await write_done(deed, duty, post if post != duty.post else None, body=body)


@handles(PublishCalendar)
async def publish_calendar(deed: Deed) -> dict[str, Any]:
    """The school's page with the dates is up; a meeting must have decided them first. 規§3.1, 規§4.2"""
    c = deed.command
    assert isinstance(c, PublishCalendar)
    _, duty = await find_duty(deed, duty_key(semester_id(deed.school, c.period), "calendar_publication"))
    behalf = await need_post(deed, duty.post, clause="規§4.2")
    resolved = await deed.connection.fetchval(
        "select 1 from meeting where school = $1 and period = $2 and '規§3.1' = any(decided) limit 1",
        deed.school, c.period,
    )
    if resolved is None:
        raise refuse(Code.GATE_CLOSED, clause="規§3.1", place=duty.key, found="no meeting", limit="record_meeting")
    if not await is_stored(deed, c.snapshot_sha256):
        raise refuse(Code.EVIDENCE_MISSING, clause="規§4.2", place="snapshot_sha256", found=c.snapshot_sha256[:12])
    basis = await year_basis(deed, year_of(c.period))
    ordinal = await deed.connection.fetchval(
        "select next_ordinal($1, $2)", deed.school, f"publication/{c.period}"
    )
    await deed.connection.execute(
        "insert into publication (school, period, ordinal, url, snapshot, calendar, at) values ($1, $2, $3, $4, $5, $6, $7)",
        deed.school, c.period, ordinal, c.url, c.snapshot_sha256, basis.calendar.version, deed.at,
    )
    body = {"publication": f"{c.period}/{ordinal}", "calendar": basis.calendar.version}
    return await write_done(deed, duty, behalf, evidence=c.snapshot_sha256, body=body)


async def is_stored(deed: Deed, sha256: str) -> bool:
    """Whether the school's file store has acknowledged that file."""
    return await deed.connection.fetchval(
        "select 1 from stored_file where school = $1 and sha256 = $2", deed.school, sha256
    ) is not None
