"""rosters: the mapping tables of receipt files: which column of which producer means what. Data, with sources."""

from __future__ import annotations

from enum import StrEnum
from functools import cached_property
from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field, model_validator

from rosters.documents import load_document
from rules.instants import Model
from rules.ledgers.differences import Owner
from rules.ledgers.line import Shape

FOLDER = Path(__file__).resolve().parents[2] / "schools" / "national"
DEFAULT = FOLDER / "receipts-115.yaml"


class Reads(StrEnum):
    """How a column's cells are read."""

    TEXT = "text"
    PERSON = "person"
    DAY = "day"
    NUMBER = "number"
    CODE = "code"


class ColumnKinds(Model):
    """Which columns are read how; a column that is not listed is text. `personal`: shown masked."""

    person: tuple[str, ...] = Field(min_length=1)
    day: tuple[str, ...] = ()
    number: tuple[str, ...] = ()
    code: tuple[str, ...] = ()
    personal: tuple[str, ...] = ()


class Cover(Model):
    """The names under which a file states whose receipt it is; `sheet` only where one table holds all sheets."""

    school: str
    year: str
    semester: str
    code: str
    sheet: str | None = None
    version: str | None = None
    roster_sha256: str | None = None
    issued: str | None = None
    lines: str | None = None


class Mapping(Model):
    """One producer's receipt file. `columns`: our column's name to the names that it may have there."""

    id: str
    title: str
    title_en: str
    source: str
    verified: bool
    layout: Literal["workbook", "rows"]
    cover: Cover
    needed: tuple[Literal["school", "year", "semester", "code", "sheet"], ...]
    row_school: str | None = None
    beside: tuple[str, ...] = ()
    columns: dict[str, tuple[str, ...]] = Field(default_factory=dict)

    @model_validator(mode="after")
    def _sheet_stands_in_rows(self) -> Mapping:
        if self.layout == "rows" and self.cover.sheet is None:
            raise ValueError("cover.sheet: a table of rows says in a column to which sheet a row belongs")
        return self

    @cached_property
    def ours(self) -> dict[str, str]:
        """A file's column name to ours."""
        return {theirs: ours for ours, several in self.columns.items() for theirs in several}

    @cached_property
    def common(self) -> frozenset[str]:
        """Columns that are known and hold nothing of an item."""
        stated = [str(x) for x in self.cover.model_dump().values() if x is not None] if self.layout == "rows" else []
        return frozenset([*self.beside, *stated, *([self.row_school] if self.row_school else [])])


class SheetShape(Model):
    """What identifies an item on a sheet (see rules.ledgers.line.Shape)."""

    sheet: str
    key: tuple[str, ...]
    code: str | None = None
    telling: tuple[str, ...] = ()


class RosterOwner(Model):
    """Whose roster a code is, where no rule set of a school is at hand."""

    codes: tuple[str, ...]
    roster: str
    title: str
    title_en: str
    owner: str
    owner_title: str
    owner_title_en: str
    clause: str
    source: str
    verified: bool


class Tables(Model):
    """A version of all that is known about receipt files."""

    version: int
    school_year: Annotated[int, Field(ge=108)]
    title: str
    title_en: str
    verified: bool
    columns: ColumnKinds
    sheets: tuple[SheetShape, ...]
    rosters: tuple[RosterOwner, ...]
    mappings: tuple[Mapping, ...] = Field(min_length=1)

    @model_validator(mode="after")
    def _names_exist(self) -> Tables:
        for name, several in (("sheets", [s.sheet for s in self.sheets]), ("mappings", [m.id for m in self.mappings])):
            if len(set(several)) != len(several):
                raise ValueError(f"{name}: one stands twice")
        for shape in self.sheets:
            if shape.code is not None and shape.code not in shape.key:
                raise ValueError(f"sheets.{shape.sheet}.code: it is no part of the key")
        return self

    @cached_property
    def reads(self) -> dict[str, Reads]:
        """How each listed column is read."""
        kinds = self.columns
        return {
            **dict.fromkeys(kinds.day, Reads.DAY),
            **dict.fromkeys(kinds.number, Reads.NUMBER),
            **dict.fromkeys(kinds.code, Reads.CODE),
            **dict.fromkeys(kinds.person, Reads.PERSON),
        }

    @cached_property
    def shapes(self) -> dict[str, Shape]:
        """What identifies an item, by sheet."""
        personal = self.columns.personal
        return {
            s.sheet: Shape(sheet=s.sheet, key=s.key, code=s.code, telling=s.telling, personal=personal)
            for s in self.sheets
        }

    def owner(self, code: str) -> Owner:
        """Whose roster this code is; where no table says so, nobody's, and a person decides (規§12)."""
        for one in self.rosters:
            if code in one.codes:
                return Owner(
                    one.roster, one.title, one.title_en, one.owner, one.owner_title, one.owner_title_en, one.clause
                )
        return Owner(
            code, f"名冊別 {code}", f"roster {code}", "", "未定,由人員決定", "not decided, a person decides", "規§12"
        )

    def mapping(self, name: str) -> Mapping | None:
        """The mapping called `name`."""
        return next((m for m in self.mappings if m.id == name), None)


def load_tables(path: Path = DEFAULT) -> Tables:
    """The tables in `path`. Raises DocumentError."""
    return load_document(path, Tables)
