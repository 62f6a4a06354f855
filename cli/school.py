"""cli: a school's files and documents come in, or every problem is named and nothing is changed."""

from __future__ import annotations

import sys
from pathlib import Path

from cli import show
from cli.place import opened
from records.school_import import import_school
from rosters.documents import load_national, load_pack
from rosters.sis_import import read_school
from rules.refusals import Code, refuse


async def import_folder(
    data: Path, folder: Path, code: str, name: str, pack: Path, national: Path, *, demo: bool, as_json: bool
) -> int:
    """Import files and adopt the newest calendar of the pack; exit code 2 with every problem otherwise."""
    documents, authority = load_pack(pack), load_national(national)
    if not documents.calendars:
        raise refuse(Code.NOT_FOUND, clause="規§4.1", place=str(pack), limit="calendar-*.yaml")
    calendar = documents.calendars[max(documents.calendars)]
    files, problems = read_school(folder, school_code=code)
    errors = [p for p in problems if p.severity.value == "error"]
    if as_json and errors:
        show.emit({"imported": False, "problems": [p.model_dump(mode="json") for p in problems]})
    elif not as_json:
        show.row_problems(
            show.RowProblem(
                p.file, p.row, p.column, p.value, p.rule, p.clause, p.message_zh, p.message_en, p.remedy_zh, p.remedy_en
            )
            for p in problems
        )
    if errors:
        print(f"{len(errors)} 個錯誤,沒有匯入任何資料 · {len(errors)} errors, nothing was imported", file=sys.stderr)
        return show.REFUSED
    async with opened(data, new=True) as place:
        report = await import_school(
            place.operator,
            place.vault,
            code,
            name,
            documents.rules,
            files,
            kind="demo" if demo else "production",
            starts=calendar.opens,
            adopting=(calendar, authority),
        )
    if as_json:
        show.emit(
            {
                "imported": True,
                "school": code,
                "counts": report.counts,
                "problems": [p.model_dump(mode="json") for p in problems],
            }
        )
    else:
        print(f"已匯入 · imported {code} {name}: " + ", ".join(f"{k} {v}" for k, v in report.counts.items()))
        print(
            f"已採用 · adopted: {documents.rules.title} v{documents.rules.version}; {calendar.title} v{calendar.version}"
        )
    return 0
