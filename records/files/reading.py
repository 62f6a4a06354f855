"""records: reading parts of a file without holding it: what the checks of its content see."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator

WINDOW = 1 << 18
"""Bytes looked at in one go; the memory of a check does not grow with the file."""


class Parts:
    """An open file, read by place; its own position is never moved."""

    def __init__(self, handle: int, size: int) -> None:
        self.handle, self.size = handle, size

    def at(self, place: int, length: int) -> bytes:
        """Up to `length` bytes from `place`; fewer at the end, none before the beginning."""
        if place < 0 or length <= 0:
            return b""
        return os.pread(self.handle, length, place)

    def windows(self, start: int = 0, overlap: int = 0) -> Iterator[tuple[int, bytes]]:
        """(place, bytes) from `start` to the end; each window begins `overlap` bytes inside the one before."""
        while start < self.size:
            window = self.at(start, WINDOW)
            yield start, window
            if start + len(window) >= self.size or len(window) <= overlap:
                return
            start += len(window) - overlap

    def find(self, pattern: re.Pattern[bytes], start: int) -> int | None:
        """Where `pattern` (of at most two bytes) first matches at or after `start`."""
        for place, window in self.windows(start, overlap=1):
            found = pattern.search(window)
            if found is not None:
                return place + found.start()
        return None

    def all_padding(self, start: int) -> bool:
        """Whether only zeros and white space stand from `start` to the end."""
        return all(not window.strip(b"\x00\t\n\r\x0c ") for _, window in self.windows(start))
