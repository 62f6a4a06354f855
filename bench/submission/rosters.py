"""bench: 48,000 rows of 3,000 students written beside the bare XLSX library on the same cells; the doctor on them.

The bare side gets the finished cells and the library's own defaults: `write_row` a row, no format, no order,
no hash. Ours starts from typed values: codes, days, order, rejects, natural keys, digests, widths, text columns.
"""

from __future__ import annotations

import io
import json
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from subprocess import run
from typing import Any

import xlsxwriter

from bench.harness import Figure, at_most, interleaved, peak_mb
from bench.submission.sample import BOOK, orders
from rosters.examining import table_of_lines
from rosters.formats import SchoolFormats
from rosters.writing.lines import RosterLines, lines_of
from rosters.writing.workbook import workbook
from rules.exchange import RosterOrder
from rules.rosters.checks.doctor import examine

ROWS = 48_000
TARGET = 0.8
"""Of the bare library's speed."""
DOCTOR_SECONDS, DOCTOR_MB = 5.0, 300.0

_DOCTOR = """
import json, sys
from pathlib import Path
from time import perf_counter
started = perf_counter()
from bench.harness import peak_mb
from cli.rosters.doctor import as_document
from rosters.examining import examine_file
from rosters.schemas import load_rosters
book = load_rosters()
shown = as_document([examine_file(Path(p), book) for p in sys.argv[1:]], book)
taken = perf_counter() - started
assert shown["exit"] == 0, shown["rosters"]
rows = sum(r["rows"] for r in shown["rosters"])
print(json.dumps([rows, taken, peak_mb()]))
"""


def figures(*, quick: bool) -> list[Figure]:
    """Writing against the bare library; the doctor's seconds and memory on the files that were written."""
    given = orders()
    made = [lines_of(order, BOOK) for order in given]
    if sum(len(m.lines) for m in made) != ROWS:
        raise AssertionError("the sample does not hold 48,000 rows")
    ours, bare, checked = interleaved(
        3 if quick else 7, lambda: _write(given), lambda: _bare(made), lambda: _check(made)
    )
    print(f"  writing {ours:.2f} s, bare {bare:.2f} s, the doctor on the cells {checked:.2f} s", file=sys.stderr)
    speed = round(bare / ours, 3)
    return [
        Figure(
            f"rosters of 3,000 students, {ROWS:,} rows: speed against bare xlsxwriter on the same cells",
            speed, 1.0, "times", f">= {TARGET:g} times", speed >= TARGET, peak_mb(),
        ),
        *_doctor(given),
    ]  # fmt: skip


def _write(given: Sequence[RosterOrder]) -> int:
    return sum(len(workbook(lines_of(order, BOOK))) for order in given)


def _check(made: Sequence[RosterLines]) -> None:
    for one in made:
        if examine(table_of_lines(one), BOOK).checks:
            raise AssertionError("the sample is not clean")


def _bare(made: Sequence[RosterLines]) -> int:
    size = 0
    for one in made:
        target = io.BytesIO()
        book: Any = xlsxwriter.Workbook(target)
        for sheet in one.sheets:
            page = book.add_worksheet(sheet.schema.name)
            page.write_row(0, 0, [c.name for c in sheet.schema.columns])
            for number, cells in enumerate(sheet.rows, start=1):
                page.write_row(number, 0, cells)
        book.close()
        size += len(target.getvalue())
    return size


def _doctor(given: Sequence[RosterOrder]) -> list[Figure]:
    """`doctor` in a process of its own, from nothing to the finished document."""
    formats = SchoolFormats()
    with tempfile.TemporaryDirectory(prefix="licheng-bench-") as folder:
        paths = [Path(folder) / f"{order.roster}.xlsx" for order in given]
        for path, order in zip(paths, given, strict=True):
            path.write_bytes(formats.write(order).content)
        done = run([sys.executable, "-c", _DOCTOR, *map(str, paths)], capture_output=True, text=True, check=True)
    rows, seconds, memory = json.loads(done.stdout)
    if rows != ROWS:
        raise AssertionError(f"the doctor saw {rows} rows")
    return [
        at_most(f"doctor on {ROWS:,} rows, from start to document", seconds, DOCTOR_SECONDS, "s", memory),
        at_most(f"doctor on {ROWS:,} rows, peak memory", memory, DOCTOR_MB, "MB", memory),
    ]
