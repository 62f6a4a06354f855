"""cli: a file comes into the school's store; commands then name it by its hash."""

from __future__ import annotations

import sys
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

from cli import show
from cli.place import Place, opened
from records.files.store import put

CHUNK = 1 << 20


async def put_file(data: Path, school: str | None, path: Path, *, as_json: bool) -> int:
    """Store a file, fsynced before the answer; prints what an item's or an evidence's fields need."""
    if not path.is_file():
        print(f"無法讀取 · cannot read {path}", file=sys.stderr)
        return show.REFUSED
    async with opened(data) as place:
        part = await kept_part(place, await place.school(school), path)
    if as_json:
        show.emit(part)
    else:
        print(f"已存 · stored {path.name}: {part['media_type']}, {part['size']} bytes")
        print(f"  sha256: {part['sha256']}")
    return 0


async def kept_part(place: Place, school: str, path: Path) -> dict[str, Any]:
    """A stored file as a command's file part: role, hash, size, type, name. Raises Refused(file_…)."""
    stored = await put(place.db, place.vault, school, _chunks(path))
    role = "av" if stored.media_type in ("audio/mpeg", "video/mp4") else "document"
    return {
        "role": role,
        "sha256": stored.sha256,
        "size": stored.size,
        "media_type": stored.media_type,
        "file_name": path.name,
    }


async def _chunks(path: Path) -> AsyncIterator[bytes]:
    with path.open("rb") as file:
        while chunk := file.read(CHUNK):
            yield chunk
