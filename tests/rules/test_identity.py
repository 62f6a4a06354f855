"""Identity numbers: the check digit finds every slip of one digit."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rules.identity import IdentityFault, IdentityKind, IdentityRefused, Sex, check_digit, mask, read_identity

FIRST_NINE = st.from_regex(r"[A-Z][12ABCD89][0-9]{7}", fullmatch=True)


@pytest.mark.clause("規§5.1.1")
@pytest.mark.parametrize(
    ("number", "kind", "sex"),
    [
        ("A123456789", IdentityKind.NATIONAL, Sex.MALE),
        ("A800000014", IdentityKind.RESIDENT_NEW, Sex.MALE),
        ("AC01234567", IdentityKind.RESIDENT_OLD, Sex.MALE),
    ],
)
def test_national_ids_and_both_resident_certificates_are_read(number: str, kind: IdentityKind, sex: Sex) -> None:
    identity = read_identity(f" {number} ")
    assert (identity.number, identity.kind, identity.sex) == (number, kind, sex)


@pytest.mark.clause("規§5.1.1")
@pytest.mark.parametrize(
    ("second", "kind", "sex"),
    [
        ("1", IdentityKind.NATIONAL, Sex.MALE),
        ("2", IdentityKind.NATIONAL, Sex.FEMALE),
        ("8", IdentityKind.RESIDENT_NEW, Sex.MALE),
        ("9", IdentityKind.RESIDENT_NEW, Sex.FEMALE),
        ("A", IdentityKind.RESIDENT_OLD, Sex.MALE),
        ("B", IdentityKind.RESIDENT_OLD, Sex.FEMALE),
        ("C", IdentityKind.RESIDENT_OLD, Sex.MALE),
        ("D", IdentityKind.RESIDENT_OLD, Sex.FEMALE),
    ],
)
def test_the_second_character_tells_document_and_sex(second: str, kind: IdentityKind, sex: Sex) -> None:
    first_nine = f"A{second}2345678"
    identity = read_identity(first_nine + check_digit(first_nine))
    assert (identity.kind, identity.sex) == (kind, sex)


@pytest.mark.clause("規§5.1.1")
def test_every_letter_has_its_published_number_of_which_both_digits_count() -> None:
    """10 for A to 17 for H, and so on as published: its tens count once, its ones nine times."""
    published = dict(zip("ABCDEFGHJKLMNPQRSTUVXYWZIO", range(10, 36), strict=True))
    assert (published["I"], published["O"], published["W"], published["Z"]) == (34, 35, 32, 33)
    for letter, number in published.items():
        digits = 8 * 1 + 7 * 2 + 6 * 3 + 5 * 4 + 4 * 5 + 3 * 6 + 2 * 7 + 1 * 8
        last = -(number // 10 + 9 * (number % 10) + digits) % 10
        assert read_identity(f"{letter}12345678{last}").number == f"{letter}12345678{last}"
    assert read_identity("F131104093").sex is Sex.MALE and read_identity("B123456780").sex is Sex.MALE


@pytest.mark.clause("規§5.1.1")
@given(FIRST_NINE, st.integers(0, 9))
def test_one_last_digit_of_ten_is_right(first_nine: str, last: int) -> None:
    right = check_digit(first_nine) == str(last)
    number = f"{first_nine}{last}"
    if right:
        assert read_identity(number).number == number
        return
    with pytest.raises(IdentityRefused) as refused:
        read_identity(number)
    assert refused.value.code is IdentityFault.CHECK_DIGIT


@pytest.mark.clause("規§5.1.1")
@given(FIRST_NINE, st.integers(2, 8), st.integers(1, 9))
def test_a_mistyped_digit_goes_unseen_only_where_its_weight_hides_it(first_nine: str, place: int, slip: int) -> None:
    weight = (0, 8, 7, 6, 5, 4, 3, 2, 1)[place]
    wrong = str((int(first_nine[place]) + slip) % 10)
    mistyped = first_nine[:place] + wrong + first_nine[place + 1 :]
    unseen = weight * slip % 10 == 0
    assert (check_digit(mistyped) == check_digit(first_nine)) is unseen


@pytest.mark.parametrize(
    "number",
    ["", "A12345678", "A1234567890", "a123456789", "A323456789", "AE01234567", "\uff21123456789", "1234567890"],
)
def test_another_shape_is_refused_without_repeating_the_number(number: str) -> None:
    with pytest.raises(IdentityRefused) as refused:
        read_identity(number)
    assert refused.value.code is IdentityFault.SHAPE
    assert str(refused.value) == "identity_shape"


def test_check_digits_belong_to_nine_characters() -> None:
    with pytest.raises(IdentityRefused):
        check_digit("A123456789")


@pytest.mark.parametrize(
    ("text", "shown"), [("A123456789", "A********9"), ("王小明", "王*明"), ("王明", "**"), ("王", "*"), ("", "")]
)
def test_a_masked_text_keeps_its_ends_only(text: str, shown: str) -> None:
    assert mask(text) == shown
