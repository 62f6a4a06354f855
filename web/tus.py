"""web: resumable uploads in the tus 1.0.0 protocol: creation, checksum, expiration, termination. 規§5.3.1

`POST /uploads`, then `HEAD`, `PATCH` and `DELETE` on the address that it gave. The last byte's answer names the
file by its hash (`Licheng-Sha256`), or refuses it with the reason; so does every HEAD after it.
"""

from __future__ import annotations

import base64
from collections.abc import AsyncIterator
from datetime import UTC
from email.utils import format_datetime

from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.routing import Route

from records.db import Database
from records.files.uploads import ALGORITHMS, Checksum, Session, Uploads
from records.seam import Vault
from rules.refusals import Code, Refused, refuse
from web.callers import Caller, caller_of

VERSION = "1.0.0"
EXTENSIONS = "creation,checksum,expiration,termination"
_CLAUSE = "規§5.3.1"
_BODY = "application/offset+octet-stream"


def routes(db: Database, vault: Vault) -> list[Route]:
    """The addresses of resumable uploads."""
    doors = _Doors(db, vault)
    return [
        Route("/uploads", doors.options, methods=["OPTIONS"]),
        Route("/uploads", doors.create, methods=["POST"]),
        Route("/uploads/{id}", doors.one, methods=["HEAD", "PATCH", "DELETE"]),
    ]


class _Doors:
    def __init__(self, db: Database, vault: Vault) -> None:
        self.db, self.vault, self.uploads = db, vault, Uploads(db, vault)

    async def options(self, _: Request) -> Response:
        """What this server can."""
        return Response(
            status_code=204,
            headers={
                "Tus-Resumable": VERSION,
                "Tus-Version": VERSION,
                "Tus-Extension": EXTENSIONS,
                "Tus-Max-Size": str(self.vault.largest),
                "Tus-Checksum-Algorithm": ",".join(ALGORITHMS),
            },
        )

    async def create(self, request: Request) -> Response:
        """Open an upload; its length is told, and never trusted."""
        if (wrong := _other_version(request)) is not None:
            return wrong
        caller = await caller_of(request, self.db, self.vault)
        session = await self.uploads.begin(caller.school, caller.person, _number(request, "Upload-Length"))
        return Response(status_code=201, headers=_told(session) | {"Location": f"/uploads/{session.id}"})

    async def one(self, request: Request) -> Response:
        """Ask where an upload stands, go on with it, or end it."""
        if (wrong := _other_version(request)) is not None:
            return wrong
        caller, id_ = await caller_of(request, self.db, self.vault), request.path_params["id"]
        if request.method == "DELETE":
            await self.uploads.end(caller.school, caller.person, id_)
            return Response(status_code=204, headers={"Tus-Resumable": VERSION})
        if request.method == "HEAD":
            session = await self.uploads.stands(caller.school, caller.person, id_, taken=caller.taken)
            return Response(status_code=200, headers=_told(session) | {"Cache-Control": "no-store"})
        return await self._patch(request, caller, id_)

    async def _patch(self, request: Request, caller: Caller, id_: str) -> Response:
        if request.headers.get("content-type") != _BODY:
            return Response(status_code=415, headers={"Tus-Resumable": VERSION})
        offset, checksum = _number(request, "Upload-Offset"), _checksum(request)
        try:
            session = await self.uploads.append(
                caller.school, caller.person, id_, offset, _parts(request), taken=caller.taken, checksum=checksum
            )
        except ClientDisconnect:
            return Response(status_code=400)  # nobody hears it; what arrived is counted
        return Response(status_code=204, headers=_told(session))


async def _parts(request: Request) -> AsyncIterator[bytes]:
    async for part in request.stream():
        if part:
            yield part


def _told(session: Session) -> dict[str, str]:
    told = {
        "Tus-Resumable": VERSION,
        "Upload-Offset": str(session.received),
        "Upload-Length": str(session.length),
        "Upload-Expires": format_datetime(session.expires_at.astimezone(UTC), usegmt=True),
    }
    if session.sha256 is not None:
        told |= {"Licheng-Sha256": session.sha256, "Licheng-Media-Type": session.media_type or ""}
    return told


def _other_version(request: Request) -> Response | None:
    if request.headers.get("tus-resumable") == VERSION:
        return None
    return Response(status_code=412, headers={"Tus-Version": VERSION, "Tus-Resumable": VERSION})


def _number(request: Request, name: str) -> int:
    text = request.headers.get(name, "")
    if not (text.isascii() and text.isdigit() and len(text) <= 15):
        raise _bad(name, text)
    return int(text)


def _checksum(request: Request) -> Checksum | None:
    text = request.headers.get("upload-checksum")
    if text is None:
        return None
    algorithm, _, digest = text.partition(" ")
    if algorithm not in ALGORITHMS:
        raise _bad("Upload-Checksum", algorithm)
    try:
        return Checksum(algorithm, base64.b64decode(digest, validate=True))
    except ValueError:
        raise _bad("Upload-Checksum", algorithm) from None


def _bad(name: str, found: str) -> Refused:
    return refuse(Code.BAD_REQUEST, clause=_CLAUSE, place=name, found=found[:40])
