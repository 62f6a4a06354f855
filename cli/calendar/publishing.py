"""cli: a calendar as it is published: web page, JSON and iCalendar, every date written by one function. 規§4.2"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Any

from cli.calendar.rehearsal_page import environment
from records.seam import canonical
from rosters.icalendar import Event, deadline, ics
from rules.instants import DAY, at_taipei
from rules.roc import roc_close, roc_instant
from rules.ruleset import RuleSet
from rules.schedule import Calendar, National, WindowDates


@dataclass(frozen=True, slots=True)
class Edition:
    """What is published: the calendar, what it rests on, and how far it came (`draft` until it was resolved)."""

    calendar: Calendar
    rules: RuleSet
    national: National
    state: str = "draft"
    meeting: str | None = None
    held: str | None = None
    since: datetime | None = None
    """When the school set these dates (a version recorded, a draft resolved); None for a file."""

    @property
    def digest(self) -> str:
        """The hash of the dates, on page, feed and JSON alike, by which a copy is recognised."""
        return hashlib.sha256(canonical(self.calendar.model_dump(mode="json"))).hexdigest()


def publish(folder: Path, edition: Edition) -> list[Path]:
    """Write page.html, calendar.json and calendar.ics into a folder; the same edition gives the same bytes."""
    folder.mkdir(parents=True, exist_ok=True)
    page, document, feed = (folder / name for name in ("page.html", "calendar.json", "calendar.ics"))
    page.write_text(environment().get_template("published.html.j2").render(**view(edition)), encoding="utf-8")
    document.write_text(json.dumps(shown(edition), ensure_ascii=False, indent=2) + "\n", encoding="utf-8")
    feed.write_bytes(ics(events(edition), name=edition.calendar.title))
    return [page, document, feed]


def events(edition: Edition) -> list[Event]:
    """Every window, self-check, dated duty and closed day, opening to close, and each deadline as an entry of its own.

    The description writes the dates as the page does; version and instant of the edition tell which copy is newer.
    """
    lanes = {x.id: x.title for x in edition.rules.lanes}
    titles = {w.kind: w.title for w in edition.rules.windows}
    duties = {d.due.deadline: d.title for d in edition.rules.duties if d.due.deadline}
    made = []
    for w in edition.calendar.windows:
        name = f"{titles.get(w.kind, w.kind)}〔{lanes.get(w.lane, w.lane)}〕{w.period}"
        uid = f"{w.period}/{w.lane}/{w.kind}@{edition.calendar.school_year}"
        window = Event(uid, name, w.opens, w.closes, description=_span(w))
        made += [window, deadline(window, w.due)]
        if w.self_check:
            text = f"{roc_instant(w.self_check.opens)} 至 {roc_close(w.self_check.closes)}"
            made.append(
                Event(f"check/{uid}", f"自我檢核:{name}", w.self_check.opens, w.self_check.closes, description=text)
            )
    for d in edition.calendar.deadlines:
        uid = f"{d.period}/{d.duty}@{edition.calendar.school_year}"
        text = f"{roc_instant(d.opens)} 至 {roc_close(d.due)}"
        dated = Event(uid, f"{duties.get(d.duty, d.duty)} {d.period}", d.opens, d.due, description=text)
        made += [dated, deadline(dated, d.due)]
    for c in edition.calendar.closures:
        name = f"{'停班' * c.offices}{'停課' * c.lessons} {c.title}"
        uid = f"closed/{c.day}@{edition.calendar.school_year}"
        made.append(Event(uid, name, at_taipei(c.day), at_taipei(c.day + DAY), all_day=True))
    return [replace(e, sequence=edition.calendar.version, changed_at=edition.since) for e in made]


def _span(w: WindowDates) -> str:
    text = f"{roc_instant(w.opens)} 開始;期限 {roc_close(w.due)};{roc_close(w.closes)} 關閉"
    return text + (f";每日 {w.hours.text}" if w.hours else "")


def shown(edition: Edition) -> dict[str, Any]:
    """The edition as one JSON object: instants in UTC, and as people read them."""
    calendar = edition.calendar
    body = calendar.model_dump(mode="json")
    for entry, w in zip(body["windows"], calendar.windows, strict=True):
        theirs = edition.national.window(w.period, w.lane, w.kind)
        entry["texts"] = {"opens": roc_instant(w.opens), "due": roc_close(w.due), "closes": roc_close(w.closes)}
        entry["national"] = theirs.model_dump(mode="json") if theirs else None
    for entry, d in zip(body["deadlines"], calendar.deadlines, strict=True):
        entry["texts"] = {"opens": roc_instant(d.opens), "due": roc_close(d.due)}
    return {
        "calendar": body,
        "version": calendar.version,
        "state": edition.state,
        "resolved_by": edition.meeting,
        "sha256": edition.digest,
        "time_zone": "Asia/Taipei",
    }


def view(edition: Edition) -> dict[str, Any]:
    """What the page shows, lane by lane in the rule set's order."""
    calendar, rules = edition.calendar, edition.rules
    order = {w.kind: n for n, w in enumerate(rules.windows)}
    lanes = [
        (
            lane,
            sorted((w for w in calendar.windows if w.lane == lane.id), key=lambda w: (w.opens, order.get(w.kind, 99))),
        )
        for lane in rules.lanes
    ]
    unlettered = [w for w in edition.national.windows if not w.letter_number]
    return {
        "edition": edition,
        "calendar": calendar,
        "rules": rules,
        "lanes": [(lane, windows) for lane, windows in lanes if windows],
        "titles": {w.kind: (w.title, w.title_en) for w in rules.windows},
        "posts": {p.id: p.title for p in rules.posts},
        "duties": {d.due.deadline: (d.title, d.title_en) for d in rules.duties if d.due.deadline},
        "national": {
            (w.period, w.lane, w.kind): edition.national.window(w.period, w.lane, w.kind) for w in calendar.windows
        },
        "unlettered": len(unlettered),
    }
