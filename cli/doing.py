"""cli: one command of the registry as somebody, printed."""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from cli import show
from cli.options import Acting
from cli.place import Place, opened

Body = Mapping[str, Any]
Asked = Callable[[Place, str], Awaitable[Body]]
"""Gives a command's body from the opened place and the school, where it cannot be known before."""


def give(by: Acting, name: str, body: Body | Asked, *, told: Callable[[dict[str, Any]], None] | None = None) -> int:
    """Give one command and print what became of it; the exit code. Raises Refused for an unknown school or person.

    `told` prints what people want to read of the proof beside it.
    """

    async def run() -> int:
        async with opened(by.data) as place:
            of = await place.school(by.school)
            fields = await body(place, of) if callable(body) else body
            answer = await place.do(of, by.as_, name, dict(fields), key=by.key or secrets.token_hex(12))
        code = show.answer(answer, as_json=by.json)
        if told is not None and answer.accepted and not by.json:
            told(answer.proof)
        return code

    return asyncio.run(run())
