"""web: a file of the store goes out to who may have it, always as an attachment. 規§5.3.1"""

from __future__ import annotations

import re
from urllib.parse import quote

from starlette.requests import Request
from starlette.responses import Response, StreamingResponse
from starlette.routing import Route

from records.db import Database, school_now
from records.files.stored import opened
from records.queries.files import OpenFile, open_file
from records.seam import Vault
from rules.refusals import Code, refuse
from web.callers import caller_of

_HASH = re.compile(r"[0-9a-f]{64}")


def routes(db: Database, vault: Vault) -> list[Route]:
    """The address of files."""

    async def fetch(request: Request) -> Response:
        caller, sha256 = await caller_of(request, db, vault), request.path_params["sha256"]
        found = None
        if _HASH.fullmatch(sha256):
            async with db.transaction(caller.school) as c:
                at = await school_now(c, caller.school)
                found = await open_file(c, vault, caller.school, caller.person, sha256, at=at)
        pieces = await opened(vault, caller.school, sha256, found.size) if found is not None else None
        if found is None or pieces is None:
            raise refuse(Code.FILE_NOT_OPEN, clause="規§5.3.1", place=f"file {sha256[:12]}")
        return StreamingResponse(pieces, media_type=found.media_type, headers=_headers(found))

    return [Route("/files/{sha256}", fetch, methods=["GET"])]


def _headers(found: OpenFile) -> dict[str, str]:
    """Nothing of a file may run in the school's name: an attachment, of no guessed type, in a sandbox."""
    plain = found.name.encode("ascii", "ignore").decode().strip(" .") or "file"
    plain = re.sub(r"[^A-Za-z0-9._ -]", "_", plain)
    return {
        "Content-Length": str(found.size),
        "Content-Disposition": f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(found.name, safe='')}",
        "X-Content-Type-Options": "nosniff",
        "Content-Security-Policy": "sandbox; default-src 'none'",
        "Cache-Control": "private, no-store",
        "Cross-Origin-Resource-Policy": "same-origin",
    }
