"""Three ledgers item by item: each difference told once, with every place, its owner, an id that stays."""

from __future__ import annotations

import random
from collections.abc import Iterable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rules.ledgers.differences import Owner
from rules.ledgers.line import Book, Line, Place
from rules.ledgers.reconciliation import LeftOut, Reconciliation, reconcile
from rules.ledgers.words import WORDS, Kind, Step
from tests.reconcile.samples import OWNER, SHAPE, SHAPES, ledger, lines
from tests.reconcile.test_matching import line, some_lines

S, R, C = Book.SELECTION, Book.ROSTER, Book.RECEIPT


def three(selected: Iterable[Line], rostered: Iterable[Line], received: Iterable[Line]) -> Reconciliation:
    ours = ledger(R, [x._replace(place=Place("roster", SHAPE.sheet, x.place.row)) for x in rostered])
    chosen = ledger(S, [x._replace(place=Place("selection", SHAPE.sheet, x.place.row)) for x in selected])
    theirs = ledger(C, [x._replace(place=Place("receipt", SHAPE.sheet, x.place.row)) for x in received])
    return reconcile(OWNER, ours, theirs, SHAPES, selection=(chosen, ours), secret=b"k")


A, B = line("p", "c1", "國語文", "4", "詩", "u1", row=2), line("p", "c2", "數學", "4", "證明", "u2", row=3)
A_CHANGED = A._replace(fields={**A.fields, "成果簡述": "詞"})
Told = list[tuple[Kind, Step, set[Book]]]


@pytest.mark.clause("規§6.1", "規§6.2")
@pytest.mark.parametrize(
    ("selected", "rostered", "received", "told"),
    [
        ([A, B], [A, B], [B, A], []),
        ([], [], [], []),
        ([A], [A], [], [(Kind.MISSING, Step.ROSTER_RECEIPT, {R})]),
        ([A], [A], [A, B], [(Kind.EXTRA, Step.ROSTER_RECEIPT, {C})]),
        ([A], [A], [A_CHANGED], [(Kind.ALTERED, Step.ROSTER_RECEIPT, {R, C})]),
        ([A], [], [], [(Kind.MISSING, Step.SELECTION_ROSTER, {S})]),
        ([A], [], [A], [(Kind.MISSING, Step.SELECTION_ROSTER, {S, C})]),
        ([], [A], [A], [(Kind.EXTRA, Step.SELECTION_ROSTER, {R, C})]),
        ([], [A], [], [(Kind.EXTRA, Step.SELECTION_ROSTER, {R})]),
        ([A], [A_CHANGED], [A_CHANGED], [(Kind.ALTERED, Step.SELECTION_ROSTER, {S, R, C})]),
        ([A], [A_CHANGED], [A], [(Kind.ALTERED, Step.ROSTER_RECEIPT, {R, C}), (Kind.ALTERED, Step.SELECTION_ROSTER, {S, R, C})]),
        ([A], [A._replace(key=("c9", "1"))], [A], [
            (Kind.WRONG_COURSE_CODE, Step.SELECTION_ROSTER, {S, R, C}), (Kind.WRONG_COURSE_CODE, Step.ROSTER_RECEIPT, {R, C})]),
    ],
)  # fmt: skip
def test_where_an_item_went_astray_is_told_with_every_place(
    selected: list[Line], rostered: list[Line], received: list[Line], told: Told
) -> None:
    found = three(selected, rostered, received)
    assert sorted((d.kind, d.step, sorted(d.places)) for d in found.differences) == sorted(
        (kind, step, sorted(books)) for kind, step, books in told
    )
    assert found.agree is (not told)
    for one in found.differences:
        assert all(place.file == book.value for book, place in one.places.items())
        assert one.owner.post == "registration_section"
        assert (one.kind, one.step) in WORDS


@pytest.mark.clause("規§6.4")
@given(some_lines, some_lines, some_lines)
@settings(max_examples=200, deadline=None)
def test_three_equal_ledgers_agree_and_any_others_do_not(a: list[Line], b: list[Line], c: list[Line]) -> None:
    def bag(found: list[Line]) -> list[object]:
        return sorted((x.person, x.key, tuple(x.fields.items())) for x in found)

    assert three(a, b, c).agree is (bag(a) == bag(b) == bag(c))


@given(some_lines, some_lines, st.randoms(use_true_random=False))
@settings(max_examples=100, deadline=None)
def test_ids_hold_when_rows_move_and_differ_from_each_other(a: list[Line], b: list[Line], draw: random.Random) -> None:
    before = [d.id for d in three(a, a, b).differences]
    moved = [x._replace(place=Place("f", SHAPE.sheet, n + 50)) for n, x in enumerate(draw.sample(b, len(b)))]
    assert [d.id for d in three(a, a, moved).differences] == before
    assert len(set(before)) == len(before)


@pytest.mark.clause("規§6.4")
def test_an_id_is_the_one_under_which_the_difference_was_kept_before() -> None:
    found = reconcile(OWNER, ledger(R, [A, A]), ledger(C, [A_CHANGED]), SHAPES, secret=b"k").differences
    assert [(d.kind, d.id, d.sameness) for d in found] == [
        (Kind.ALTERED, "e5913adc3c83e07ea47a", "23b6693f0f67d461620f"),
        (Kind.MISSING, "9c26af4d8320f8100c36", "e0aba01df2a9c47c3c19"),
    ]


def test_ids_are_keyed_since_numbers_of_people_can_be_guessed() -> None:
    ours, theirs = ledger(R, [A]), ledger(C, [])
    ids = {reconcile(OWNER, ours, theirs, SHAPES, secret=s).differences[0].id for s in (b"", b"one", b"two")}
    assert len(ids) == 3


@pytest.mark.clause("規§6.4")
def test_a_person_whom_another_school_reports_is_told_once_however_many_lines() -> None:
    ours = [line("p", f"c{n}", "國語文", "4", f"詩 {n}", row=n + 2) for n in range(3)]
    foreign = [x._replace(school="888801", place=Place("receipt", SHAPE.sheet, x.place.row + 9)) for x in ours]
    stranger = line("q", "c", "數學")._replace(school="888801")
    found = reconcile(OWNER, ledger(R, ours), ledger(C, [*ours, *foreign, stranger]), SHAPES)
    assert [(d.kind, d.step, d.school, d.person) for d in found.differences] == [
        (Kind.DUPLICATE_PERSON, Step.ACROSS_SCHOOLS, "888801", "p")
    ]
    assert {book: place.row for book, place in found.differences[0].places.items()} == {R: 2, C: 11}
    assert found.differences[0].key == (), "the person is what is doubled, not a course"


def test_a_difference_is_shown_with_its_step_in_both_languages() -> None:
    shown = reconcile(OWNER, ledger(R, [A]), ledger(C, []), SHAPES).differences[0].shown()
    assert shown["step_en"].isascii() and not shown["step_zh"].isascii()
    assert {"id", "kind", "step", "sheet", "person", "key", "changes", "school", "places", "owner", "roster"} <= set(
        shown
    )
    assert {"kind_zh", "owner_zh", "owner_en", "clause", "doubtful", "message"} <= set(shown)


@pytest.mark.clause("規§6.4")
def test_a_difference_is_shown_with_everything_that_its_owner_needs() -> None:
    other = A._replace(fields={**A.fields, "修課學分": "3"}, place=Place("receipt.xlsx", SHAPE.sheet, 9))
    [one] = reconcile(OWNER, ledger(R, [A]), ledger(C, [other]), SHAPES).differences
    words = WORDS[Kind.ALTERED, Step.ROSTER_RECEIPT]
    assert one.shown() == {
        "id": one.id, "kind": "altered", "kind_zh": "內容不同", "step": "roster_receipt", "step_zh": "名冊與收訖明細",
        "step_en": "roster and receipt", "sheet": SHAPE.sheet, "person": "*", "key": ["c1", "1"],
        "changes": [{"column": "修課學分", "before": "4", "after": "3"}], "school": "",
        "places": {
            "roster": {"file": "f", "sheet": SHAPE.sheet, "row": 2},
            "receipt": {"file": "receipt.xlsx", "sheet": SHAPE.sheet, "row": 9},
        },
        "owner": "registration_section", "owner_zh": "註冊組長", "owner_en": "registrar", "roster": "outcomes",
        "clause": "規§6.3.2", "doubtful": False, "message": words.title, "message_en": words.title_en,
        "remedy": words.remedy, "remedy_en": words.remedy_en,
    }  # fmt: skip
    assert one.shown(masked=False) == one.shown() | {"person": "p"}


@pytest.mark.clause("規§6.4")
def test_a_comparison_is_shown_with_its_counts() -> None:
    found = three([A, B], [A], [A, B, B._replace(place=Place("f", SHAPE.sheet, 4))])
    assert found.shown() == {
        "roster": "outcomes", "owner": "registration_section", "clause": "規§6.3.2", "agree": False,
        "lines": {"selection": 2, "roster": 1, "receipt": 3},
        "same": {"selection_roster": 1, "roster_receipt": 1},
        "counts": {"missing": 1, "extra": 1, "altered": 0, "wrong_course_code": 0, "duplicate_person": 0},
        "differences": [d.shown() for d in found.differences],
    }  # fmt: skip
    foreign = A._replace(school="888801")
    two = reconcile(OWNER, ledger(R, [A]), ledger(C, [A, foreign]), SHAPES).shown()
    assert (two["lines"], two["same"]) == ({"roster": 1, "receipt": 2}, {"roster_receipt": 1})


@pytest.mark.clause("規§6.4")
def test_a_receipt_s_place_stands_beside_each_of_two_equal_lines_that_nobody_selected() -> None:
    twins = [A._replace(place=Place("f", SHAPE.sheet, n)) for n in (2, 3)]
    found = three([], twins, [A._replace(place=Place("f", SHAPE.sheet, n)) for n in (7, 8)])
    assert [(d.kind, d.places[R].row, d.places[C].row) for d in found.differences] == [
        (Kind.EXTRA, 2, 7), (Kind.EXTRA, 3, 8),
    ]  # fmt: skip
    both = three(twins, [], [A._replace(place=Place("f", SHAPE.sheet, n)) for n in (7, 8)])
    assert [(d.places[S].row, d.places[C].row) for d in both.differences] == [(2, 7), (3, 8)]
    # Two that the roster forgot and the receipt has once: one is told with its place there, the other without.
    lost = three(twins, [], [A._replace(place=Place("f", SHAPE.sheet, 7))])
    assert [(d.kind, d.step, d.places[S].row, C in d.places) for d in lost.differences] == [
        (Kind.MISSING, Step.SELECTION_ROSTER, 2, True), (Kind.MISSING, Step.SELECTION_ROSTER, 3, False),
    ]  # fmt: skip


@pytest.mark.clause("規§6.4")
def test_each_other_school_that_reports_a_person_is_told_at_that_person_s_first_line() -> None:
    ours = [A, line("q", "c3", row=3), A._replace(key=("c9", "1"), place=Place("f", SHAPE.sheet, 4))]
    there = [
        A._replace(school=school, place=Place("receipt", SHAPE.sheet, row))
        for school, row in (("888802", 5), ("888801", 11), ("888801", 6))
    ]
    found = reconcile(OWNER, ledger(R, ours), ledger(C, [*ours, *there]), SHAPES)
    assert [(d.school, d.person, d.places[R].row, d.places[C].row) for d in found.differences] == [
        ("888801", "p", 2, 6), ("888802", "p", 2, 5),
    ]  # fmt: skip


def test_only_what_the_receipt_lacks_may_be_among_the_rows_left_out() -> None:
    left_out = LeftOut(persons={"p"}, nameless=1)
    for rostered, received in (([], [A]), ([A], [A_CHANGED])):
        [one] = reconcile(OWNER, ledger(R, rostered), ledger(C, received), SHAPES, left_out=left_out).differences
        assert not one.doubtful
    chosen = (ledger(S, [A]), ledger(R, []))
    [one] = reconcile(OWNER, ledger(R, []), ledger(C, []), SHAPES, selection=chosen, left_out=left_out).differences
    assert not one.doubtful


def test_a_line_that_may_be_among_the_rows_left_out_is_marked() -> None:
    left_out = LeftOut(persons={"p"})
    other = line("q", "c3", row=4)
    found = reconcile(OWNER, ledger(R, [A, other]), ledger(C, []), SHAPES, left_out=left_out)
    assert {d.person: d.doubtful for d in found.differences} == {"p": True, "q": False}
    nameless = reconcile(OWNER, ledger(R, [A, other]), ledger(C, []), SHAPES, left_out=LeftOut(nameless=1))
    assert all(d.doubtful for d in nameless.differences)


def test_what_is_shown_masks_people_and_their_birth_dates() -> None:
    born = A._replace(person="Y100000019", fields={**A.fields, "出生日期": "2010-09-01"})
    other = born._replace(fields={**born.fields, "出生日期": "2010-09-02"})
    shown = str(reconcile(OWNER, ledger(R, [born]), ledger(C, [other]), SHAPES).shown())
    assert "Y100000019" not in shown and "2010-09" not in shown and "Y********9" in shown


@pytest.mark.clause("規§6.3.1", "規§6.3.2", "規§6.3.3", "規§6.3.4")
def test_the_owner_of_each_roster_code_is_the_post_that_submits_it() -> None:
    from rosters.receiving.mapping import load_tables

    tables = load_tables()
    owners = {code: tables.owner(code) for code in ("26", "36", "78", "25", "75", "24", "34", "41", "21")}
    assert {code: o.post for code, o in owners.items()} == {
        "26": "registration_section", "36": "registration_section", "78": "registration_section",
        "25": "student_activities_section", "75": "student_activities_section", "24": "student_life_section",
        "34": "student_life_section", "41": "registration_section", "21": "registration_section",
    }  # fmt: skip
    assert tables.owner("99").post == "", "nobody owns a roster that no rule names; a person decides"


def test_eighteen_thousand_items_are_compared_in_a_moment() -> None:
    ours = lines(18_000, people=3000)
    theirs = [x._replace(place=Place("receipt", SHAPE.sheet, x.place.row)) for x in ours]
    random.Random(3).shuffle(theirs)
    lost, *theirs = theirs
    found = three(ours, ours, theirs)
    assert [d.places[Book.ROSTER].row for d in found.differences] == [lost.place.row]


def test_an_owner_is_given_by_the_school_where_it_has_one() -> None:
    other = Owner("outcomes", "成果", "outcomes", "teaching_section", "教學組長", "teaching section", "規§6.3.2")
    assert reconcile(other, ledger(R, [A]), ledger(C, []), SHAPES).differences[0].owner.post == "teaching_section"
