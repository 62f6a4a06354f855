"""rules: texts of published calendars as they are compared: full-width letters, dashes and dots as plain ones. 規§4.1."""

from __future__ import annotations

_PLAIN = {0xFF01 + n: 0x21 + n for n in range(94)} | {
    ord(sign): letter
    for letter, signs in {"~": "\u301c\u2013\u2014\u2015\u2500\u2026", "-": "\u2010\u2011\u2012\u2212\u00ad", ".": "\u00b7\u2027\u30fb\u3002", " ": "\u3000\u00a0", ":": "\ufe55\u2236"}.items()
    for sign in signs
}  # fmt: skip


def plain(text: str) -> str:
    """The text with full-width letters and the many dashes and dots as plain ones; its length stays."""
    return text.translate(_PLAIN)


def bare(text: str) -> str:
    """A title as its words are looked for: plain, without blanks, 台 as 臺, small letters."""
    return "".join(plain(text).split()).replace("台", "臺").lower()
