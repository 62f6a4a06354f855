"""rules: what a rehearsal assumes, as data: when people act, how much arrives, what is too much. 規§3.1, 規§4.1

Every value is an assumption with its source; none decides anything in a running term.
"""

from __future__ import annotations

from typing import Literal

from pydantic import Field, model_validator

from rules.instants import Model


class Share(Model):
    """What part of all has happened `before` working days before the deadline; negative: after it."""

    before: int
    share: float = Field(ge=0, le=1)


class Curve(Model):
    """A cumulative share by working day before a deadline, as last year showed it."""

    of: Literal["uploads", "certifications", "duties"]
    points: tuple[Share, ...] = Field(min_length=1)
    source: str
    guess: bool = False

    @model_validator(mode="after")
    def _rising(self) -> Curve:
        if any(a.before <= b.before or a.share > b.share for a, b in zip(self.points, self.points[1:], strict=False)):
            raise ValueError("points must come nearer to the deadline, and the share must not fall")
        return self

    def reached(self, before: int) -> float:
        """The share at `before` working days before the deadline: that of the last point passed."""
        passed = [p.share for p in self.points if p.before >= before]
        return passed[-1] if passed else 0.0

    def when(self, quantile: float) -> int | None:
        """How many working days before the deadline the share reaches `quantile`, or None if it never does."""
        return next((p.before for p in self.points if p.share >= quantile), None)


class Limits(Model):
    """From how much on a person is overloaded on a working day."""

    notices_a_day: int = Field(gt=0)
    duties_due_a_day: int = Field(gt=0)
    certifications_a_day: int = Field(gt=0)
    source: str
    guess: bool = False


class Assumptions(Model):
    """All that a rehearsal assumes. `outcomes_per_student_and_course`: how many a student hands in, on average."""

    id: str
    outcomes_per_student_and_course: float = Field(ge=0)
    limits: Limits
    curves: tuple[Curve, ...]
    source: str
    guess: bool = False

    def curve(self, of: str) -> Curve:
        """The curve of uploads, certifications or duties. Raises LookupError where the data hold none."""
        for curve in self.curves:
            if curve.of == of:
                return curve
        raise LookupError(f"no curve of {of}")
