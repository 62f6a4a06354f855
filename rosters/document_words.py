"""rosters: the faults of a document in words that people read, in both languages. 規§13"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from rules.refusals.malformed import CLOCK_MINUTE, INSTANT, MINUTE, ONLY_DAY

_MACHINE = re.compile(r"[a-z]+(_[a-z]+)*")
_SAID = {
    "missing": "缺少這個欄位 · missing",
    "extra_forbidden": "沒有這個欄位,可用的是 · no such field; there are",
    "literal_error": "可用的值 · one of",
    "enum": "可用的值 · one of",
}
"""Words before a rule, by pydantic's name of the fault; where there are none the rule says all."""


def without_machine_name(rule: str) -> str:
    """The rule without the name that machines know it by, and with words where that name said something."""
    kind, colon, rest = rule.partition(": ")
    if not colon or not _MACHINE.fullmatch(kind):
        return rule
    return f"{_SAID[kind]}:{rest}" if kind in _SAID else rest


def shown_value(given: Any, rule: str) -> Any:
    """What stood there, in words where it is no single value; of several fields those that the rule names."""
    if isinstance(given, Mapping):
        named = [f"{name} {given[name]}" for name in given if re.search(rf"\b{re.escape(str(name))}\b", rule)]
        return ", ".join(named) or "…"
    if isinstance(given, (list, tuple)):
        return f"清單 {len(given)} 項 · a list of {len(given)}"
    if isinstance(given, bool):
        return "true" if given else "false"
    return "空白 · empty" if given is None else given


_REMEDIES = {
    "missing": ("請補上這個欄位", "add this field"),
    "extra_forbidden": ("請刪除或更正這個欄位名稱", "remove the field or correct its name"),
    "value_error": ("請依訊息修正", "correct it as the message says"),
    "string_type": ("請加上引號寫成文字", "write it as text, in quotes"),
    "int_parsing": ("請寫成整數", "write a whole number"),
    "enum": ("請使用清單中的值", "use one of the listed values"),
    "literal_error": ("請使用清單中的值", "use one of the listed values"),
}


_BY_RULE = {
    INSTANT: (
        "請寫西元日期與時刻,如 2026-08-31 17:00;民國年不收",
        "write day and time as 2026-08-31 17:00; ROC years are not read here",
    ),
    MINUTE: (
        "請換算為臺北時間,寫到分,如 2027-02-24 17:00",
        "write it in Taipei time to the minute, as 2027-02-24 17:00",
    ),
    ONLY_DAY: ("請只寫日期,如 2027-02-24", "write the day alone, as 2027-02-24"),
    CLOCK_MINUTE: ('請寫臺北時間,如 "08:00"', 'write a Taipei time of day, as "08:00"'),
    " < ": ("請依序調整這些時刻", "put these instants in order"),
}
"""Remedies by what the rule says."""


def remedy_of(kind: str, rule: str) -> tuple[str, str]:
    """What to do about a fault of pydantic's name `kind` and this rule."""
    if kind == "value_error":
        return next((remedy for said, remedy in _BY_RULE.items() if said in rule), _REMEDIES[kind])
    return _REMEDIES.get(kind, ("請依規則修正這個欄位", "correct this field"))
