"""records: receipts that lie before students follow their window when it moves, never under 72 hours. 規§6.2, 規§4.2"""

from __future__ import annotations

from asyncpg import Range

from records.seam import Deed
from rules.instants import Span
from rules.plans.submission import floor_of, occurrence
from rules.ruleset import RuleSet
from rules.schedule import Calendar


async def move_occurrences(deed: Deed, rules: RuleSet, old: Calendar, new: Calendar) -> int:
    """Bring each published occurrence of a receipts window that closes elsewhere now up to date; how many.

    Only what is not settled and hangs on the window: a corrected version has its 72 hours, and so has what was
    published late. Each is taken exclusively first, as its close takes it: nobody is deemed to have confirmed in between.
    """
    moved = 0
    for w in new.windows:
        was = old.window(w.period, w.lane, w.kind)
        if not w.kind.endswith("_receipts") or was is None or (was.closes, was.hours) == (w.closes, w.hours):
            continue
        rows = await deed.connection.fetch(
            "select v.submission, v.version, v.published_at from submission_version v join submission s"
            " on s.school = v.school and s.id = v.submission where v.school = $1 and s.period = $2 and s.lane = $3"
            " and v.closes_at is not null and v.settled_at is null and not exists (select from submission_version e"
            "   where e.school = v.school and e.submission = v.submission and e.version < v.version"
            "   and e.submitted_at is not null) order by v.submission, v.version",
            deed.school,
            w.period,
            w.lane,
        )
        for r in rows:
            name = occurrence(r["submission"], r["version"])
            closes = max(w.closes, floor_of(rules, w, r["published_at"]))
            await deed.connection.execute(
                "select pg_advisory_xact_lock(hashtextextended($1, 0))", f"{deed.school}|receipts|{name}"
            )
            await deed.connection.execute(
                "update submission_version set closes_at = $4 where school = $1 and submission = $2 and version = $3",
                deed.school,
                r["submission"],
                r["version"],
                closes,
            )
            spans = w.hours.spans(r["published_at"], closes) if w.hours else ()
            await deed.connection.execute(
                "update admission_window set due = $3, closes = $3, during = $4"
                " where school = $1 and kind = 'receipts' and occurrence = $2",
                deed.school,
                name,
                closes,
                [Range(s.opens, s.closes) for s in spans or (Span(opens=r["published_at"], closes=closes),)],
            )
        moved += len(rows)
    return moved
