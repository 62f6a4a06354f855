"""records: what a roster's checks and ledgers found is decided by people, with evidence. 規§4.2, 規§6.2, 規§6.4"""

from __future__ import annotations

from typing import Any
from uuid import UUID

from records.commands.duties import find_duty
from records.commands.evidence import keep_words, need_stored
from records.commands.rights import director_of, need_post
from records.queries.people import by_handle
from records.queries.snapshot import UnknownProcess, load_snapshot
from records.seam import Deed, handles
from rules.commands import CloseDifference, CorrectRoster, WaiveCheck
from rules.duties import DIFFERENCES
from rules.ids import duty_key
from rules.refusals import Code, refuse
from rules.ruleset import Kind
from rules.snapshot import Snapshot, VersionState


@handles(CloseDifference)
async def close_difference(deed: Deed) -> dict[str, Any]:
    """The post that owns the roster decides one difference; the last one closes the duty."""
    c = deed.command
    assert isinstance(c, CloseDifference)
    snapshot = await _submission(deed, c.submission)
    row = await deed.connection.fetchrow(
        "select version, closed_at from difference where school = $1 and submission = $2 and id = $3 for update",
        deed.school,
        c.submission,
        c.difference,
    )
    if row is None:
        raise refuse(Code.NOT_FOUND, clause="規§6.4", place=f"difference {c.difference}")
    _, duty = await find_duty(deed, duty_key(c.submission, DIFFERENCES, f"v{row['version']}"))
    behalf = await need_post(deed, duty.post, clause="規§6.4")
    if row["closed_at"] is not None:
        raise refuse(Code.ALREADY_DONE, clause="規§6.4", place=c.difference)
    if snapshot.versions[-1].version != row["version"]:
        raise refuse(Code.WRONG_STATE, clause="規§6.4", place=c.difference, found=f"v{row['version']}")
    await need_stored(deed, c.evidence_sha256, place="evidence_sha256", clause="規§6.4")
    await deed.now()
    await deed.connection.execute(
        "update difference set outcome = $5, evidence_sha256 = $6, closed_at = $7, closed_by = $8"
        " where school = $1 and submission = $2 and version = $3 and id = $4",
        deed.school,
        c.submission,
        row["version"],
        c.difference,
        c.outcome,
        c.evidence_sha256,
        deed.at,
        deed.actor.person,
    )
    await keep_words(deed, duty.key, "closed", c.note)
    left = await deed.connection.fetchval(
        "select count(*) from difference where school = $1 and submission = $2 and version = $3 and closed_at is null",
        deed.school,
        c.submission,
        row["version"],
    )
    body = {
        "submission": c.submission,
        "version": row["version"],
        "difference": c.difference,
        "outcome": c.outcome,
        "evidence": c.evidence_sha256,
        "left": left,
    }
    return await deed.record(
        "difference_closed", c.difference, body, wakes=c.submission, on_behalf_of=behalf, clause="規§6.4"
    )


@handles(WaiveCheck)
async def waive_check(deed: Deed) -> dict[str, Any]:
    """The director of the roster's owner answers for sending it although a check found errors."""
    c = deed.command
    assert isinstance(c, WaiveCheck)
    snapshot = await _submission(deed, c.submission)
    owner = snapshot.rules.roster(snapshot.params["roster"]).owner
    behalf = await need_post(deed, director_of(snapshot.basis, owner), clause="規§4.2")
    _newest(snapshot, c.version, "規§4.2")
    row = await deed.connection.fetchrow(
        "select severity, waived_at from roster_check where school = $1 and submission = $2 and version = $3"
        " and name = $4 for update",
        deed.school,
        c.submission,
        c.version,
        c.check,
    )
    if row is None:
        raise refuse(Code.NOT_FOUND, clause="規§4.2", place=f"check {c.check[:40]}")
    if row["waived_at"] is not None:
        raise refuse(Code.ALREADY_DONE, clause="規§4.2", place=c.check)
    await deed.connection.execute(
        "update roster_check set waived_at = $5, waived_by = $6"
        " where school = $1 and submission = $2 and version = $3 and name = $4",
        deed.school,
        c.submission,
        c.version,
        c.check,
        deed.at,
        deed.actor.person,
    )
    await keep_words(deed, f"{c.submission}@{c.version}", "waived", c.reason)
    body = {"submission": c.submission, "version": c.version, "check": c.check}
    return await deed.record(
        "check_waived", f"{c.submission}@{c.version}", body, wakes=c.submission, on_behalf_of=behalf, clause="規§4.2"
    )


@handles(CorrectRoster)
async def correct_roster(deed: Deed) -> dict[str, Any]:
    """Another version: at once before sending, else once the students' days are over, with an approver.

    The approver directs the owner's office and is somebody else than who asks (readings, "Submission").
    """
    c = deed.command
    assert isinstance(c, CorrectRoster)
    snapshot = await _submission(deed, c.submission)
    owner = snapshot.rules.roster(snapshot.params["roster"]).owner
    behalf = await need_post(deed, owner, clause="規§6.2")
    version = _newest(snapshot, c.version, "規§6.2")
    over = await deed.connection.fetchval(
        "select over_at from process where school = $1 and id = $2", deed.school, c.submission
    )
    if over is not None:
        raise refuse(Code.WRONG_STATE, clause="規§6.2", place=c.submission, found="over")
    if version.to_correct:
        raise refuse(Code.ALREADY_DONE, clause="規§6.2", place=c.submission)
    approver = await _approver(deed, snapshot, owner, version, c.approver)
    await deed.now()
    ordinal = await deed.connection.fetchval("select next_ordinal($1, $2)", deed.school, f"correction/{c.submission}")
    await deed.connection.execute(
        "insert into correction (school, submission, version, ordinal, at, by, approver)"
        " values ($1, $2, $3, $4, $5, $6, $7)",
        deed.school,
        c.submission,
        c.version,
        ordinal,
        deed.at,
        deed.actor.person,
        approver,
    )
    await keep_words(deed, f"{c.submission}@{c.version}", "corrected", c.reason)
    body = {"submission": c.submission, "version": c.version, "approver": str(approver) if approver else None}
    return await deed.record(
        "correction_started", f"{c.submission}@{c.version}", body, wakes=c.submission, on_behalf_of=behalf
    )


async def _approver(deed: Deed, snapshot: Snapshot, owner: str, version: VersionState, named: str) -> UUID | None:
    """Who approved: needed once the version was sent; holds the director's post now, and does not ask themselves."""
    if version.submitted_at is None:
        return None
    director = director_of(snapshot.basis, owner)
    person = await by_handle(deed.connection, deed.vault, deed.school, named) if named else None
    if person is None:
        raise refuse(Code.NO_POST, clause="規§6.2", place="approver", found=named, limit=director)
    may = await deed.connection.fetchval("select may_act($1, $2, $3, $4)", deed.school, director, person, deed.at)
    if may not in ("holder", "deputy") or person == deed.actor.person:
        raise refuse(Code.NO_POST, clause="規§6.2", place="approver", found=str(person), limit=director)
    return person


async def _submission(deed: Deed, name: str) -> Snapshot:
    """The submission's snapshot under its lock. Raises Refused(not_found)."""
    await deed.connection.execute("select 1 from process where school = $1 and id = $2 for update", deed.school, name)
    try:
        snapshot = await load_snapshot(deed.connection, deed.school, name)
    except UnknownProcess:
        raise refuse(Code.NOT_FOUND, place=f"submission {name[:80]}") from None
    if snapshot.kind is not Kind.SUBMISSION or not snapshot.versions:
        raise refuse(Code.NOT_FOUND, place=f"submission {name[:80]}")
    return snapshot


def _newest(snapshot: Snapshot, version: int, clause: str) -> VersionState:
    """The newest version, which is the only one that can still be decided on. Raises Refused(wrong_state)."""
    newest = snapshot.versions[-1]
    if newest.version != version:
        raise refuse(
            Code.WRONG_STATE, clause=clause, place=snapshot.process, found=f"v{version}", limit=f"v{newest.version}"
        )
    return newest
