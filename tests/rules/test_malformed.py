"""A body that does not fit its command is told in both languages: field, what stood there, rule, remedy. 規§5.0"""

from __future__ import annotations

import re
from enum import StrEnum
from typing import Any, Literal, get_args

import pytest
from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator
from pydantic_core.core_schema import ErrorType

from rules.commands import REGISTRY
from rules.instants import Span
from rules.refusals import Code, Refusal
from rules.refusals.malformed import FORMS, INSTANT, OWN, RULES, malformed, unstorable

PART = {"role": "document", "sha256": "0" * 64, "size": 1, "media_type": "application/pdf"}
UPLOAD = {"item": "outcome", "period": "115-1", "course": "c", "summary": "x", "files": [PART]}
EXTEND = {"period": "115-1", "kind": "k", "scope": "all", "closes": "2026-12-01 10:00", "reason": "x", "approver": "y"}
WRITTEN = {"upload": UPLOAD, "extend": EXTEND, "certify_many": {}, "record_meeting": {}, "decline": {}}
CHINESE = re.compile(r"[\u4e00-\u9fff]")


def told(model: type[BaseModel], body: dict[str, Any], within: str = "body") -> tuple[str, ...]:
    with pytest.raises(ValidationError) as wrong:
        model.model_validate(body)
    shown = malformed(wrong.value, model, clause="規§5.3.1", within=within).shown()
    assert shown["clause"] == "規§5.3.1"
    return shown["code"], shown["place"], shown["found"], shown["limit"]


@pytest.mark.clause("規§5.0")
@pytest.mark.parametrize(
    ("name", "changes", "code", "place", "found", "limit"),
    [
        ("decline", {"period": "115"}, "missing", "what", "缺少 · missing", "必填 · required"),
        ("upload", {"grade": 1}, "unknown", "grade", "不認得 · unknown",
         "item, period, course, category, variant, summary, files, link, fields"),
        ("upload", {"files": [PART | {"hash": 1}]}, "unknown", "files.0.hash", "不認得 · unknown",
         "role, sha256, size, media_type, file_name"),
        ("upload", {"item": "outcomes"}, "invalid", "item", "outcomes", "outcome, diverse"),
        ("upload", {"item": ""}, "invalid", "item", "空白 · empty", "outcome, diverse"),
        ("upload", {"item": None}, "invalid", "item", "空白 · empty", "outcome, diverse"),
        ("upload", {"summary": 5}, "invalid", "summary", "數字 · a number", "文字 · text"),
        ("upload", {"summary": True}, "invalid", "summary", "true", "文字 · text"),
        ("upload", {"files": {}}, "invalid", "files", "物件 · an object", "清單 · a list"),
        ("upload", {"files": ["x"]}, "invalid", "files.0", "文字 1 字 · text of 1 characters", "物件 · an object"),
        ("upload", {"fields": ["x"]}, "invalid", "fields", "清單 1 項 · a list of 1", "物件 · an object"),
        ("upload", {"fields": {"hours": [1]}}, "invalid", "fields.hours", "清單 1 項 · a list of 1",
         "文字 · text, 數字 · a number"),
        ("upload", {"files": [PART | {"sha256": "X" * 64}]}, "invalid", "files.0.sha256",
         "文字 64 字 · text of 64 characters", "SHA-256:64 位十六進位小寫 · 64 lower-case hexadecimal digits"),
        ("upload", {"files": [PART | {"size": -1}]}, "invalid", "files.0.size", "-1", ">= 0"),
        ("upload", {"files": [PART | {"size": "many"}]}, "invalid", "files.0.size",
         "文字 4 字 · text of 4 characters", "整數 · a whole number"),
        ("certify_many", {"items": []}, "invalid", "items", "清單 0 項 · a list of 0", "至少 1 項 · at least 1 entries"),
        ("certify_many", {"items": [{"item": "x"}] * 501}, "invalid", "items", "清單 501 項 · a list of 501",
         "至多 500 項 · at most 500 entries"),
        ("extend", {"reason": ""}, "invalid", "reason", "空白 · empty", "至少 1 字 · at least 1 characters"),
        ("extend", {"closes": "tomorrow"}, "invalid", "closes", "文字 8 字 · text of 8 characters",
         "YYYY-MM-DD HH:MM,臺北時間 · Taipei time"),
        ("record_meeting", {"period": "115-1", "present": 9, "held": "2026-02-30", "decided": []}, "invalid", "held",
         "文字 10 字 · text of 10 characters", "YYYY-MM-DD,存在的日期 · a day that exists"),
    ],
)  # fmt: skip
def test_a_malformed_body_names_field_what_stood_there_and_the_rule(
    name: str, changes: dict[str, Any], code: str, place: str, found: str, limit: str
) -> None:
    body = WRITTEN[name] | changes
    assert told(REGISTRY[name], body, name) == (f"field_{code}", f"{name}.{place}", found, limit)


@pytest.mark.clause("規§5.0")
def test_what_somebody_wrote_is_never_repeated_but_plain_words_and_counts() -> None:
    for field in ("item", "variant", "period"):
        shown = told(REGISTRY["upload"], UPLOAD | {field: ["A123456789"]}) + told(
            REGISTRY["upload"], UPLOAD | {"item": "A123456789", field: "王小明"}
        )
        assert not any("A123456789" in part or "王小明" in part for part in shown)
    assert told(REGISTRY["upload"], UPLOAD | {"summary": 123456789})[2] == "數字 · a number"


@pytest.mark.clause("規§5.0")
def test_a_rule_of_our_own_models_and_one_that_nobody_described_are_told_in_both_languages() -> None:
    wrong = {"opens": "2026-10-02 00:00", "closes": "2026-10-01 00:00"}
    assert told(Span, wrong)[1:] == ("body", "物件 · an object", "結束晚於開始 · closes after opens")
    year = told(Span, {"opens": "1026-10-02 00:00", "closes": "2026-10-01 00:00"})
    assert year[3] == "西元 1912–2999 年 · a year from 1912 to 2999"
    for value in ("tomorrow", "2026-13-01 10:00", "2026-02-30 10:00", "2026-10-01 25:00", "2026-10-01"):
        assert told(Span, {"opens": value, "closes": "2026-10-01 00:00"})[3] == INSTANT

    class Strange(BaseModel):
        url: bytes
        size: int = 0

        @field_validator("size")
        @classmethod
        def _even(cls, size: int) -> int:
            if size % 2:
                raise ValueError("size must be even")
            return size

    assert told(Strange, {"url": 1})[3] == "不符這個欄位的規則 · bytes_type"
    assert told(Strange, {"url": b"", "size": 3})[3] == "不符這個欄位的規則 · size must be even"


@pytest.mark.clause("規§5.0")
def test_every_rule_form_and_message_is_told_in_both_languages_or_in_signs() -> None:
    for text in (*RULES.values(), *FORMS.values(), *OWN.values()):
        signs = re.fullmatch(r"[a-z_ <>={}&]+", text)
        assert signs or (CHINESE.search(text) and re.search(r"[A-Za-z]", text)), text


@pytest.mark.clause("規§5.0")
def test_all_faults_of_a_body_are_told_at_once_and_no_place_twice() -> None:
    missing = told(REGISTRY["upload"], {}, "upload")
    assert missing == (
        "field_missing", "upload.item, upload.period, upload.summary, upload.files", "缺少 · missing", "必填 · required",
    )  # fmt: skip
    wrong = told(REGISTRY["upload"], UPLOAD | {"summary": 5, "files": [PART | {"size": -1}], "grade": 1})
    assert wrong[0] == "field_invalid" and wrong[1].count(", ") == 2
    assert "files.0.size: -1" in wrong[2] and "files.0.size: >= 0" in wrong[3]
    _, place, _, _ = told(REGISTRY["upload"], UPLOAD | {f"x{n:02}": 1 for n in range(20)})
    assert place.count("x1") == 2 and "共 20 處" in place


@pytest.mark.clause("規§5.0")
def test_every_rule_is_one_of_a_fault_that_pydantic_knows() -> None:
    assert set(RULES) <= set(get_args(ErrorType))


@pytest.mark.clause("規§5.0")
def test_a_word_that_is_not_in_a_list_is_told_with_the_list_whether_it_is_an_enumeration_or_not() -> None:
    class Side(StrEnum):
        LEFT = "left"
        RIGHT = "right"

    class Turn(BaseModel):
        side: Side

    assert told(Turn, {"side": "up"})[2:] == ("up", "left, right")
    assert told(Turn, {"side": "王小明"})[2:] == ("文字 3 字 · text of 3 characters", "left, right")


class Bounded(BaseModel):
    above: int = Field(default=2, gt=1)
    below: int = Field(default=2, lt=3)
    most: int = Field(default=2, le=3)
    choice: Literal[1, 2] = 1
    code: str = Field(default="", pattern="^(" + "a|" * 200 + "b?)$")


@pytest.mark.clause("規§5.0")
@pytest.mark.parametrize(
    ("change", "found", "limit"),
    [
        ({"above": 1}, "1", "> 1"),
        ({"below": 3}, "3", "< 3"),
        ({"most": 4}, "4", "<= 3"),
        ({"most": 10**30}, "1" + "0" * 19, "<= 3"),
        ({"most": 1.5}, "數字 · a number", "整數 · a whole number"),
        ({"most": False, "below": "x"}, "文字 1 字 · text of 1 characters", "整數 · a whole number"),
        ({"choice": 3}, "數字 · a number", "1 or 2"),
        ({"code": False}, "false", "文字 · text"),
        ({"code": ("a",)}, "清單 1 項 · a list of 1", "文字 · text"),
        ({"code": 1j}, "complex", "文字 · text"),
        ({"code": "c"}, "文字 1 字 · text of 1 characters", ("^(" + "a|" * 200)[:300]),
    ],
)
def test_a_bound_is_told_with_the_number_that_stood_there_cut_to_what_fits(
    change: dict[str, Any], found: str, limit: str
) -> None:
    assert told(Bounded, change)[2:] == (found, limit)


@pytest.mark.clause("規§5.0")
def test_a_field_that_nobody_knows_is_named_as_far_as_it_can_be_seen() -> None:
    class Nothing(BaseModel):
        model_config = ConfigDict(extra="forbid")

    assert told(Nothing, {"a\x07" + "b" * 50: 1}) == (
        "field_unknown", "body.a?" + "b" * 38, "不認得 · unknown", "物件 · an object",
    )  # fmt: skip


@pytest.mark.clause("規§5.0")
@pytest.mark.parametrize(
    ("body", "place", "found"),
    [
        ("a\0", "upload", "U+0000"),
        ({"summary": "a\0"}, "upload.summary", "U+0000"),
        ({"files": [{"name": "x"}, {"name": "\ud800"}]}, "upload.files.1.name", "U+D800"),
        ({"files": ("a", "\udfff\0")}, "upload.files.1", "U+DFFF"),
        ({"fields": {"a\0": 1}}, "upload.fields", "U+0000"),
        ({"summary": "\x01\ud7ff\ue000", "files": [1, None, True, {"a": 1.5}]}, "", ""),
    ],
)
def test_a_text_that_no_database_keeps_is_refused_by_its_place_and_character(body: Any, place: str, found: str) -> None:
    limit = "可儲存的文字 · text that can be kept"
    refusal = Refusal(code=Code.BAD_REQUEST, clause="規§5.3.1", place=place, found=found, limit=limit)
    assert unstorable(body, clause="規§5.3.1", within="upload") == (refusal if place else None)


class Strict(BaseModel):
    model_config = ConfigDict(extra="forbid")


class Leaf(Strict):
    name: str = ""
    size: int = 0


class Branch(Strict):
    leaves: tuple[Leaf, ...] | None = None
    tip: Leaf | None = None


class Tree(Strict):
    name: str = ""
    branches: dict[str, Branch] = Field(default_factory=dict)


@pytest.mark.clause("規§5.0")
@pytest.mark.parametrize(
    ("body", "place", "limit"),
    [
        ({"zz": 1}, "zz", "name, branches"),
        ({"branches": {"a": {"zz": 1}}}, "branches.a.zz", "leaves, tip"),
        ({"branches": {"a": {"leaves": [{}, {"zz": 1}]}}}, "branches.a.leaves.1.zz", "name, size"),
        ({"branches": {"a": {"tip": {"zz": 1}}}}, "branches.a.tip.zz", "name, size"),
    ],
)
def test_a_field_that_nobody_knows_is_told_with_those_that_stand_at_its_place(
    body: dict[str, Any], place: str, limit: str
) -> None:
    assert told(Tree, body) == ("field_unknown", f"body.{place}", "不認得 · unknown", limit)
