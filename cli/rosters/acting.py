"""cli: one command about a submission, with its evidence stored first. 規§6.2, 規§6.3, 規§6.4"""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

from cli import show
from cli.options import Acting
from cli.place import Place, opened
from records.db import Connection
from records.files.store import put
from records.queries import submissions
from rules.refusals import Code, refuse

Body = Callable[[Place, str, int], Awaitable[tuple[str, dict[str, Any]]]]
"""Gives the name and the fields of a command, from the place, the school and the newest version."""

VERSIONED = ("record_submission", "receipt_arrived", "waive_check", "correct_roster")
"""Commands that name the version they are about."""


async def need_submission(connection: Connection, school: str, submission: str) -> None:
    """Raises Refused(not_found) for an id that no submission has; an empty list would look like an answer."""
    if not await submissions.versions(connection, school, submission):
        raise refuse(Code.NOT_FOUND, clause="規§6.3", place="submission", found=submission[:80])


async def kept(place: Place, school: str, path: Path) -> str:
    """The hash of a file, stored. Raises Refused(not_found) for one that is not there."""
    if not path.is_file():
        raise refuse(Code.NOT_FOUND, clause="規§6.3", place="file", found=str(path))
    content = await asyncio.to_thread(path.read_bytes)
    return (await put(place.db, place.vault, school, content)).sha256


def of_newest(by: Acting, submission: str, body: Body) -> int:
    """One command about the newest version of a submission. Raises Refused(not_found) where there is none."""

    async def run() -> int:
        async with opened(by.data) as place:
            code = await place.school(by.school)
            async with place.db.transaction(code) as connection:
                newest = await submissions.newest_version(connection, code, submission)
            name, fields = await body(place, code, newest["version"])
            version = {"version": newest["version"]} if name in VERSIONED else {}
            about = {} if "duty" in fields or "report" in fields else {"submission": submission}
            full = about | version | fields
            answer = await place.do(code, by.as_, name, full, key=by.key or secrets.token_hex(12))
        return show.answer(answer, as_json=by.json)

    return asyncio.run(run())
