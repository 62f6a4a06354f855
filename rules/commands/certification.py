"""rules: commands of those who certify outcomes: one or many, and when results are shown (規§5.3.2)."""

from __future__ import annotations

from pydantic import Field

from rules.commands.command import Command
from rules.instants import Model


class Certify(Command):
    """Certify an outcome as the student's own work of this course; bound to the hash seen."""

    name = "certify"
    clause = "規§5.3.2"
    title = "認證"
    title_en = "certify an outcome"
    item: str
    digest: str | None = None


class Return(Command):
    """Return an outcome with a reason of the list; quality is no reason."""

    name = "return"
    clause = "規§5.3.2"
    title = "退件"
    title_en = "return an outcome"
    item: str
    reason: str
    text: str = ""


class Decided(Model):
    """One item of many, with the digest that the teacher saw."""

    item: str
    digest: str | None = None


class CertifyMany(Command):
    """Certify many outcomes at once: one result a row, what is refused leaves the others standing."""

    name = "certify_many"
    clause = "規§5.3.2"
    title = "整批認證"
    title_en = "certify many outcomes"
    items: tuple[Decided, ...] = Field(min_length=1, max_length=500)


class ReturnMany(Command):
    """Return many outcomes at once with one reason; one result a row."""

    name = "return_many"
    clause = "規§5.3.2"
    title = "整批退件"
    title_en = "return many outcomes"
    items: tuple[Decided, ...] = Field(min_length=1, max_length=500)
    reason: str
    text: str = ""


class ReleaseResults(Command):
    """Show the students of a course what was decided; where the school's rules hold results back until then."""

    name = "release_results"
    clause = "規§5.3.2"
    title = "公布認證結果"
    title_en = "release a course's results"
    course: str
