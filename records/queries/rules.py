"""records: the rule set that a school runs under now."""

from __future__ import annotations

from datetime import datetime

from records.basis import load_bases, load_document
from records.db import Connection
from rules.refusals import Code, refuse
from rules.ruleset import RuleSet


async def newest_rules(connection: Connection, school: str, at: datetime) -> RuleSet:
    """The rules of the newest running school year, else the newest adopted ones. Raises Refused(not_decided)."""
    year = await connection.fetchval(
        "select id from process where school = $1 and kind = 'school_year' and over_at is null and started_at <= $2"
        " order by id desc limit 1",
        school,
        at,
    )
    bases = await load_bases(connection, school, year) if year else ()
    if bases:
        return bases[-1].rules
    version = await connection.fetchval(
        "select max(version) from document where school = $1 and kind = 'rule_set'", school
    )
    if version is None:
        raise refuse(Code.NOT_DECIDED, clause="規§13", place=f"school {school}")
    _, rules = await load_document(connection, school, "rule_set", "rules", version)
    found: RuleSet = rules
    return found
