"""records: submissions as their screens show them: versions, checks, differences, reports. 規§6.2–6.4"""

from __future__ import annotations

from typing import Any
from uuid import UUID

from records.db import Connection, school_now
from records.queries.snapshot import load_snapshot
from rules.duties import director_of
from rules.refusals import Code, refuse


async def versions(connection: Connection, school: str, submission: str | None = None) -> list[dict[str, Any]]:
    """Every version of every roster (or of one), the newest first: what was made, sent, received and is open."""
    rows = await connection.fetch(
        "select s.id as submission, s.state, v.version, v.code, v.lines, v.rejects, v.generated_at, v.submitted_at,"
        " v.letter_number, v.receipt_at, v.receipt_lines, v.published_at, v.closes_at, v.settled_at,"
        " v.roster_sha256, v.precheck_code, v.precheck_sha256, v.evidence_sha256, v.receipt_sha256, p.over_at,"
        " (select count(*) from roster_check k where k.school = v.school and k.submission = v.submission"
        "   and k.version = v.version and k.severity = 'error' and k.waived_at is null) as checks_open,"
        " (select count(*) from difference d where d.school = v.school and d.submission = v.submission"
        "   and d.version = v.version) as differences,"
        " (select count(*) from difference d where d.school = v.school and d.submission = v.submission"
        "   and d.version = v.version and d.closed_at is null) as differences_open"
        " from submission s join process p on p.school = s.school and p.id = s.id"
        " left join submission_version v on v.school = s.school and v.submission = s.id"
        " where s.school = $1 and ($2::text is null or s.id = $2) order by s.id, v.version desc",
        school,
        submission,
    )
    return [dict(r) for r in rows]


async def newest_version(connection: Connection, school: str, submission: str) -> dict[str, Any]:
    """The newest version of a submission. Raises Refused(not_found)."""
    found = await versions(connection, school, submission)
    if not found or found[0]["version"] is None:
        raise refuse(Code.NOT_FOUND, clause="規§6.3.1", place=f"submission {submission[:80]}")
    return found[0]


async def checks(connection: Connection, school: str, submission: str, version: int) -> list[dict[str, Any]]:
    """What the data doctor found in a version, errors first; places as (sheet, row, column)."""
    rows = await connection.fetch(
        "select name, severity, found, post, places, waived_at from roster_check"
        " where school = $1 and submission = $2 and version = $3 order by severity, name",
        school,
        submission,
        version,
    )
    return [dict(r) for r in rows]


async def differences(connection: Connection, school: str, submission: str, version: int) -> list[dict[str, Any]]:
    """Where the ledgers of a version do not agree, open ones first."""
    rows = await connection.fetch(
        "select id, kind, step, person, item, sheet, roster_row, receipt_row, fields, post, outcome, evidence_sha256, closed_at"
        " from difference where school = $1 and submission = $2 and version = $3"
        " order by closed_at nulls first, sheet, roster_row, receipt_row, id",
        school,
        submission,
        version,
    )
    return [dict(r) for r in rows]


async def receipts_of(connection: Connection, school: str, person: UUID) -> list[dict[str, Any]]:
    """A student's receipts: of which submission and version, what they said, until when they may."""
    rows = await connection.fetch(
        "select c.submission, c.version, c.state, c.noticed_at, c.decided_at, v.published_at, v.closes_at,"
        " (select count(*) from roster_line l where l.school = c.school and l.submission = c.submission"
        "   and l.version = c.version and l.person = c.person) as lines"
        " from confirmation c join submission_version v on v.school = c.school and v.submission = c.submission"
        "  and v.version = c.version where c.school = $1 and c.person = $2 order by v.published_at desc",
        school,
        person,
    )
    return [dict(r) for r in rows]


async def reports(connection: Connection, school: str, submission: str | None = None) -> list[dict[str, Any]]:
    """Reports of doubt, the unanswered first; neither text nor name."""
    rows = await connection.fetch(
        "select id, submission, version, at, objection, outcome, answered_at from report"
        " where school = $1 and ($2::text is null or submission = $2) order by answered_at nulls first, at, id",
        school,
        submission,
    )
    return [dict(r) for r in rows]


async def silent(connection: Connection, school: str, submission: str) -> list[dict[str, Any]]:
    """Who stayed silent without a delivered notice and waits for a person's decision, by id."""
    rows = await connection.fetch(
        "select version, person from confirmation where school = $1 and submission = $2 and state = 'asks_person'"
        " order by version, person",
        school,
        submission,
    )
    return [dict(r) for r in rows]


async def roster_file(
    connection: Connection, school: str, submission: str, version: int | None, person: UUID
) -> dict[str, Any]:
    """The file of a version (the newest by default), for the roster's owner and their director only.

    It holds everybody's 身分證號. Raises Refused(not_found, no_post).
    """
    found = [v for v in await versions(connection, school, submission) if version in (None, v["version"])]
    if not found or found[0]["version"] is None:
        raise refuse(Code.NOT_FOUND, clause="規§6.3.1", place=f"submission {submission[:80]} v{version or ''}")
    at = await school_now(connection, school)
    snapshot = await load_snapshot(connection, school, submission)
    owner = snapshot.rules.roster(snapshot.params["roster"]).owner
    posts = [owner, director_of(snapshot, owner)]
    for post in posts:
        if await connection.fetchval("select may_act($1, $2, $3, $4)", school, post, person, at) in (
            "holder",
            "deputy",
        ):
            return found[0]
    raise refuse(Code.NO_POST, clause="規§6.3.1", place=submission, limit=", ".join(posts))
