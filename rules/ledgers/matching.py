"""rules: two ledgers matched as multisets: same, missing, extra, altered, wrong course code. Pure; 規§6.4.

Equal lines cancel as whole texts; columns are taken apart only where the ledgers differ. Time and memory
grow with the number of lines.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from rules.ledgers.line import Ledger, Line, Shape, content, values_of
from rules.ledgers.pairing import FORBIDDEN, Pair, best_pairs

Key = tuple[str, str, tuple[str, ...]]
"""Sheet, person, study key."""

Sides = tuple[list[Line], list[Line]]


@dataclass(slots=True)
class Match:
    """How two ledgers lie to each other. Every line of either side is counted in exactly one place."""

    same: int = 0
    altered: list[Pair] = field(default_factory=list)
    recoded: list[Pair] = field(default_factory=list)
    missing: list[Line] = field(default_factory=list)
    extra: list[Line] = field(default_factory=list)


def match(left: Ledger, right: Ledger, shapes: Mapping[str, Shape]) -> Match:
    """The lines of `left` beside those of `right`.

    Two lines are the same when sheet, person, key and every column are equal. Raises ValueError when
    a sheet of both ledgers has other columns in one of them.
    """
    for sheet in left.columns.keys() & right.columns.keys():
        if left.columns[sheet] != right.columns[sheet]:
            raise ValueError(f"{sheet}: the ledgers have other columns")
    lefts, rights = _odd(left.texts, right.texts)
    found = Match(same=len(left) - len(lefts))
    groups: dict[Key, Sides] = {}
    for side, ledger, indexes in ((0, left, lefts), (1, right, rights)):
        for line in ledger.lines(indexes):
            groups.setdefault(line[:3], ([], []))[side].append(line)
    alone: dict[tuple[str, str], Sides] = {}
    for (sheet, person, _), (ours, theirs) in sorted(groups.items()):
        if ours and theirs:
            shared = sorted(ours[0].fields)
            pairs, ours, theirs = best_pairs(ours, theirs, _unlike(shared), _near(shared))
            found.altered += pairs
        rest = alone.setdefault((sheet, person), ([], []))
        rest[0].extend(ours)
        rest[1].extend(theirs)
    for (sheet, _), (ours, theirs) in sorted(alone.items()):
        _recoded(found, ours, theirs, shapes.get(sheet))
    for lines in (found.missing, found.extra):
        lines.sort(key=content)
    for pairs in (found.altered, found.recoded):
        pairs.sort(key=lambda pair: (content(pair[0]), content(pair[1])))
    return found


def _odd(left: Sequence[str], right: Sequence[str]) -> tuple[list[int], list[int]]:
    """The places of the texts that the other side has not, or not as often."""
    ours, theirs = set(left), set(right)
    only_ours, only_theirs = ours - theirs, theirs - ours
    doubled: set[str] = set()
    for texts, distinct in ((left, ours), (right, theirs)):
        if len(distinct) < len(texts):
            doubled |= _doubled(texts)
    del ours, theirs
    if not doubled:
        return _where(left, only_ours), _where(right, only_theirs)
    a, b = (Counter(text for text in texts if text in doubled) for texts in (left, right))
    return (
        sorted(_where(left, only_ours - doubled) + _surplus(left, a, b)),
        sorted(_where(right, only_theirs - doubled) + _surplus(right, b, a)),
    )


def _doubled(texts: Sequence[str]) -> set[str]:
    once: set[str] = set()
    twice: set[str] = set()
    for text in texts:
        (twice if text in once else once).add(text)
    return twice


def _where(texts: Sequence[str], wanted: set[str]) -> list[int]:
    return [n for n, text in enumerate(texts) if text in wanted] if wanted else []


def _surplus(texts: Sequence[str], own: Counter[str], others: Counter[str]) -> list[int]:
    """The last ones of each text beyond the other side's number: the first ones count as received."""
    left = own - others
    found: list[int] = []
    for index in range(len(texts) - 1, -1, -1) if left else ():
        if left[texts[index]]:
            left[texts[index]] -= 1
            found.append(index)
    return found


def _recoded(found: Match, left: list[Line], right: list[Line], shape: Shape | None) -> None:
    """Within one person: a line that came back under another key is known again by its telling columns."""
    if shape is not None and left and right:
        telling = _told_apart(shape, left[0])

        def cost(a: Line, b: Line) -> float:
            return _recognised(a, b, shape, telling)

        def bucket(line: Line) -> object:
            values = values_of(line, shape)
            return tuple(values[name] for name in telling)

        pairs, left, right = best_pairs(left, right, cost, [bucket])
        place = shape.key.index(shape.code) if shape.code in shape.key else None
        for a, b in pairs:
            wrong_code = place is not None and a.key[place] != b.key[place]
            (found.recoded if wrong_code else found.altered).append((a, b))
    found.missing += left
    found.extra += right


def _told_apart(shape: Shape, one: Line) -> tuple[str, ...]:
    """The telling columns that the sheet has; all lines of a sheet have the same columns."""
    return tuple(name for name in shape.telling if name in values_of(one, shape))


def _recognised(a: Line, b: Line, shape: Shape, telling: Sequence[str]) -> float:
    """How unlike two lines of a person with different keys are; FORBIDDEN unless most telling columns agree."""
    x, y = values_of(a, shape), values_of(b, shape)
    filled = [name for name in telling if x[name] or y[name]]
    agreed = sum(x[name] == y[name] for name in filled)
    if 2 * agreed <= len(filled):
        return FORBIDDEN
    return sum(x[name] != y[name] for name in x) + (len(filled) - agreed) * len(x)


def _unlike(shared: Sequence[str]) -> Callable[[Line, Line], float]:
    def cost(a: Line, b: Line) -> float:
        return float(sum(a.fields[name] != b.fields[name] for name in shared))

    return cost


def _near(shared: Sequence[str]) -> list[Callable[[Line], object]]:
    """Buckets for a huge group: all columns but one equal, one after the other, then any two lines at all."""

    def all_but(left_out: str) -> Callable[[Line], object]:
        kept = [name for name in shared if name != left_out]
        return lambda line: tuple(line.fields[name] for name in kept)

    return [*(all_but(name) for name in shared), lambda line: None]
