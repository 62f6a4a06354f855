"""cli: files that a student names are stored first; commands then carry their hashes. 規§5.3.1"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any
from uuid import UUID

from cli.files import kept_part
from cli.place import Place
from records.files.kinds import TAKEN
from rules.file_names import file_name
from rules.refusals import Code, Refused, refuse


async def parts_of(place: Place, school: str, paths: Sequence[Path], person: UUID) -> list[dict[str, Any]]:
    """The files that a person brings as a command's file parts, in their order. Raises Refused(not_found, file_…)."""
    missing = [p.name for p in paths if not p.is_file()]
    if missing:
        raise refuse(Code.NOT_FOUND, clause="規§5.3.1", place="file", found=", ".join(missing))
    return [await _part(place, school, path, person, number, len(paths)) for number, path in enumerate(paths, start=1)]


async def _part(place: Place, school: str, path: Path, person: UUID, number: int, of: int) -> dict[str, Any]:
    """One file, of a kind that students bring; a refusal says which of several it was, and never its name."""
    try:
        file_name(path.name)
        return await kept_part(place, school, path, taken=TAKEN, by=person)
    except Refused as refused:
        if of == 1:
            raise
        told = refused.refusal
        raise Refused(told.model_copy(update={"place": f"{told.place} {number}"})) from None


def fields_of(given: Sequence[str]) -> dict[str, str]:
    """`name=value` texts as fields. Raises Refused(bad_request) that names the one without an equals sign."""
    fields: dict[str, str] = {}
    for text in given:
        name, equals, value = text.partition("=")
        if not equals or not name.strip():
            raise refuse(Code.BAD_REQUEST, clause="規§5.3.1", place="--field", found=text[:40], limit="name=value")
        fields[name.strip()] = value.strip()
    return fields
