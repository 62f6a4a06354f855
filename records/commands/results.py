"""records: a student's word that nothing comes, and the release of what teachers decided. 規§5.3.1, 規§5.3.2"""

from __future__ import annotations

from typing import Any

from records.seam import Deed, handles
from rules.commands import Decline, ReleaseResults
from rules.ids import year_of
from rules.refusals import Code, refuse

_CLAUSES = {"outcome": "規§5.3.1", "diverse": "規§5.4", "selection": "規§6.1"}


@handles(Decline)
async def decline(deed: Deed) -> dict[str, Any]:
    """Keep that a student chose to hand in or select nothing; refused while something stands there."""
    c = deed.command
    assert isinstance(c, Decline)
    clause, subject = _CLAUSES[c.what], f"{c.what} {c.period}"
    period = year_of(c.period) if c.what in ("diverse", "selection") else c.period
    if not await deed.connection.fetchval(
        "select 1 from student where school = $1 and person = $2", deed.school, deed.actor.person
    ):
        raise refuse(Code.NOT_YOURS, clause=clause, place=subject, limit="student")
    counts, of = ("selected", ("outcome", "diverse")) if c.what == "selection" else ("uploaded", (c.what,))
    await deed.connection.execute(
        "select pg_advisory_xact_lock(quota_lock($1, $2, x, $3, $4)) from unnest($5::text[]) x",
        deed.school, deed.actor.person, counts, period, sorted(of),
    )  # fmt: skip
    there = await deed.connection.fetchval(
        "select coalesce(sum(used), 0) from quota_use where school = $1 and person = $2 and counts = $3 and period = $4"
        " and item = any($5)",
        deed.school, deed.actor.person, counts, period, list(of),
    )  # fmt: skip
    if there and not c.undo:
        raise refuse(Code.ITEMS_THERE, clause=clause, place=subject, found=int(there), limit=0)
    await deed.now()
    if c.undo:
        await deed.connection.execute(
            "delete from declined where school = $1 and student = $2 and what = $3 and period = $4",
            deed.school, deed.actor.person, c.what, period,
        )  # fmt: skip
    else:
        await deed.connection.execute(
            "insert into declined values ($1, $2, $3, $4, $5) on conflict do nothing",
            deed.school, deed.actor.person, c.what, period, deed.at,
        )  # fmt: skip
    kind = "decline_undone" if c.undo else "declined"
    return await deed.record(kind, str(deed.actor.person), {"what": c.what, "period": period}, clause=clause)


@handles(ReleaseResults)
async def release_results(deed: Deed) -> dict[str, Any]:
    """Show what was decided in a course so far and from now on; by who may certify it."""
    c = deed.command
    assert isinstance(c, ReleaseResults)
    post = await deed.connection.fetchval(
        "select post from course where school = $1 and id = $2", deed.school, c.course
    )
    if post is None:
        raise refuse(Code.NOT_FOUND, clause="規§5.3.2", place=f"course {c.course[:40]}")
    may = await deed.connection.fetchval(
        "select may_act($1, $2, $3, $4)", deed.school, post, deed.actor.person, deed.at
    )
    if may not in ("holder", "deputy"):
        code, clause = (Code.HOLDER_PRESENT, "規§10.1.2") if may == "present" else (Code.NOT_CERTIFIER, "規§5.3.2")
        raise refuse(code, clause=clause, place=post)
    await deed.now()
    await deed.connection.execute(
        "insert into result_release values ($1, $2, $3, $4) on conflict do nothing",
        deed.school, c.course, deed.at, deed.actor.person,
    )  # fmt: skip
    behalf = post if may == "deputy" else None
    return await deed.record("results_released", c.course, {"course": c.course}, on_behalf_of=behalf)
