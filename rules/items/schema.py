"""rules: the shape of the item schemas: variants of 課程學習成果, categories of 多元表現, their own fields.

The values stand in schools/national/items-<year>.yaml, each with its source; `verified` says which were
compared with the authority's manual in force. Sources: 規§5.3.1, 規§5.4, 規§8.
"""

from __future__ import annotations

import re
from datetime import date
from enum import StrEnum
from functools import cached_property
from typing import Any, Literal

from pydantic import Field, field_validator, model_validator

from rules.instants import Model

ItemKind = Literal["outcome", "diverse"]
Enrolment = Literal["regular", "makeup", "retake", "repeat_grade", "transfer", "visiting"]
"""How a student is enrolled in a course: regularly, or as registered with the base data (glossary 7.2)."""


class Holds(StrEnum):
    """What a field holds, and so how it is written: a day is `2026-10-01`, a year a school year of the ROC."""

    TEXT = "text"
    DAY = "day"
    NUMBER = "number"
    CODE = "code"


class EvidenceRule(Model):
    """How much of one role of evidence an item takes: files (`document`, `av`) or the external `link`."""

    role: Literal["document", "av", "link"]
    most: int = Field(gt=0)
    source: str
    verified: bool = False


class Evidence(Model):
    """What evidence one kind of item takes; `one_of`: at least one piece of these."""

    roles: tuple[EvidenceRule, ...] = Field(min_length=1)
    one_of: tuple[Literal["document", "av", "link"], ...] = Field(min_length=1)

    @model_validator(mode="after")
    def _roles_exist(self) -> Evidence:
        known = [r.role for r in self.roles]
        if len(known) != len(set(known)) or not set(self.one_of) <= set(known):
            raise ValueError("evidence: each role once, and one_of among them")
        return self


class CodeList(Model):
    """The codes of a field, each with its title; nothing else can stand there."""

    title: str
    values: dict[str, str] = Field(min_length=1)
    source: str
    verified: bool = False


class Limit(Model):
    """One dated number of the authority, in characters or pieces; it counts from its first day on."""

    since: date
    value: int = Field(gt=0)
    source: str
    verified: bool = False


class ItemField(Model):
    """One own field. `id` is its name in commands, `column` its header in the roster and its key once sealed.

    `max_length` in characters as rules/text.py counts them; `least` and `most` bound a number;
    `pattern` is the whole value's form, `form` that form in words. `registered`: what the office registered with a
    course from elsewhere (its code, title or credits), which the field repeats.
    """

    id: str = Field(pattern=r"^[a-z][a-z_]*$")
    column: str
    title_en: str
    holds: Holds = Holds.TEXT
    required: bool = True
    max_length: int = Field(default=50, gt=0)
    least: int | None = None
    most: int | None = None
    decimals: int = Field(default=0, ge=0, le=2)
    codes: str | None = None
    pattern: str | None = None
    form: str = ""
    registered: Literal["code", "title", "credits"] | None = None
    source: str
    verified: bool = False

    @model_validator(mode="after")
    def _says_how(self) -> ItemField:
        if (self.holds is Holds.CODE) != (self.codes is not None):
            raise ValueError(f"{self.id}: a code, and nothing else, needs the name of its list")
        if self.holds is Holds.NUMBER and (self.least is None or self.most is None or self.least > self.most):
            raise ValueError(f"{self.id}: a number needs least <= most")
        if self.pattern is not None:
            try:
                re.compile(self.pattern)
            except re.error:
                raise ValueError(f"{self.id}: pattern is no regular expression") from None
            if not self.form:
                raise ValueError(f"{self.id}: a pattern needs its form in words")
        return self


class ItemSchema(Model):
    """One variant or category. `course` names the enrolments in a course that a variant hangs on.

    `spans`: first and last day; `past`: year and semester of study, which are not after the item's own.
    """

    id: str = Field(pattern=r"^[a-z][a-z_]*$")
    title: str
    title_en: str
    course: tuple[Enrolment, ...] = ()
    fields: tuple[ItemField, ...] = ()
    spans: tuple[tuple[str, str], ...] = ()
    past: tuple[str, str] | None = None
    clause: str
    source: str
    verified: bool = False

    @field_validator("course", mode="before")
    @classmethod
    def _one_or_many(cls, given: Any) -> Any:
        return (given,) if isinstance(given, str) else given or ()

    @model_validator(mode="after")
    def _names_exist(self) -> ItemSchema:
        for names in ([f.id for f in self.fields], [f.column for f in self.fields]):
            if len(names) != len(set(names)):
                raise ValueError(f"{self.id}: a field stands twice")
        asked = {n for span in self.spans for n in span} | set(self.past or ())
        if asked - set(self.by_id):
            raise ValueError(f"{self.id}: no such field: {', '.join(sorted(asked - set(self.by_id)))}")
        return self

    @cached_property
    def by_id(self) -> dict[str, ItemField]:
        """The fields by their names in commands."""
        return {f.id: f for f in self.fields}


class ItemBook(Model):
    """All item schemas of a school year, with what every item shares."""

    version: int
    school_year: int
    title: str
    title_en: str
    verified: bool
    sources: dict[str, str]
    summary: tuple[Limit, ...] = Field(min_length=1)
    link: tuple[Limit, ...] = Field(min_length=1)
    link_schemes: tuple[str, ...] = ("https", "http")
    drafts: tuple[Limit, ...] = Field(min_length=1)
    evidence: dict[ItemKind, Evidence] = Field(default_factory=dict)
    """What each kind of item takes; a kind that is left out takes files and a link without a number."""
    code_lists: dict[str, CodeList]
    variants: tuple[ItemSchema, ...] = Field(min_length=1)
    categories: tuple[ItemSchema, ...] = Field(min_length=1)

    @model_validator(mode="after")
    def _adds_up(self) -> ItemBook:
        wrong: list[str] = []
        for group, schemas in (("variants", self.variants), ("categories", self.categories)):
            ids = [s.id for s in schemas]
            wrong += [f"{group}.{i}: stands twice" for i in sorted({i for i in ids if ids.count(i) > 1})]
            for s in schemas:
                if (not s.course) != (group == "categories"):
                    wrong.append(f"{group}.{s.id}: a variant, and no category, hangs on a course")
                wrong += [
                    f"{group}.{s.id}: {f.id}: no code list {f.codes!r}"
                    for f in s.fields
                    if f.codes is not None and f.codes not in self.code_lists
                ]
        sources = {x.source for x in (*self.summary, *self.link, *self.drafts)}
        sources |= {x.source for x in self.code_lists.values()}
        sources |= {r.source for e in self.evidence.values() for r in e.roles}
        everything = (*self.variants, *self.categories)
        sources |= {s.source for s in everything} | {f.source for s in everything for f in s.fields}
        wrong += [f"sources: {x!r} is not among them" for x in sorted(sources - set(self.sources))]
        if wrong:
            raise ValueError("; ".join(wrong))
        return self

    def schema_of(self, item: ItemKind, name: str) -> ItemSchema | None:
        """The variant of an outcome or the category of a diverse performance, None for an unknown one."""
        return next((s for s in self.of(item) if s.id == name), None)

    def of(self, item: ItemKind) -> tuple[ItemSchema, ...]:
        """The variants of outcomes or the categories of diverse performances, in the authority's order."""
        return self.variants if item == "outcome" else self.categories


def limit_on(limits: tuple[Limit, ...], day: date) -> Limit:
    """The limit that counts on `day`; before the first one's day, the first (it is the year's own document)."""
    known = sorted(limits, key=lambda x: x.since)
    return next((x for x in reversed(known) if x.since <= day), known[0])
