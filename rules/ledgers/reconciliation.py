"""rules: three ledgers (two for rosters without selection) compared item by item. Pure; 規§6.1, 規§6.2, 規§6.4."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from rules.ledgers.differences import Difference, Owner, changes_between, with_ids
from rules.ledgers.line import Book, Ledger, Line, Place, Shape
from rules.ledgers.matching import Match, match
from rules.ledgers.pairing import Pair
from rules.ledgers.words import Kind, Step


@dataclass(frozen=True, slots=True)
class LeftOut:
    """Rows of the receipt that a person decided to leave out: whose they are, where that could be read."""

    persons: Collection[str] = ()
    nameless: int = 0


@dataclass(frozen=True, slots=True)
class Reconciliation:
    """What the comparison found. `lines`: how many each ledger has; `same`: how many agree at each step."""

    owner: Owner
    lines: Mapping[Book, int]
    same: Mapping[Step, int]
    differences: tuple[Difference, ...]
    counts: Mapping[Kind, int] = field(default_factory=dict)

    @property
    def agree(self) -> bool:
        """Whether nothing differs."""
        return not self.differences

    def shown(self) -> dict[str, Any]:
        """Counts and differences as one JSON object."""
        return {
            "roster": self.owner.roster,
            "owner": self.owner.post,
            "clause": self.owner.clause,
            "agree": self.agree,
            "lines": {book.value: n for book, n in self.lines.items()},
            "same": {step.value: n for step, n in self.same.items()},
            "counts": {kind.value: self.counts.get(kind, 0) for kind in Kind},
            "differences": [one.shown() for one in self.differences],
        }


def reconcile(
    owner: Owner,
    roster: Ledger,
    receipt: Ledger,
    shapes: Mapping[str, Shape],
    *,
    selection: tuple[Ledger, Ledger] | None = None,
    left_out: LeftOut | None = None,
    secret: bytes = b"",
) -> Reconciliation:
    """Every item on which the ledgers do not agree; the same for every order of the lines.

    `roster` and `receipt` have the same columns. `selection` is what the students selected beside the
    roster with the columns that those two share. An item that two steps tell of is told once: what
    the roster forgot and the receipt has, and what only the roster has.
    """
    theirs = match(roster, receipt, shapes)
    found: list[Difference] = []
    same = {}
    if selection is not None:
        chosen, listed = selection
        ours = match(chosen, listed, shapes)
        found += _of_selection(owner, ours, theirs, _received(ours, theirs, listed, roster, receipt), shapes)
        same[Step.SELECTION_ROSTER] = ours.same
    same[Step.ROSTER_RECEIPT] = theirs.same
    found += _told(owner, theirs, Step.ROSTER_RECEIPT, (Book.ROSTER, Book.RECEIPT), shapes)
    found += _across_schools(owner, roster, receipt.foreign)
    if left_out is not None:
        found = [_doubted(one, left_out) for one in found]
    differences = with_ids(found, secret)
    lines = {Book.ROSTER: len(roster), Book.RECEIPT: len(receipt) + len(receipt.foreign)}
    if selection is not None:
        lines = {Book.SELECTION: len(selection[0]), **lines}
    return Reconciliation(owner, lines, same, differences, Counter(one.kind for one in differences))


def _of_selection(
    owner: Owner, ours: Match, theirs: Match, received: Mapping[Place, Place], shapes: Mapping[str, Shape]
) -> Iterable[Difference]:
    """The differences between selection and roster, with the receipt's place; `theirs` loses what is told here."""
    extra: dict[tuple[str, str, tuple[str, ...]], list[Line]] = {}
    for line in theirs.extra:
        extra.setdefault(line[:3], []).append(line)
    forgotten: dict[Place, Place] = {}
    for line in ours.missing:
        there = extra.get(line[:3])
        if there:
            forgotten[line.place] = there.pop(0).place
    taken = set(forgotten.values())
    theirs.extra = [line for line in theirs.extra if line.place not in taken]
    unasked = {line.place for line in ours.extra}
    theirs.missing = [line for line in theirs.missing if line.place not in unasked]
    books = (Book.SELECTION, Book.ROSTER)
    for one in _told(owner, ours, Step.SELECTION_ROSTER, books, shapes):
        place = one.places.get(Book.ROSTER)
        there_too = received.get(place) if place else forgotten.get(one.places[Book.SELECTION])
        yield one if there_too is None else replace(one, places={**one.places, Book.RECEIPT: there_too})


def _received(ours: Match, theirs: Match, listed: Ledger, roster: Ledger, receipt: Ledger) -> dict[Place, Place]:
    """Where the receipt holds the roster lines that differ from the selection."""
    asked = {b.place for _, b in (*ours.altered, *ours.recoded)} | {line.place for line in ours.extra}
    found = {a.place: b.place for a, b in (*theirs.altered, *theirs.recoded) if a.place in asked}
    lost = {line.place for line in theirs.missing}
    rows = {place.row for place in asked}
    wanted: dict[str, list[Place]] = {}
    for index, row in enumerate(roster.rows if rows else ()):
        if row in rows:
            line = roster.line(index)
            place = line.place
            if place in asked and place not in found and place not in lost:
                wanted.setdefault(roster.texts[index], []).append(place)
    for index, text in enumerate(receipt.texts if wanted else ()):
        places = wanted.get(text)
        if places:
            found[places.pop(0)] = receipt.line(index).place
    return found


def _told(
    owner: Owner, found: Match, step: Step, books: tuple[Book, Book], shapes: Mapping[str, Shape]
) -> Iterable[Difference]:
    before, after = books
    for kind, lines, book in ((Kind.MISSING, found.missing, before), (Kind.EXTRA, found.extra, after)):
        for line in lines:
            yield _difference(owner, kind, step, line, {book: line.place})
    pairs: tuple[tuple[Kind, list[Pair]], ...] = (
        (Kind.ALTERED, found.altered),
        (Kind.WRONG_COURSE_CODE, found.recoded),
    )
    for kind, several in pairs:
        for a, b in several:
            one = _difference(owner, kind, step, a, {before: a.place, after: b.place})
            yield replace(one, changes=changes_between(a, b, shapes.get(a.sheet)))


def _across_schools(owner: Owner, roster: Ledger, foreign: Iterable[Line]) -> Iterable[Difference]:
    """One difference for each of our people whom another school reports, however many lines it has."""
    others = {line.person for line in foreign}
    first: dict[str, Place] = {}
    for index in range(len(roster) if others else 0):
        person = roster.person(index)
        if person in others and person not in first:
            first[person] = roster.line(index).place
    told: set[tuple[str, str]] = set()
    for line in sorted(foreign, key=lambda x: (x.school, x.person, x.sheet, str(x.place.row).rjust(9, "0"))):
        if line.person in first and (line.person, line.school) not in told:
            told.add((line.person, line.school))
            places = {Book.ROSTER: first[line.person], Book.RECEIPT: line.place}
            one = _difference(owner, Kind.DUPLICATE_PERSON, Step.ACROSS_SCHOOLS, line, places)
            # Which course the other school's first line is about says nothing: the person is what is doubled.
            yield replace(one, key=(), school=line.school)


def _difference(owner: Owner, kind: Kind, step: Step, line: Line, places: Mapping[Book, Place]) -> Difference:
    return Difference("", kind, step, line.sheet, line.person, line.key, owner, places)


def _doubted(one: Difference, left_out: LeftOut) -> Difference:
    of_receipt = one.kind is Kind.MISSING and one.step is Step.ROSTER_RECEIPT
    may_be = of_receipt and (left_out.nameless > 0 or one.person in left_out.persons)
    return replace(one, doubtful=True) if may_be else one
