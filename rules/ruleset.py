"""rules: the shape of a rule set, the school's rules as dated data (規§1, 規§13). Values live in schools/."""

from __future__ import annotations

from datetime import date, time
from enum import StrEnum
from typing import Annotated, Literal

from pydantic import AfterValidator, BeforeValidator, Field, model_validator

from rules.instants import Model


class NotDecided(LookupError):
    """No rule gives a value for the day asked: a person decides (規§12), never a default."""


class Kind(StrEnum):
    """The kinds of standing process."""

    SCHOOL_YEAR = "school_year"
    SEMESTER = "semester"
    SUBMISSION = "submission"
    HANDOVER = "handover"


class Value(Model):
    """One dated value with its source; it counts from its first day on."""

    from_: date = Field(alias="from")
    value: int
    source: str
    guess: bool = False


class Quota(Model):
    """How many live records a student may have in a period. 規§5.3.1, 規§5.4, 規§6.1."""

    id: str
    title: str
    item: Literal["outcome", "diverse"]
    counts: Literal["uploaded", "selected"]
    per: Literal["semester", "school_year"]
    clause: str
    values: tuple[Value, ...] = Field(min_length=1)

    def on(self, day: date) -> int:
        """The limit on `day`, in items. Raises NotDecided before the first value."""
        found = [v for v in self.values if v.from_ <= day]
        if not found:
            raise NotDecided(f"{self.id} has no value on {day}")
        return max(found, key=lambda v: v.from_).value


class Office(Model):
    """An office (處室) and the post that directs it."""

    id: str
    title: str
    title_en: str
    director: str


class Post(Model):
    """A post (職務): what owns work. `per` tells of what there is one: the school, a class, a course."""

    id: str
    title: str
    title_en: str
    office: str
    per: Literal["school", "class", "course"] = "school"


class Seat(Model):
    """Seats of the working group that a post fills."""

    post: str
    seats: int = 1


class WorkingGroup(Model):
    """The working group (規§2). `quorum` unset means that the gate asks a person."""

    size: int
    convener: str
    executive_secretary: str
    seats: tuple[Seat, ...]
    quorum: int | None = None
    clause: str = "規§2"

    @model_validator(mode="after")
    def _adds_up(self) -> WorkingGroup:
        if sum(s.seats for s in self.seats) != self.size:
            raise ValueError(f"seats add up to {sum(s.seats for s in self.seats)}, size says {self.size}")
        return self


class Rung(Model):
    """One rung: working days from the deadline, a time of day, and whom it reaches.

    `to` holds post ids, or `owner` (the post that owes the duty), `director` (of the owner's
    office), `executive_secretary`, `convener`, or `next_meeting` (an entry on its agenda).
    """

    offset: int
    at: time
    to: tuple[str, ...]

    @property
    def name(self) -> str:
        """`rung-3`, `rung+1`: what step keys call it."""
        return f"rung{self.offset:+d}"


class Ladder(Model):
    """Rungs before and after a deadline. The owner stays the owner."""

    id: str
    title: str
    rungs: tuple[Rung, ...]
    clause: str | None = None

    @model_validator(mode="after")
    def _one_rung_an_offset(self) -> Ladder:
        offsets = [r.offset for r in self.rungs]
        if offsets != sorted(set(offsets)):
            raise ValueError("rungs must stand in rising order, one for each offset")
        return self


class Lane(Model):
    """A grade group and track whose dates differ; lanes differ in data, never in code."""

    id: str
    title: str
    title_en: str
    grades: tuple[int, ...]
    tracks: tuple[str, ...]
    division: Literal["day", "continuing"] = "day"
    batch: int | None = None
    final_grade: bool = False


class WindowRule(Model):
    """A kind of window: which process opens it, for which acts, and under which clause."""

    kind: str
    title: str
    title_en: str
    process: Kind
    phase: str
    clause: str


class Due(Model):
    """What a deadline hangs on: an edge of a window (of the duty's lane) or a dated calendar entry.

    The edge `self_check` is the close of the window's self-check.
    """

    window: str | None = None
    edge: Literal["opens", "due", "closes", "correction_closes", "self_check"] = "due"
    deadline: str | None = None
    offset: int = 0

    @model_validator(mode="after")
    def _one_of(self) -> Due:
        if (self.window is None) == (self.deadline is None):
            raise ValueError("give either window or deadline")
        return self


class CheckLine(Model):
    """One line of a self-check (規§4.2). While a required one is not ok, the next gate stays closed."""

    id: str = Field(pattern=r"^[a-z0-9_]{1,40}$")
    title: str = Field(min_length=1)
    required: bool = True


def _numbered(given: object) -> object:
    """Lines written as plain texts get their number as id, as rule sets of before had them."""
    if not isinstance(given, list | tuple):
        return given
    return tuple({"id": str(n), "title": x} if isinstance(x, str) else x for n, x in enumerate(given, 1))


def _once_each(given: tuple[CheckLine, ...]) -> tuple[CheckLine, ...]:
    twice = sorted({x.id for x in given if sum(x.id == y.id for y in given) > 1})
    if twice:
        raise ValueError(f"checklist: {', '.join(twice)} stands twice")
    return given


Checklist = Annotated[tuple[CheckLine, ...], BeforeValidator(_numbered), AfterValidator(_once_each)]


class DutyRule(Model):
    """A kind of duty: who owes it, of what there is one, until when, and which ladder it has.

    `per`: one a school, a lane, a class, or a course in a class (a teacher's certification).
    `joined`: duties with the same gate name are only done together (cadre: 生輔組 and 訓育組).
    """

    kind: str
    title: str
    title_en: str
    process: Kind
    per: Literal["school", "lane", "class", "course"] = "school"
    owner: str
    entered_by: str | None = None
    due: Due
    ladder: str
    clause: str
    joined: str | None = None
    checklist: Checklist = ()
    gate: str | None = None
    """A self-check: the kind of duty of the same lane that is not done before this one has passed (規§4.2)."""
    optional: bool = False
    guess: bool = False


class Roster(Model):
    """A roster (名冊): its submitter, cadence and codes per lane batch (規§6.3). Codes are data."""

    id: str
    title: str
    title_en: str
    process: Kind
    owner: str
    item: Literal["outcome", "diverse"] | None = None
    codes: dict[str, str] = Field(default_factory=dict)
    clause: str
    source: str = ""


class CycleStep(Model):
    """One duty of the submission cycle. `days`: working days before the window closes, or, for a
    corrected version, after it was generated."""

    kind: Literal["self_check", "precheck", "approve", "submit", "import_receipt", "confirm_receipts"]
    title: str
    title_en: str
    owner: str
    before_close: int = 0
    after_correction: int = 0
    ladder: str
    clause: str
    checklist: Checklist = ()
    """What a self-check of a roster looks at (規§4.2)."""


class SubmissionCycle(Model):
    """How a roster travels: generated, checked, sent by a person, received, confirmed (規§6.1–6.4)."""

    steps: tuple[CycleStep, ...]
    verify_days: int = 3
    verify_ladder: str
    verify_clause: str = "規§6.2"
    confirmation_hours: int = 72
    confirm_school_after: int = 5
    difference_days: int = 3
    """Working days after a receipt's arrival until which its differences are closed."""
    difference_ladder: str
    difference_clause: str = "規§6.4"


class ImportRule(Model):
    """Which posts bring in a file of the school's data again (規§5.1, 規§5.2); `file` is its name without ending."""

    file: Literal["students", "classes", "staff", "posts", "courses", "enrolments", "grades", "cadre", "advisory"]
    posts: tuple[str, ...] = Field(min_length=1)
    clause: str
    guess: bool = False


class HandoverRule(Model):
    """How a post changes hands (規§10.3.1, 10.3.2)."""

    accept_within: int
    ladder: str
    longest_prolongation_days: int
    clause: str = "規§10.3.1"


class Retention(Model):
    """How long a leaver's data stay at least (規§7)."""

    years: int
    clause: str = "規§7"


class SystemOperator(Model):
    """Another system that may wish for commands, and the post under which it acts."""

    id: str
    post: str


class RuleSet(Model):
    """A school's rules of one version. Adopting it stores it unchanged for ever (規§13)."""

    id: str
    version: int
    title: str
    legal_basis: str
    effective_from: date
    sources: tuple[str, ...] = ()
    offices: tuple[Office, ...]
    posts: tuple[Post, ...]
    working_group: WorkingGroup
    lanes: tuple[Lane, ...]
    quotas: tuple[Quota, ...]
    windows: tuple[WindowRule, ...]
    ladders: tuple[Ladder, ...]
    duties: tuple[DutyRule, ...]
    rosters: tuple[Roster, ...]
    cycle: SubmissionCycle
    handover: HandoverRule
    retention: Retention
    stuck_ladder: str
    stuck_post: str
    systems: tuple[SystemOperator, ...] = ()
    imports: tuple[ImportRule, ...] = ()
    return_reasons: tuple[str, ...]
    results: Literal["at_once", "on_release"] = "at_once"
    """When a student sees what the teacher decided: at once, or once the results are released (規§5.3.2)."""
    notices: dict[str, int] = Field(default_factory=dict)
    notes: tuple[str, ...] = ()

    @model_validator(mode="after")
    def _names_exist(self) -> RuleSet:
        posts = {p.id for p in self.posts}
        ladders = {x.id for x in self.ladders}
        windows = {w.kind for w in self.windows}
        offices = {o.id for o in self.offices}
        roles = {"owner", "director", "executive_secretary", "convener", "next_meeting"}
        unknown: list[str] = []

        def need(name: str, known: set[str], where: str) -> None:
            if name not in known:
                unknown.append(f"{where}: {name!r} is not defined")

        for office in self.offices:
            need(office.director, posts, f"offices.{office.id}.director")
        for post in self.posts:
            need(post.office, offices, f"posts.{post.id}.office")
        for seat in self.working_group.seats:
            need(seat.post, posts, "working_group.seats")
        need(self.working_group.convener, posts, "working_group.convener")
        need(self.working_group.executive_secretary, posts, "working_group.executive_secretary")
        for duty in self.duties:
            need(duty.owner, posts, f"duties.{duty.kind}.owner")
            need(duty.ladder, ladders, f"duties.{duty.kind}.ladder")
            if duty.due.window:
                need(duty.due.window, windows, f"duties.{duty.kind}.due.window")
        for ladder in self.ladders:
            for rung in ladder.rungs:
                for to in rung.to:
                    need(to, posts | roles, f"ladders.{ladder.id}.{rung.offset}")
        for roster in self.rosters:
            need(roster.owner, posts, f"rosters.{roster.id}.owner")
        for step in self.cycle.steps:
            need(step.owner, posts | roles, f"cycle.{step.kind}.owner")
            need(step.ladder, ladders, f"cycle.{step.kind}.ladder")
        for rule in self.imports:
            for name in rule.posts:
                need(name, posts, f"imports.{rule.file}.posts")
        for system in self.systems:
            need(system.post, posts, f"systems.{system.id}.post")
        need(self.stuck_ladder, ladders, "stuck_ladder")
        need(self.stuck_post, posts, "stuck_post")
        need(self.handover.ladder, ladders, "handover.ladder")
        need(self.cycle.verify_ladder, ladders, "cycle.verify_ladder")
        need(self.cycle.difference_ladder, ladders, "cycle.difference_ladder")
        if unknown:
            raise ValueError("; ".join(unknown))
        return self

    def ladder(self, name: str) -> Ladder:
        """The ladder called `name`."""
        return next(x for x in self.ladders if x.id == name)

    def lane(self, name: str) -> Lane:
        """The lane called `name`."""
        return next(x for x in self.lanes if x.id == name)

    def roster(self, name: str) -> Roster:
        """The roster called `name`."""
        return next(x for x in self.rosters if x.id == name)

    def post(self, name: str) -> Post:
        """The post called `name`; `course_teacher:103:MATH` is an instance of `course_teacher`."""
        return next(x for x in self.posts if x.id == name.split(":")[0])

    def lane_of(self, grade: int, track: str) -> Lane | None:
        """The lane of a student of `grade` (1 to 3) in `track`, or None where no lane holds them."""
        return next((x for x in self.lanes if grade in x.grades and track in x.tracks), None)
