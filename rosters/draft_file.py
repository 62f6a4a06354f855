"""rosters: a drafted calendar written as a file for people: YAML with the reason and float of each date as comments. 規§4.1."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from rosters.calendar_yaml import head, one_line, row
from rosters.icalendar import Event, ics
from rosters.published.reading import Unread
from rules.instants import local_text, taipei_day
from rules.lint.spoken import spoken
from rules.proposals.draft import Draft
from rules.proposals.facts import Facts
from rules.roc import close_text, roc_long
from rules.ruleset import RuleSet


def draft_yaml(draft: Draft, facts: Facts, unread: Sequence[Unread]) -> str:
    """The calendar file, each date with why it stands there; what a person decides comes first."""
    c = draft.calendar
    lines = [
        "# 草案:由學校行事曆、規則與國教署期間推得,尚未經工作小組研議(規§3.1)。每一行的註解是理由與餘裕(上班日)。",
        "# A draft: every date has its reason and float (working days); it is no calendar before the group resolves it.",
        *_for_a_person(facts, unread),
        *head(c),
    ]
    for name, s in c.semesters.items():
        lines.append(f"  # 開學 first day:{one_line(draft.reasons[name, 'first_day'])}")
        lines.append(f"  # 休業式 closing ceremony:{one_line(draft.reasons[name, 'closing_ceremony'])}")
        lines.append(f"  {name}: {row(s)}")
    lines += ["", "windows:"]
    for w in c.windows:
        free = draft.floats[w.period, w.lane, w.kind]
        lines.append(f"  # {one_line(draft.reasons[w.period, w.lane, w.kind])};餘裕 float {free}")
        lines.append(f"  - {row(w)}")
    lines += ["", "deadlines:"]
    for d in c.deadlines:
        lines.append(f"  # {one_line(draft.reasons[d.period, d.duty])}")
        lines.append(f"  - {row(d)}")
    if c.school_days:
        lines += ["", "# 學校自訂的日子(行事曆)· the school's own days", "school_days:"]
        lines += [f"  - {row(own)}" for own in c.school_days]
    return "\n".join(lines) + "\n"


def _for_a_person(facts: Facts, unread: Sequence[Unread]) -> list[str]:
    lines = ["#", "# 請人員確認 · for a person to decide:"]
    found = [f"{u.place} 讀不出來 · could not be read: {u.text}" for u in unread]
    found += [f"{u.entry.place}「{u.entry.title}」{u.entry.first} {u.why} · {u.why_en}" for u in facts.unsure]
    return [*lines, *(f"#   - {one_line(x)}" for x in found or ["無 · none"]), "#"]


def draft_ics(draft: Draft, rules: RuleSet, school: str = "draft") -> bytes:
    """Every window from opening to close with its reason and float, and every dated duty, as a feed."""
    titles = {w.kind: w.title for w in rules.windows}
    lanes = {lane.id: lane.title for lane in rules.lanes}
    duties = {d.due.deadline: d.title for d in rules.duties}
    events = [
        Event(
            f"{w.period}-{w.lane}-{w.kind}@{school}",
            f"{titles.get(w.kind, w.kind)}({lanes.get(w.lane, w.lane)})期限 {close_text(w.due)}",
            w.opens,
            w.closes,
            all_day=True,
            description=f"{draft.reasons[w.period, w.lane, w.kind]};"
            f"餘裕 {draft.floats[w.period, w.lane, w.kind]} 個上班日 · float in working days",
        )
        for w in draft.calendar.windows
    ]
    events += [
        Event(
            f"{d.period}-{d.duty}@{school}",
            f"{duties.get(d.duty, d.duty)} 期限 {close_text(d.due)}",
            d.opens,
            d.due,
            all_day=True,
            description=d.source,
        )
        for d in draft.calendar.deadlines
    ]
    return ics(events, name=draft.calendar.title)


def announcement(draft: Draft, rules: RuleSet) -> str:
    """The text to publish: start, end and self-check of each operation (規§4.2)."""
    lines = [f"# {draft.calendar.title}", "", "以下期程經工作小組研議後公告。期限之後系統即關閉,24:00 為當日結束。", ""]
    for rule in rules.windows:
        lines.append(f"## {rule.title} 〔{rule.clause}〕")
        for w in draft.calendar.windows:
            if w.kind == rule.kind:
                lane = rules.lane(w.lane).title
                lines.append(
                    f"- {w.period} {lane}:{_day(w.opens)} 起,{_day(w.due)} 止(系統關閉 {close_text(w.closes)})"
                )
                if w.correction_closes is not None:
                    lines.append(f"  - 退件更正至 {close_text(w.correction_closes)}")
                if w.self_check is not None:
                    lines.append(f"  - 自我檢核 {_day(w.self_check.opens)} 至 {_day(w.self_check.closes)}")
        lines.append("")
    return "\n".join(lines)


def agenda(draft: Draft, rules: RuleSet, facts: Facts, unread: Sequence[Unread]) -> str:
    """The agenda of the working group's meeting: the six matters, and what only people decide (規§3.1 to 規§3.6)."""
    posts = {p.id: p.title for p in rules.posts}
    quorum = str(rules.working_group.quorum) if rules.working_group.quorum else "未訂,請會議決定"
    lines = [
        "# 學生學習歷程檔案工作小組會議議程",
        "",
        f"召集人:{posts[rules.working_group.convener]};執行秘書:{posts[rules.working_group.executive_secretary]};"
        f"應出席 {rules.working_group.size} 人;法定人數:{quorum}",
        "",
        f"一、作業期程與分工(規§3.1):{draft.calendar.title},{len(draft.calendar.windows)} 項期間,附草案",
        *(f"    - {one_line(said)}" for said in spoken(draft.findings, rules)),
        "二、資料建置方式(規§3.2)",
        "三、平臺運作(規§3.3)",
        "四、宣導與訓練(規§3.4)",
        "五、成效評核與敘獎(規§3.5)",
        "六、其他(規§3.6):請人員確認",
        *(f"    - {one_line(f'{u.place} 讀不出來:{u.text}')}" for u in unread),
        *(f"    - {one_line(f'{u.entry.place}「{u.entry.title}」{u.entry.first} {u.why}')}" for u in facts.unsure),
    ]
    return "\n".join(lines) + "\n"


def _day(instant: datetime) -> str:
    return f"{roc_long(taipei_day(instant))} {local_text(instant)[11:]}"
