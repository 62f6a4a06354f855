"""The clauses of the supplementary rules: all there, each once, found under every older mark."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML

CLAUSES = Path(__file__).resolve().parents[2] / "schools" / "clauses.yaml"
IDS = [
    "1", "2", "3.0", "3.1", "3.2", "3.3", "3.4", "3.5", "3.6", "4.1", "4.2", "5.0",
    "5.1.1", "5.1.2", "5.1.3", "5.2.1", "5.2.2", "5.2.3", "5.3.1", "5.3.2", "5.4",
    "6.1", "6.2", "6.3.1", "6.3.2", "6.3.3", "6.3.4", "6.4", "7", "8", "9.1", "9.2", "9.3",
    "10.1.1", "10.1.2", "10.2.1", "10.2.2", "10.3.1", "10.3.2.1", "10.3.2.2", "10.3.3", "11", "12", "13",
]  # fmt: skip


@pytest.fixture(scope="module")
def clauses() -> list[dict[str, Any]]:
    loaded = YAML(typ="safe", pure=True).load(CLAUSES.read_text(encoding="utf-8"))
    found: list[dict[str, Any]] = loaded["clauses"]
    return found


def test_there_are_forty_four_clauses_in_the_order_of_the_document(clauses: list[dict[str, Any]]) -> None:
    assert [clause["id"] for clause in clauses] == [f"規§{number}" for number in IDS]
    assert len(clauses) == 44


def test_every_clause_has_its_text_a_title_and_its_printed_number(clauses: list[dict[str, Any]]) -> None:
    for clause in clauses:
        assert set(clause) == {"id", "title_en", "source", "text", "aliases"}
        assert clause["text"].endswith(("。", "："))
        assert clause["title_en"].isascii()
        assert clause["source"]


def test_an_older_mark_means_one_clause_only(clauses: list[dict[str, Any]]) -> None:
    marks = [mark for clause in clauses for mark in (clause["id"], *clause["aliases"])]
    assert len(set(marks)) == len(marks)
    by_mark = {mark: clause["id"] for clause in clauses for mark in (clause["id"], *clause["aliases"])}
    assert by_mark["規§5(三)1"] == "規§5.3.1"
    assert by_mark["規§6(3)4"] == "規§6.3.4"
    assert by_mark["規§10(三)2(1)"] == "規§10.3.2.1"


def test_slips_of_the_document_are_kept(clauses: list[dict[str, Any]]) -> None:
    text = {clause["id"]: clause["text"] for clause in clauses}
    assert "註冊組組" in text["規§6.3.2"]
    assert "第2項各款" in text["規§6.4"]
