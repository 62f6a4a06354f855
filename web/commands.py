"""web: what students and teachers do with items, over HTTP: `POST /commands/{name}`. 規§5.3.1, 規§5.3.2, 規§5.4, 規§6.1

The body is the command as one JSON object, the header `Idempotency-Key` its key: a request that is sent again gets the
first answer. Uploads that arrive together go to the database together (records/together.py).
"""

from __future__ import annotations

import json
import re
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

import records.commands  # noqa: F401 -- registers the commands
from records.db import Database
from records.seam import FAST, Actor, Seam, Vault
from rules.commands import DiscardDraft, SaveDraft
from rules.refusals import Code, Refused, refuse
from web.callers import actor_of
from web.refusing import answer

OPEN = frozenset(FAST) | {SaveDraft.name, DiscardDraft.name}
"""Commands on items; what offices do is done on the school's own machine."""
LARGEST = 1024 * 1024
"""Bytes of a body: five hundred returned items with a few words each are a quarter of it."""
_KEY = re.compile(r"[\x21-\x7e]{1,200}")


def routes(db: Database, vault: Vault) -> list[Route]:
    """The address of commands."""
    seam = Seam(db, vault)

    async def act(request: Request) -> Response:
        ticket = actor_of(request, vault)
        name = request.path_params["name"]
        if name not in OPEN:
            raise refuse(Code.NOT_FOUND, place=f"command {name[:40]}", limit=", ".join(sorted(OPEN)))
        key, body = _key(request), await _body(request)
        done = await seam.do(ticket.school, Actor(ticket.person), name, body, key=key)
        return JSONResponse(done.shown()) if done.refusal is None else answer(Refused(done.refusal))

    return [Route("/commands/{name}", act, methods=["POST"])]


def _key(request: Request) -> str:
    key: str = request.headers.get("idempotency-key", "")
    if not _KEY.fullmatch(key):
        limit = "1–200 visible ASCII characters"
        raise refuse(Code.BAD_REQUEST, place="Idempotency-Key", found=f"{len(key)} characters", limit=limit)
    return key


async def _body(request: Request) -> dict[str, Any]:
    read = bytearray()
    async for part in request.stream():
        read += part
        if len(read) > LARGEST:
            raise refuse(Code.BAD_REQUEST, place="body", found=f"> {LARGEST} bytes", limit=f"{LARGEST} bytes")
    try:
        body = json.loads(read)
    except (ValueError, RecursionError):
        body = None
    if not isinstance(body, dict):
        raise refuse(Code.BAD_REQUEST, place="body", found=f"{len(read)} bytes", limit="one JSON object")
    return body
