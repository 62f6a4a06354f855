"""records: the journal of steps: each effect is recorded once, in the transaction of what it causes."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from records.db import Connection
from records.seam import Vault
from rules.plans.step import Step
from rules.snapshot import Snapshot


class NotYet(Exception):
    """The effect may not happen yet (an extension moved the close); nothing is recorded."""


@dataclass(slots=True)
class Carrying:
    """One step being carried out in its transaction, at the school's instant `at`."""

    connection: Connection
    vault: Vault
    snapshot: Snapshot
    at: datetime
    step: Step | None = None
    detail: dict[str, Any] = field(default_factory=dict)

    @property
    def school(self) -> str:
        """The school whose process this is."""
        return self.snapshot.school

    @property
    def deed(self) -> Step:
        """The step; only a round of rungs has none."""
        if self.step is None:
            raise RuntimeError("a round of rungs has no single step")
        return self.step


async def lock_process(connection: Connection, school: str, process: str) -> None:
    """Serialise with facts that wake the process and with a second worker carrying out the same step."""
    await connection.execute("select 1 from process where school = $1 and id = $2 for update", school, process)


async def record_effect(
    c: Carrying,
    *,
    key: str,
    kind: str,
    planned: datetime,
    outcome: str = "done",
    phase: str | None = None,
    lane: str | None = None,
    duty: str | None = None,
    detail: dict[str, Any] | None = None,
) -> bool:
    """Write one effect; False when the key is there already (a retry, or a worker that was killed)."""
    row = await c.connection.fetchrow(
        "insert into effect (school, step_key, process, kind, phase, lane, duty, planned, actual, outcome, detail)"
        " values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11) on conflict do nothing returning step_key",
        c.school,
        key,
        c.snapshot.process,
        kind,
        phase,
        lane,
        duty,
        planned,
        c.at,
        outcome,
        detail or {},
    )
    return row is not None


async def record_step(c: Carrying) -> bool:
    """Write the effect of a single step."""
    step = c.deed
    return await record_effect(
        c, key=step.key, kind=step.kind, planned=step.at, phase=step.phase, lane=step.lane, detail=c.detail
    )


async def record_fact(
    c: Carrying,
    kind: str,
    subject: str,
    body: dict[str, Any] | None = None,
    *,
    clause: str = "",
    wakes: str | None = None,
) -> None:
    """Write a fact that a step caused; it has no actor but the plan."""
    await c.connection.execute(
        "insert into fact (school, at, kind, clause, subject, body, wakes) values ($1, $2, $3, $4, $5, $6, $7)",
        c.school,
        c.at,
        kind,
        clause,
        subject,
        body or {},
        wakes,
    )


async def record_stuck(
    connection: Connection, school: str, process: str, key: str, error: str, *, at: datetime, retry_at: datetime
) -> None:
    """Set a failing step aside until `retry_at`; only the error's type name is kept."""
    await connection.execute(
        "insert into stuck (school, step_key, process, since, retry_at, error) values ($1, $2, $3, $4, $5, $6)"
        " on conflict (school, step_key) do update set retry_at = $5, error = $6,"
        " times = stuck.times + 1, cleared_at = null",
        school,
        key,
        process,
        at,
        retry_at,
        error,
    )
    await connection.execute(
        "insert into fact (school, at, kind, subject, body) values ($1, $2, 'step_stuck', $3, $4)",
        school,
        at,
        key,
        {"error": error},
    )


async def clear_stuck(c: Carrying, key: str) -> None:
    """The step went through after all."""
    await c.connection.execute(
        "update stuck set cleared_at = $3 where school = $1 and step_key = $2 and cleared_at is null",
        c.school,
        key,
        c.at,
    )
