"""web: the application: resumable uploads, downloads, commands on items, and whether it lives."""

from __future__ import annotations

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from records.db import Database
from records.mishaps import MISHAPS
from records.seam import Vault
from rules.refusals import Refused
from web import commands, downloads, tus
from web.refusing import failing, refusing


def make_app(db: Database, vault: Vault) -> Starlette:
    """The application on a database and a file store."""

    async def alive(_: Request) -> Response:
        await db.pool.fetchval("select 1")
        return PlainTextResponse("ok\n")

    return Starlette(
        routes=[
            Route("/alive", alive),
            *tus.routes(db, vault),
            *downloads.routes(db, vault),
            *commands.routes(db, vault),
        ],
        exception_handlers={Refused: refusing, Exception: failing} | dict.fromkeys(MISHAPS, failing),
    )
