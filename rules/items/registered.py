"""rules: what an outcome says of a course from elsewhere is what was registered with that course. 規§5.3.1, 規§8. Pure.

The office registers the course of a visit or from before a transfer; a roster whose line names another one is sent back.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from rules.items.check import Value
from rules.items.schema import ItemSchema
from rules.refusals import Code, Refusal
from rules.text import clean

DIFFERS = "與登錄的課程不同 · not as the course was registered"


@dataclass(frozen=True, slots=True)
class Registered:
    """A course as the office registered it; `credits` None where nobody entered them."""

    code: str
    title: str
    credits: Decimal | None


def judge_registered(schema: ItemSchema, kept: Mapping[str, Value], course: Registered) -> Refusal | None:
    """The first field, by its column in `kept`, that says something else than the course; the limit is what it says."""
    for f in schema.fields:
        wanted = None if f.registered is None else getattr(course, f.registered)
        value = kept.get(f.column)
        if wanted is None or value is None or _same(value, wanted):
            continue
        return Refusal(
            code=Code.FIELD_INVALID, clause=schema.clause, place=f"fields.{f.id}", found=DIFFERS, limit=_shown(wanted)
        )
    return None


def _same(value: Value, wanted: str | Decimal) -> bool:
    if isinstance(wanted, Decimal):
        return Decimal(str(value)) == wanted
    return clean(str(value)) == clean(wanted)


def _shown(wanted: str | Decimal) -> str:
    return wanted if isinstance(wanted, str) else f"{wanted.normalize():f}"
