"""demo: `python -m demo.central_database --inbox DIR --outbox DIR --seed N [--faults CLASS=COUNT …]`.

Every roster in the inbox is answered in the outbox: a receipt, the result of a pre-check, or a return
with its reasons. What was planted stands in the sealed folder, for tests and for the demo's own count.
"""

from __future__ import annotations

import argparse
import json
import random
import sys
from datetime import datetime
from pathlib import Path

from demo.central_database.faults import CLASSES, TooMany, lines_of, plant
from demo.central_database.intake import PRECHECKS, Incoming, Shelf, pre_check, take_in
from demo.central_database.receipts import FORMS, Receipt, complaints_file, write


def main(arguments: list[str] | None = None) -> int:
    """Answer every roster of the inbox once; one line of JSON a roster. Exit code 2 for a fault that cannot be planted."""
    given = _parser().parse_args(arguments)
    counts = dict(given.faults)
    given.outbox.mkdir(parents=True, exist_ok=True)
    sealed = given.sealed or given.outbox / "sealed"
    sealed.mkdir(parents=True, exist_ok=True)
    shelf = Shelf.at(given.outbox)
    for path in sorted(given.inbox.glob("*.xlsx")):
        if path.name.startswith((".", "~$")):
            continue
        try:
            answer = _answer(take_in(path), shelf, given, counts, sealed)
        except TooMany as error:
            print(f"{path.name}: 人數不足以植入 · too few people for {error}", file=sys.stderr)
            return 2
        print(json.dumps(answer, ensure_ascii=False))
    return 0


def _answer(
    incoming: Incoming, shelf: Shelf, given: argparse.Namespace, counts: dict[str, int], sealed: Path
) -> dict[str, object]:
    stem = f"{incoming.series or incoming.path.stem}"
    if incoming.complaints:
        name = f"{stem}_退件.xlsx"
        (given.outbox / name).write_bytes(complaints_file("退件", incoming.path.name, incoming.complaints, given.at))
        return {
            "roster": incoming.path.name,
            "answer": "returned",
            "file": name,
            "complaints": len(incoming.complaints),
        }
    version = incoming.stated or shelf.keep(incoming)
    if given.precheck or incoming.cover["名冊別"] in PRECHECKS:
        found = pre_check(incoming)
        name = f"{stem}_v{version}_預檢結果.xlsx"
        (given.outbox / name).write_bytes(complaints_file("預檢結果", incoming.path.name, found, given.at))
        return {
            "roster": incoming.path.name,
            "answer": "pre-check",
            "version": version,
            "file": name,
            "complaints": len(found),
        }
    # The seed and what the roster is, never its path: the same roster gets the same faults everywhere.
    draw = random.Random(f"{given.seed} {incoming.series} {version}")
    lines, planted = plant(lines_of(incoming.sheets, incoming.cover["學校代碼"]), counts, draw)
    headers = {sheet: list(table[0]) for sheet, table in incoming.sheets.items()}
    receipt = Receipt(incoming.cover, version, incoming.sha256, given.at, lines, headers,
                      {kind: n for kind, n in counts.items() if n}, planted)  # fmt: skip
    data, ending = write(receipt, given.form, draw)
    name = f"{stem}_v{version}_收訖明細.{ending}"
    (given.outbox / name).write_bytes(data)
    listed = {
        "roster": incoming.path.name,
        "receipt": name,
        "version": version,
        "planted": [p.sealed() for p in planted],
    }
    (sealed / f"{name}.json").write_text(json.dumps(listed, ensure_ascii=False, indent=1), encoding="utf-8")
    return {"roster": incoming.path.name, "answer": "receipt", "version": version, "file": name, "lines": len(lines)}


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="demo.central_database",
        description="模擬的中央資料庫(示範與測試用)· a simulated central database for demo and tests",
    )
    parser.add_argument("--inbox", type=Path, required=True, help="名冊放這裡 · rosters come in here")
    parser.add_argument("--outbox", type=Path, required=True, help="收訖明細放這裡 · receipts go out here")
    parser.add_argument("--seed", type=int, required=True, help="亂數種子 · the same seed gives the same faults")
    parser.add_argument("--faults", type=_fault, nargs="*", default=[], metavar="CLASS=COUNT", help=", ".join(CLASSES))
    parser.add_argument("--form", choices=FORMS, default="workbook", help="收訖檔的樣子 · form of the receipt")
    parser.add_argument("--precheck", action="store_true", help="只做預檢 · answer with a pre-check")
    parser.add_argument("--sealed", type=Path, help="植入清單的資料夾 · folder of the sealed lists")
    parser.add_argument("--at", type=datetime.fromisoformat, default="2027-04-16 17:00", help="產生時間 · instant")
    return parser


def _fault(text: str) -> tuple[str, int]:
    kind, _, count = text.partition("=")
    if kind not in CLASSES or not (count or "1").isdigit():
        raise argparse.ArgumentTypeError(f"{text}: {', '.join(CLASSES)}, CLASS=COUNT")
    return kind, int(count or "1")


if __name__ == "__main__":
    sys.exit(main())
