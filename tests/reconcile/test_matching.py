"""Two ledgers as multisets: nothing is lost, nothing counted twice, the best pairing is found."""

from __future__ import annotations

import itertools
import random
import time
from collections import Counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rules.ledgers.line import Book, Columns, Ledger, Line, Place, content
from rules.ledgers.matching import Match, match
from rules.ledgers.pairing import FORBIDDEN, LARGEST, assign, best_pairs
from tests.reconcile.samples import SHAPE, SHAPES, ledger

SHEET = SHAPE.sheet
FIELDS = ("科目名稱", "修課學分", "成果簡述", "成果文件連結", "成果影音連結")


def line(person: str, code: str, *values: str, row: int = 0, semester: str = "1") -> Line:
    return Line(
        SHEET, person, (code, semester), dict(zip(FIELDS, (*values, *[""] * 5), strict=False)), Place("f", SHEET, row)
    )


few = st.sampled_from("ab")
some_lines = st.lists(st.builds(line, few, few, few, few, few), max_size=9).map(
    lambda found: [x._replace(place=Place("f", SHEET, n)) for n, x in enumerate(found)]
)


def compared(left: list[Line], right: list[Line]) -> Match:
    return match(ledger(Book.ROSTER, left), ledger(Book.RECEIPT, right), SHAPES)


@pytest.mark.clause("規§6.4")
@given(some_lines, some_lines)
@settings(max_examples=300, deadline=None)
def test_every_line_ends_in_exactly_one_place(left: list[Line], right: list[Line]) -> None:
    found = compared(left, right)
    pairs = [*found.altered, *found.recoded]
    assert found.same + len(pairs) + len(found.missing) == len(left)
    assert found.same + len(pairs) + len(found.extra) == len(right)
    for lines, told in ((left, [a for a, _ in pairs] + found.missing), (right, [b for _, b in pairs] + found.extra)):
        rows = [x.place.row for x in told]
        assert len(set(rows)) == len(rows)
        assert {content(x) for x in told} <= {content(x) for x in lines}


@given(some_lines, some_lines)
@settings(max_examples=200, deadline=None)
def test_as_many_lines_are_the_same_as_multisets_share(left: list[Line], right: list[Line]) -> None:
    def bag(lines: list[Line]) -> Counter[object]:
        return Counter((x.sheet, x.person, x.key, tuple(x.fields.items())) for x in lines)

    assert compared(left, right).same == (bag(left) & bag(right)).total()


@given(some_lines, some_lines, st.randoms(use_true_random=False))
@settings(max_examples=150, deadline=None)
def test_the_order_of_lines_changes_nothing_of_what_is_said(
    left: list[Line], right: list[Line], draw: random.Random
) -> None:
    def said(found: Match) -> object:
        bare = [[(a[:4], b[:4]) for a, b in pairs] for pairs in (found.altered, found.recoded)]
        return (found.same, bare, [x[:4] for x in found.missing], [x[:4] for x in found.extra])

    before = said(compared(left, right))
    draw.shuffle(left)
    draw.shuffle(right)
    assert said(compared(left, right)) == before


@pytest.mark.clause("規§6.4")
def test_two_outcomes_of_one_course_are_told_apart_by_their_best_pairing() -> None:
    """Two lines of one course, one altered and one lost: the altered one is the one that is nearer."""
    poem = line("p", "c", "國語文", "4", "一首詩", "https://a", row=2)
    essay = line("p", "c", "國語文", "4", "一篇論說文", "https://b", row=3)
    came = line("p", "c", "國語文", "3", "一篇論說文", "https://b", row=2)
    found = compared([poem, essay], [came])
    assert [(a.place.row, b.place.row) for a, b in found.altered] == [(3, 2)]
    assert [x.place.row for x in found.missing] == [2]
    assert not found.extra and not found.recoded


@pytest.mark.clause("規§6.4")
def test_one_copy_of_a_doubled_line_that_is_lost_is_one_missing_line() -> None:
    twin = [line("p", "c", "國語文", "4", "詩", row=n) for n in (2, 3, 4)]
    found = compared(twin, twin[:2])
    assert (found.same, [x.place.row for x in found.missing], found.extra) == (2, [4], [])
    assert [x.place.row for x in compared(twin[:1], twin).extra] == [3, 4]


@pytest.mark.clause("規§6.4")
def test_another_course_code_is_known_again_by_name_summary_and_file() -> None:
    ours = line("p", "c1", "國語文", "4", "詩", "https://a")
    theirs = line("p", "c2", "國語文", "4", "詩", "https://a")
    found = compared([ours], [theirs])
    assert [(a.key, b.key) for a, b in found.recoded] == [(("c1", "1"), ("c2", "1"))]


@pytest.mark.clause("規§6.4")
@pytest.mark.parametrize("turned", [1, -1])
def test_of_two_lines_the_one_on_which_more_agrees_is_the_recoded_one(turned: int) -> None:
    ours = line("p", "c1", "國語文", "4", "詩", "https://a", "https://v")
    near = line("p", "c2", "國語文", "4", "詩", "https://a", "https://v", row=1)
    far = line("p", "c3", "國語文", "4", "詩", "https://a", "https://w", row=2)
    found = compared([ours], [near, far][::turned])
    assert [(b.key, b.place.row) for _, b in found.recoded] == [(("c2", "1"), 1)]
    assert [x.key for x in found.extra] == [("c3", "1")]


@pytest.mark.parametrize("count", [LARGEST, LARGEST + 1, LARGEST + 4])
def test_nobodys_line_is_lost_in_a_large_group(count: int) -> None:
    left = [line("p", f"c{n}", row=n) for n in range(count)]
    right = [line("p", f"c{n}", row=n) for n in range(1, count + 1)]
    pairs, alone, others = best_pairs(left, right, lambda a, b: 0.0 if a.key == b.key else FORBIDDEN, [lambda x: x.key])
    assert (len(pairs), [x.key[0] for x in alone], [x.key[0] for x in others]) == (count - 1, ["c0"], [f"c{count}"])


@pytest.mark.parametrize(("more", "best"), [(0, True), (1, False)])
def test_up_to_the_largest_group_the_best_pairing_is_found_and_beyond_it_the_nearest_bucket(
    more: int, best: bool
) -> None:
    def lines_of(name: str, first: int) -> list[Line]:
        return [line("p", f"{name}{n:02}", row=n) for n in range(first, first + LARGEST)]

    def number(x: Line) -> int:
        return int(x.key[0][1:])

    def cost(a: Line, b: Line) -> float:
        return 0.0 if number(a) + number(b) == LARGEST - 1 else 1.0

    far = [line("p", f"z{n:02}", row=n) for n in range(90, 90 + more)]
    pairs, _, _ = best_pairs([*lines_of("a", 0), *far], [*lines_of("b", 0), *far], cost, [lambda x: number(x) < 90])
    assert all(cost(a, b) == 0.0 for a, b in pairs if number(a) < 90) is best
    # What the buckets leave is paired as well as can be, once it is few enough.
    twins = [line("p", f"z{n:02}", row=n) for n in range(90, 99)]
    pairs, left, right = best_pairs(
        [*lines_of("a", 0), *twins], [*lines_of("b", 0), *twins], cost, [lambda x: (number(x) >= 90) or x.key]
    )
    assert (len(pairs), left, right) == (LARGEST + 9, [], [])
    assert all(cost(a, b) == 0.0 for a, b in pairs if number(a) < 90)


def test_everybody_who_has_a_line_is_in_the_ledger_once() -> None:
    assert ledger(Book.ROSTER, [line("p", "c"), line("q", "c"), line("p", "d")]).persons() == {"p", "q"}


@pytest.mark.clause("規§6.4")
def test_a_lost_course_and_an_invented_one_are_two_things() -> None:
    """The same credits, grade and semester make no item the same."""
    found = compared(
        [line("p", "c1", "國語文", "4", "詩", "https://a")], [line("p", "c2", "化學", "4", "實驗", "https://b")]
    )
    assert (len(found.missing), len(found.extra), found.recoded, found.altered) == (1, 1, [], [])


@pytest.mark.clause("規§6.4")
def test_more_than_half_of_what_tells_a_line_agrees_where_it_is_the_same_under_another_code() -> None:
    ours = [line("p", "c1", "國語文", "4", "詩", "u")]
    for subject, text, link, recoded in (("國語文", "詩", "v", 1), ("國語文", "畫", "v", 0), ("國語文", "詩", "", 1)):
        found = compared(ours, [line("p", "c2", subject, "4", text, link)])
        assert (len(found.recoded), len(found.missing), len(found.extra)) == (recoded, 1 - recoded, 1 - recoded)
    half = compared([line("p", "c1", "國語文", "4", "詩")], [line("p", "c2", "國語文", "4", "畫")])
    assert (half.recoded, len(half.missing), len(half.extra)) == ([], 1, 1)


def test_the_same_code_in_another_semester_is_altered_not_recoded() -> None:
    found = compared(
        [line("p", "c", "國語文", "4", "詩", "u")], [line("p", "c", "國語文", "4", "詩", "u", semester="2")]
    )
    assert (len(found.altered), found.recoded, found.missing, found.extra) == (1, [], [], [])


def test_nobody_takes_a_line_of_somebody_else() -> None:
    found = compared([line("p", "c", "國語文", "4", "詩", "u")], [line("q", "c", "國語文", "4", "詩", "u")])
    assert (len(found.missing), len(found.extra), found.altered, found.recoded) == (1, 1, [], [])


costs = st.lists(st.integers(0, 9).map(float), min_size=3, max_size=3)


@given(st.lists(costs, min_size=1, max_size=3))
@settings(deadline=None)
def test_the_assignment_is_the_cheapest_of_all(table: list[list[float]]) -> None:
    chosen = assign(table)
    best = min(
        sum(table[i][j] for i, j in enumerate(columns)) for columns in itertools.permutations(range(3), len(table))
    )
    assert len({j for _, j in chosen}) == len(chosen) == len(table)
    assert sum(table[i][j] for i, j in chosen) == best


@pytest.mark.parametrize("seed", range(12))
def test_the_assignment_is_the_cheapest_of_larger_tables_too(seed: int) -> None:
    draw = random.Random(seed)
    rows, columns = draw.choice([(5, 5), (4, 6), (5, 6)])
    table = [[float(draw.randrange(40)) for _ in range(columns)] for _ in range(rows)]
    best = min(sum(table[i][j] for i, j in enumerate(c)) for c in itertools.permutations(range(columns), rows))
    assert sum(table[i][j] for i, j in assign(table)) == best


@given(st.lists(st.lists(st.booleans(), min_size=4, max_size=4), min_size=1, max_size=6))
@settings(deadline=None)
def test_what_may_not_be_paired_is_not_and_as_many_as_possible_are(allowed: list[list[bool]]) -> None:
    left = [line("p", f"l{n}", row=n) for n in range(len(allowed))]
    right = [line("p", f"r{n}", row=n) for n in range(4)]

    def cost(a: Line, b: Line) -> float:
        return 1.0 if allowed[int(a.key[0][1:])][int(b.key[0][1:])] else FORBIDDEN

    pairs, _, _ = best_pairs(left, right, cost, [])
    assert all(cost(a, b) == 1.0 for a, b in pairs)
    longer, width = max(len(left), 4), min(len(left), 4)
    most = max(
        sum(allowed[i][j] for i, j in zip(rows, columns, strict=True))
        for rows in itertools.combinations(range(len(left)), width)
        for columns in itertools.permutations(range(4), width)
    )
    assert longer <= LARGEST and len(pairs) == most


def test_one_person_with_ten_thousand_lines_of_one_course_takes_seconds_not_hours() -> None:
    """A broken file may give everything to nobody; the pairing stays about linear."""
    ours = [line("", "c", "國語文", str(n % 5), f"詩 {n}", f"u{n}", row=n) for n in range(10_000)]
    theirs = [x._replace(fields={**x.fields, "修課學分": "9"}) for x in ours]
    started = time.perf_counter()
    found = compared(ours, theirs)
    assert time.perf_counter() - started < 8
    assert len(found.altered) == 10_000
    assert all(a.fields["成果簡述"] == b.fields["成果簡述"] for a, b in found.altered)


@pytest.mark.clause("規§6.4")
def test_a_telling_column_that_only_one_side_fills_speaks_against_the_pair() -> None:
    ours = line("p", "c1", "國語文", "4", "詩", "https://a", "https://v")
    half = line("p", "c2", "國語文", "4", "詩")
    found = compared([ours], [half])
    assert (found.recoded, len(found.missing), len(found.extra)) == ([], 1, 1)
    assert compared([half], [ours]).recoded == []
    # One column more on which both agree, and it is the same item; columns that nobody fills say nothing.
    assert len(compared([ours], [line("p", "c2", "國語文", "4", "詩", "https://a")]).recoded) == 1
    assert len(compared([half], [half._replace(key=("c1", "1"))]).recoded) == 1
    nothing = line("p", "c1", "", "4")
    assert compared([nothing], [nothing._replace(key=("c2", "1"))]).recoded == []


@pytest.mark.clause("規§6.4")
def test_a_line_under_the_same_key_is_altered_however_much_of_it_is_other() -> None:
    found = compared([line("p", "c", "國語文", "4", "詩", "u", "v")], [line("p", "c", "化學", "2", "實驗", "w", "x")])
    assert (len(found.altered), found.recoded, found.missing, found.extra) == (1, [], [], [])


@pytest.mark.clause("規§6.4")
def test_many_lines_that_came_back_under_other_codes_are_known_again_by_what_tells_of_them() -> None:
    ours = [line("p", f"c{n}", "國語文", "4", f"詩 {n}", f"u{n}", row=n) for n in range(LARGEST + 4)]
    theirs = [x._replace(key=(f"d{x.place.row}", "1")) for x in reversed(ours)]
    found = compared(ours, theirs)
    assert [(a.place.row, b.place.row) for a, b in found.recoded] == [
        (n, n) for n in sorted(range(LARGEST + 4), key=str)
    ]
    assert (found.missing, found.extra) == ([], [])


@pytest.mark.clause("規§6.4")
def test_a_telling_column_that_differs_counts_for_more_than_every_other_column_together() -> None:
    ours = line("p", "c1", "國語文", "4", "詩", "https://a", "https://v")
    ours = ours._replace(fields={**ours.fields, "出生日期": "0980901"})
    told_otherwise = ours._replace(key=("c2", "1"), fields={**ours.fields, "成果影音連結": "https://w"})
    all_else_other = ours._replace(key=("c3", "2"), fields={**ours.fields, "修課學分": "3", "出生日期": "0980902"})
    for theirs in ([told_otherwise, all_else_other], [all_else_other, told_otherwise]):
        found = compared([ours], theirs)
        assert [b.key for _, b in found.recoded] == [("c3", "2")]
        assert [x.key for x in found.extra] == [("c2", "1")]


def test_a_sheet_that_only_one_ledger_has_is_compared_with_nothing() -> None:
    ours = ledger(Book.ROSTER, [line("p", "c1", "國語文")])
    theirs = ledger(Book.RECEIPT, [line("p", "c1", "國語文")._replace(sheet="another", fields={"x": "1"})])
    found = match(ours, theirs, SHAPES)
    assert (found.same, len(found.missing), len(found.extra)) == (0, 1, 1)


def test_a_ledger_gives_back_the_lines_that_it_was_given() -> None:
    given = [line("p", "c1", "國語文", "4", "詩", row=2), line("q", "c2", "", "", "", row=5)]
    made = ledger(Book.ROSTER, given)
    assert ([made.line(n) for n in range(len(made))], list(made.lines([1]))) == (given, given[1:])
    assert ([made.person(n) for n in range(2)], made.file, made.rows) == (["p", "q"], "f", [2, 5])
    foreign = ledger(Book.RECEIPT, [given[0]._replace(school="888801")])
    assert (len(foreign), foreign.foreign, foreign.columns) == (0, [given[0]._replace(school="888801")], {})


def test_a_line_of_other_columns_than_its_sheet_s_first_is_refused() -> None:
    first = line("p", "c1", "國語文")
    for other in (first._replace(fields={"x": "1"}), first._replace(key=("c1",))):
        with pytest.raises(ValueError, match="the columns differ from those of the sheet's first line"):
            ledger(Book.ROSTER, [first, other])


def test_a_place_is_told_by_file_sheet_and_row() -> None:
    assert str(Place("名冊.xlsx", "成果", 7)) == "名冊.xlsx〔成果〕7"


def test_ledgers_with_other_columns_are_no_ledgers_to_compare() -> None:
    ours = Ledger(Book.ROSTER, "a", {SHEET: Columns(2, ("成果簡述",))})
    theirs = Ledger(Book.RECEIPT, "b", {SHEET: Columns(2, ("科目名稱",))})
    with pytest.raises(ValueError, match="columns"):
        match(ours, theirs, SHAPES)
    with pytest.raises(ValueError, match="columns"):
        ours.add(SHEET, "p", ["c", "1", "with\x1fseparator"], 2)
    with pytest.raises(KeyError):
        ours.add("another", "p", ["c", "1", "x"], 2)
