"""cli: `calendar closure DAY… --kind 停課|停班|both`: the typhoon key, proposed window by window. 規§4.1, 規§12"""

from __future__ import annotations

import asyncio
from datetime import date
from typing import Annotated

from cyclopts import Parameter

from cli.calendar.app import calendar_app
from cli.calendar.moving import Apply, Check, applies, carry_out, standing
from cli.options import DATA, As, Data, Json, Key, School
from cli.place import opened
from rules.closures import CLOSED, authority_on, closures_of, proposals
from rules.refusals import Code, refuse
from rules.roc import close_text


@calendar_app.command
def closure(
    *days: Annotated[str, Parameter(help="停課停班日 · closed days, YYYY-MM-DD")],
    reason: str,
    as_: As,
    kind: Annotated[str, Parameter(help="停課(學生)、停班(各處室)或 both · lessons, offices or both")] = "both",
    leave: Annotated[
        tuple[str, ...], Parameter(help="不移動的期間 · windows that stand, e.g. 115-1/g10_11/selection")
    ] = (),
    check: Check = False,
    apply: Apply = False,
    year: Annotated[str | None, Parameter(help="學年 · school year")] = None,
    key: Key = None,
    school: School = None,
    data: Data = DATA,
    json: Json = False,
) -> int:
    """颱風停課停班:當天截止的期間移到次一上班日同一時刻 · a closed day: what ends then moves to the next working day."""
    doing = applies(check=check, apply=apply)
    if kind not in CLOSED:
        raise refuse(Code.BAD_REQUEST, clause="規§4.2", place="--kind", found=kind, limit=", ".join(CLOSED))
    closed = closures_of(_days(days), CLOSED[kind], reason)

    async def run() -> int:
        async with opened(data) as place:
            code = await place.school(school)
            found = await standing(place, code, year)
            proposed = proposals(found.case, closed, at=found.at)
            known = {p.move.place for p in proposed}
            if unknown := [x for x in leave if x not in known]:
                raise refuse(
                    Code.NOT_FOUND, clause="規§4.2", place="--leave", found=unknown[0], limit=", ".join(sorted(known))
                )
            # What would break the authority's date or the next window stands until a person decides.
            taken = [p.move for p in proposed if not p.conflict and p.move.place not in leave]
            stands = [p for p in proposed if p.conflict]
            authority = [
                {"place": f"national/{w.period}/{lane}/{w.kind}", "edge": edge, "at": getattr(w, edge)}
                for w, edge in authority_on(found.basis.national, closed)
                for lane in w.lanes
            ]
            if not json:
                for p in stands:
                    print(f"⚠ 不移動 · stands: {p.move.place} {p.conflict}")
                for a in authority:
                    print(
                        f"⚠ 主管機關的時刻不動 · the authority's stands: {a['place']}.{a['edge']} {close_text(a['at'])}"
                    )
            more = {"stands": [{"place": p.move.place, "conflict": p.conflict} for p in stands], "authority": authority}
            return await carry_out(
                place, code, as_, found, taken, closed, reason=reason, apply=doing, key=key, as_json=json, more=more
            )

    return asyncio.run(run())


def _days(given: tuple[str, ...]) -> list[date]:
    found = []
    for text in given:
        try:
            found.append(date.fromisoformat(text))
        except ValueError:
            raise refuse(Code.BAD_REQUEST, clause="規§4.2", place="DAY", found=text, limit="YYYY-MM-DD") from None
    if not found:
        raise refuse(Code.BAD_REQUEST, clause="規§4.2", place="DAY", limit="至少一天 · at least one day")
    return found
