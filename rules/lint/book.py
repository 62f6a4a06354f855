"""rules: lint: all rules in their order, and the verdict on a calendar. 規§4.1, 規§4.2."""

from __future__ import annotations

from rules.lint.case import Case
from rules.lint.checks import checks
from rules.lint.floors import floors
from rules.lint.frame import frame
from rules.lint.hours import hours
from rules.lint.model import Chapter, Finding, LintRule, Severity
from rules.lint.order import order

CHAPTERS: tuple[Chapter, ...] = (floors, order, hours, frame, checks)
RULES: dict[str, LintRule] = {rule.id: rule for chapter in CHAPTERS for rule in chapter}


def lint(case: Case) -> list[Finding]:
    """Everything that a calendar breaks, errors first, then in the order of the rules. Never raises."""
    found = [Finding(rule, hit) for rule in RULES.values() for hit in rule.judge(case)]
    return sorted(found, key=lambda f: f.rule.severity is not Severity.ERROR)


def errors(found: list[Finding]) -> list[Finding]:
    """The findings that stop a publication."""
    return [f for f in found if f.rule.severity is Severity.ERROR]
