"""rules: the steps of a semester and of a school year: windows, submissions, closing.

Sources: 規§4.1, 規§5.1.3, 規§5.2.3, 規§6.1. Lanes differ in dates, never here.
"""

from __future__ import annotations

from datetime import datetime

from rules.ids import semester_id, step_key, submission_id
from rules.plans.step import Step
from rules.ruleset import Kind, WindowRule
from rules.schedule import WindowDates
from rules.snapshot import Snapshot

CORRECTION = "outcome_correction"


def semester_steps(s: Snapshot) -> list[Step]:
    """Windows of every lane, the semester's submissions, and the close once all of them are over."""
    steps = _windows(s)
    started = _submissions(s, Kind.SEMESTER, "semester_submission")
    return steps + started + _close(s, steps, [x.thing for x in started])


def school_year_steps(s: Snapshot) -> list[Step]:
    """Both semesters' start, yearly windows and submissions; ends when the year's receipts are closed."""
    steps = _windows(s)
    semesters = [
        Step(
            key=step_key(semester_id(s.school, name), "start", dates.opens),
            kind="start",
            at=max(dates.opens, s.started_at),
            activity="start_process",
            thing=semester_id(s.school, name),
            phase="semester",
            args=(("kind", Kind.SEMESTER.value), ("period", name)),
        )
        for name, dates in sorted(s.calendar.semesters.items())
    ]
    started = _submissions(s, Kind.SCHOOL_YEAR, "yearly_submission")
    children = [x.thing for x in (*semesters, *started)]
    return steps + semesters + started + _close(s, steps, children)


def _windows(s: Snapshot) -> list[Step]:
    steps: list[Step] = []
    for rule in s.rules.windows:
        if rule.process is not s.kind:
            continue
        for lane in s.rules.lanes:
            if lane.id not in s.structure.lanes:
                continue
            dates = s.calendar.window(s.period, lane.id, rule.kind)
            if dates is not None:
                steps += _window(s, rule, dates)
    return steps


def _window(s: Snapshot, rule: WindowRule, dates: WindowDates) -> list[Step]:
    thing = f"{s.process}|{dates.lane}|{rule.kind}"
    steps = [
        _edge(s, "open", "open_window", thing, rule.phase, dates.lane, rule.kind, dates.opens),
        _freeze(s, thing, rule.phase, dates.lane, rule.kind, dates.closes),
    ]
    if dates.correction_closes is not None:
        correction = f"{s.process}|{dates.lane}|{CORRECTION}"
        steps.append(_freeze(s, correction, CORRECTION, dates.lane, CORRECTION, dates.correction_closes))
    return steps


def _freeze(s: Snapshot, thing: str, phase: str, lane: str, kind: str, closes: datetime) -> Step:
    """The close of a window waits for the last extension that anybody of the lane was granted."""
    last = max([closes, *(e.closes for e in s.extensions if _touches(e.period, e.kind, s, kind) and lane in e.lanes)])
    return _edge(s, "close", "freeze_window", thing, phase, lane, kind, last)


def _touches(period: str, kind: str, s: Snapshot, of: str) -> bool:
    return period == s.period and kind == of


def _edge(s: Snapshot, kind: str, activity: str, thing: str, phase: str, lane: str, window: str, at: datetime) -> Step:
    return Step(
        key=step_key(thing, kind, at),
        kind=kind,
        at=at,
        activity=activity,
        thing=thing,
        phase=phase,
        lane=lane,
        args=(("period", s.period), ("window", window)),
    )


def _submissions(s: Snapshot, kind: Kind, window: str) -> list[Step]:
    """One Submission for each lane and roster, started when its window opens (規§6.3)."""
    steps: list[Step] = []
    started = {key.partition("|")[0]: key for key in s.done if "|start|" in key}
    for lane in s.rules.lanes:
        dates = s.calendar.window(s.period, lane.id, window)
        if lane.id not in s.structure.lanes or dates is None:
            continue
        for roster in s.rules.rosters:
            if roster.process is not kind:
                continue
            child = submission_id(s.school, s.period, lane.id, roster.id)
            if child in s.children and child not in started:
                continue
            steps.append(
                Step(
                    # The key under which it was started: moving the window does not start it twice.
                    key=started.get(child) or step_key(child, "start", dates.opens),
                    kind="start",
                    at=dates.opens,
                    activity="start_process",
                    thing=child,
                    phase=window,
                    lane=lane.id,
                    args=(
                        ("kind", Kind.SUBMISSION.value),
                        ("period", s.period),
                        ("lane", lane.id),
                        ("roster", roster.id),
                    ),
                )
            )
    return steps


def _close(s: Snapshot, windows: list[Step], children: list[str]) -> list[Step]:
    """The end: every window closed and every child over; its instant is that of the last of them."""
    if any(key.startswith(f"{s.process}|closed|") for key in s.done):
        return []
    ended = [s.children.get(child) for child in children]
    if not windows or any(x is None for x in ended):
        return []
    if any(w.key not in s.done for w in windows if w.kind == "close"):
        return []
    at = max([w.at for w in windows] + [x for x in ended if x is not None])
    return [closing(s, at)]


def closing(s: Snapshot, at: datetime) -> Step:
    """The step that ends a process; its parent hears of it through a fact."""
    return Step(
        key=step_key(s.process, "closed", at),
        kind="closed",
        at=at,
        activity="close_process",
        thing=s.process,
        phase="closed",
    )
