"""records: the authority's document in a new version: open calendars are judged again, their owners told. 規§12"""

from __future__ import annotations

from typing import Any
from uuid import UUID

from pydantic import ValidationError

from records.admission import compile_admission
from records.basis import NATIONAL, adopt, load_basis, load_document, versions_of
from records.commands.calendars import lock_calendar, need_owner, standing, verdict
from records.commands.running import go_on
from records.queries.people import reachable
from records.seam import Deed, handles
from rules.commands import AdoptNational
from rules.ids import year_id
from rules.refusals import Code, Refused, refuse
from rules.refusals.malformed import malformed
from rules.schedule import Calendar, National, changed_windows
from rules.sending import senders
from rules.snapshot import Basis


@handles(AdoptNational)
async def adopt_national(deed: Deed) -> dict[str, Any]:
    """Store the next version; every open process goes on under it, since national rules win (規§12).

    Windows of the school do not move by themselves: a calendar that no longer fits is shown to its
    owner and the executive secretary, who amend it, and to who sends in a window that changed; the errors it brings
    are named. A document without the schemas of
    items keeps those of the version before. Raises Refused(already_exists) for an old version.
    """
    c = deed.command
    assert isinstance(c, AdoptNational)
    try:
        national = National.model_validate(c.body)
    except ValidationError as error:
        raise Refused(malformed(error, National, clause="規§12", within="body")) from None
    years = [
        r["year"]
        for r in await deed.connection.fetch(
            "select distinct params->>'year' as year from process where school = $1 and over_at is null"
            " and kind = 'school_year' order by 1",
            deed.school,
        )
    ]
    for year in years:
        await lock_calendar(deed, year)
    newest = await deed.connection.fetchval(
        "select coalesce(max(version), 0) from document where school = $1 and kind = 'national'", deed.school
    )
    if national.version <= newest:
        raise refuse(Code.ALREADY_EXISTS, clause="規§12", place="version", found=national.version, limit=newest + 1)
    bases = {year: await _basis(deed, year) for year in years}
    if bases:
        behalf = await need_owner(deed, bases[max(bases)])
    else:
        rules = await deed.connection.fetchval(
            "select max(name) from document where school = $1 and kind = 'calendar'", deed.school
        )
        calendar = await deed.connection.fetchval(
            "select body from document where school = $1 and kind = 'calendar' order by name desc, version desc limit 1",
            deed.school,
        )
        if rules is None or calendar is None:
            raise refuse(Code.NOT_DECIDED, clause="規§13", place="calendar")
        behalf = await need_owner(deed, (await standing(deed, rules, Calendar.model_validate(calendar)))[0])
    if national.items is None and newest:
        # The dates come in a letter of their own: what items hold stays as it was (規§5.3.1, 規§5.4).
        _, standing_ = await load_document(deed.connection, deed.school, NATIONAL, "national", newest)
        assert isinstance(standing_, National)
        national = national.model_copy(update={"items": standing_.items})
    body = national.model_dump(mode="json")
    await adopt(deed.connection, deed.school, NATIONAL, "national", national.version, body, reason=c.reason)
    judged: list[dict[str, Any]] = []
    for year, before in bases.items():
        judged += await _move(deed, year, before, national)
    drafts = await _judge_drafts(deed)
    wrong = [f for f in judged if f["severity"] == "error"]
    errors, warnings = len(wrong), len(judged) - len(wrong)
    told = sum([await _tell(deed, year, b, national, errors, warnings) for year, b in bases.items()])
    shown: dict[str, Any] = {"version": national.version, "years": len(years), "errors": errors, "drafts": drafts}
    shown |= {
        "warnings": warnings,
        "told": told,
        "broken": "; ".join(f"{f['rule']} {f['where']['place']}" for f in wrong),
    }
    return await deed.record("national_adopted", f"national/{national.version}", shown, on_behalf_of=behalf)


async def _basis(deed: Deed, year: str) -> Basis:
    versions = await versions_of(deed.connection, deed.school, year_id(deed.school, year))
    if versions is None:
        raise LookupError(f"year {year} has no basis")
    return await load_basis(deed.connection, deed.school, year, versions, deed.at)


async def _move(deed: Deed, year: str, before: Basis, national: National) -> list[dict[str, Any]]:
    """Put the year's open processes under the new document; what is wrong with its calendar now."""
    await compile_admission(deed.connection, deed.school, before.rules, before.calendar, national)
    await deed.now()
    await go_on(deed, year, f"national/{national.version}", national=national.version)
    return await verdict(deed, (await standing(deed, year, before.calendar))[0])


async def _judge_drafts(deed: Deed) -> int:
    """Judge every draft that is not published again; how many have errors now."""
    rows = await deed.connection.fetch(
        "select year, ordinal, body from calendar_draft where school = $1 and published_at is null", deed.school
    )
    wrong = 0
    for r in rows:
        basis, _ = await standing(deed, r["year"], Calendar.model_validate(r["body"]))
        judged = await verdict(deed, basis)
        wrong += any(f["severity"] == "error" for f in judged)
        await deed.connection.execute(
            "update calendar_draft set verdict = $4 where school = $1 and year = $2 and ordinal = $3",
            deed.school, r["year"], r["ordinal"], judged,
        )  # fmt: skip
    return wrong


async def _tell(deed: Deed, year: str, basis: Basis, national: National, errors: int, warnings: int) -> int:
    """Tell the calendar's owner, the executive secretary and who sends in a changed window; how many people.

    Whoever acts for them now hears once, by the first of these posts.
    """
    owner = next((d.owner for d in basis.rules.duties if d.kind == "calendar_publication"), "")
    posts = [owner, basis.rules.working_group.executive_secretary]
    for kind in changed_windows(basis.national, national):
        posts += senders(basis.rules, kind)
    people: dict[UUID, str] = {}
    for post in filter(None, posts):
        person = await reachable(deed.connection, deed.school, post, deed.at)
        if person is not None:
            people.setdefault(person, post)
    for person, post in people.items():
        await deed.connection.execute(
            "insert into notice (school, batch, person, template, post, subject, args, at)"
            " values ($1, $2, $3, 'national_changed', $4, $5, $6, $7) on conflict do nothing",
            deed.school,
            f"national/{national.version}/{year}",
            person,
            post,
            year,
            {"version": national.version, "errors": errors, "warnings": warnings},
            deed.at,
        )
    return len(people)
