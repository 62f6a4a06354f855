"""rules: what a lint rule is, and what it finds. Severities and exit codes: readings, "Exit codes"."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from rules.instants import Model
from rules.lint.case import Case


class Severity(StrEnum):
    """An error stops a publication; a warning is read and decided by a person."""

    ERROR = "error"
    WARNING = "warning"


Path = tuple[str | int, ...]
"""A place in the document: `("windows", 3, "closes")`."""


@dataclass(frozen=True, slots=True)
class Hit:
    """One place that breaks a rule: where, what was found, what the limit is."""

    path: Path
    place: str
    found: str
    limit: str


Judgement = Callable[[Case], Iterable[Hit]]


@dataclass(frozen=True, slots=True)
class LintRule:
    """One rule of the linter. Texts are pairs: zh-TW, English."""

    id: str
    clause: str
    severity: Severity
    title: tuple[str, str]
    why: tuple[str, str]
    remedy: tuple[str, str]
    source: str
    judge: Judgement


@dataclass(frozen=True, slots=True)
class Finding:
    """One hit of one rule."""

    rule: LintRule
    hit: Hit

    @property
    def message(self) -> tuple[str, str]:
        """What is wrong, where, with found and limit, in both languages."""
        zh, en = self.rule.title
        return (
            f"{zh}:{self.hit.place} 為 {self.hit.found},界限 {self.hit.limit}",
            f"{en}: {self.hit.place} is {self.hit.found}, limit {self.hit.limit}",
        )

    def shown(self) -> dict[str, Any]:
        """Everything as one JSON object; `where` holds the place, the caller adds file and line."""
        return {
            "rule": self.rule.id,
            "clause": self.rule.clause,
            "severity": self.rule.severity.value,
            "where": {"place": self.hit.place, "path": list(self.hit.path)},
            "message": self.message[0],
            "message_en": self.message[1],
            "found": self.hit.found,
            "limit": self.hit.limit,
            "remedy": self.rule.remedy[0],
            "remedy_en": self.rule.remedy[1],
            "source": self.rule.source,
        }


class Chapter:
    """The rules of one subject, in the order in which they are written."""

    def __init__(self, title: str, title_en: str) -> None:
        self.title = (title, title_en)
        self.rules: list[LintRule] = []

    def __iter__(self) -> Iterator[LintRule]:
        return iter(self.rules)

    def rule(
        self,
        id_: str,
        clause: str,
        severity: Severity,
        title: tuple[str, str],
        why: tuple[str, str],
        remedy: tuple[str, str],
        source: str = "",
    ) -> Callable[[Judgement], Judgement]:
        """Make a judgement a rule of this chapter; without a source the clause is its source."""

        def keep(judge: Judgement) -> Judgement:
            self.rules.append(LintRule(id_, clause, severity, title, why, remedy, source or clause, judge))
            return judge

        return keep


class Limits(Model):
    """Numbers that no clause gives; a school or authority may set others (schools/lint.yaml)."""

    answer_days: int
    """Working days that a teacher has after the correction close."""
    replace_days: int
    """Working days that a student has to replace a returned item after the upload close."""
    certify_days: int
    """Working days from the upload close to the certification's due date."""
    select_days: int
    """Working days of a selection."""
    pile_up: int
    """So many things due for one lane on one day are a pile."""
    new_year_days: int
    """A row of so many days off between 20 January and the end of February is the Lunar New Year."""
    first_hour: int
    last_hour: int
    """A deadline before the first or after the last hour (Taipei) is at an unclear hour."""
