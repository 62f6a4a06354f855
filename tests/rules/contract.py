"""What others send and keep, against what was recorded: `python -m tests.rules.contract [--record]`.

Callers send commands by name and field, schools keep their rules and dates in files for years, workflows read the
messages of their own past: a field that is renamed, a bound that is tighter or a default that is another breaks them.
Docstrings may change freely and are not recorded.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from pydantic import BaseModel

from rules.commands import REGISTRY

COMMANDS = Path(__file__).with_name("commands.json")
SHAPES = Path(__file__).with_name("shapes.json")
HOW = "若為有意的變更,以 python -m tests.rules.contract --record 記錄 · if this is meant, record it so"
Shape = dict[str, Any]


def contract() -> Shape:
    """Of each command: clause, names for people, which fields it needs, and each field's kind, bounds and default."""
    return {
        name: {"clause": c.clause, "title": c.title, "title_en": c.title_en} | _object(c.model_json_schema())
        for name, c in REGISTRY.items()
    }


def shapes(kept: Iterable[type[BaseModel]]) -> Shape:
    """Of each document and message, and of each part of one: which fields it needs, their kinds, bounds and defaults."""
    found: Shape = {}
    for model in kept:
        schema = model.model_json_schema()
        parts = {f"{model.__name__}.{name}": part for name, part in schema.pop("$defs", {}).items()}
        found |= {name: _part(part) for name, part in ({model.__name__: schema} | parts).items()}
    return found


def recorded(path: Path) -> Shape:
    """What was recorded last."""
    known: Shape = json.loads(path.read_text(encoding="utf-8"))
    return known


def lines(found: Shape) -> Iterator[str]:
    """The contract as it is written down: one line for each field, so that a change is seen as one."""
    for name, command in found.items():
        for part, value in command.items():
            if part == "fields":
                yield from (f"{name}.{field}: {_line(shape)}" for field, shape in value.items())
            else:
                yield f"{name} {part}: {_line(value)}"


def _part(schema: Shape) -> Shape:
    """A document, a message, or a part of one: its fields, or for a list of words these."""
    return _object(schema) if "properties" in schema else {"required": [], "fields": {"words": _field(schema, None)}}


def _object(schema: Shape) -> Shape:
    known = schema.get("$defs")
    fields = {name: _field(shape, known) for name, shape in schema.get("properties", {}).items()}
    return {"required": schema.get("required", []), "fields": fields, "other_fields": schema["additionalProperties"]}


def _field(shape: Shape, known: Shape | None) -> Shape:
    """A field's shape without titles and texts; where `known` are given, the parts that it names in their place."""
    if "$ref" in shape and known is not None:
        part = known[shape["$ref"].rpartition("/")[2]]
        return {"type": "object"} | _object(part | {"$defs": known}) if "properties" in part else _field(part, known)
    found = {k: v for k, v in shape.items() if k not in ("title", "description")}
    for inner in ("items", "additionalProperties"):
        if isinstance(found.get(inner), dict):
            found[inner] = _field(found[inner], known)
    if "anyOf" in found:
        found["anyOf"] = [_field(one, known) for one in found["anyOf"]]
    return found


def _line(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)


def _written(found: Shape) -> str:
    """JSON with a line for each field."""
    parts = []
    for name, command in found.items():
        fields = ",\n".join(f"    {_line(f)}: {_line(shape)}" for f, shape in command["fields"].items())
        rest = ", ".join(f"{_line(k)}: {_line(v)}" for k, v in command.items() if k != "fields")
        parts.append(f"{_line(name)}: {{\n  {rest},\n" + f'  "fields": {{\n{fields}\n  }}\n}}')
    return "{\n" + ",\n".join(parts) + "\n}\n"


def main() -> int:
    """0 when nothing changed or it was recorded, 1 when somebody would see a change."""
    from tests.rules.test_kept_shapes import KEPT

    changed = []
    for path, now in ((COMMANDS, contract()), (SHAPES, shapes(KEPT))):
        if "--record" in sys.argv[1:]:
            path.write_text(_written(now), encoding="utf-8")
        before, after = list(lines(recorded(path))), list(lines(now))
        changed += [f"- {x}" for x in before if x not in after] + [f"+ {x}" for x in after if x not in before]
    print("\n".join([*changed, HOW] if changed else ["nothing changed"]))
    return 1 if changed else 0


if __name__ == "__main__":
    sys.exit(main())
