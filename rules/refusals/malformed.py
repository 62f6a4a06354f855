"""rules: a body that does not fit its model, as a refusal in both languages: the field, what stood there, the rule. 規§5.0

What stood there is told by its kind and length, by itself only where it is a plain word or a count: a body may hold
somebody's words or number in any field.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any, get_args

from pydantic import BaseModel, ValidationError

from rules.instants import CLOCK_TO_THE_MINUTE, ONLY_A_DAY, TO_THE_MINUTE
from rules.refusals.codes import Code
from rules.refusals.refusal import Refusal
from rules.refusals.together import together

NOTHING, EMPTY = "缺少 · missing", "空白 · empty"
TEXT, WHOLE, NUMBER = "文字 · text", "整數 · a whole number", "數字 · a number"
BOOLEAN, LIST, OBJECT = "true 或 false · true or false", "清單 · a list", "物件 · an object"
DAY, INSTANT = "YYYY-MM-DD,存在的日期 · a day that exists", "YYYY-MM-DD HH:MM,臺北時間 · Taipei time"
TIME = "HH:MM,存在的時刻 · a time of day"
TWICE = "同一期間只寫一次 · each window once"
MINUTE = "YYYY-MM-DD HH:MM,臺北時間,不寫秒與時區 · Taipei time, no seconds, no zone"
ONLY_DAY = "YYYY-MM-DD,不寫時刻與時區 · a day only, no time, no zone"
CLOCK_MINUTE = "HH:MM,臺北時間,不寫秒與時區 · Taipei time, no seconds, no zone"

RULES: dict[str, str] = {
    "missing": "必填 · required",
    "none_required": "留空 · left out",
    "string_type": TEXT,
    "string_unicode": TEXT,
    "bool_type": BOOLEAN,
    "bool_parsing": BOOLEAN,
    "int_type": WHOLE,
    "int_parsing": WHOLE,
    "int_parsing_size": WHOLE,
    "int_from_float": WHOLE,
    "float_type": NUMBER,
    "float_parsing": NUMBER,
    "finite_number": NUMBER,
    "list_type": LIST,
    "tuple_type": LIST,
    "dict_type": OBJECT,
    "model_type": OBJECT,
    "model_attributes_type": OBJECT,
    "mapping_type": OBJECT,
    "date_type": DAY,
    "date_parsing": DAY,
    "date_from_datetime_parsing": DAY,
    "date_from_datetime_inexact": DAY,
    "datetime_type": INSTANT,
    "datetime_parsing": INSTANT,
    "datetime_from_date_parsing": INSTANT,
    "timezone_aware": INSTANT,
    "greater_than": "> {gt}",
    "greater_than_equal": ">= {ge}",
    "less_than": "< {lt}",
    "less_than_equal": "<= {le}",
    "string_too_short": "至少 {min_length} 字 · at least {min_length} characters",
    "string_too_long": "至多 {max_length} 字 · at most {max_length} characters",
    "too_short": "至少 {min_length} 項 · at least {min_length} entries",
    "time_type": TIME,
    "time_parsing": TIME,
    "too_long": "至多 {max_length} 項 · at most {max_length} entries",
}
"""What a field must be, by pydantic's name of the fault; the numbers come with the fault."""

FORMS = {
    r"^[0-9a-f]{64}$": "SHA-256:64 位十六進位小寫 · 64 lower-case hexadecimal digits",
    r"^\d{3}$": "學年度,如 115 · a school year",
    r"^\d{3}-[12]$": "學期,如 115-1 · a semester",
    r"^\d{3}/\d+$": "草案,如 115/1 · a draft",
    r"^\d{3}/\d{1,6}$": "草案,如 115/1 · a draft",
    r"^\d{3}-[12]/\d+$": "會議,如 115-1/1 · a meeting",
}
"""A pattern as people read it."""

OWN = {
    "expected 'YYYY-MM-DD HH:MM' (Asia/Taipei)": INSTANT,
    TO_THE_MINUTE: MINUTE,
    ONLY_A_DAY: ONLY_DAY,
    CLOCK_TO_THE_MINUTE: CLOCK_MINUTE,
    "closes must be after opens": "結束晚於開始 · closes after opens",
    "opens < due <= closes does not hold": "opens < due <= closes",
    "opens < correction_closes <= closes does not hold": "opens < correction_closes <= closes",
    "opens < closes does not hold": "opens < closes",
    "last lies before first": "末日不早於首日 · last not before first",
    "hours: closes must be after opens on the same day": "開放時段:同日內結束晚於開始 · hours: closes after opens",
    "hours: the window is open at no hour of them": "開放時段與期間須有交集 · some hour lies inside the window",
    "hours: due lies where the window is shut": "期限須在開放時段內 · due lies inside the hours",
}
"""What our own models say of a value (rules/instants.py, rules/schedule.py), as a rule."""

_NO_INSTANT = re.compile(r"Invalid isoformat string|(month|day|hour|minute|second|year)\b.* (must be in|out of range)")
_NO_YEAR = re.compile(r"expected a year from (\d+) to (\d+)")

_IN_CHINESE = (
    (r"is not defined", "名稱沒有定義"),
    (r"seats add up to", "席次合計與 size 不符"),
    (r"rungs must stand in rising order", "各次催辦依 offset 遞增,每個 offset 一次"),
    (r"give either window or deadline", "window 與 deadline 擇一"),
    (r"(stands|deputy) twice", "重複"),
    (r"no such (field|column)", "沒有這個欄位"),
    (r"points must come nearer", "各點須依序接近期限,比例不得下降"),
)
"""What other checks of whole documents say, by a part of it, as a Chinese reader is told."""

_LISTED = ("literal_error", "enum")
_COUNTED = ("greater_than", "less_than")
_ALTERNATIVES = frozenset({"str", "int", "float"})
_WORD = re.compile(r"[a-z][a-z_]{0,19}")
_LONGEST = 300


def malformed(error: ValidationError, model: type[BaseModel], *, clause: str, within: str) -> Refusal:
    """All faults of a body as one refusal; `within` names the command or document before the field."""
    faults = [_fault(fault, model, clause=clause, within=within) for fault in error.errors()]
    return together(list({f.place: f for f in reversed(faults)}.values())[::-1])  # of each place the first


def _fault(fault: Any, model: type[BaseModel], *, clause: str, within: str) -> Refusal:
    loc = list(fault["loc"])
    if loc and loc[-1] in _ALTERNATIVES and fault["type"].endswith("_type"):
        loc, rule = loc[:-1], f"{TEXT}, {NUMBER}"
    else:
        rule = rule_of(fault, model, loc)
    if fault["type"] == "twice":
        name, rows = next(iter(fault["ctx"]["rows"].items()))
        place = _place((within, *loc, "windows", rows[1]))
        return Refusal(code=Code.FIELD_INVALID, clause=clause, place=place, found=name, limit=TWICE)
    code = {"missing": Code.FIELD_MISSING, "extra_forbidden": Code.FIELD_UNKNOWN}.get(fault["type"], Code.FIELD_INVALID)
    return Refusal(code=code, clause=clause, place=_place((within, *loc)), found=_found(fault), limit=rule[:_LONGEST])


def unstorable(body: Any, *, clause: str, within: str) -> Refusal | None:
    """The first text of a body that no database keeps: with a NUL, or half of a pair that stands for one character."""
    for path, text in _texts(body, (within,)):
        char = next((c for c in text if c == "\0" or "\ud800" <= c <= "\udfff"), None)
        if char is not None:
            limit = "可儲存的文字 · text that can be kept"
            found = f"U+{ord(char):04X}"
            return Refusal(code=Code.BAD_REQUEST, clause=clause, place=_place(path), found=found, limit=limit)
    return None


def _texts(value: Any, path: tuple[int | str, ...]) -> Any:
    if isinstance(value, str):
        yield path, value
    elif isinstance(value, dict):
        for name, part in value.items():
            yield path, str(name)
            yield from _texts(part, (*path, str(name)))
    elif isinstance(value, (list, tuple)):
        for number, part in enumerate(value):
            yield from _texts(part, (*path, number))


def _place(path: Iterable[int | str]) -> str:
    """The path to a field; what cannot be seen or kept in a field's name stands as a question mark."""
    return ".".join("".join(c if c.isprintable() else "?" for c in str(x)[:40]) for x in path)


def rule_of(fault: Any, model: type[BaseModel], loc: list[int | str]) -> str:
    """What a field of a model must be, by pydantic's fault at that place (with its context)."""
    kind, given = fault["type"], fault.get("ctx", {})
    if kind == "extra_forbidden":
        return ", ".join(_model_at(model, loc).model_fields) or OBJECT
    if kind in _LISTED:
        return ", ".join(re.findall(r"'([^']*)'", str(given["expected"]))) or str(given["expected"])
    if kind == "string_pattern_mismatch":
        return FORMS.get(given["pattern"], str(given["pattern"]))
    if kind == "value_error":
        return _own(fault["msg"].removeprefix("Value error, "))
    if kind in RULES:
        return RULES[kind].format(**given)
    return f"不符這個欄位的規則 · {kind}"


def _own(said: str) -> str:
    """A rule of our own models; Python's words about an instant would repeat what stood there."""
    if _NO_INSTANT.match(said):
        return INSTANT
    if year := _NO_YEAR.match(said):
        return f"西元 {year[1]}–{year[2]} 年 · a year from {year[1]} to {year[2]}"
    return OWN[said] if said in OWN else in_words(said)


def in_words(said: str) -> str:
    """What a model says of a whole document, with its Chinese words before it."""
    known = (zh for part, zh in _IN_CHINESE if re.search(part, said))
    return f"{next(known, '不符這個欄位的規則')} · {said}"


def _found(fault: Any) -> str:
    kind, value = fault["type"], fault["input"]
    if kind == "missing":
        return NOTHING
    if kind == "extra_forbidden":
        return "不認得 · unknown"
    if value is None or value == "":
        return EMPTY
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, (int, float)):
        return str(value)[:20] if kind.startswith(_COUNTED) else NUMBER
    if isinstance(value, str):
        if kind in _LISTED and _WORD.fullmatch(value):
            return value
        return f"文字 {len(value)} 字 · text of {len(value)} characters"
    if isinstance(value, (list, tuple)):
        return f"清單 {len(value)} 項 · a list of {len(value)}"
    return OBJECT if isinstance(value, dict) else type(value).__name__


def _model_at(model: type[BaseModel], loc: list[int | str]) -> type[BaseModel]:
    """The model that `loc` leads into; a name that it does not know leads nowhere."""
    for name in loc:
        if isinstance(name, str) and name in model.model_fields:
            model = next(_models(model.model_fields[name].annotation), model)
    return model


def _models(annotation: Any) -> Any:
    """Every model that a field's annotation names."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation
    for part in get_args(annotation):
        yield from _models(part)
