"""cli: a student hands in, replaces, takes back, asks for certification, chooses. 規§5.3.1, 規§5.4, 規§6.1"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any, Literal

from cyclopts import Parameter

from cli.doing import give
from cli.items.app import item_app
from cli.items.parts import fields_of, parts_of
from cli.options import Acting
from cli.place import Place

Item = Annotated[str, Parameter(help="作品代號 · the item's id")]
Files = Annotated[list[Path], Parameter(help="文件或影音檔 · documents or recordings")]
Summary = Annotated[str, Parameter(help="簡述,至多 100 字 · summary, at most 100 characters")]
Link = Annotated[str | None, Parameter(help="外部影音連結 · link to a film elsewhere")]
Fields = Annotated[
    list[str],
    Parameter(name="--field", negative="", help="類別的欄位 名稱=值,可重複 · a field of the category, name=value"),
]
Variant = Literal["regular", "makeup", "retake", "repeat_grade", "transfer", "visiting"]
KEEP_A_COPY = "請自行留存一份:starter.py item export 我的歷程.zip · keep a copy of your own: item export (規§10.2.1)"


@item_app.command(name="upload")
def upload(
    files: Files,
    *,
    summary: Summary,
    period: Annotated[str, Parameter(help="學期(課程學習成果)或學年(多元表現)· 115-1 or 115")],
    by: Acting,
    course: Annotated[str | None, Parameter(help="課程代號:課程學習成果 · the course of an outcome")] = None,
    category: Annotated[str | None, Parameter(help="類別:多元表現 · the category of a diverse performance")] = None,
    variant: Annotated[Variant, Parameter(help="修課情形 · how the course was taken")] = "regular",
    field: Fields | None = None,
    link: Link = None,
) -> int:
    """上傳一件課程學習成果(--course)或多元表現(--category)· hand in an outcome or a diverse performance."""
    body: dict[str, Any] = {
        "item": "diverse" if category is not None else "outcome",
        "period": period,
        "course": course,
        "category": category,
        "variant": variant,
        "summary": summary,
        "link": link,
    }
    code = _with_files(by, "upload", body, files, field)
    if code == 0 and not by.json:
        print(f"  {KEEP_A_COPY}")
    return code


@item_app.command(name="replace")
def replace(
    item: Item, files: Files, *, summary: Summary, by: Acting, field: Fields | None = None, link: Link = None
) -> int:
    """更換檔案與簡述;內容改變須重新認證 · put other files in place; changed content is certified again."""
    body = {"item": item, "summary": summary, "link": link}
    return _with_files(by, "replace", body, files, field)


@item_app.command(name="withdraw")
def withdraw(item: Item, *, by: Acting) -> int:
    """撤回一件,不再計入件數 · take an item back; it counts no longer."""
    return give(by, "withdraw", {"item": item})


@item_app.command(name="request-certification")
def request_certification(item: Item, *, by: Acting) -> int:
    """送出認證,綁定檔案雜湊 · ask the course teacher to certify, bound to the files' hash."""
    return give(by, "request_certification", {"item": item})


@item_app.command(name="select")
def select(item: Item, *, by: Acting) -> int:
    """勾選一件提交中央資料庫 · choose an item for submission (規§6.1)."""
    return give(by, "select", {"item": item})


@item_app.command(name="unselect")
def unselect(item: Item, *, by: Acting) -> int:
    """取消勾選 · undo a choice while the window is open."""
    return give(by, "unselect", {"item": item})


def _with_files(by: Acting, name: str, body: dict[str, Any], paths: list[Path], fields: list[str] | None) -> int:
    async def whole(place: Place, code: str) -> dict[str, Any]:
        given = {k: v for k, v in body.items() if v is not None}
        if fields:
            given["fields"] = fields_of(fields)
        person = await place.person(code, by.as_)
        return given | {"files": await parts_of(place, code, paths, person)}

    return give(by, name, whole)
