"""cli: the school's files as verbs: a school comes in, its base data come in again, how complete they are. 規§5.1, 規§5.2"""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Annotated

from cyclopts import Parameter

from cli.groups import app, school_app
from cli.options import DATA, HERE, Acting, As, Data, Json, Where


@school_app.command(name="import")
def import_(
    folder: Annotated[Path, Parameter(help="名冊檔案資料夾(CSV/XLSX)· folder of the registrar's files")],
    *,
    code: Annotated[str, Parameter(help="學校代碼 · school code")],
    name: Annotated[str, Parameter(help="校名 · the school's name")],
    pack: Annotated[Path, Parameter(help="規則資料夾 · rule pack")] = Path("schools/licheng"),
    national: Annotated[Path, Parameter(help="主管機關時程 · the authority's document")] = Path(
        "schools/national/115.yaml"
    ),
    demo: Annotated[bool, Parameter(help="示範學校(可調時鐘)· a demo school, whose clock can be moved")] = False,
    data: Data = DATA,
    json: Json = False,
) -> int:
    """匯入學校檔案並採用規則與期程 · import a school's files and adopt its rules and calendar."""
    from cli.school import import_folder

    return asyncio.run(import_folder(data, folder, code, name, pack, national, demo=demo, as_json=json))


@app.command(name="import")
def import_data(
    files: Annotated[list[Path], Parameter(help="檔案或資料夾 · files (students.csv, grades.xlsx …) or a folder")],
    /,
    *,
    by: Acting,
    check: Annotated[bool, Parameter(help="只檢查並顯示差異 · check and show the diff only", negative="")] = False,
    apply: Annotated[bool, Parameter(help="套用 · do it", negative="")] = False,
    keep_good: Annotated[bool, Parameter(help="有錯誤時仍匯入正確的列 · keep good rows", negative="")] = False,
    same_person: Annotated[
        bool, Parameter(help="同一編號的身分是更正 · an identity was mistyped", negative="")
    ] = False,
) -> int:
    """再次匯入基本資料、成績、幹部與諮詢紀錄 · import base data, grades, cadre or advisory records again (規§5.1, 規§5.2)."""
    from cli.imports import import_files, one_of

    work = import_files(
        by.data, by.school, files, by.as_, apply=one_of(check, apply), keep_good=keep_good, same_person=same_person,
        key=by.key, as_json=by.json,
    )  # fmt: skip
    return asyncio.run(work)


@school_app.command(name="completeness")
def completeness(
    semester: Annotated[str, Parameter(help="學期,例如 115-1 · semester")], *, as_: As, where: Where = HERE
) -> int:
    """各班基本資料的完整程度(教師看本班,承辦職務看全校)· how complete each class's base data are."""
    from cli.imports import print_completeness

    return asyncio.run(print_completeness(where.data, where.school, as_, semester, as_json=where.json))
