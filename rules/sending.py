"""rules: which rosters a submission window takes, and who owns them: the semester's or the year's. 規§6.3"""

from __future__ import annotations

from rules.ruleset import Kind, Roster, RuleSet

TAKES = {"semester_submission": Kind.SEMESTER, "yearly_submission": Kind.SCHOOL_YEAR}
"""A submission window: the process whose rosters go in it, the semester's before the year's."""


def rosters_in(rules: RuleSet, window: str) -> tuple[Roster, ...]:
    """The rosters that go in a window; none for a window of another kind."""
    return tuple(r for r in rules.rosters if r.process is TAKES.get(window))


def senders(rules: RuleSet, window: str) -> tuple[str, ...]:
    """The posts that own the rosters of a window, each once."""
    return tuple(dict.fromkeys(r.owner for r in rosters_in(rules, window)))
