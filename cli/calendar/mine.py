"""cli: `calendar mine --as N`: one's own dates with every extension, as a list, a page and a feed. 規§4.2, 規§10.2.2"""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Annotated

from cyclopts import Parameter

from cli import show
from cli.calendar.app import calendar_app
from cli.calendar.own_page import own_feed, own_page
from cli.options import HERE, As, Where
from cli.place import opened
from records.db import school_now
from records.queries.own_dates import own_dates
from rules.lint.words import when
from rules.own_dates import together


@calendar_app.command
def mine(
    *,
    as_: As,
    ics: Annotated[Path | None, Parameter(help="寫出行事曆訂閱檔 · write an iCalendar file")] = None,
    html: Annotated[Path | None, Parameter(help="寫出網頁 · write a page")] = None,
    where: Where = HERE,
) -> int:
    """我的日期:學生的作業期間、職務的工作,已含展延 · one's own dates: the later of base and extension."""

    async def run() -> int:
        async with opened(where.data) as place:
            code = await place.school(where.school)
            person = await place.person(code, as_)
            async with place.db.transaction(code, snapshot=True) as c:
                dates = await own_dates(c, code, person, await school_now(c, code))
        name = f"我的日期 {as_}"
        if ics is not None:
            ics.write_bytes(own_feed(dates, name=name))
        if html is not None:
            html.write_text(own_page(dates, name=name), encoding="utf-8")
        if where.json:
            show.emit([d.model_dump(mode="json") for d in dates])
            return 0
        show.table(
            ("事項", "學期/學年", "期限 due", "關閉 closes", "展延 extension"),
            [
                (d.said, d.period, when(d.due), f"{when(d.closes)} {d.daily}".rstrip(),
                 f"{', '.join(d.extensions)} ← {when(d.base)}" if d.base else "")
                for d in together(dates)
            ],
        )  # fmt: skip
        for path in (p for p in (ics, html) if p is not None):
            print(f"已寫入 · written: {path}")
        return 0

    return asyncio.run(run())
