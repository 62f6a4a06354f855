"""No part of a refusal is empty, whoever refused and however little they named."""

from __future__ import annotations

import pytest

from rules.refusals import Code, Refusal
from rules.refusals.said import SAID, said
from rules.refusals.sizes import size_text
from rules.refusals.together import together


@pytest.mark.parametrize("code", Code)
def test_every_refusal_names_clause_place_found_limit_and_remedy_in_both_languages(code: Code) -> None:
    shown = Refusal(code=code).shown()
    assert all(shown.values()), shown
    for name in ("message", "remedy"):
        assert not shown[name].isascii() and shown[f"{name}_en"].isascii()
    said = Refusal(code=code, clause="規§6.1", place="p", found="7", limit="6").shown()
    bytes_ = " 位元組 · bytes" if code is Code.FILE_SIZE else ""
    expected = ["規§6.1", "p", f"7{bytes_}", f"6{bytes_}"]
    assert [said[k] for k in ("clause", "place", "found", "limit")] == expected


@pytest.mark.clause("規§5.3.1")
@pytest.mark.parametrize(
    ("count", "text"),
    [
        (0, "0 位元組 · bytes"),
        (1023, "1,023 位元組 · bytes"),
        (1024, "1 KB"),
        (1025, "1.01 KB(1,025 位元組 · bytes)"),
        (1536, "1.5 KB(1,536 位元組 · bytes)"),
        (2**20 - 1, "1024 KB(1,048,575 位元組 · bytes)"),
        (2**20, "1 MB"),
        (4 * 2**20, "4 MB"),
        (4 * 2**20 + 1, "4.01 MB(4,194,305 位元組 · bytes)"),
        (100 * 2**20, "100 MB"),
        (99_999_999_999, "93.14 GB(99,999,999,999 位元組 · bytes)"),
    ],
)
def test_a_size_is_told_so_that_a_person_reads_it_and_what_is_too_large_never_reads_as_the_limit(
    count: int, text: str
) -> None:
    assert size_text(count) == text
    shown = Refusal(code=Code.FILE_SIZE, found=str(count), limit=str(count)).shown()
    assert (shown["found"], shown["limit"]) == (text, text)
    again = Refusal(code=Code.FILE_SIZE, found=shown["found"], limit=shown["limit"]).shown()
    assert again == shown, "what a server shows is shown by its client as it is"


@pytest.mark.parametrize("code", SAID)
def test_every_word_of_a_rule_is_told_in_both_languages(code: Code) -> None:
    for word, text in SAID[code].items():
        shown = Refusal(code=code, found=word, limit=word).shown()
        assert shown["found"] == shown["limit"] == text
        zh, _, en = text.partition(" · ")
        assert not zh.isascii() and en.isascii() and en
    assert Refusal(code=Code.QUOTA_EXCEEDED, found="text").shown()["found"] == "text"


def test_lengths_and_decimals_are_told_in_both_languages() -> None:
    shown = Refusal(code=Code.FIELD_INVALID, found="22 characters", limit="1–2000, 1 decimals").shown()
    assert (shown["found"], shown["limit"]) == ("22 字 · characters", "1–2000,小數至多 1 位 · decimals")


def test_what_rules_say_in_a_word_is_one_of_these() -> None:
    form = [
        "text", "number", "day", "code", "true/false", "line break", "a day that exists", "summary_control_character",
        "summary_too_many_marks", "summary_empty", "plain characters",
    ]  # fmt: skip
    words = {
        Code.FIELD_INVALID: form,
        Code.BAD_REQUEST: form,
        Code.TICKET_INVALID: ["none", "form", "signature", "expired", "person", "files only"],
        Code.LINK_INVALID: ["scheme", "credentials", "host", "character", "malformed"],
    }
    assert {code: list(SAID[code]) for code in words} == words
    assert said(Code.LINK_INVALID, "22 characters") == "22 characters", "only a field is counted so"


@pytest.mark.parametrize(("count", "more"), [(11, ""), (12, ""), (13, ", … 共 13 處 · in all")])
def test_twelve_faults_are_told_at_once_and_those_beyond_are_counted(count: int, more: str) -> None:
    faults = [Refusal(code=Code.FIELD_MISSING, clause="規§5.4", place=f"p{n}") for n in range(count)]
    shown = together(faults)
    assert shown.place == ", ".join(f"p{n}" for n in range(min(count, 12))) + more
    assert (shown.code, shown.clause, shown.found, shown.limit) == (Code.FIELD_MISSING, "規§5.4", "", "")
    assert together(faults[:1]) is faults[0]


def test_what_differs_from_place_to_place_is_told_of_each() -> None:
    faults = [
        Refusal(code=Code.FIELD_INVALID, clause="規§5.4", place="a", found="code", limit="1"),
        Refusal(code=Code.FIELD_MISSING, clause="規§8", place="b", limit="1"),
    ]
    assert together(faults) == Refusal(
        code=Code.FIELD_INVALID, clause="規§5.4", place="a, b",
        found="a: 不在代碼表內 · not in its list; b: 空白 · empty", limit="1",
    )  # fmt: skip


def test_what_is_inside_a_pdf_is_told_in_both_languages() -> None:
    for code in (Code.PDF_SCRIPT, Code.PDF_ATTACHMENT):
        assert Refusal(code=code, found="object 3").shown()["found"] == "PDF 的第 3 個物件 · inside the PDF, object 3"
    launch = Refusal(code=Code.PDF_LAUNCH, found="object 12 /Launch").shown()["found"]
    assert launch == "PDF 的第 12 個物件 /Launch · inside the PDF, object 12"
    assert Refusal(code=Code.FILE_DAMAGED, found="byte 7").shown()["found"] == "byte 7"
