"""cli: the script of a rehearsal as people read it: one entry for each person (or group) and instant. 規§5.3.2"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from rules.rehearsals.report import Rehearsed
from rules.rehearsals.script import MEETING, STUDENTS, TEACHERS, Addressee, Line

KINDS = {
    "start": ("開始", "start"),
    "opening": ("開放", "opening"),
    "reminder": ("提醒", "reminder"),
    "escalation": ("升級", "escalation"),
    "handoff": ("交棒", "hand-off"),
    "roster": ("名冊", "roster"),
    "closing": ("關閉", "closing"),
}
HOWS = {
    "holder": "",
    "first_deputy": "第一代理",
    "second_deputy": "第二代理",
    "nobody": "無人承辦,改告知執行秘書",
    "post": "",
    "group": "",
    "agenda": "",
}


@dataclass(frozen=True, slots=True)
class Told:
    """What one addressee hears (or what simply happens) at an instant."""

    at: datetime
    kind: str
    who: str
    how: str
    what: str
    count: int
    process: str


def told(found: Rehearsed) -> list[Told]:
    """The carried-out lines of the script, in order, joined for each addressee and instant."""
    posts = {p.id: p.title for p in found.basis.rules.posts}
    lanes = {x.id: x.title for x in found.basis.rules.lanes}
    grouped: dict[tuple[datetime, str, str, str], list[Line]] = {}
    for line in found.lines:
        if line.outcome != "done":
            continue
        for a in line.to or (Addressee("", None, "group"),):
            who = name_of(a, posts, lanes, found.school.names)
            grouped.setdefault((line.at, line.kind, who, a.how), []).append(line)
    return [_joined(key, lines, lanes) for key, lines in sorted(grouped.items())]


def name_of(a: Addressee, posts: Mapping[str, str], lanes: Mapping[str, str], names: Mapping[str, str]) -> str:
    """`註冊組長 林○○`, `一、二年級 學生`, `下次會議議程`: an addressee as the terminal and the page say it."""
    kind, _, scope = a.post.partition(":")
    if kind == STUDENTS:
        return f"{lanes.get(scope, scope)} 學生"
    if kind == TEACHERS:
        return f"{lanes.get(scope, scope)} 任課教師"
    if a.post == MEETING:
        return "下次會議議程"
    person = f"{names.get(a.person, a.person)}({a.person})" if a.person else ""
    return f"{posts.get(kind, kind)} {person}".strip()


def _joined(key: tuple[datetime, str, str, str], lines: list[Line], lanes: Mapping[str, str]) -> Told:
    at, kind, who, how = key
    titles: defaultdict[str, list[str]] = defaultdict(list)
    for line in lines:
        titles[line.title.split(" ")[0]].append(lanes.get(line.lane or "", ""))
    shown = []
    for title, of in sorted(titles.items()):
        named = "、".join(x for x in dict.fromkeys(of) if x and x not in who)
        several = f" ×{len(of)}" if len(of) > len(set(of)) else ""
        shown.append(f"{title}{f'〔{named}〕' if named else ''}{several}")
    offsets = sorted({line.offset for line in lines if line.offset is not None})
    when = f"(期限{'、'.join(_offset(o) for o in offsets)})" if offsets else ""
    pending = sum(line.count for line in lines)
    counted = f",共 {pending} 件" if any("#certification#" in line.duty for line in lines) else ""
    return Told(at, kind, who, HOWS.get(how, how), "、".join(shown) + when + counted, pending, lines[0].process)


def _offset(days: int) -> str:
    return "當日" if days == 0 else (f"前 {-days} 工作日" if days < 0 else f"後 {days} 工作日")
