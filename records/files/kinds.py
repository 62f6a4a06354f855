"""records: what a file is, told by its content, never by its name (regulation 1.5).

`media_type` looks at the first bytes; `look` walks the whole structure and says what is wrong with it:
a type that is not taken, an end that is missing, something else that is carried along. 規§5.3.1
"""

from __future__ import annotations

from collections.abc import Callable

from records.files.findings import Looked, bad
from records.files.foreign import foreign_inside, misplaced_pdf
from records.files.papers import PAPERS, look_at_paper
from records.files.pictures import look_at_jpeg, look_at_png
from records.files.reading import Parts
from records.files.recordings import look_at_mp3, look_at_mp4
from rules.refusals import Code

HEAD = 32
"""Bytes that are enough to tell."""

UNKNOWN = "application/octet-stream"
TAKEN = ("application/pdf", "image/jpeg", "image/png", "audio/mpeg", "video/mp4")
"""What we can prove; which of them are taken, and how large, is the authority's dated data."""

STAFF_TAKEN = (*TAKEN, *PAPERS)
"""What staff may bring: evidence, rosters, receipts. An item takes none of the papers, whoever stored them."""

MP4_BRANDS = frozenset(
    {b"isom", b"mp41", b"mp42", b"avc1", b"M4V ", b"MSNV", b"dash", b"mmp4"} | {b"iso%d" % n for n in range(2, 10)}
)
"""Brands of films that players take for MP4; photographs (heic, avif) and QuickTime share the container."""

_PDF_END = b"%%EOF"


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
    return UNKNOWN


def look(file: Parts, taken: tuple[str, ...] = TAKEN) -> Looked:
    """What a file is, with its first fault, if any. A PDF's inside is another's work (pdf_check)."""
    if file.size == 0:
        return bad(UNKNOWN, Code.FILE_EMPTY, found="0")
    head = file.at(0, HEAD)
    kind = media_type(head)
    walk = _WALKS.get(kind)
    if walk is None:
        behind = misplaced_pdf(file)
        if behind is not None:
            return bad(UNKNOWN, Code.FILE_MIXED, found=f"application/pdf at byte {behind}", limit="0")
        paper = look_at_paper(file)
        if paper is not None and paper.media_type in taken:
            return paper
        found = paper.media_type if paper is not None else UNKNOWN
        return bad(found, Code.FILE_TYPE, found=found, limit=", ".join(taken))
    looked = walk(file)
    if looked.fault is None:
        inside = foreign_inside(file, kind)
        if inside:
            return bad(kind, Code.FILE_MIXED, found=inside, limit=kind)
    return looked


def _look_at_pdf(file: Parts) -> Looked:
    """A PDF ends with its mark and nothing but white space behind it."""
    tail_at = max(0, file.size - (1 << 16))
    tail = file.at(tail_at, 1 << 16)
    mark = tail.rfind(_PDF_END)
    if mark < 0:
        return bad("application/pdf", Code.FILE_TRUNCATED, found=f"{file.size} bytes", limit="%%EOF")
    ends = tail_at + mark + len(_PDF_END)
    if not file.all_padding(ends):
        return bad("application/pdf", Code.FILE_MIXED, found=f"{file.size - ends} bytes", limit="%%EOF")
    return Looked("application/pdf")


_WALKS: dict[str, Callable[[Parts], Looked]] = {
    "application/pdf": _look_at_pdf,
    "image/jpeg": look_at_jpeg,
    "image/png": look_at_png,
    "audio/mpeg": look_at_mp3,
    "video/mp4": look_at_mp4,
}
