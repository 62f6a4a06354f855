"""rules: one difference of an item, with its places, its owner and an id that stays. Pure; 規§6.2, 規§6.4."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from hashlib import blake2b
from typing import Any

from rules.identity import mask
from rules.ledgers.line import Book, Line, Place, Shape, values_of
from rules.ledgers.words import KINDS, STEPS, WORDS, Kind, Step

CLAUSE = "規§6.4"
"""Doubts in a receipt are settled with the help of the post that submitted the roster."""


@dataclass(frozen=True, slots=True)
class Change:
    """One column that differs: what the earlier ledger says and what the later one says."""

    column: str
    before: str
    after: str
    personal: bool = False

    def shown(self, *, masked: bool) -> dict[str, str]:
        """Both values; a personal one is cut to its first and last character."""
        before, after = (mask(x) if masked and self.personal else x for x in (self.before, self.after))
        return {"column": self.column, "before": before, "after": after}


@dataclass(frozen=True, slots=True)
class Owner:
    """Whose roster it is: its id and title, the post that owns it, the clause that says so (規§6.3.1 to 6.3.4)."""

    roster: str
    title: str
    title_en: str
    post: str
    post_title: str
    post_title_en: str
    clause: str


@dataclass(frozen=True, slots=True)
class Difference:
    """An item on which two ledgers do not agree. It stays open until evidence closes it (closing.py).

    `doubtful`: rows of the receipt were left out by decision, and one of them may be this line.
    """

    id: str
    kind: Kind
    step: Step
    sheet: str
    person: str
    key: tuple[str, ...]
    owner: Owner
    places: Mapping[Book, Place]
    changes: tuple[Change, ...] = ()
    school: str = ""
    doubtful: bool = False
    sameness: str = field(default="", compare=False)
    """The id without values: what a later version is asked for to see whether the item still differs."""

    @property
    def placed(self) -> tuple[tuple[Book, Place], ...]:
        """The places in the order of the ledgers: selection, roster, receipt."""
        return tuple((book, self.places[book]) for book in Book if book in self.places)

    def shown(self, *, masked: bool = True) -> dict[str, Any]:
        """Everything a person or a program needs, in both languages; the person and their dates masked."""
        words = WORDS[self.kind, self.step]
        return {
            "id": self.id,
            "kind": self.kind.value,
            "kind_zh": KINDS[self.kind][0],
            "step": self.step.value,
            "step_zh": STEPS[self.step][0],
            "step_en": STEPS[self.step][1],
            "sheet": self.sheet,
            "person": mask(self.person) if masked else self.person,
            "key": list(self.key),
            "changes": [change.shown(masked=masked) for change in self.changes],
            "school": self.school,
            "places": {book.value: {"file": p.file, "sheet": p.sheet, "row": p.row} for book, p in self.placed},
            "owner": self.owner.post,
            "owner_zh": self.owner.post_title,
            "owner_en": self.owner.post_title_en,
            "roster": self.owner.roster,
            "clause": self.owner.clause,
            "doubtful": self.doubtful,
            "message": words.title,
            "message_en": words.title_en,
            "remedy": words.remedy,
            "remedy_en": words.remedy_en,
        }


def changes_between(before: Line, after: Line, shape: Shape | None) -> tuple[Change, ...]:
    """The columns that differ, those of the key included, by name; both lines have the same columns."""
    a, b = (values_of(x, shape) if shape else dict(x.fields) for x in (before, after))
    personal = shape.personal if shape else ()
    differ = (name for name in sorted(a) if a[name] != b[name])
    return tuple(Change(name, a[name], b[name], name in personal) for name in differ)


def with_ids(differences: Iterable[Difference], secret: bytes) -> tuple[Difference, ...]:
    """The differences in a fixed order, each with its id.

    An id is keyed with `secret` (at most 64 bytes), since people's numbers are few enough to be guessed
    from a bare hash. It depends on what differs, never on row numbers or the order of lines.
    """
    seen: dict[str, int] = {}
    made: list[Difference] = []
    for one in sorted(differences, key=_order):
        bare = _digest(secret, one.owner.roster, one.kind, one.step, one.sheet, one.person, one.school, *one.key)
        said = _digest(secret, bare, *(part for c in one.changes for part in (c.column, c.before, c.after)))
        seen[said] = seen.get(said, 0) + 1
        made.append(replace(one, id=_digest(secret, said, str(seen[said])), sameness=bare))
    return tuple(made)


def _digest(secret: bytes, *parts: str) -> str:
    state = blake2b(key=secret, digest_size=10)
    for part in parts:
        data = part.encode("utf-8", "surrogatepass")
        state.update(len(data).to_bytes(4, "big") + data)
    return state.hexdigest()


def _order(one: Difference) -> tuple[Any, ...]:
    changes = tuple((c.column, c.before, c.after) for c in one.changes)
    places = tuple((book, p.sheet, str(p.row).rjust(9, "0")) for book, p in sorted(one.places.items()))
    return (one.sheet, one.person, one.key, one.kind, one.step, one.school, changes, places)
