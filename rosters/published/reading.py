"""rosters: a published calendar from CSV, XLSX, iCalendar or JSON, entry by entry; what cannot be read is listed. 規§4.1."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import icalendar

from rosters.documents import LARGEST, DocumentError, DocumentProblem
from rosters.published.days import day_of, read_range
from rosters.sis.tables import Unreadable, read_table
from rules.instants import DAY, TAIPEI
from rules.proposals.facts import Entry, entry
from rules.roc import school_year_of

_TITLE = ("事項", "標題", "活動", "行事", "內容", "title", "summary", "subject", "工作事項", "重要行事")
_FIRST = ("開始日期", "起始日期", "日期", "起日", "first", "start", "date", "start date")
_LAST = ("結束日期", "迄日", "last", "end", "end date")
_OFFICE = ("處室", "單位", "主辦單位", "office", "location")
_LINE = re.compile(
    r"^\s*[((]?(?P<day>\d{1,2}(?:[/月])\d{1,2}日?(?:\s*(?:~|~|-|–)\s*\d{1,2}(?:[/月]\d{1,2}日?)?)?)[))]?\s*[::、]?\s*(?P<title>\S.*)$"
)


@dataclass(frozen=True, slots=True)
class Published:
    """All entries of a file, and the places that could not be read, with what stands there."""

    entries: tuple[Entry, ...]
    unread: tuple[tuple[str, str], ...]
    school_year: int


def read_published(path: Path, year: int | None = None) -> Published:
    """Read a file by its ending. Raises DocumentError where nothing of it can be read."""
    readers = {".csv": _table, ".xlsx": _table, ".xls": _table, ".ods": _table, ".ics": _feed, ".json": _json}
    read = readers.get(path.suffix.lower())
    if read is None:
        raise _broken(path, path.suffix, "請提供 CSV、XLSX、iCalendar 或 JSON", "give CSV, XLSX, iCalendar or JSON")
    try:
        if path.stat().st_size > LARGEST:
            raise _broken(path, "size", "檔案過大", "the file is too large")
        rows = list(read(path))
    except (OSError, UnicodeDecodeError, ValueError) as error:
        if isinstance(error, DocumentError):
            raise
        raise _broken(path, type(error).__name__, "請確認檔案完整且格式正確", "check that the file is whole") from None
    found = year if year is not None else _year(rows)
    if found is None:
        raise _broken(
            path, "", "日期沒有年份,請以 --year 指定學年度", "no day has a year; name the school year with --year"
        )
    if not 100 <= found <= 999:
        raise _broken(path, str(found), "學年度應為三位數的民國年", "a school year has three digits (ROC)")
    entries: list[Entry] = []
    unread: list[tuple[str, str]] = []
    for row in rows:
        try:
            entries += row.entries(found)
        except ValueError:
            unread.append((row.place, f"{row.first} {row.title}".strip()))
    if not entries:
        raise _broken(path, "", "沒有讀到任何行事", "no entry could be read")
    return Published(tuple(entries), tuple(unread), found)


@dataclass(frozen=True, slots=True)
class _Row:
    place: str
    title: str
    first: Any
    last: Any = None
    office: str = ""

    def entries(self, year: int) -> Iterator[Entry]:
        """One entry, or one for each dated line of a week's cell."""
        first, last = day_of(self.first, year)
        if self.last not in (None, ""):
            last = day_of(self.last, year)[1]
        if last < first:
            raise ValueError(self.title)
        lines = [x for x in re.split(r"[\r\n;;]+", self.title) if x.strip()]
        if not lines:
            raise ValueError(self.place)
        for text in lines:
            dated = _LINE.match(text)
            if (dated and len(lines) > 1) or (dated and (last - first).days >= 4):
                yield entry(dated["title"], *read_range(dated["day"], year), self.place, self.office)
            else:
                yield entry(text, first, last, self.place, self.office)


def _table(path: Path) -> Iterator[_Row]:
    try:
        table = read_table(path)
    except Unreadable as error:
        raise _broken(path, str(error.detail), "檔案無法讀取", "the file cannot be read") from None
    header = [str(c).strip().lower() for c in table.header]

    def column(names: tuple[str, ...]) -> int | None:
        return next((header.index(n) for n in names if n in header), None)

    title, first, last, office = (column(names) for names in (_TITLE, _FIRST, _LAST, _OFFICE))
    if title is None or first is None:
        raise _broken(
            path, ", ".join(header)[:80], "需要「日期」與「事項」欄", "columns for the day and the title are needed"
        )

    def cell(cells: Any, n: int | None) -> Any:
        return cells[n] if n is not None and n < len(cells) else ""

    for line in table.lines:
        if str(cell(line.cells, title)).strip() or str(cell(line.cells, first)).strip():
            yield _Row(
                f"{path.name}:{line.row}", str(cell(line.cells, title)), cell(line.cells, first),
                cell(line.cells, last), str(cell(line.cells, office)),
            )  # fmt: skip


def _feed(path: Path) -> Iterator[_Row]:
    calendar = icalendar.Calendar.from_ical(path.read_bytes())
    for n, event in enumerate(calendar.walk("VEVENT"), 1):
        title, starts = str(event.get("SUMMARY", "")), event.get("DTSTART")
        if starts is None:
            yield _Row(f"{path.name}#{n}", title, "")
            continue
        ends = event.get("DTEND")
        yield _span(
            f"{path.name}#{n}", title, starts.dt, ends.dt if ends is not None else None, str(event.get("LOCATION", ""))
        )


def _span(place: str, title: str, first: date | datetime, last: date | datetime | None, office: str) -> _Row:
    """Ends are exclusive in feeds; an instant in UTC is a day and an hour of Taipei."""
    if isinstance(first, datetime):
        shown = (first if first.tzinfo else first.replace(tzinfo=TAIPEI)).astimezone(TAIPEI)
        clock = "" if re.search(r"\d[::]\d\d", title) else f"({shown:%H:%M})"
        end = shown
        if isinstance(last, datetime):
            end = (last if last.tzinfo else last.replace(tzinfo=TAIPEI)).astimezone(TAIPEI) - timedelta(microseconds=1)
        return _Row(place, title + clock, shown.date(), max(shown, end).date(), office)
    end_day = last - DAY if isinstance(last, date) and last > first else first
    return _Row(place, title, first, end_day, office)


def _json(path: Path) -> Iterator[_Row]:
    document = json.loads(path.read_text(encoding="utf-8-sig"))
    items = document.get("items", document.get("events")) if isinstance(document, dict) else document
    if not isinstance(items, list):
        raise _broken(path, type(document).__name__, "需要一串行事", "a list of entries is needed")
    for n, item in enumerate(items, 1):
        place = f"{path.name}#{n}"
        if not isinstance(item, dict):
            yield _Row(place, str(item)[:60], "")
            continue
        title = str(next((item[k] for k in _TITLE if k in item), ""))
        if item.get("tentative"):
            title += "(暫)"
        if item.get("approximate"):
            title = "約 " + title
        office = str(item.get("office") or item.get("location") or "")
        first = next((item[k] for k in _FIRST if k in item), "")
        last = next((item[k] for k in _LAST if k in item), None)
        if isinstance(first, dict):
            try:
                yield _span(place, title, _edge(first), _edge(last) if isinstance(last, dict) else None, office)
            except (ValueError, KeyError, TypeError):
                yield _Row(place, title, "")
        else:
            yield _Row(place, title, first, last, office)


def _edge(node: dict[str, Any]) -> date | datetime:
    if "dateTime" in node:
        read = datetime.fromisoformat(node["dateTime"])
        return read if read.tzinfo else read.replace(tzinfo=UTC)
    return date.fromisoformat(node["date"])


def _year(rows: list[_Row]) -> int | None:
    """The school year of most days that carry a year of their own."""
    found: dict[int, int] = {}
    for row in rows:
        try:
            # Without a year these texts cannot be read: two readings that agree came from the text itself.
            one, other = day_of(row.first, 100)[0], day_of(row.first, 101)[0]
        except ValueError:
            continue
        if one == other:
            named = school_year_of(one)
            found[named] = found.get(named, 0) + 1
    return max(found, key=lambda y: found[y]) if found else None


def _broken(path: Path, value: str, zh: str, en: str) -> DocumentError:
    return DocumentError([DocumentProblem(str(path), 1, "", value[:80], "行事曆無法讀取", zh, en)])
