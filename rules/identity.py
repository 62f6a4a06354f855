"""rules: check digits of national ids and of both kinds of resident certificate. Pure. Source: 規§5.1.1.

身分證 A123456789, 居留證 of the old kind AC01234567 (two letters), of the new kind A800000014.
An exception never carries the number itself: it is personal data.
"""

from __future__ import annotations

import re
from enum import StrEnum

from rules.instants import Model

_SHAPE = re.compile(r"[A-Z](?:[1289]|[A-D])[0-9]{8}")
_LETTERS = "ABCDEFGHJKLMNPQRSTUVXYWZIO"  # in the order of their codes, from 10
_LETTER_CODE = {letter: code for code, letter in enumerate(_LETTERS, start=10)}
_WEIGHTS = (1, 9, 8, 7, 6, 5, 4, 3, 2, 1)


class IdentityKind(StrEnum):
    """Which document bears the number."""

    NATIONAL = "national_id"
    RESIDENT_OLD = "resident_certificate_old"
    RESIDENT_NEW = "resident_certificate_new"


class Sex(StrEnum):
    """The sex that the number states."""

    MALE = "male"
    FEMALE = "female"


class IdentityFault(StrEnum):
    """Why a text is no identity number."""

    SHAPE = "identity_shape"
    CHECK_DIGIT = "identity_check_digit"


class IdentityRefused(ValueError):
    """A text was refused as an identity number; `code` says why."""

    def __init__(self, code: IdentityFault) -> None:
        super().__init__(code.value)
        self.code = code


class Identity(Model):
    """A number that passed its check digit."""

    number: str
    kind: IdentityKind
    sex: Sex


def read_identity(text: str) -> Identity:
    """The identity number in a text, capital letters only, no spaces inside.

    Raises IdentityRefused for another shape or a wrong check digit.
    """
    number = text.strip()
    if _SHAPE.fullmatch(number) is None:
        raise IdentityRefused(IdentityFault.SHAPE)
    if check_digit(number[:9]) != number[9]:
        raise IdentityRefused(IdentityFault.CHECK_DIGIT)
    return Identity(number=number, kind=_kind(number[1]), sex=_sex(number[1]))


def check_digit(first_nine: str) -> str:
    """The tenth digit that belongs to the first nine characters. Raises IdentityRefused on another shape."""
    if _SHAPE.fullmatch(first_nine + "0") is None:
        raise IdentityRefused(IdentityFault.SHAPE)
    tens, ones = divmod(_LETTER_CODE[first_nine[0]], 10)
    digits = (tens, ones, *(_digit(char) for char in first_nine[1:]))
    return str(-sum(d * w for d, w in zip(digits, _WEIGHTS, strict=True)) % 10)


def mask(text: str) -> str:
    """A personal text cut to its first and last character, `A********9`; up to two characters vanish."""
    if len(text) <= 2:
        return "*" * len(text)
    return text[0] + "*" * (len(text) - 2) + text[-1]


def _digit(char: str) -> int:
    return int(char) if char.isdigit() else _LETTER_CODE[char] % 10


def _kind(second: str) -> IdentityKind:
    if second in ("1", "2"):
        return IdentityKind.NATIONAL
    return IdentityKind.RESIDENT_NEW if second.isdigit() else IdentityKind.RESIDENT_OLD


def _sex(second: str) -> Sex:
    return Sex.MALE if second in ("1", "8", "A", "C") else Sex.FEMALE
