"""rules: everything the planner reads about one process: rules, dates, structure, and what people did."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from rules.days import WorkingDays
from rules.ids import year_of
from rules.ruleset import Kind, RuleSet
from rules.schedule import Calendar, National


@dataclass(frozen=True, slots=True)
class Basis:
    """Under which rules and dates a process runs, and since which instant."""

    rules: RuleSet
    calendar: Calendar
    national: National
    days: WorkingDays
    since: datetime


@dataclass(frozen=True, slots=True)
class CourseRef:
    """A course of a class: its lane, the post that certifies it, and its semester (`115-1`)."""

    id: str
    lane: str
    class_: str
    semester: str
    post: str


@dataclass(frozen=True, slots=True)
class Structure:
    """What duties are derived from: courses, classes with their lanes, lanes that have students."""

    courses: tuple[CourseRef, ...] = ()
    classes: Mapping[str, str] = field(default_factory=dict)
    lanes: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class DutyState:
    """What people did about a duty. A returned duty is open again."""

    done_at: datetime | None = None
    passed: bool | None = None


@dataclass(frozen=True, slots=True)
class VersionState:
    """One version of a submission's roster and how far it came."""

    version: int
    generated_at: datetime
    submitted_at: datetime | None = None
    receipt_at: datetime | None = None
    published_at: datetime | None = None
    closes_at: datetime | None = None
    settled_at: datetime | None = None
    checks_open: int = 0
    """Checks of the data doctor that found errors and were not waived."""
    differences: int = 0
    """Differences between the ledgers of this version, closed ones too."""
    differences_open: int = 0
    unnoticed: int = 0
    """Students whose days are over without a delivered notice: a person decides what their silence means."""
    to_correct: int = 0
    """Differences to be corrected by another version, and corrections that staff started."""
    decided_at: datetime | None = None
    """When the last difference was closed, correction started, or silence without a notice decided."""


def first_sent(versions: Sequence[VersionState], version: int) -> bool:
    """Whether no earlier version left the house: this one concerns everybody and has the whole window (規§6.2)."""
    return not any(v.submitted_at for v in versions if v.version < version)


@dataclass(frozen=True, slots=True)
class ReportState:
    """A student's report: an objection inside the window, information after it."""

    id: str
    version: int
    at: datetime
    objection: bool
    outcome: str | None = None
    answered_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class HandoverState:
    """A post that changes hands."""

    post: str
    announced_at: datetime
    effective_at: datetime
    prolong_until: datetime | None = None


@dataclass(frozen=True, slots=True)
class StuckState:
    """A step that kept failing: since when, and when it may be tried again."""

    since: datetime
    retry_at: datetime


@dataclass(frozen=True, slots=True)
class ExtensionState:
    """A granted extension of a window. `lanes` are those of the people in its scope.

    `scopes` are those of duties (a course, a class, a lane) of which everybody is in it; `granted_at` is None
    where that does not matter.
    """

    period: str
    kind: str
    lanes: frozenset[str]
    closes: datetime
    occurrence: str = ""
    scopes: frozenset[str] = frozenset()
    granted_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Snapshot:
    """One process with all that its plan hangs on, read in one database snapshot.

    `params` are the business words of its id; `done` the step keys recorded so far; `children` the
    processes it started, with the instant each ended or None; `pending` the certifications that
    each course's teacher still owes; `stuck` the failing steps that are set aside for now.
    """

    school: str
    process: str
    kind: Kind
    params: Mapping[str, str]
    started_at: datetime
    bases: tuple[Basis, ...]
    structure: Structure = field(default_factory=Structure)
    duties: Mapping[str, DutyState] = field(default_factory=dict)
    pending: Mapping[str, int] = field(default_factory=dict)
    extensions: tuple[ExtensionState, ...] = ()
    done: frozenset[str] = frozenset()
    children: Mapping[str, datetime | None] = field(default_factory=dict)
    versions: tuple[VersionState, ...] = ()
    reports: tuple[ReportState, ...] = ()
    handover: HandoverState | None = None
    stuck: Mapping[str, StuckState] = field(default_factory=dict)

    @property
    def basis(self) -> Basis:
        """The newest basis: what the process runs under now."""
        return self.bases[-1]

    @property
    def rules(self) -> RuleSet:
        """The rule set in force for this process."""
        return self.basis.rules

    @property
    def calendar(self) -> Calendar:
        """The calendar version in force for this process."""
        return self.basis.calendar

    @property
    def period(self) -> str:
        """The semester (`115-1`) or school year (`115`) that the process is about."""
        return self.params["period"]

    @property
    def year(self) -> str:
        """The school year that the period belongs to."""
        return year_of(self.period)
