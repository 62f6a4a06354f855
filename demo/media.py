"""demo: small valid files for played uploads, each with a SHA-256 of its own. Kinds: national limits of 規§5.3.1.

The pictures, the sound and the film stand in schools/samples/media/; a variant differs from them
by a comment that players and viewers pass over. A PDF is written here.
"""

from __future__ import annotations

import struct
import zlib
from collections.abc import Callable
from enum import StrEnum
from functools import cache
from pathlib import Path

MEDIA = Path(__file__).resolve().parent.parent / "schools" / "samples" / "media"
_PNG_END = 12
"""Bytes of a PNG's last chunk, IEND."""


class MediaKind(StrEnum):
    """A kind of file that an item may hold; the value is its ending."""

    PDF = "pdf"
    JPG = "jpg"
    PNG = "png"
    MP3 = "mp3"
    MP4 = "mp4"


_FILE = {
    MediaKind.JPG: "picture.jpg",
    MediaKind.PNG: "chart.png",
    MediaKind.MP3: "sound.mp3",
    MediaKind.MP4: "film.mp4",
}


def variant(kind: str, n: int) -> bytes:
    """A valid file of a kind, under 30 kB, whose bytes differ for every `n` from 0.

    Raises ValueError for a kind that MediaKind lacks or a negative `n`.
    """
    if n < 0:
        raise ValueError(f"variants count from 0, not {n}")
    return _MAKERS[MediaKind(kind)](n)


def pdf(n: int) -> bytes:
    """A PDF of one page with the number as text, in a font that every reader has."""
    text = f"BT /F1 18 Tf 72 760 Td (Licheng sample outcome) Tj 0 -32 Td (No. {n}) Tj ET".encode()
    objects = (
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R"
        b" /Resources << /Font << /F1 5 0 R >> >> >>",
        b"<< /Length %d >>\nstream\n%b\nendstream" % (len(text), text),
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
    )
    written = b"%PDF-1.4\n%\xe2\xe3\xcf\xd3\n"
    table = b"0000000000 65535 f \n"
    for number, body in enumerate(objects, start=1):
        table += b"%010d 00000 n \n" % len(written)
        written += b"%d 0 obj\n%b\nendobj\n" % (number, body)
    count = len(objects) + 1
    trailer = b"trailer\n<< /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % (count, len(written))
    return written + b"xref\n0 %d\n" % count + table + trailer


def _jpg(n: int) -> bytes:
    """A comment segment behind the first segment (JFIF wants APP0 to stand first)."""
    base = _base(MediaKind.JPG)
    first_ends = 4 + struct.unpack(">H", base[4:6])[0]
    note = _note(n)
    return base[:first_ends] + b"\xff\xfe" + struct.pack(">H", len(note) + 2) + note + base[first_ends:]


def _png(n: int) -> bytes:
    """A tEXt chunk with its check sum before the last chunk."""
    base = _base(MediaKind.PNG)
    chunk = b"tEXt" + b"Comment\x00" + _note(n)
    packed = struct.pack(">I", len(chunk) - 4) + chunk + struct.pack(">I", zlib.crc32(chunk))
    return base[:-_PNG_END] + packed + base[-_PNG_END:]


def _mp3(n: int) -> bytes:
    """An ID3v2.3 tag with one text frame before the sound."""
    body = b"\x00licheng\x00" + _note(n)
    frame = b"TXXX" + struct.pack(">I", len(body)) + b"\x00\x00" + body
    return b"ID3\x03\x00\x00" + _seven_bit(len(frame)) + frame + _base(MediaKind.MP3)


def _mp4(n: int) -> bytes:
    """A `free` box behind the film."""
    note = _note(n)
    return _base(MediaKind.MP4) + struct.pack(">I", len(note) + 8) + b"free" + note


def _seven_bit(size: int) -> bytes:
    """A size in four bytes of seven bits, as ID3 writes it."""
    return bytes(size >> shift & 0x7F for shift in (21, 14, 7, 0))


def _note(n: int) -> bytes:
    return f"licheng {n}".encode()


@cache
def _base(kind: MediaKind) -> bytes:
    return (MEDIA / _FILE[kind]).read_bytes()


_MAKERS: dict[MediaKind, Callable[[int], bytes]] = {
    MediaKind.PDF: pdf,
    MediaKind.JPG: _jpg,
    MediaKind.PNG: _png,
    MediaKind.MP3: _mp3,
    MediaKind.MP4: _mp4,
}
