"""records: what the chain of a date is made of: the calendar's versions with their reasons, and the extensions. 規§4.2"""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from records.basis import CALENDAR
from records.db import Connection
from rules.admission import Grant, Standing
from rules.own_dates import Granted
from rules.schedule import Calendar
from rules.why import Version


async def versions_upto(connection: Connection, school: str, calendar: Calendar) -> tuple[Version, ...]:
    """Every adopted version of the calendar's year up to it, oldest first."""
    rows = await connection.fetch(
        "select body, reason from document where school = $1 and kind = $2 and name = $3 and version <= $4"
        " order by version",
        school,
        CALENDAR,
        str(calendar.school_year),
        calendar.version,
    )
    return tuple(Version(Calendar.model_validate(r["body"]), r["reason"]) for r in rows)


async def granted(connection: Connection, school: str, period: str | None = None) -> tuple[Granted, ...]:
    """The granted extensions, in the order in which they were granted."""
    rows = await connection.fetch(
        "select id, period, kind, scope, target, closes, reason, approver, granted_at from extension where school = $1"
        " and occurrence = '' and ($2::text is null or period = $2) order by granted_at, id",
        school,
        period,
    )
    return tuple(
        Granted(
            r["id"],
            Grant(r["period"], r["kind"], r["scope"], r["target"], r["closes"]),
            r["reason"],
            r["approver"],
            r["granted_at"],
        )
        for r in rows
    )


async def standing_of(connection: Connection, school: str, person: UUID, at: datetime) -> Standing | None:
    """A student's class and lane at an instant; None for who is no student."""
    row = await connection.fetchrow(
        "select s.class, m.lane from student s join lane_member m on m.school = s.school and m.person = s.person"
        " where s.school = $1 and s.person = $2 and m.opens <= $3 and (m.closes is null or $3 < m.closes)",
        school,
        person,
        at,
    )
    return Standing(str(person), row["class"], row["lane"]) if row else None
