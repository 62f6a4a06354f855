"""rules: how long a summary (成果簡述, 內容簡述) is, and what it may hold. Pure.

The limit is national data (100 Chinese characters), handed in by the caller; here is how one
counts. Sources: 規§5.3.1, 規§5.4.
"""

from __future__ import annotations

import unicodedata
from enum import StrEnum
from functools import lru_cache

from rules.instants import Model

MARKS_IN_A_ROW = 30
"""Most marks after one character, as in Unicode's stream-safe text format (UAX 15)."""

_JOINER = "\u200d"
_BIDI_CONTROLS = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
_UNCOUNTED = frozenset({"Mn", "Mc", "Me", "Cf"})


class TextFault(StrEnum):
    """Why a summary is refused."""

    EMPTY = "summary_empty"
    TOO_LONG = "summary_too_long"
    CONTROL_CHARACTER = "summary_control_character"
    TOO_MANY_MARKS = "summary_too_many_marks"


class TextProblem(Model):
    """One fault of a summary; `found` and `limit` in characters, `place` a 0-based index or None."""

    code: TextFault
    found: int
    limit: int
    place: int | None = None


def clean(text: str) -> str:
    """The form that is stored and counted: NFC, line ends as newlines, no white space around it."""
    joined = text.replace("\r\n", "\n").replace("\r", "\n")
    return unicodedata.normalize("NFC", joined).strip()


def length(text: str) -> int:
    """User-perceived characters of `clean(text)`; a newline is one, marks and selectors are none.

    A character outside the basic plane is one, and so is a sequence held together by joiners.
    """
    return _length(clean(text))


def summary_problems(text: str, *, limit: int) -> tuple[TextProblem, ...]:
    """Every fault of a summary that may have `limit` characters; empty when it is in order."""
    cleaned = clean(text)
    found = _length(cleaned)
    problems: list[TextProblem] = []
    if found == 0:
        problems.append(TextProblem(code=TextFault.EMPTY, found=0, limit=limit))
    if found > limit:
        problems.append(TextProblem(code=TextFault.TOO_LONG, found=found, limit=limit))
    for code, place in (
        (TextFault.CONTROL_CHARACTER, control_character_at(cleaned)),
        (TextFault.TOO_MANY_MARKS, _mark_run_at(cleaned)),
    ):
        if place is not None:
            problems.append(TextProblem(code=code, found=found, limit=limit, place=place))
    return tuple(problems)


def control_character_at(text: str) -> int | None:
    """Where the first character stands that a person can neither type on purpose nor see.

    Control characters other than the newline, lone surrogates, direction overrides, noncharacters.
    """
    if text.replace("\n", "").isprintable():  # nearly every text: none of these is printable, so one look is enough
        return None
    return next((place for place, char in enumerate(text) if _is_control(char)), None)


@lru_cache(maxsize=1 << 14)
def is_hidden(char: str) -> bool:
    """Whether nobody sees a character where one line stands: controls, formats, and blanks other than the two spaces.

    A character that our Unicode does not know yet may be a rare ideograph of a newer one: it is seen.
    """
    return unicodedata.category(char) in {"Cc", "Cf", "Cs", "Zl", "Zp", "Zs"} and char not in " \u3000"


@lru_cache(maxsize=1 << 14)
def _is_control(char: str) -> bool:
    nonchar = ord(char) & 0xFFFE == 0xFFFE or 0xFDD0 <= ord(char) <= 0xFDEF
    return char != "\n" and (nonchar or char in _BIDI_CONTROLS or unicodedata.category(char) in {"Cc", "Cs"})


def _length(cleaned: str) -> int:
    if _unmarked(cleaned):
        return len(cleaned)
    return sum(_counts(before, char) for before, char in _pairs(cleaned))


class _Unmarked(dict[int, int | None]):
    """For `str.translate`: takes every mark and joiner away. Knows the characters that it met, up to a bound."""

    def __missing__(self, code: int) -> int | None:
        if len(self) >= 1 << 14:
            self.clear()
        self[code] = None if _is_mark(chr(code)) else code
        return self[code]


_UNMARKED = _Unmarked()


def _unmarked(text: str) -> bool:
    """Whether each character counts one, as in nearly every text; a joiner is a mark too."""
    return len(text.translate(_UNMARKED)) == len(text)


def _pairs(text: str) -> zip[tuple[str, str]]:
    return zip("\n" + text, text, strict=False)


def _counts(before: str, char: str) -> bool:
    """Whether `char` begins a user-perceived character after `before`."""
    return before != _JOINER and not _is_mark(char)


@lru_cache(maxsize=1 << 14)
def _is_mark(char: str) -> bool:
    return unicodedata.category(char) in _UNCOUNTED or _is_skin_tone(char)


def _is_skin_tone(char: str) -> bool:
    return "\U0001f3fb" <= char <= "\U0001f3ff"


def _mark_run_at(text: str) -> int | None:
    if _unmarked(text):
        return None
    run = 0
    for place, (before, char) in enumerate(_pairs(text)):
        run = 0 if _counts(before, char) else run + 1
        if run > MARKS_IN_A_ROW:
            return place
    return None
