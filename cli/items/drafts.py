"""cli: `item drafts` and `item none`: what is not handed in yet, and who handed in nothing. 規§5.3.1"""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Annotated, Literal

from cyclopts import Parameter

from cli import show
from cli.items.app import item_app
from cli.options import DATA, As, Data, Json, School
from cli.periods import need_period
from cli.place import opened
from records.commands.drafts import drafts_of
from records.queries.people import named
from records.queries.results import without_items
from records.queries.sight import need_classes, sight_of


@item_app.command(name="drafts")
def drafts(*, as_: As, school: School = None, data: Data = DATA, json: Json = False) -> int:
    """列出自己的草稿 · one's own drafts; written with `do save_draft`, handed in with `do upload_draft`."""
    return asyncio.run(_drafts(data, school, as_, as_json=json))


@item_app.command(name="none")
def none(
    what: Annotated[Literal["outcome", "diverse", "selection"], Parameter(help="成果、多元或勾選 · of what")],
    period: Annotated[str, Parameter(help="學期或學年 · 115-1 or 115")],
    *,
    as_: As,
    school: School = None,
    data: Data = DATA,
    json: Json = False,
) -> int:
    """列出沒有任何一件的學生(導師看本班,承辦職務看全校):聲明不上傳者與未表示者 · who has none: by choice, or without a word."""
    return asyncio.run(_none(data, school, as_, what, period, as_json=json))


async def _drafts(data: Path, school: str | None, who: str, *, as_json: bool) -> int:
    async with opened(data) as place:
        code = await place.school(school)
        person = await place.person(code, who)
        async with place.db.transaction(code) as connection:
            found = await drafts_of(connection, place.vault, code, person)
    if as_json:
        show.emit({"drafts": found})
    else:
        show.table(
            ("草稿 draft", "種類", "期間", "簡述 summary", "檔案 files", "儲存 saved"),
            [(d["id"], d["item"], d["period"], d["summary"], len(d["files"]), d["saved_at"]) for d in found],
        )
    return 0


FIELDS = {"outcome": ("outcome",), "diverse": ("diverse",), "selection": ("outcome", "diverse")}
"""Whose offices see a student's having none of what."""


async def _none(data: Path, school: str | None, who: str, what: str, period: str, *, as_json: bool) -> int:
    async with opened(data) as place:
        code = await place.school(school)
        sight = await sight_of(place.db, code, await place.person(code, who), fields=FIELDS[what])
        if not sight.student:
            need_classes(sight, clause="規§5.3.1")
        async with place.db.transaction(code) as connection:
            yearly = what != "outcome"
            await need_period(connection, code, period, place="PERIOD", clause="規§5.3.1", yearly=yearly)
            rows = await without_items(connection, code, what, period)
            found = [r for r in rows if r["class"] in sight.classes or r["person"] == sight.person]
            names = await named(connection, place.vault, code, [r["person"] for r in found])
    for r in found:
        r["number"], r["name"] = names.get(r["person"], ("", ""))
    if as_json:
        show.emit({"without": found})
    else:
        show.table(
            ("班級 class", "座號 seat", "學號 number", "姓名 name", "聲明 said so"),
            [(r["class"], r["seat"], r["number"], r["name"], r["chose_at"] or "未表示 · no word") for r in found],
        )
    return 0
