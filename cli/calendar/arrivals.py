"""cli: `calendar arrivals YEAR --out FILE`: last year's arrival curves as a rehearsal's assumptions. 規§3.1, 規§4.1"""

from __future__ import annotations

import asyncio
import io
from pathlib import Path
from typing import Annotated

from cyclopts import Parameter
from ruamel.yaml import YAML

from cli import show
from cli.calendar.app import calendar_app
from cli.calendar.inputs import assumptions
from cli.options import HERE, Where
from cli.place import opened
from records.basis import load_bases
from records.queries.arrivals import arrivals as arrivals_of
from records.queries.arrivals import places_in
from rules.ids import year_id
from rules.refusals import Code, refuse
from rules.rehearsals.data import Assumptions
from rules.rehearsals.measured import assumed_from

HEAD = (
    "# 由紀錄量得的彩排假設;未量到的仍是推測(guess)· measured from the records; what they do not show stays a guess\n"
)


@calendar_app.command
def arrivals(
    year: Annotated[str, Parameter(help="學年度,例如 115 · the school year to measure")],
    *,
    out: Annotated[Path, Parameter(help="寫出的假設檔 · the file of assumptions")],
    where: Where = HERE,
) -> int:
    """上一年的到件曲線,供 rehearse --assume arrivals --assumptions 使用 · last year's curves, for a rehearsal."""

    async def run() -> Assumptions:
        async with opened(where.data) as place:
            code = await place.school(where.school)
            async with place.db.transaction(code, snapshot=True) as c:
                bases = await load_bases(c, code, year_id(code, year))
                if not bases:
                    raise refuse(Code.NOT_FOUND, clause="規§4.1", place="YEAR", found=year)
                moments, places = await arrivals_of(c, code, year), await places_in(c, code, year)
        source = f"{year} 學年度的紀錄 · the records of school year {year}"
        return assumed_from(
            assumptions(None), moments, bases[-1].days, places=places, name=f"measured-{year}", source=source
        )

    found = asyncio.run(run())
    text = io.StringIO()
    YAML().dump(found.model_dump(mode="json"), text)
    out.write_text(HEAD + text.getvalue(), encoding="utf-8")
    if where.json:
        show.emit(found.model_dump(mode="json"))
        return 0
    print(f"每人每課平均 {found.outcomes_per_student_and_course} 件 · outcomes a student and course")
    show.table(
        ("曲線 curve", "依據 source", "期限前 5 日", "前 1 日", "當日 due day"),
        [(c.of, c.source, *(f"{c.reached(n):.0%}" for n in (5, 1, 0))) for c in found.curves],
    )
    print(f"→ {out}")
    return 0
