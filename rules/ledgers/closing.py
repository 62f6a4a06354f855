"""rules: a difference is closed by evidence only, and stays closed only for what it was. Pure; 規§6.2, 規§6.4."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Annotated, Literal

from pydantic import Field

from rules.instants import Instant, Model
from rules.ledgers.differences import CLAUSE, Difference
from rules.refusals import Code, Refusal


class Way(StrEnum):
    """How a difference ends."""

    CORRECTED = "corrected"
    """A later version of the roster and its receipt no longer show it."""
    EXPLAINED = "explained"
    """The authority, or the other school, states in writing that nothing is to be corrected."""


class Evidence(Model):
    """One document: what it is, the file's SHA-256, when it was made, its letter number if it has one."""

    kind: Literal["receipt", "letter", "screenshot"]
    sha256: Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
    at: Instant
    reference: str = ""


class Closing(Model):
    """A person's wish to close one difference."""

    difference: str
    way: Way
    evidence: tuple[Evidence, ...]
    post: str
    approver: str = ""
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Later:
    """A comparison of a later version: its receipt's SHA-256 and what it still shows, without values."""

    version: int
    receipt_sha256: str
    still: frozenset[str]

    @classmethod
    def of(cls, version: int, receipt_sha256: str, differences: Iterable[Difference]) -> Later:
        """The later comparison of the same school, made with the same secret."""
        return cls(version, receipt_sha256, frozenset(one.sameness for one in differences))


def why_not(closing: Closing, difference: Difference, *, version: int, later: Later | None = None) -> Refusal | None:
    """Why the difference of roster `version` stays open in spite of the wish; None when it is closed.

    Corrected: a later version's receipt, itself in the evidence, no longer shows the item. Explained: a
    letter or a screenshot, a reason, and an approver who is not the owner.
    """
    place = f"difference {difference.id}"
    if closing.difference != difference.id:
        return Refusal(code=Code.NOT_FOUND, clause=CLAUSE, place=place, found=closing.difference)
    if closing.post != difference.owner.post:
        return Refusal(
            code=Code.NO_POST, clause=difference.owner.clause, place=place, found=closing.post,
            limit=difference.owner.post,
        )  # fmt: skip
    if not closing.evidence:
        return Refusal(code=Code.EVIDENCE_MISSING, clause=CLAUSE, place=place, found="0", limit="1")
    if closing.way is Way.CORRECTED:
        return _not_corrected(closing, difference, place, version, later)
    if not any(one.kind in ("letter", "screenshot") for one in closing.evidence):
        return Refusal(code=Code.EVIDENCE_MISSING, clause=CLAUSE, place=place, limit="letter, screenshot")
    if not closing.reason.strip():
        return Refusal(code=Code.REASON_MISSING, clause=CLAUSE, place=place)
    if not closing.approver or closing.approver == closing.post:
        return Refusal(code=Code.NO_POST, clause=CLAUSE, place=place, found=closing.approver, limit="approver")
    return None


def _not_corrected(
    closing: Closing, difference: Difference, place: str, version: int, later: Later | None
) -> Refusal | None:
    if later is None or later.version <= version:
        found = "" if later is None else str(later.version)
        return Refusal(code=Code.EVIDENCE_MISSING, clause=CLAUSE, place=place, found=found, limit=f"> {version}")
    if not any(one.kind == "receipt" and one.sha256 == later.receipt_sha256 for one in closing.evidence):
        return Refusal(code=Code.EVIDENCE_MISSING, clause=CLAUSE, place=place, limit=later.receipt_sha256)
    if difference.sameness in later.still:
        return Refusal(
            code=Code.WRONG_STATE, clause=CLAUSE, place=place, found=difference.kind.value, limit=Way.CORRECTED.value
        )
    return None


def open_after(differences: Iterable[Difference], closed: Mapping[str, Closing]) -> tuple[Difference, ...]:
    """The differences that no accepted closing ended."""
    return tuple(one for one in differences if one.id not in closed)
