"""A roster sent to the simulated central database, and its answer held against the sealed list."""

from __future__ import annotations

import io
import json
from collections import Counter
from contextlib import redirect_stdout
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from demo.central_database.__main__ import main
from rosters.receipts import Outcome, columns_of, compare, read_receipt, read_roster
from rosters.receiving.mapping import load_tables

LINE_FAULTS = ("missing", "extra", "altered", "wrong_course_code", "duplicate_person")


@dataclass(frozen=True)
class Answer:
    """What came back for one roster: the receipt, and what was planted in it."""

    roster: Path
    receipt: Path
    planted: list[dict[str, Any]]

    def outcome(self, *, accept_partial: bool = False, version: int | None = None) -> Outcome:
        """The roster and the receipt compared by our own reader."""
        tables = load_tables()
        ours = read_roster(self.roster, tables)
        theirs = read_receipt(self.receipt, tables, columns_of(ours))
        return compare(ours, theirs, tables, accept_partial=accept_partial, version=version)

    def of(self, kind: str) -> list[dict[str, Any]]:
        """What was planted of one class."""
        return [p for p in self.planted if p["kind"] == kind]


def sent(roster: Path, folder: Path, *, seed: int, faults: dict[str, int], form: str = "workbook") -> Answer:
    """Send a roster and take the answer."""
    inbox, outbox = folder / "inbox", folder / "outbox"
    inbox.mkdir(parents=True, exist_ok=True)
    (inbox / roster.name).write_bytes(roster.read_bytes())
    arguments = ["--inbox", str(inbox), "--outbox", str(outbox), "--seed", str(seed), "--form", form]
    with redirect_stdout(io.StringIO()):
        assert main([*arguments, "--faults", *(f"{kind}={n}" for kind, n in faults.items())]) == 0
    [listed] = [json.loads(p.read_text(encoding="utf-8")) for p in sorted((outbox / "sealed").iterdir())]
    return Answer(roster, outbox / listed["receipt"], listed["planted"])


def told(outcome: Outcome) -> Counter[tuple[str, ...]]:
    """The differences in the words of the sealed list: class, sheet, person, code, changed column."""
    assert outcome.reconciliation is not None, [str(f) for f in outcome.findings]
    found: Counter[tuple[str, ...]] = Counter()
    for one in outcome.reconciliation.differences:
        code = next((part for part in one.key if len(part) == 23), "")
        columns = ",".join(c.column for c in one.changes)
        found[(one.kind.value, one.sheet, one.person, "" if one.school else code, columns)] += 1
    return found


def expected(planted: list[dict[str, Any]]) -> Counter[tuple[str, ...]]:
    """The same of the sealed list."""
    return Counter(
        (p["kind"], p["sheet"], p["person"], "" if p["kind"] == "duplicate_person" else p["code"], p["column"])
        for p in planted
        if p["kind"] in LINE_FAULTS
    )
