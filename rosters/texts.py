"""rosters: the words of notices and mails, by template code and language. Texts live in schools/texts/."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from rosters.documents import DocumentError, DocumentProblem, read_tree
from rules.instants import local_close, local_text

LANGUAGES = ("zh-TW", "en")
FOLDER = Path(__file__).resolve().parents[1] / "schools" / "texts"
COMMON = frozenset({"school", "post", "about", "link"})
"""What every notice can fill: the school's name, the post and the matter it is about, its page."""

ENDS = frozenset({"due", "closes"})
"""Placeholders that say until when: midnight is written as the end of the day before."""

_PLACEHOLDER = re.compile(r"\{([a-z_]+)\}")


@dataclass(frozen=True, slots=True)
class Text:
    """The subject and body of one template; `words` are shown for codes that stand as values."""

    code: str
    subject: str
    body: str
    words: Mapping[str, str] = field(default_factory=dict)

    @property
    def placeholders(self) -> frozenset[str]:
        """The names that must be given to render it."""
        return frozenset(_PLACEHOLDER.findall(self.subject + self.body))


@dataclass(frozen=True, slots=True)
class Rendered:
    """A text with everything filled in. Plain text: what shows it as HTML escapes it."""

    subject: str
    body: str


def load_texts(language: str, folder: Path = FOLDER) -> dict[str, Text]:
    """Every text of a language by its code. Raises KeyError for a language that has none, DocumentError."""
    if language not in LANGUAGES:
        raise KeyError(language)
    path = folder / f"{language}.yaml"
    tree = read_tree(path)
    words, texts = tree.get("words", {}), tree.get("texts")
    if tree.get("language") != language or not isinstance(texts, Mapping) or not isinstance(words, Mapping):
        raise DocumentError([_problem(path, 1, "language, texts, words", tree.get("language"))])
    known = {str(code): str(word) for code, word in words.items()}
    problems: list[DocumentProblem] = []
    made: dict[str, Text] = {}
    for code, parts in texts.items():
        if _is_text(parts):
            made[str(code)] = Text(str(code), str(parts["subject"]), str(parts["body"]), known)
        else:
            problems.append(_problem(path, tree["texts"].lc.key(code)[0] + 1, f"texts.{code}", parts))
    if problems:
        raise DocumentError(problems)
    return made


Value = str | int | datetime | Mapping[str, str]


def daily(words: Mapping[str, str], said: Mapping[str, str]) -> str:
    """Daily hours in the words of a language: until the close, or until an earlier instant; nothing for none."""
    if not said:
        return ""
    until = local_close(datetime.fromisoformat(said["until"])) if "until" in said else ""
    return words["daily_until" if until else "daily"].replace("{hours}", said["daily"]).replace("{until}", until)


def render(text: Text, values: Mapping[str, Value]) -> Rendered:
    """The text with its placeholders filled; instants are shown as Taipei time, codes as their word.

    A value is put in as it is: braces in it fill nothing, and it never makes a second line in a
    subject. Raises KeyError for a placeholder without a value.
    """

    def shown(match: re.Match[str]) -> str:
        value = values[match[1]]
        if isinstance(value, datetime):
            return local_close(value) if match[1] in ENDS else local_text(value)
        if isinstance(value, Mapping):
            return daily(text.words, value)
        return text.words.get(str(value), str(value))

    subject = " ".join(_PLACEHOLDER.sub(shown, text.subject).split())
    return Rendered(subject, _PLACEHOLDER.sub(shown, text.body))


def _is_text(parts: Any) -> bool:
    if not isinstance(parts, Mapping) or set(parts) != {"subject", "body"}:
        return False
    return all(isinstance(parts[name], str) and _whole(parts[name]) for name in ("subject", "body"))


def _whole(text: str) -> bool:
    """Whether every brace belongs to a placeholder, and there is something to read."""
    rest = _PLACEHOLDER.sub("", text)
    return bool(rest.strip()) and "{" not in rest and "}" not in rest


def _problem(path: Path, line: int, name: str, value: Any) -> DocumentProblem:
    return DocumentProblem(
        str(path), line, name, str(value)[:80], "每則文字只有 subject 與 body,欄位寫成 {name}",
        "請補齊 subject 與 body,並檢查大括號", "give subject and body, and check the braces",
    )  # fmt: skip
