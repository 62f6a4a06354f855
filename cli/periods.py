"""cli: a semester or school year that somebody names is one that the school has adopted. 規§4.1"""

from __future__ import annotations

import re

from records.basis import newest
from records.db import Connection
from rules.refusals import Code, refuse


async def need_period(
    connection: Connection, school: str, period: str, *, place: str, clause: str, yearly: bool = False
) -> None:
    """Raises Refused(not_found) for a text that is no such period, or of a year without a calendar."""
    form, limit = (r"\d{3}", "115") if yearly else (r"\d{3}-[12]", "115-1, 115-2")
    if not re.fullmatch(form, period) or await newest(connection, school, period[:3]) is None:
        raise refuse(Code.NOT_FOUND, clause=clause, place=place, found=period[:40], limit=limit)
