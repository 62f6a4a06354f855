"""rosters: a calendar file changed in one place by a program, its comments kept. 規§4.2."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.comments import CommentedMap

from rosters.documents import DocumentError, DocumentProblem, load_calendar, tree_to_change


def changed_text(path: Path, changes: dict[str, str]) -> str:
    """The file with places set: `115-1/g10_11/outcome_upload.due`, `meeting/115-1.due`, `semesters.115-1.first_day`.

    Raises DocumentError where a place is not in the file; whether the result can be read is the caller's question.
    """
    tree = tree_to_change(path)
    for place, value in changes.items():
        node, name = _find(path, tree, place)
        node[name] = value
    yaml = YAML(typ="rt", pure=True)
    yaml.width = 4096
    yaml.preserve_quotes = True
    yaml.indent(mapping=2, sequence=4, offset=2)
    out = io.StringIO()
    yaml.dump(tree, out)
    return out.getvalue()


def write_changes(path: Path, changes: dict[str, str]) -> None:
    """Set places in the file itself, or leave it untouched. Raises DocumentError."""
    beside = path.with_name(f".{path.name}.new")
    try:
        beside.write_text(changed_text(path, changes), encoding="utf-8")
        load_calendar(beside)
        beside.replace(path)
    finally:
        beside.unlink(missing_ok=True)


def _find(path: Path, tree: CommentedMap, place: str) -> tuple[Any, str]:
    head, _, rest = place.partition(".")
    parts = head.split("/")
    node: Any = None
    if len(parts) == 3:
        node = _entry(tree.get("windows", []), dict(zip(("period", "lane", "kind"), parts, strict=True)))
    elif len(parts) == 2:
        # `briefing/115` as the file lists it, or `115/briefing` as `calendar amend` and windows are named.
        orders = (parts, parts[::-1])
        found = (_entry(tree.get("deadlines", []), {"duty": duty, "period": period}) for duty, period in orders)
        node = next((entry for entry in found if entry is not None), None)
    elif rest:
        node, rest = tree, place
    *way, last = rest.split(".") if rest else [""]
    for name in way:
        node = node.get(name) if isinstance(node, CommentedMap) else None
    if not isinstance(node, CommentedMap) or not last:
        raise DocumentError(
            [
                DocumentProblem(
                    str(path), 0, place, "", "檔案裡沒有這個位置", "請寫成 115-1/g10_11/outcome_upload.due",
                    "write a place like 115-1/g10_11/outcome_upload.due, meeting/115-1.due, semesters.115-1.first_day",
                )
            ]
        )  # fmt: skip
    return node, last


def _entry(entries: Any, wanted: dict[str, str]) -> Any:
    return next((e for e in entries if all(str(e.get(k)) == v for k, v in wanted.items())), None)
