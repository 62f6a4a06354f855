"""cli: a file comes into the school's store, at once or over the web server; commands then name it by its hash."""

from __future__ import annotations

import asyncio
import sys
import time
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any
from uuid import UUID

from cli import show
from cli.place import Place, opened
from cli.resumable import send
from records.files.kinds import STAFF_TAKEN
from records.files.store import StoredFile, put
from records.tickets import LONGEST, Ticket, sign
from rules.file_names import file_name
from rules.refusals import Code, refuse
from rules.refusals.sizes import size_text
from runtime.servers.supervisor import parts_of

CHUNK = 1 << 20
TICKET_MINUTES = 60
"""How long our own client's ticket is good; a slow line goes on with another one."""


async def put_file(data: Path, school: str | None, path: Path, who: str | None, *, as_json: bool) -> int:
    """Store a file, fsynced before the answer; prints what an item's or an evidence's fields need.

    `who` brings it: only they may name it in an item.
    """
    _need_file(path)
    async with opened(data) as place:
        code = await place.school(school)
        part = await kept_part(place, code, path, by=await place.person(code, who) if who else None)
    _tell(part, as_json=as_json)
    return 0


def _need_file(path: Path) -> None:
    """Raises Refused(not_found, file_name) for a file that is not there or whose name no item may bear."""
    if not path.is_file():
        raise refuse(Code.NOT_FOUND, clause="規§5.0", place="file", found=str(path))
    file_name(path.name)


async def kept_part(
    place: Place, school: str, path: Path, *, taken: tuple[str, ...] = STAFF_TAKEN, by: UUID | None = None
) -> dict[str, Any]:
    """A stored file as a command's file part: role, hash, size, type, name. Raises Refused(file_…)."""
    return _part(await put(place.db, place.vault, school, _chunks(path), taken=taken, by=by), path.name)


async def put_resumable(data: Path, school: str | None, path: Path, who: str, *, as_json: bool) -> int:
    """Bring a file over the web server, going on where an earlier call was broken off."""
    _need_file(path)
    address = _web_address(data)
    if address is None:
        raise refuse(Code.NOT_FOUND, clause="規§5.0", place="web", limit="starter.py up")
    ticket = await _ticket(data, school, who, TICKET_MINUTES)
    try:
        sent = await asyncio.to_thread(send, address, ticket, path, data / "resumable", tell=_progress)
    except ConnectionError:
        found = "連線中斷,再執行一次即可續傳 · the line broke; call again to go on"
        raise refuse(Code.SERVER_AWAY, clause="規§5.3.1", place=f"web {address}", found=found) from None
    _tell(_part(StoredFile(sent.sha256, sent.size, sent.media_type), path.name), as_json=as_json)
    return 0


async def print_ticket(data: Path, school: str | None, who: str, minutes: int, *, acts: bool, as_json: bool) -> int:
    """A signed ticket for a person and where it is good, for other programs."""
    ticket, address = await _ticket(data, school, who, minutes, acts=acts), _web_address(data)
    if as_json:
        show.emit({"ticket": ticket, "minutes": minutes, "acts": acts, "address": address})
    else:
        print(ticket)
        doors = "/uploads, /files, /commands" if acts else "/uploads, /files"
        print(f"{minutes} 分鐘內有效 · good for {minutes} minutes: http://{address or '-'} {doors}", file=sys.stderr)
    return 0


async def _ticket(data: Path, school: str | None, who: str, minutes: int, *, acts: bool = False) -> str:
    if not 0 < minutes * 60 <= LONGEST:
        raise refuse(Code.BAD_REQUEST, clause="規§5.0", place="--minutes", found=minutes, limit=LONGEST // 60)
    async with opened(data) as place:
        code = await place.school(school)
        person = await place.person(code, who)
        return sign(place.vault.master_key, Ticket(code, person, int(time.time()) + minutes * 60, acts))


def _part(stored: StoredFile, name: str) -> dict[str, Any]:
    role = "av" if stored.media_type in ("audio/mpeg", "video/mp4") else "document"
    return {
        "role": role,
        "sha256": stored.sha256,
        "size": stored.size,
        "media_type": stored.media_type,
        "file_name": name,
    }


def _tell(part: dict[str, Any], *, as_json: bool) -> None:
    if as_json:
        show.emit(part)
    else:
        print(f"已存 · stored {part['file_name']}: {part['media_type']}, {size_text(part['size'])}")
        print(f"  sha256: {part['sha256']}")


def _progress(sent: int, whole: int) -> None:
    print(f"{size_text(sent)} / {size_text(whole)}", file=sys.stderr)


def _web_address(data: Path) -> str | None:
    """Where the web server of this data directory answers, if it runs."""
    return next((p["address"] for p in parts_of(data) if p["name"] == "web" and p["alive"]), None)


async def _chunks(path: Path) -> AsyncIterator[bytes]:
    with path.open("rb") as file:
        while chunk := file.read(CHUNK):
            yield chunk
