"""cli: any command of the registry, what there is of them, and where each clause stands."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated, Any

from cyclopts import Parameter

from cli import show
from cli.doing import give
from cli.groups import app
from cli.options import DATA, Acting, As, Data, Json, Key, School
from cli.reading import as_json, read_text
from rules.refusals import Code, refuse


@app.command
def commands(*, json: Json = False, data: Data = DATA) -> int:
    """列出所有命令與欄位 · list the registry's commands and their fields."""
    from rules.commands import REGISTRY

    rows: dict[str, dict[str, Any]] = {
        name: {"clause": c.clause, "title": c.title, "title_en": c.title_en, "schema": c.model_json_schema()}
        for name, c in REGISTRY.items()
    }
    if json:
        show.emit(rows)
    else:
        shown = [(n, r["clause"], r["title"], fields_text(r["schema"])) for n, r in rows.items()]
        show.table(("command", "條號", "", "欄位 fields(* 必填 required)"), shown)
    return 0


def fields_text(schema: dict[str, Any]) -> str:
    """The fields of a schema, those it needs with an asterisk, the parts of a list in brackets: `files*[role*, size*]`."""
    whole = schema.get("$defs", {})

    def text(of: dict[str, Any]) -> str:
        required = of.get("required", ())
        return ", ".join(
            f"{name}{'*' if name in required else ''}{inside(part)}" for name, part in of.get("properties", {}).items()
        )

    def inside(part: dict[str, Any]) -> str:
        items = part.get("items")
        if items is None:
            return ""
        of = whole.get(str(items.get("$ref", "")).rpartition("/")[2])
        return f"[{text(of)}]" if of is not None and "properties" in of else "[]"

    return text(schema)


@app.command
def do(
    name: Annotated[str, Parameter(help="命令名稱 · the command's name")],
    *,
    json: Annotated[
        str,
        Parameter(
            name="--json",
            allow_leading_hyphen=True,
            help="命令內容:檔案、- (標準輸入)或 {…} 本身 · the body: its file, - for standard input, or {…} itself",
        ),
    ],
    as_: As,
    key: Key = None,
    school: School = None,
    data: Data = DATA,
) -> int:
    """執行任一命令;回答是一份 JSON · give any command of the registry; the answer is JSON."""
    return give(Acting(as_=as_, key=key, school=school, data=data, json=True), name, read_body(json))


def read_body(source: str) -> dict[str, Any]:
    """A JSON object from a file, standard input or the words themselves. Raises Refused(bad_request) with file and line."""
    itself = source.lstrip().startswith("{")
    place = "--json" if itself else source
    text = source if itself else sys.stdin.read() if source == "-" else read_text(Path(source), clause="")
    body = as_json(text, place=place)
    if not isinstance(body, dict):
        raise refuse(Code.BAD_REQUEST, place=place, found=type(body).__name__, limit="{…}")
    return body


@app.command
def clauses(*, json: Json = False, data: Data = DATA) -> int:
    """每一條規定寫在哪裡、由哪些測試檢查 · where each clause stands in code and tests."""
    from cli.clauses import clauses as read

    found = read(Path(__file__).resolve().parents[1])
    if json:
        show.emit(found)
    else:
        show.table(
            ("條號", "code", "tests", ""), [(c["id"], len(c["code"]), len(c["tests"]), c["text"][:40]) for c in found]
        )
    return 0
