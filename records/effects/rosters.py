"""records: a roster's frozen version: the workbook as it will be sent, its lines, and what the doctor found in it.

The same facts give the same bytes. Lines carry (submission, version, natural key, ordinal, digest,
item); no column of a roster carries an item's id, and two equal lines are legal. 規§6.3.1–6.3.4, 規§4.2
"""

from __future__ import annotations

from typing import Any

from records.effects.journal import Carrying, record_fact
from records.files.store import put_in
from records.queries.rosters import roster_order
from records.seam import Vault
from rules.exchange import Formats, FoundCheck, RosterOrder, Written

SHOWN = 50
"""How many places of one check are kept; the file itself has them all."""


async def generate_roster(c: Carrying) -> None:
    """Freeze the next version: write it, keep it by its hash, record its lines and its checks."""
    step, process = c.deed, c.snapshot.process
    version = int(step.arg("version"))
    order = await roster_order(c.connection, c.vault, c.snapshot, c.at)
    written = formats_of(c.vault).write(order)
    stored = await put_in(c.connection, c.vault, c.school, written.content, media_type=formats_of(c.vault).media_type)
    await c.connection.execute(
        "insert into submission_version (school, submission, version, generated_at, roster_sha256, lines, code, rejects)"
        " values ($1, $2, $3, $4, $5, $6, $7, $8)",
        c.school,
        process,
        version,
        c.at,
        stored.sha256,
        len(written.lines),
        written.code,
        written.rejects,
    )
    if written.precheck_code:
        await _keep_precheck(c, version, written)
    await _keep_lines(c, version, order, written)
    await _keep_checks(c, version, written.checks)
    await c.connection.execute(
        "update submission set version = $3, state = 'generated' where school = $1 and id = $2",
        c.school,
        process,
        version,
    )
    errors = sum(x.severity == "error" for x in written.checks)
    c.detail.update(
        {"lines": len(written.lines), "rejects": written.rejects, "checks": errors, "sha256": stored.sha256}
    )
    await record_fact(c, "roster_generated", step.thing, dict(c.detail))


def formats_of(vault: Vault) -> Formats:
    """The formats that this program was started with. Raises RuntimeError where it has none."""
    if vault.formats is None:
        raise RuntimeError("no formats: rosters cannot be written here")
    return vault.formats


async def _keep_precheck(c: Carrying, version: int, written: Written) -> None:
    """Beside the roster the file of its 預檢: the central database looks at it before the real one is sent."""
    kept = await put_in(c.connection, c.vault, c.school, written.precheck, media_type=formats_of(c.vault).media_type)
    await c.connection.execute(
        "update submission_version set precheck_code = $4, precheck_sha256 = $5"
        " where school = $1 and submission = $2 and version = $3",
        c.school,
        c.snapshot.process,
        version,
        written.precheck_code,
        kept.sha256,
    )


async def _keep_lines(c: Carrying, version: int, order: RosterOrder, written: Written) -> None:
    ordinals: dict[str, int] = {}
    rows: list[tuple[Any, ...]] = []
    for line in written.lines:
        ordinals[line.natural_key] = ordinals.get(line.natural_key, 0) + 1
        source = order.rows[line.source]
        rows.append(
            (
                c.school,
                c.snapshot.process,
                version,
                line.natural_key,
                ordinals[line.natural_key],
                line.digest,
                source.person,
                source.item,
                line.sheet,
                line.row,
            )
        )
    await c.connection.executemany(
        "insert into roster_line (school, submission, version, natural_key, ordinal, digest, person, item, sheet, row)"
        " values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
        rows,
    )


async def _keep_checks(c: Carrying, version: int, checks: tuple[FoundCheck, ...]) -> None:
    await c.connection.executemany(
        "insert into roster_check (school, submission, version, name, severity, found, post, places)"
        " values ($1, $2, $3, $4, $5, $6, $7, $8)",
        [
            (
                c.school,
                c.snapshot.process,
                version,
                check.name,
                check.severity,
                len(check.places),
                check.post,
                [list(p) for p in check.places[:SHOWN]],
            )
            for check in checks
        ],
    )
