"""cli: base data and grades come in again: what would change is shown first. 規§5.1, 規§5.2"""

from __future__ import annotations

import secrets
import sys
from dataclasses import asdict
from pathlib import Path
from typing import Any

from cli import show
from cli.options import ONE_OF
from cli.periods import need_period
from cli.place import Place, opened
from records.base_data.changes import Changes
from records.commands.imports import preview_for
from records.files.store import put
from records.queries.completeness import by_class
from records.queries.sight import need_classes, sight_of_base_data
from records.seam import Actor
from rosters.sis.columns import FILES
from rosters.sis.tables import LARGEST_FILE
from rules.refusals import Code, refuse

ENDINGS = (".csv", ".xlsx")
SHOWN = 40
"""Changed fields that a person sees; --json has them all."""


async def import_files(
    data: Path,
    school: str | None,
    paths: list[Path],
    who: str,
    *,
    apply: bool,
    keep_good: bool,
    same_person: bool,
    key: str | None,
    as_json: bool,
) -> int:
    """Check the files, show what they change, and with `apply` do it; exit code 2 where nothing was done."""
    contents = _contents(paths)
    async with opened(data) as place:
        code = await place.school(school)
        actor = Actor(await place.person(code, who))
        found = await preview_for(place.seam, code, actor, contents, same_person=same_person)
        answer = None
        if apply and (keep_good or not found.errors):
            body = {"files": await _kept(place, code, contents), "keep_good": keep_good, "same_person": same_person}
            answer = await place.do(code, who, "import_base_data", body, key=key or secrets.token_hex(12))
    if answer is not None and answer.refusal is not None:
        return show.answer(answer, as_json=as_json)
    _print(found, applied=answer is not None, as_json=as_json)
    return show.REFUSED if found.errors and answer is None else 0


def _contents(paths: list[Path]) -> dict[str, bytes]:
    """The files by name; a folder stands for its data files. Raises Refused(not_found, bad_request, file_size)."""
    files = [f for path in paths for f in (sorted(path.iterdir()) if path.is_dir() else [path])]
    chosen = [f for f in files if f.suffix.lower() in ENDINGS and not f.name.startswith((".", "~$"))]
    missing = [str(f) for f in chosen if not f.is_file()]
    if missing:
        raise refuse(Code.NOT_FOUND, clause="規§5.1.1", place="file", found=", ".join(missing))
    if not chosen:
        named, limit = ", ".join(f.name for f in paths), f"{', '.join(s.stem for s in FILES)} ({' | '.join(ENDINGS)})"
        found = "沒有資料檔 · no data file"
        raise refuse(Code.BAD_REQUEST, clause="規§5.1.1", place=named[:80] or "file", found=found, limit=limit)
    for file in chosen:
        if (size := file.stat().st_size) > LARGEST_FILE:
            raise refuse(Code.FILE_SIZE, clause="規§5.1.1", place=file.name, found=size, limit=LARGEST_FILE)
    return {f.name: f.read_bytes() for f in chosen}


async def _kept(place: Place, school: str, contents: dict[str, bytes]) -> dict[str, str]:
    return {name: (await put(place.db, place.vault, school, data)).sha256 for name, data in contents.items()}


def _print(found: Changes, *, applied: bool, as_json: bool) -> None:
    if as_json:
        show.emit(
            {
                "applied": applied,
                "errors": found.errors,
                "added": found.added,
                "changed": [asdict(c) for c in found.changed],
                "same": found.same,
                "problems": [asdict(p) for p in found.problems],
            }
        )
        return
    show.row_problems(
        show.RowProblem(
            p.file, p.row, p.column, p.value, p.rule, p.clause, p.message, p.message_en, p.remedy, p.remedy_en
        )
        for p in found.problems
    )
    for file, keys in found.added.items():
        print(f"新增 · added {file}: {len(keys)}")
    if found.changed:
        rows: list[tuple[Any, ...]] = [(c.file, c.key, c.field, c.old, c.new) for c in found.changed[:SHOWN]]
        show.table(("檔案 file", "資料列 row", "欄位 field", "原值 old", "新值 new"), rows)
        if len(found.changed) > SHOWN:
            print(f"… {len(found.changed)} 項更正,--json 可列出全部 · all of them with --json")
    if found.errors and not applied:
        print(f"{found.errors} 處錯誤,沒有匯入任何資料 · errors, nothing was imported", file=sys.stderr)
    elif applied:
        added, changed = sum(len(keys) for keys in found.added.values()), len(found.changed)
        left = f",{found.errors} 處錯誤未匯入 · {found.errors} errors left out" if found.errors else ""
        print(
            f"已匯入:新增 {added} 列、更正 {changed} 項 · imported: {added} rows added, {changed} fields changed{left}"
        )
    else:
        print("僅檢查,未變更任何資料;加 --apply 套用 · checked only, nothing changed; --apply does it")


async def print_completeness(data: Path, school: str | None, who: str, semester: str, *, as_json: bool) -> int:
    """How complete the base data of each class that `who` may see are; what is missing is counted, not guessed."""
    async with opened(data) as place:
        code = await place.school(school)
        sight = await sight_of_base_data(place.db, code, await place.person(code, who))
        need_classes(sight, clause="規§5.1.1")
        async with place.db.transaction(code) as connection:
            await need_period(connection, code, semester, place="SEMESTER", clause="規§5.1.1")
            rows = [r for r in await by_class(connection, code, semester) if r["class"] in sight.classes]
    if as_json:
        show.emit(rows)
    else:
        titles = ("班級 class", "學生", "成績", "應有成績", "缺成績者", "幹部", "諮詢紀錄", "未諮詢者")
        show.table(titles, [tuple(r.values()) for r in rows])
    return 0


def one_of(check: bool, apply: bool) -> bool:
    """Whether to apply. Raises Refused(bad_request) unless exactly one was asked for."""
    if check == apply:
        raise refuse(Code.BAD_REQUEST, clause="規§5.1.1", place="--check | --apply", limit=ONE_OF)
    return apply
