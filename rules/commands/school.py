"""rules: commands on the school itself: its years and semesters, its base data, who leaves it (規§5.1.1, 規§13)."""

from __future__ import annotations

from datetime import date

from pydantic import Field

from rules.commands.command import Command


class RecordLeaving(Command):
    """A student leaves the school on a day: transferred, graduated, withdrawn; their account goes with it. 規§10.3.3."""

    name = "record_leaving"
    clause = "規§10.3.3"
    title = "登錄離校"
    title_en = "record a student's leaving"
    person: str
    day: date
    evidence_sha256: str = Field(pattern=r"^[0-9a-f]{64}$")
    reason: str = ""


class ImportBaseData(Command):
    """Some of the school's files again: enrolment, grades, cadre, advisory records; corrections too. 規§5.1.1."""

    name = "import_base_data"
    clause = "規§5.1.1"
    title = "匯入基本資料"
    title_en = "import base data"
    files: dict[str, str]
    """File name (students.csv …) to the hash of its stored content."""
    keep_good: bool = False
    """The clerk decided to keep the good rows although others have errors."""
    same_person: bool = False
    """The clerk decided that a number with another identity is the same person, mistyped before."""


class StartYear(Command):
    """Start a school year under a rule set, a calendar and the authority's document. 規§13."""

    name = "start_year"
    clause = "規§13"
    title = "開始學年"
    title_en = "start a school year"
    year: str = Field(pattern=r"^\d{3}$")


class StartSemester(Command):
    """Start a semester by hand; a repair tool, since a year start starts its semesters."""

    name = "start_semester"
    clause = "規§4.1"
    title = "開始學期"
    title_en = "start a semester"
    semester: str = Field(pattern=r"^\d{3}-[12]$")
