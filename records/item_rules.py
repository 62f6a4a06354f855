"""records: the schemas of items that a school has adopted, kept in memory for a short while. 規§5.3.1, 規§5.4"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from time import monotonic
from weakref import WeakKeyDictionary

from records.basis import NATIONAL, load_document
from records.db import Connection, Database, school_now
from rules.ids import year_of
from rules.instants import taipei_day
from rules.items.schema import ItemBook
from rules.refusals import Code, refuse
from rules.schedule import National

KEPT = 20.0
"""Seconds for which a frequent command asks no document again: a correction of the schemas counts that much later."""


@dataclass(frozen=True, slots=True)
class ItemRules:
    """The schemas of a school year and the day on which dated limits are read."""

    book: ItemBook
    on: date


_kept: WeakKeyDictionary[Database, dict[tuple[str, str], tuple[float, ItemRules]]] = WeakKeyDictionary()


async def item_rules(db: Database, school: str, period: str) -> ItemRules:
    """The newest schemas for the school year of `period`. Raises Refused(not_decided) where none were adopted."""
    kept, name = _kept.setdefault(db, {}), (school, year_of(period))
    found = kept.get(name)
    if found is not None and monotonic() < found[0]:
        return found[1]
    async with db.transaction(school) as connection:
        rules = await item_rules_in(connection, school, period)
    if not _dated(rules.book):
        kept[name] = (monotonic() + KEPT, rules)
    return rules


async def item_rules_in(connection: Connection, school: str, period: str) -> ItemRules:
    """The same, read in the caller's transaction."""
    year = year_of(period)
    book = await _newest(connection, school, year)
    if book is None:
        raise refuse(Code.NOT_DECIDED, clause="規§5.3.1", place="national items", found=year)
    return ItemRules(book, taipei_day(await school_now(connection, school)))


def _dated(book: ItemBook) -> bool:
    """Whether a limit changes within the year, so that the day has to be asked each time."""
    return any(len(limits) > 1 for limits in (book.summary, book.link, book.drafts))


async def _newest(connection: Connection, school: str, year: str) -> ItemBook | None:
    """The book of that year in its newest version; while there is none, the newest of any year."""
    versions = await connection.fetch(
        "select version, body->'items'->>'school_year' as year from document where school = $1 and kind = $2"
        " and name = 'national' and jsonb_typeof(body->'items') = 'object' order by version desc",
        school,
        NATIONAL,
    )
    if not versions:
        return None
    chosen = next((r for r in versions if r["year"] == year), versions[0])
    _, national = await load_document(connection, school, NATIONAL, "national", chosen["version"])
    assert isinstance(national, National)
    return national.items
