"""rules: the name of a file that somebody hands in: brought into one form, or refused. Pure.

A name is shown, sealed and given back at a download; the store itself never uses it (files stand under
their hash). So a name may hold any script, also characters outside the basic plane, but nothing that
hides what it is, leads to another folder, or cannot be saved on a school's computers. 規§5.3.1
"""

from __future__ import annotations

import re
import unicodedata
from enum import StrEnum

from rules.refusals import Code, Refused, refuse
from rules.text import clean, control_character_at

LONGEST = 200
"""Bytes of UTF-8; common file systems take 255, and a browser may append ` (1)`."""

_RESERVED = re.compile(r"(con|prn|aux|nul|conin\$|conout\$|com[0-9¹²³]|lpt[0-9¹²³])", re.IGNORECASE)
_SPACES = re.compile(r"[ \t\u00a0\u1680\u2000-\u200a\u202f\u205f\u3000]+")
_FOLDERS = re.compile(r"[/\\]")
_SEPARATORS = frozenset('/\\:*?"<>|')
_INVISIBLE = frozenset("\u00ad\u061c\u180e\u200b\u200e\u200f\u2028\u2029\u2060\ufeff")
"""Characters that nobody sees; joiners and variation selectors are left out, for scripts and emoji need them."""


class NameFault(StrEnum):
    """What is wrong with a name."""

    EMPTY = "name_empty"
    CONTROL = "name_control_character"
    SEPARATOR = "name_separator"
    RESERVED = "name_reserved"
    TOO_LONG = "name_too_long"
    NOT_TEXT = "name_not_text"


_LIMITS = {
    NameFault.EMPTY: "至少一字 · at least one character",
    NameFault.CONTROL: "不含控制字元與看不見的字元 · no control or invisible characters",
    NameFault.SEPARATOR: '不含 · none of / \\ : * ? " < > |',
    NameFault.RESERVED: "電腦的保留名稱除外 · no name that computers keep for a device",
    NameFault.TOO_LONG: f"{LONGEST} bytes",
    NameFault.NOT_TEXT: "可存成文字的檔名 · a name that can be written as text",
}
"""What a name must keep to, in both languages."""


def normal_name(name: str) -> str:
    """The form that is kept: NFC, no folders before it, one space for white space, no dots or spaces around it.

    Only what stands before the last separator is cut, as browsers of old send `C:\\fakepath\\name`.
    """
    last = _FOLDERS.split(clean(name))[-1]
    return _SPACES.sub(" ", last).strip(" .")


def name_fault(name: str) -> NameFault | None:
    """The first fault of a normal name, or None when it is in order."""
    if not name:
        return NameFault.EMPTY
    if not name.isprintable():  # nearly every name is: then nothing in it is hidden
        if _not_text(name):
            return NameFault.NOT_TEXT
        if any(_hidden(c) for c in name):
            return NameFault.CONTROL
    if not _SEPARATORS.isdisjoint(name):
        return NameFault.SEPARATOR
    if _RESERVED.fullmatch(name.partition(".")[0].rstrip()):
        return NameFault.RESERVED
    if len(name.encode()) > LONGEST:
        return NameFault.TOO_LONG
    return None


def file_name(name: str) -> str:
    """The name as kept. Raises Refused(file_name) that tells the fault, never the name: it may be personal."""
    kept = normal_name(name)
    fault = name_fault(kept)
    if fault is not None:
        raise _refused(fault, kept)
    return kept


def shown_name(name: str, media_type: str, sha256: str) -> str:
    """A name to save a file under whatever was kept: the hash's first digits where there is no usable name.

    The ending is that of the proved type, so that no computer takes the file for a program.
    """
    kept = normal_name(name)
    if name_fault(kept) is not None:
        kept = sha256[:12]
    ends = ENDINGS.get(media_type, (".bin",))
    return kept if kept.lower().endswith(ends) else kept + ends[0]


ENDINGS: dict[str, tuple[str, ...]] = {
    "application/pdf": (".pdf",),
    "image/jpeg": (".jpg", ".jpeg", ".jfif"),
    "image/png": (".png",),
    "audio/mpeg": (".mp3",),
    "video/mp4": (".mp4", ".m4v", ".m4a"),
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": (".xlsx",),
}
"""Endings of the types that we keep; the first is the usual one."""


def _hidden(char: str) -> bool:
    """A character that nobody sees in a list of files, or that cannot be written."""
    return char == "\n" or char in _INVISIBLE or control_character_at(char) is not None


def _not_text(name: str) -> bool:
    """Lone surrogates: what an undecodable name of a file system becomes."""
    return any(unicodedata.category(c) == "Cs" for c in name)


def _refused(fault: NameFault, kept: str) -> Refused:
    return refuse(Code.FILE_NAME, clause="規§5.3.1", place=fault.value, found=_found(fault, kept), limit=_LIMITS[fault])


def _found(fault: NameFault, kept: str) -> str:
    """What was found, so that it can be seen: the code of a character that nobody sees, a length; never the name."""
    if fault in (NameFault.CONTROL, NameFault.NOT_TEXT):
        return f"U+{ord(next(c for c in kept if _hidden(c))):04X}"
    if fault is NameFault.SEPARATOR:
        return next(c for c in kept if c in _SEPARATORS)
    if fault is NameFault.RESERVED:
        return kept.partition(".")[0].rstrip().upper()
    return f"{len(kept.encode())} bytes"
