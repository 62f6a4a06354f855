"""docs/mutants.md: a row for each module, what is equivalent and why, and what no test notices."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from tests.mutation.runs import ROOT, Verdict

PAGE = ROOT / "docs" / "mutants.md"
EQUIVALENT = Path(__file__).with_name("equivalent.txt")
"""A reason in a line `# reason`, and below it the changes that it holds for."""
_START, _END = "<!-- measured -->", "<!-- /measured -->"
_ROW = re.compile(r"\| (rules/\S+) \| (\d+) \| (\d+) \| (\d+) \| (\d+) \| (\d+) \|")
_ALIVE = re.compile(r"- `` (.+?) ``( \(.*\))?$")


@dataclass(frozen=True, slots=True)
class Row:
    """A module: all its changes, those judged, killed, equivalent, alive (no test notices them)."""

    module: str
    changes: int
    judged: int
    killed: int
    equivalent: int
    alive: int


def equivalents() -> dict[str, str]:
    """The changes that change nothing that a rule says, each with the reason."""
    found, reason = {}, ""
    for line in EQUIVALENT.read_text(encoding="utf-8").splitlines():
        if line.startswith("# "):
            reason = line[2:]
        elif line:
            found[line] = reason
    return found


def row(module: str, changes: int, verdicts: Mapping[str, Verdict]) -> Row:
    """Count what was found in one module; what took too long was noticed."""
    known = equivalents()
    alive = [k for k, v in verdicts.items() if v in ("alive", "unseen")]
    same = sum(k in known for k in alive)
    return Row(module, changes, len(verdicts), len(verdicts) - len(alive), same, len(alive) - same)


def write(rows: Iterable[Row], alive: Mapping[str, Verdict], sample: int, seed: int) -> str:
    """Put rows and survivors into the page; modules that were not judged keep theirs. Answers the last line."""
    text = PAGE.read_text(encoding="utf-8")
    head, rest = text.split(_START)
    old, tail = rest.split(_END)
    new = {r.module: r for r in rows}
    kept = {m[1]: Row(m[1], *map(int, m.groups()[1:])) for m in _ROW.finditer(old)}
    lines = [m[1] for line in old.splitlines() if (m := _ALIVE.match(line))]
    left = {k for k in lines if k.split("::")[0] not in new and (ROOT / k.split("::")[0]).exists()}
    found = {name: r for name, r in (kept | new).items() if (ROOT / name).exists()}
    table = [found[name] for name in sorted(found)]
    judged, dead = sum(r.judged for r in table), sum(r.alive for r in table)
    total = (
        f"{judged} of {sum(r.changes for r in table)} changes judged, {dead} alive ({dead / max(judged, 1):.1%}), "
        f"{sum(r.equivalent for r in table)} equivalent; sample {sample or 'all'} a module, seed {seed}."
    )
    out = [
        _START,
        total,
        "",
        "| module | changes | judged | killed | equivalent | alive |",
        "|---|---|---|---|---|---|",
    ]
    out += [f"| {r.module} | {r.changes} | {r.judged} | {r.killed} | {r.equivalent} | {r.alive} |" for r in table]
    known = equivalents()
    survivors = sorted(left | {k for k, v in alive.items() if v in ("alive", "unseen") and k not in known})
    out += ["", "活著的 · alive:", "", *(f"- `` {k} ``" for k in survivors), _END]
    PAGE.write_text(head + "\n".join(out) + tail, encoding="utf-8")
    return total
