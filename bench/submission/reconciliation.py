"""bench: reconciliation of 1,000,000 lines beside a bare full outer join of the same lines in PostgreSQL.

Both sides hold the lines ready: PostgreSQL in analysed tables with default settings (it may use parallel
workers), we in memory as `rules.ledgers` keeps them. The join only names the keys that differ; ours ends
with every difference, paired and with its id. They take turns.
"""

from __future__ import annotations

import asyncio
import random
import shutil
import sys
import tempfile
import tracemalloc
from collections.abc import Iterator
from pathlib import Path
from statistics import median
from time import perf_counter

import asyncpg

from bench.harness import Figure, peak_mb
from rules.ledgers.differences import Owner
from rules.ledgers.line import Book, Columns, Ledger, Shape
from rules.ledgers.reconciliation import reconcile
from rules.ledgers.words import Kind
from runtime.servers.postgres import PostgresPart
from runtime.servers.supervisor import Supervisor

LINES = 1_000_000
ODD = 1000
"""Lines lost, added, altered and recoded: so many of each."""
TARGET = 2.0
GROWTH = 1.15
"""Memory a line, 1,000,000 lines against 100,000: linear, give or take the steps in which tables grow."""

SHEET = "學期課程學習成果"
KEY, OTHERS = ("課程代碼", "實際修課學期"), ("修課學分", "成果簡述", "成果文件連結", "科目名稱")
SHAPE = Shape(sheet=SHEET, key=KEY, code="課程代碼", telling=("科目名稱", "成果簡述", "成果文件連結"))
OWNER = Owner("outcomes", "名冊", "roster", "registration_section", "註冊組長", "registrar", "規§6.3.2")
_COLUMNS = ("sheet", "person", "code", "semester", "credits", "summary", "link", "name")
_JOIN = f"""
select coalesce(l.person, r.person), coalesce(l.code, r.code), l.person is null, r.person is null
from roster l full outer join receipt r using ({", ".join(_COLUMNS)}) where l.sheet is null or r.sheet is null
"""

Row = tuple[str, tuple[str, ...]]


def figures(*, quick: bool, url: str | None = None) -> list[Figure]:
    """Seconds against the join, and memory a line. `url` names a server that runs already."""
    return [asyncio.run(_speed(rounds=3 if quick else 7, url=url)), _memory()]


def rows(count: int) -> Iterator[Row]:
    """Outcome lines of a county: eighteen courses a person, one in a hundred twice."""
    for n in range(count):
        course = n % 18 if n % 100 else (n + 1) % 18
        yield f"p{n // 18:07}", (
            f"115999901H11101A10101{course:02}", str(1 + n % 2), str(2 + n % 3), f"成果簡述第 {n} 號,含實驗與報告",
            f"https://portfolio.example/{n:08}.pdf", f"科目{course:02}",
        )  # fmt: skip


def spoilt(lines: list[Row], draw: random.Random) -> list[Row]:
    """The receipt: the same lines in another order, ODD of each class gone wrong, each on a person of its own."""
    chosen = draw.sample(range(len(lines) // 18), 4 * ODD)
    received = list(lines)
    gone: set[int] = set()
    for kind, first in enumerate(range(0, 4 * ODD, ODD)):
        for person in chosen[first : first + ODD]:
            at = person * 18 + 5
            who, values = received[at]
            if kind == 0:
                gone.add(at)
            elif kind == 1:
                received.append((who, (values[0][:-2] + "77", values[1], "1", f"多出 {at}", f"extra/{at}", "多出")))
            elif kind == 2:
                received[at] = (who, (*values[:2], "9", *values[3:]))
            else:
                received[at] = (who, (values[0][:-2] + "88", *values[1:]))
    received = [line for at, line in enumerate(received) if at not in gone]
    draw.shuffle(received)
    return received


def _ledger(book: Book, lines: list[Row]) -> Ledger:
    made = Ledger(book, book.value, {SHEET: Columns(len(KEY), OTHERS)})
    for number, (person, values) in enumerate(lines, start=2):
        made.add(SHEET, person, values, number)
    return made


def _ours(roster: Ledger, receipt: Ledger) -> int:
    found = reconcile(OWNER, roster, receipt, {SHEET: SHAPE}, secret=b"bench")
    for kind in (Kind.MISSING, Kind.EXTRA, Kind.ALTERED, Kind.WRONG_COURSE_CODE):
        if found.counts.get(kind) != ODD:
            raise AssertionError(f"{kind}: {found.counts.get(kind)} instead of {ODD}")
    return len(found.differences)


async def _speed(*, rounds: int, url: str | None) -> Figure:
    folder = Path(tempfile.mkdtemp(prefix="licheng-bench-"))
    folder.chmod(0o711)  # PostgreSQL's own account walks through
    try:
        if url is not None:
            return await _beside(url, rounds)
        part = PostgresPart(folder / "postgres")
        async with Supervisor(folder / "on", [part]):
            return await _beside(part.url(), rounds)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


async def _beside(url: str, rounds: int) -> Figure:
    lines = list(rows(LINES))
    received = spoilt(lines, random.Random(1))
    connection = await asyncpg.connect(url)
    # Ordinary tables: temporary ones would keep the join to one process.
    await connection.execute("drop schema if exists bench_ledgers cascade")
    await connection.execute("create schema bench_ledgers")
    await connection.execute("set search_path = bench_ledgers")
    try:
        for table, several in (("roster", lines), ("receipt", received)):
            await connection.execute(f"create table {table} ({', '.join(f'{c} text' for c in _COLUMNS)})")
            await connection.copy_records_to_table(
                table, schema_name="bench_ledgers", records=[(SHEET, p, *values) for p, values in several]
            )
            await connection.execute(f"analyze {table}")
        ours, theirs = _ledger(Book.ROSTER, lines), _ledger(Book.RECEIPT, received)
        del lines, received
        taken: tuple[list[float], list[float]] = ([], [])
        for _ in range(rounds):
            started = perf_counter()
            _ours(ours, theirs)
            taken[0].append(perf_counter() - started)
            started = perf_counter()
            joined = await connection.fetch(_JOIN, timeout=300)
            taken[1].append(perf_counter() - started)
            if len(joined) != 6 * ODD:  # an altered or recoded line is two rows to a join
                raise AssertionError(f"the join found {len(joined)} rows instead of {6 * ODD}")
    finally:
        await connection.execute("drop schema bench_ledgers cascade")
        await connection.close()
    mine, peer = median(taken[0]), median(taken[1])
    return Figure(
        f"reconciliation of {LINES:,} lines against a bare full outer join",
        round(mine, 3), round(peer, 3), "s", f"<= {TARGET:g} times", mine <= TARGET * peer, peak_mb(),
    )  # fmt: skip


def _memory() -> Figure:
    """Bytes a line beyond the ledgers themselves and with them, at a tenth of the size and at the whole."""
    each: list[float] = []
    for count in (LINES // 10, LINES):
        tracemalloc.start()
        lines = list(rows(count))
        received = spoilt(lines, random.Random(1))
        ours, theirs = _ledger(Book.ROSTER, lines), _ledger(Book.RECEIPT, received)
        del lines, received
        tracemalloc.reset_peak()
        _ours(ours, theirs)
        each.append(tracemalloc.get_traced_memory()[1] / count)
        tracemalloc.stop()
        del ours, theirs
    print(f"  memory a line: {each[0]:.0f} bytes at {LINES // 10:,}, {each[1]:.0f} at {LINES:,}", file=sys.stderr)
    return Figure(
        f"reconciliation, peak memory a line: {LINES:,} against {LINES // 10:,}",
        round(each[1], 1), round(each[0], 1), "bytes", f"<= {GROWTH:g} times", each[1] <= GROWTH * each[0], peak_mb(),
    )  # fmt: skip
