"""rosters: the adapter that is used today: a person sends the roster and fetches the receipt. 規§5.1.3, 規§6.3.1.

It holds nobody up and guesses nothing: without evidence a roster counts as not sent.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from rosters.central.seam import Acknowledgement, Fetched, NotSent, Proof, Sending
from rules.instants import Instant, read_instant


@dataclass(frozen=True, slots=True)
class SentByHand:
    """What a person states after sending: when, as which post, the file that shows it and the letter's number."""

    at: Instant
    post: str
    evidence: Path
    kind: Literal["letter", "screenshot"]
    reference: str = ""


@dataclass(slots=True)
class ByHand:
    """A person sends; `stated` is what they say about it, `receipt` the file that they fetched."""

    stated: SentByHand | None = None
    receipt: Path | None = None
    automatic: bool = False

    def submit(self, sending: Sending, roster: Path) -> Acknowledgement:
        """The acknowledgement of what a person sent. Raises NotSent when the file or the evidence is not there."""
        if self.stated is None:
            raise NotSent("尚未登錄提交佐證", "no evidence of the sending is recorded")
        if _sha256(roster) != sending.sha256:
            raise NotSent("名冊檔與核可的版本不同", "the roster file is not the approved one")
        try:
            proof = Proof(kind=self.stated.kind, sha256=_sha256(self.stated.evidence), reference=self.stated.reference)
        except OSError:
            raise NotSent("佐證檔案無法讀取", "the evidence cannot be read") from None
        return Acknowledgement(sending=sending, at=read_instant(self.stated.at), post=self.stated.post, proof=proof)

    def fetch(self, sending: Sending) -> Fetched | None:
        """The file that a person fetched, if they did."""
        if self.receipt is None or not self.receipt.exists():
            return None
        return Fetched(self.receipt.name, self.receipt.read_bytes())


def _sha256(path: Path) -> str:
    try:
        return hashlib.sha256(path.read_bytes()).hexdigest()
    except FileNotFoundError:
        raise NotSent(f"找不到檔案 {path.name}", f"there is no file {path.name}") from None
