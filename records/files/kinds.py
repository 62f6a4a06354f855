"""records: what a file is, told by its first bytes, never by its name (regulation 1.5)."""

from __future__ import annotations

HEAD = 32
"""Bytes that are enough to tell."""

MP4_BRANDS = frozenset(
    {b"isom", b"mp41", b"mp42", b"avc1", b"M4V ", b"MSNV", b"dash", b"mmp4"} | {b"iso%d" % n for n in range(2, 10)}
)
"""Brands of films that players take for MP4; photographs (heic, avif) and QuickTime share the container."""


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
    if head[4:8] == b"ftyp" and head[8:12] in MP4_BRANDS:
        return "video/mp4"
    if head.startswith(b"ID3") or (len(head) > 1 and head[0] == 0xFF and head[1] & 0xE6 == 0xE2):
        return "audio/mpeg"
    return "application/octet-stream"
