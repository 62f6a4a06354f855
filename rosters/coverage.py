"""rosters: who holds which post and who is away, from a YAML file, for the linter's coverage. 規§2, 規§10.1.2."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from pydantic import Field, model_validator

from rosters.documents import load_document
from rules.instants import DAY, Instant, Model, at_taipei
from rules.lint.case import People
from rules.posts import Away, Holding


class PostHolders(Model):
    """The holder of a post and the deputies in their order (first, second)."""

    holder: str | None = None
    deputies: tuple[str, ...] = Field(default=(), max_length=2)

    @model_validator(mode="after")
    def _nobody_deputises_for_themselves(self) -> PostHolders:
        if self.holder in self.deputies or len(set(self.deputies)) != len(self.deputies):
            raise ValueError("nobody is their own deputy, nor deputy twice")
        return self


class Absence(Model):
    """A person away from the first day to the last one, both whole."""

    person: str
    first: date
    last: date

    @model_validator(mode="after")
    def _ordered(self) -> Absence:
        if self.last < self.first:
            raise ValueError("last lies before first")
        return self


class CoverageFile(Model):
    """The whole file. Names are staff numbers; `since` is when the holders began."""

    since: Instant
    posts: dict[str, PostHolders]
    absences: tuple[Absence, ...] = ()


def load_people(path: Path) -> People:
    """The people of a file. Raises DocumentError with line and field."""
    read = load_document(path, CoverageFile)
    holdings = {
        post: tuple(
            Holding(person, rank, read.since)
            for rank, person in enumerate((held.holder, *held.deputies))
            if person is not None
        )
        for post, held in read.posts.items()
    }
    away = tuple(Away(a.person, at_taipei(a.first), at_taipei(a.last + DAY)) for a in read.absences)
    return People(holdings, away)
