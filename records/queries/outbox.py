"""records: what the relay and the watchdog read and mark; they see every school."""

from __future__ import annotations

from dataclasses import dataclass

from records.db import Database
from rules.ruleset import Kind

RELAY_LOCK = 0x52454C41
"""The advisory lock of the one active relay."""
AT_MOST = 2000


@dataclass(frozen=True, slots=True)
class Waiting:
    """A process to wake. `what` tells one reason to wake it from the next; `known`: it has a row."""

    school: str
    process: str
    kind: Kind
    known: bool = True
    what: tuple[object, ...] = ()


async def undelivered(operator: Database) -> list[tuple[Waiting, int]]:
    """Waking facts that no process has been told of, with their ids, oldest first."""
    rows = await operator.pool.fetch(
        "select f.id, f.school, f.wakes, p.kind from fact f"
        " left join process p on p.school = f.school and p.id = f.wakes"
        " where f.wakes is not null and f.delivered_at is null order by f.id limit $1",
        AT_MOST,
    )
    return [
        (Waiting(r["school"], r["wakes"], Kind(r["kind"] or "semester"), r["kind"] is not None), r["id"]) for r in rows
    ]


async def mark_delivered(operator: Database, ids: list[int]) -> None:
    """Mark exactly these facts as told."""
    await operator.pool.execute("update fact set delivered_at = clock_timestamp() where id = any($1::bigint[])", ids)


async def due_processes(operator: Database) -> list[Waiting]:
    """Open processes whose next instant has come, and any that has not seen a waking fact."""
    rows = await operator.pool.fetch(
        "select school, id, kind, news, next_at from process"
        " where seen < news or (over_at is null and next_at <= school_now(school)) order by id"
    )
    return [Waiting(r["school"], r["id"], Kind(r["kind"]), what=(r["news"], r["next_at"])) for r in rows]


async def open_processes(operator: Database) -> list[Waiting]:
    """Every process that is not over, and any that has not seen a waking fact."""
    rows = await operator.pool.fetch(
        "select school, id, kind from process where over_at is null or seen < news order by id"
    )
    return [Waiting(r["school"], r["id"], Kind(r["kind"])) for r in rows]
