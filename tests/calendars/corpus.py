"""The corpus: calendars of every pack and of years with real dates, moved by whole weeks and changed in places."""

from __future__ import annotations

import copy
import re
from datetime import date, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

import holidays
from pydantic import Field

from rosters.documents import load_document, load_national, load_rule_set, read_plain
from rules.days import OfficeYear
from rules.instants import DAY, Model
from rules.lint.case import Case
from rules.lint.model import Limits
from rules.ruleset import RuleSet
from rules.schedule import Calendar, National
from tests.lint.world import SCHOOLS, changed

HERE = Path(__file__).parent
KNOWN_YEAR = 115
NATIONAL = SCHOOLS / "national" / f"{KNOWN_YEAR}.yaml"
_PERIOD = re.compile(rf"^{KNOWN_YEAR}(-[12])?$")


class Entry(Model):
    """One calendar of the corpus."""

    id: str
    pack: str
    year: int
    source: str = ""
    changes: dict[str, Any] = Field(default_factory=dict)


class Corpus(Model):
    """The whole list."""

    calendars: tuple[Entry, ...]


def cases() -> dict[str, Case]:
    """Every calendar of the corpus, by id."""
    entries = load_document(HERE / "corpus.yaml", Corpus).calendars
    return {e.id: _case(e) for e in entries}


def _case(entry: Entry) -> Case:
    tree, rules, limits = _pack(entry.pack)
    calendar = Calendar.model_validate(changed(entry.changes, _moved(tree, entry.year)))
    return Case(calendar, rules, national(entry.year), limits)


@cache
def _pack(name: str) -> tuple[dict[str, Any], RuleSet, Limits]:
    folder = SCHOOLS / name
    tree = read_plain(folder / f"calendar-{KNOWN_YEAR}.yaml")
    return tree, load_rule_set(folder / "rules.yaml"), load_document(SCHOOLS / "lint.yaml", Limits)


@cache
def national(year: int) -> National:
    """The authority's document of a year: its windows moved, its office calendar the real one."""
    if year == KNOWN_YEAR:
        return load_national(NATIONAL)
    tree = _moved(_national(), year)
    tree["office_years"] = [office_year(y) for y in range(year + 1911, year + 1914)]
    return National.model_validate(tree)


@cache
def _national() -> dict[str, Any]:
    return read_plain(NATIONAL)


@cache
def office_year(year: int) -> OfficeYear:
    """A year of the office calendar as the holidays library knows it."""
    known = holidays.country_holidays("TW", years=year)
    off, made, day = [], [], date(year, 1, 1)
    while day.year == year:
        works = known.is_working_day(day)
        if day.weekday() < 5 and not works:
            off.append(day)
        elif day.weekday() >= 5 and works:
            made.append(day)
        day += DAY
    return OfficeYear(year=year, source="holidays", off=tuple(off), make_up=tuple(made))


def _moved(node: Any, year: int) -> Any:
    """Every date moved by whole weeks, every period renamed."""
    ahead = year - KNOWN_YEAR
    days = timedelta(weeks=round(365.25 * ahead / 7))

    def move(value: Any) -> Any:
        if isinstance(value, dict):
            return {(period(k) if isinstance(k, str) else k): move(v) for k, v in value.items()}
        if isinstance(value, list):
            return [move(v) for v in value]
        if isinstance(value, date):
            return value + days
        if isinstance(value, str):
            found = re.match(r"^(\d{4}-\d\d-\d\d)(.*)$", value)
            if found:
                return (datetime.fromisoformat(found[1]) + days).date().isoformat() + found[2]
            return period(value)
        return value

    def period(text: str) -> str:
        return str(year) + text[3:] if _PERIOD.match(text) else text

    tree = move(copy.deepcopy(node))
    if "school_year" in tree:
        tree["school_year"] = year
        tree["opens"] = f"{year + 1911}-08-01 00:00"
        for name, month in (("1", f"{year + 1911}-08"), ("2", f"{year + 1912}-02")):
            tree["semesters"][f"{year}-{name}"]["opens"] = f"{month}-01 00:00"
    return tree
