"""cli: what a calendar is judged by, read from files alone: its rule set, the authority's document, limits, people."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rosters.coverage import load_people
from rosters.documents import (
    DocumentError,
    DocumentProblem,
    line_of,
    load_calendar,
    load_document,
    load_national,
    load_rule_set,
    read_tree,
)
from rules.lint.case import Case
from rules.lint.model import Finding, Limits

SCHOOLS = Path(__file__).resolve().parents[2] / "schools"
PACK = SCHOOLS / "licheng"


@dataclass(frozen=True, slots=True)
class Judged:
    """A calendar file with its case; `tree` knows the lines."""

    path: Path
    case: Case
    tree: Any

    def where(self, finding: Finding) -> dict[str, Any]:
        """File, line and place of a finding; what stands in no line of the calendar has line 0."""
        line = line_of(self.tree, finding.hit.path) if finding.hit.path else 0
        return {"file": str(self.path), "line": line, "place": finding.hit.place}


def calendars_of(given: Path) -> list[Path]:
    """The calendar files of a folder, or the file itself. Raises DocumentError where there is none."""
    found = sorted(given.glob("calendar-*.yaml")) if given.is_dir() else [given]
    if not found:
        raise lacking(given, "資料夾裡沒有 calendar-*.yaml", "there is no calendar-*.yaml in the folder")
    return found


def pack_of(path: Path, pack: Path | None) -> Path:
    """The rule pack: as given, or the folder beside the calendar. Raises DocumentError where neither is one."""
    folder = pack if pack is not None else path.parent
    if not (folder / "rules.yaml").exists():
        raise lacking(folder / "rules.yaml", "找不到規則", "name the rule pack with --pack, e.g. schools/licheng")
    return folder


def national_of(year: int, national: Path | None) -> Path:
    """The authority's document: as given, or the one of that school year. Raises DocumentError."""
    path = national if national is not None else SCHOOLS / "national" / f"{year}.yaml"
    if not path.exists():
        raise lacking(path, "找不到主管機關的文件", "name the authority's document with --national")
    return path


def judged(path: Path, *, pack: Path | None, national: Path | None, people: Path | None) -> Judged:
    """The case of a calendar file. Raises DocumentError."""
    calendar = load_calendar(path)
    rules = load_rule_set(pack_of(path, pack) / "rules.yaml")
    authority = load_national(national_of(calendar.school_year, national))
    known = load_people(people) if people is not None else None
    return Judged(path, Case(calendar, rules, authority, limits(), known), read_tree(path))


def limits() -> Limits:
    """The linter's limits. Raises DocumentError."""
    return load_document(SCHOOLS / "lint.yaml", Limits)


def lacking(path: Path, zh: str, en: str) -> DocumentError:
    """Something that is not there."""
    return DocumentError([DocumentProblem(str(path), 0, "", "", zh, "請確認路徑", en)])
