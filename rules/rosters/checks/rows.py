"""rules: whether the columns of one row agree: days, links, scores, statuses, courses. 規§6.3."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import date, datetime
from functools import lru_cache

from rules.identity import IdentityRefused, Sex, read_identity
from rules.rosters.checks.context import Context, whole_text
from rules.rosters.checks.layout import Fitted
from rules.rosters.checks.table import Cell, Found
from rules.rosters.days import read_day
from rules.rosters.schema import PERSON_COLUMNS, Holds

Row = Sequence[Cell]
RowCheck = Callable[[Row], Iterator[tuple[str, str]]]
"""Yields (check, column) for one row."""

_BORN = PERSON_COLUMNS[1]


def check_rows(sheet: Fitted, context: Context, found: Found) -> None:
    """Tell every row whose columns contradict one another. Only checks whose columns are all there run."""
    checks = [check for make in _MAKERS for check in make(sheet, context)]
    name = sheet.cells.name
    for number, row in sheet.rows() if checks else ():
        for check in checks:
            for told, column in check(row):
                found.tell(told, name, number, column)


@lru_cache(maxsize=4096)
def day_of(text: str) -> date | None:
    """The day of a cell's text, None where it cannot be read."""
    try:
        return read_day(text.strip())[0]
    except ValueError:
        return None


def _day(cell: Cell) -> date | None:
    if isinstance(cell, datetime):
        return cell.date()
    if isinstance(cell, date):
        return cell
    return day_of(cell) if isinstance(cell, str) and cell else None


def _whole(cell: Cell) -> int | None:
    text = whole_text(cell)
    return int(text) if text.isascii() and text.isdigit() and len(text) < 6 else None


def _real(cell: Cell) -> float | None:
    try:
        return float(cell) if isinstance(cell, str | int | float) else None
    except ValueError:
        return None


def _spans(sheet: Fitted, context: Context) -> Iterator[RowCheck]:
    hours = next((sheet.at[h] for h in context.book.doctor.hours if h in sheet.at), None)
    hours_name = "" if hours is None else sheet.cells.headers[hours]
    for first, last in sheet.schema.spans:
        if first not in sheet.at or last not in sheet.at:
            continue
        a, b = sheet.at[first], sheet.at[last]

        def check(row: Row, a: int = a, b: int = b, first: str = first, last: str = last) -> Iterator[tuple[str, str]]:
            opens, closes = _day(row[a]), _day(row[b])
            if opens is None or closes is None:
                return
            if closes < opens:
                yield "day_order", last
            elif closes < context.first or opens > context.end:
                yield "span_outside", first
            spent = None if hours is None else _real(row[hours])
            room = context.book.doctor.hours_a_day * ((closes - opens).days + 1)
            if spent is not None and 0 < room < spent:
                yield "hours_a_day", hours_name

        yield check


def _after_birth(sheet: Fitted, context: Context) -> Iterator[RowCheck]:
    days = [(n, sheet.at[n]) for n, c in sheet.schema.by_name.items() if c.holds is Holds.DAY and n in sheet.at and n != _BORN]  # fmt: skip
    if _BORN not in sheet.at or not days:
        return
    born_at = sheet.at[_BORN]

    def check(row: Row) -> Iterator[tuple[str, str]]:
        born = _day(row[born_at])
        if born is None:
            return
        for name, at in days:
            day = _day(row[at])
            if day is not None and day < born:
                yield "day_before_birth", name

    yield check


def _past(sheet: Fitted, context: Context) -> Iterator[RowCheck]:
    if sheet.schema.past is None or any(n not in sheet.at for n in sheet.schema.past):
        return
    year_name, semester_name = sheet.schema.past
    y, s = sheet.at[year_name], sheet.at[semester_name]

    def check(row: Row) -> Iterator[tuple[str, str]]:
        year, semester = _whole(row[y]), _whole(row[s])
        if year is not None and semester is not None and (year, semester) > (context.year, context.semester):
            yield "past_later", year_name

    yield check


def _links(sheet: Fitted, context: Context) -> Iterator[RowCheck]:
    places = [sheet.at[n] for n in sheet.schema.links if n in sheet.at]
    if not places:
        return

    def check(row: Row) -> Iterator[tuple[str, str]]:
        if all(row[at] == "" for at in places):
            yield "link_missing", sheet.schema.links[0]

    yield check


def _scores(sheet: Fitted, context: Context) -> Iterator[RowCheck]:
    doctor = context.book.doctor
    for known in doctor.scores:
        if known.score not in sheet.at or known.passed not in sheet.at:
            continue
        s, p = sheet.at[known.score], sheet.at[known.passed]
        resit = sheet.at.get(known.resit or "")

        def check(row: Row, s: int = s, p: int = p, resit: int | None = resit, name: str = known.passed) -> Iterator[tuple[str, str]]:  # fmt: skip
            score, passed = _real(row[s]), whole_text(row[p])
            if not passed:
                return
            ok = passed == doctor.passed_code
            if score is not None and ((ok and score < doctor.sure_fail) or (not ok and score >= doctor.sure_pass)):
                yield "passed_conflict", name
            if resit is not None and ok and row[resit] != "":
                yield "resit_passed", sheet.cells.headers[resit]

        yield check


def _statuses(sheet: Fitted, context: Context) -> Iterator[RowCheck]:
    known = context.book.doctor.status
    if known.status not in sheet.at or known.day not in sheet.at:
        return
    s, d = sheet.at[known.status], sheet.at[known.day]

    def check(row: Row) -> Iterator[tuple[str, str]]:
        status = whole_text(row[s])
        if status in known.enrolled and row[d] != "":
            yield "enrolled_with_change", known.day
        elif status and status not in known.enrolled and row[d] == "":
            yield "change_without_day", known.day

    yield check


def _indigenous(sheet: Fitted, context: Context) -> Iterator[RowCheck]:
    known = context.book.doctor.indigenous
    if any(n not in sheet.at for n in (known.kind, known.people, known.special)):
        return
    kind, people, special = (sheet.at[n] for n in (known.kind, known.people, known.special))
    parts = [sheet.at[n] for n in known.certificate if n in sheet.at]

    def check(row: Row) -> Iterator[tuple[str, str]]:
        filled = sum(row[at] != "" for at in parts)
        is_one = whole_text(row[kind]) not in known.none
        listed = known.special_code in whole_text(row[special]).split(",")
        if is_one != listed or (not is_one and (row[people] != "" or filled)):
            yield "indigenous_conflict", known.kind
        if 0 < filled < len(parts):
            yield "indigenous_certificate", known.certificate[0]

    yield check


def _sexes(sheet: Fitted, context: Context) -> Iterator[RowCheck]:
    known = context.book.doctor.sex
    if known.column not in sheet.at or PERSON_COLUMNS[0] not in sheet.at:
        return
    person, sex = sheet.at[PERSON_COLUMNS[0]], sheet.at[known.column]
    codes = {Sex.MALE: known.male, Sex.FEMALE: known.female}

    def check(row: Row) -> Iterator[tuple[str, str]]:
        said = whole_text(row[sex])
        try:
            if said and codes[read_identity(str(row[person])).sex] != said:
                yield "id_sex", known.column
        except IdentityRefused:
            return

    yield check


def _courses(sheet: Fitted, context: Context) -> Iterator[RowCheck]:
    """The school in the code where the row names one; the grade that entry year and year of study give."""
    schema, form = sheet.schema, context.book.course_code
    if schema.course is None or schema.course not in sheet.at:
        return
    course = sheet.at[schema.course]
    school = sheet.at.get(schema.school or "")
    grade = sheet.at.get(schema.grade or "")
    year_at = sheet.at.get(schema.past[0]) if schema.past is not None else None
    school_part, year_part, name = form.part("school"), form.part("year"), schema.course

    def check(row: Row) -> Iterator[tuple[str, str]]:
        code = row[course]
        if not isinstance(code, str) or len(code) != form.length:
            return
        if school is not None and row[school] != "" and school_part.of(code) != row[school]:
            yield "course_school", name
        said = _whole(row[grade]) if grade is not None else None
        studied = context.year if year_at is None else _whole(row[year_at])
        entry = year_part.of(code)
        if said is not None and studied is not None and entry.isdigit() and studied - int(entry) + 1 != said:
            yield "course_grade", schema.grade or name

    yield check


_MAKERS: tuple[Callable[[Fitted, Context], Iterator[RowCheck]], ...] = (
    _spans, _after_birth, _past, _links, _scores, _statuses, _indigenous, _sexes, _courses,
)  # fmt: skip
