"""rosters: rule sets, calendars and the authority's document from YAML, with line, field and rule on error.

YAML is a source: adopting a document stores it unchanged in the database (規§13).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache, partial
from pathlib import Path
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError
from ruamel.yaml import YAML
from ruamel.yaml.comments import CommentedMap, CommentedSeq
from ruamel.yaml.constructor import RoundTripConstructor
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.nodes import ScalarNode
from ruamel.yaml.reader import ReaderError

from rosters.document_words import remedy_of, shown_value, without_machine_name
from rules.instants import WRITTEN
from rules.items.schema import ItemBook
from rules.refusals.malformed import TWICE, in_words, rule_of
from rules.ruleset import RuleSet
from rules.schedule import Calendar, National

LARGEST = 2 * 2**20
"""Bytes of the largest document that is read."""

M = TypeVar("M", bound=BaseModel)
_DATE = re.compile(r"\b\d{4}-\d{2}-\d{2}\b")
_FIELD = re.compile(r"([A-Za-z_][\w-]*)\s*:")
_PLACE = re.compile(r"^(?:Value error, )?([\w.-]+): ")


@dataclass(frozen=True, slots=True)
class DocumentProblem:
    """One thing wrong with a document: where it stands, what was found, which rule, what to do."""

    file: str
    line: int
    field: str
    value: str
    rule: str
    remedy: str
    remedy_en: str

    def shown(self) -> dict[str, Any]:
        """Everything as one JSON object."""
        return {
            "file": self.file,
            "line": self.line,
            "field": self.field,
            "value": self.value,
            "rule": self.rule,
            "remedy": self.remedy,
            "remedy_en": self.remedy_en,
        }

    def __str__(self) -> str:
        """One line for people; what is not known (a row, a field, a value) is left out."""
        place = f"{self.file}:{self.line}" if self.line else self.file
        field = f" 「{self.field}」" if self.field else ""
        value = f"(值 {self.value!r})" if self.value else ""
        return f"{place}{field} {without_machine_name(self.rule)}{value} → {self.remedy} · {self.remedy_en}"


class DocumentError(ValueError):
    """A document could not be read whole; nothing of it counts."""

    def __init__(self, problems: Sequence[DocumentProblem]) -> None:
        super().__init__("\n".join(str(p) for p in problems))
        self.problems = tuple(problems)


@dataclass(frozen=True, slots=True)
class Pack:
    """A school's documents: its rule set and its calendars by school year."""

    rules: RuleSet
    calendars: Mapping[int, Calendar]


def load_rule_set(path: Path) -> RuleSet:
    """The rule set in `path`. Raises DocumentError."""
    return _load(path, RuleSet)


def load_calendar(path: Path) -> Calendar:
    """The calendar in `path`. Raises DocumentError."""
    return _load(path, Calendar)


def load_national(path: Path) -> National:
    """The authority's document in `path`, with the items-*.yaml that stands beside it. Raises DocumentError."""
    national, items = _load(path, National), path.with_name(f"items-{path.name}")
    return national.model_copy(update={"items": load_items(items)}) if items.exists() else national


def load_items(path: Path) -> ItemBook:
    """The schemas of students' items in `path` (規§5.3.1, 規§5.4). Raises DocumentError."""
    return _load(path, ItemBook)


def load_document(path: Path, model: type[M]) -> M:
    """A document of any other model. Raises DocumentError."""
    return _load(path, model)


def load_pack(folder: Path) -> Pack:
    """The rule set and all calendars of a school's folder. Raises DocumentError."""
    calendars = [load_calendar(path) for path in sorted(folder.glob("calendar-*.yaml"))]
    return Pack(load_rule_set(folder / "rules.yaml"), {c.school_year: c for c in calendars})


def _load(path: Path, model: type[M]) -> M:
    tree = read_tree(path)
    try:
        return model.model_validate(_plain(tree), context=WRITTEN)
    except ValidationError as error:
        raise DocumentError(list(_problems(path, tree, error, model))) from None


def read_plain(path: Path) -> dict[str, Any]:
    """The document as plain values, as its model reads them. Raises DocumentError."""
    plain: dict[str, Any] = _plain(read_tree(path))
    return plain


def read_tree(path: Path) -> CommentedMap:
    """The document with its line numbers, to look at: the same text read again is the same tree. Raises DocumentError."""
    return _tree(path, _known)


def tree_to_change(path: Path) -> CommentedMap:
    """The document with its line numbers and comments, to change and write again. Raises DocumentError."""
    return _tree(path, partial(_parsed, quotes=True))


class _AsWritten(RoundTripConstructor):  # type: ignore[misc, unused-ignore]
    """What YAML calls a timestamp stays the text that stands there, unless it is a day: no zone is lost unseen."""

    def instant(self, node: ScalarNode, values: Any = None) -> Any:
        """A day as a date, an instant as its text."""
        if _DATE.fullmatch(node.value):
            return self.construct_yaml_timestamp(node, values)
        return str(node.value)


_AsWritten.add_constructor("tag:yaml.org,2002:timestamp", _AsWritten.instant)


def _parsed(text: str, *, quotes: bool = False) -> Any:
    reader = YAML(typ="rt", pure=True)
    reader.preserve_quotes = quotes
    reader.Constructor = _AsWritten
    return reader.load(text)


# One command reads a calendar, a rule set or the authority's document several times, and parsing is what it costs.
_known = lru_cache(maxsize=32)(_parsed)


def _tree(path: Path, parse: Callable[[str], Any]) -> CommentedMap:
    try:
        if path.stat().st_size > LARGEST:
            raise DocumentError(
                [
                    _problem(
                        path,
                        1,
                        "",
                        path.stat().st_size,
                        "檔案過大 · the file is too large",
                        "請拆分檔案",
                        "split the file",
                    )
                ]
            )
        text = path.read_text(encoding="utf-8-sig")
    except OSError as error:
        rule, zh, en = file_fault(error)
        raise DocumentError([_problem(path, 0, "", "", rule, zh, en)]) from None
    except UnicodeDecodeError as error:
        raise DocumentError(
            [
                _problem(
                    path,
                    1,
                    "",
                    f"byte {error.start}",
                    "不是 UTF-8 · no UTF-8",
                    "請以 UTF-8 存檔",
                    "save the file as UTF-8",
                )
            ]
        ) from None
    try:
        tree = parse(text)
    except ReaderError as error:
        rule, value = "不是文字檔 · no text file", f"U+{error.character:04X}"
        zh, en = "請以純文字、UTF-8 存檔", "save it as plain text in UTF-8"
        raise DocumentError([_problem(path, text[: error.position].count("\n") + 1, "", value, rule, zh, en)]) from None
    except MarkedYAMLError as error:
        mark = error.problem_mark
        line = mark.line + 1 if mark is not None else 1
        raise DocumentError(
            [
                _problem(
                    path,
                    line,
                    "",
                    error.problem or "",
                    "YAML 語法錯誤 · a YAML syntax error",
                    "請檢查縮排、引號與重複的鍵",
                    "check indentation, quotes and doubled keys",
                )
            ]
        ) from None
    except (YAMLError, ValueError, RecursionError) as error:
        raise DocumentError(list(_unreadable(path, text, _first_line(error)))) from None
    if not isinstance(tree, CommentedMap):
        raise DocumentError(
            [
                _problem(
                    path,
                    1,
                    "",
                    shown_value(tree, ""),
                    "最外層應為對應表 · a table is expected",
                    "請以「欄位: 值」書寫",
                    "write `field: value` lines",
                )
            ]
        )
    return tree


def _first_line(error: Exception) -> str:
    """What the YAML reader said; the name of the exception is no word for a reader."""
    if isinstance(error, RecursionError):
        return "層次太深 · nested too deeply"
    return next(iter(str(error).splitlines()), "")


def file_fault(error: OSError) -> tuple[str, str, str]:
    """Why a file could not be opened, in both languages, and the remedy in each."""
    if isinstance(error, (FileNotFoundError, NotADirectoryError)):
        return "沒有這個檔案 · there is no such file", "請確認路徑與檔名", "check the path and the name"
    if isinstance(error, IsADirectoryError):
        return "這是資料夾,不是檔案 · a folder, no file", "請指定檔案", "name a file"
    if isinstance(error, PermissionError):
        return "沒有讀取這個檔案的權限 · it may not be read", "請調整檔案權限", "change its permissions"
    said = error.strerror or "I/O"
    return f"檔案無法讀取({said}) · it cannot be read ({said})", "請確認磁碟與路徑", "check the disk and the path"


def _unreadable(path: Path, text: str, error: str) -> Iterable[DocumentProblem]:
    """Where the YAML reader gave up without saying so: at a day that does not exist, as a rule."""
    found = False
    for number, line in enumerate(text.splitlines(), 1):
        for date_ in _DATE.finditer(line.split("#")[0]):
            try:
                date.fromisoformat(date_.group())
            except ValueError:
                found = True
                names = _FIELD.findall(line[: date_.start()])
                yield _problem(
                    path, number, names[-1] if names else "", date_.group(), "沒有這一天 · no such day",
                    "請填寫存在的日期", "write a day that exists",
                )  # fmt: skip
    if not found:
        yield _problem(
            path,
            1,
            "",
            error,
            "YAML 無法解析 · no readable YAML",
            "請檢查日期與數值的寫法",
            "check how dates and numbers are written",
        )


def _problem(path: Path, line: int, field: str, value: Any, rule: str, zh: str, en: str) -> DocumentProblem:
    return DocumentProblem(str(path), line, field, str(value)[:80], rule, zh, en)


def _plain(node: Any) -> Any:
    """Plain Python values; keys that YAML read as numbers or dates are text again."""
    if isinstance(node, Mapping):
        return {str(k): _plain(v) for k, v in node.items()}
    if isinstance(node, (list, tuple)):
        return [_plain(v) for v in node]
    if isinstance(node, date) or node is None or isinstance(node, (bool, int, float)):
        return node
    return str(node)


def _problems(
    path: Path, tree: CommentedMap, error: ValidationError, model: type[BaseModel]
) -> Iterable[DocumentProblem]:
    for found in error.errors(include_url=False):
        if found["type"] == "twice":
            yield from _twice(path, tree, found["ctx"]["rows"])
            continue
        loc = [x for x in found["loc"] if not (isinstance(x, str) and x.startswith("function-"))]
        if not loc:
            # A check across the whole document names the place in its message: `duties.meeting.owner: …`
            for part in found["msg"].removeprefix("Value error, ").split("; "):
                named = _PLACE.match(part)
                place = _named(tree, named.group(1).split(".")) if named else []
                shown = named.group(1) if named else ""
                zh, en = remedy_of("value_error", part)
                yield _problem(path, line_of(tree, place), shown, "…", f"value_error: {in_words(part)}", zh, en)
            continue
        line, shown = line_of(tree, loc), ".".join(str(x) for x in loc)
        rule = rule_of(found, model, loc)
        zh, en = remedy_of(found["type"], rule)
        if found["type"] != "value_error":
            rule = f"{found['type']}: {rule}"
        yield _problem(path, line, shown, shown_value(found["input"], rule), rule, zh, en)


def _twice(path: Path, tree: CommentedMap, rows: Mapping[str, Sequence[int]]) -> Iterable[DocumentProblem]:
    """Every row of a window that stands more than once, each with the lines of the others."""
    for name, numbers in rows.items():
        lines = {n: line_of(tree, ["windows", n]) for n in numbers}
        for n in numbers:
            others = ", ".join(str(line) for other, line in lines.items() if other != n)
            rule = f"twice: {TWICE}(另見第 {others} 行 · also on line {others})"
            zh, en = "請刪除其中一列,或更正 period、lane、kind", "remove one of them, or correct period, lane or kind"
            yield _problem(path, lines[n], f"windows.{n}", name, rule, zh, en)


def _named(tree: Any, names: Sequence[str]) -> list[str | int]:
    """The path to a place whose list entries are named by their id, kind or offset."""
    path: list[str | int] = []
    node = tree
    for name in names:
        if isinstance(node, CommentedSeq):
            for n, entry in enumerate(node):
                if isinstance(entry, CommentedMap) and name in {str(entry.get(k)) for k in ("id", "kind", "offset")}:
                    path.append(n)
                    node = entry
                    break
            else:
                break
        elif isinstance(node, CommentedMap) and name in node:
            path.append(name)
            node = node[name]
        else:
            break
        if isinstance(node, CommentedMap) and "rungs" in node:
            path.append("rungs")
            node = node["rungs"]
    return path


def line_of(node: Any, loc: Sequence[str | int]) -> int:
    """The line (from 1) of the nearest node on the way to `loc`."""
    line = 1
    for name in loc:
        if isinstance(node, CommentedMap):
            key = next((k for k in node if str(k) == str(name)), None)
            if key is None:
                break
            line = node.lc.key(key)[0] + 1
            node = node[key]
        elif isinstance(node, CommentedSeq) and isinstance(name, int) and name < len(node):
            line = node.lc.item(name)[0] + 1
            node = node[name]
        else:
            break
    return int(line)
