"""rules: the shape of the national rosters (名冊): sheets, columns, code lists, as data with their source. 規§6.3.

The official manual is open to schools only, so what stands in schools/national/ was seen in published
programs or inferred; `verified` says which parts were compared with the manual in force.
"""

from __future__ import annotations

from enum import StrEnum
from functools import cached_property
from typing import Any, Literal

from pydantic import Field, model_validator

from rules.instants import Model
from rules.rosters.course_code import CourseCodeForm
from rules.rosters.doctor_data import DoctorData

COVER_SHEET = "封面"
COVER_COLUMNS = ("學校代碼", "學年度", "學期", "名冊別")
REJECTS_MARK = "(缺)"
PERSON_COLUMNS = ("身分證號", "出生日期")
"""What names a person in every row; a roster knows no student number."""

Division = Literal["day", "continuing"]


class DateStyle(StrEnum):
    """How a column writes a day; 2026-03-09 as an example."""

    ROC7 = "roc7"
    """1150309"""
    ROC_SLASH = "roc_slash"
    """115/03/09"""
    AD_SLASH = "ad_slash"
    """2026/03/09"""
    AD_DIGITS = "ad_digits"
    """20260309"""
    AD_SLASH_MIDNIGHT = "ad_slash_midnight"
    """2026/3/9 上午 12:00:00"""


class Holds(StrEnum):
    """What a column holds."""

    TEXT = "text"
    PERSON = "person"
    DAY = "day"
    NUMBER = "number"
    CODE = "code"
    CODES = "codes"
    """Several codes, separated by commas."""
    COURSE = "course"
    SCHOOL = "school"
    LINK = "link"


class CodeList(Model):
    """The codes of a column. `words`: what our records or a school's files say, to its code.

    `closed`: nothing else can stand there; a list that is not closed may lack codes. `none`: its code for nothing.
    """

    title: str
    values: dict[str, str]
    words: dict[str, str] = Field(default_factory=dict)
    closed: bool = False
    none: str | None = None
    source: str
    verified: bool = False

    @model_validator(mode="after")
    def _words_mean_codes(self) -> CodeList:
        strange = sorted(set(self.words.values()) - set(self.values))
        if strange:
            raise ValueError(f"words lead to codes that are not listed: {', '.join(strange)}")
        return self


class ColumnSchema(Model):
    """One column. `name` is its header and its id.

    `max_length` in characters; `least` and `most` bound a number. `division` set: only rosters of that
    division have the column. `in_precheck`: whether a pre-check roster fills it. `missing`, `range` and `long`
    name the doctor's checks for an empty, an unreasonable and a long cell; `own_school`: it is the cover's.
    """

    name: str
    title_en: str
    holds: Holds = Holds.TEXT
    required: bool = False
    max_length: int | None = None
    date_style: DateStyle | None = None
    codes: str | None = None
    least: int | None = None
    most: int | None = None
    decimals: int = 0
    division: Division | None = None
    in_precheck: bool = False
    personal: bool = False
    missing: str = "required_empty"
    range: str = "number_range"
    long: str = "too_long"
    own_school: bool = False
    may_be_future: bool = False
    aliases: tuple[str, ...] = ()
    assumed: str = ""
    """What we put into the column without any document that says so, in words: it is shown with every check."""
    source: str
    verified: bool = False

    @model_validator(mode="after")
    def _says_how(self) -> ColumnSchema:
        if (self.holds is Holds.DAY) != (self.date_style is not None):
            raise ValueError(f"{self.name}: a day, and nothing else, has a date_style")
        if self.holds in (Holds.CODE, Holds.CODES) and self.codes is None:
            raise ValueError(f"{self.name}: a code needs the name of its list")
        return self


class SheetSchema(Model):
    """One data sheet. `id` is what our records call such rows (an outcome's variant, a diverse category).

    `key`: what tells two rows of one person apart. `unique`: a second row of one key is a mistake; where
    it is False, equal rows are legal and counted by their ordinal. `course`, `links` (one of them is
    needed), `spans` (first and last day) and `past` (year and semester of study) name columns by what they mean.
    `order`: by which columns a clerk expects the rows sorted, the natural key by default. `withholds`: the
    courses that the course code's form withholds have no row here. `one_a_person`: a second row of a person is
    told; `places`: columns that only one row has; `grade` and `facts`: what a course code decides.
    """

    id: str
    name: str
    title_en: str
    key: tuple[str, ...] = ()
    unique: bool = False
    course: str | None = None
    school: str | None = None
    links: tuple[str, ...] = ()
    spans: tuple[tuple[str, str], ...] = ()
    past: tuple[str, str] | None = None
    order: tuple[str, ...] = ()
    withholds: bool = False
    one_a_person: bool = False
    places: tuple[str, ...] = ()
    grade: str | None = None
    facts: tuple[str, ...] = ()
    columns: tuple[ColumnSchema, ...]
    source: str
    verified: bool = False

    @model_validator(mode="after")
    def _names_exist(self) -> SheetSchema:
        names = [c.name for c in self.columns]
        if len(names) != len(set(names)):
            raise ValueError(f"{self.name}: a column stands twice")
        spans = [name for span in self.spans for name in span]
        asked = {
            *self.key,
            *self.order,
            *self.links,
            *spans,
            *(self.past or ()),
            *filter(None, (self.course, self.school)),
        }
        if asked - set(names):
            raise ValueError(f"{self.name}: no such column: {', '.join(sorted(asked - set(names)))}")
        if names[:1] != [PERSON_COLUMNS[0]]:
            raise ValueError(f"{self.name}: the first column names the person")
        return self

    @cached_property
    def by_name(self) -> dict[str, ColumnSchema]:
        """The columns by their headers."""
        return {c.name: c for c in self.columns}

    @cached_property
    def person(self) -> tuple[str, ...]:
        """The columns that name the person; 借讀資料 has no birth date."""
        return tuple(n for n in PERSON_COLUMNS if n in self.by_name)

    @cached_property
    def natural_key(self) -> tuple[str, ...]:
        """The person's columns, then the key's."""
        return (*self.person, *self.key)

    def of(self, division: Division) -> SheetSchema:
        """The sheet with the columns that a division has."""
        kept = tuple(c for c in self.columns if c.division in (None, division))
        return self if len(kept) == len(self.columns) else self.model_copy(update={"columns": kept})


class RosterCode(Model):
    """One 名冊別 code: of which division and batch, and whether it is a pre-check."""

    code: str
    title: str
    division: Division = "day"
    batch: int | None = None
    precheck: bool = False
    source: str
    verified: bool = False


class RosterSchema(Model):
    """One roster. `yearly` rosters write semester 0. `owner` is the post that submits it (規§6.3.1 to 規§6.3.4)."""

    id: str
    title: str
    title_en: str
    yearly: bool
    owner: str
    clause: str
    codes: tuple[RosterCode, ...] = ()
    sheets: tuple[SheetSchema, ...]
    assumed: str = ""
    """What of the roster's form no document says, in words."""
    source: str
    verified: bool = False

    def code(self, code: str) -> RosterCode | None:
        """What a 名冊別 code says, None for one that this roster does not have."""
        return next((c for c in self.codes if c.code == code), None)

    def usual_code(self, division: Division = "day") -> RosterCode | None:
        """The code of a roster that is of no batch and no pre-check, where a rule set names none."""
        return next((c for c in self.codes if c.division == division and c.batch is None and not c.precheck), None)

    def precheck_code(self, division: Division = "day") -> RosterCode | None:
        """The code of the roster's pre-check (預檢), None where the central database has none for it."""
        return next((c for c in self.codes if c.division == division and c.precheck), None)

    def sheet(self, name: str) -> SheetSchema | None:
        """The sheet of that name or id."""
        return next((s for s in self.sheets if name in (s.name, s.id)), None)

    def assumptions(self) -> tuple[tuple[str, str], ...]:
        """(column, what is assumed) of the roster itself (no column) and of its columns, each once."""
        own = [("", self.assumed)] if self.assumed else []
        columns = {(c.name, c.assumed): None for s in self.sheets for c in s.columns if c.assumed}
        return (*own, *columns)

    def for_division(self, division: Division) -> RosterSchema:
        """The roster with the columns that a division has."""
        return self.model_copy(update={"sheets": tuple(s.of(division) for s in self.sheets)})


class RosterBook(Model):
    """All national rosters of a school year. In its file, columns are described once and named in the sheets."""

    version: int
    school_year: int
    title: str
    title_en: str
    verified: bool
    sources: dict[str, str]
    test_schools: dict[str, str]
    posts: dict[str, tuple[str, str]]
    course_code: CourseCodeForm
    doctor: DoctorData
    code_lists: dict[str, CodeList]
    rosters: tuple[RosterSchema, ...]

    @model_validator(mode="before")
    @classmethod
    def _columns_by_name(cls, given: Any) -> Any:
        """Put each sheet's columns in place of their names; a sheet may change a column's settings."""
        if not isinstance(given, dict) or "columns" not in given:
            return given
        known = {c["name"]: c for c in given["columns"]}
        rosters = [
            {
                **roster,
                "sheets": [{**s, "columns": [_column(c, known) for c in s["columns"]]} for s in roster["sheets"]],
            }
            for roster in given["rosters"]
        ]
        return {**{k: v for k, v in given.items() if k != "columns"}, "rosters": rosters}

    @model_validator(mode="after")
    def _names_exist(self) -> RosterBook:
        wrong: list[str] = []
        codes: dict[str, str] = {}
        wrong += [f"doctor.desks.{d}: no post {p!r}" for d, p in self.doctor.desks.items() if p not in self.posts]
        for roster in self.rosters:
            if roster.owner not in self.posts:
                wrong.append(f"rosters.{roster.id}.owner: {roster.owner!r} is not among the posts")
            for code in roster.codes:
                if code.code in codes:
                    wrong.append(f"rosters.{roster.id}.codes: {code.code} is {codes[code.code]}'s already")
                codes[code.code] = roster.id
            for sheet in roster.sheets:
                wrong += [
                    f"rosters.{roster.id}.{sheet.name}.{c.name}: no code list {c.codes!r}"
                    for c in sheet.columns
                    if c.codes is not None and c.codes not in self.code_lists
                ]
        parts = [(r.id, r.source) for r in self.rosters] + [(n, x.source) for n, x in self.code_lists.items()]
        parts += [(s.name, s.source) for r in self.rosters for s in r.sheets]
        parts += [(c.name, c.source) for r in self.rosters for s in r.sheets for c in s.columns]
        parts += [(c.code, c.source) for r in self.rosters for c in r.codes]
        form = self.course_code
        parts += [(f"course_code.{p.name}", p.source) for p in form.parts]
        parts += [
            ("doctor", self.doctor.source),
            ("course_code", form.source),
            ("course_code.withheld", form.withheld.source),
        ]
        wrong += [
            f"{name}: {source!r} is not among the sources" for name, source in parts if source not in self.sources
        ]
        if wrong:
            raise ValueError("; ".join(dict.fromkeys(wrong)))
        return self

    def roster(self, name: str) -> RosterSchema:
        """The roster called `name`. Raises KeyError."""
        found = next((r for r in self.rosters if r.id == name), None)
        if found is None:
            raise KeyError(name)
        return found

    def of_code(self, code: str) -> tuple[RosterSchema, RosterCode] | None:
        """The roster, with its division's columns, that a 名冊別 code means."""
        for roster in self.rosters:
            known = roster.code(code)
            if known is not None:
                return roster.for_division(known.division), known
        return None

    def post(self, name: str) -> tuple[str, str]:
        """A post's title in both languages."""
        return self.posts.get(name, (name, name))


def _column(given: Any, known: dict[str, Any]) -> Any:
    name = given if isinstance(given, str) else given.get("name")
    if name not in known:
        if isinstance(given, str):
            raise ValueError(f"column {given!r} is not described under columns")
        return given
    return known[name] if isinstance(given, str) else {**known[name], **given}
