"""records: starting and ending processes. A start is a row and a waking fact; the relay starts the workflow."""

from __future__ import annotations

from records.effects.journal import Carrying, record_fact
from records.processes import start_process as start_row
from records.queries.snapshot import parent_of
from rules.ruleset import Kind


async def start_child(c: Carrying) -> None:
    """Start the process that the step names, under the same basis; an existing one is kept."""
    step = c.deed
    kind = Kind(step.arg("kind"))
    params = {k: v for k, v in step.args if k != "kind"}
    await start_row(c.connection, c.school, step.thing, kind, params, at=c.at, like=c.snapshot.process)
    if kind is Kind.SUBMISSION:
        await c.connection.execute(
            "insert into submission (school, id, period, lane, roster) values ($1, $2, $3, $4, $5)"
            " on conflict do nothing",
            c.school,
            step.thing,
            params["period"],
            params["lane"],
            params["roster"],
        )


async def close_process(c: Carrying) -> None:
    """End the process; the one that waits for it hears of it through a fact."""
    process = c.snapshot.process
    await c.connection.execute(
        "update process set over_at = $3, next_at = null where school = $1 and id = $2", c.school, process, c.at
    )
    if c.snapshot.kind is Kind.SUBMISSION:
        await c.connection.execute(
            "update submission set state = 'closed' where school = $1 and id = $2", c.school, process
        )
    parent = parent_of(c.school, dict(c.snapshot.params), c.snapshot.kind)
    await record_fact(c, "process_closed", process, {"kind": c.snapshot.kind.value}, wakes=parent)
