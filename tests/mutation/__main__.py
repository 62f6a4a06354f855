"""`python -m tests.mutation [MODULE …] [--sample N] [--seed N]`: how many small changes of rules/ no test notices."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Sequence
from pathlib import Path

from tests.mutation import page
from tests.mutation.changes import Change, Spoilt
from tests.mutation.imports import ROOT
from tests.mutation.runs import SCREEN, TEST_FOLDERS, Job, Verdict, in_child, judge_fresh, judge_within, trace

SAMPLE, SEED = 15, 1


def main() -> int:
    """Judge a sample of changes of each module and write down what was found."""
    parser = argparse.ArgumentParser(prog="python -m tests.mutation", description=__doc__)
    parser.add_argument("modules", nargs="*", metavar="MODULE", help="rules/plan.py or rules/plans; all without any")
    parser.add_argument("--sample", type=int, default=SAMPLE, help=f"changes a module at most ({SAMPLE}); 0: all")
    parser.add_argument(
        "--draw", type=int, default=0, help="so many of all modules together instead, each as likely as another"
    )
    parser.add_argument("--seed", type=int, default=SEED, help=f"which sample ({SEED})")
    parser.add_argument("--tests", nargs="+", default=TEST_FOLDERS, help="judge by these tests only, for a quick look")
    parser.add_argument("--again", action="store_true", help="judge only what the page calls alive under this seed")
    parser.add_argument("--at-once", type=int, default=3, help="how many processes judge at once (3)")
    given = parser.parse_args()
    os.chdir(ROOT)
    os.nice(5)
    spoilt = [Spoilt(path, str(path.relative_to(ROOT))) for path in _paths(given.modules)]
    was = page.Page.read(given.seed)
    if given.again:
        jobs = [(s, c) for s in spoilt for c in s.changes if c.key in was.alive]
    elif given.draw:
        jobs = drawn_from_all(spoilt, given.draw, given.seed)
    else:
        jobs = [(s, c) for s in spoilt for c in sampled(s, given.sample, given.seed)]
    found = judge(jobs, given.tests, given.at_once)
    if given.again:
        was.again(found, {s.module for s in spoilt})
    else:
        for s in spoilt:
            if verdicts := {c.key: found[c.key] for x, c in jobs if x is s}:
                was.put(s.module, len(s.changes), verdicts)
    # Totals are those of the whole part, also where only some of its modules were judged this time.
    everything = [Spoilt(path, str(path.relative_to(ROOT))) for path in _paths([])]
    imported = {c.key for s in everything for c in s.changes if c.function is None}
    drawn = {s.module: sorted(s.changes, key=lambda c: c.rank(given.seed)) for s in everything}
    print(was.write({module: [c.key in imported for c in changes] for module, changes in drawn.items()}, imported))
    return 0


def judge(jobs: list[Job], tests: Sequence[str], many: int) -> dict[str, Verdict]:
    """The verdict on each change, by its key."""
    number = {id(c): n for n, (_, c) in enumerate(jobs)}
    found: dict[str, Verdict] = {}

    def told(change: Change, verdict: Verdict) -> None:
        found[change.key] = verdict
        os.write(SCREEN, f"{len(found)}/{len(jobs)} {verdict} {change.key}\n".encode())

    def within() -> tuple[dict[str, Verdict], list[int]]:
        fresh = judge_within(jobs, seen, told, tests, many)
        return found, [number[id(c)] for _, c in fresh]

    seen = in_child(lambda: trace(tests))
    known, fresh = in_child(within)
    found |= known
    judge_fresh([jobs[n] for n in fresh], seen, told, many)
    return found


def _paths(modules: list[str]) -> list[Path]:
    named = [ROOT / m for m in modules or ["rules"]]
    return sorted(p for m in named for p in (m.rglob("*.py") if m.is_dir() else [m]))


def sampled(spoilt: Spoilt, sample: int, seed: int) -> list[Change]:
    """The changes to judge, in the order of the file: the seed and their names choose them, no line number does."""
    chosen = sorted(spoilt.changes, key=lambda c: c.rank(seed))[: sample or None]
    return sorted(chosen, key=lambda c: c.lines.start)


def drawn_from_all(spoilt: Sequence[Spoilt], many: int, seed: int) -> list[Job]:
    """So many changes of all modules together: a large module gives more, so that the share alive is that of the whole."""
    drawn = sorted(((s, c) for s in spoilt for c in s.changes), key=lambda job: (job[1].rank(seed), job[1].key))[:many]
    return sorted(drawn, key=lambda job: (job[0].module, job[1].lines.start))


if __name__ == "__main__":
    sys.exit(main())
