"""records: who is told that a date moved: only those whose own date is another one now. 規§4.2"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from datetime import datetime
from uuid import UUID

from records.queries.why import granted
from records.seam import Deed
from rules.admission import CORRECTION, Grants, Standing, later_close
from rules.closures import STUDENTS
from rules.daily_hours import hours_said
from rules.moves import SELF_CHECK, MovedDate
from rules.schedule import Calendar, WindowDates


async def tell_moved(
    deed: Deed,
    batch: str,
    *,
    windows: Sequence[MovedDate] = (),
    work: Sequence[MovedDate] = (),
    old: Calendar | None = None,
    new: Calendar | None = None,
    heard: Collection[str] = (),
) -> int:
    """Write a notice for each person that a move affects, with that person's own new date; how many.

    Students hear of their window's close and of the correction's (an extension that reaches further keeps
    their date: they are not told); who owes a duty hears how many of theirs moved and the earliest new date.
    `heard` are the places (`115-1/g10_11/certification`) of whose self-check the checker heard as of an open duty.
    """
    told = await tell_owners(deed, batch, [m for m in work if m.what == "duty"])
    checks = {(w.id.rsplit(".", 1)[0]): w.to[0] for w in windows if SELF_CHECK in w.id}
    for place, checker in sorted(checks.items()):
        told += await _tell_checker(deed, batch, place, checker, new) if place not in heard else 0
    places = {(w.id.rsplit(".", 1)[0]) for w in windows}
    for place in sorted(places):
        period, lane, kind = place.split("/")
        was = old.window(period, lane, kind) if old else None
        now = new.window(period, lane, kind) if new else None
        if kind in STUDENTS and new is not None and was is not None and now is not None and _ends(was) != _ends(now):
            told += await _tell_students(deed, f"moved|{batch}|{place}", new, was, now, kind)
        corrected = now is not None and was is not None and was.correction_closes != now.correction_closes
        if corrected and new is not None and was is not None and now is not None:
            told += await _tell_students(deed, f"moved|{batch}|{place}/correction", new, was, now, CORRECTION)
    return told


async def _tell_checker(deed: Deed, batch: str, place: str, checker: str, new: Calendar | None) -> int:
    """Whoever checks an operation hears when its self-check is now, once for all lanes that have the same (規§4.2)."""
    period, lane, kind = place.split("/")
    window = new.window(period, lane, kind) if new else None
    person = (await reached(deed, [checker])).get(checker)
    if window is None or window.self_check is None or person is None:
        return 0
    check = window.self_check
    rows = await deed.connection.fetch(
        "insert into notice (school, batch, person, template, post, subject, args, at)"
        " values ($1, $2, $3, 'self_check_moved', $4, $5, $6, $7) on conflict do nothing returning person",
        deed.school,
        f"moved|{batch}|check|{period}/{kind}|{check.opens.isoformat()}|{check.closes.isoformat()}",
        person,
        checker,
        period,
        {"kind": kind, "opens": check.opens.isoformat(), "closes": check.closes.isoformat()},
        deed.at,
    )
    return len(rows)


def _ends(window: WindowDates, kind: str = "") -> tuple[datetime, datetime]:
    """(due, closes) of a window, or of the correction of what is returned in it."""
    if kind == CORRECTION and window.correction_closes is not None:
        return window.correction_closes, window.correction_closes
    return window.due, window.closes


async def _tell_students(deed: Deed, batch: str, new: Calendar, was: WindowDates, now: WindowDates, kind: str) -> int:
    """The students of a lane whose own dates (base or extension, the later one) are others."""
    period, lane = now.period, now.lane
    rows = await deed.connection.fetch(
        "select s.person, s.class from lane_member m join student s on s.school = m.school and s.person = m.person"
        " where m.school = $1 and m.lane = $2 and m.opens <= $3 and (m.closes is null or $3 < m.closes)"
        " and (s.left_on is null or s.left_on >= ($3::timestamptz at time zone 'Asia/Taipei')::date)",
        deed.school,
        lane,
        deed.at,
    )
    grants = Grants([g.grant for g in await granted(deed.connection, deed.school, period)])
    people: defaultdict[tuple[datetime, datetime], list[UUID]] = defaultdict(list)
    for row in rows:
        who = Standing(str(row["person"]), row["class"], lane)
        mine = grants.of(who)
        before = [later_close(period, kind, at, mine, who) for at in _ends(was, kind)]
        due, closes = (later_close(period, kind, at, mine, who) for at in _ends(now, kind))
        if before != [due, closes]:
            people[due, closes].append(row["person"])
    for (due, closes), told in people.items():
        await deed.connection.execute(
            "insert into notice (school, batch, person, template, subject, args, at)"
            " select $1, $2, p, 'window_moved', $4, $5, $6 from unnest($3::uuid[]) p on conflict do nothing",
            deed.school,
            batch,
            sorted(told),
            period,
            {
                "kind": kind,
                "due": due.isoformat(),
                "closes": closes.isoformat(),
                "hours": hours_said(new, period, lane, kind, closes),
            },
            deed.at,
        )
    return sum(len(told) for told in people.values())


async def tell_owners(deed: Deed, batch: str, duties: Sequence[MovedDate]) -> int:
    """One notice for each person who owes moved duties now, whatever the number of posts and duties."""
    acting = await reached(deed, (d.to[0] for d in duties))
    owed: defaultdict[UUID, list[MovedDate]] = defaultdict(list)
    for duty in duties:
        person = acting.get(duty.to[0])
        if person is not None:
            owed[person].append(duty)
    for person, mine in owed.items():
        first = min(mine, key=lambda d: (d.after or deed.at, d.id))
        await deed.connection.execute(
            "insert into notice (school, batch, person, template, post, subject, args, at)"
            " values ($1, $2, $3, 'duty_moved', $4, $5, $6, $7) on conflict do nothing",
            deed.school,
            f"moved|{batch}",
            person,
            first.to[0],
            first.id,
            {"count": len(mine), "due": (first.after or deed.at).isoformat()},
            deed.at,
        )
    return len(owed)


async def reached(deed: Deed, posts: Iterable[str]) -> dict[str, UUID]:
    """Who acts for each post now: holder, first or second deputy, the first who is present (規§10.1.2)."""
    rows = await deed.connection.fetch(
        "select distinct on (h.post) h.post, h.person from post_holder h where h.school = $1 and h.post = any($2)"
        " and h.opens <= $3 and (h.closes is null or $3 < h.closes)"
        " and not exists (select from absence a where a.school = h.school and a.person = h.person"
        "   and a.opens <= $3 and $3 < a.closes)"
        " and not (h.rank = 0 and exists (select from unable u where u.school = h.school and u.post = h.post"
        "   and u.opens <= $3 and $3 < u.closes))"
        " order by h.post, h.rank, h.opens",
        deed.school,
        sorted(set(posts)),
        deed.at,
    )
    return {r["post"]: r["person"] for r in rows}
