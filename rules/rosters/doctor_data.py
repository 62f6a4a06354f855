"""rules: what the data doctor has to know beside the schema: which columns belong together, what is plausible. Data."""

from __future__ import annotations

from rules.instants import Model
from rules.rosters.course_code import PartName


class AgeSpan(Model):
    """Ages in years, on the last day of the roster's school year, that a student plausibly has."""

    least: int
    most: int


class SexColumn(Model):
    """Which column states the sex, and its code for each sex that an id states."""

    column: str
    male: str
    female: str


class StatusColumns(Model):
    """Enrolment status, the codes of a student who never left, and the day of the change."""

    status: str
    enrolled: tuple[str, ...]
    day: str


class IndigenousColumns(Model):
    """The columns that have to agree: kind of status, its code for none, people, certificate, special status."""

    kind: str
    none: tuple[str, ...]
    people: str
    certificate: tuple[str, ...]
    special: str
    special_code: str


class Scores(Model):
    """A score and whether it was passed; above `sure_pass` it was, below `sure_fail` it was not."""

    score: str
    passed: str
    resit: str | None = None


class ContinuingMark(Model):
    """How a course code says that the continuing division holds the course: a character of one of its parts."""

    part: PartName
    at: int
    mark: str


class DoctorData(Model):
    """Everything of this kind; `desks`: whose work a check is, a post each; `source` is one of the book's sources."""

    desks: dict[str, str]
    first_year: int
    age: dict[str, AgeSpan]
    hours_a_day: int
    sure_pass: int
    sure_fail: int
    passed_code: str
    sex: SexColumn
    status: StatusColumns
    indigenous: IndigenousColumns
    scores: tuple[Scores, ...]
    hours: tuple[str, ...]
    continuing: ContinuingMark
    continuing_kinds: tuple[str, ...]
    source: str
    verified: bool = False
