"""Calendars generated around every edge of the rules: the founding school's, moved by minutes, hours and days."""

from __future__ import annotations

import copy
import random
from collections import Counter
from collections.abc import Iterable
from datetime import date, datetime, timedelta
from functools import cache
from typing import Any

from pydantic import ValidationError

from rosters.documents import read_plain
from rules.lint.book import lint
from rules.lint.case import Case
from rules.schedule import Calendar
from tests.lint.naive import Naive, Verdict, local, plain
from tests.lint.world import SCHOOLS, documents

TOLD_ONCE = {"national-unverified", "office-year-assumed", "assumed-dates", "self-check-unset", "checklist-missing"}
"""Rules that the changes below do not touch."""

SHIFTS = [timedelta(minutes=m) for m in (-1, 1, -60, 60, 420, -420, 719)] + [
    timedelta(days=d) for d in (-28, -7, -3, -2, -1, 1, 2, 3, 7, 14, 28)
]


def text(t: datetime) -> str:
    return t.strftime("%Y-%m-%d %H:%M")


def generated(seed: int) -> dict[str, Any] | None:
    """A calendar, or None where the document itself would be refused."""
    chance = random.Random(seed)
    tree: dict[str, Any] = copy.deepcopy(documents()[0])
    for _ in range(chance.randint(1, 5)):
        _change(tree, chance)
    try:
        Calendar.model_validate(tree)
    except ValidationError:
        return None
    return tree


def _change(tree: dict[str, Any], chance: random.Random) -> None:
    what = chance.random()
    window = chance.choice(tree["windows"])
    if what < 0.45:
        name = chance.choice([n for n in ("opens", "due", "closes", "correction_closes") if n in window])
        window[name] = text(local(window[name]) + chance.choice(SHIFTS))
    elif what < 0.55:
        # Onto an edge of another window, and a minute beside it.
        other = chance.choice([w for w in tree["windows"] if w["lane"] == window["lane"]])
        edge = local(other[chance.choice(["opens", "due", "closes"])])
        window[chance.choice(["opens", "due", "closes"])] = text(edge + timedelta(minutes=chance.choice([-1, 0, 1])))
    elif what < 0.65 and "self_check" in window:
        name = chance.choice(["opens", "closes"])
        window["self_check"][name] = text(local(window["self_check"][name]) + chance.choice(SHIFTS))
    elif what < 0.7:
        chance.choice(list(tree["semesters"].values()))[chance.choice(["first_day", "closing_ceremony"])] = str(
            date(2026, 8, 1) + timedelta(days=chance.randint(0, 400))
        )
    elif what < 0.85:
        duty = chance.choice(tree["deadlines"])
        name = chance.choice(["opens", "due"])
        duty[name] = text(local(duty[name]) + chance.choice(SHIFTS))
    elif what < 0.89:
        tree["windows"].remove(window)
    elif what < 0.92:
        tree["deadlines"].remove(chance.choice(tree["deadlines"]))
    elif what < 0.94:
        window.pop("self_check", None)
    elif what < 0.97:
        day = plain(window["due"]) + timedelta(days=chance.choice([-1, 0, 1]))
        tree.setdefault("closures", []).append({"day": str(day), "title": "颱風", "offices": chance.random() < 0.7})
    else:
        day = plain(window["due"]) + timedelta(days=chance.choice([-2, -1, 0, 1]))
        kind = chance.choice(["exam", "national_exam", "no_lessons", "anniversary"])
        own = {"kind": kind, "first": str(day), "last": str(day + timedelta(days=1)), "title": "x"}
        tree.setdefault("school_days", []).append(own | ({"lanes": [window["lane"]]} if chance.random() < 0.5 else {}))


@cache
def _plain() -> tuple[dict[str, Any], dict[str, Any], dict[str, int]]:
    rules = read_plain(SCHOOLS / "licheng" / "rules.yaml")
    national = read_plain(SCHOOLS / "national" / "115.yaml")
    for year in national["office_years"]:
        if year["year"] == 2027:
            year["make_up"] = ["2027-03-20"]
    return rules, national, read_plain(SCHOOLS / "lint.yaml")


def both(tree: dict[str, Any]) -> tuple[Verdict, Verdict]:
    """(the linter's verdict, the naive reading's), each as rule and place."""
    _, rules, national, limits = documents()
    years = tuple(
        y.model_copy(update={"make_up": (date(2027, 3, 20),)}) if y.year == 2027 else y for y in national.office_years
    )
    case = Case(Calendar.model_validate(tree), rules, national.model_copy(update={"office_years": years}), limits)
    ours = {(f.rule.id, f.hit.place) for f in lint(case) if f.rule.id not in TOLD_ONCE}
    return ours, Naive(tree, *_plain()).verdict()


def differing(seeds: Iterable[int]) -> tuple[list[str], Counter[str]]:
    """What the two readings say differently, and how often each rule was broken."""
    told: list[str] = []
    broken: Counter[str] = Counter()
    for seed in seeds:
        tree = generated(seed)
        if tree is None:
            continue
        ours, naive = both(tree)
        broken.update({rule for rule, _ in ours})
        told += [f"seed {seed}: only the linter says {x}" for x in sorted(ours - naive)]
        told += [f"seed {seed}: only the naive reading says {x}" for x in sorted(naive - ours)]
    return told, broken
