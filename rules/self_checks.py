"""rules: a self-check's checklist, who checks it, and which lines keep it from passing. Pure. 規§4.2"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from rules.duties import Duty, submission_window
from rules.ruleset import CheckLine
from rules.snapshot import Snapshot

OF_ROSTER = "self_check"
"""The kind of a roster's own self-check, a step of the submission cycle."""


def is_self_check(duty: Duty) -> bool:
    """Whether the duty is done by recording a self-check, never by word alone."""
    return duty.kind.endswith(OF_ROSTER)


def checklist_of(s: Snapshot, duty: Duty) -> tuple[CheckLine, ...]:
    """The lines that the duty's rule names, in their order."""
    if duty.kind == OF_ROSTER:
        return next((step.checklist for step in s.rules.cycle.steps if step.kind == OF_ROSTER), ())
    return next((rule.checklist for rule in s.rules.duties if rule.kind == duty.kind), ())


def checkers_of(s: Snapshot, duty: Duty) -> tuple[str, ...]:
    """The posts that may record it: its owner, and whom the calendar names as the operation's checker."""
    if duty.kind == OF_ROSTER:
        window = submission_window(s)
    else:
        rule = next((r for r in s.rules.duties if r.kind == duty.kind), None)
        kind = rule.due.window if rule else None
        window = s.calendar.window(s.period, duty.lane, kind) if kind and duty.lane else None
    named = (window.self_check.checker,) if window and window.self_check else ()
    return (duty.post, *(post for post in named if post != duty.post))


def readers_of(s: Snapshot, duty: Duty) -> tuple[str, ...]:
    """The posts that may read what was remarked: who may record it, and the directors of their offices."""
    checkers = checkers_of(s, duty)
    offices = {p.office for p in s.rules.posts if p.id in checkers}
    directors = (o.director for o in s.rules.offices if o.id in offices)
    return tuple(dict.fromkeys((*checkers, *directors)))


def not_ok(checklist: Sequence[CheckLine], results: Mapping[str, bool]) -> list[str]:
    """The required lines that are not recorded as ok; a line that the rule does not require never holds it back."""
    return [line.id for line in checklist if line.required and not results.get(line.id, False)]
