"""records: whether an MP3 or an MP4 is whole: its frames follow each other, its boxes fill the file."""

from __future__ import annotations

import struct

from records.files.findings import Looked, bad
from records.files.foreign import foreign_behind
from records.files.reading import Parts
from rules.refusals import Code

MP3, MP4 = "audio/mpeg", "video/mp4"

_RATES = {  # kbit/s by (version 1?, layer)
    (True, 1): (0, 32, 64, 96, 128, 160, 192, 224, 256, 288, 320, 352, 384, 416, 448),
    (True, 2): (0, 32, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320, 384),
    (True, 3): (0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320),
    (False, 1): (0, 32, 48, 56, 64, 80, 96, 112, 128, 144, 160, 176, 192, 224, 256),
    (False, 2): (0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160),
    (False, 3): (0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160),
}
_HERTZ = {3: (44100, 48000, 32000), 2: (22050, 24000, 16000), 0: (11025, 12000, 8000)}
_CHAIN = 4
"""Frames in a row that prove sound; two bytes of a page can look like one frame."""
_PADDING = 1 << 16
_BOXES = 4096


def look_at_mp3(file: Parts) -> Looked:
    """Pass over the tags, then follow the first frames; a stated length must be there."""
    place = _behind_tags(file)
    if place > file.size:
        return bad(MP3, Code.FILE_TRUNCATED, found=f"{file.size} bytes", limit=f"{place} bytes")
    start, chain = place, 0
    while chain < _CHAIN:
        length = _frame(file.at(place, 4))
        if length is None:
            break
        chain, place = chain + 1, place + length
        if place >= file.size:
            break
    ends_in_order = chain > 0 and (place == file.size or file.all_padding(place) or _tag_at(file, place))
    if chain < _CHAIN and not ends_in_order:
        code = Code.FILE_TRUNCATED if chain and place > file.size else Code.FILE_DAMAGED
        return bad(MP3, code, found=f"{chain} frames", limit=f"{_CHAIN} frames")
    stated = _stated(file, start)
    if stated is not None and start + stated > file.size:
        return bad(MP3, Code.FILE_TRUNCATED, found=f"{file.size} bytes", limit=f"{start + stated} bytes")
    inside = foreign_behind(file, max(start, file.size - (1 << 16)))
    if inside:
        return bad(MP3, Code.FILE_MIXED, found=inside, limit=MP3)
    return Looked(MP3)


def _behind_tags(file: Parts) -> int:
    """Where sound may begin: behind ID3v2 tags and zeros."""
    place = 0
    while (head := file.at(place, 10))[:3] == b"ID3" and len(head) == 10:
        size = sum((b & 0x7F) << shift for b, shift in zip(head[6:], (21, 14, 7, 0), strict=True))
        place += 10 + size + (10 if head[5] & 0x10 else 0)
    zeros = file.at(place, _PADDING)
    return place + len(zeros) - len(zeros.lstrip(b"\x00"))


def _frame(head: bytes) -> int | None:
    """Bytes of the frame that begins with these four; None where none begins."""
    if len(head) < 4 or head[0] != 0xFF or head[1] & 0xE0 != 0xE0:
        return None
    version, layer = head[1] >> 3 & 3, 4 - (head[1] >> 1 & 3)
    rate, hertz, padding = head[2] >> 4, head[2] >> 2 & 3, head[2] >> 1 & 1
    if version == 1 or layer == 4 or rate in (0, 15) or hertz == 3:
        return None
    bits = _RATES[version == 3, layer][rate] * 1000
    per_second = _HERTZ[version][hertz]
    if layer == 1:
        return (12 * bits // per_second + padding) * 4
    samples = 72 if layer == 3 and version != 3 else 144
    return samples * bits // per_second + padding


def _tag_at(file: Parts, place: int) -> bool:
    return file.at(place, 8).startswith((b"TAG", b"APETAGEX", b"LYRICSBE"))


def _stated(file: Parts, start: int) -> int | None:
    """The bytes of sound that an encoder's first frame states (Xing, Info), or None."""
    frame = file.at(start, 192)
    for mark in (b"Xing", b"Info"):
        at = frame.find(mark)
        if at > 0 and len(frame) >= at + 16:
            flags, first, second = struct.unpack(">III", frame[at + 4 : at + 16])
            if flags & 2:
                return int(second if flags & 1 else first)
    return None


def look_at_mp4(file: Parts) -> Looked:
    """Walk the boxes: the first says the type, one holds the index, one the film, together they fill the file."""
    place, seen = 0, set()
    for _ in range(_BOXES):
        if place >= file.size or file.all_padding(place):
            break
        head = file.at(place, 16)
        if len(head) < 8:
            return bad(MP4, Code.FILE_MIXED, found=f"{file.size - place} bytes", limit=MP4)
        size, name = struct.unpack(">I4s", head[:8])
        if size == 1 and len(head) == 16:
            size = int.from_bytes(head[8:], "big")
        elif size == 0:
            size = file.size - place
        if size < 8 or not all(0x20 <= b < 0x7F or b == 0xA9 for b in name):
            return bad(MP4, Code.FILE_DAMAGED, found=f"byte {place}")
        if place + size > file.size:
            return bad(MP4, Code.FILE_TRUNCATED, found=f"{file.size} bytes", limit=f"{place + size} bytes")
        seen.add(name)
        place += size
    if b"moov" not in seen or not seen & {b"mdat", b"moof"}:
        return bad(
            MP4, Code.FILE_TRUNCATED if b"mdat" in seen else Code.FILE_DAMAGED, found="no film", limit="moov, mdat"
        )
    return Looked(MP4)
