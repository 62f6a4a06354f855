"""records: whether a JPEG or a PNG is whole: every part in its place, an end, and nothing else behind it."""

from __future__ import annotations

import re
import struct
import zlib

from records.files.findings import Looked, bad
from records.files.foreign import foreign_behind
from records.files.reading import Parts
from rules.refusals import Code

JPEG, PNG = "image/jpeg", "image/png"
PIXELS = 1 << 28
"""More than the largest telephone camera's (200 million); a few bytes can claim more than a reader's memory."""

_MARKER = re.compile(rb"\xff[^\x00\xff\xd0-\xd7]")
"""The next marker in the pixels: no stuffed byte, no fill byte, no restart."""
_FRAMES = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}
_ALONE = frozenset({0x01, *range(0xD0, 0xD8)})
_SEGMENTS = 4096


def look_at_jpeg(file: Parts) -> Looked:
    """Walk a JPEG's segments and scans to its end mark.

    What cameras write behind it is taken (a further picture, a moving one, Samsung's trailer).
    """
    place, frames, scans = 2, 0, 0
    for _ in range(_SEGMENTS):
        start = file.at(place, 4)
        if len(start) < 2:
            return bad(JPEG, Code.FILE_TRUNCATED, found=f"{file.size} bytes", limit="FFD9")
        if start[0] != 0xFF:
            return bad(JPEG, Code.FILE_DAMAGED, found=f"byte {place}")
        marker = start[1]
        if marker == 0xFF:
            place += 1
            continue
        if marker == 0xD9:
            return _jpeg_end(file, place + 2) if frames and scans else bad(JPEG, Code.FILE_DAMAGED, found="no picture")
        if marker in _ALONE:
            place += 2
            continue
        if len(start) < 4:
            return bad(JPEG, Code.FILE_TRUNCATED, found=f"{file.size} bytes", limit="FFD9")
        length = int.from_bytes(start[2:], "big")
        if length < 2 or marker in (0x00, 0xD8):
            return bad(JPEG, Code.FILE_DAMAGED, found=f"byte {place}")
        if marker in _FRAMES:
            frames += 1
            high, wide = struct.unpack(">HH", file.at(place + 5, 4).ljust(4, b"\0"))
            if high * wide > PIXELS:
                return bad(JPEG, Code.FILE_EXPANDS, found=f"{wide}x{high}", limit=f"{PIXELS} pixels")
        place += 2 + length
        if marker == 0xDA:
            scans += 1
            found = file.find(_MARKER, place)
            if found is None:
                return bad(JPEG, Code.FILE_TRUNCATED, found=f"{file.size} bytes", limit="FFD9")
            place = found
    return bad(JPEG, Code.FILE_DAMAGED, found=f"more than {_SEGMENTS} segments")


def _jpeg_end(file: Parts, end: int) -> Looked:
    """What may stand behind a JPEG: nothing, padding, or what cameras write there."""
    if file.all_padding(end):
        return Looked(JPEG)
    inside = foreign_behind(file, end)
    if inside:
        return bad(JPEG, Code.FILE_MIXED, found=inside, limit=JPEG)
    behind = file.at(end, 1 << 16).lstrip(b"\x00\xff\r\n\t ")
    further = behind.startswith((b"\xd8\xff", b"\xff\xd8\xff")) or behind[4:8] == b"ftyp"
    if further or file.at(file.size - 4, 4) == b"SEFT":
        return Looked(JPEG)
    return bad(JPEG, Code.FILE_MIXED, found=f"{file.size - end} bytes", limit=JPEG)


def look_at_png(file: Parts) -> Looked:
    """Walk a PNG's chunks, their check sums included, to its last one; nothing may stand behind it."""
    place, data, first = 8, 0, True
    while True:
        head = file.at(place, 8)
        if len(head) < 8:
            return bad(PNG, Code.FILE_TRUNCATED, found=f"{file.size} bytes", limit="IEND")
        length, name = struct.unpack(">I4s", head)
        after = place + 12 + length
        if not name.isalpha() or (first and name != b"IHDR"):
            return bad(PNG, Code.FILE_DAMAGED, found=f"byte {place}")
        if after > file.size:
            return bad(PNG, Code.FILE_TRUNCATED, found=f"{file.size} bytes", limit=f"{after} bytes")
        if not _sound(file, place + 4, length + 4):
            return bad(PNG, Code.FILE_DAMAGED, found=f"byte {place}")
        if first:
            wide, high = struct.unpack(">II", file.at(place + 8, 8).ljust(8, b"\0"))
            if wide * high > PIXELS:
                return bad(PNG, Code.FILE_EXPANDS, found=f"{wide}x{high}", limit=f"{PIXELS} pixels")
        first = False
        data += name == b"IDAT"
        if name == b"IEND":
            break
        place = after
    if not data:
        return bad(PNG, Code.FILE_DAMAGED, found="no picture")
    if not file.all_padding(after):
        return bad(PNG, Code.FILE_MIXED, found=f"{file.size - after} bytes", limit=PNG)
    return Looked(PNG)


def _sound(file: Parts, start: int, length: int) -> bool:
    """Whether a chunk (its name and data) has its check sum behind it; read in windows."""
    sum_, place, left = 0, start, length
    while left > 0:
        window = file.at(place, min(left, 1 << 18))
        if not window:
            return False
        sum_ = zlib.crc32(window, sum_)
        place, left = place + len(window), left - len(window)
    return file.at(place, 4) == sum_.to_bytes(4, "big")
