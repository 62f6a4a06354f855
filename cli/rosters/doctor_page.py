"""cli: docs/doctor.md, written from the table of checks: `python -m cli.rosters.doctor_page`. 規§4.2."""

from __future__ import annotations

import sys
from pathlib import Path

from rosters.schemas import load_rosters
from rules.rosters.checks.catalogue import AREAS, CHECKS, Desk
from rules.rosters.schema import RosterBook

PAGE = Path(__file__).resolve().parents[2] / "docs" / "doctor.md"

_HEAD = """# 名冊檢查 · The data doctor

由 `python -m cli.rosters.doctor_page` 產生,內容即 `rules/rosters/checks/catalogue.py` 的檢查表,請勿手動修改。
Written by `python -m cli.rosters.doctor_page` from the table of checks; do not edit.

名冊產製時自動檢查;`starter.py doctor 名冊.xlsx…` 不需伺服器、資料庫與帳號,檢查任何系統產製的名冊,不留資料。
錯誤(✗)未改正或未由主管附理由豁免(`starter.py roster waive`)前,名冊不得提交;提醒(⚠)不擋。
Run when a roster is generated, and offline on any vendor's roster. An error holds the roster back until it is
clean or waived by the director with a reason; a warning does not. Exit codes: 0 clean or warnings, 1 errors,
2 a file cannot be read. Thresholds, code lists, columns and the posts of each desk are data in
`schools/national/rosters-115.yaml`, each with its source; none was compared with the manual in force.

{count} 項 · {count} checks
"""


def page(book: RosterBook) -> str:
    """The whole page."""
    lines = [_HEAD.format(count=len(CHECKS))]
    for area, (zh, en) in AREAS.items():
        lines += [f"## {zh} · {en}", "", "| 檢查 check | 內容 what | 負責 post | 處理 remedy | 出處 source |", "|---|---|---|---|---|"]  # fmt: skip
        for name, c in CHECKS.items():
            if c.area is not area:
                continue
            desk = ("提交名冊的職務", "the submitting post") if c.desk is Desk.SUBMITTER else book.post(book.doctor.desks[c.desk])  # fmt: skip
            mark = "✗" if c.severity.value == "error" else "⚠"
            source = c.source if c.source.startswith("規") else f"{c.source}; {c.clause}"
            lines.append(f"| {mark} `{name}` | {c.title}<br>{c.title_en} | {desk[0]} {desk[1]} | {c.remedy}<br>{c.remedy_en} | {source} |")  # fmt: skip
        lines.append("")
    lines += ["## 出處 · Sources", ""]
    lines += [f"- `{name}` {text}" for name, text in book.sources.items()]
    lines += ["- `workbook` 活頁簿檔案本身的問題 · the form of the file itself", ""]
    return "\n".join(lines)


if __name__ == "__main__":
    PAGE.write_text(page(load_rosters()), encoding="utf-8")
    sys.stdout.write(f"{PAGE.name}: {len(CHECKS)}\n")
