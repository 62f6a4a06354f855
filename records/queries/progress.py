"""records: how far a school's year has come: what is unsettled, phases, counts, the trace."""

from __future__ import annotations

import hashlib
from datetime import datetime
from typing import Any

from records.db import Connection, Database
from records.seam import canonical
from rules.instants import key_text


async def unsettled(operator: Database, school: str) -> list[str]:
    """Processes that have not seen a fact yet, have something due, or were never asked."""
    rows = await operator.pool.fetch(
        "select id from process where school = $1 and (seen < news or (over_at is null"
        " and (asked_at is null or next_at <= school_now($1)))) order by id",
        school,
    )
    return [r["id"] for r in rows]


async def next_planned(operator: Database, school: str) -> datetime | None:
    """The earliest instant at which a process has something planned."""
    at: datetime | None = await operator.pool.fetchval("select min(next_at) from process where school = $1", school)
    return at


async def phases(connection: Connection, school: str, process: str) -> list[dict[str, Any]]:
    """The phases of a process as they happened: name, lane, opened_at, closed_at (None while open).

    The correction of returned items has no opening of its own: it began with the upload.
    """
    rows = await connection.fetch(
        "select phase as name, lane, min(actual) filter (where kind = 'open') as opened_at,"
        " max(actual) filter (where kind = 'close') as closed_at from effect"
        " where school = $1 and process = $2 and kind in ('open', 'close') group by phase, lane"
        " order by min(actual), phase, lane",
        school,
        process,
    )
    found = [dict(r) for r in rows]
    uploads = {r["lane"]: r["opened_at"] for r in found if r["name"] == "outcome_upload"}
    return [r | {"opened_at": r["opened_at"] or uploads.get(r["lane"])} for r in found]


async def processes(connection: Connection, school: str) -> list[dict[str, Any]]:
    """Every process with its kind, when it started, what it waits for, and when it ended."""
    rows = await connection.fetch(
        "select id, kind, started_at, next_at, over_at from process where school = $1 order by kind, id", school
    )
    return [dict(r) for r in rows]


async def trace_sha256(connection: Connection, school: str) -> tuple[str, int]:
    """The hash over all step keys with planned and actual school instants, and how many there are."""
    rows = await connection.fetch(
        'select step_key, planned, actual, outcome from effect where school = $1 order by step_key collate "C"', school
    )
    digest = hashlib.sha256()
    for r in rows:
        digest.update(canonical([r["step_key"], key_text(r["planned"]), key_text(r["actual"]), r["outcome"]]) + b"\n")
    return digest.hexdigest(), len(rows)


_FACTS = {
    "uploaded": "uploaded",
    "certified": "certified",
    "returned": "returned",
    "selected": "selected",
    "objections": "objection_raised",
    "late_reports": "late_report",
    "handovers": "handover_announced",
    "moved_deadlines": "calendar_amended",
}


async def counts(connection: Connection, school: str) -> dict[str, int]:
    """What was done in the year, counted from facts, attempts, effects and confirmations."""
    facts = {
        r["kind"]: r["n"]
        for r in await connection.fetch("select kind, count(*) as n from fact where school = $1 group by kind", school)
    }
    attempts = {
        (r["command"], r["code"]): r["n"]
        for r in await connection.fetch(
            "select command, code, count(*) as n from attempt where school = $1 group by 1, 2", school
        )
    }
    effects = {
        r["kind"]: r["n"]
        for r in await connection.fetch(
            "select kind, count(*) as n from effect where school = $1 and outcome = 'done' group by kind", school
        )
    }
    found = {name: int(facts.get(kind, 0)) for name, kind in _FACTS.items()}
    found["refused_quota"] = sum(n for (_, code), n in attempts.items() if code == "quota_exceeded")
    found["refused_late"] = sum(n for (_, code), n in attempts.items() if code == "window_closed")
    found["reminders"] = int(effects.get("reminder", 0))
    found["escalations"] = int(effects.get("escalation", 0))
    sent = await connection.fetch(
        "select count(*) filter (where submitted_at is not null)::int as submitted,"
        " count(*) filter (where receipt_at is not null)::int as receipted"
        " from submission_version where school = $1",
        school,
    )
    found |= dict(sent[0])
    found["deemed_confirmed"] = await connection.fetchval(
        "select count(*)::int from confirmation where school = $1 and state = 'deemed_confirmed'", school
    )
    ledgers = await connection.fetch(
        "select count(*)::int as differences, (count(*) filter (where outcome = 'correct'))::int as corrected"
        " from difference where school = $1",
        school,
    )
    found |= dict(ledgers[0])
    order = (
        "uploaded",
        "refused_quota",
        "refused_late",
        "certified",
        "returned",
        "selected",
        "submitted",
        "receipted",
        "differences",
        "corrected",
        "objections",
        "late_reports",
        "deemed_confirmed",
        "reminders",
        "escalations",
        "handovers",
        "moved_deadlines",
    )
    return {name: found[name] for name in order}


async def rosters(connection: Connection, school: str) -> list[dict[str, Any]]:
    """Every version of every roster: its submission, 名冊別, version, rows, and the file's hash."""
    rows = await connection.fetch(
        "select submission, code, version, lines as rows, roster_sha256 as sha256 from submission_version"
        " where school = $1 order by submission, version",
        school,
    )
    return [dict(r) for r in rows]
