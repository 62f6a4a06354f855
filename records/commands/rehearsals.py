"""records: a draft is rehearsed with the school as it is, and the verdict kept for its resolution. 規§3.1, 規§4.1"""

from __future__ import annotations

import hashlib
from typing import Any

from records.commands.calendars import draft_row, need_owner, rehearsed_by, standing
from records.queries.staffing import school_now_of
from records.seam import Deed, canonical, handles
from rules.commands import RehearseCalendar
from rules.days import CalendarMissing
from rules.refusals import Code, refuse
from rules.rehearsals.report import Rehearsed, rehearse_year
from rules.ruleset import NotDecided
from rules.schedule import Calendar


@handles(RehearseCalendar)
async def rehearse_calendar(deed: Deed) -> dict[str, Any]:
    """Play the draft's year with the posts, absences and classes of today; the verdict is kept, nothing is decided.

    The kept row names the hash of the draft and of what it was played under. Raises Refused(not_decided) where
    an office calendar or a value of the rules is missing.
    """
    c = deed.command
    assert isinstance(c, RehearseCalendar)
    year, ordinal = c.draft.split("/")
    row = await draft_row(deed, c.draft)
    if row["published_at"] is not None:
        raise refuse(Code.ALREADY_DONE, clause="規§4.2", place=c.draft, found=f"v{row['version']}")
    calendar = Calendar.model_validate(row["body"])
    basis, base = await standing(deed, year, calendar)
    behalf = await need_owner(deed, basis)
    if deed.vault.formats is None:
        raise refuse(Code.NOT_DECIDED, clause="規§4.1", place="assumptions of the rehearsal")
    school = await school_now_of(deed.connection, deed.school, tuple(sorted(calendar.semesters)))
    try:
        played = rehearse_year(deed.school, basis, school, deed.vault.formats.assumptions, c.assume)
    except (CalendarMissing, NotDecided) as error:
        raise refuse(Code.NOT_DECIDED, clause="規§4.1", place=c.draft, found=str(error)) from None
    verdict = verdict_of(played)
    # The clock is read again: playing a year takes a moment.
    await deed.now()
    number = await deed.connection.fetchval("select next_ordinal($1, $2)", deed.school, f"rehearsal/{c.draft}")
    await deed.connection.execute(
        "insert into calendar_rehearsal (school, year, draft, ordinal, sha256, basis_sha256, assumption, verdict,"
        " rehearsed_by, at) values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
        deed.school, year, int(ordinal), number, row["sha256"], rehearsed_by(basis, base), c.assume, verdict,
        deed.actor.person, deed.at,
    )  # fmt: skip
    shown = {"draft": c.draft, "draft_sha256": row["sha256"], "assume": c.assume} | {
        k: v for k, v in verdict.items() if isinstance(v, int)
    }
    script = hashlib.sha256(canonical([[x.at.isoformat(), x.kind, x.title] for x in played.lines])).hexdigest()
    return await deed.record("calendar_rehearsed", c.draft, shown | {"script": script}, on_behalf_of=behalf)


def verdict_of(played: Rehearsed) -> dict[str, Any]:
    """What a meeting wants to know of a rehearsal: counts, days of overload, where nobody is, the least float."""
    return {
        "steps": len(played.lines),
        "overloads": len(played.overloads),
        "uncovered": len(played.gaps),
        "float_days": min((p.float_days for p in played.paths), default=0),
        "counts": played.counts(),
        "gaps": [
            {"post": g.post, "first": g.first.isoformat(), "last": g.last.isoformat(), "vacant": g.vacant}
            for g in played.gaps
        ],
    }
