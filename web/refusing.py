"""web: refusals as HTTP answers: the status that fits, and the refusal in both languages as its body."""

from __future__ import annotations

import structlog
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from records.mishaps import mishap
from rules.refusals import Code, Refusal, Refused

log = structlog.get_logger()

STATUS = {
    Code.TICKET_INVALID: 401,
    Code.FILE_NOT_OPEN: 404,
    Code.NOT_FOUND: 404,
    Code.UPLOAD_GONE: 410,
    Code.UPLOAD_OFFSET: 409,
    Code.UPLOAD_BUSY: 423,
    Code.UPLOAD_CHECKSUM: 460,
    Code.UPLOADS_OPEN: 429,
    Code.FILE_SIZE: 413,
    Code.FILE_UNCHECKED: 503,
    Code.FILES_AWAY: 503,
    Code.FILE_LOST: 500,
    Code.FILE_UNUSABLE: 503,
    Code.SERVER_AWAY: 503,
    Code.DATABASE_FAULT: 503,
    Code.UNFORESEEN: 500,
    Code.BAD_REQUEST: 400,
}
"""Every other refusal is 422: the request was understood, the file or its place in the rules was not in order."""


NAMED = "Licheng-Refusal"
"""The header that names the refusal's code, also where an answer has no body (HEAD)."""


async def refusing(_: Request, error: Exception) -> Response:
    """The answer to a refused request; 460 is the checksum extension's own status."""
    assert isinstance(error, Refused)
    return answer(error)


async def failing(_: Request, error: Exception) -> Response:
    """The answer where a database, a disk or the program itself failed: no path, no value, one line in the log."""
    found = mishap(error) or Refusal(code=Code.UNFORESEEN, found=type(error).__name__)
    log.error("request.failed", code=found.code.value, error=type(error).__name__)
    return answer(Refused(found.model_copy(update={"place": "server"})))


def answer(refused: Refused, **headers: str) -> Response:
    """A refusal as JSON under its status."""
    status = STATUS.get(refused.refusal.code, 422)
    headers[NAMED] = refused.refusal.code.value
    if status == 401:
        headers["WWW-Authenticate"] = "Bearer"
    return JSONResponse({"refusal": refused.refusal.shown()}, status_code=status, headers=headers)
