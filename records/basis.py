"""records: documents as adopted, and under which of them a process runs (規§13: a running term keeps its version)."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from records.db import Connection, Database, school_now
from records.seam import canonical
from rules.days import WorkingDays
from rules.refusals import Code, refuse
from rules.ruleset import RuleSet
from rules.schedule import Calendar, National, working_days
from rules.snapshot import Basis

RULE_SET, CALENDAR, NATIONAL = "rule_set", "calendar", "national"


@dataclass(frozen=True, slots=True)
class Versions:
    """The document versions that a process runs under."""

    rule_set: int
    calendar: int
    national: int


async def adopt(
    connection: Connection, school: str, kind: str, name: str, version: int, body: dict[str, Any], *, reason: str = ""
) -> None:
    """Store a document for ever. The same version with other content is refused."""
    digest = hashlib.sha256(canonical(body)).hexdigest()
    known = await connection.fetchval(
        "select sha256 from document where school = $1 and kind = $2 and name = $3 and version = $4",
        school,
        kind,
        name,
        version,
    )
    if known == digest:
        return
    if known is not None:
        raise refuse(Code.ALREADY_EXISTS, clause="規§13", place=f"{kind} {name}", found=f"v{version}")
    await connection.execute(
        "insert into document (school, kind, name, version, body, sha256, recorded_at, reason)"
        " values ($1, $2, $3, $4, $5, $6, $7, $8)",
        school,
        kind,
        name,
        version,
        body,
        digest,
        await school_now(connection, school),
        reason,
    )


async def adopt_documents(
    operator: Database, school: str, rules: RuleSet, calendar: Calendar, national: National, *, reason: str
) -> None:
    """Adopt a rule set, a calendar and the authority's document of one school, all or none."""
    async with operator.transaction(school) as c:
        await adopt_all(c, school, rules, calendar, national, reason=reason)


async def adopt_all(
    c: Connection, school: str, rules: RuleSet, calendar: Calendar, national: National, *, reason: str
) -> None:
    """The same, in the caller's transaction. Raises Refused(already_exists) for a version with other content."""
    year = str(calendar.school_year)
    body = rules.model_dump(mode="json", by_alias=True)
    await adopt(c, school, RULE_SET, "rules", rules.version, body, reason=reason)
    body = calendar.model_dump(mode="json")
    await adopt(c, school, CALENDAR, year, calendar.version, body, reason=reason)
    body = national.model_dump(mode="json")
    await adopt(c, school, NATIONAL, "national", national.version, body, reason=reason)


async def newest(connection: Connection, school: str, year: str) -> Versions | None:
    """The newest adopted versions for a school year, or None while one of them is missing."""
    row = await connection.fetchrow(
        "select max(version) filter (where kind = 'rule_set') as r,"
        " max(version) filter (where kind = 'calendar' and name = $2) as c,"
        " max(version) filter (where kind = 'national') as n from document where school = $1",
        school,
        year,
    )
    if row is None or None in (row["r"], row["c"], row["n"]):
        return None
    return Versions(row["r"], row["c"], row["n"])


async def versions_of(connection: Connection, school: str, process: str) -> Versions | None:
    """The versions that a process runs under now, or None for one that has no basis."""
    row = await connection.fetchrow(
        "select rule_set, calendar, national from basis where school = $1 and process = $2"
        " order by ordinal desc limit 1",
        school,
        process,
    )
    return Versions(row["rule_set"], row["calendar"], row["national"]) if row else None


_MODELS: dict[str, type[RuleSet] | type[Calendar] | type[National]] = {
    RULE_SET: RuleSet,
    CALENDAR: Calendar,
    NATIONAL: National,
}
_by_digest: dict[str, RuleSet | Calendar | National] = {}
_days: dict[tuple[str, str], WorkingDays] = {}


async def load_document(connection: Connection, school: str, kind: str, name: str, version: int) -> tuple[str, Any]:
    """(digest, parsed document); parsing is done once for each content, whatever school has it."""
    digest = await connection.fetchval(
        "select sha256 from document where school = $1 and kind = $2 and name = $3 and version = $4",
        school,
        kind,
        name,
        version,
    )
    if digest not in _by_digest:
        body = await connection.fetchval(
            "select body from document where school = $1 and kind = $2 and name = $3 and version = $4",
            school,
            kind,
            name,
            version,
        )
        _by_digest[digest] = _MODELS[kind].model_validate(body)
    return digest, _by_digest[digest]


async def load_basis(connection: Connection, school: str, year: str, versions: Versions, since: datetime) -> Basis:
    """The documents of these versions as one basis."""
    _, rules = await load_document(connection, school, RULE_SET, "rules", versions.rule_set)
    dates, calendar = await load_document(connection, school, CALENDAR, year, versions.calendar)
    digest, national = await load_document(connection, school, NATIONAL, "national", versions.national)
    known = (digest, dates)
    if known not in _days:
        _days[known] = working_days(national, calendar)
    return Basis(rules, calendar, national, _days[known], since)


async def load_bases(connection: Connection, school: str, process: str) -> tuple[Basis, ...]:
    """Under which documents a process has run, oldest first; the last one holds now."""
    rows = await connection.fetch(
        "select b.rule_set, b.calendar, b.national, b.since, p.params->>'year' as year, r.sha256 as r, c.sha256 as c,"
        " n.sha256 as n from basis b join process p on p.school = b.school and p.id = b.process"
        " join document r on r.school = b.school and r.kind = 'rule_set' and r.name = 'rules' and r.version = b.rule_set"
        " join document c on c.school = b.school and c.kind = 'calendar' and c.name = p.params->>'year'"
        "  and c.version = b.calendar"
        " join document n on n.school = b.school and n.kind = 'national' and n.name = 'national'"
        "  and n.version = b.national"
        " where b.school = $1 and b.process = $2 order by b.ordinal",
        school,
        process,
    )
    found = []
    for r in rows:
        known = _known(r["r"], r["c"], r["n"], r["since"])
        if known is None:
            versions = Versions(r["rule_set"], r["calendar"], r["national"])
            known = await load_basis(connection, school, r["year"], versions, r["since"])
        found.append(known)
    return tuple(found)


def _known(rules: str, calendar: str, national: str, since: datetime) -> Basis | None:
    """The basis of three documents by their digests, where all of them were parsed already."""
    r, c, n = (_by_digest.get(digest) for digest in (rules, calendar, national))
    days = _days.get((national, calendar))
    if not isinstance(r, RuleSet) or not isinstance(c, Calendar) or not isinstance(n, National) or days is None:
        return None
    return Basis(r, c, n, days, since)
