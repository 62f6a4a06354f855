"""cli: a teacher certifies or returns, one item or a whole course at once. 規§5.3.2"""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Any

from cyclopts import Parameter

from cli import show
from cli.items.app import item_app
from cli.options import DATA, ONE_OF, As, Data, Json, Key, School
from cli.place import Place, opened
from cli.reading import read_text
from records.db import school_now
from records.queries.items import queue_of, refuse_idle
from records.seam import Answer
from rules.items.reasons import REASONS, reasons_text
from rules.refusals import Code, refuse

BATCH = 200
"""Items a call; a longer list goes in several, each whole in itself."""
Items = Annotated[list[str], Parameter(help="作品代號(可多件)· the items' ids")]
Course = Annotated[str | None, Parameter(help="這門課等待認證的全部作品 · everything that waits in this course")]
List = Annotated[Path | None, Parameter(help="每行一個代號(可加 ,雜湊)的檔案 · a file: an id, or id,digest, a line")]


@item_app.command(name="certify")
def certify(
    items: Items | None = None,
    *,
    as_: As,
    course: Course = None,
    list_: Annotated[List, Parameter(name="--list")] = None,
    digest: Annotated[str | None, Parameter(help="所見內容的雜湊(單件)· the digest that was seen, of one item")] = None,
    key: Key = None,
    school: School = None,
    data: Data = DATA,
    json: Json = False,
) -> int:
    """認證一件或整批,逐件有結果 · certify one item or many, one result a row (規§5.3.2).

    整批有任何一列未成,結束碼為 2,其餘各列仍已完成 · exit code 2 where a row was not done; the other rows stand.
    """

    def body(rows: list[dict[str, str]]) -> tuple[str, dict[str, Any]]:
        if digest is not None and len(rows) == 1:
            rows = [rows[0] | {"digest": digest}]
        if len(rows) == 1 and course is None and list_ is None:
            return "certify", rows[0]
        return "certify_many", {"items": rows}

    return asyncio.run(_decide(data, school, as_, items or [], course, list_, body, key, as_json=json))


@item_app.command(name="return")
def return_(
    items: Items | None = None,
    *,
    reason: Annotated[
        str, Parameter(help=f"理由,學校所列:{reasons_text(list(REASONS))} · a reason of the school's list")
    ],
    as_: As,
    text: Annotated[str, Parameter(help="給學生的說明 · words to the student")] = "",
    course: Course = None,
    list_: Annotated[List, Parameter(name="--list")] = None,
    key: Key = None,
    school: School = None,
    data: Data = DATA,
    json: Json = False,
) -> int:
    """退件一件或整批;成績不是理由 · return one item or many; a grade is no reason (規§5.3.2).

    整批有任何一列未成,結束碼為 2,其餘各列仍已完成 · exit code 2 where a row was not done; the other rows stand.
    """

    def body(rows: list[dict[str, str]]) -> tuple[str, dict[str, Any]]:
        if len(rows) == 1 and course is None and list_ is None:
            return "return", {"item": rows[0]["item"], "reason": reason, "text": text}
        return "return_many", {"items": rows, "reason": reason, "text": text}

    return asyncio.run(_decide(data, school, as_, items or [], course, list_, body, key, as_json=json))


async def _decide(
    data: Path,
    school: str | None,
    who: str,
    items: list[str],
    course: str | None,
    listed: Path | None,
    body: Callable[[list[dict[str, str]]], tuple[str, dict[str, Any]]],
    key: str | None,
    *,
    as_json: bool,
) -> int:
    if sum(bool(x) for x in (items, course, listed)) != 1:
        raise refuse(Code.BAD_REQUEST, clause="規§5.3.2", place="ITEM… | --course | --list", limit=ONE_OF)
    async with opened(data) as place:
        code = await place.school(school)
        rows = [{"item": i} for i in items]
        if listed is not None:
            rows = _listed(listed)
        elif course is not None:
            rows = await _waiting(place, code, who, course)
        if not rows:
            found = "清單沒有一列 · a list without a row"
            raise refuse(Code.BAD_REQUEST, clause="規§5.3.2", place=str(listed), found=found, limit=">= 1")
        stem = key or secrets.token_hex(12)
        parts = [rows[n : n + BATCH] for n in range(0, len(rows), BATCH)]
        answers: list[Answer] = []
        for n, part in enumerate(parts):
            name, full = body(part)
            answers.append(await place.do(code, who, name, full, key=stem if len(parts) == 1 else f"{stem}/{n}"))
    return _print(answers, as_json=as_json)


def _listed(path: Path) -> list[dict[str, str]]:
    lines = read_text(path, clause="規§5.3.2").splitlines()
    rows = [[cell.strip() for cell in line.split(",")] for line in lines if line.strip()]
    return [{"item": r[0]} | ({"digest": r[1]} if len(r) > 1 and r[1] else {}) for r in rows if r[0] != "item"]


async def _waiting(place: Place, school: str, who: str, course: str) -> list[dict[str, str]]:
    """What waits in a course, with the digests that the teacher sees now. Raises Refused where nothing does."""
    person = await place.person(school, who)
    async with place.db.as_person(school, person) as connection:
        at = await school_now(connection, school)
        found = [r for r in await queue_of(connection, school, person, at) if r["course"] == course]
    if not found:
        async with place.db.transaction(school) as connection:
            await refuse_idle(connection, school, course, person, at)
    return [{"item": str(r["id"]), "digest": r["digest"]} for r in found]


def _print(answers: list[Answer], *, as_json: bool) -> int:
    if len(answers) == 1 and not answers[0].results:
        return show.answer(answers[0], as_json=as_json)
    refused = next((a for a in answers if a.refusal is not None), None)
    results = [row for a in answers for row in a.results]
    failed = [r for r in results if not r["accepted"]]
    if as_json:
        show.emit({"accepted": refused is None, "answers": [a.shown() for a in answers]})
    else:
        if refused is not None and refused.refusal is not None:
            show.refusal(refused.refusal, as_json=False)
        print(f"{len(results) - len(failed)} 件完成,{len(failed)} 件未成 · done, not done")
        for row in failed:
            told = row["refusal"]
            print(f"✗ {row['item']} 〔{told['clause']}〕{told['message']} · {told['message_en']}")
            print(f"    現況 · found: {told['found']};界限 · limit: {told['limit']}")
            print(f"    處理 · remedy: {told['remedy']} · {told['remedy_en']}")
        if failed:
            print("完成者已生效,未成者保持原狀 · what is done stands, what is not done is as it was")
    return show.REFUSED if refused is not None or failed else 0
