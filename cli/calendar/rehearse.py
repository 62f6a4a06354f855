"""cli: `calendar rehearse`: the year played by the planner before anybody announces it; no server, no account. 規§3.1"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

from cli import show
from cli.calendar.inputs import CODE, assumptions, documents, missing, office_years_missing, school_for
from cli.calendar.told import KINDS, told
from rosters.icalendar import DRAWN, Event, ics
from rules.days import CalendarMissing
from rules.instants import local_text
from rules.rehearsals.arrivals import BEHAVIOURS, Behaviour
from rules.rehearsals.report import Rehearsed, rehearse_year
from rules.roc import short_day
from rules.ruleset import NotDecided

ASSUMED = {"on-time": "人人準時", "nobody": "無人辦理", "arrivals": "依上一年的到件曲線"}


def rehearse_file(
    given: Path,
    *,
    school: Path | None,
    absences: Path | None,
    assume: str,
    pack: Path | None,
    national: Path | None,
    data_file: Path | None,
    as_json: bool,
    everything: bool,
    html: Path | None,
    feed: Path | None,
) -> int:
    """Rehearse each calendar of `given` and print, or write a page and a feed. Exit code 2 for unreadable input."""
    if assume not in BEHAVIOURS:
        print(f"--assume: {assume!r};請用 {', '.join(BEHAVIOURS)} · use one of them", file=sys.stderr)
        return show.REFUSED
    assumed = assumptions(data_file)
    how = next(b for b in BEHAVIOURS if b == assume)
    found = [_rehearsed(d, school, absences, how, assumed) for d in documents(given, pack=pack, national=national)]
    if html is not None:
        from cli.calendar.rehearsal_page import write_page

        write_page(html, found[-1], assumed)
    if feed is not None:
        feed.write_bytes(
            ics([e for r in found for e in events(r)], name=_title(found[-1]), stamp=found[-1].basis.since)
        )
    if as_json:
        show.emit([shown(r) for r in found])
        return 0
    for r in found:
        _print(r, everything=everything)
    for path in (html, feed):
        if path is not None:
            print(f"已寫入 · written: {path}")
    return 0


def _rehearsed(d: Any, school: Path | None, absences: Path | None, how: Behaviour, assumed: Any) -> Rehearsed:
    try:
        return rehearse_year(CODE, d.basis, school_for(d, school, absences), assumed, how)
    except CalendarMissing as error:
        raise office_years_missing(d.path, error) from None
    except NotDecided as error:
        raise missing(d.path, str(error), "the rules give no value for that day") from None


def shown(r: Rehearsed) -> dict[str, Any]:
    """A rehearsal as one JSON object: instants in UTC, people by staff number."""
    return {
        "school_year": r.year,
        "calendar_version": r.basis.calendar.version,
        "assume": r.how,
        "counts": r.counts(),
        "script": [asdict(line) for line in r.lines],
        "overloads": [asdict(o) for o in r.overloads],
        "uncovered": [asdict(g) | {"days": g.days} for g in r.gaps],
        "critical_paths": [asdict(p) | {"float_days": p.float_days, "tightest": asdict(p.tightest)} for p in r.paths],
    }


def events(r: Rehearsed) -> list[Event]:
    """Openings, closings, hand-offs and escalations as calendar entries; posts only, since feeds are passed on."""
    lanes = {x.id: x.title for x in r.basis.rules.lanes}
    posts = {p.id: p.title for p in r.basis.rules.posts}
    made = {}
    for line in r.lines:
        if line.outcome != "done" or line.kind in ("start", "roster"):
            continue
        to = "、".join(sorted({posts.get(a.post.split(":")[0], "") for a in line.to} - {""}))
        lane = f"〔{lanes[line.lane]}〕" if line.lane in lanes else ""
        title = f"{KINDS[line.kind][0]}:{line.title.split(' ')[0]}{lane}"
        uid = f"{line.at:%Y%m%dT%H%M%SZ}/{line.kind}/{line.title.split(' ')[0]}/{line.lane or ''}/{to}@rehearsal"
        made[uid] = Event(uid, f"{title} → {to}" if to else title, line.at, line.at + DRAWN)
    return list(made.values())


def _title(r: Rehearsed) -> str:
    return f"{r.basis.calendar.title}(彩排:{ASSUMED[r.how]})"


def _print(r: Rehearsed, *, everything: bool) -> None:
    console = Console()
    counts = r.counts()
    console.print(f"[bold]{_title(r)}[/] · rehearsal, {r.how}")
    console.print(
        " ".join(f"{zh} {counts.get(k, 0)}" for k, (zh, _) in KINDS.items()) + f" 略過 {counts.get('skipped', 0)}"
    )
    entries = told(r)
    wanted = entries if everything else [t for t in entries if t.kind not in ("reminder", "start", "roster")]
    _table(
        console,
        f"腳本 · script({'全部' if everything else '不含提醒;--all 列出全部'})",
        ("時間", "", "對象 · to", "內容"),
        [(local_text(t.at), KINDS[t.kind][0], f"{t.who} {t.how}".strip(), t.what) for t in wanted],
    )
    names = r.school.names
    _table(
        console,
        "負荷過重 · overloaded",
        ("日期", "誰", "項目", "件數", "上限"),
        [
            (short_day(o.day), f"{names.get(o.who, o.who)}({o.who})", WHATS[o.what], o.count, o.limit)
            for o in r.overloads
        ],
    )
    posts = {p.id: p.title for p in r.basis.rules.posts}
    _table(
        console,
        "無人承辦 · nobody holds it" if r.school.staffing.known else "無人承辦:未給 --school,未檢查",
        ("職務", "起", "迄", "天", "原因", "工作"),
        [
            (
                posts.get(g.post.split(":")[0], g.post) + (f" {g.post.split(':', 1)[1]}" if ":" in g.post else ""),
                short_day(g.first), short_day(g.last), g.days, "出缺" if g.vacant else "現任與代理都不在",
                "、".join(g.duties),
            )
            for g in r.gaps
        ],
    )  # fmt: skip
    windows = {w.kind: w.title for w in r.basis.rules.windows}
    lanes = {x.id: x.title for x in r.basis.rules.lanes}
    _table(
        console,
        "要徑 · critical path(浮時以工作日計)",
        ("學期/學年", "年級", "浮時", "最緊的一段", "最遲"),
        [
            (p.period, lanes[p.lane], p.float_days, f"{windows[p.tightest.kind]} {p.tightest.period}",
             local_text(p.last_instant) + ("(中央)" if p.national else ""))
            for p in r.paths
        ],
    )  # fmt: skip


WHATS = {"notices": "一天收到的提醒", "due": "一天到期的工作", "certifications": "每工作日須認證的件數"}


def _table(console: Console, title: str, heads: Sequence[str], rows: list[tuple[Any, ...]]) -> None:
    console.print(f"\n[bold]{title}[/]")
    if not rows:
        console.print("  無 · none")
        return
    table = Table(box=None, pad_edge=False, header_style="bold")
    for head in heads:
        table.add_column(head, overflow="fold")
    for row in rows:
        table.add_row(*(str(x) for x in row))
    console.print(table)
