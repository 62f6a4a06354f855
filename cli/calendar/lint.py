"""cli: `calendar lint FILE` and `calendar explain RULE`: no server, no database, no account. 規§4.1, 規§4.2."""

from __future__ import annotations

import sys
from itertools import groupby
from pathlib import Path
from typing import Annotated, Any

from cyclopts import Parameter

from cli import show
from cli.calendar.app import calendar_app
from cli.calendar.documents import Judged, calendars_of, judged
from cli.options import Json
from rosters.documents import DocumentError
from rules.lint.book import CHAPTERS, RULES, errors, lint
from rules.lint.model import Finding, LintRule

CLEAN, FOUND = 0, 1
SHOWN = 3
"""Places of one rule that the terminal shows; --all and --json show every one."""

FileArg = Annotated[Path, Parameter(help="期程檔 YAML,或規則資料夾 · a calendar file, or a pack's folder")]
PackOpt = Annotated[Path | None, Parameter(name="--pack", help="規則資料夾 · rule pack")]
NationalOpt = Annotated[Path | None, Parameter(name="--national", help="主管機關文件 · the authority's document")]


@calendar_app.command(name="lint")
def lint_command(
    file: FileArg,
    *,
    pack: PackOpt = None,
    national: NationalOpt = None,
    people: Annotated[Path | None, Parameter(help="職務、代理與請假 YAML · posts, deputies, absences")] = None,
    all_: Annotated[bool, Parameter(name="--all", negative="", help="列出每一處 · show every place")] = False,
    json: Json = False,
) -> int:
    """依規檢核期程;0 通過或只有提醒,1 有錯誤,2 讀不出來 · check a calendar by rule."""
    try:
        cases = [judged(p, pack=pack, national=national, people=people) for p in calendars_of(file)]
    except DocumentError as error:
        if not json:
            raise
        show.emit({"exit": show.REFUSED, "problems": [p.shown() for p in error.problems], "findings": []})
        return show.REFUSED
    verdicts = [(case, lint(case.case)) for case in cases]
    code = FOUND if any(errors(found) for _, found in verdicts) else CLEAN
    if json:
        shown = [f.shown() | {"where": case.where(f)} for case, found in verdicts for f in found]
        show.emit({"exit": code, "rules": len(RULES), "problems": [], "findings": shown})
        return code
    for case, found in verdicts:
        _tell(case, found, every=all_)
    return code


def _tell(case: Judged, found: list[Finding], *, every: bool) -> None:
    for _, group in groupby(found, key=lambda f: f.rule.id):
        same = list(group)
        rule = same[0].rule
        mark = "✗" if rule.severity == "error" else "⚠"
        print(f"{mark} {rule.title[0]} · {rule.title[1]} 〔{rule.clause}〕 {rule.id}")
        for one in same if every else same[:SHOWN]:
            where = case.where(one)
            line = f"{case.path}:{where['line']}" if where["line"] else "-"
            print(f"    {line} {one.hit.place}:{one.hit.found}(界限 · limit {one.hit.limit})")
        if len(same) > SHOWN and not every:
            print(f"    … 另有 {len(same) - SHOWN} 處(--all)· more places")
        print(f"    → {rule.remedy[0]} · {rule.remedy[1]}")
    wrong = len(errors(found))
    print(
        f"{case.path}: {len(RULES)} 條規則,{wrong} 項錯誤、{len(found) - wrong} 項提醒"
        f" · {len(RULES)} rules, {wrong} errors, {len(found) - wrong} warnings"
    )


@calendar_app.command
def explain(
    rule: Annotated[str | None, Parameter(help="規則代號;省略則全部列出 · a rule's id; none lists them all")] = None,
    *,
    json: Json = False,
) -> int:
    """解釋一條檢核規則:條號、為什麼、怎麼辦 · explain a lint rule: its clause, why, and what to do."""
    if rule is None:
        if json:
            show.emit([as_document(r) for r in RULES.values()])
        else:
            show.table(
                ("rule", "", "條號", ""), [(r.id, r.severity.value, r.clause, r.title[0]) for r in RULES.values()]
            )
        return CLEAN
    found = RULES.get(rule)
    if found is None:
        near = ", ".join(r for r in RULES if set(rule.split("-")) & set(r.split("-"))) or ", ".join(RULES)
        print(f"沒有這條規則 · no such rule: {rule}; {near}", file=sys.stderr)
        return show.REFUSED
    if json:
        show.emit(as_document(found))
        return CLEAN
    kind = {"error": "錯誤 · error", "warning": "提醒 · warning"}[found.severity.value]
    print(f"{found.id} 〔{found.clause}〕 {kind}\n{found.title[0]} · {found.title[1]}")
    print(f"為什麼 · why: {found.why[0]}\n    {found.why[1]}")
    print(f"怎麼辦 · remedy: {found.remedy[0]}\n    {found.remedy[1]}")
    print(f"依據 · source: {found.source}\n判斷 · judged: {judged_as(found)}")
    return CLEAN


def judged_as(rule: LintRule) -> str:
    """What the rule compares: the first line of its function."""
    return (rule.judge.__doc__ or "").strip().splitlines()[0]


def as_document(rule: LintRule) -> dict[str, Any]:
    """A rule as one JSON object."""
    return {
        "rule": rule.id,
        "clause": rule.clause,
        "severity": rule.severity.value,
        "title": rule.title[0],
        "title_en": rule.title[1],
        "why": rule.why[0],
        "why_en": rule.why[1],
        "remedy": rule.remedy[0],
        "remedy_en": rule.remedy[1],
        "source": rule.source,
        "judged": judged_as(rule),
    }


def rules_page() -> str:
    """The page of all rules (docs/lint-rules.md)."""
    lines = [
        "# 期程檢核規則 · Rules of the calendar linter",
        "",
        f"本頁由 `python -m cli.calendar.pages` 產生;共 {len(RULES)} 條。錯誤不能公告,提醒由人決定。"
        f"界限的數字在 `schools/lint.yaml` 與 `schools/national/`。",
        "",
        f"Generated by `python -m cli.calendar.pages`; {len(RULES)} rules. An error stops a publication, a warning is"
        " decided by a person. Numbers stand in `schools/lint.yaml` and `schools/national/`."
        " Each rule has pairs of a passing and a failing calendar in `tests/lint/pairs.py`.",
    ]
    for chapter in CHAPTERS:
        lines += ["", f"## {chapter.title[0]} · {chapter.title[1]}"]
        for r in chapter:
            kind = "錯誤 · error" if r.severity.value == "error" else "提醒 · warning"
            lines += [
                "",
                f"### `{r.id}`",
                "",
                f"**{r.title[0]}** · {r.title[1]}",
                "",
                f"- {kind} · {r.clause} · 依據 source: {r.source}",
                f"- 為什麼 why: {r.why[0]} · {r.why[1]}",
                f"- 怎麼辦 remedy: {r.remedy[0]} · {r.remedy[1]}",
                f"- 判斷 judged: {judged_as(r)}",
            ]
    return "\n".join(lines) + "\n"
