"""rosters: an adapter over two folders, which the demo's simulated central database watches. 規§6.1.

It also serves where a school carries files on a stick to the one machine that may reach the authority.
"""

from __future__ import annotations

import hashlib
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from rosters.central.seam import Acknowledgement, Fetched, NotSent, Proof, Sending


@dataclass(slots=True)
class Folders:
    """`inbox`: where rosters go; `outbox`: where receipts appear; `now`: the school's clock, for the proof."""

    inbox: Path
    outbox: Path
    post: str
    now: Callable[[], datetime]
    automatic: bool = True

    def submit(self, sending: Sending, roster: Path) -> Acknowledgement:
        """Copy the roster under a name that states its version. Raises NotSent for another file than the approved."""
        content = roster.read_bytes()
        if hashlib.sha256(content).hexdigest() != sending.sha256:
            raise NotSent("名冊檔與核可的版本不同", "the roster file is not the approved one")
        self.inbox.mkdir(parents=True, exist_ok=True)
        target = self.inbox / f"{sending.series}_v{sending.version}.xlsx"
        beside = target.with_suffix(".part")
        shutil.copyfile(roster, beside)
        beside.replace(target)  # whoever watches never sees half a file
        return Acknowledgement(
            sending=sending,
            at=self.now(),
            post=self.post,
            proof=Proof(kind="answer", sha256=sending.sha256, reference=target.name),
        )

    def fetch(self, sending: Sending) -> Fetched | None:
        """The receipt of exactly this version, once it is there."""
        found = sorted(self.outbox.glob(f"{sending.series}_v{sending.version}_收訖明細.*"))
        return Fetched(found[0].name, found[0].read_bytes()) if found else None
