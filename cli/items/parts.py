"""cli: files that a student names are stored first; commands then carry their hashes. 規§5.3.1"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from cli.files import kept_part
from cli.place import Place
from rules.refusals import Code, refuse


async def parts_of(place: Place, school: str, paths: Sequence[Path]) -> list[dict[str, Any]]:
    """The files as a command's file parts, in their order. Raises Refused(not_found, file_…)."""
    missing = [p.name for p in paths if not p.is_file()]
    if missing:
        raise refuse(Code.NOT_FOUND, clause="規§5.3.1", place="file", found=", ".join(missing))
    return [await kept_part(place, school, path) for path in paths]


def fields_of(given: Sequence[str]) -> dict[str, str]:
    """`name=value` texts as fields. Raises Refused(bad_request) that names the one without an equals sign."""
    fields: dict[str, str] = {}
    for text in given:
        name, equals, value = text.partition("=")
        if not equals or not name.strip():
            raise refuse(Code.BAD_REQUEST, clause="規§5.3.1", place="--field", found=text[:40], limit="name=value")
        fields[name.strip()] = value.strip()
    return fields
