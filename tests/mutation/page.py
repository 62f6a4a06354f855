"""docs/mutants.md: a row for each module, what is equivalent and why, and what no test notices; a part for each seed."""

from __future__ import annotations

import re
from collections.abc import Mapping, Set
from dataclasses import dataclass
from pathlib import Path

from tests.mutation.imports import ROOT
from tests.mutation.runs import Verdict

PAGE = ROOT / "docs" / "mutants.md"
EQUIVALENT = Path(__file__).with_name("equivalent.txt")
"""A reason in a line `# reason`, and below it the changes that it holds for."""
_ROW = re.compile(r"\| (rules/\S+) \| (\d+) \| (\d+) \| (\d+) \| (\d+) \| (\d+) \| (\d+) \|")
_KEY = re.compile(r"- `` (.+?) ``$")
_HEAD = ("| module | changes | judged | killed | equivalent | server only | alive |", "|---|---|---|---|---|---|---|")
_SERVER = "只有需要伺服器的測試看得到 · server only:"


@dataclass(frozen=True, slots=True)
class Row:
    """A module: all its changes, those judged, killed, equivalent, for servers only, alive (no test notices them)."""

    module: str
    changes: int
    judged: int
    killed: int
    equivalent: int
    server: int
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


@dataclass(slots=True)
class Page:
    """What the page says under one seed."""

    seed: int
    rows: dict[str, Row]
    alive: set[str]
    server: set[str]

    @classmethod
    def read(cls, seed: int) -> Page:
        """As it stands; empty where nothing was judged with this seed yet."""
        _, part, _ = _parts(seed)
        rows = {m[1]: Row(m[1], *map(int, m.groups()[1:])) for m in _ROW.finditer(part)}
        alive, _, server = part.partition(_SERVER)
        page = cls(seed, rows, _keys(alive), _keys(server))
        for gone in {m for m in rows if not (ROOT / m).exists()}:
            page._forget(gone)
        return page

    def put(self, module: str, changes: int, verdicts: Mapping[str, Verdict]) -> None:
        """A module judged anew; what took too long was noticed."""
        self._forget(module)
        known = equivalents()
        unnoticed = {k for k, v in verdicts.items() if v in ("alive", "unseen")}
        server = {k for k, v in verdicts.items() if v == "server"}
        killed = len(verdicts) - len(unnoticed) - len(server)
        self.alive |= unnoticed - set(known)
        self.server |= server
        same = len(unnoticed & set(known))
        self.rows[module] = Row(
            module, changes, len(verdicts), killed, same, len(server), len(unnoticed) - same
        )  # fmt: skip

    def again(self, verdicts: Mapping[str, Verdict], modules: Set[str]) -> None:
        """What was alive in these modules and is judged once more; what the code no longer holds counts no more."""
        known = equivalents()
        for module in modules & set(self.rows):
            row = self.rows[module]
            was = {k for k in self.alive if _module(k) == module}
            gone = was - set(verdicts)
            kept = {k for k in was - gone if verdicts[k] in ("alive", "unseen") and k not in known}
            server = {k for k in was - gone if verdicts[k] == "server"}
            same = sum(k in known and verdicts[k] in ("alive", "unseen") for k in was - gone)
            judged = row.judged - len(gone)
            killed = judged - row.equivalent - same - row.server - len(server) - len(kept)
            self.rows[module] = Row(
                module, row.changes, judged, killed, row.equivalent + same, row.server + len(server), len(kept)
            )  # fmt: skip
            self.alive -= was - kept
            self.server |= server

    def write(self, samples: Mapping[str, list[bool]], imported: Set[str]) -> str:
        """Put rows and survivors into the page. Answers the line of totals.

        `samples`: for each module whether each change takes effect at import, in the order in which they are drawn.
        """
        table = [self.rows[name] for name in sorted(self.rows)]
        judged = sum(r.judged for r in table)
        early = sum(sum(samples.get(r.module, [])[: r.judged]) for r in table)
        early_alive = len(self.alive & imported)
        total = (
            f"Seed {self.seed}: {judged} of {sum(r.changes for r in table)} changes judged, {len(self.alive)} alive "
            f"({_share(len(self.alive), judged)}); inside functions {len(self.alive) - early_alive} of "
            f"{judged - early} ({_share(len(self.alive) - early_alive, judged - early)}), at import {early_alive} of "
            f"{early} ({_share(early_alive, early)}); {sum(r.equivalent for r in table)} equivalent, "
            f"{len(self.server)} for servers only."
        )
        head, _, tail = _parts(self.seed)
        out = [_mark(self.seed), total, "", *_HEAD]
        out += [
            f"| {r.module} | {r.changes} | {r.judged} | {r.killed} | {r.equivalent} | {r.server} | {r.alive} |"
            for r in table
        ]
        out += ["", "活著的 · alive:", "", *(f"- `` {k} ``" for k in sorted(self.alive))]
        if self.server:
            out += ["", _SERVER, "", *(f"- `` {k} ``" for k in sorted(self.server))]
        PAGE.write_text(head + "\n".join([*out, _mark(self.seed, "/")]) + tail, encoding="utf-8")
        return total

    def _forget(self, module: str) -> None:
        self.rows.pop(module, None)
        self.alive = {k for k in self.alive if _module(k) != module}
        self.server = {k for k in self.server if _module(k) != module}


def _parts(seed: int) -> tuple[str, str, str]:
    """The page before, in and after the part of a seed; a new part comes last."""
    head, start, rest = PAGE.read_text(encoding="utf-8").partition(_mark(seed))
    if not start:
        return head.rstrip("\n") + "\n\n", "", "\n"
    part, _, tail = rest.partition(_mark(seed, "/"))
    return head, part, tail


def _mark(seed: int, end: str = "") -> str:
    return f"<!-- {end}measured with seed {seed} -->"


def _keys(text: str) -> set[str]:
    return {m[1] for line in text.splitlines() if (m := _KEY.match(line))}


def _module(key: str) -> str:
    return key.split("::")[0]


def _share(part: int, whole: int) -> str:
    return f"{part / max(whole, 1):.1%}"
