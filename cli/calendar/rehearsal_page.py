"""cli: a rehearsal as one page: timeline picture, script, load, gaps, critical path; no script, no request. 規§3.1"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import groupby
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from cli.calendar.told import KINDS, told
from rules.instants import taipei_day
from rules.rehearsals.data import Assumptions
from rules.rehearsals.report import Rehearsed
from rules.roc import close_text, roc_close, roc_dotted, roc_instant, short_day

LEFT, ROW, TOP, MONTH, BAND = 230, 24, 44, 56, 46
"""Geometry in SVG units: label column, row height, head, width of a month, height of the notices' band."""


@dataclass(frozen=True, slots=True)
class Bar:
    """A window: where it stands, whether the authority fixed it, where its self-check lies."""

    x: float
    y: float
    width: float
    label: str
    text: str
    fixed: bool
    check: tuple[float, float] | None


@dataclass(frozen=True, slots=True)
class Picture:
    """Everything that the SVG needs. `days`: (x, height, escalated height, text) of each day with notices."""

    width: float
    height: float
    bars: tuple[Bar, ...]
    lanes: tuple[tuple[float, str], ...]
    ticks: tuple[tuple[float, str, str], ...]
    days: tuple[tuple[float, float, float, str], ...]
    base: float
    most: int


def environment() -> Environment:
    """The templates of the calendar's pages."""
    found = Environment(
        loader=FileSystemLoader(Path(__file__).with_name("templates")),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    found.filters |= {
        "opens": roc_instant,
        "closes": roc_close,
        "day": roc_dotted,
        "short": short_day,
        "close": close_text,
    }
    return found


def write_page(path: Path, r: Rehearsed, assumed: Assumptions) -> None:
    """Write the page of a rehearsal; it holds the names of staff and is meant for the school alone."""
    from cli.calendar.rehearse import ASSUMED, WHATS

    entries = told(r)
    months = [
        (f"民國 {y - 1911} 年 {m} 月", [(day, list(of)) for day, of in groupby(ours, key=lambda t: taipei_day(t.at))])
        for (y, m), group in groupby(entries, key=lambda t: (taipei_day(t.at).year, taipei_day(t.at).month))
        for ours in (list(group),)
    ]
    text = environment().get_template("rehearsal.html.j2").render(
        r=r, assumed=assumed, how=ASSUMED[r.how], counts=r.counts(), kinds=KINDS, whats=WHATS, months=months,
        picture=picture(r), posts={p.id: p.title for p in r.basis.rules.posts},
        lanes={x.id: x.title for x in r.basis.rules.lanes}, windows={w.kind: w.title for w in r.basis.rules.windows},
    )  # fmt: skip
    path.write_text(text, encoding="utf-8")


def picture(r: Rehearsed) -> Picture:
    """Windows by lane, a row each, with self-checks; below them how many notices each day brings."""
    calendar, rules = r.basis.calendar, r.basis.rules
    order = {w.kind: n for n, w in enumerate(rules.windows)}
    titles = {w.kind: w.title for w in rules.windows}
    windows = [w for w in calendar.windows if w.lane in r.school.structure.lanes and w.kind in order]
    first = taipei_day(min(w.opens for w in windows)).replace(day=1)
    last = max(taipei_day(w.closes) for w in windows)

    def x(at: datetime | date) -> float:
        day = taipei_day(at) if isinstance(at, datetime) else at
        return round(LEFT + (day - first).days / 30.44 * MONTH, 1)

    bars, lanes, y = [], [], float(TOP)
    for lane in rules.lanes:
        ours = sorted((w for w in windows if w.lane == lane.id), key=lambda w: (w.opens, order[w.kind], w.period))
        if not ours:
            continue
        lanes.append((y + 6, lane.title))
        y += 6 + ROW
        for w in ours:
            fixed = r.basis.national.window(w.period, w.lane, w.kind) is not None
            check = (
                (x(w.self_check.opens), max(x(w.self_check.closes) - x(w.self_check.opens), 3.0))
                if w.self_check
                else None
            )
            text = f"{lane.title} {titles[w.kind]} {w.period}:{roc_instant(w.opens)} 至 {roc_close(w.closes)}"
            if w.self_check:
                text += f";自我檢核 {roc_instant(w.self_check.opens)} 至 {roc_close(w.self_check.closes)}"
            bars.append(
                Bar(
                    x(w.opens),
                    y + 4,
                    max(x(w.closes) - x(w.opens), 3.0),
                    f"{titles[w.kind]} {w.period}",
                    text,
                    fixed,
                    check,
                )
            )
            y += ROW
    base = y + 24 + BAND
    days, most = _notices(r, x)
    ticks = []
    month = first
    while month <= last:
        ticks.append(
            (
                x(month),
                f"{month.month} 月",
                f"民國 {month.year - 1911} 年" if month.month == 1 or month == first else "",
            )
        )
        month = (month + timedelta(days=32)).replace(day=1)
    return Picture(x(month) + 8, base + 20, tuple(bars), tuple(lanes), tuple(ticks), tuple(days), base, most)


def _notices(r: Rehearsed, x: Callable[[date], float]) -> tuple[list[tuple[float, float, float, str]], int]:
    reminded: Counter[date] = Counter()
    escalated: Counter[date] = Counter()
    for line in r.lines:
        if line.outcome == "done" and line.kind in ("reminder", "escalation"):
            (escalated if line.kind == "escalation" else reminded)[taipei_day(line.at)] += 1
    most = max((reminded + escalated).values(), default=0)
    found = []
    for day in sorted(reminded.keys() | escalated.keys()):
        high, red = ((n / most) * BAND for n in (reminded[day] + escalated[day], escalated[day]))
        text = f"{short_day(day)}:提醒 {reminded[day]}、升級 {escalated[day]}"
        found.append((x(day), round(max(high, 1.5), 1), round(red, 1), text))
    return found, most
