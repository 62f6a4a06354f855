"""The verdicts on the corpus against the recorded ones: `python -m tests.calendars.verdicts [--record]`."""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping
from pathlib import Path

from rules.lint.book import RULES, lint
from rules.lint.case import Case
from rules.lint.model import Finding
from tests.calendars.corpus import cases
from tests.lint.pairs import PAIRS

RECORDED = Path(__file__).with_name("verdicts.json")
Verdicts = dict[str, list[str]]
HOW = "若為有意的變更,以 make verdicts 記錄 · if this is meant, record it with `make verdicts`"


def verdicts() -> Verdicts:
    """Of each calendar: severity, rule, place, found and limit of every finding; of each pair the failing side's own."""
    found = {name: [line(f) for f in lint(case)] for name, case in cases().items()}
    for n, (rule, _, fails) in enumerate(PAIRS):
        found[f"pair-{n:03d}-{rule}"] = of_pair(rule, fails)
    return found


def of_pair(rule: str, fails: Case) -> list[str]:
    """What one rule finds on the failing side of a pair, each with its path in the document."""
    own = [Finding(RULES[rule], hit) for hit in RULES[rule].judge(fails)]
    return [f"{line(f)} | {'.'.join(str(x) for x in f.hit.path)}" for f in own]


def line(f: Finding) -> str:
    """One finding as it is recorded."""
    return f"{f.rule.severity} {f.rule.id} | {f.hit.place} | {f.hit.found} | {f.hit.limit}"


def recorded() -> Verdicts:
    """What was recorded last."""
    known: Verdicts = json.loads(RECORDED.read_text(encoding="utf-8")) if RECORDED.exists() else {}
    return known


def differences(before: Mapping[str, list[str]], after: Mapping[str, list[str]]) -> list[str]:
    """Each finding that came or went, named by its calendar."""
    found = []
    for name in sorted(before.keys() | after.keys()):
        old, new = before.get(name, []), after.get(name, [])
        found += [f"{name}: - {x}" for x in old if x not in new]
        found += [f"{name}: + {x}" for x in new if x not in old]
    if before.keys() != after.keys():
        found += [
            f"{name}: calendar {'left' if name in before else 'came'}" for name in sorted(before.keys() ^ after.keys())
        ]
    return found


def main() -> int:
    """0 when nothing changed (or it was recorded), 1 when a verdict changed."""
    now = verdicts()
    changed = differences(recorded(), now)
    for line in changed:
        print(line)
    if "--record" in sys.argv[1:]:
        RECORDED.write_text(json.dumps(now, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
        print(f"{len(now)} 份期程的判定已記錄 · verdicts of {len(now)} calendars recorded")
        return 0
    if changed:
        print(HOW)
        return 1
    print(f"{len(now)} 份期程的判定沒有變 · verdicts of {len(now)} calendars unchanged")
    return 0


if __name__ == "__main__":
    sys.exit(main())
