"""rosters: the rows of a published calendar as they stand in the file: cells with their place, no day read yet. 規§4.1."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import icalendar

from rosters.published.broken import broken, seems
from rosters.sis.tables import read_table
from rules.instants import DAY, TAIPEI

_TITLE = ("事項", "標題", "活動", "行事", "內容", "title", "summary", "subject", "工作事項", "重要行事")
_FIRST = ("開始日期", "起始日期", "日期", "起日", "first", "start", "date", "start date")
_LAST = ("結束日期", "迄日", "last", "end", "end date")
_OFFICE = ("處室", "單位", "主辦單位", "office", "location")


@dataclass(frozen=True, slots=True)
class Row:
    """One row: where it stands, its cells, and what the file calls them."""

    place: str
    title: str
    first: Any
    last: Any = None
    office: str = ""
    title_field: str = "事項"
    first_field: str = "日期"
    last_field: str = "結束日期"


def _table(path: Path) -> Iterator[Row]:
    table = read_table(path)
    names = [str(c).strip() for c in table.header]
    header = [name.lower() for name in names]

    def column(known: tuple[str, ...]) -> int | None:
        return next((header.index(n) for n in known if n in header), None)

    title, first, last, office = (column(known) for known in (_TITLE, _FIRST, _LAST, _OFFICE))
    if title is None or first is None:
        if seems(path) is not None:
            raise ValueError(path.suffix)
        rule = "需要「日期」與「事項」欄 · columns for the day and the title are needed"
        zh, en = "請把第 1 列寫成 日期,結束日期,事項,處室", "name the columns 日期,結束日期,事項,處室 in row 1"
        raise broken(path, rule, zh, en, line=1, value=", ".join(header))

    def cell(cells: Any, n: int | None) -> Any:
        return cells[n] if n is not None and n < len(cells) else ""

    for line in table.lines:
        if str(cell(line.cells, title)).strip() or str(cell(line.cells, first)).strip():
            yield Row(
                f"{path.name}:{line.row}", str(cell(line.cells, title)), cell(line.cells, first),
                cell(line.cells, last), str(cell(line.cells, office)),
                names[title], names[first], names[last] if last is not None else "",
            )  # fmt: skip


def _feed(path: Path) -> Iterator[Row]:
    calendar = icalendar.Calendar.from_ical(path.read_bytes())
    for n, event in enumerate(calendar.walk("VEVENT"), 1):
        place, title, office = f"{path.name}#{n}", str(event.get("SUMMARY", "")), str(event.get("LOCATION", ""))
        starts, ends = event.get("DTSTART"), event.get("DTEND")
        first, last = _moment(starts), _moment(ends)
        if isinstance(first, date):
            row = _span(place, title, first, last, office)
            yield _named(row, "SUMMARY", "DTSTART", "DTEND")
        else:
            yield Row(place, title, _ical_text(starts), None, office, "SUMMARY", "DTSTART", "DTEND")


def _moment(given: Any) -> date | None:
    """A day or an instant; None where none stands there, or one that does not exist."""
    try:
        found = given.dt if given is not None else None
    except (AttributeError, ValueError):
        return None
    return found if isinstance(found, date) else None


def _ical_text(given: Any) -> str:
    if given is None:
        return ""
    text = given.to_ical() if hasattr(given, "to_ical") else given
    return text.decode("utf-8", "replace") if isinstance(text, bytes) else str(text)


def _named(row: Row, title: str, first: str, last: str) -> Row:
    return Row(row.place, row.title, row.first, row.last, row.office, title, first, last)


def _span(place: str, title: str, first: date | datetime, last: date | datetime | None, office: str) -> Row:
    """Ends are exclusive in feeds; an instant in UTC is a day and an hour of Taipei."""
    if isinstance(first, datetime):
        shown = (first if first.tzinfo else first.replace(tzinfo=TAIPEI)).astimezone(TAIPEI)
        clock = "" if re.search(r"\d[:\uff1a]\d\d", title) else f"({shown:%H:%M})"
        end = shown
        if isinstance(last, datetime):
            end = (last if last.tzinfo else last.replace(tzinfo=TAIPEI)).astimezone(TAIPEI) - timedelta(microseconds=1)
        return Row(place, title + clock, shown.date(), max(shown, end).date(), office)
    end_day = last - DAY if isinstance(last, date) and not isinstance(last, datetime) and last > first else first
    return Row(place, title, first, end_day, office)


def _json(path: Path) -> Iterator[Row]:
    document = json.loads(path.read_text(encoding="utf-8-sig"))
    items = document.get("items", document.get("events")) if isinstance(document, dict) else document
    if not isinstance(items, list):
        rule = "JSON 裡沒有一串行事 · the JSON holds no list of entries"
        zh, en = "請提供清單,或放在 items、events 之下", "give a list, or one under `items` or `events`"
        raise broken(path, rule, zh, en)
    for n, item in enumerate(items, 1):
        place = f"{path.name}#{n}"
        if isinstance(item, dict):
            yield _item(place, item)
        else:
            yield Row(place, str(item)[:60], "")


def _item(place: str, item: Mapping[str, Any]) -> Row:
    def key(known: tuple[str, ...]) -> str:
        return next((k for k in known if k in item), known[0])

    fields = key(_TITLE), key(_FIRST), key(_LAST)
    title, first, last = str(item.get(fields[0], "")), item.get(fields[1], ""), item.get(fields[2])
    if item.get("tentative"):
        title += "(暫)"
    if item.get("approximate"):
        title = "約 " + title
    office = str(item.get("office") or item.get("location") or "")
    if not isinstance(first, dict):
        return Row(place, title, first, last if not isinstance(last, dict) else None, office, *fields)
    name, text = _edge_text(first)
    end_name, end_text = _edge_text(last) if isinstance(last, dict) else ("", None)
    fields = fields[0], f"{fields[1]}.{name}", f"{fields[2]}.{end_name}"
    try:
        start = _edge(name, text)
        end = _edge(end_name, end_text) if end_text is not None else None
        return _named(_span(place, title, start, end, office), *fields)
    except (ValueError, TypeError, OverflowError):
        # The cells as they stand: the reader of days says what is wrong with them.
        return Row(place, title, text, end_text, office, *fields)


def _edge_text(node: Mapping[str, Any]) -> tuple[str, str]:
    name = next((k for k in ("dateTime", "date") if k in node), "date")
    return name, str(node.get(name, ""))


def _edge(name: str, text: str) -> date | datetime:
    if name == "dateTime":
        read = datetime.fromisoformat(text)
        return read if read.tzinfo else read.replace(tzinfo=UTC)
    return date.fromisoformat(text)


READERS: dict[str, Callable[[Path], Iterator[Row]]] = {
    ".csv": _table,
    ".xlsx": _table,
    ".xls": _table,
    ".ods": _table,
    ".ics": _feed,
    ".json": _json,
}
"""By the ending of the name. They raise what their format raises; reading.py says it to people."""
