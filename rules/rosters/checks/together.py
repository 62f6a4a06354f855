"""rules: what only shows when rows stand beside one another: doubled persons, keys, seats; courses that differ. 規§6.3."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from rules.rosters.checks.context import whole_text
from rules.rosters.checks.layout import Fitted
from rules.rosters.checks.table import Cell, Found
from rules.rosters.schema import PERSON_COLUMNS

_PERSON, _BORN = PERSON_COLUMNS


def check_together(sheets: Sequence[Fitted], found: Found) -> None:
    """Tell the second and every further row of what may stand once."""
    births: dict[str, str] = {}
    facts: dict[str, tuple[str, ...]] = {}
    for sheet in sheets:
        if _PERSON in sheet.at:
            _doubled(sheet, found)
            _births(sheet, births, found)
        if sheet.schema.places and all(n in sheet.at for n in sheet.schema.places):
            _twice(sheet, sheet.schema.places, "seat_twice", sheet.schema.places[-1], found)
        _facts(sheet, facts, found)


def _doubled(sheet: Fitted, found: Found) -> None:
    if sheet.schema.one_a_person:
        _twice(sheet, (_PERSON,), "duplicate_person", _PERSON, found)
    if sheet.schema.unique:
        key = (_PERSON, *sheet.schema.key)
        if all(n in sheet.at for n in key):
            _twice(sheet, key, "duplicate_key", _PERSON, found)
        return
    seen: set[tuple[Cell, ...]] = set()
    for number, row in sheet.rows():
        whole = tuple(row)
        if whole in seen:
            found.tell("duplicate_row", sheet.cells.name, number)
        seen.add(whole)


def _twice(sheet: Fitted, names: Iterable[str], check: str, column: str, found: Found) -> None:
    places = [sheet.at[n] for n in names]
    seen: set[tuple[Cell, ...]] = set()
    for number, row in sheet.rows():
        key = tuple(row[at] for at in places)
        if key in seen and "" not in key[:1]:
            found.tell(check, sheet.cells.name, number, column)
        seen.add(key)


def _births(sheet: Fitted, births: dict[str, str], found: Found) -> None:
    if _BORN not in sheet.at:
        return
    person, born = sheet.at[_PERSON], sheet.at[_BORN]
    for number, row in sheet.rows():
        who, said = str(row[person]), str(row[born])
        if who and said and births.setdefault(who, said) != said:
            found.tell("id_birth", sheet.cells.name, number, _BORN)


def _facts(sheet: Fitted, facts: dict[str, tuple[str, ...]], found: Found) -> None:
    """Within the sheet's kind of columns a course code has one subject and one number of credits."""
    names = [n for n in sheet.schema.facts if n in sheet.at]
    if not names or sheet.schema.course not in sheet.at:
        return
    course, places = sheet.at[sheet.schema.course], [sheet.at[n] for n in names]
    own: dict[str, tuple[str, ...]] = facts if len(names) > 1 else {}
    for number, row in sheet.rows():
        code = str(row[course])
        said = tuple(whole_text(row[at]) for at in places)
        if code and own.setdefault(code, said) != said:
            found.tell("course_facts", sheet.cells.name, number, names[0])
