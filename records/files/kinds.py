"""records: what a file is, told by its first bytes, never by its name (regulation 1.5)."""

from __future__ import annotations

HEAD = 32
"""Bytes that are enough to tell."""


def media_type(head: bytes) -> str:
    """The media type of a file that begins with `head`; `application/octet-stream` for anything else.

    `%PDF` must stand at offset 0: a program with a PDF behind it is no document.
    """
    if head.startswith(b"%PDF-"):
        return "application/pdf"
    if head.startswith(b"\xff\xd8\xff"):
        return "image/jpeg"
    if head.startswith(b"\x89PNG\r\n\x1a\n"):
        return "image/png"
    if head[4:8] == b"ftyp":
        return "video/mp4"
    if head.startswith(b"ID3") or (len(head) > 1 and head[0] == 0xFF and head[1] & 0xE6 == 0xE2):
        return "audio/mpeg"
    return "application/octet-stream"
