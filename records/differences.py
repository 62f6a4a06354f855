"""records: the places in which the ledgers of a version do not agree, each with whose it is. 規§6.4"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from uuid import UUID

from records.seam import Deed
from rules.exchange import FoundDifference


async def keep_differences(
    deed: Deed, submission: str, version: int, post: str, found: Sequence[FoundDifference], people: Mapping[str, UUID]
) -> None:
    """Write what a comparison found: ids, places and names of columns, never a value. `people` by 身分證號."""
    lines = await deed.connection.fetch(
        "select sheet, row, person, item from roster_line where school = $1 and submission = $2 and version = $3",
        deed.school,
        submission,
        version,
    )
    written = {(r["sheet"], r["row"]): (r["person"], r["item"]) for r in lines}
    rows = []
    for d in found:
        person, item = written.get((d.sheet, d.roster_row), (people.get(d.national_id), None))
        rows.append(
            (
                deed.school,
                submission,
                version,
                d.id,
                d.kind,
                d.step,
                person,
                item,
                d.sheet,
                d.roster_row,
                d.receipt_row,
                list(d.fields),
                post,
                deed.at,
            )
        )
    await deed.connection.executemany(
        "insert into difference (school, submission, version, id, kind, step, person, item, sheet, roster_row, receipt_row,"
        " fields, post, found_at) values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)",
        rows,
    )
