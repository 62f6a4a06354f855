"""rules: admission rows: what SQL compares at the last second is compiled here, and judged here too.

SQL knows no rule: inside a window, below a limit, an allowed transition. The same rows are judged in
Python for explanation and rehearsal; a property test holds that both verdicts are equal.
Sources: 規§5.3.1, 規§5.3.2, 規§5.4, 規§6.1; readings "Time" and "Counting".
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from rules.ids import year_of
from rules.instants import Span, taipei_day
from rules.items.schema import ItemBook
from rules.plans.periods import CORRECTION as CORRECTION
from rules.refusals import Code, Refusal
from rules.ruleset import RuleSet
from rules.schedule import Calendar, latest

ITEM_WINDOWS = ("outcome_upload", "certification", "diverse_upload", "selection")


@dataclass(frozen=True, slots=True)
class AdmissionWindow:
    """When an act on items is admitted for a lane: half-open, UTC.

    `hours` are the spans within a window that is open at hours only; empty: the whole of it.
    """

    period: str
    lane: str
    kind: str
    opens: datetime
    due: datetime
    closes: datetime
    clause: str
    hours: tuple[Span, ...] = ()

    @property
    def during(self) -> tuple[Span, ...]:
        """The spans in which the act is admitted, in order."""
        return self.hours or (Span(opens=self.opens, closes=self.closes),)


@dataclass(frozen=True, slots=True)
class AdmissionLimit:
    """How many live records a student may have in a period."""

    quota: str
    item: str
    counts: str
    period: str
    max: int
    clause: str


@dataclass(frozen=True, slots=True)
class AdmissionVariant:
    """An enrolment variant of an outcome that hangs on an enrolment in the course, in a school year."""

    year: str
    variant: str
    enrolment: str
    clause: str


@dataclass(frozen=True, slots=True)
class Transition:
    """From which state a command leads to which, inside which kind of window."""

    item: str
    command: str
    from_state: str
    to_state: str
    window: str
    clause: str


@dataclass(frozen=True, slots=True)
class Grant:
    """An extension as granted: it counts for whom its scope contains."""

    period: str
    kind: str
    scope: str
    target: str
    closes: datetime


@dataclass(frozen=True, slots=True)
class Standing:
    """Who asks: the student whose item it is, with their class and lane."""

    person: str
    class_: str
    lane: str


class Grants:
    """Extensions sorted by whom they hold, so that thousands of people are asked about thousands of grants at once."""

    def __init__(self, grants: Iterable[Grant]) -> None:
        self._of: dict[tuple[str, str], list[Grant]] = {}
        for grant in grants:
            self._of.setdefault((grant.scope, grant.target), []).append(grant)

    def of(self, who: Standing) -> list[Grant]:
        """The grants whose scope holds a person."""
        scopes = (("person", who.person), ("class", who.class_), ("lane", who.lane), ("all", ""))
        return [grant for scope in scopes for grant in self._of.get(scope, ())]


def windows_of(rules: RuleSet, calendar: Calendar) -> tuple[AdmissionWindow, ...]:
    """The windows in which items may be acted on, with the correction window of returned items."""
    clauses = {w.kind: w.clause for w in rules.windows}
    made: list[AdmissionWindow] = []
    for w in calendar.windows:
        if w.kind not in ITEM_WINDOWS:
            continue
        made.append(AdmissionWindow(w.period, w.lane, w.kind, w.opens, w.due, w.closes, clauses[w.kind], w.spans()))
        if w.kind == "certification" and w.correction_closes is not None:
            upload = calendar.window(w.period, w.lane, "outcome_upload")
            opens = upload.opens if upload else w.opens
            closes = w.correction_closes
            # A returned item is handed in at the hours at which items are handed in.
            hours = upload.hours.spans(opens, closes) if upload and upload.hours else ()
            made.append(AdmissionWindow(w.period, w.lane, CORRECTION, opens, closes, closes, "規§5.3.1", hours))
    return tuple(made)


def limits_of(rules: RuleSet, calendar: Calendar) -> tuple[AdmissionLimit, ...]:
    """The limits that hold in each period of the calendar, by their value on the period's first day."""
    made: list[AdmissionLimit] = []
    year = str(calendar.school_year)
    for quota in rules.quotas:
        periods = (
            {name: dates.opens for name, dates in calendar.semesters.items()}
            if quota.per == "semester"
            else {year: calendar.opens}
        )
        for period, opens in sorted(periods.items()):
            limit = quota.on(taipei_day(opens))
            made.append(AdmissionLimit(quota.id, quota.item, quota.counts, period, limit, quota.clause))
    return tuple(made)


def variants_of(book: ItemBook | None, calendar: Calendar) -> tuple[AdmissionVariant, ...]:
    """On which enrolments each variant hangs in the calendar's year; no rows where no schemas were adopted."""
    year = str(calendar.school_year)
    return tuple(
        AdmissionVariant(year, schema.id, enrolment, schema.clause)
        for schema in (book.variants if book else ())
        for enrolment in schema.course
    )


def fields_of(rules: RuleSet) -> tuple[tuple[str, str], ...]:
    """(post, field) of whose office works on what: rosters, their items, and certification (規§6.3, 規§5.3.2).

    A field is a roster's id or the kind of item it holds. The director of an office and the executive
    secretary see what their offices see; so do the posts that a missed certification climbs to.
    """
    directors = {o.id: o.director for o in rules.offices}
    secretary = rules.working_group.executive_secretary
    found: set[tuple[str, str]] = set()
    for roster in rules.rosters:
        for field in (roster.id, roster.item or roster.id):
            above = (roster.owner, directors[rules.post(roster.owner).office], secretary)
            found |= {(post, field) for post in above}
    named = {p.id for p in rules.posts if p.per == "school"}
    for duty in rules.duties:
        if duty.kind == "certification":
            eyes = {to for rung in rules.ladder(duty.ladder).rungs for to in rung.to}
            found |= {(post, "outcome") for post in eyes & named}
    # Whoever confirms the whole has to see every receipt.
    for step in rules.cycle.steps:
        if step.kind == "confirm_receipts" and step.owner in named:
            found |= {(step.owner, roster.id) for roster in rules.rosters}
    return tuple(sorted(found))


def _uploading(item: str, clause: str, window: str) -> list[Transition]:
    def row(command: str, before: str, after: str, kind: str = window) -> Transition:
        return Transition(item, command, before, after, kind, clause)

    return [
        row("upload", "", "uploaded"),
        row("replace", "uploaded", "uploaded"),
        row("withdraw", "uploaded", "withdrawn"),
    ]


TRANSITIONS: tuple[Transition, ...] = (
    *_uploading("outcome", "規§5.3.1", "outcome_upload"),
    *_uploading("diverse", "規§5.4", "diverse_upload"),
    Transition("outcome", "request_certification", "uploaded", "certification_requested", "outcome_upload", "規§5.3.1"),
    # A returned item may be corrected until the correction close, a new one never is after the close.
    Transition("outcome", "replace", "returned", "returned", CORRECTION, "規§5.3.1"),
    Transition("outcome", "request_certification", "returned", "certification_requested", CORRECTION, "規§5.3.1"),
    Transition("outcome", "withdraw", "returned", "withdrawn", CORRECTION, "規§5.3.1"),
    Transition("outcome", "withdraw", "certification_requested", "withdrawn", "outcome_upload", "規§5.3.1"),
    # Certification is bound to the hash: other files make it void, the same files leave it standing.
    Transition("outcome", "replace", "certified", "uploaded", "outcome_upload", "規§5.3.1"),
    Transition("outcome", "withdraw", "certified", "withdrawn", "outcome_upload", "規§5.3.1"),
    Transition("outcome", "certify", "certification_requested", "certified", "certification", "規§5.3.2"),
    Transition("outcome", "return", "certification_requested", "returned", "certification", "規§5.3.2"),
    Transition("outcome", "select", "certified", "selected", "selection", "規§6.1"),
    Transition("outcome", "unselect", "selected", "certified", "selection", "規§6.1"),
    Transition("diverse", "select", "uploaded", "selected", "selection", "規§6.1"),
    Transition("diverse", "unselect", "selected", "uploaded", "selection", "規§6.1"),
)
"""What may follow what (glossary 7.4). A returned item that was replaced stays `returned` until it is
requested again, so that only items once returned pass through the correction window."""


def transition(item: str, command: str, state: str) -> Transition | None:
    """The transition of a command from a state, or None where the state does not allow it."""
    return next((t for t in TRANSITIONS if (t.item, t.command, t.from_state) == (item, command, state)), None)


def effective_close(window: AdmissionWindow, grants: Iterable[Grant], who: Standing) -> datetime:
    """The latest of a window's close and every extension whose scope contains the person."""
    return later_close(window.period, window.kind, window.closes, grants, who)


def later_close(period: str, kind: str, closes: datetime, grants: Iterable[Grant], who: Standing) -> datetime:
    """The later of a base date and a person's extensions: the one date that page, feed, mail and verdict show."""
    holds = {"person": who.person, "class": who.class_, "lane": who.lane, "all": ""}
    mine = (g.closes for g in grants if (g.period, g.kind) == (period, kind) and holds.get(g.scope) == g.target)
    return latest(closes, *mine)


def judge_window(
    window: AdmissionWindow | None, grants: Iterable[Grant], who: Standing, *, at: datetime, place: str
) -> Refusal | None:
    """Why an act at `at` is outside its window, or None when it is inside. At the close is late."""
    if window is None:
        return Refusal(code=Code.NO_WINDOW, clause="規§4.2", place=place)
    if any(span.holds(at=at) for span in window.during):
        return None
    if at < window.closes:
        opens = min(span.opens for span in window.during if span.opens > at)
        return Refusal(
            code=Code.WINDOW_NOT_OPEN, clause=window.clause, place=place, found=stamp(at), limit=stamp(opens)
        )
    closes = effective_close(window, grants, who)
    if at >= closes:
        return Refusal(code=Code.WINDOW_CLOSED, clause=window.clause, place=place, found=stamp(at), limit=stamp(closes))
    return None


def judge_limit(limit: AdmissionLimit | None, used: int, *, place: str) -> Refusal | None:
    """Why one more record would be too many, or None."""
    if limit is None or used < limit.max:
        return None
    return Refusal(code=Code.QUOTA_EXCEEDED, clause=limit.clause, place=place, found=str(used), limit=str(limit.max))


def judge_variant(
    variants: Sequence[AdmissionVariant], *, period: str, variant: str, enrolment: str | None, place: str
) -> Refusal | None:
    """Why an outcome of a variant cannot hang on how the student is enrolled in the course (None: not at all)."""
    if enrolment is None:
        return Refusal(code=Code.NOT_FOUND, clause="規§5.3.1", place=place)
    rows = [v for v in variants if v.year == year_of(period)]
    if any((v.variant, v.enrolment) == (variant, enrolment) for v in rows):
        return None
    clause = min((v.clause for v in rows if v.variant == variant), default="規§5.3.1")
    fit = ", ".join(sorted(v.variant for v in rows if v.enrolment == enrolment))
    return Refusal(code=Code.COURSE_KIND, clause=clause, place=place, found=variant, limit=fit)


def judge_state(item: str, command: str, state: str, *, place: str) -> Refusal | None:
    """Why a state does not allow a command, or None."""
    if transition(item, command, state) is not None:
        return None
    allowed = sorted(t.from_state for t in TRANSITIONS if (t.item, t.command) == (item, command))
    return Refusal(
        code=Code.WRONG_STATE, clause=act_clause(command), place=place, found=state, limit=", ".join(allowed)
    )


def act_clause(command: str) -> str:
    """What an act on an item rests on, whatever its state: handing in, certifying, or choosing."""
    return {"select": "規§6.1", "unselect": "規§6.1", "certify": "規§5.3.2", "return": "規§5.3.2"}.get(
        command, "規§5.3.1"
    )


def stamp(instant: datetime) -> str:
    """`2027-02-03T16:00:00Z`, the spelling that SQL and Python share."""
    return instant.strftime("%Y-%m-%dT%H:%M:%SZ")


def window_for(windows: Sequence[AdmissionWindow], *, period: str, lane: str, kind: str) -> AdmissionWindow | None:
    """The window of a kind for a lane in a period."""
    return next((w for w in windows if (w.period, w.lane, w.kind) == (period, lane, kind)), None)
