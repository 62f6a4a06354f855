"""records: one person's own dates as they hold now: windows with extensions, duties of the posts held. 規§4.2"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from records.basis import load_bases
from records.db import Connection
from records.queries.calendars import concern_of
from records.queries.snapshot import load_snapshot
from records.queries.why import granted, standing_of
from rules.calendar_diff import DateChange, calendar_diff, concerning
from rules.own_dates import OwnDate, before, own_changes, own_duties, own_windows
from rules.plans.submission import occurrence
from rules.ruleset import RuleSet
from rules.schedule import Calendar


async def own_dates(
    connection: Connection,
    school: str,
    person: UUID,
    at: datetime,
    *,
    since: datetime | None = None,
    until: datetime | None = None,
) -> tuple[OwnDate, ...]:
    """The windows of a student, and what the posts that the person holds still owe, of every open term.

    Of the duties alone: `base` is the date before what was granted `since`, and nothing granted from `until` on counts.
    """
    found: list[OwnDate] = []
    rows = await connection.fetch(
        "select id, kind from process where school = $1 and over_at is null order by id", school
    )
    who = await standing_of(connection, school, person, at)
    if who is not None:
        extensions = await granted(connection, school)
        for row in rows:
            if row["kind"] == "school_year":
                basis = (await load_bases(connection, school, row["id"]))[-1]
                windows = own_windows(basis.rules, basis.calendar, who, extensions, since=basis.since)
                found += [*windows, *await _own_receipts(connection, school, person, basis.rules, windows)]
    posts = await posts_of(connection, school, person, at)
    for row in rows if posts else ():
        found += own_duties(await load_snapshot(connection, school, row["id"]), posts, since=since, until=until)
    return tuple(sorted(found, key=lambda d: (d.closes, d.period, d.kind, d.id)))


async def changes_for(
    connection: Connection,
    school: str,
    person: UUID,
    at: datetime,
    rules: RuleSet,
    old: Calendar,
    new: Calendar,
    since: datetime,
    until: datetime,
) -> tuple[DateChange, ...]:
    """What of the difference of two calendars changes for a person (規§4.2).

    From what held for them when the old one came to count (`since`) to what the new one brought, with the
    extensions granted before the next (`until`).
    """
    changes = concerning(calendar_diff(old, new), rules, await concern_of(connection, school, person, at))
    mine = await own_dates(connection, school, person, at, since=since, until=until)
    dates, told = [d for d in mine if d.what == "duty"], list[OwnDate]()
    who = await standing_of(connection, school, person, at)
    if who is not None:
        extensions = await granted(connection, school)
        told += own_windows(rules, old, who, [g for g in extensions if before(g, since)])
        dates += own_windows(rules, new, who, [g for g in extensions if before(g, until)])
    return own_changes(changes, told, dates)


async def _own_receipts(
    connection: Connection, school: str, person: UUID, rules: RuleSet, windows: Sequence[OwnDate]
) -> list[OwnDate]:
    """The published receipts of a student whose close is another one than their window's: corrected or late ones."""
    rows = await connection.fetch(
        "select v.submission, v.version, v.published_at, v.closes_at, s.period, s.roster from confirmation c"
        " join submission_version v on v.school = c.school and v.submission = c.submission and v.version = c.version"
        " join submission s on s.school = v.school and s.id = v.submission where c.school = $1 and c.person = $2"
        " and c.state in ('unseen', 'seen') and v.closes_at is not null and v.settled_at is null order by 1, 2",
        school,
        person,
    )
    titles = {r.id: r.title for r in rules.rosters}
    dated = {d.period: d for d in windows if d.kind.endswith("_receipts")}
    return [
        dated[r["period"]].model_copy(
            update={
                "id": occurrence(r["submission"], r["version"]), "opens": r["published_at"], "due": r["closes_at"],
                "closes": r["closes_at"], "title": f"{dated[r['period']].title}({titles[r['roster']]})",
            }
        )
        for r in rows
        if r["period"] in dated and r["closes_at"] != dated[r["period"]].closes
    ]  # fmt: skip


async def certified_until(
    connection: Connection, school: str, items: Sequence[UUID]
) -> dict[UUID, tuple[datetime, datetime]]:
    """Until when each of some items may be certified: the announced deadline and the close, as they hold for its student.

    An extension of the certification moves both (規§10.2.2).
    """
    rows = await connection.fetch(
        "select i.id, w.due, w.closes as base, last_close(i.school, i.period, i.lane, 'certification', i.student, i.class)"
        "  as closes from item i left join admission_window w on w.school = i.school and w.period = i.period"
        "  and w.lane = i.lane and w.kind = 'certification' and w.occurrence = ''"
        " where i.school = $1 and i.id = any($2)",
        school,
        list(items),
    )
    return {r["id"]: (r["due"] if r["closes"] == r["base"] else r["closes"], r["closes"]) for r in rows}


async def posts_of(connection: Connection, school: str, person: UUID, at: datetime) -> frozenset[str]:
    """The posts that a person holds now (deputies owe nothing of their own)."""
    rows = await connection.fetch(
        "select distinct post from post_holder where school = $1 and person = $2 and rank = 0 and opens <= $3"
        " and (closes is null or $3 < closes)",
        school,
        person,
        at,
    )
    return frozenset(r["post"] for r in rows)
