"""cli: `calendar office FILE`: the office calendar's CSV, read and compared, or written into the authority's document. 規§4.1."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

from cyclopts import Parameter

from cli import show
from cli.calendar.app import calendar_app
from cli.options import Json
from rosters.office_calendar import read_office_calendar, write_years


@calendar_app.command
def office(
    file: Annotated[Path, Parameter(help="政府行政機關辦公日曆表 CSV · the office calendar's CSV")],
    *,
    write: Annotated[
        Path | None, Parameter(help="寫入這份主管機關文件,註解保留 · write into this authority's document")
    ] = None,
    json: Json = False,
) -> int:
    """讀入辦公日曆表(UTF-8 或 Big5),依「是否放假」判斷 · import the office calendar."""
    years = read_office_calendar(file)
    told = write_years(write, years) if write is not None else []
    if json:
        show.emit({"years": [y.model_dump(mode="json") for y in years], "changed": told})
        return 0
    for year in years:
        print(f"{year.year}: 平日放假 {len(year.off)} 日 · days off;補行上班 {len(year.make_up)} 日 · make-up days")
        print(f"  off: {', '.join(str(d) for d in year.off)}")
        print(f"  make_up: {', '.join(str(d) for d in year.make_up) or '-'}")
    for line in told:
        print(f"  {line}")
    if write is not None:
        print(f"→ {write}" + ("" if told else "(沒有變動 · unchanged)"))
    return 0
