"""records: in-app notices; mail leaves from these rows. One notice a person and batch, whoever asks twice."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any
from uuid import UUID

from records.effects.journal import Carrying


async def notify(
    c: Carrying,
    people: Iterable[UUID],
    *,
    batch: str,
    template: str,
    subject: str,
    post: str = "",
    args: Mapping[str, Any] | None = None,
) -> int:
    """Write a notice for each person; returns how many are new. `args` hold ids, counts, instants."""
    rows = await c.connection.fetch(
        "insert into notice (school, batch, person, template, post, subject, args, at)"
        " select $1, $2, p, $4, $5, $6, $7, $8 from unnest($3::uuid[]) p"
        " on conflict do nothing returning person",
        c.school,
        batch,
        sorted(set(people)),
        template,
        post,
        subject,
        dict(args or {}),
        c.at,
    )
    return len(rows)


async def students_of(c: Carrying, lane: str) -> list[UUID]:
    """The students that a lane holds now, those who have left the school excepted."""
    rows = await c.connection.fetch(
        "select m.person from lane_member m join student s on s.school = m.school and s.person = m.person"
        " where m.school = $1 and m.lane = $2 and m.opens <= $3 and (m.closes is null or $3 < m.closes)"
        " and (s.left_on is null or s.left_on >= ($3::timestamptz at time zone 'Asia/Taipei')::date)",
        c.school,
        lane,
        c.at,
    )
    return [r["person"] for r in rows]


async def present_holder(c: Carrying, post: str) -> UUID | None:
    """Who acts for a post now: its holder, else its first or second deputy who is present (規§10.1.2)."""
    person: UUID | None = await c.connection.fetchval(
        "select h.person from post_holder h where h.school = $1 and h.post = $2 and h.opens <= $3"
        " and (h.closes is null or $3 < h.closes)"
        " and not exists (select from absence a where a.school = h.school and a.person = h.person"
        "   and a.opens <= $3 and $3 < a.closes)"
        " and not (h.rank = 0 and exists (select from unable u where u.school = h.school and u.post = h.post"
        "   and u.opens <= $3 and $3 < u.closes))"
        " order by h.rank limit 1",
        c.school,
        post,
        c.at,
    )
    return person
