"""rosters: the government's office calendar (政府行政機關辦公日曆表) from its published CSV. 規§4.1.

Header `西元日期,星期,是否放假,備註`; 0 is a working day, 2 a day off. UTF-8 with BOM, older files Big5. What counts is
是否放假, never the remark. The file is revised within a year: the newest one replaces the former whole.
"""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path

from rosters.documents import DocumentError, DocumentProblem
from rosters.published.broken import no_file, not_what_it_seems
from rosters.sis.tables import Cell, Unreadable, read_table
from rules.days import OfficeYear
from rules.instants import YEARS
from rules.roc import WEEKDAYS, RocFault, RocRefused, read_roc_date, roc_long

_AD = re.compile(r"(\d{4})(?:[/-]?(\d{2})[/-]?(\d{2})|[/-](\d{1,2})[/-](\d{1,2}))")
DAY, WEEKDAY, OFF, REMARK = "西元日期", "星期", "是否放假", "備註"
WORKS, RESTS = "0", "2"
_MOST_NAMED = 20
"""Rows that a refusal names: where a whole year is written another way, all are wrong in the same way."""


def read_office_calendar(path: Path) -> tuple[OfficeYear, ...]:
    """The years of a file, each whole. Raises DocumentError that names the rows that are wrong."""
    try:
        with path.open("rb"):
            pass
        table = read_table(path)
    except OSError as error:
        raise no_file(path, error) from None
    except Unreadable as error:
        raise not_what_it_seems(path, error) from None
    header = [str(c).strip().lstrip("\ufeff") for c in table.header]
    if "Subject" in header:
        raise DocumentError(
            [
                _problem(
                    path,
                    1,
                    "",
                    header[0],
                    "這是 Google 行事曆專用檔",
                    "請下載一般的 CSV",
                    "take the plain CSV, not the one for Google",
                )
            ]
        )
    missing = [name for name in (DAY, WEEKDAY, OFF) if name not in header]
    if missing:
        raise DocumentError(
            [
                _problem(
                    path,
                    1,
                    ", ".join(missing),
                    ", ".join(header),
                    "缺少欄位",
                    "請提供辦公日曆表 CSV",
                    "columns are missing",
                )
            ]
        )
    places = {name: header.index(name) for name in (DAY, WEEKDAY, OFF)}
    days: dict[date, bool] = {}
    problems: list[DocumentProblem] = []
    for line in table.lines:
        cells = {name: _plain(line.cells[n]) if n < len(line.cells) else "" for name, n in places.items()}
        try:
            day, rests = _row(cells)
            if day in days:
                raise _Wrong(DAY, cells[DAY], "同一天出現兩次", "請刪除其中一列", "the day stands twice")
        except _Wrong as wrong:
            problems.append(_problem(path, line.row, *wrong.said))
            continue
        days[day] = rests
    if problems:
        more = len(problems) - _MOST_NAMED
        rest = f"另有 {more} 列也不對 · {more} more rows are wrong"
        said = [_problem(path, 0, "", "", rest, "請使用原始檔", "take the original file")] if more > 0 else []
        raise DocumentError([*problems[:_MOST_NAMED], *said])
    return _years(path, days)


class _Wrong(Exception):
    """One row that is wrong: field, value, rule, remedy in both languages."""

    def __init__(self, *said: str) -> None:
        super().__init__(said[2])
        self.said = said


def _day(text: str) -> date:
    """The day of a row, written YYYYMMDD in AD as the office calendar does. Raises _Wrong; an ROC day is never guessed at."""
    found = _AD.fullmatch(text)
    if found is None:
        try:
            said = f"看起來是民國日期 {roc_long(read_roc_date(text))}"
        except RocRefused as refused:
            said = "看起來是民國日期,而且沒有這一天" if refused.code is RocFault.NO_SUCH_DAY else "不是這個寫法"
        raise _Wrong(
            DAY, text, f"辦公日曆表的日期是西元 YYYYMMDD;{said} · the office calendar writes YYYYMMDD, years AD, not ROC",
            "請使用原始檔,或改寫成西元(民國年加 1911),如 20270104", "take the original file, or write it AD, as 20270104",
        )  # fmt: skip
    try:
        day = date(*(int(x) for x in found.groups() if x))
    except ValueError:
        raise _Wrong(DAY, text, "沒有這一天 · no such day", "請核對日期(YYYYMMDD)", "check the day") from None
    if day.year not in YEARS:
        raise _Wrong(
            DAY, text, f"西元 {day.year} 年不是辦公日曆的年份 · no year of an office calendar",
            "請核對年份(YYYYMMDD,西元)", "check the year",
        )  # fmt: skip
    return day


def _row(cells: dict[str, str]) -> tuple[date, bool]:
    day = _day(cells[DAY])
    named = cells[WEEKDAY].removeprefix("星期").removeprefix("週")
    if named != WEEKDAYS[day.weekday()]:
        raise _Wrong(
            WEEKDAY, cells[WEEKDAY], f"這一天是星期{WEEKDAYS[day.weekday()]}", "請核對日期與星期", "wrong weekday"
        )
    if cells[OFF] not in (WORKS, RESTS):
        raise _Wrong(OFF, cells[OFF], "應為 0(上班)或 2(放假)", "請核對原始檔", "0 or 2 is expected")
    return day, cells[OFF] == RESTS


def _years(path: Path, days: dict[date, bool]) -> tuple[OfficeYear, ...]:
    found = []
    for year in sorted({day.year for day in days}):
        mine = {day: rests for day, rests in days.items() if day.year == year}
        whole = (date(year + 1, 1, 1) - date(year, 1, 1)).days
        if len(mine) != whole:
            raise DocumentError(
                [
                    _problem(
                        path,
                        0,
                        DAY,
                        f"{year}: {len(mine)}",
                        f"應有 {whole} 天",
                        "請提供完整的一年",
                        "the year is not whole",
                    )
                ]
            )
        found.append(
            OfficeYear(
                year=year,
                source=f"政府行政機關辦公日曆表:{path.name}",
                off=tuple(sorted(d for d, rests in mine.items() if rests and d.weekday() < 5)),
                make_up=tuple(sorted(d for d, rests in mine.items() if not rests and d.weekday() >= 5)),
            )
        )
    if not found:
        raise DocumentError(
            [_problem(path, 1, "", "", "沒有任何一天", "請提供完整的一年", "no day stands in the file")]
        )
    return tuple(found)


def _plain(cell: Cell) -> str:
    return str(int(cell)) if isinstance(cell, float) and cell.is_integer() else str(cell).strip()


def _problem(path: Path, row: int, field: str, value: str, rule: str, zh: str, en: str) -> DocumentProblem:
    return DocumentProblem(str(path), row, field, value[:80], rule, zh, en)


def write_years(path: Path, years: tuple[OfficeYear, ...]) -> list[str]:
    """Put years into the authority's document, comments kept; returns what changed, a line a day. Raises DocumentError."""
    from ruamel.yaml import YAML
    from ruamel.yaml.comments import CommentedMap, CommentedSeq

    from rosters.documents import load_national, tree_to_change

    before = {y.year: y for y in load_national(path).office_years}
    tree = tree_to_change(path)
    listed = tree.setdefault("office_years", CommentedSeq())
    told: list[str] = []
    for year in years:
        old = before.get(year.year)
        told += _changes(old, year)
        node = next((n for n in listed if n["year"] == year.year), None)
        if node is None:
            node = CommentedMap(year=year.year)
            listed.append(node)
        node["source"], node["assumed"] = year.source, year.assumed
        for name in ("off", "make_up"):
            row = CommentedSeq(getattr(year, name))
            row.fa.set_flow_style()
            node[name] = row
    yaml = YAML(typ="rt", pure=True)
    yaml.width = 4096
    yaml.indent(mapping=2, sequence=4, offset=2)
    # Written beside and read again first: a document that cannot be read would stop every school.
    beside = path.with_name(f".{path.name}.new")
    with beside.open("w", encoding="utf-8") as out:
        yaml.dump(tree, out)
    load_national(beside)
    beside.replace(path)
    return told


def _changes(old: OfficeYear | None, new: OfficeYear) -> list[str]:
    if old is None:
        return [f"+ {new.year}: {len(new.off)} 日放假、{len(new.make_up)} 日補班 · days off, make-up days"]
    told = [f"+ {d} 放假 · off" for d in sorted(set(new.off) - set(old.off))]
    told += [f"- {d} 放假 · off" for d in sorted(set(old.off) - set(new.off))]
    told += [f"+ {d} 補行上班 · make-up" for d in sorted(set(new.make_up) - set(old.make_up))]
    told += [f"- {d} 補行上班 · make-up" for d in sorted(set(old.make_up) - set(new.make_up))]
    return told
