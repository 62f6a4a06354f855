"""rules: which duties exist, derived from rule set, calendar and structure; rows only say what people did.

Sources: 規§3.0, 規§4.1, 規§5.0–5.4, 規§6.2–6.4, 規§9.1–9.3, 規§10.3.1, 規§11: each DutyRule cites its own.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from rules.dates import extended, shifted, stands_since
from rules.ids import duty_key
from rules.instants import DAY, at_taipei, taipei_day
from rules.ruleset import CycleStep, DutyRule, Kind
from rules.schedule import Calendar, WindowDates
from rules.snapshot import Basis, ExtensionState, Snapshot, VersionState


@dataclass(frozen=True, slots=True)
class Duty:
    """One piece of work that one post owes by `due`. `since`: when the dates it hangs on were set."""

    key: str
    kind: str
    process: str
    scope: str
    lane: str | None
    post: str
    title: str
    opens: datetime
    due: datetime
    ladder: str
    clause: str
    since: datetime
    joined: str | None = None
    counted: bool = False
    """Done when a count is zero (certification), not when somebody says so."""


def duties_of(s: Snapshot) -> dict[str, Duty]:
    """Every duty of a process, by key, whether done or not; dates as the newest basis has them."""
    made = _DERIVED[s.kind](s) + _stuck_duties(s)
    return {d.key: d for d in made}


def is_open(s: Snapshot, duty: Duty) -> bool:
    """Whether the duty is still owed."""
    if duty.kind == STUCK:
        return duty.scope in s.stuck
    if duty.kind == DIFFERENCES:
        return any(v.differences_open for v in s.versions if f"v{v.version}" == duty.scope)
    if duty.kind == UNNOTICED:
        return any(v.unnoticed for v in s.versions if f"v{v.version}" == duty.scope)
    if duty.counted:
        return bool(s.pending.get(duty.scope))
    state = s.duties.get(duty.key)
    return state is None or state.done_at is None


DIFFERENCES = "resolve_differences"
"""The roster owner's duty for what the ledgers do not agree on; done when the last one is closed."""

UNNOTICED = "decide_unnoticed"
"""The roster owner's duty for students who stayed silent without a delivered notice (規§6.2); nothing is deemed."""

STUCK = "stuck_step"
"""The IT post's duty for a step that keeps failing; it is over when the step went through."""


def _stuck_duties(s: Snapshot) -> list[Duty]:
    return [
        Duty(
            key=duty_key(s.process, STUCK, key),
            kind=STUCK,
            process=s.process,
            scope=key,
            lane=None,
            post=s.rules.stuck_post,
            title="排除卡住的步驟",
            opens=stuck.since,
            due=shifted(s.basis, stuck.since, 1),
            ladder=s.rules.stuck_ladder,
            clause="規§5.0",
            since=_shifted_since(s, stuck.since, 1),
        )
        for key, stuck in sorted(s.stuck.items())
    ]


# -- semester and school year: from the rule set's duties ------------------------------------------


def _period_duties(s: Snapshot) -> list[Duty]:
    made: list[Duty] = []
    for rule in s.rules.duties:
        if rule.process is not s.kind or rule.optional:
            continue
        named = frozenset(x for e in s.extensions if e.kind == rule.due.window and not e.occurrence for x in e.scopes)
        of_lane: dict[tuple[str | None, str], tuple[datetime, datetime, datetime] | None] = {}
        for scope, lane, post in _scopes(s, rule):
            # Hundreds of courses of a lane share their dates; one that an extension names has its own.
            place = (lane, scope if scope in named else "")
            if place not in of_lane:
                of_lane[place] = _standing(s, rule, *place)
            dates = of_lane[place]
            if dates is None:
                continue
            made.append(
                Duty(
                    key=duty_key(s.process, rule.kind, scope),
                    kind=rule.kind,
                    process=s.process,
                    scope=scope,
                    lane=lane,
                    post=post,
                    title=rule.title,
                    opens=dates[0],
                    due=dates[1],
                    ladder=rule.ladder,
                    clause=rule.clause,
                    since=dates[2],
                    joined=rule.joined,
                    counted=rule.kind == "certification",
                )
            )
    return made


def _standing(s: Snapshot, rule: DutyRule, lane: str | None, scope: str) -> tuple[datetime, datetime, datetime] | None:
    """(opens, due, since) of a rule's duties in a lane, or None where the calendar has no date."""

    def due_of(basis: Basis, granted: tuple[ExtensionState, ...]) -> datetime | None:
        dates = _dates(s, rule, basis, lane, scope, granted)
        return dates[1] if dates is not None else None

    dates = _dates(s, rule, s.basis, lane, scope, s.extensions)
    return (*dates, stands_since(s, due_of, s.started_at)) if dates is not None else None


def _scopes(s: Snapshot, rule: DutyRule) -> list[tuple[str, str | None, str]]:
    """(scope, lane, owning post) of each duty that the rule makes."""
    lanes = [x.id for x in s.rules.lanes if x.id in s.structure.lanes]
    if rule.per == "school":
        return [("", None, rule.owner)]
    if rule.per == "lane":
        return [(lane, lane, rule.owner) for lane in lanes]
    if rule.per == "class":
        per_class = s.rules.post(rule.owner).per == "class"
        return [
            (name, lane, f"{rule.owner}:{name}" if per_class else rule.owner)
            for name, lane in sorted(s.structure.classes.items())
        ]
    return [(c.id, c.lane, c.post) for c in s.structure.courses if c.semester == s.period]


def _dates(
    s: Snapshot, rule: DutyRule, basis: Basis, lane: str | None, scope: str, granted: tuple[ExtensionState, ...]
) -> tuple[datetime, datetime] | None:
    """(opens, due), or None where the calendar has no date: the linter says so, nothing is invented."""
    calendar, window, edge = basis.calendar, rule.due.window or "", rule.due.edge
    if rule.due.deadline is not None:
        found = calendar.deadline(s.period, rule.due.deadline)
        dates = (found.opens, found.due) if found else None
    elif lane is not None:
        dates = _edge(calendar.window(s.period, lane, window), edge, scope, granted)
    else:
        # A duty of the whole school on a window whose lanes differ is due with the earliest lane.
        lanes = sorted(s.structure.lanes)
        edges = [_edge(calendar.window(s.period, x, window), edge, x, granted) for x in lanes]
        given = [e for e in edges if e is not None]
        dates = min(given, key=lambda e: e[1]) if given else None
    if dates is None or rule.due.offset == 0:
        return dates
    return dates[0], shifted(basis, dates[1], rule.due.offset)


def _edge(
    window: WindowDates | None, edge: str, scope: str, granted: tuple[ExtensionState, ...]
) -> tuple[datetime, datetime] | None:
    due = window.edge(edge) if window else None
    if window is None or due is None:
        return None
    if window.self_check and edge == "self_check":
        # Its own dates: an extension of the window gives its people time, not its checker.
        return window.self_check.opens, due
    return window.opens, due if edge == "opens" else extended(due, window.kind, scope, granted)


def _shifted_since(s: Snapshot, instant: datetime, count: int) -> datetime:
    """Since when a date so many working days from `instant` has stood: a closed day (停班) moves it."""
    return stands_since(s, lambda basis, _: shifted(basis, instant, count), instant)


# -- submission ------------------------------------------------------------------------------------

GATES = ("self_check", "precheck", "approve", "submit", "import_receipt", "confirm_receipts")
"""The order of a roster version's duties; none is done before the one in front of it (規§6.3)."""


def submission_window(s: Snapshot, calendar: Calendar | None = None) -> WindowDates | None:
    """The dates in which this submission is sent."""
    kind = "semester_submission" if "-" in s.period else "yearly_submission"
    return (calendar or s.calendar).window(s.period, s.params["lane"], kind)


def receipts_window(s: Snapshot, calendar: Calendar | None = None) -> WindowDates | None:
    """The dates in which this submission's receipts are confirmed (規§6.2)."""
    kind = "semester_receipts" if "-" in s.period else "yearly_receipts"
    return (calendar or s.calendar).window(s.period, s.params["lane"], kind)


def _submission_duties(s: Snapshot) -> list[Duty]:
    roster = s.rules.roster(s.params["roster"])
    made: list[Duty] = []
    for version in s.versions:
        if superseded(s, version):
            continue
        for step in s.rules.cycle.steps:
            due = _cycle_due(s, step, version, s.basis)
            if due is None:
                continue
            owner = roster.owner if step.owner == "owner" else step.owner
            if step.owner == "director":
                owner = director_of(s, roster.owner)
            scope = f"v{version.version}"
            made.append(
                Duty(
                    key=duty_key(s.process, step.kind, scope),
                    kind=step.kind,
                    process=s.process,
                    scope=scope,
                    lane=s.params["lane"],
                    post=owner,
                    title=step.title,
                    opens=version.generated_at,
                    due=due,
                    ladder=step.ladder,
                    clause=roster.clause if step.kind == "submit" else step.clause,
                    since=_cycle_since(s, step, version),
                )
            )
        if version.differences and version.receipt_at is not None:
            made.append(_after_receipt(s, roster.owner, version, DIFFERENCES, "處理收訖差異", version.receipt_at))
        if version.unnoticed and version.settled_at is not None:
            made.append(_after_receipt(s, roster.owner, version, UNNOTICED, "決定未送達通知者", version.settled_at))
    for report in s.reports:
        # Three calendar days, the last one open to its end (readings, "Time").
        due = at_taipei(taipei_day(report.at) + (s.rules.cycle.verify_days + 1) * DAY)
        made.append(
            Duty(
                key=duty_key(s.process, "verify_report", report.id),
                kind="verify_report",
                process=s.process,
                scope=report.id,
                lane=s.params["lane"],
                post=roster.owner,
                title="查核疑義",
                opens=report.at,
                due=due,
                ladder=s.rules.cycle.verify_ladder,
                clause=s.rules.cycle.verify_clause,
                since=report.at,
            )
        )
    return made


def _cycle_since(s: Snapshot, step: CycleStep, version: VersionState) -> datetime:
    return stands_since(s, lambda basis, _: _cycle_due(s, step, version, basis), version.generated_at)


def _cycle_due(s: Snapshot, step: CycleStep, version: VersionState, basis: Basis) -> datetime | None:
    """When a duty of the cycle is due under a basis; None while nothing has happened that it could hang on."""
    window, receipts = submission_window(s, basis.calendar), receipts_window(s, basis.calendar)
    if window is None or receipts is None:
        return None
    if step.kind == "confirm_receipts":
        # The registrar confirms the whole once a version is settled and nothing needs correction.
        open_ = version.differences_open > 0 or version.unnoticed > 0 or needs_correction(s)
        if version.settled_at is None or version is not s.versions[-1] or open_:
            return None
        last = max(version.settled_at, version.decided_at or version.settled_at)
        return shifted(basis, last, s.rules.cycle.confirm_school_after)
    if any(v.submitted_at for v in s.versions if v.version < version.version):
        return shifted(basis, version.generated_at, step.after_correction)
    if step.kind == "import_receipt":
        return shifted(basis, receipts.opens, -step.before_close)
    if step.kind == "self_check" and window.self_check is not None:
        # As it was published (規§4.2); the rule set's days are for a calendar that names none.
        return window.edge("self_check")
    return shifted(basis, window.closes, -step.before_close)


def _after_receipt(s: Snapshot, post: str, version: VersionState, kind: str, title: str, since: datetime) -> Duty:
    """What a receipt or its students' silence asks of the roster's owner; done when the last one is decided."""
    scope = f"v{version.version}"
    return Duty(
        key=duty_key(s.process, kind, scope),
        kind=kind,
        process=s.process,
        scope=scope,
        lane=s.params["lane"],
        post=post,
        title=title,
        opens=since,
        due=shifted(s.basis, since, s.rules.cycle.difference_days),
        ladder=s.rules.cycle.difference_ladder,
        clause=s.rules.cycle.difference_clause if kind == DIFFERENCES else s.rules.cycle.verify_clause,
        since=_shifted_since(s, since, s.rules.cycle.difference_days),
        counted=True,
    )


def needs_correction(s: Snapshot) -> bool:
    """Whether the newest version has to be followed by another: an upheld report, a difference (規§6.2, 規§6.4)."""
    if not s.versions:
        return False
    newest = s.versions[-1]
    upheld = any(r.version == newest.version and r.outcome == "upheld" for r in s.reports)
    return upheld or newest.to_correct > 0


def superseded(s: Snapshot, version: VersionState) -> bool:
    """Whether a version was made anew before it was sent: nobody owes anything for it any more."""
    return version.submitted_at is None and version is not s.versions[-1]


def director_of(s: Snapshot, post: str) -> str:
    """The post that directs a post's office."""
    office = s.rules.post(post).office
    return next(o.director for o in s.rules.offices if o.id == office)


# -- hand-over -------------------------------------------------------------------------------------


def _handover_duties(s: Snapshot) -> list[Duty]:
    h = s.handover
    if h is None:
        return []
    evening, within = h.effective_at + timedelta(hours=17), s.rules.handover.accept_within
    return [
        Duty(
            key=duty_key(s.process, "accept_handover"),
            kind="accept_handover",
            process=s.process,
            scope="",
            lane=None,
            post=h.post,
            title="接受交接",
            opens=h.effective_at,
            due=shifted(s.basis, evening, within),
            ladder=s.rules.handover.ladder,
            clause=s.rules.handover.clause,
            since=stands_since(s, lambda basis, _: shifted(basis, evening, within), h.announced_at),
        )
    ]


_DERIVED: dict[Kind, Callable[[Snapshot], list[Duty]]] = {
    Kind.SEMESTER: _period_duties,
    Kind.SCHOOL_YEAR: _period_duties,
    Kind.SUBMISSION: _submission_duties,
    Kind.HANDOVER: _handover_duties,
}
