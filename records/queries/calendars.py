"""records: calendar versions and drafts as they stand, and what dates concern a person. 規§4.2"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from records.basis import CALENDAR, RULE_SET, load_document
from records.db import Connection
from rules.calendar_diff import Concern
from rules.refusals import Code, refuse
from rules.ruleset import RuleSet
from rules.schedule import Calendar, National

EVER, NEVER = datetime.min.replace(tzinfo=UTC), datetime.max.replace(tzinfo=UTC)
"""Before and after every instant."""


@dataclass(frozen=True, slots=True)
class Kept:
    """A calendar that the school keeps: version `v2`, or draft `d1`, and how far it came."""

    name: str
    calendar: Calendar
    state: str
    meeting: str | None
    held: Any
    published: tuple[dict[str, Any], ...]
    verdict: tuple[dict[str, Any], ...]
    since: datetime
    """When its dates were set: a version recorded, a draft resolved or (until then) drafted."""


async def kept(connection: Connection, school: str, year: str, name: str) -> Kept:
    """The version or draft of a year called `v2` or `d1`. Raises Refused(not_found).

    A draft bears the version under which it was published, or would be: its file's own number may be an older one.
    """
    kind, number = name[:1], name[1:]
    if kind not in ("v", "d") or not number.isdecimal():
        raise refuse(Code.NOT_FOUND, clause="規§4.2", place=f"calendar {name}", limit="v1, d1 …")
    column = "version" if kind == "v" else "ordinal"
    draft = await connection.fetchrow(
        "select c.*, m.held from calendar_draft c left join meeting m on m.school = c.school"
        " and m.period || '/' || m.ordinal = c.meeting"
        f" where c.school = $1 and c.year = $2 and c.{column} = $3",
        school,
        year,
        int(number),
    )
    if kind == "d":
        if draft is None:
            raise refuse(Code.NOT_FOUND, clause="規§4.2", place=f"draft {year}/{number}")
        version = draft["version"] or draft["base"] + 1
        calendar = Calendar.model_validate(draft["body"] | {"version": version})
        since = await _recorded(connection, school, year, version) if draft["version"] else None
        since = since or draft["resolved_at"] or draft["at"]
    else:
        since = await _recorded(connection, school, year, int(number))
        if since is None:
            raise refuse(Code.NOT_FOUND, clause="規§4.2", place=f"calendar {year} {name}")
        calendar = (await load_document(connection, school, CALENDAR, year, int(number)))[1]
    pages = await connection.fetch(
        "select period, ordinal, url, snapshot, at from publication"
        " where school = $1 and calendar = $2 and split_part(period, '-', 1) = $3 order by at",
        school,
        calendar.version if kind == "v" or draft is None else (draft["version"] or -1),
        year,
    )
    state = "draft"
    if pages or (draft is not None and draft["published_at"]):
        state = "published"
    elif draft is not None and draft["resolved_at"]:
        state = "resolved"
    elif kind == "v":
        state = "in force"
    return Kept(
        name,
        calendar,
        state,
        draft["meeting"] if draft else None,
        draft["held"] if draft else None,
        tuple(dict(p) for p in pages),
        tuple(draft["verdict"]) if draft else (),
        since,
    )


async def _recorded(connection: Connection, school: str, year: str, version: int) -> datetime | None:
    found: datetime | None = await connection.fetchval(
        "select recorded_at from document where school = $1 and kind = $2 and name = $3 and version = $4",
        school,
        CALENDAR,
        year,
        version,
    )
    return found


async def stood(connection: Connection, school: str, year: str, version: int) -> tuple[datetime, datetime]:
    """From when and until when a version was the newest of its year; before the first there was nothing else."""
    rows = await connection.fetch(
        "select version, recorded_at from document where school = $1 and kind = $2 and name = $3 order by version",
        school,
        CALENDAR,
        year,
    )
    begins = [r["recorded_at"] if n else EVER for n, r in enumerate(rows) if r["version"] == version]
    ends = [r["recorded_at"] for r in rows if r["version"] > version]
    return begins[0], ends[0] if ends else NEVER


async def newest_name(connection: Connection, school: str, year: str | None) -> tuple[str, str]:
    """(school year, `v3`) of the newest version. Raises Refused(not_decided)."""
    row = await connection.fetchrow(
        "select name, max(version) as v from document where school = $1 and kind = 'calendar'"
        " and ($2::text is null or name = $2) group by name order by name desc limit 1",
        school,
        year,
    )
    if row is None:
        raise refuse(Code.NOT_DECIDED, clause="規§4.1", place=f"calendar {year or ''}".strip())
    return row["name"], f"v{row['v']}"


async def judged_by(connection: Connection, school: str) -> tuple[RuleSet, National]:
    """The newest rule set and document of the authority. Raises Refused(not_decided)."""
    row = await connection.fetchrow(
        "select max(version) filter (where kind = 'rule_set') as r, max(version) filter (where kind = 'national') as n"
        " from document where school = $1",
        school,
    )
    if row is None or row["r"] is None or row["n"] is None:
        raise refuse(Code.NOT_DECIDED, clause="規§13", place="documents")
    _, rules = await load_document(connection, school, RULE_SET, "rules", row["r"])
    _, national = await load_document(connection, school, "national", "national", row["n"])
    return rules, national


async def concern_of(connection: Connection, school: str, person: UUID, at: datetime) -> Concern:
    """Which dates concern a person: a student's lane, the lanes a teacher certifies for, the posts they hold."""
    lane = await connection.fetchval(
        "select lane from lane_member where school = $1 and person = $2 and opens <= $3"
        " and (closes is null or $3 < closes)",
        school,
        person,
        at,
    )
    posts = await connection.fetch(
        "select distinct post from post_holder where school = $1 and person = $2 and opens <= $3"
        " and (closes is null or $3 < closes)",
        school,
        person,
        at,
    )
    held = [r["post"] for r in posts]
    lanes = await connection.fetch(
        "select distinct m.lane from course k join student s on s.school = k.school and s.class = k.class"
        " join lane_member m on m.school = s.school and m.person = s.person and m.closes is null"
        " where k.school = $1 and k.post = any($2)",
        school,
        held,
    )
    return Concern(lane or "", frozenset(r["lane"] for r in lanes), frozenset(held))
