"""rosters: what an adapter to the central database does, and the proof that a sending leaves. 規§5.1.3, 規§6.1.

No interface is public: a person uploads a roster and fetches the receipt. An adapter that does it by
program gives the same two answers, so that nothing behind this seam changes.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Literal, Protocol

from pydantic import Field

from rules.instants import Instant, Model

Sha256 = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]


class Sending(Model):
    """A roster on its way: whose it is, its version, the file's name and hash. No personal data."""

    school: str
    year: str
    semester: str
    code: str
    version: Annotated[int, Field(ge=1)]
    file: str
    sha256: Sha256

    @property
    def series(self) -> str:
        """What its versions are versions of: `999901_115_0_26`."""
        return f"{self.school}_{self.year}_{self.semester}_{self.code}"


class Proof(Model):
    """What shows that a roster was sent: a letter, a screenshot or the other side's own answer, by its hash."""

    kind: Literal["letter", "screenshot", "answer"]
    sha256: Sha256
    reference: str = ""


class Acknowledgement(Model):
    """That exactly this file was sent, when, by which post, and what shows it."""

    sending: Sending
    at: Instant
    post: str
    proof: Proof


@dataclass(frozen=True, slots=True)
class Fetched:
    """A receipt as it came: its name and bytes. Which version it is of is read from the file itself."""

    name: str
    content: bytes


class NotSent(Exception):
    """A roster could not be shown as sent; `reason` says why in both languages."""

    def __init__(self, reason: str, reason_en: str) -> None:
        super().__init__(f"{reason} · {reason_en}")
        self.reason, self.reason_en = reason, reason_en


class CentralDatabase(Protocol):
    """An adapter to the central database."""

    @property
    def automatic(self) -> bool:
        """Whether it sends by itself; otherwise a person sends and `submit` takes their evidence."""
        ...

    def submit(self, sending: Sending, roster: Path) -> Acknowledgement:
        """Hand a roster over, or take the evidence that a person did. Raises NotSent."""
        ...

    def fetch(self, sending: Sending) -> Fetched | None:
        """The receipt of a sending, or None while there is none."""
        ...
