"""web: `python -m web --port N`: serves until SIGTERM; database and data folder come from LICHENG_… variables."""

from __future__ import annotations

import argparse
import asyncio

import uvicorn
import uvloop

from records.alive import keep_beating
from records.db import Database
from runtime.settings import Settings
from runtime.vault import open_vault
from web.app import make_app


async def serve(port: int) -> None:
    """Serve on 127.0.0.1; a reverse proxy with TLS stands before it where others than this machine call."""
    settings = Settings()
    db = await Database.open(settings.need_database_url(), size=8)
    beating = asyncio.create_task(keep_beating(settings.need_database_url(), "web"))
    try:
        app = make_app(db, open_vault(settings.data_dir))
        config = uvicorn.Config(
            app,
            host="127.0.0.1",
            port=port,
            log_level="warning",
            access_log=False,  # addresses name hashes of personal files
            server_header=False,
            timeout_graceful_shutdown=3,
            lifespan="off",
        )
        await uvicorn.Server(config).serve()
    finally:
        beating.cancel()
        await asyncio.gather(beating, return_exceptions=True)
        await db.close()


def main() -> None:
    """Read the port and serve."""
    parser = argparse.ArgumentParser(prog="python -m web")
    parser.add_argument("--port", type=int, required=True)
    uvloop.run(serve(parser.parse_args().port))


if __name__ == "__main__":
    main()
