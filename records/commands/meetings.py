"""records: the working group's meetings and the calendar's publication. 規§3.0–3.6, 規§4.2"""

from __future__ import annotations

from typing import Any

from records.basis import CALENDAR, load_document
from records.commands.calendars import need_owner, put_in_force
from records.commands.duties import find_duty, write_done
from records.commands.evidence import need_stored
from records.commands.rights import need_one_of, need_post, year_basis
from records.seam import Deed, handles
from rules.commands import PublishCalendar, RecordMeeting
from rules.duties import is_open
from rules.ids import duty_key, semester_id, year_of
from rules.instants import taipei_day
from rules.items.links import need_page
from rules.lint.floors import SUBMISSIONS
from rules.refusals import Code, refuse
from rules.schedule import Calendar, National

MATTERS = ("規§3.1", "規§3.2", "規§3.3", "規§3.4", "規§3.5", "規§3.6")


@handles(RecordMeeting)
async def record_meeting(deed: Deed) -> dict[str, Any]:
    """Minutes mark each of the six matters as decided or not due; the meeting duty is done. 規§3.0

    A further meeting of the semester is kept too; the duty stays done since the first one.
    """
    c = deed.command
    assert isinstance(c, RecordMeeting)
    _need_all_matters(c)
    snapshot, duty = await find_duty(deed, duty_key(semester_id(deed.school, c.period), "meeting"))
    group = snapshot.rules.working_group
    behalf = await need_one_of(deed, [duty.post, group.executive_secretary, group.convener], clause="規§3.0")
    today = taipei_day(deed.at)
    if c.held > today:
        raise refuse(Code.BAD_REQUEST, clause="規§3.0", place="held", found=c.held, limit=today)
    if group.quorum is not None and c.present < group.quorum:
        raise refuse(Code.GATE_CLOSED, clause="規§3.0", place="present", found=c.present, limit=group.quorum)
    if c.minutes_sha256 is not None:
        await need_stored(deed, c.minutes_sha256, place="minutes_sha256", clause="規§3.0")
    ordinal = await deed.connection.fetchval("select next_ordinal($1, $2)", deed.school, f"meeting/{c.period}")
    await deed.connection.execute(
        "insert into meeting (school, period, ordinal, held, present, decided, not_due, minutes, recorded_at)"
        " values ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
        deed.school,
        c.period,
        ordinal,
        c.held,
        c.present,
        list(c.decided),
        list(c.not_due),
        c.minutes_sha256,
        deed.at,
    )
    # Whether enough people came is the group's own judgement where the rules name no quorum.
    body = {"meeting": f"{c.period}/{ordinal}", "quorum": "person" if group.quorum is None else "met"}
    if is_open(snapshot, duty):
        return await write_done(deed, duty, behalf, body=body)
    return await deed.record("meeting_recorded", f"{c.period}/{ordinal}", body, on_behalf_of=behalf)


def _need_all_matters(c: RecordMeeting) -> None:
    """Raises Refused(bad_request): a matter left out, named twice or unknown."""
    named = [*c.decided, *c.not_due]
    missing = [m for m in MATTERS if m not in named]
    strange = sorted({m for m in named if m not in MATTERS or named.count(m) > 1})
    if missing or strange:
        raise refuse(
            Code.BAD_REQUEST,
            clause="規§3.0",
            place="decided, not_due",
            found=", ".join(strange),
            limit=", ".join(missing),
        )


@handles(PublishCalendar)
async def publish_calendar(deed: Deed) -> dict[str, Any]:
    """The school's page with the dates is up; a meeting must have decided them first. 規§3.1, 規§4.2

    An amended calendar is published again; the duty stays done since the first publication.
    """
    c = deed.command
    assert isinstance(c, PublishCalendar)
    need_page(c.url, clause="規§4.2", place="url")
    version = told = None
    if c.draft:
        if c.draft.split("/")[0] != year_of(c.period):
            raise refuse(Code.BAD_REQUEST, clause="規§4.2", place="draft", found=c.draft, limit=c.period)
        basis, version, told = await put_in_force(deed, c.draft)
    started = await deed.connection.fetchval(
        "select 1 from process where school = $1 and id = $2", deed.school, semester_id(deed.school, c.period)
    )
    if started is None and version is not None:
        # Published before the semester runs: its duty is there when it starts, and is done by publishing again.
        behalf = await need_owner(deed, basis)
        await need_stored(deed, c.snapshot_sha256, place="snapshot_sha256", clause="規§4.2")
        return await deed.record("calendar_published", *await _published(deed, c, version, told), on_behalf_of=behalf)
    snapshot, duty = await find_duty(deed, duty_key(semester_id(deed.school, c.period), "calendar_publication"))
    behalf = await need_post(deed, duty.post, clause="規§4.2")
    resolved = await deed.connection.fetchval(
        "select 1 from meeting where school = $1 and period = $2 and '規§3.1' = any(decided) limit 1",
        deed.school,
        c.period,
    )
    if resolved is None and version is None:
        raise refuse(Code.GATE_CLOSED, clause="規§3.1", place=duty.key, found="no meeting", limit="record_meeting")
    await need_stored(deed, c.snapshot_sha256, place="snapshot_sha256", clause="規§4.2")
    if version is None:
        version = (await year_basis(deed, year_of(c.period))).calendar.version
    subject, body = await _published(deed, c, version, told)
    if is_open(snapshot, duty):
        return await write_done(deed, duty, behalf, evidence=c.snapshot_sha256, body=body)
    return await deed.record("calendar_published", subject, body, on_behalf_of=behalf)


async def _published(deed: Deed, c: PublishCalendar, version: int, told: int | None) -> tuple[str, dict[str, Any]]:
    """Keep the publication with its URL, instant and snapshot; (its name, the fact's body).

    `told`: how many notices of moved dates went out, where a new version took effect.
    """
    ordinal = await deed.connection.fetchval("select next_ordinal($1, $2)", deed.school, f"publication/{c.period}")
    await deed.connection.execute(
        "insert into publication (school, period, ordinal, url, snapshot, calendar, at) values ($1, $2, $3, $4, $5, $6, $7)",
        deed.school,
        c.period,
        ordinal,
        c.url,
        c.snapshot_sha256,
        version,
        deed.at,
    )
    body: dict[str, Any] = {"publication": f"{c.period}/{ordinal}", "calendar": version}
    body |= {} if told is None else {"told": told}
    return f"{c.period}/{ordinal}", body | await _of_the_authority(deed, year_of(c.period), version)


async def _of_the_authority(deed: Deed, year: str, version: int) -> dict[str, Any]:
    """What is missing of the authority's windows: a warning, never a stop (readings, "Which process").

    How many of the year have no letter number yet, and the places of the submissions for which none is known.
    """
    body = await deed.connection.fetchval(
        "select body from document where school = $1 and kind = 'national' order by version desc limit 1", deed.school
    )
    _, calendar = await load_document(deed.connection, deed.school, CALENDAR, year, version)
    assert isinstance(calendar, Calendar)
    if not body:
        return {}
    national = National.model_validate(body)
    unlettered = sum(not w.letter_number for w in national.windows if year_of(w.period) == year)
    missing = [
        f"{w.period}/{w.lane}/{w.kind}"
        for w in calendar.windows
        if w.kind in SUBMISSIONS and national.window(w.period, w.lane, w.kind) is None
    ]
    found = {"national_without_letter": unlettered, "national_missing": "; ".join(sorted(missing))}
    return {name: value for name, value in found.items() if value}
