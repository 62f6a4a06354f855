"""records: one round of reminders and escalations. Who is pending was asked now, who holds a post is asked now."""

from __future__ import annotations

from collections import defaultdict
from uuid import UUID

from records.effects.journal import Carrying, record_effect
from records.effects.notices import notify, present_holder
from rules.plan import PlannedRung, Round

MEETING = "next_meeting"


async def hold_round(c: Carrying, round_: Round) -> dict[str, int]:
    """Send the rungs of a round; returns counts of reminders, escalations, skipped, unreached.

    One person is told once, also where several rungs reach them. A rung that reaches nobody goes to
    the executive secretary and is counted (coverage alarm). Source: 規§5.3.2, readings "People".
    """
    counts = {"reminders": 0, "escalations": 0, "skipped": 0, "unreached": 0}
    told: dict[UUID, list[PlannedRung]] = defaultdict(list)
    for rung in round_.skip:
        if await _record(c, rung, "skipped"):
            counts["skipped"] += 1
    for rung in round_.send:
        if not await _record(c, rung, "done"):
            continue
        counts["escalations" if rung.escalates else "reminders"] += 1
        for to in rung.rung.to:
            if to == MEETING:
                await _put_on_agenda(c, rung)
                continue
            person = await _reach(c, rung, to, counts)
            if person is not None:
                told[person].append(rung)
    for person, rungs in sorted(told.items()):
        worst = max(rungs, key=lambda r: r.rung.offset)
        await notify(
            c,
            [person],
            batch=round_.key,
            template="duty_escalation" if any(r.escalates for r in rungs) else "duty_reminder",
            subject=worst.duty.key,
            post=worst.duty.post,
            args={"count": len(rungs), "offset": worst.rung.offset, "due": worst.duty.due.isoformat()},
        )
    for key, at in round_.keys:
        await record_effect(c, key=key, kind="round", planned=at, detail=counts if key == round_.key else None)
    return counts


async def _record(c: Carrying, rung: PlannedRung, outcome: str) -> bool:
    kind = "escalation" if rung.escalates else "reminder"
    return await record_effect(
        c,
        key=rung.key,
        kind=kind,
        planned=rung.at,
        outcome=outcome,
        lane=rung.duty.lane,
        duty=rung.duty.key,
        detail={"to": list(rung.rung.to), "offset": rung.rung.offset},
    )


async def _reach(c: Carrying, rung: PlannedRung, to: str, counts: dict[str, int]) -> UUID | None:
    """The person a rung reaches: the post's holder or deputy, else the executive secretary."""
    group = c.snapshot.rules.working_group
    post = resolve(c, rung, to)
    person = await present_holder(c, post)
    if person is None:
        counts["unreached"] += 1
        person = await present_holder(c, group.executive_secretary)
    return person


def resolve(c: Carrying, rung: PlannedRung, to: str) -> str:
    """The post that a rung's `to` means for this duty."""
    rules = c.snapshot.rules
    if to == "owner":
        return rung.duty.post
    if to == "director":
        office = rules.post(rung.duty.post).office
        return next(o.director for o in rules.offices if o.id == office)
    if to == "executive_secretary":
        return rules.working_group.executive_secretary
    if to == "convener":
        return rules.working_group.convener
    return to


async def _put_on_agenda(c: Carrying, rung: PlannedRung) -> None:
    """Above the convener stands an entry for the next meeting (readings, "People")."""
    await c.connection.execute(
        "insert into agenda (school, step_key, duty, at) values ($1, $2, $3, $4) on conflict do nothing",
        c.school,
        rung.key,
        rung.duty.key,
        c.at,
    )
