"""rules: the best one-to-one pairing of a few lines with a few others. Pure; 規§6.4.

Small groups are paired optimally (fewest differing columns in all); a group beyond LARGEST, which only
a broken file has, is paired by equal buckets first, so that work stays linear in its lines.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from rules.ledgers.line import Line, content

LARGEST = 16
"""Lines of one side that are paired optimally; the work grows with the cube of it."""

Pair = tuple[Line, Line]
Cost = Callable[[Line, Line], float]
"""How unlike two lines are; `FORBIDDEN` where they cannot be the same item."""

FORBIDDEN = float("inf")
_NEVER = 1e9


def best_pairs(
    left: Sequence[Line], right: Sequence[Line], cost: Cost, buckets: Sequence[Callable[[Line], object]]
) -> tuple[list[Pair], list[Line], list[Line]]:
    """Pairs, then what stayed alone on the left and on the right; the same for every order of the input.

    `buckets`: for groups beyond LARGEST, ways in which two lines count as near, nearest first.
    """
    if len(left) == len(right) == 1:
        return ([(left[0], right[0])], [], []) if cost(left[0], right[0]) != FORBIDDEN else ([], [*left], [*right])
    left, right = sorted(left, key=content), sorted(right, key=content)
    pairs: list[Pair] = []
    if max(len(left), len(right)) > LARGEST:
        pairs, left, right = _by_buckets(left, right, cost, buckets)
    if not left or not right or max(len(left), len(right)) > LARGEST:
        return pairs, left, right
    table = [[cost(a, b) for b in right] for a in left]
    chosen = assign(table) if len(left) <= len(right) else [(i, j) for j, i in assign(_turned(table))]
    chosen = sorted((i, j) for i, j in chosen if table[i][j] != FORBIDDEN)
    pairs += [(left[i], right[j]) for i, j in chosen]
    lefts, rights = {i for i, _ in chosen}, {j for _, j in chosen}
    return (
        pairs,
        [a for i, a in enumerate(left) if i not in lefts],
        [b for j, b in enumerate(right) if j not in rights],
    )


def _by_buckets(
    left: list[Line], right: list[Line], cost: Cost, buckets: Sequence[Callable[[Line], object]]
) -> tuple[list[Pair], list[Line], list[Line]]:
    pairs: list[Pair] = []
    for bucket in buckets:
        waiting: dict[object, list[Line]] = {}
        for b in reversed(right):
            waiting.setdefault(bucket(b), []).append(b)
        alone: list[Line] = []
        taken: set[int] = set()
        for a in left:
            found = waiting.get(bucket(a))
            if found and cost(a, found[-1]) != FORBIDDEN:
                b = found.pop()
                taken.add(id(b))
                pairs.append((a, b))
            else:
                alone.append(a)
        left, right = alone, [b for b in right if id(b) not in taken]
    return pairs, left, right


def _turned(table: Sequence[Sequence[float]]) -> list[list[float]]:
    return [list(column) for column in zip(*table, strict=True)]


def assign(table: Sequence[Sequence[float]]) -> list[tuple[int, int]]:
    """The cheapest one-to-one choice of a column for every row (no more rows than columns).

    The Hungarian method with potentials. Forbidden entries are chosen only where nothing else is left.
    """
    rows, columns = len(table), len(table[0])
    price = [[min(x, _NEVER) for x in row] for row in table]
    u, v = [0.0] * (rows + 1), [0.0] * (columns + 1)
    owner, way = [0] * (columns + 1), [0] * (columns + 1)
    for row in range(1, rows + 1):
        owner[0], at = row, 0
        least, seen = [FORBIDDEN] * (columns + 1), [False] * (columns + 1)
        while owner[at]:
            seen[at] = True
            current, delta, following = owner[at], FORBIDDEN, 0
            for j in range(1, columns + 1):
                if seen[j]:
                    continue
                reduced = price[current - 1][j - 1] - u[current] - v[j]
                if reduced < least[j]:
                    least[j], way[j] = reduced, at
                if least[j] < delta:
                    delta, following = least[j], j
            for j in range(columns + 1):
                if seen[j]:
                    u[owner[j]] += delta
                    v[j] -= delta
                else:
                    least[j] -= delta
            at = following
        while at:
            owner[at] = owner[way[at]]
            at = way[at]
    return [(owner[j] - 1, j - 1) for j in range(1, columns + 1) if owner[j]]
