"""records: receipts that lie before students stay open until the later close of a moved window. 規§6.2, 規§4.2"""

from __future__ import annotations

from asyncpg import Range

from records.seam import Deed
from rules.instants import Span
from rules.plans.submission import occurrence
from rules.schedule import Calendar


async def move_occurrences(deed: Deed, old: Calendar, new: Calendar) -> int:
    """Bring each published occurrence of a receipts window that closes later now up to date; how many.

    Only what is not settled and hangs on the window: a corrected version has its 72 hours. Each is taken
    exclusively first, as its close takes it: nobody is deemed to have confirmed in between.
    """
    moved = 0
    for w in new.windows:
        was = old.window(w.period, w.lane, w.kind)
        if not w.kind.endswith("_receipts") or was is None or was.closes >= w.closes:
            continue
        rows = await deed.connection.fetch(
            "select v.submission, v.version from submission_version v join submission s on s.school = v.school"
            " and s.id = v.submission where v.school = $1 and s.period = $2 and s.lane = $3"
            " and v.closes_at < $4 and v.settled_at is null and not exists (select from submission_version e"
            "   where e.school = v.school and e.submission = v.submission and e.version < v.version"
            "   and e.submitted_at is not null) order by v.submission, v.version",
            deed.school,
            w.period,
            w.lane,
            w.closes,
        )
        for r in rows:
            name = occurrence(r["submission"], r["version"])
            await deed.connection.execute(
                "select pg_advisory_xact_lock(hashtextextended($1, 0))", f"{deed.school}|receipts|{name}"
            )
            await deed.connection.execute(
                "update submission_version set closes_at = $4 where school = $1 and submission = $2 and version = $3",
                deed.school,
                r["submission"],
                r["version"],
                w.closes,
            )
            opens = await deed.connection.fetchval(
                "select opens from admission_window where school = $1 and kind = 'receipts' and occurrence = $2",
                deed.school,
                name,
            )
            spans = w.hours.spans(opens, w.closes) if w.hours else (Span(opens=opens, closes=w.closes),)
            await deed.connection.execute(
                "update admission_window set due = $3, closes = $3, during = $4"
                " where school = $1 and kind = 'receipts' and occurrence = $2",
                deed.school,
                name,
                w.closes,
                [Range(s.opens, s.closes) for s in spans],
            )
        moved += len(rows)
    return moved
