"""records: an outcome of a course from elsewhere is held against what the office registered. 規§5.3.1, 規§8"""

from __future__ import annotations

from collections.abc import Mapping

from records.db import Connection
from records.item_rules import ItemRules
from rules.items.check import Value, Written
from rules.items.registered import Registered, judge_registered
from rules.refusals import Refused


def repeats_course(rules: ItemRules, written: Written) -> bool:
    """Whether the student repeats what was registered with the course; no course need be read for all others."""
    schema = rules.book.schema_of(written.item, written.kind)
    return schema is not None and any(f.registered for f in schema.fields)


async def need_registered(
    connection: Connection, school: str, rules: ItemRules, written: Written, fields: Mapping[str, Value], course: str
) -> None:
    """Raises Refused(field_invalid) where a field differs from the course; whose course it is, the upload judges."""
    row = await connection.fetchrow(
        "select code, title, credits from course where school = $1 and id = $2 and kind = $3",
        school,
        course,
        written.kind,
    )
    schema = rules.book.schema_of(written.item, written.kind)
    if row is None or schema is None:
        return
    wrong = judge_registered(schema, fields, Registered(row["code"], row["title"], row["credits"]))
    if wrong is not None:
        raise Refused(wrong)
