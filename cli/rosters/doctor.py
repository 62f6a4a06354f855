"""cli: `doctor ROSTER…`: rosters checked before they are sent, for a registrar with any vendor's system. 規§4.2, 規§6.3.

No server, no database, no account; nothing is kept. 0 clean or warnings, 1 errors, 2 a file cannot be read.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from rosters.examining import Examined, examine_file
from rosters.receiving.findings import RULES
from rosters.schemas import load_rosters
from rules.exchange import FoundCheck
from rules.instants import taipei_day
from rules.rosters.checks.catalogue import AREAS, CHECKS, Severity
from rules.rosters.schema import RosterBook

CLEAN, ERRORS, UNREADABLE = 0, 1, 2
SHOWN = 5
"""Places of one check that the terminal shows; the report shows more, the JSON all of them."""


def examine_files(rosters: Sequence[Path], *, as_json: bool = False, report: Path | None = None) -> int:
    """Examine the files, say what is wrong and return the exit code."""
    if not rosters:
        print("請給名冊檔 · name a roster: starter.py doctor ROSTER.xlsx…", file=sys.stderr)
        return UNREADABLE
    book = load_rosters()
    today = taipei_day(datetime.now(UTC))
    shown = as_document([examine_file(path, book, today) for path in rosters], book)
    if report is not None:
        from cli.rosters.doctor_report import write_report

        try:
            write_report(report, shown)
        except OSError as error:
            print(f"--report {report}: 無法寫入 · cannot be written ({error.strerror})", file=sys.stderr)
            return UNREADABLE
    if as_json:
        json.dump(shown, sys.stdout, ensure_ascii=False, indent=2)
        print()
    else:
        for one in shown["rosters"]:
            _tell(one)
        if report is not None:
            print(f"報表 · report: {report}")
    return int(shown["exit"])


def as_document(examined: Sequence[Examined], book: RosterBook) -> dict[str, Any]:
    """What was found as one JSON object; no value of a cell stands in it, places only."""
    rosters = [_roster(one, book) for one in examined]
    code = UNREADABLE if any(r["state"] == "unreadable" for r in rosters) else CLEAN
    if code == CLEAN and any(r["state"] == "red" for r in rosters):
        code = ERRORS
    return {"exit": code, "book": {"version": book.version, "verified": book.verified}, "rosters": rosters}


def _roster(one: Examined, book: RosterBook) -> dict[str, Any]:
    told: dict[str, Any] = {"file": one.name, "sha256": one.sha256, "state": "unreadable"}
    if one.diagnosis is None:
        words = RULES[one.unreadable]
        detail = one.detail
        return told | {
            "rule": one.unreadable,
            "message": words.message.format(detail=detail),
            "message_en": words.message_en.format(detail=detail),
            "remedy": "確認選對檔案,或重新產製名冊",
            "remedy_en": "check that it is the right file, or generate the roster again",
        }
    context, found = one.diagnosis.context, one.diagnosis.checks
    counts = {s.value: sum(c.severity == s.value for c in found) for s in Severity}
    return told | {
        "state": "green" if one.diagnosis.green else "red",
        "roster": None if context is None else context.schema.id,
        "title": None if context is None else context.schema.title,
        "title_en": None if context is None else context.schema.title_en,
        "code": None if context is None or context.code is None else context.code.code,
        "school": None if context is None else context.school,
        "year": None if context is None else context.year,
        "rows": one.diagnosis.rows,
        "counts": counts,
        "assumed": [
            {"column": column, "what": what}
            for column, what in (() if context is None else context.schema.assumptions())
        ],
        "checks": [_check(c, book) for c in found],
    }


def _check(found: FoundCheck, book: RosterBook) -> dict[str, Any]:
    words = CHECKS[found.name]
    zh, en = book.post(found.post) if found.post else ("提交名冊的職務", "the post that submits the roster")
    return {
        "check": found.name,
        "area": AREAS[words.area][0],
        "severity": found.severity,
        "title": words.title,
        "title_en": words.title_en,
        "clause": words.clause,
        "source": words.source,
        "post": found.post,
        "post_title": zh,
        "post_title_en": en,
        "remedy": words.remedy,
        "remedy_en": words.remedy_en,
        "found": len(found.places),
        "places": [{"sheet": s, "row": r or None, "column": c} for s, r, c in found.places],
    }


def assumed_text(assumed: dict[str, str]) -> str:
    """`「成果文件連結」填檔案的 SHA-256…`: which column, where it is about one."""
    return (f"「{assumed['column']}」" if assumed["column"] else "") + assumed["what"]


def place_text(place: dict[str, Any]) -> str:
    """`〔學生資料〕第 2 列「座號」`."""
    row = f"第 {place['row']} 列" if place["row"] else ""
    return f"〔{place['sheet']}〕{row}" + (f"「{place['column']}」" if place["column"] else "")


def _tell(one: dict[str, Any]) -> None:
    if one["state"] == "unreadable":
        print(f"✗ {one['file']}: {one['message']} · {one['message_en']} [{one['rule']}]", file=sys.stderr)
        print(f"    → {one['remedy']} · {one['remedy_en']}", file=sys.stderr)
        return
    mark = "●" if one["state"] == "green" else "✗"
    light = "綠燈 green" if one["state"] == "green" else "紅燈 red"
    about = f"{one['title'] or '?'} {one['code'] or ''}".strip()
    print(
        f"{mark} {one['file']}〔{about}〕{light}: {one['rows']} 筆 · rows,"
        f" {one['counts']['error']} 項錯誤 errors, {one['counts']['warning']} 項提醒 warnings"
    )
    for c in one["checks"]:
        sign = "✗" if c["severity"] == "error" else "⚠"
        print(f"  {sign} {c['title']} · {c['title_en']} [{c['check']}] ×{c['found']}")
        print(f"    {c['post_title']} {c['post_title_en']}〔{c['clause']}〕→ {c['remedy']} · {c['remedy_en']}")
        more = f" … 另 {c['found'] - SHOWN} 處" if c["found"] > SHOWN else ""
        print("    " + "; ".join(place_text(p) for p in c["places"][:SHOWN]) + more)
    for assumed in one["assumed"]:
        print(f"  ? 未見文件,依推測 · assumed: {assumed_text(assumed)}")
