"""rules: the parts of a 課程代碼 and which rows its parts keep out of a score roster; positions are data. 規§6.3.1."""

from __future__ import annotations

from typing import Literal

from pydantic import Field, model_validator

from rules.instants import Model

PartName = Literal["year", "school", "school_type", "group", "department", "track", "kind", "mode", "property", "domain", "serial"]  # fmt: skip


class CodePart(Model):
    """Some characters of the code: `start` from 0. `values`: what can stand there, where that is known."""

    name: PartName
    title: str
    title_en: str
    start: int = Field(ge=0)
    length: int = Field(ge=1)
    values: dict[str, str] = Field(default_factory=dict)
    source: str
    verified: bool = False

    def of(self, code: str) -> str:
        """This part of a code."""
        return code[self.start : self.start + self.length]


class Withheld(Model):
    """Courses that a score roster does not carry: of these kinds, unless their property says that credits count."""

    kinds: tuple[str, ...]
    unless_property: tuple[str, ...]
    source: str
    verified: bool = False


class CourseCodeForm(Model):
    """How long a course code is and what its parts mean."""

    length: int
    parts: tuple[CodePart, ...]
    withheld: Withheld
    source: str
    verified: bool = False

    @model_validator(mode="after")
    def _parts_fill_the_code(self) -> CourseCodeForm:
        at = 0
        for part in self.parts:
            if part.start != at:
                raise ValueError(f"course_code.{part.name}: it starts at {part.start}, not {at}")
            at += part.length
        if at != self.length:
            raise ValueError(f"course_code: the parts have {at} characters, not {self.length}")
        return self

    def part(self, name: PartName) -> CodePart:
        """One part by its name. Raises KeyError."""
        found = next((p for p in self.parts if p.name == name), None)
        if found is None:
            raise KeyError(name)
        return found

    def is_withheld(self, code: str) -> bool:
        """Whether a score roster may not carry a row of this course; a code of another length is judged elsewhere."""
        if len(code) != self.length or self.part("kind").of(code) not in self.withheld.kinds:
            return False
        return self.part("property").of(code) not in self.withheld.unless_property
