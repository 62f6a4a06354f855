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


def normal_name(name: str) -> str:
    """The form that is kept: NFC, no folders before it, one space for white space, no dots or spaces around it.

    Only what stands before the last separator is cut, as browsers of old send `C:\\fakepath\\name`.
    """
    last = clean(name).replace("\\", "/").rpartition("/")[2]
    return _SPACES.sub(" ", last).strip(" .")


def name_fault(name: str) -> NameFault | None:
    """The first fault of a normal name, or None when it is in order."""
    if not name:
        return NameFault.EMPTY
    if _not_text(name):
        return NameFault.NOT_TEXT
    if "\n" in name or control_character_at(name) is not None or any(c in _INVISIBLE for c in name):
        return NameFault.CONTROL
    if any(c in _SEPARATORS for c in name):
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


def _not_text(name: str) -> bool:
    """Lone surrogates: what an undecodable name of a file system becomes."""
    return any(unicodedata.category(c) == "Cs" for c in name)


def _refused(fault: NameFault, kept: str) -> Refused:
    found = len(kept.encode(errors="surrogatepass"))
    return refuse(
        Code.FILE_NAME, clause="規§5.3.1", place=fault.value, found=f"{found} bytes", limit=f"{LONGEST} bytes"
    )
