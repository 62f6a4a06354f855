"""A server whose database, disk or program fails says so in both languages, without path or value. 規§5.0"""

from __future__ import annotations

import errno
import json
from pathlib import Path
from typing import Any

import asyncpg
import pytest

from records.db import Database
from records.seam import Vault
from web.app import make_app

PRIVATE = "A123456789"


class _Broken:
    """A pool that fails as it is told."""

    def __init__(self, error: Exception) -> None:
        self.error = error

    async def fetchval(self, *_: Any) -> Any:
        raise self.error


async def alive(error: Exception, folder: Path) -> tuple[int, dict[str, Any], str]:
    """Status, refusal and the header that names it, of a server that is asked whether it lives."""
    app, sent = make_app(Database(_Broken(error)), Vault(folder, b"m" * 32)), []

    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(message: Any) -> None:
        sent.append(message)

    scope = {"type": "http", "method": "GET", "path": "/alive", "raw_path": b"/alive", "query_string": b""}
    try:
        await app(scope | {"headers": [], "http_version": "1.1", "scheme": "http"}, receive, send)
    except KeyError:
        pass  # what nobody foresaw goes on to the server's own log
    headers = {k.decode(): v.decode() for k, v in sent[0]["headers"]}
    body = b"".join(m.get("body", b"") for m in sent[1:])
    assert PRIVATE.encode() not in body
    return sent[0]["status"], json.loads(body)["refusal"], headers["licheng-refusal"]


@pytest.mark.clause("規§5.0")
@pytest.mark.parametrize(
    ("error", "status", "code"),
    [
        (ConnectionRefusedError(111, PRIVATE), 503, "server_away"),
        (asyncpg.CannotConnectNowError(PRIVATE), 503, "server_away"),
        (asyncpg.InterfaceError(PRIVATE), 503, "server_away"),
        (asyncpg.DiskFullError(PRIVATE), 503, "database_fault"),
        (OSError(errno.ENOSPC, PRIVATE, PRIVATE), 503, "file_unusable"),
        (KeyError(PRIVATE), 500, "unforeseen"),
    ],
)
async def test_a_failure_is_answered_as_a_refusal(error: Exception, status: int, code: str, tmp_path: Path) -> None:
    got, refusal, named = await alive(error, tmp_path)
    assert (got, refusal["code"], named, refusal["place"]) == (status, code, code, "server")
    assert all(refusal.values())
