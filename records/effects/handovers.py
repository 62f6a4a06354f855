"""records: what a hand-over does on its days. 規§10.3.1, 規§10.3.2.1, 規§10.3.2.2."""

from __future__ import annotations

from records.effects.journal import Carrying, record_fact
from records.effects.notices import notify, present_holder


async def prepare_packet(c: Carrying) -> None:
    """Gather what the successor takes over: open certifications, open processes, upcoming dates."""
    h = c.snapshot.handover
    if h is None:
        return
    pending = await c.connection.fetchval(
        "select coalesce(sum(n.pending), 0) from certification_count n join course k"
        " on k.school = n.school and k.id = n.course where n.school = $1 and k.post = $2",
        c.school,
        h.post,
    )
    held = await c.connection.fetch(
        "select d.duty, max(d.planned) as last from effect d where d.school = $1 and d.duty is not null"
        " and d.kind in ('reminder', 'escalation') and not exists (select from duty x where x.school = d.school"
        " and x.key = d.duty and x.state = 'done') group by 1 order by 1",
        c.school,
    )
    packet = {
        "post": h.post,
        "pending_certifications": int(pending),
        "reminded_duties": [r["duty"] for r in held if f"#{h.post}" in r["duty"] or h.post in r["duty"]],
        "effective_at": h.effective_at.isoformat(),
    }
    await c.connection.execute(
        "update handover set packet = $3 where school = $1 and id = $2", c.school, c.snapshot.process, packet
    )
    people = await c.connection.fetchrow(
        "select predecessor, successor from handover where school = $1 and id = $2", c.school, c.snapshot.process
    )
    if people is None:
        return
    office = c.snapshot.rules.post(h.post).office
    director = next(o.director for o in c.snapshot.rules.offices if o.id == office)
    told = [people["predecessor"], people["successor"]]
    boss = await present_holder(c, director)
    await notify(
        c,
        told + ([boss] if boss else []),
        batch=c.deed.key,
        template="handover_announced",
        subject=c.snapshot.process,
        post=h.post,
        args={"effective_at": h.effective_at.isoformat()},
    )
    c.detail["pending"] = int(pending)


async def switch_post(c: Carrying) -> None:
    """On the day the successor holds the post (rows are dated); the old account gets its end."""
    h = c.snapshot.handover
    if h is None:
        return
    ends = h.prolong_until or h.effective_at
    await c.connection.execute(
        "update account a set closes_at = greatest(a.closes_at, $3::timestamptz),"
        " scope = case when $3::timestamptz > $4::timestamptz then 'certify_only' else a.scope end"
        " from handover v where v.school = $1 and v.id = $2 and a.school = v.school and a.person = v.predecessor"
        + _LEFT,
        c.school,
        c.snapshot.process,
        ends,
        h.effective_at,
    )
    await record_fact(c, "post_switched", c.snapshot.process, {"post": h.post}, clause="規§10.3.1")


async def close_account(c: Carrying) -> None:
    """The account of who left ends, prolonged at most as the rules allow; who kept a post keeps it."""
    closed = await c.connection.fetch(
        "update account a set closed_at = $3 from handover v"
        " where v.school = $1 and v.id = $2 and a.school = v.school and a.person = v.predecessor"
        " and a.closes_at <= $3 and a.closed_at is null" + _LEFT + " returning a.person",
        c.school,
        c.snapshot.process,
        c.at,
    )
    c.detail["closed"] = len(closed)
    await record_fact(c, "account_closed", c.snapshot.process, {"closed": len(closed)}, clause="規§10.3.2.2")


# Only somebody who holds no other post any more has left the school's service.
_LEFT = (
    " and not exists (select from post_holder p where p.school = a.school and p.person = a.person"
    " and p.rank = 0 and (p.closes is null or p.closes > (select effective_at from handover w"
    " where w.school = v.school and w.id = v.id)))"
)
