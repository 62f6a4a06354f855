"""records: a window is reopened after its close: what the freeze had closed may be acted on again. 規§10.2.2

`expired` goes back to what it was (`returned` with its reason, else `uploaded`), `expired_uncertified` waits for
its teacher again, `locked` is chosen again while no roster was made of it. Everything else stays.
"""

from __future__ import annotations

from records.seam import Deed
from rules.refusals import Code, refuse

_WHO = (
    " and i.lane = any($3) and ($4 in ('all', 'lane') or ($4 = 'class' and i.class = any($5))"
    "  or ($4 in ('person', 'list', 'unfinished') and i.student::text = any($5)))"
)
_BACK = {
    "outcome_upload": "update item i set state = case when i.return_reason is null then 'uploaded' else 'returned' end"
    " where i.school = $1 and i.period = $2 and i.item = 'outcome' and i.state = 'expired'" + _WHO,
    "outcome_correction": "update item i set state = 'returned' where i.school = $1 and i.period = $2"
    " and i.item = 'outcome' and i.state = 'expired' and i.return_reason is not null" + _WHO,
    "certification": "update item i set state = 'certification_requested' where i.school = $1 and i.period = $2"
    " and i.item = 'outcome' and i.state = 'expired_uncertified'" + _WHO,
    "selection": "update item i set state = 'selected' where i.school = $1 and i.school_year = $2"
    " and i.state = 'locked'" + _WHO,
}


async def thaw(deed: Deed, period: str, kind: str, lanes: list[str], scope: str, targets: list[str]) -> int:
    """Give back the states that a freeze of this window took from the people of a scope; how many items.

    The caller holds each window exclusively. Before the close nothing is frozen and nothing changes.
    Raises Refused(wrong_state) for a selection of which a roster was made already (規§6.1).
    """
    sql = _BACK.get(kind)
    if sql is None:
        return 0
    if kind == "selection":
        made = await deed.connection.fetchval(
            "select v.submission from submission_version v join submission s on s.school = v.school"
            " and s.id = v.submission where v.school = $1 and s.period = $2 and s.lane = any($3) limit 1",
            deed.school,
            period,
            lanes,
        )
        if made is not None:
            raise refuse(Code.WRONG_STATE, clause="規§6.1", place="selection", found=made, limit="locked")
    rows = await deed.connection.fetch(sql + " returning i.course", deed.school, period, lanes, scope, targets)
    courses = sorted({r["course"] for r in rows if r["course"] is not None})
    if kind == "certification" and courses:
        await deed.connection.execute(
            "update certification_count c set pending = (select count(*) from item i where i.school = c.school"
            " and i.course = c.course and i.state = 'certification_requested')"
            " where c.school = $1 and c.course = any($2)",
            deed.school,
            courses,
        )
    return len(rows)
