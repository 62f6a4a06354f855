"""cli: `reconcile ROSTER RECEIPT`: a roster beside its receipt, for a registrar with any vendor's system. 規§6.4.

No server, no database, no account; nothing is kept. 0 they agree, 1 they differ, 2 a file is refused.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

from rosters.receipts import Outcome, ReadFile, columns_of, compare, read_receipt, read_roster
from rosters.receiving.findings import Weight
from rosters.receiving.mapping import DEFAULT, Tables, load_tables
from rules.ledgers.line import Book
from rules.ledgers.reconciliation import Reconciliation
from rules.ledgers.words import KINDS, STEPS, WORDS

AGREE, DIFFER, REFUSED = 0, 1, 2
SHOWN = 200
"""Differences that the terminal shows; the report and the JSON hold all of them."""

BOOKS = {Book.SELECTION: ("勾選", "selection"), Book.ROSTER: ("名冊", "roster"), Book.RECEIPT: ("收訖明細", "receipt")}


def reconcile_files(
    roster: Path,
    receipt: Path,
    *,
    selection: Path | None = None,
    mapping: str | None = None,
    version: int | None = None,
    accept_partial: str | None = None,
    as_json: bool = False,
    report: Path | None = None,
) -> int:
    """Compare the files, say what differs and return the exit code."""
    tables, form = _tables(mapping)
    if mapping is not None and form is None and Path(mapping).suffix not in (".yaml", ".yml"):
        names = ", ".join(m.id for m in tables.mappings)
        print(f"--mapping {mapping}: 沒有這份對照表 · no such mapping table; {names}", file=sys.stderr)
        return REFUSED
    if accept_partial is not None and not accept_partial.strip():
        print("--accept-partial 需要理由 · a reason is needed", file=sys.stderr)
        return REFUSED
    outcome = run(roster, receipt, tables, selection, form, version, partial=accept_partial is not None)
    shown = as_document(outcome, accept_partial, tables)
    if report is not None:
        from cli.rosters.reconcile_report import write_report

        write_report(report, outcome, shown, tables)
    if as_json:
        json.dump(shown, sys.stdout, ensure_ascii=False, indent=2)
        print()
    else:
        _tell(outcome, accept_partial, report)
    if outcome.reconciliation is None:
        return REFUSED
    return AGREE if outcome.reconciliation.agree else DIFFER


def run(
    roster: Path, receipt: Path, tables: Tables, selection: Path | None, form: str | None, version: int | None,
    *, partial: bool,
) -> Outcome:  # fmt: skip
    """Read the files and compare them."""
    ours = read_roster(roster, tables)
    known = columns_of(ours)
    theirs = read_receipt(receipt, tables, known, mapping=form)
    chosen = None if selection is None else read_receipt(selection, tables, known, book=Book.SELECTION)
    return compare(ours, theirs, tables, selection=chosen, accept_partial=partial, version=version)


def as_document(outcome: Outcome, reason: str | None, tables: Tables) -> dict[str, Any]:
    """The outcome as one JSON object; a difference says which columns its key consists of."""
    found = outcome.reconciliation
    compared = None if found is None else found.shown()
    for one in compared["differences"] if compared is not None else ():
        shape = tables.shapes.get(one["sheet"])
        one["key_columns"] = list(shape.key) if shape is not None and one["key"] else []
    code = REFUSED if found is None else AGREE if found.agree else DIFFER
    return {
        "exit": code,
        "files": [_file(one) for one in outcome.files],
        "partial": outcome.partial,
        "partial_reason": reason if outcome.partial else None,
        "findings": [one.shown() for one in outcome.findings],
        "reconciliation": compared,
    }


def _file(file: ReadFile) -> dict[str, Any]:
    content = file.content
    return {
        "book": file.book.value,
        "name": file.name,
        "sha256": file.sha256,
        "mapping": None if file.mapping is None else file.mapping.id,
        "mapping_verified": None if file.mapping is None else file.mapping.verified,
        "school": None if content is None else content.stated.school,
        "year": None if content is None else content.stated.year,
        "semester": None if content is None else content.stated.semester,
        "code": None if content is None else content.stated.code,
        "version": None if content is None else content.stated.version or None,
        "lines": None if content is None else content.lines,
        "left_out": None if content is None else content.rows_left_out,
    }


def _tables(mapping: str | None) -> tuple[Tables, str | None]:
    """The tables, and the name of a form: `--mapping` is a form's id or a YAML file of one's own."""
    if mapping is not None and Path(mapping).suffix in (".yaml", ".yml"):
        return load_tables(Path(mapping)), None
    tables = load_tables(DEFAULT)
    return tables, mapping if mapping is not None and tables.mapping(mapping) is not None else None


def _tell(outcome: Outcome, reason: str | None, report: Path | None) -> None:
    for file in outcome.files:
        form = (
            f"〔{file.mapping.title}{'' if file.mapping.verified else ',未查證 · unverified'}〕" if file.mapping else ""
        )
        lines = f" {file.content.lines} 筆 · lines" if file.content is not None else ""
        print(f"{BOOKS[file.book][0]} · {BOOKS[file.book][1]}: {file.name}{lines} {form}")
    for one in outcome.findings:
        print(("⚠ " if one.weight is Weight.WARNING else "✗ ") + str(one), file=sys.stderr)
    found = outcome.reconciliation
    if found is None:
        _tell_refusal(outcome)
        return
    if outcome.partial:
        print(f"只比對讀得出來的部分 · only what could be read was compared: {reason}")
    _tell_differences(found)
    if report is not None:
        print(f"報表 · report: {report}")


def _tell_refusal(outcome: Outcome) -> None:
    print("未比對:檔案整份拒收 · nothing was compared: the file is refused whole", file=sys.stderr)
    faulty = [file for file in outcome.files if file.refused or file.needs_decision]
    if any(file.book is not Book.RECEIPT for file in faulty):
        print(
            "    → 名冊或勾選清單本身有問題,先更正(starter.py doctor 可檢查名冊)"
            " · correct the roster or selection first; starter.py doctor checks a roster",
            file=sys.stderr,
        )
    elif not any(file.refused for file in faulty):
        print(
            "    → 取得完整的檔案;確要先比對讀得出來的部分,加上 --accept-partial 理由"
            " · get the whole file, or compare what can be read with --accept-partial REASON",
            file=sys.stderr,
        )


def _tell_differences(found: Reconciliation) -> None:
    for step, same in found.same.items():
        print(f"{STEPS[step][0]}相符 · {STEPS[step][1]} agree: {same}")
    if found.agree:
        print("全部相符 · everything agrees")
        return
    owner = found.owner
    print(f"負責 · owner: {owner.post_title} {owner.post_title_en}〔{owner.clause}〕")
    for kind, (zh, en) in KINDS.items():
        if found.counts.get(kind):
            print(f"  {zh} · {en}: {found.counts[kind]}")
    for one in found.differences[:SHOWN]:
        shown = one.shown()
        words = WORDS[one.kind, one.step]
        places = "; ".join(f"{BOOKS[book][0]} {place}" for book, place in one.placed)
        changes = "; ".join(f"{c['column']}:{c['before']!r} → {c['after']!r}" for c in shown["changes"])
        doubt = "(可能在未讀的列裡 · may be among the rows left out)" if one.doubtful else ""
        print(f"{one.id} {one.sheet} {shown['person']} {' '.join(one.key)} {one.school}{doubt}")
        print(f"    {words.title} · {words.title_en}{':' + changes if changes else ''}")
        print(f"    {places}")
        print(f"    → {words.remedy} · {words.remedy_en}")
    if len(found.differences) > SHOWN:
        print(f"… 另有 {len(found.differences) - SHOWN} 項,見 --report 或 --json · more in the report or JSON")
