"""records: whose figures a person may look at: the own classes, or all where the office works on them. 規§5.0, 規§5.3.1"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from records.db import Database
from rules.refusals import Code, refuse

_CLASSES = (
    "select c.id from class c where c.school = $1 and (exists (select from my_fields() f where $2::text[] is null"
    "   or f = any($2)) or c.id in (select substring(p from position(':' in p) + 1) from my_posts() p where p like '%:%')"
    " or exists (select from my_posts() p where p = any($3)) or ($4 and c.id in (select my_classes())))"
)
_IMPORTERS = (
    "select distinct p from document d, jsonb_array_elements(d.body->'imports') r, jsonb_array_elements_text(r->'posts') p"
    " where d.school = $1 and d.kind = 'rule_set' and d.version = (select max(version) from document"
    "  where school = $1 and kind = 'rule_set')"
)


@dataclass(frozen=True, slots=True)
class Sight:
    """The classes that a person may look at; a student has no class to look at, only the own row."""

    person: UUID
    classes: frozenset[str]
    student: bool


async def sight_of(
    db: Database,
    school: str,
    person: UUID,
    *,
    fields: Sequence[str] | None = None,
    posts: Sequence[str] = (),
    courses: bool = False,
) -> Sight:
    """What is open to a person: all classes to who works on one of the `fields` (None: on any) or holds one of the
    `posts`, the own one to the homeroom teacher, with `courses` also the classes that one teaches. Read by the second
    line's own functions, so a deputy looks while the holder is away.
    """
    async with db.as_person(school, person) as connection:
        rows = await connection.fetch(_CLASSES, school, fields, list(posts), courses)
        own = await connection.fetchval("select 1 from student where school = $1 and person = $2", school, person)
    return Sight(person, frozenset(r["id"] for r in rows), own is not None)


async def sight_of_base_data(db: Database, school: str, person: UUID) -> Sight:
    """The classes whose base data a person may look at: also those who bring them in, before a year has started."""
    async with db.transaction(school) as connection:
        posts = [r["p"] for r in await connection.fetch(_IMPORTERS, school)]
    return await sight_of(db, school, person, posts=posts, courses=True)


def need_classes(sight: Sight, *, clause: str) -> None:
    """Raises Refused(no_post) for who has no class to look at."""
    if not sight.classes:
        limit = "導師、任課教師或承辦職務 · a homeroom or course teacher, or a post in charge"
        raise refuse(Code.NO_POST, clause=clause, place="--as", limit=limit)
