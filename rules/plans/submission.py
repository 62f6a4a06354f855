"""rules: the steps of a submission: generate, publish the receipts, deem confirmed, correct, close.

Sources: 規§6.1, 規§6.2, 規§6.3, 規§6.4; an occurrence of the receipts window for each published version.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from rules.duties import needs_correction, receipts_window, submission_window
from rules.ids import duty_key, step_key
from rules.plans.periods import closing
from rules.plans.step import Step
from rules.ruleset import RuleSet
from rules.schedule import WindowDates
from rules.snapshot import Snapshot, VersionState, first_sent


def occurrence(submission: str, version: int) -> str:
    """The name of the receipts window that a published version opens."""
    return f"{submission}@{version}"


def submission_steps(s: Snapshot) -> list[Step]:
    """What is due for a roster: a version at a time, until nothing is left to correct."""
    window = submission_window(s)
    if window is None:
        return []
    steps = [_generate(s, 1, max(window.opens, s.started_at))]
    for version in s.versions:
        steps += _version_steps(s, version)
    newest = s.versions[-1] if s.versions else None
    if newest is None:
        return steps
    if newest.submitted_at is None and newest.to_correct and newest.decided_at is not None:
        # Made anew before it was sent: the data were wrong, and the central database never saw them.
        return [*steps, _generate(s, newest.version + 1, newest.decided_at)]
    if newest.settled_at is None or newest.differences_open or newest.unnoticed:
        return steps
    answered = [r.answered_at for r in s.reports]
    if any(x is None for x in answered):
        return steps
    last = max(x for x in [newest.settled_at, newest.decided_at, *answered] if x is not None)
    if needs_correction(s):
        return [*steps, _generate(s, newest.version + 1, last)]
    confirmed = s.duties.get(duty_key(s.process, "confirm_receipts", f"v{newest.version}"))
    closed = any(key.startswith(f"{s.process}|closed|") for key in s.done)
    if confirmed is not None and confirmed.done_at is not None and not closed:
        steps.append(closing(s, max(last, confirmed.done_at)))
    return steps


def _generate(s: Snapshot, version: int, at: datetime) -> Step:
    known = [v for v in s.versions if v.version == version]
    at = known[0].generated_at if known else at
    return _step(s, version, "generate", "generate_roster", at)


def _version_steps(s: Snapshot, v: VersionState) -> list[Step]:
    receipts = receipts_window(s)
    if v.receipt_at is None or receipts is None:
        return []
    published = v.published_at or max(receipts.opens, v.receipt_at)
    closes = max(closing_instant(s, published, receipts, v), *_extended(s, v, published))
    return [
        _step(s, v.version, "publish", "publish_receipts", published, closes=closes),
        _step(s, v.version, "deem", "deem_confirmed", closes, closes=closes),
    ]


def closing_instant(s: Snapshot, published: datetime, receipts: WindowDates, v: VersionState) -> datetime:
    """When an occurrence closes: its first and last open instant are never less than 72 hours apart (readings, "Time").

    The first one follows the window, also when it is published, until it is settled; a corrected one has its own span.
    """
    first = first_sent(s.versions, v.version)
    if v.closes_at is not None and not (first and v.settled_at is None):
        return v.closes_at
    floor = floor_of(s.rules, receipts, published)
    return max(receipts.closes, floor) if first else floor


def floor_of(rules: RuleSet, receipts: WindowDates, published: datetime) -> datetime:
    """The earliest close of what was published at an instant: the rule set's hours later, at an hour that is open."""
    span = timedelta(hours=rules.cycle.confirmation_hours)
    return receipts.hours.after(published, span) if receipts.hours else published + span


def _extended(s: Snapshot, v: VersionState, published: datetime) -> list[datetime]:
    name = occurrence(s.process, v.version)
    return [published, *(e.closes for e in s.extensions if e.occurrence == name)]


def _step(s: Snapshot, version: int, kind: str, activity: str, at: datetime, closes: datetime | None = None) -> Step:
    thing = f"{s.process}@{version}"
    args: tuple[tuple[str, str], ...] = (("version", str(version)),)
    if closes is not None:
        args = (*args, ("closes", closes.isoformat()))
    # The key under which it was published: one that came late is not published twice.
    known = next((k for k in s.done if k.startswith(f"{thing}|publish|")), None) if kind == "publish" else None
    return Step(
        key=known or step_key(thing, kind, at),
        kind=kind,
        at=at,
        activity=activity,
        thing=thing,
        phase=kind,
        lane=s.params["lane"],
        args=args,
    )
