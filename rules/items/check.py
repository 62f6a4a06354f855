"""rules: whether what a student wrote about an item fits its schema; and the form in which it is kept. Pure.

Refusals name the field, never its content: free text stands in sealed columns only.
Sources: 規§5.3.1, 規§5.4, 規§8; the counting rule is rules/text.py's.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from rules.ids import year_of
from rules.items.evidence import judge_evidence
from rules.items.links import link_fault
from rules.items.schema import Holds, ItemBook, ItemField, ItemKind, ItemSchema, limit_on
from rules.refusals import Code, Refusal
from rules.refusals.together import together
from rules.text import TextFault, clean, length, summary_problems

Value = str | int | float
"""A field as it is kept: text and codes as text, a day as ISO 8601, a number as a number."""

_NUMBER = re.compile(r"^-?\d{1,9}(\.\d{1,4})?$")


@dataclass(frozen=True, slots=True)
class Written:
    """What a student wrote, as it came."""

    item: ItemKind
    period: str
    kind: str
    """The variant of an outcome, the category of a diverse performance."""
    summary: str
    link: str | None = None
    fields: Mapping[str, Value | None] = field(default_factory=dict)
    roles: tuple[str, ...] = ()
    """The role of each file, in order."""


@dataclass(frozen=True, slots=True)
class Kept:
    """The same, in order: cleaned, and each field under its column's name."""

    summary: str
    link: str | None
    fields: dict[str, Value]


def check(book: ItemBook, given: Written, *, on: date, complete: bool) -> Kept | Refusal:
    """The form that is kept, or the first thing that is wrong.

    `complete` False is a draft: what is missing is no fault, what stands there must be in order.
    """
    schema = book.schema_of(given.item, given.kind)
    clause = schema.clause if schema else "規§5.3.1" if given.item == "outcome" else "規§5.4"
    if schema is None:
        place = "variant" if given.item == "outcome" else "category"
        known = ", ".join(s.id for s in book.of(given.item))
        return Refusal(code=Code.BAD_REQUEST, clause=clause, place=place, found=given.kind[:40], limit=known)
    summary = clean(given.summary)
    wrong = _summary(summary, limit_on(book.summary, on).value, clause, complete=complete)
    link = clean(given.link) if given.link else None
    wrong = wrong or _link(book, link, clause, on)
    roles = (*given.roles, *(("link",) if link else ()))
    wrong = wrong or judge_evidence(book, given.item, roles, clause=clause, complete=complete)
    if wrong is not None:
        return wrong
    fields = check_fields(book, schema, given.fields, period=given.period, complete=complete)
    return fields if isinstance(fields, Refusal) else Kept(summary, link or None, fields)


def _summary(summary: str, limit: int, clause: str, *, complete: bool) -> Refusal | None:
    for problem in summary_problems(summary, limit=limit):
        if problem.code is TextFault.EMPTY:
            if complete:
                return Refusal(code=Code.SUMMARY_MISSING, clause=clause, place="summary", found="0", limit=str(limit))
        elif problem.code is TextFault.TOO_LONG:
            return Refusal(
                code=Code.SUMMARY_LENGTH, clause=clause, place="summary", found=str(problem.found), limit=str(limit)
            )
        else:
            place = f"summary, 第 {(problem.place or 0) + 1} 字元 · character {(problem.place or 0) + 1}"
            return Refusal(
                code=Code.BAD_REQUEST, clause=clause, place=place, found=problem.code.value, limit="plain characters"
            )
    return None


def _link(book: ItemBook, link: str | None, clause: str, on: date) -> Refusal | None:
    if not link:
        return None
    most = limit_on(book.link, on).value
    if len(link) > most:
        return Refusal(code=Code.LINK_INVALID, clause=clause, place="link", found=str(len(link)), limit=str(most))
    fault = link_fault(link, schemes=book.link_schemes)
    if fault is not None:
        limit = ", ".join(f"{s}://" for s in book.link_schemes)
        return Refusal(code=Code.LINK_INVALID, clause=clause, place="link", found=fault, limit=limit)
    return None


def check_fields(
    book: ItemBook, schema: ItemSchema, given: Mapping[str, Value | None], *, period: str, complete: bool
) -> dict[str, Value] | Refusal:
    """The fields by their columns, or all faults. A field may be named by its id or by its column."""
    columns = {f.column: f.id for f in schema.fields}
    named: dict[str, Value | None] = {}
    for name, value in given.items():
        id_ = columns.get(name, name)
        if id_ not in schema.by_id or id_ in named:
            known = ", ".join(f.id for f in schema.fields)
            return Refusal(
                code=Code.FIELD_UNKNOWN, clause=schema.clause, place=f"fields.{name[:40]}", found=schema.id, limit=known
            )
        named[id_] = value
    kept: dict[str, Value] = {}
    faults: list[Refusal] = []
    for f in schema.fields:
        place, value = f"fields.{f.id}", named.get(f.id)
        if value is None or (isinstance(value, str) and not clean(value)):
            if f.required and complete:
                limit = f"{f.column} · {f.title_en}"
                faults.append(Refusal(code=Code.FIELD_MISSING, clause=schema.clause, place=place, limit=limit))
            continue
        read = _read(book, f, value)
        if isinstance(read, _Fault):
            found, limit = read.found, read.limit
            faults.append(Refusal(code=Code.FIELD_INVALID, clause=schema.clause, place=place, found=found, limit=limit))
        else:
            kept[f.id] = read
    wrong = together(faults) if faults else _across(schema, kept, period)
    return wrong or {schema.by_id[name].column: value for name, value in kept.items()}


@dataclass(frozen=True, slots=True)
class _Fault:
    found: str
    limit: str


def _read(book: ItemBook, f: ItemField, value: Value) -> Value | _Fault:
    if isinstance(value, bool):
        return _Fault("true/false", f.holds.value)
    if f.holds is Holds.NUMBER:
        return _number(f, value)
    text = clean(str(value))
    if f.holds is Holds.DAY:
        return _day(text)
    if f.holds is Holds.CODE:
        codes = book.code_lists[str(f.codes)].values
        return text if text in codes else _Fault("code", ", ".join(f"{k} {v}" for k, v in codes.items()))
    for problem in summary_problems(text, limit=f.max_length):
        if problem.code is TextFault.TOO_LONG:
            return _Fault(str(problem.found), str(f.max_length))
        return _Fault(problem.code.value, f.holds.value)
    if "\n" in text:
        return _Fault("line break", f.holds.value)
    if f.pattern is not None and not re.fullmatch(f.pattern, text):
        return _Fault(f"{length(text)} characters", f.form)
    return text


def _number(f: ItemField, value: Value) -> Value | _Fault:
    assert f.least is not None and f.most is not None  # the schema says so
    text = clean(str(value))
    form = f"{f.least}–{f.most}" + (f", {f.decimals} decimals" if f.decimals else "")
    if not _NUMBER.match(text) or not text.isascii():
        return _Fault("text", form)
    found = Decimal(text)
    places = -int(found.normalize().as_tuple().exponent)
    if not f.least <= found <= f.most or places > f.decimals:
        return _Fault(text, form)
    return int(found) if found == found.to_integral_value() else float(found)


def _day(text: str) -> str | _Fault:
    if not re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", text):
        return _Fault("text", "YYYY-MM-DD")
    try:
        return date.fromisoformat(text).isoformat()
    except ValueError:
        return _Fault(text, "a day that exists")


def _across(schema: ItemSchema, kept: Mapping[str, Value], period: str) -> Refusal | None:
    """First day not after the last; a semester of study not after the item's own (a finding of research on 108)."""
    for first, last in schema.spans:
        if first in kept and last in kept and str(kept[first]) > str(kept[last]):
            return Refusal(
                code=Code.FIELD_INVALID, clause=schema.clause, place=f"fields.{last}", found=str(kept[last]),
                limit=f">= {kept[first]}",
            )  # fmt: skip
    of_a_year = re.fullmatch(r"[0-9]{1,4}(-[12])?", period)  # any other period has no window, and is refused for that
    if schema.past is not None and of_a_year and all(name in kept for name in schema.past):
        year, semester = (int(kept[name]) for name in schema.past)
        own_year, own = int(year_of(period)), int(period.partition("-")[2] or 2)
        if (year, semester) > (own_year, own):
            return Refusal(
                code=Code.FIELD_INVALID, clause=schema.clause, place=f"fields.{schema.past[0]}",
                found=f"{year}-{semester}", limit=f"<= {own_year}-{own}",
            )  # fmt: skip
    return None
