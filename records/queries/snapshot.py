"""records: one process as the planner sees it, read in one database snapshot."""

from __future__ import annotations

from typing import Any

from records.basis import load_bases
from records.db import Connection
from records.queries.granted import granted_of
from rules.ids import year_id, year_of
from rules.ruleset import Kind
from rules.snapshot import (
    CourseRef,
    DutyState,
    HandoverState,
    ReportState,
    Snapshot,
    Structure,
    StuckState,
    VersionState,
)


class UnknownProcess(LookupError):
    """There is no process with that id."""


async def load_snapshot(connection: Connection, school: str, process: str) -> Snapshot:
    """Everything that the plan of `process` hangs on. Raises UnknownProcess.

    Call it inside `Database.transaction(school, snapshot=True)` where one state matters.
    """
    row = await connection.fetchrow(
        "select kind, params, started_at from process where school = $1 and id = $2", school, process
    )
    if row is None:
        raise UnknownProcess(process)
    kind = Kind(row["kind"])
    params: dict[str, str] = row["params"]
    parts: dict[str, Any] = {}
    if kind in (Kind.SEMESTER, Kind.SCHOOL_YEAR):
        parts |= await _period_parts(connection, school, process, kind, params["period"])
    elif kind is Kind.SUBMISSION:
        parts |= await _submission_parts(connection, school, process, params)
    else:
        parts["handover"] = await _handover(connection, school, process)
    return Snapshot(
        school=school,
        process=process,
        kind=kind,
        params=params,
        started_at=row["started_at"],
        bases=await load_bases(connection, school, process),
        duties=await _duties(connection, school, process),
        done=await _done(connection, school, process),
        stuck=await _stuck(connection, school, process),
        **parts,
    )


async def _duties(connection: Connection, school: str, process: str) -> dict[str, DutyState]:
    rows = await connection.fetch(
        "select key, state, done_at, passed from duty where school = $1 and process = $2", school, process
    )
    return {r["key"]: DutyState(r["done_at"] if r["state"] == "done" else None, r["passed"]) for r in rows}


async def _done(connection: Connection, school: str, process: str) -> frozenset[str]:
    rows = await connection.fetch("select step_key from effect where school = $1 and process = $2", school, process)
    return frozenset(r["step_key"] for r in rows)


async def _stuck(connection: Connection, school: str, process: str) -> dict[str, StuckState]:
    rows = await connection.fetch(
        "select step_key, since, retry_at from stuck where school = $1 and process = $2 and cleared_at is null",
        school,
        process,
    )
    return {r["step_key"]: StuckState(r["since"], r["retry_at"]) for r in rows}


async def _period_parts(connection: Connection, school: str, process: str, kind: Kind, period: str) -> dict[str, Any]:
    parts: dict[str, Any] = {
        "structure": await load_structure(connection, school, period if kind is Kind.SEMESTER else None)
    }
    parts["extensions"] = await granted_of(connection, school, period, parts["structure"])
    if kind is Kind.SEMESTER:
        pending = await connection.fetch(
            "select c.course, c.pending from certification_count c"
            " join course k on k.school = c.school and k.id = c.course"
            " where c.school = $1 and k.semester = $2",
            school,
            period,
        )
        parts["pending"] = {r["course"]: r["pending"] for r in pending}
    mine = f"submission/{school}/{period}/%"
    semesters = f"semester/{school}/{period}-%" if kind is Kind.SCHOOL_YEAR else ""
    children = await connection.fetch(
        "select id, over_at from process where school = $1 and (id like $2 or id like $3)", school, mine, semesters
    )
    parts["children"] = {r["id"]: r["over_at"] for r in children}
    return parts


async def load_structure(connection: Connection, school: str, semester: str | None) -> Structure:
    """Courses (of one semester), classes with their lanes, and the lanes that have students."""
    lanes = await connection.fetch(
        "select distinct on (s.class) s.class, m.lane from student s"
        " join lane_member m on m.school = s.school and m.person = s.person and m.closes is null"
        " where s.school = $1 order by s.class, m.lane",
        school,
    )
    classes = {r["class"]: r["lane"] for r in lanes}
    courses = []
    if semester is not None:
        courses = await connection.fetch(
            "select id, class, semester, post from course where school = $1 and semester = $2 order by id",
            school,
            semester,
        )
    return Structure(
        courses=tuple(
            CourseRef(r["id"], classes[r["class"]], r["class"], r["semester"], r["post"])
            for r in courses
            if r["class"] in classes
        ),
        classes=classes,
        lanes=frozenset(classes.values()),
    )


async def _submission_parts(
    connection: Connection, school: str, process: str, params: dict[str, str]
) -> dict[str, Any]:
    versions = await connection.fetch(
        "select v.version, generated_at, submitted_at, receipt_at, published_at, closes_at, settled_at,"
        " (select count(*) from roster_check k where k.school = v.school and k.submission = v.submission"
        "   and k.version = v.version and k.severity = 'error' and k.waived_at is null) as checks_open,"
        " coalesce(d.found, 0) as differences, coalesce(d.open, 0) as differences_open,"
        " coalesce(d.correct, 0) + coalesce(c.started, 0) as to_correct, greatest(d.at, c.at, n.at) as decided_at,"
        " n.unnoticed"
        " from submission_version v"
        " left join lateral (select count(*) as found, count(*) filter (where closed_at is null) as open,"
        "   count(*) filter (where outcome = 'correct') as correct, max(closed_at) as at from difference x"
        "   where x.school = v.school and x.submission = v.submission and x.version = v.version) d on true"
        " left join lateral (select count(*) as started, max(at) as at from correction y"
        "   where y.school = v.school and y.submission = v.submission and y.version = v.version) c on true"
        " left join lateral (select count(*) filter (where state = 'asks_person') as unnoticed,"
        "   max(decided_at) filter (where decided_by is not null) as at from confirmation z"
        "   where z.school = v.school and z.submission = v.submission and z.version = v.version) n on true"
        " where v.school = $1 and v.submission = $2 order by v.version",
        school,
        process,
    )
    reports = await connection.fetch(
        "select id, version, at, objection, outcome, answered_at from report"
        " where school = $1 and submission = $2 order by id",
        school,
        process,
    )
    return {
        "versions": tuple(VersionState(**dict(r)) for r in versions),
        "reports": tuple(ReportState(**dict(r)) for r in reports),
        "extensions": await granted_of(connection, school, params["period"], Structure()),
    }


async def _handover(connection: Connection, school: str, process: str) -> HandoverState | None:
    row = await connection.fetchrow(
        "select post, announced_at, effective_at, prolong_until from handover where school = $1 and id = $2",
        school,
        process,
    )
    return HandoverState(**dict(row)) if row else None


def parent_of(school: str, params: dict[str, str], kind: Kind) -> str | None:
    """The process that waits for a child of `kind`: a submission's semester or year, a semester's year."""
    period = params.get("period", "")
    if kind is Kind.SUBMISSION and "-" in period:
        return f"semester/{school}/{period}"
    if kind in (Kind.SUBMISSION, Kind.SEMESTER):
        return year_id(school, year_of(period))
    return None
