"""A calendar as a plain document that tests change in one place, and its verdict."""

from __future__ import annotations

import copy
from functools import cache
from pathlib import Path
from typing import Any

from rosters.documents import load_document, load_national, load_pack, read_plain
from rules.lint.book import RULES
from rules.lint.case import Case, People
from rules.lint.model import Finding, Limits
from rules.ruleset import RuleSet
from rules.schedule import Calendar, National

SCHOOLS = Path(__file__).resolve().parents[2] / "schools"
Changes = dict[str, Any]
DROP = object()
"""A change that removes the place."""


@cache
def documents() -> tuple[dict[str, Any], RuleSet, National, Limits]:
    """The founding school's calendar as plain data, with what it is judged by."""
    rules = load_pack(SCHOOLS / "licheng").rules
    plain = read_plain(SCHOOLS / "licheng" / "calendar-115.yaml")
    limits = load_document(SCHOOLS / "lint.yaml", Limits)
    return plain, rules, load_national(SCHOOLS / "national" / "115.yaml"), limits


def changed(changes: Changes, base: dict[str, Any] | None = None) -> dict[str, Any]:
    """The calendar with changes: `115-1/g10_11/outcome_upload.closes`, `=meeting/115-1.due`, `semesters.115-1.first_day`."""
    tree = copy.deepcopy(documents()[0] if base is None else base)
    for place, value in changes.items():
        node, name = _find(tree, place)
        if value is DROP:
            node.remove(name) if isinstance(node, list) else node.pop(name)
        elif isinstance(node, list):
            node.append(value)
        else:
            node[name] = value
    return tree


def _find(tree: dict[str, Any], place: str) -> tuple[Any, Any]:
    head, _, rest = place.partition(".")
    if place.startswith("+"):
        return tree.setdefault(place[1:], []), None
    if place.startswith("="):
        duty, period = head[1:].split("/")
        entry = next(d for d in tree["deadlines"] if (d["duty"], d["period"]) == (duty, period))
        return (entry, rest) if rest else (tree["deadlines"], entry)
    if "/" in head:
        period, lane, kind = head.split("/")
        entry = next(w for w in tree["windows"] if (w["period"], w["lane"], w["kind"]) == (period, lane, kind))
        if not rest:
            return tree["windows"], entry
    else:
        entry, rest = tree, place
    *way, last = rest.split(".")
    for name in way:
        entry = entry[name]
    return entry, last


def case(
    changes: Changes | None = None,
    *,
    rules: Changes | None = None,
    national: Changes | None = None,
    people: People | None = None,
    limits: Changes | None = None,
) -> Case:
    """A case with changes of the calendar, and of the fields of what it is judged by."""
    _, rule_set, authority, bounds = documents()
    return Case(
        Calendar.model_validate(changed(changes or {})),
        rule_set.model_copy(update=rules or {}),
        authority.model_copy(update=national or {}),
        bounds.model_copy(update=limits or {}),
        people,
    )


def found(c: Case, rule: str) -> list[Finding]:
    """What one rule finds in a case."""
    return [Finding(RULES[rule], hit) for hit in RULES[rule].judge(c)]
