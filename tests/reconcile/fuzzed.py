"""Receipt files spoilt in every way that a seed gives: the reader may refuse them, never fall over them."""

from __future__ import annotations

import csv
import io
import random
import zipfile
import zlib
from collections.abc import Callable
from pathlib import Path

from rosters.receipts import Outcome, columns_of, compare, read_receipt, read_roster
from rosters.receiving.findings import RULES, Weight
from rosters.receiving.mapping import load_tables
from tests.reconcile.planting import sent
from tests.reconcile.samples import outcome_rows, write_roster

JUNK = (
    "", " ", "\x00", "\x1f", "\x07", "'", '"', '"a', "=1+1", "#REF!", "1E+308", "-0", "24:00", "116/2/30", "2027/13/45",
    "\ud800", "\u202e文", "é", "1.15E+22", "nan", "inf", "9" * 400, "國" * 5000, "\r\n", "\t", "true", "１２", "0" * 7,
    "9999999", "1150230", "116/4/16 24:00", "上午 12:00:00", "㊣", "\U0001f600", "..", "<c>", "&#0;", "True", "1_0", "٣",
)  # fmt: skip
TABLES = load_tables()


class Seeds:
    """Good receipts in all forms, to be spoilt."""

    def __init__(self, folder: Path) -> None:
        self.roster = read_roster(write_roster(folder / "outcomes.xlsx", outcome_rows(5, items=3)), TABLES)
        self.files: list[tuple[str, bytes]] = []
        for form in ("workbook", "central_rows", "vendor_list"):
            answer = sent(folder / "outcomes.xlsx", folder / form, seed=1, faults={"altered": 1}, form=form)
            self.files.append((answer.receipt.name, answer.receipt.read_bytes()))
        self.known = columns_of(self.roster)

    def run(self, seed: int) -> Outcome:
        """Spoil one file by seed and hold it against the roster. Whatever it raises is a fault of ours."""
        draw = random.Random(seed)
        name, data = draw.choice(self.files)
        for _ in range(draw.choice((1, 1, 2, 4))):
            data = draw.choice(_SPOILERS)(data, draw)
        read = read_receipt((name, data), TABLES, self.known)
        outcome = compare(self.roster, read, TABLES, accept_partial=draw.random() < 0.7)
        _holds(outcome)
        return outcome


def _holds(outcome: Outcome) -> None:
    """Refused with a reason, or compared: and then every line of the roster is accounted for."""
    for one in outcome.findings:
        assert one.rule in RULES and one.message and one.remedy
        assert str(one).isprintable() or "\n" in str(one)
    found = outcome.reconciliation
    if found is None:
        assert any(f.weight is not Weight.WARNING for f in outcome.findings)
        return
    [same] = found.same.values()
    kinds = found.counts
    told = sum(kinds.get(kind, 0) for kind in ("missing", "altered", "wrong_course_code"))  # type: ignore[call-overload]
    [ours] = [f for f in outcome.files if f.book.value == "roster"]
    assert ours.content is not None and same + told == ours.content.lines
    assert found.shown()


def _cut(data: bytes, draw: random.Random) -> bytes:
    return data[: draw.randrange(len(data) + 1)]


def _flip(data: bytes, draw: random.Random) -> bytes:
    changed = bytearray(data)
    for _ in range(draw.choice((1, 3, 40)) if changed else 0):
        changed[draw.randrange(len(changed))] = draw.randrange(256)
    return bytes(changed)


def _splice(data: bytes, draw: random.Random) -> bytes:
    at, length = draw.randrange(len(data) + 1), draw.randrange(200)
    return data[:at] + draw.randbytes(length) + data[at + draw.randrange(200) :]


def _inside(data: bytes, draw: random.Random) -> bytes:
    """Spoil a part of a workbook, in a zip that is whole."""
    if not data.startswith(b"PK"):
        return _cells(data, draw)
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as before:
            parts = {name: before.read(name) for name in before.namelist()}
    except (zipfile.BadZipFile, zlib.error, ValueError, OSError, EOFError, RuntimeError):
        return data  # spoilt before: no zip to look into
    name = draw.choice(sorted(parts)) if parts else ""
    act = draw.randrange(5)
    if act == 0:
        parts.pop(name, None)
    elif act == 1 and name:
        parts[name] = _flip(parts[name], draw)
    elif act == 2 and name:
        parts[name] = _cut(parts[name], draw)
    else:
        sheets = [n for n in parts if "worksheets/sheet" in n or "sharedStrings" in n]
        if sheets:
            name = draw.choice(sheets)
            parts[name] = _xml(parts[name], draw)
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as after:
        for name, part in parts.items():
            after.writestr(name, part)
    return target.getvalue()


def _xml(part: bytes, draw: random.Random) -> bytes:
    pairs = [
        (b"<v>", b"<v>-"), (b't="s"', b't="e"'), (b't="s"', b't="str"'), (b't="s"', b't="b"'), (b't="s"', b't="d"'),
        (b'r="A', b'r="ZZZ'), (b'r="B2"', b'r="B1048577"'), (b"</v>", b"e99</v>"), (b"<v>", b"<f>A1</f><v>"),
        (b"<t>", b"<t>\xe2\x80\xae"), (b"</sheetData>", b'</sheetData><mergeCells count="1"><mergeCell ref="A2:C9"/></mergeCells>'),
        (b"<row ", b"<row hidden=\"1\" "), (b'spans="1:', b'spans="9999:'),
    ]  # fmt: skip
    old, new = draw.choice(pairs)
    return part.replace(old, new, draw.choice((1, 3, -1)))


def _cells(data: bytes, draw: random.Random) -> bytes:
    """Put junk into the cells of a table, drop, double and move rows and columns."""
    try:
        rows = list(csv.reader(io.StringIO(data.decode(errors="ignore").replace("\x00", ""))))
    except csv.Error:
        return data
    for _ in range(draw.choice((1, 2, 10))):
        if not rows:
            break
        row = rows[draw.choice((0, draw.randrange(len(rows))))]
        if not row:
            continue
        at = draw.randrange(len(row))
        act = draw.randrange(6)
        if act == 0:
            del row[at]
        elif act == 1:
            row.insert(at, draw.choice(JUNK))
        elif act == 2:
            draw.shuffle(row)
        elif act == 3:
            rows.append(list(row))
        else:
            row[at] = draw.choice(JUNK)
    target = io.StringIO(newline="")
    csv.writer(target).writerows(rows)
    encoding = draw.choice(("utf-8", "utf-8-sig", "cp950", "utf-16", "big5hkscs"))
    return target.getvalue().encode(encoding, "replace")


_SPOILERS: list[Callable[[bytes, random.Random], bytes]] = [_cut, _flip, _splice, _inside, _inside, _cells, _cells]
