"""A summary has at most 100 characters as a person counts them."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rules.text import (
    _UNMARKED,
    TextFault,
    _counts,
    _is_control,
    _is_mark,
    _unmarked,
    clean,
    control_character_at,
    is_hidden,
    length,
    summary_problems,
)

LIMIT = 100
FAMILY = "\U0001f468\u200d\U0001f469\u200d\U0001f467"


def codes(text: str) -> list[TextFault]:
    return [one.code for one in summary_problems(text, limit=LIMIT)]


@pytest.mark.clause("規§5.3.1")
@pytest.mark.parametrize(("count", "faults"), [(100, []), (101, [TextFault.TOO_LONG])])
def test_a_hundred_characters_are_allowed_and_one_more_is_not(count: int, faults: list[TextFault]) -> None:
    assert codes("歷" * count) == faults


@pytest.mark.clause("規§5.4")
@pytest.mark.parametrize(("count", "faults"), [(100, []), (101, [TextFault.TOO_LONG])])
def test_characters_outside_the_basic_plane_count_one_each(count: int, faults: list[TextFault]) -> None:
    assert codes("𠮷" * count) == faults


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("字", 1),
        ("葛\U000e0100", 1),
        ("e\u0301", 1),
        ("q\u0301", 1),
        ("一\n二", 3),
        ("一\r\n二", 3),
        ("一\r二", 3),
        ("  一 二\n\n", 3),
        (FAMILY, 1),
        ("\U0001f44d\U0001f3fd", 1),
        ("\U0001f44d\U0001f3fb", 1),
        ("\U0001f44d\U0001f3ff", 1),
        ("abc", 3),
        ("", 0),
    ],
)
def test_marks_count_nothing_and_newlines_count_one(text: str, count: int) -> None:
    assert length(text) == count


@pytest.mark.parametrize("text", ["", "  \n\u3000"])
def test_a_summary_of_white_space_is_empty(text: str) -> None:
    assert codes(text) == [TextFault.EMPTY]


@pytest.mark.parametrize(
    "char", ["\x00", "\t", "\x1b", "\x7f", "\u202e", "\ud800", "\ufffe", "\uffff", "\ufdd0", "\ufdef"]
)
def test_what_nobody_can_see_is_refused_at_its_place(char: str) -> None:
    (found,) = summary_problems(f"一{char}二", limit=LIMIT)
    assert (found.code, found.place) == (TextFault.CONTROL_CHARACTER, 1)


@pytest.mark.parametrize("char", ["\n", "\ufdcf", "\ufdf0", "\ufffd"])
def test_what_stands_beside_the_refused_ranges_is_allowed(char: str) -> None:
    assert codes(f"一{char}二") == []


def test_line_ends_of_every_system_are_stored_as_newlines() -> None:
    assert clean("一\r\n二\r三\n四") == "一\n二\n三\n四"


def test_an_empty_summary_was_found_to_have_no_character() -> None:
    (found,) = summary_problems(" ", limit=LIMIT)
    assert (found.found, found.limit, found.place) == (0, LIMIT, None)


def test_a_tower_of_marks_is_refused_although_it_counts_one() -> None:
    assert codes("q" + "\u0323" * 30) == []
    assert codes("q" + "\u0323" * 31) == [TextFault.TOO_MANY_MARKS]


def test_every_fault_is_told_at_once() -> None:
    assert codes("歷" * 101 + "\x00" + "程") == [TextFault.TOO_LONG, TextFault.CONTROL_CHARACTER]


@given(st.text())
def test_the_stored_form_is_composed_and_counts_the_same(text: str) -> None:
    stored = clean(text)
    assert unicodedata.is_normalized("NFC", stored)
    assert clean(stored) == stored
    assert length(stored) == length(text) <= len(stored)


@given(st.text(alphabet="歷程𠮷a字", max_size=200))
def test_plain_characters_count_as_many_as_there_are(text: str) -> None:
    assert length(text) == len(text)


@pytest.mark.parametrize("marks", [30, 31])
def test_a_tower_of_marks_is_refused_at_its_thirty_first_mark(marks: int) -> None:
    found = summary_problems("字q" + "\u0323" * marks + "字", limit=LIMIT)
    assert [(one.code, one.place) for one in found] == ([(TextFault.TOO_MANY_MARKS, 32)] if marks == 31 else [])


def test_marks_at_the_very_beginning_are_counted_from_the_first() -> None:
    assert codes("\u0323" * 30 + "字") == []
    (found,) = summary_problems("\u0323" * 31 + "字", limit=LIMIT)
    assert (found.code, found.place) == (TextFault.TOO_MANY_MARKS, 30)


def test_what_a_joiner_holds_is_part_of_the_tower() -> None:
    assert codes(FAMILY * 10) == []
    assert codes("a\u200d" * 15 + "b") == []
    assert codes("a\u200d" * 16 + "b") == [TextFault.TOO_MANY_MARKS]


def test_whatever_is_refused_is_not_printable() -> None:
    """So one look at a whole text finds that nothing in it is refused."""
    refused = [chr(n) for n in range(0x110000) if _is_control(chr(n))]
    assert not any(c.isprintable() for c in refused)
    assert len(refused) > 2048 and all(control_character_at(f"字\n{c}") == 2 for c in refused)


@given(st.text(st.sampled_from("字a\n\u0301\u200d\ufe0f\U0001f44d\U0001f3fd") | st.characters(), max_size=60))
def test_the_quick_look_counts_as_the_slow_one(text: str) -> None:
    """A text without marks is as long as it is; every other is counted character by character."""
    cleaned = clean(text)
    slow = sum(_counts(before, char) for before, char in zip("\n" + cleaned, cleaned, strict=False))
    assert length(text) == slow
    assert _unmarked(cleaned) == (not any(_is_mark(char) for char in cleaned))


def test_what_is_remembered_of_characters_has_a_bound_and_begins_anew_there() -> None:
    _UNMARKED.clear()
    assert _unmarked("字") and not _unmarked("q\u0323"), "a character that is met first is told like one that is known"
    _UNMARKED.clear()
    known = []
    for start in range(0x3400, 0x3400 + (17 << 10), 1 << 10):
        assert length("".join(map(chr, range(start, start + (1 << 10))))) == 1 << 10
        known.append(len(_UNMARKED))
    assert known == [*range(1 << 10, (1 << 14) + 1, 1 << 10), 1 << 10]


@pytest.mark.parametrize(("char", "hidden"), [
    ("\u200b", True), ("\u202e", True), ("\x1b", True), ("\n", True), ("\u00a0", True), ("\u2028", True), ("\ud800", True),
    (" ", False), ("\u3000", False), ("王", False), ("\U00031350", False), ("\U000e0100", False), ("\ue000", False),
])  # fmt: skip
def test_what_nobody_sees_is_told_from_a_rare_ideograph_that_our_unicode_does_not_know(char: str, hidden: bool) -> None:
    assert is_hidden(char) is hidden
