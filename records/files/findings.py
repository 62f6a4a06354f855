"""records: what was found in a file: its proved type, or why it is not what it should be."""

from __future__ import annotations

from dataclasses import dataclass

from rules.refusals import Code, Refused, refuse

CLAUSE = "規§5.3.1"


@dataclass(frozen=True, slots=True)
class Fault:
    """Why a file cannot be handed in; counts, types and offsets only, never its content."""

    code: Code
    found: str = ""
    limit: str = ""

    def refused(self, *, place: str = "file") -> Refused:
        """The refusal that a person sees."""
        return refuse(self.code, clause=CLAUSE, place=place, found=self.found, limit=self.limit)


@dataclass(frozen=True, slots=True)
class Looked:
    """A file's media type as its content says, and its first fault."""

    media_type: str
    fault: Fault | None = None


def bad(media_type: str, code: Code, *, found: str = "", limit: str = "") -> Looked:
    """A file with a fault."""
    return Looked(media_type, Fault(code, found, limit))
