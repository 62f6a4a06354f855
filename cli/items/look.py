"""cli: what a student has, what a teacher may certify now, how far each course is. 規§5.3.1, 規§5.3.2"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Annotated, Any
from uuid import UUID

from cyclopts import Parameter

from cli import show
from cli.items.app import item_app
from cli.options import DATA, As, Data, Json, School
from cli.periods import need_period
from cli.place import Place, opened
from records.db import Connection, school_now
from records.queries.items import items_of, progress_of, queue_of, return_words_of, summaries_of, use_of, waiting_of
from records.queries.own_dates import certified_until, own_dates
from records.queries.people import named
from rules.items.reasons import reason_words
from rules.items.states import state_words
from rules.lint.words import when

Read = Callable[[Connection, str, UUID], Awaitable[Any]]


@item_app.command(name="list")
def list_(
    *,
    as_: As,
    period: Annotated[str | None, Parameter(help="學期或學年 · 115-1 or 115")] = None,
    school: School = None,
    data: Data = DATA,
    json: Json = False,
) -> int:
    """列出自己的作品與各項上限的用量 · one's own items, and how much of each quota is used."""

    async def read(connection: Connection, code: str, person: UUID) -> Any:
        found = await items_of(connection, code, person, period=period)
        items = [r | {"state_words": state_words(r["state"])} for r in found]
        periods = sorted({r["period"] for r in items} | ({period} if period else set()))
        use = [u | {"period": p} for p in periods for u in await use_of(connection, code, person, p)]
        return {"items": items, "use": use}

    def table(found: Any) -> None:
        show.table(
            ("作品 item", "種類", "期間", "課程或類別", "狀態 state", "版", "上傳 uploaded"),
            [
                (
                    r["id"],
                    r["item"],
                    r["period"],
                    r["course"] or r["category"],
                    f"{r['state']} {state_words(r['state'])}",
                    r["version"],
                    r["uploaded_at"],
                )
                for r in found["items"]
            ],
        )
        show.table(
            ("期間", "種類", "計", "已用 used", "上限 max", "條號"),
            [(u["period"], u["item"], u["counts"], u["used"], u["max"], u["clause"]) for u in found["use"]],
        )
        show.table(
            ("期間", "作業", "期限 due", "關閉 closes", "展延 extension"),
            [
                (d["period"], d["title"], when(d["due"]), when(d["closes"]), ", ".join(d["extensions"]))
                for d in found["windows"]
            ],
        )
        for r in found["items"]:
            if r["return_reason"] and r["state"] == "returned":
                print(f"退件 · returned {r['id']}: {reason_words(r['return_reason'])} {r.get('return_words', '')}")

    async def words(place: Place, code: str, person: UUID, found: Any) -> None:
        async with place.db.transaction(code) as connection:
            said = await return_words_of(connection, place.vault, code, person)
            dates = await own_dates(connection, code, person, await school_now(connection, code))
        for r in found["items"]:
            r |= {"return_words": said[r["id"]]} if r["id"] in said else {}
        found["windows"] = [d.model_dump() for d in dates if d.what == "window" and period in (None, d.period)]

    return asyncio.run(_look(data, school, as_, read, table, more=words, as_json=json))


@item_app.command(name="queue")
def queue(
    *,
    as_: As,
    course: Annotated[str | None, Parameter(help="只列這門課 · only this course")] = None,
    class_: Annotated[str | None, Parameter(name="--class", help="只列這個班 · only this class")] = None,
    counts: Annotated[
        bool, Parameter(negative="", help="只列各課程的件數 · only how many wait in each course")
    ] = False,
    school: School = None,
    data: Data = DATA,
    json: Json = False,
) -> int:
    """列出現在可以認證的作品(本人、代理或接任)· what one may certify now, as holder, deputy or successor."""

    async def read(connection: Connection, code: str, person: UUID) -> Any:
        found = await (waiting_of if counts else queue_of)(connection, code, person, await school_now(connection, code))
        return [r for r in found if course in (None, r["course"]) and class_ in (None, r["class"])]

    def table(found: Any) -> None:
        if counts:
            names = ("class", "course", "title", "waiting", "acts_as")
            show.table(("班級", "課程", "科目", "待認證 waiting", "身分"), [tuple(r[n] for n in names) for r in found])
            return
        shown = ("class", "seat", "number", "name", "title", "id", "requested_at")
        rows = [(*(r.get(n, "") for n in shown), r["due"] and when(r["due"]), r["acts_as"]) for r in found]
        titles = ("班級", "座號", "學號", "姓名 name", "課程", "作品 item", "送出 asked", "認證期限 due", "身分")
        show.table(titles, rows)
        for r in found:
            print(f"  {r['id']} 簡述 · summary: {' '.join(r.get('summary', '').split())}")
            print(f"    雜湊 · digest: {r['digest'][:12]} 檔案 · files: {', '.join(r['hashes'])}")
            print(f"    關閉 · closes: {r['closes'] and when(r['closes'])}")

    async def more(place: Place, code: str, person: UUID, found: Any) -> None:
        if counts:
            return
        items = [r["id"] for r in found]
        async with place.db.transaction(code) as connection:
            until = await certified_until(connection, code, items)
            names = await named(connection, place.vault, code, {r["student"] for r in found})
            summaries = await summaries_of(connection, place.vault, code, items)
        for r in found:
            r["due"], r["closes"] = until[r["id"]]
            if r["student"] in names:
                r["number"], r["name"] = names[r["student"]]
                r["summary"] = summaries.get(r["id"], "")

    return asyncio.run(_look(data, school, as_, read, table, more=more, as_json=json))


@item_app.command(name="progress")
def progress(
    semester: Annotated[str, Parameter(help="學期 · 115-1")],
    *,
    as_: As,
    school: School = None,
    data: Data = DATA,
    json: Json = False,
) -> int:
    """各班各課程的上傳與認證進度;零件合法,不警示 · progress per class and course; zero items is legal."""
    names = ("students", "without", "uploaded", "requested", "certified", "returned", "expired", "expired_uncertified")

    async def read(connection: Connection, code: str, person: UUID) -> Any:
        return await progress_of(connection, code, semester)

    async def known(place: Place, code: str) -> None:
        async with place.db.transaction(code) as connection:
            await need_period(connection, code, semester, place="SEMESTER", clause="規§5.3.2")

    def table(found: Any) -> None:
        titles = ("班級", "課程", "學生", "未交", "已上傳", "待認證", "已認證", "退件", "逾期", "教師未認證(校方責任)")
        show.table(titles, [(r["class"], r["course"], *(r[n] for n in names)) for r in found])

    return asyncio.run(_look(data, school, as_, read, table, first=known, as_json=json))


async def _look(
    data: Path,
    school: str | None,
    who: str,
    read: Read,
    table: Callable[[Any], None],
    *,
    first: Callable[[Place, str], Awaitable[None]] | None = None,
    more: Callable[[Place, str, UUID, Any], Awaitable[None]] | None = None,
    as_json: bool,
) -> int:
    async with opened(data) as place:
        code = await place.school(school)
        person = await place.person(code, who)
        if first is not None:
            await first(place, code)
        async with place.db.as_person(code, person) as connection:
            found = await read(connection, code, person)
        if more is not None:
            await more(place, code, person, found)
    if as_json:
        show.emit(found)
    else:
        table(found)
    return 0
