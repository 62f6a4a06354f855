"""records: a calendar is drafted, resolved by a meeting, and put in force when it is published. 規§3.1, 規§4.1, 規§4.2"""

from __future__ import annotations

import hashlib
from datetime import date, datetime
from typing import Any

from pydantic import ValidationError

from records.admission import compile_admission
from records.basis import CALENDAR, NATIONAL, RULE_SET, adopt, load_document, versions_of
from records.commands.moved import tell_moved
from records.commands.moved_ahead import tell_announced
from records.commands.occurrences import move_occurrences
from records.commands.rights import need_one_of
from records.commands.running import go_on
from records.processes import open_processes_of
from records.queries.staffing import people_ahead, staffing_of
from records.seam import Deed, canonical, handles
from rules.calendar_diff import DateChange, calendar_diff
from rules.commands import AdoptCalendar, ResolveCalendar
from rules.instants import WHOLE_MINUTES, local_text, taipei_day
from rules.lint.book import lint
from rules.lint.case import Case
from rules.moves import checks_among, moved_windows
from rules.refusals import Code, Refused, refuse
from rules.refusals.malformed import malformed
from rules.schedule import Calendar, working_days
from rules.snapshot import Basis


@handles(AdoptCalendar)
async def adopt_calendar(deed: Deed) -> dict[str, Any]:
    """Store a draft with its verdict; a draft with an error is refused and names the first one.

    The schedule's owner or the executive secretary does it. Nothing in force changes.
    """
    c = deed.command
    assert isinstance(c, AdoptCalendar)
    try:
        calendar = Calendar.model_validate(c.body, context=WHOLE_MINUTES)
    except ValidationError as error:
        raise Refused(malformed(error, Calendar, clause="規§4.1", within="body")) from None
    year = str(calendar.school_year)
    await lock_calendar(deed, year)
    basis, base = await standing(deed, year, calendar)
    behalf = await need_owner(deed, basis)
    await _need_closed_days(deed, year, base, calendar)
    judged = await verdict(deed, basis)
    need_no_error(judged)
    ordinal = await deed.connection.fetchval("select next_ordinal($1, $2)", deed.school, f"calendar_draft/{year}")
    body = calendar.model_dump(mode="json")
    await deed.connection.execute(
        "insert into calendar_draft (school, year, ordinal, base, body, sha256, verdict, reason, drafted_by, at)"
        " values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
        deed.school, year, ordinal, base, body, hashlib.sha256(canonical(body)).hexdigest(), judged, c.reason,
        deed.actor.person, deed.at,
    )  # fmt: skip
    draft = f"{year}/{ordinal}"
    shown = {"draft": draft, "base": base, "warnings": len(judged)}
    return await deed.record("calendar_drafted", draft, shown, on_behalf_of=behalf)


async def _need_closed_days(deed: Deed, year: str, base: int, calendar: Calendar) -> None:
    """A draft keeps the closed days of the version that it amends. Raises Refused(closed_day_lost) that names those it lost.

    A file written before a typhoon does not know of it; published, it would open the offices on that day again.
    """
    if not base:
        return
    _, old = await load_document(deed.connection, deed.school, CALENDAR, year, base)
    assert isinstance(old, Calendar)
    kept = {c.day for c in calendar.closures}
    lost = sorted(c.day.isoformat() for c in old.closures if c.day not in kept)
    if lost:
        said = f"缺少 · lacking {', '.join(lost)}"
        limit = f"v{base}: {', '.join(sorted(f'{c.day.isoformat()} {c.title}' for c in old.closures))}"
        raise refuse(Code.CLOSED_DAY_LOST, clause="規§4.2", place="closures", found=said, limit=limit)


@handles(ResolveCalendar)
async def resolve_calendar(deed: Deed) -> dict[str, Any]:
    """A recorded meeting that decided 規§3.1 resolved the draft; without a quorum in the rules a person says so.

    It rests on a lint without errors, judged again now, and on a rehearsal of exactly this draft; the meeting was
    held on the day on which the draft was stored and first rehearsed, or later.
    """
    c = deed.command
    assert isinstance(c, ResolveCalendar)
    year, ordinal = c.draft.split("/")
    await lock_calendar(deed, year)
    row = await draft_row(deed, c.draft)
    if row["resolved_at"] is not None:
        raise refuse(Code.ALREADY_DONE, clause="規§3.1", place=c.draft)
    basis, base = await standing(deed, year, Calendar.model_validate(row["body"]))
    group = basis.rules.working_group
    behalf = await need_owner(deed, basis)
    period, number = c.meeting.split("/")
    meeting = await deed.connection.fetchrow(
        "select present, held, decided from meeting where school = $1 and period = $2 and ordinal = $3",
        deed.school, period, int(number),
    )  # fmt: skip
    if meeting is None:
        raise refuse(Code.NOT_FOUND, clause="規§3.1", place=f"meeting {c.meeting}")
    if "規§3.1" not in meeting["decided"]:
        raise refuse(
            Code.GATE_CLOSED, clause="規§3.1", place=c.meeting, found=", ".join(meeting["decided"]), limit="規§3.1"
        )
    await _need_known_then(deed, c, row["at"], meeting["held"])
    if group.quorum is not None and meeting["present"] < group.quorum:
        raise refuse(Code.GATE_CLOSED, clause="規§3.0", place="quorum", found=meeting["present"], limit=group.quorum)
    if group.quorum is None and not c.quorum_met:
        # The rules do not say how many must come: the gate asks a person (readings, "People").
        raise refuse(Code.NOT_DECIDED, clause="規§3.0", place="quorum_met", found=meeting["present"], limit=group.size)
    need_no_error(await verdict(deed, basis))
    rehearsal = await _need_rehearsed(deed, c.draft, row["sha256"], rehearsed_by(basis, base))
    quorum = "met" if group.quorum is not None else "person"
    await deed.connection.execute(
        "update calendar_draft set meeting = $4, quorum = $5, resolved_at = $6"
        " where school = $1 and year = $2 and ordinal = $3",
        deed.school, year, int(ordinal), c.meeting, quorum, deed.at,
    )  # fmt: skip
    shown = {"draft": c.draft, "meeting": c.meeting, "quorum": quorum, "rehearsal": rehearsal}
    return await deed.record("calendar_resolved", c.draft, shown, on_behalf_of=behalf)


def rehearsed_by(basis: Basis, base: int) -> str:
    """The hash of what a draft is rehearsed under: rule set, the authority's document, the version it amends."""
    documents = [basis.rules.model_dump(mode="json"), basis.national.model_dump(mode="json"), base]
    return hashlib.sha256(canonical(documents)).hexdigest()


async def _need_rehearsed(deed: Deed, draft: str, sha256: str, basis_sha256: str) -> str:
    """The newest rehearsal of exactly this draft under these documents. Raises Refused(gate_closed) without one."""
    year, ordinal = draft.split("/")
    number = await deed.connection.fetchval(
        "select max(ordinal) from calendar_rehearsal where school = $1 and year = $2 and draft = $3"
        " and sha256 = $4 and basis_sha256 = $5",
        deed.school, year, int(ordinal), sha256, basis_sha256,
    )  # fmt: skip
    if number is None:
        raise refuse(
            Code.GATE_CLOSED, clause="規§3.1", place=draft, found=f"sha256 {sha256[:12]}", limit="rehearse_calendar"
        )
    return f"{draft}/{number}"


async def _need_known_then(deed: Deed, c: ResolveCalendar, stored: datetime, held: date) -> None:
    """A meeting decides a draft that is there, and was played. Raises Refused(gate_closed) for one held on an earlier day.

    Whether a draft was there at the meeting's hour is not known: minutes name the day.
    """
    year, ordinal = c.draft.split("/")
    played = await deed.connection.fetchval(
        "select min(at) from calendar_rehearsal where school = $1 and year = $2 and draft = $3",
        deed.school, year, int(ordinal),
    )  # fmt: skip
    if held < taipei_day(stored):
        limit = f"草案登錄 {local_text(stored)} 起 · since the draft was stored"
    elif played is not None and held < taipei_day(played):
        limit = f"草案彩排 {local_text(played)} 起 · since the draft was rehearsed"
    else:
        return
    found = f"會議 {held.isoformat()} · meeting"
    raise refuse(Code.GATE_CLOSED, clause="規§3.1", place=c.meeting, found=found, limit=limit)


async def put_in_force(deed: Deed, draft: str) -> tuple[Basis, int, int]:
    """Make a resolved draft the year's next version, under which its open processes go on; (basis, version, told).

    Raises Refused(gate_closed) for an unresolved one, (already_done) for one that is in force,
    (contradiction) when another version came in between, (before_now) for dates that have passed.
    """
    year, ordinal = draft.split("/")
    await lock_calendar(deed, year)
    row = await draft_row(deed, draft)
    if row["resolved_at"] is None:
        raise refuse(Code.GATE_CLOSED, clause="規§3.1", place=draft, found="draft", limit="resolve_calendar")
    if row["published_at"] is not None:
        raise refuse(Code.ALREADY_DONE, clause="規§4.2", place=draft, found=f"v{row['version']}")
    basis, base = await standing(deed, year, Calendar.model_validate(row["body"]))
    if base != row["base"]:
        raise refuse(Code.CONTRADICTION, clause="規§4.2", place=draft, found=f"v{row['base']}", limit=f"v{base}")
    need_no_error(await verdict(deed, basis))
    calendar = basis.calendar.model_copy(update={"version": base + 1})
    await adopt(
        deed.connection, deed.school, CALENDAR, year, calendar.version, calendar.model_dump(mode="json"),
        reason=f"draft {draft}, meeting {row['meeting']}",
    )  # fmt: skip
    processes = await open_processes_of(deed.connection, deed.school, year)
    if processes:
        await compile_admission(deed.connection, deed.school, basis.rules, calendar, basis.national)
    before = (await load_document(deed.connection, deed.school, CALENDAR, year, base))[1] if base else None
    if before is not None:
        await move_occurrences(deed, basis.rules, before, calendar)
    # The windows are locked now: an edge that passed while we waited for them has happened.
    await deed.now()
    if before is not None and processes:
        _need_ahead(calendar_diff(before, calendar), deed.at)
    batch = f"{year}/v{calendar.version}"
    work, told = await go_on(deed, year, batch, calendar=calendar.version)
    if before is not None and processes:
        windows = moved_windows(before, calendar)
        heard = checks_among(basis.rules, work)
        told += await tell_moved(deed, batch, windows=windows, old=before, new=calendar, heard=heard)
        told += await tell_announced(deed, batch, basis.rules, before, calendar, work)
    await deed.connection.execute(
        "update calendar_draft set version = $4, published_at = $5 where school = $1 and year = $2 and ordinal = $3",
        deed.school, year, int(ordinal), calendar.version, deed.at,
    )  # fmt: skip
    return basis, calendar.version, told


def _need_ahead(changes: tuple[DateChange, ...], at: datetime) -> None:
    """Raises Refused(before_now): what has happened is not moved, and nothing is moved into the past."""
    for c in changes:
        for value in (c.before, c.after):
            if isinstance(value, datetime) and value <= at:
                place = "/".join(x for x in (c.period, c.lane, c.kind, c.edge) if x)
                raise refuse(Code.BEFORE_NOW, clause="規§4.2", place=place, found=value, limit=at)


async def verdict(deed: Deed, basis: Basis) -> list[dict[str, Any]]:
    """What the linter says of the basis's calendar and of who holds the posts now, as it is kept with a draft.

    Raises Refused(not_decided).
    """
    if deed.vault.formats is None:
        raise refuse(Code.NOT_DECIDED, clause="規§4.1", place="limits of the linter")
    staffing = await staffing_of(deed.connection, deed.school)
    people = people_ahead(staffing, opens=basis.calendar.opens, at=deed.at)
    case = Case(basis.calendar, basis.rules, basis.national, deed.vault.formats.limits, people)
    return [f.shown() for f in lint(case)]


def need_no_error(judged: list[dict[str, Any]]) -> None:
    """Raises Refused(calendar_errors) that names the first error's rule, clause and place."""
    errors = [f for f in judged if f["severity"] == "error"]
    if errors:
        place = f"{errors[0]['rule']} {errors[0]['where']['place']}"
        raise refuse(Code.CALENDAR_ERRORS, clause=errors[0]["clause"], place=place, found=len(errors), limit=0)


async def lock_calendar(deed: Deed, year: str) -> None:
    """One change of a year's calendar at a time, whichever command makes it; the clock is read after the lock."""
    await deed.connection.execute(
        "select pg_advisory_xact_lock(hashtextextended($1, 2))", f"{deed.school}|calendar|{year}"
    )
    await deed.now()


async def standing(deed: Deed, year: str, calendar: Calendar) -> tuple[Basis, int]:
    """(the calendar with the newest rules and the authority's document, the year's version in force or 0).

    Raises Refused(not_decided) while the school has adopted no rule set or no document of the authority.
    """
    row = await deed.connection.fetchrow(
        "select max(version) filter (where kind = 'rule_set') as r, max(version) filter (where kind = 'national') as n,"
        " max(version) filter (where kind = 'calendar' and name = $2) as c from document where school = $1",
        deed.school, year,
    )  # fmt: skip
    if row is None or row["r"] is None or row["n"] is None:
        raise refuse(Code.NOT_DECIDED, clause="規§13", place=f"documents of {year}")
    runs = await versions_of(deed.connection, deed.school, f"year/{deed.school}/{year}")
    rule_set, base = (runs.rule_set, runs.calendar) if runs else (row["r"], row["c"] or 0)
    _, rules = await load_document(deed.connection, deed.school, RULE_SET, "rules", rule_set)
    _, national = await load_document(deed.connection, deed.school, NATIONAL, "national", row["n"])
    return Basis(rules, calendar, national, working_days(national, calendar), deed.at), base


async def need_owner(deed: Deed, basis: Basis) -> str | None:
    """On whose behalf the actor acts for the schedule's owner or the executive secretary. Raises Refused(no_post)."""
    owner = next((d.owner for d in basis.rules.duties if d.kind == "calendar_publication"), "")
    secretary = basis.rules.working_group.executive_secretary
    return await need_one_of(deed, [p for p in (owner, secretary) if p], clause="規§4.1")


async def draft_row(deed: Deed, draft: str) -> Any:
    """A draft's row. Raises Refused(not_found)."""
    year, _, ordinal = draft.partition("/")
    row = None
    if ordinal.isdecimal():
        row = await deed.connection.fetchrow(
            "select * from calendar_draft where school = $1 and year = $2 and ordinal = $3",
            deed.school, year, int(ordinal),
        )  # fmt: skip
    if row is None:
        raise refuse(Code.NOT_FOUND, clause="規§4.1", place=f"draft {draft}")
    return row
