"""rules: one reason of a refusal: code, clause, place, found, limit, remedy; and the exception that carries it."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from rules.instants import Model
from rules.refusals.codes import Code
from rules.refusals.texts import TEXTS
from rules.refusals.unsaid import CLAUSE, shown_found, shown_limit


class Refusal(Model):
    """One reason of a refusal. `place` is what it is about (an id, a file and row, a field)."""

    code: Code
    clause: str = ""
    place: str = ""
    found: str = ""
    limit: str = ""

    @property
    def message(self) -> str:
        """The reason in zh-TW."""
        return TEXTS[self.code][0]

    @property
    def message_en(self) -> str:
        """The reason in English."""
        return TEXTS[self.code][1]

    @property
    def remedy(self) -> str:
        """What to do about it, in zh-TW."""
        return TEXTS[self.code][2]

    @property
    def remedy_en(self) -> str:
        """What to do about it, in English."""
        return TEXTS[self.code][3]

    def shown(self) -> dict[str, str]:
        """Everything a person or a program needs, in both languages; no part of it is empty."""
        return {
            "code": self.code.value,
            "clause": self.clause or CLAUSE,
            "place": self.place or self.code.value,
            "found": shown_found(self.code, self.found),
            "limit": shown_limit(self.code, self.limit),
            "message": self.message,
            "message_en": self.message_en,
            "remedy": self.remedy,
            "remedy_en": self.remedy_en,
        }


class Refused(Exception):
    """A command was refused; nothing was changed."""

    def __init__(self, refusal: Refusal) -> None:
        super().__init__(refusal.code.value)
        self.refusal = refusal


def refuse(code: Code, *, clause: str = "", place: str = "", found: Any = "", limit: Any = "") -> Refused:
    """The exception for one refusal; instants are written as SQL's refusals write them."""
    return Refused(Refusal(code=code, clause=clause, place=place, found=_text(found), limit=_text(limit)))


def _text(value: Any) -> str:
    if isinstance(value, datetime):
        return value.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    return str(value)
