"""demo: the report of a played year: one file, no network, no script; zh-TW first, English second."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from demo.stage import Story
from demo.view import COUNTS, school_date
from rules.instants import TAIPEI
from rules.ruleset import RuleSet
from rules.schedule import Calendar

LEFT, ROW, TOP, MONTH = 230, 24, 44, 58
"""Geometry of the timeline in SVG units: label column, row height, head, width of a month."""


@dataclass(frozen=True, slots=True)
class Bar:
    """A phase of a lane: where it stands in the picture and what its label says."""

    x: float
    y: float
    width: float
    phase: str
    lane: str
    text: str


@dataclass(frozen=True, slots=True)
class Tick:
    """The first day of a month."""

    x: float
    month: str
    year: str


@dataclass(frozen=True, slots=True)
class Mark:
    """A story worth a mark; marks that would touch stand above each other."""

    x: float
    y: float
    number: int
    text: str


@dataclass(frozen=True, slots=True)
class Timeline:
    """Everything the SVG needs."""

    width: float
    height: float
    head: float
    bars: tuple[Bar, ...]
    lanes: tuple[tuple[float, str], ...]
    labels: tuple[tuple[float, str], ...]
    ticks: tuple[Tick, ...]
    marks: tuple[Mark, ...]


def write_report(
    path: Path, result: dict[str, Any], stories: Sequence[Story], *, rules: RuleSet, calendar: Calendar
) -> None:
    """Write the report of a demo's JSON document and its stories to `path`."""
    templates = Path(__file__).with_name("templates")
    environment = Environment(
        loader=FileSystemLoader(templates),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    phases = phases_of(result, rules)
    told = [
        {"n": n, "date": school_date(s.at, "zh"), "zh": s.zh, "en": s.en, "clause": s.clause, "iso": s.at.isoformat()}
        for n, s in enumerate(stories, 1)
    ]
    text = environment.get_template("report.html.j2").render(
        result=result,
        title=f"{result['school_year']} 學年度",
        school=rules.title,
        calendar=calendar,
        counts=[(zh, en, result["counts"][name]) for name, (zh, en) in COUNTS.items()],
        stories=told,
        phases=phases,
        timeline=timeline(phases, stories),
        histories=sorted(result["histories"], key=lambda h: -h["events"])[:10],
        events=sum(h["events"] for h in result["histories"]),
        bytes=sum(h["bytes"] for h in result["histories"]),
    )
    draft = path.with_suffix(".tmp")
    draft.write_text(text, encoding="utf-8")
    draft.rename(path)


def phases_of(result: dict[str, Any], rules: RuleSet) -> list[dict[str, Any]]:
    """Every phase with its titles, lane by lane in the rule set's order."""
    windows = {w.phase: (w.title, w.title_en, n) for n, w in enumerate(rules.windows)}
    windows["outcome_correction"] = ("退件更正", "correction of returned items", 2)
    lanes = {x.id: (n, x.title, x.title_en) for n, x in enumerate(rules.lanes)}
    rows = [("", p) for p in result["year"]["phases"]]
    rows += [(s["name"], p) for s in result["semesters"] for p in s["phases"]]
    found = []
    for period, p in rows:
        if not p["opened_at"]:
            continue  # the correction window has no opening of its own: it is a returned item's longer close
        zh, en, order = windows.get(p["name"], (p["name"], p["name"], 99))
        opened = datetime.fromisoformat(p["opened_at"])
        closed = datetime.fromisoformat(p["closed_at"]) if p["closed_at"] else None
        number, lane, lane_en = lanes[p["lane"]]
        found.append(
            {
                "lane": lane,
                "lane_en": lane_en,
                "order": (number, opened, order),
                "zh": f"{zh} {period}".strip(),
                "en": f"{en} {period}".strip(),
                "opened": opened,
                "closed": closed,
                "opened_text": school_date(opened, "zh"),
                "closed_text": school_date(closed, "zh") if closed else "—",
            }
        )
    return sorted(found, key=lambda f: f["order"])


def timeline(phases: Sequence[dict[str, Any]], stories: Sequence[Story]) -> Timeline:
    """The picture's geometry: a row a phase, grouped by lane, months across."""
    if not phases:
        return Timeline(LEFT, TOP, 0, (), (), (), (), ())
    first = min(p["opened"] for p in phases).astimezone(TAIPEI).date().replace(day=1)
    ends = [p["closed"] or p["opened"] for p in phases] + [s.at for s in stories]
    last = max(ends).astimezone(TAIPEI).date()

    def x(at: datetime) -> float:
        days: int = (at.astimezone(TAIPEI).date() - first).days
        return round(LEFT + days / 30.44 * MONTH, 1)

    bars, lanes, labels = [], [], []
    y, lane = float(TOP), ""
    for p in phases:
        if p["lane"] != lane:
            lane = p["lane"]
            y += 6
            lanes.append((y, f"{lane} · {p['lane_en']}"))
            y += ROW
        closed = p["closed"] or p["opened"]
        text = f"{p['lane']} {p['zh']}:{p['opened_text']} 至 {p['closed_text']}"
        bars.append(Bar(x(p["opened"]), y + 4, max(x(closed) - x(p["opened"]), 3.0), p["zh"], lane, text))
        labels.append((y, p["zh"]))
        y += ROW
    months = _months(first, last)
    ticks = [
        Tick(
            round(LEFT + (m - first).days / 30.44 * MONTH, 1),
            f"{m.month} 月",
            f"民國 {m.year - 1911} 年" if m.month == 1 or m == first else "",
        )
        for m in months
    ]
    told = [(x(s.at), n, s.zh) for n, s in enumerate(stories, 1) if s.at.astimezone(TAIPEI).date() >= first]
    marks = _stacked(told)
    head = max((-m.y for m in marks), default=0.0) + 14
    return Timeline(
        ticks[-1].x + MONTH, y + 12, head, tuple(bars), tuple(lanes), tuple(labels), tuple(ticks), tuple(marks)
    )


def _stacked(told: Sequence[tuple[float, int, str]]) -> list[Mark]:
    """Each mark in the lowest row in which it touches no other."""
    ends: list[float] = []
    marks = []
    for x, number, text in told:
        row = next((n for n, end in enumerate(ends) if x - end >= 21), len(ends))
        ends[row:] = [x] if row == len(ends) else [x, *ends[row + 1 :]]
        marks.append(Mark(x, -6.0 - 20 * row, number, text))
    return marks


def _months(first: date, last: date) -> list[date]:
    months, day = [], first
    while day <= last:
        months.append(day)
        day = (day + timedelta(days=32)).replace(day=1)
    return months
