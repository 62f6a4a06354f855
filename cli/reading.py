"""cli: a text or JSON file that somebody names, or a refusal that says what is wrong with it. 規§5.0"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from rules.refusals import Code, refuse


def read_text(path: Path, *, clause: str) -> str:
    """The text of a UTF-8 file. Raises Refused(bad_request), and OSError, which says itself what is wrong."""
    try:
        return path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        found = f"第 {error.start + 1} 位元組起不是 UTF-8 · no UTF-8 from byte {error.start + 1} on"
        raise refuse(Code.BAD_REQUEST, clause=clause, place=path.name, found=found, limit="UTF-8") from None


def as_json(text: str, *, place: str, clause: str = "") -> Any:
    """The value of a JSON text. Raises Refused(bad_request) that names the line."""
    try:
        return json.loads(text)
    except json.JSONDecodeError as error:
        found = f"不是 JSON · no JSON: {error.msg}"
        raise refuse(
            Code.BAD_REQUEST, clause=clause, place=f"{place}:{error.lineno}", found=found, limit="JSON"
        ) from None
    except RecursionError:
        found = "層數過多 · too deep"
        raise refuse(Code.BAD_REQUEST, clause=clause, place=place, found=found, limit="JSON") from None
