"""cli: the proofs of an item, and whether a proof that somebody shows is ours. 規§5.3.1"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Annotated, Any

from cyclopts import Parameter

from cli import show
from cli.items.app import item_app
from cli.options import DATA, ONE_OF, As, Data, Json, School
from cli.place import opened
from cli.reading import as_json, read_text
from records.queries.items import check_proof, items_of, proofs_of
from rules.items.states import state_words
from rules.refusals import Code, refuse


@item_app.command(name="proof")
def proof(
    item: Annotated[str | None, Parameter(help="作品代號 · the item's id")] = None,
    *,
    as_: As,
    check: Annotated[Path | None, Parameter(help="核對這份憑據(JSON)· check this proof")] = None,
    school: School = None,
    data: Data = DATA,
    json: Json = False,
) -> int:
    """列出一件作品的憑據,或核對一份憑據 · the proofs of an item, or whether a proof is genuine."""
    if (item is None) == (check is None):
        raise refuse(Code.BAD_REQUEST, clause="規§5.3.1", place="ITEM | --check", limit=ONE_OF)
    if check is not None:
        return asyncio.run(_check(data, school, as_, _read(check), as_json=json))
    return asyncio.run(_show(data, school, as_, str(item), as_json=json))


def _read(path: Path) -> dict[str, Any] | list[dict[str, Any]]:
    """The proof in a file: as it was printed, or inside the whole answer; a list of them, as `--json` lists them."""
    given = as_json(read_text(path, clause="規§5.3.1"), place=path.name, clause="規§5.3.1")
    if isinstance(given, list) and given and all(isinstance(one, dict) for one in given):
        return given
    found = given.get("proof", given) if isinstance(given, dict) else None
    if not isinstance(found, dict):
        limit = "一份憑據 {…},或 item proof --json 的清單 [{…}] · a proof, or the list of item proof --json"
        raise refuse(Code.BAD_REQUEST, clause="規§5.3.1", place=path.name, found="JSON", limit=limit)
    return found


async def _check(
    data: Path, school: str | None, who: str, given: dict[str, Any] | list[dict[str, Any]], *, as_json: bool
) -> int:
    many = isinstance(given, list)
    proofs = given if isinstance(given, list) else [given]
    async with opened(data) as place:
        code = await place.school(school)
        person = await place.person(code, who)
        async with place.db.transaction(code) as connection:
            found = [await check_proof(connection, code, one, person) for one in proofs]
    genuine = all(f.genuine for f in found)
    shown = [{"genuine": f.genuine, "differs": list(f.differs), "state": f.state} for f in found]
    if as_json and many:
        numbered = [{"fact": p.get("fact")} | s for p, s in zip(proofs, shown, strict=True)]
        show.emit({"genuine": genuine, "proofs": numbered})
    elif as_json:
        show.emit(shown[0])
    for number, f in enumerate(found, 1) if not as_json else ():
        which = f"{number}. " if many else ""
        if f.genuine:
            print(f"{which}憑據屬實 · genuine{f',目前狀態 · state now: {state_words(f.state)}' if f.state else ''}")
        else:
            print(f"{which}{_differs(f.differs)}")
    return 0 if genuine else 1


def _differs(fields: Sequence[str]) -> str:
    """What is wrong with a proof; of somebody else's nothing is told but that it is none of one's own."""
    if tuple(fields) == ("fact",):
        return "不是您的憑據,或查無此筆 · no proof of yours, or none that we know"
    return f"與紀錄不符 · differs from the record: {', '.join(fields)}"


async def _show(data: Path, school: str | None, who: str, item: str, *, as_json: bool) -> int:
    async with opened(data) as place:
        code = await place.school(school)
        person = await place.person(code, who)
        async with place.db.as_person(code, person) as connection:
            mine = item in {str(r["id"]) for r in await items_of(connection, code, person)}
            found = await proofs_of(connection, code, item, person) if mine else []
        if not mine:
            raise refuse(Code.NOT_FOUND, clause="規§5.3.1", place=f"item {item[:40]}")
    if as_json:
        show.emit(found)
    else:
        rows = [
            (
                p["fact"],
                p["kind"],
                datetime.fromisoformat(p["at"]),
                p.get("period", ""),
                p.get("digest", "")[:12],
                p["sha256"],
            )
            for p in found
        ]
        show.table(("事實 fact", "事項 kind", "時刻 at", "期間 window", "內容 digest", "憑據 sha256"), rows)
    return 0
