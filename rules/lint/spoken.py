"""rules: findings for a meeting: one line a rule, places by their titles, no name of a field. 規§3.1"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from itertools import groupby

from rules.lint.model import Finding
from rules.lint.words import NONE
from rules.ruleset import RuleSet

SHOWN = 6
"""Places of one rule that a line names; the others are counted."""

_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_]*")
_FIELD = re.compile(r"[a-z]{3,}")
_FIELDS = {
    "opens": "開始", "due": "期限", "closes": "關閉", "correction_closes": "退件更正截止", "self_check": "自我檢核",
    "first_day": "開學日", "closing_ceremony": "休業式", "semesters": "學期", "windows": "作業期間", "deadlines": "各項期限",
    "national": "主管機關", "office_years": "辦公日曆", "rules": "規則", "duties": "工作", "rosters": "名冊",
    "people": "職務", "hours": "每日時段",
}  # fmt: skip


def spoken(found: Iterable[Finding], rules: RuleSet) -> list[str]:
    """One line a rule: what is wrong, how often, where in the school's own words, and what to do; in Chinese."""
    titles = titles_of(rules)
    lines = []
    for _, group in groupby(found, key=lambda f: f.rule.id):
        same = list(group)
        places = list(dict.fromkeys(_place(f, titles) for f in same))
        more = f" 等 {len(places)} 處" if len(places) > SHOWN else ""
        lines.append(f"{same[0].rule.title[0]}:{';'.join(places[:SHOWN])}{more} → {same[0].rule.remedy[0]}")
    return lines


def titles_of(rules: RuleSet) -> dict[str, str]:
    """What people call each post, lane, window, duty and date that documents name by an id."""
    found = {p.id: p.title for p in rules.posts} | {d.kind: d.title for d in rules.duties}
    found |= {d.due.deadline: d.title for d in rules.duties if d.due.deadline}
    found |= {w.kind: w.title for w in rules.windows} | {lane.id: lane.title for lane in rules.lanes}
    return _FIELDS | found


def in_titles(text: str, titles: Mapping[str, str]) -> str:
    """The text with every id that has a title as that title."""
    return _NAME.sub(lambda m: titles.get(m.group(), m.group()), text)


def _place(f: Finding, titles: Mapping[str, str]) -> str:
    where = re.sub(r" \+ ", "與", f.hit.place.replace(",", "及").replace(".", " "))
    said = in_titles(where, titles)
    # A limit that names fields is a formula; the rule's title and remedy say it in words.
    found, limit = (_chinese(x) for x in (f.hit.found, f.hit.limit))
    told = [x for x in (found and f"現為 {found}", limit and f"應為 {limit}") if x]
    return f"{said}({','.join(told)})" if told else said


def _chinese(words: str) -> str:
    """The Chinese half of what a rule wrote; empty for nothing and for what names fields."""
    half = words.split(" · ")[0]
    return "" if words == NONE or _FIELD.search(half) else half
