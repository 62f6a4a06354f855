"""rosters: what one cell says, strictly; a guess is a fault. Sources: 規§5.1.1, 規§5.2.1."""

from __future__ import annotations

import re
import unicodedata
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any

from rosters.sis.columns import Column, Reading
from rosters.sis.tables import Cell
from rules.identity import IdentityRefused, read_identity
from rules.roc import RocRefused, read_roc_date
from rules.text import control_character_at, is_hidden

COURSE_CODE_LENGTH = 23

_CODE = re.compile(r"[0-9A-Za-z_-]{1,32}")
_POST = re.compile(r"[a-z][a-z0-9_]{0,63}")
_EMAIL = re.compile(r"[^@\s,;<>\"]+@[^@\s,;<>\".]+(?:\.[^@\s,;<>\".]+)+")
_COURSE = re.compile(r"[0-9]{3}[0-9A-Z]{6}[A-Z][0-9A-Z]{13}")
_WHOLE = re.compile(r"-?[0-9]{1,9}")
_SCORE = re.compile(r"-?[0-9]{1,3}(?:\.[0-9]{1,2})?")
_LIST = re.compile(r"[0-9A-Za-z]+(?:,[0-9A-Za-z]+)*")
_ERROR_VALUE = re.compile(r"#(?:N/A|REF!|VALUE!|DIV/0!|NAME\?|NUM!|NULL!)")
_LOST = frozenset("?\uff1f\ufffd\u25a1\u25a0\u3013")
"""What stands for a character that was lost: question marks, the replacement character, boxes, the geta mark."""
_NUMBERS = frozenset({Reading.WHOLE, Reading.SCORE, Reading.CHOICE})


class CellRefused(ValueError):
    """A cell says nothing certain; `rule` is a rule of problems.RULES, `detail` fills its words."""

    def __init__(self, rule: str, detail: str = "") -> None:
        super().__init__(rule)
        self.rule = rule
        self.detail = detail


def cell_text(cell: Cell, column: Column) -> str:
    """The text of a cell without the white space around it; whole numbers only where numbers belong.

    Raises CellRefused for a number in a text column, a date, a truth value, a span.
    """
    if isinstance(cell, str):
        return cell.strip()
    if isinstance(cell, date | datetime) and column.reading is Reading.ROC_DAY:
        raise CellRefused("date_cell")
    if isinstance(cell, bool) or not isinstance(cell, int | float):
        raise CellRefused("cell_type")
    if column.reading not in _NUMBERS:
        raise CellRefused("number_as_text")
    return str(int(cell)) if float(cell).is_integer() else repr(cell)


def read_cell(text: str, column: Column, *, school_code: str) -> Any:
    """The value that a column's cell says; None for an empty cell that may be empty.

    `text` is what `cell_text` gave, in NFC. Raises CellRefused.
    """
    if not text:
        if column.reading is Reading.CODE_LIST and column.may_be_empty:
            return ()
        if column.may_be_empty:
            return None
        raise CellRefused("empty")
    _refuse_strange(text, column)
    return _READERS[column.reading](text, column, school_code)


def in_nfc(text: str) -> str:
    """The text in Unicode's composed form."""
    return unicodedata.normalize("NFC", text)


def _refuse_strange(text: str, column: Column) -> None:
    if _ERROR_VALUE.fullmatch(text):
        raise CellRefused("error_value")
    if control_character_at(text) is not None or "\n" in text:
        raise CellRefused("control_character")
    is_number = column.reading in _NUMBERS and _SCORE.fullmatch(text)
    if text[0] in "=+-@" and not is_number:
        raise CellRefused("formula")
    if len(text) > column.longest:
        raise CellRefused("too_long", str(len(text)))


def _text(text: str, column: Column, school_code: str) -> str:
    return text


def _name(text: str, column: Column, school_code: str) -> str:
    """A name that is whole: programs that cannot hold a rare character write a mark or a private one in its place."""
    if lost := sorted({c for c in text if c in _LOST or unicodedata.category(c) == "Co"}):
        raise CellRefused("name_lost", _points(lost))
    if hidden := sorted({c for c in text if is_hidden(c)}):
        raise CellRefused("name_hidden", _points(hidden))
    return text


def _points(characters: list[str]) -> str:
    return ", ".join(f"U+{ord(c):04X}" for c in characters)


def _code(text: str, column: Column, school_code: str) -> str:
    if _CODE.fullmatch(text) is None:
        raise CellRefused("code_shape")
    return text


def _post(text: str, column: Column, school_code: str) -> str:
    if _POST.fullmatch(text) is None:
        raise CellRefused("post_shape")
    return text


def _course_code(text: str, column: Column, school_code: str) -> str:
    code = _any_course_code(text, column, school_code)
    if code[3:9] != school_code:
        raise CellRefused("course_code_school", code[3:9])
    return code


def _any_course_code(text: str, column: Column, school_code: str) -> str:
    if len(text) != COURSE_CODE_LENGTH:
        raise CellRefused("course_code_length", str(len(text)))
    if _COURSE.fullmatch(text) is None or int(text[:3]) < 108:
        raise CellRefused("course_code_shape")
    return text


def _identity(text: str, column: Column, school_code: str) -> str:
    try:
        return read_identity(text).number
    except IdentityRefused as refused:
        raise CellRefused(refused.code.value) from None


def _email(text: str, column: Column, school_code: str) -> str:
    if _EMAIL.fullmatch(text) is None:
        raise CellRefused("email_shape")
    return text


def _roc_day(text: str, column: Column, school_code: str) -> date:
    try:
        return read_roc_date(text)
    except RocRefused as refused:
        raise CellRefused(refused.code.value) from None


def _whole(text: str, column: Column, school_code: str) -> int:
    if _WHOLE.fullmatch(text) is None:
        raise CellRefused("not_whole")
    value = int(text)
    if not column.low <= value <= column.high:
        raise CellRefused("out_of_range", f"{column.low}–{column.high}")
    return value


def _score(text: str, column: Column, school_code: str) -> Decimal:
    if _SCORE.fullmatch(text) is None:
        raise CellRefused("not_score")
    try:
        value = Decimal(text)
    except InvalidOperation:
        raise CellRefused("not_score") from None
    if value == -1:
        raise CellRefused("score_minus_one")
    if not column.low <= value <= column.high:
        raise CellRefused("out_of_range", f"{column.low}–{column.high}")
    return value


def _choice(text: str, column: Column, school_code: str) -> Any:
    for name, value in column.choices:
        if name == text:
            return value
    raise CellRefused("not_a_choice", "、".join(name for name, _ in column.choices))


def _code_list(text: str, column: Column, school_code: str) -> tuple[str, ...]:
    codes = tuple(text.split(","))
    if _LIST.fullmatch(text) is None or len(set(codes)) != len(codes):
        raise CellRefused("code_list")
    return codes


_READERS = {
    Reading.TEXT: _text,
    Reading.NAME: _name,
    Reading.CODE: _code,
    Reading.POST: _post,
    Reading.COURSE_CODE: _course_code,
    Reading.ANY_COURSE_CODE: _any_course_code,
    Reading.IDENTITY: _identity,
    Reading.EMAIL: _email,
    Reading.ROC_DAY: _roc_day,
    Reading.WHOLE: _whole,
    Reading.SCORE: _score,
    Reading.CHOICE: _choice,
    Reading.CODE_LIST: _code_list,
}
