"""The words of notices: every template that the records write has them, in both languages alike."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import get_args

import pytest

from rosters.documents import DocumentError, load_rule_set
from rosters.texts import COMMON, LANGUAGES, Text, load_texts, render
from rules.commands import VerifyReport
from rules.instants import read_instant
from rules.plans.periods import CORRECTION

ROOT = Path(__file__).resolve().parents[2]


@cache
def written(room: str = "records") -> dict[str, set[str]]:
    """The template codes that the records write, each with the names of its arguments."""
    found: dict[str, set[str]] = {}
    for path in sorted((ROOT / room).rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call):
                for code in templates(node):
                    found.setdefault(code, set()).update(arguments(node))
    return found


def templates(call: ast.Call) -> Iterator[str]:
    """The codes of one call: `template=…`, or a word in the SQL that inserts a notice."""
    for keyword in call.keywords:
        if keyword.arg == "template":
            yield from texts_in(keyword.value)
    for argument in call.args:
        sql = " ".join(texts_in(argument))
        if "insert into notice" in sql:
            yield from re.findall(r"'([a-z_]+)'", sql)


def texts_in(node: ast.AST) -> Iterator[str]:
    for part in ast.walk(node):
        if isinstance(part, ast.Constant) and isinstance(part.value, str):
            yield part.value


def arguments(call: ast.Call) -> set[str]:
    """The keys of the dictionary that the call gives as the notice's arguments."""
    given = [*call.args, *(k.value for k in call.keywords if k.arg == "args")]
    return {str(k.value) for a in given if isinstance(a, ast.Dict) for k in a.keys if isinstance(k, ast.Constant)}


def test_the_templates_are_found_in_the_code() -> None:
    known = written()
    assert {"window_opened", "duty_reminder", "duty_escalation", "receipt_published"} <= set(known)
    assert {"handover_announced", "extension_granted", "report_answered"} <= set(known)
    assert known["duty_reminder"] == {"count", "offset", "due"}
    assert known["extension_granted"] == {"kind", "closes", "hours"}


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_template_of_the_code_has_a_text_and_no_text_is_left_over(language: str) -> None:
    assert set(load_texts(language)) == set(written())


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_text_asks_for_nothing_that_its_notice_does_not_hold(language: str) -> None:
    for code, text in load_texts(language).items():
        assert text.placeholders <= written()[code] | COMMON, code
        # The rung's offset is for the records: people are told the deadline itself.
        assert written()[code] - {"offset"} <= text.placeholders, f"{code} leaves something unsaid"


def test_both_languages_ask_for_the_same_in_subject_and_body() -> None:
    chinese, english = (load_texts(x) for x in LANGUAGES)
    assert list(chinese) == list(english)
    for code, text in chinese.items():
        assert names(text) == names(english[code]), code
        assert set(text.words) == set(english[code].words)


def names(text: Text) -> tuple[set[str], set[str]]:
    subject, body = (Text("", part, "").placeholders for part in (text.subject, text.body))
    return set(subject), set(body)


def test_english_words_are_english_and_chinese_words_are_not() -> None:
    chinese, english = (load_texts(x)["duty_reminder"] for x in LANGUAGES)
    assert english.body.isascii()
    assert not chinese.body.isascii()
    assert all(w.isascii() for w in english.words.values())
    assert not any(w.isascii() for w in chinese.words.values())


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_window_and_every_outcome_of_a_report_has_a_word(language: str) -> None:
    rules = load_rule_set(ROOT / "schools" / "licheng" / "rules.yaml")
    outcomes = get_args(VerifyReport.model_fields["outcome"].annotation)
    words = load_texts(language)["window_opened"].words
    assert set(words) == {w.kind for w in rules.windows} | {CORRECTION} | set(outcomes) | {"daily", "daily_until"}
    if language == "zh-TW":
        assert all(words[w.kind] == w.title for w in rules.windows)


@pytest.mark.clause("規§6.2")
def test_a_rendered_text_shows_taipei_time_and_words() -> None:
    texts = load_texts("zh-TW")
    values = {
        "school": "歷程高中", "about": "115-1", "link": "https://school.example/x", "post": "",
        "kind": "outcome_upload", "closes": read_instant("2027-02-03T16:00:00+00:00"), "hours": {},
    }  # fmt: skip
    shown = render(texts["extension_granted"], values)
    assert shown.subject == "[歷程高中] 課程學習成果上傳展延至 2027-02-03 24:00(2027-02-04 00:00)"
    assert "115-1 的課程學習成果上傳已核准展延" in shown.body
    assert "{" not in shown.subject + shown.body


@pytest.mark.clause("規§4.2")
@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("code", ["window_opened", "receipt_published", "extension_granted", "window_moved"])
def test_every_mail_that_names_a_window_says_its_daily_hours_beside_the_close(code: str, language: str) -> None:
    text = load_texts(language)[code]
    common = {"about": "x", "kind": "selection", "window": "selection"}

    def body(hours: dict[str, str]) -> str:
        return render(text, dict.fromkeys(text.placeholders, "—") | common | {"hours": hours}).body

    assert "08:00–21:00" in body({"daily": "08:00–21:00"})
    beyond = body({"daily": "08:00–21:00", "until": "2027-02-03T16:00:00+00:00"})
    assert "08:00–21:00" in beyond and "2027-02-03 24:00(2027-02-04 00:00)" in beyond
    plain = body({})
    assert "{" not in plain and plain != body({"daily": "x"}) and len(plain) < len(body({"daily": ""}))


def test_a_value_fills_its_place_only_and_makes_no_second_line_in_a_subject() -> None:
    text = Text("x", "about {about}", "{about} {link}")
    shown = render(text, {"about": "{link}\r\nBcc: all@example", "link": "https://school.example"})
    assert shown.subject == "about {link} Bcc: all@example"
    assert shown.body.startswith("{link}")


def test_a_missing_value_is_an_error_and_an_unknown_language_too() -> None:
    with pytest.raises(KeyError):
        render(Text("x", "{about}", "b"), {})
    with pytest.raises(KeyError):
        load_texts("../national/115")


@pytest.mark.parametrize(
    "body",
    [
        "texts: [a]\n",
        "texts:\n  a: {subject: x}\n",
        "texts:\n  a: {subject: x, body: y, footer: z}\n",
        "texts:\n  a: {subject: 'x {', body: y}\n",
        "texts:\n  a: {subject: '{x}', body: y}\n",
        "texts:\n  a: {subject: x, body: '{Name}'}\n",
        "texts:\n  a: text\n",
    ],
)
def test_a_broken_text_is_named_with_its_file_and_line(tmp_path: Path, body: str) -> None:
    path = tmp_path / "en.yaml"
    path.write_text(f"language: en\n{body}", encoding="utf-8")
    with pytest.raises(DocumentError) as raised:
        load_texts("en", tmp_path)
    (problem,) = raised.value.problems
    assert problem.file == str(path)
    assert problem.line in (1, 3)
    assert problem.field
    assert problem.remedy_en
