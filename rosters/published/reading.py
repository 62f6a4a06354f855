"""rosters: a published calendar from CSV, XLSX, iCalendar or JSON, entry by entry; what cannot be read is listed. 規§4.1."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from rosters.documents import LARGEST, DocumentError, DocumentProblem
from rosters.published.broken import broken, no_file, not_what_it_seems, other_ending, too_large
from rosters.published.days import Days, NotADay, YearMissing, read_days
from rosters.published.rows import READERS, Row
from rosters.sis.tables import Unreadable
from rules.proposals.facts import Entry, entry
from rules.proposals.plain import plain
from rules.roc import school_year_of

_LINE = re.compile(
    r"^\s*\(?(?P<day>\d{1,2}(?:[/月])\d{1,2}日?(?:\s*(?:~|-)\s*\d{1,2}(?:[/月]\d{1,2}日?)?)?)\)?\s*[:、]?\s*(?P<title>\S.*)$"
)
_WEEK = 4
"""A row from one day to the fourth after it or a later one can be a week's row, whose lines have days of their own."""
_MOST_NAMED = 20
"""Rows that a refusal names; a file of which nothing can be read has hundreds of them."""


@dataclass(frozen=True, slots=True)
class Unread:
    """A place that could not be read: which cell, what stands there, why not, and the row's title."""

    place: str
    field: str
    value: str
    title: str
    why: str
    why_en: str

    @property
    def text(self) -> str:
        """`日期「116/2/30」沒有這一天 · …「教學觀摩」`, behind the place."""
        title = f"(「{self.title}」)" if self.title else ""
        return f"{self.field}「{self.value}」{self.why} · {self.why_en}{title}"


@dataclass(frozen=True, slots=True)
class Published:
    """All entries of a file, and the places that could not be read, with what stands there and why."""

    entries: tuple[Entry, ...]
    unread: tuple[Unread, ...]
    school_year: int


def read_published(path: Path, year: int | None = None) -> Published:
    """Read a file by its ending. Raises DocumentError where nothing of it can be read."""
    rows = _rows(path)
    found = year if year is not None else _year(path, rows)
    if not 100 <= found <= 999:
        zh, en = "請以 --year 指定三位數的民國學年度", "name the school year with --year, three digits (ROC)"
        raise broken(path, "學年度應為三位數的民國年 · a school year has three digits", zh, en, value=str(found))
    entries: list[Entry] = []
    unread: list[Unread] = []
    for row in rows:
        _read(row, found, entries, unread)
    if not entries:
        raise _nothing(path, unread)
    return Published(tuple(entries), tuple(unread), found)


def _rows(path: Path) -> list[Row]:
    reader = READERS.get(path.suffix.lower())
    if reader is None:
        raise other_ending(path)
    try:
        if path.stat().st_size > LARGEST:
            raise too_large(path, LARGEST)
        with path.open("rb"):
            pass
        return list(reader(path))
    except OSError as error:
        raise no_file(path, error) from None
    except DocumentError:
        raise
    except (Unreadable, ValueError, RecursionError) as error:
        raise not_what_it_seems(path, error) from None


def _read(row: Row, year: int, entries: list[Entry], unread: list[Unread]) -> None:
    """One entry, or one for each dated line of a week's cell; a line that cannot be read does not take the others along."""

    def lost(field: str, value: object, error: NotADay, title: str) -> None:
        unread.append(Unread(row.place, field, str(value).strip()[:60], title.strip()[:60], error.why, error.why_en))

    try:
        days = _days(row, year)
    except _Cell as cell:
        return lost(cell.field, cell.value, cell.error, row.title)
    lines = [x for x in re.split(r"[\r\n;\uff1b]+", row.title) if x.strip()]
    if not lines:
        return lost(row.title_field, "", NotADay("沒有事項", "nothing is named"), f"{days.first}")
    week = (days.last - days.first).days >= _WEEK
    hours = days.starts, days.ends
    for text in lines:
        dated = _LINE.match(plain(text))
        if dated and (len(lines) > 1 or week):
            try:
                own = read_days(dated["day"], year)
            except NotADay as error:
                lost(row.title_field, dated["day"], error, text)
                continue
            entries.append(entry(text[dated.start("title") :], own.first, own.last, row.place, row.office))
        else:
            whole, until, vague = days.whole_day, days.until, week and len(lines) > 1
            place = days.first, days.last, row.place, row.office, hours
            entries.append(entry(text, *place, whole_day=whole, until=until, vague=vague))
    return None


class _Cell(Exception):
    """A cell of a row that names no day."""

    def __init__(self, field: str, value: object, error: NotADay) -> None:
        super().__init__(field)
        self.field, self.value, self.error = field, value, error


def _days(row: Row, year: int | None) -> Days:
    """The days of a row, from one cell or two. Raises _Cell."""
    try:
        first = read_days(row.first, year)
    except NotADay as error:
        raise _Cell(row.first_field, row.first, error) from None
    if row.last in (None, ""):
        return first
    try:
        last = read_days(row.last, year)
    except NotADay as error:
        raise _Cell(row.last_field, row.last, error) from None
    if last.last < first.first:
        why = NotADay(f"早於開始日期 {first.first}", f"lies before the first day {first.first}")
        raise _Cell(row.last_field, row.last, why)
    return Days(first.first, last.last, first.starts or first.ends, last.ends, last.whole_day, first.dated, last.until)


def _year(path: Path, rows: Sequence[Row]) -> int:
    """The school year of most days that carry a year of their own. Raises DocumentError where none has, or as many as another."""
    found: Counter[int] = Counter()
    without: list[Row] = []
    for row in rows:
        try:
            found[school_year_of(read_days(row.first, None).first)] += 1
        except YearMissing:
            without.append(row)
        except NotADay:
            continue
    zh, en = "請以 --year 指定學年度", "name the school year with --year"
    if not found:
        if without:
            place = f"{without[0].place} {without[0].first_field}「{without[0].first}」"
            raise broken(path, f"日期沒有年份 · no day has a year({place})", zh, en)
        unread: list[Unread] = []
        for row in rows:
            _read(row, 100, [], unread)
        raise _nothing(path, unread)
    (best, count), *others = found.most_common(2)
    if without and others and others[0][1] == count:
        both = f"{best}、{others[0][0]}"
        raise broken(path, f"日期分屬兩個學年,沒有年份的不知屬於哪一年 · days of two school years({both})", zh, en)
    return best


def _nothing(path: Path, unread: Sequence[Unread]) -> DocumentError:
    """No entry could be read: each place with its reason."""
    if not unread:
        return broken(path, "沒有任何行事 · there is no entry in it", "請確認匯出的範圍", "check what was exported")
    remedy = ("請更正這一格", "correct this cell")

    def where(u: Unread) -> str:
        return f"{path}{u.place.removeprefix(path.name)}"

    return DocumentError(
        [DocumentProblem(where(u), 0, u.field, u.value, f"{u.why} · {u.why_en}", *remedy) for u in unread[:_MOST_NAMED]]
    )
