"""cli: rows of a school's database, printed as a table or as JSON."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any

from cli import show
from cli.options import Where
from cli.place import Place, opened
from records.db import Connection

Row = Mapping[str, Any]
Read = Callable[[Place, Connection, str], Awaitable[Sequence[Row]]]
"""Gives the rows, from the place, a transaction of the school, and the school."""


def told(where: Where, read: Read, titles: Sequence[str], cells: Callable[[Row], Sequence[Any]]) -> int:
    """Print rows: for people the cells of each under the titles, with --json all that they hold."""

    async def run() -> int:
        async with opened(where.data) as place:
            code = await place.school(where.school)
            async with place.db.transaction(code) as connection:
                rows = await read(place, connection, code)
        if where.json:
            show.emit(rows)
        else:
            show.table(titles, [cells(r) for r in rows])
        return 0

    return asyncio.run(run())
