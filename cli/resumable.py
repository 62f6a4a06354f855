"""cli: a file sent over a slow line in the tus protocol; a later call goes on where this one was broken off."""

from __future__ import annotations

import base64
import hashlib
import http.client
import json
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rules.refusals import Code, Refusal, Refused, refuse

PART = 256 << 10
"""Bytes a request: each counts whole or not at all, by its checksum."""
TRIES = 6
WAIT = 0.5
"""Seconds before the next try; doubled each time."""


@dataclass(frozen=True, slots=True)
class Sent:
    """What the store has now."""

    sha256: str
    media_type: str
    size: int


def send(
    address: str, ticket: str, path: Path, notes: Path, *, tell: Callable[[int, int], None] = lambda sent, whole: None
) -> Sent:
    """Send a file, or the rest of it. `notes` is a folder that remembers unfinished uploads.

    Raises Refused with the server's refusal, and ConnectionError when the line stays broken.
    """
    size = path.stat().st_size
    note = notes / f"{_fingerprint(address, path)}.json"
    line = _Line(address, ticket)
    where = json.loads(note.read_text())["path"] if note.exists() else None
    try:
        at = line.stands(where) if where else None
        if where is None or at is None:
            where, at = line.begin(size), 0
            notes.mkdir(parents=True, exist_ok=True)
            note.write_text(json.dumps({"path": where}))
        with path.open("rb") as file:
            while at < size or line.sent is None:
                tell(at, size)
                file.seek(at)
                at = line.append(where, at, file.read(PART))
    except Refused:
        note.unlink(missing_ok=True)
        raise
    note.unlink(missing_ok=True)
    tell(size, size)
    sha256, media_type = line.sent
    return Sent(sha256, media_type, size)


def _fingerprint(address: str, path: Path) -> str:
    """The same file again: its place, size and time of change; another content is another upload."""
    seen = path.stat()
    words = f"{address}|{path.resolve()}|{seen.st_size}|{seen.st_mtime_ns}"
    return hashlib.sha256(words.encode()).hexdigest()[:24]


class _Line:
    """Requests to the server, tried again while the line is broken."""

    def __init__(self, address: str, ticket: str) -> None:
        self.address, self.ticket = address, ticket
        self.sent: tuple[str, str] | None = None

    def begin(self, length: int) -> str:
        """The path of a new upload."""
        return self._ask("POST", "/uploads", b"", **{"Upload-Length": str(length)})["location"]

    def stands(self, path: str) -> int | None:
        """Where an upload stands; None for one that is over."""
        try:
            return int(self._ask("HEAD", path)["upload-offset"])
        except Refused as refused:
            if refused.refusal.code is Code.UPLOAD_GONE:
                return None
            raise

    def append(self, path: str, at: int, part: bytes) -> int:
        """Send a part; where the upload stands then, which the server says, also after a broken line."""
        digest = base64.b64encode(hashlib.sha256(part).digest()).decode()
        headers = {
            "Upload-Offset": str(at),
            "Content-Type": "application/offset+octet-stream",
            "Upload-Checksum": f"sha256 {digest}",
        }
        try:
            return int(self._ask("PATCH", path, part, **headers)["upload-offset"])
        except Refused as refused:
            if refused.refusal.code not in (Code.UPLOAD_OFFSET, Code.UPLOAD_BUSY, Code.UPLOAD_CHECKSUM):
                raise
            time.sleep(WAIT)
            stands = self.stands(path)
            if stands is None:
                raise
            return stands

    def _ask(self, method: str, path: str, body: bytes | None = None, **headers: str) -> dict[str, str]:
        given = {"Tus-Resumable": "1.0.0", "Authorization": f"Bearer {self.ticket}"} | headers
        for n in range(TRIES):
            line = http.client.HTTPConnection(self.address, timeout=60)
            try:
                line.request(method, path, body, given)
                got = line.getresponse()
                told, content = {k.lower(): v for k, v in got.getheaders()}, got.read()
                if got.status < 500:
                    break
            except (OSError, http.client.HTTPException):
                if n == TRIES - 1:
                    raise ConnectionError(self.address) from None
            finally:
                line.close()
            time.sleep(WAIT * 2**n)
        if got.status >= 400:
            raise _refused(method, got.status, content, told.get("licheng-refusal", ""))
        if "licheng-sha256" in told:
            self.sent = (told["licheng-sha256"], told.get("licheng-media-type", ""))
        return told


def _refused(method: str, status: int, content: bytes, named: str) -> Refused:
    """The server's refusal; a HEAD has no body, so the code that its header names speaks, else its status."""
    try:
        shown: dict[str, Any] = json.loads(content)["refusal"]
        return Refused(Refusal.model_validate({k: shown[k] for k in ("code", "clause", "place", "found", "limit")}))
    except (ValueError, KeyError):
        code = {401: Code.TICKET_INVALID, 410: Code.UPLOAD_GONE}.get(status, Code.BAD_REQUEST)
        if named in set(Code):
            code = Code(named)
        return refuse(code, clause="規§5.3.1", place=method, found=status)
