"""cli: `calendar amend PLACE.EDGE=DATE …`: several dates of the running year moved as one version. 規§3.1, 規§4.2"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Annotated

from cyclopts import Parameter
from pydantic import ValidationError

from cli.calendar.app import calendar_app
from cli.calendar.moving import Apply, Check, applies, carry_out, standing
from cli.options import DATA, As, Data, Json, Key, School
from cli.place import opened
from rules.moves import EDGES, Move
from rules.refusals import Code, refuse


def read_moves(changes: Sequence[str]) -> list[Move]:
    """`115-1/g10_11/outcome_upload.closes=2027-02-06 00:00` as moves. Raises Refused(bad_request)."""
    moves = []
    for change in changes:
        name, _, value = change.replace(".self_check.", ".self_check_", 1).partition("=")
        place, _, edge = name.rpartition(".")
        parts = place.split("/")
        if edge not in EDGES or len(parts) not in (2, 3) or not value:
            limit = "PERIOD/LANE/KIND.EDGE=YYYY-MM-DD HH:MM; EDGE: " + ", ".join(EDGES).replace("check_", "check.")
            raise refuse(Code.BAD_REQUEST, clause="規§4.2", place="change", found=change, limit=limit)
        lane = parts[1] if len(parts) == 3 else None
        try:
            moves.append(Move.model_validate({"period": parts[0], "lane": lane, "kind": parts[-1], edge: value}))
        except (ValidationError, ValueError):
            raise refuse(Code.BAD_REQUEST, clause="規§4.2", place=name, found=value, limit="YYYY-MM-DD HH:MM") from None
    return moves


@calendar_app.command
def amend(
    *changes: Annotated[str, Parameter(help="例 · e.g. 115-1/g10_11/outcome_upload.closes='2027-02-06 00:00'")],
    reason: str,
    as_: As,
    check: Check = False,
    apply: Apply = False,
    year: Annotated[str | None, Parameter(help="學年 · school year")] = None,
    key: Key = None,
    school: School = None,
    data: Data = DATA,
    json: Json = False,
) -> int:
    """修正進行中的期程,先列出所有會移動的日期 · amend the running calendar; every moved date is shown first."""
    doing = applies(check=check, apply=apply)
    moves = read_moves(changes)

    async def run() -> int:
        async with opened(data) as place:
            code = await place.school(school)
            found = await standing(place, code, year)
            return await carry_out(
                place, code, as_, found, moves, (), reason=reason, apply=doing, key=key, as_json=json
            )

    return asyncio.run(run())
