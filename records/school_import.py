"""records: a school comes in from typed rows: people, structure, posts, courses, marks. 規§2, 規§5.1"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

from records.base_data.enrolments import import_enrolments
from records.base_data.known import fill
from records.base_data.marks import import_advisory, import_cadre, import_grades
from records.base_data.people import Import, import_people
from records.base_data.structure import import_courses, import_posts, import_students
from records.basis import adopt_all
from records.db import Database
from records.seam import Vault
from rules.refusals import Code, refuse
from rules.ruleset import RuleSet
from rules.schedule import Calendar, National
from rules.school_files import SchoolFiles

TABLES = ("person", "student", "class", "course", "course_member", "post", "post_holder", "grade", "cadre", "advisory")


@dataclass(slots=True)
class ImportReport:
    """How many rows each table has now."""

    school: str
    counts: dict[str, int] = field(default_factory=dict)


async def import_school(
    operator: Database,
    vault: Vault,
    school: str,
    name: str,
    rules: RuleSet,
    files: SchoolFiles,
    *,
    kind: Literal["demo", "production"],
    starts: datetime,
    adopting: tuple[Calendar, National] | None = None,
) -> ImportReport:
    """Create or update a school from its files; a second import of the same files changes nothing.

    `adopting` are documents that the school adopts with its rules in the same transaction: all of it or nothing.
    `starts` is the instant from which posts and lanes count (the school year's first). Raises
    Refused(not_decided) for a student whom no lane of the rule set holds, Refused(already_exists) for
    a number of somebody else's, or for a demo school in place of a production one.
    """
    async with operator.transaction(school) as c:
        stays = await c.fetchval(
            "insert into school (school, name, kind) values ($1, $2, $3) on conflict (school) do update set name = $2"
            " returning kind",
            school,
            name,
            kind,
        )
        if stays != kind:
            raise refuse(Code.ALREADY_EXISTS, clause="規§5.1.1", place=f"school {school}", found=kind, limit=stays)
        work = Import(c, vault, school, kind, rules, files, starts)
        await fill(work)
        await bring_in(work)
        if adopting is not None:
            await adopt_all(c, school, rules, *adopting, reason="學校匯入")
        report = ImportReport(school)
        for table in TABLES:
            report.counts[table] = await c.fetchval(f"select count(*) from {table} where school = $1", school)
    return report


async def bring_in(w: Import) -> None:
    """Everything that the files of an import say, people first; what they do not name stays as it is."""
    await import_people(w)
    w.classes |= {s.student_no: s.class_code for s in w.files.students}
    await import_students(w)
    await import_posts(w)
    await import_courses(w)
    await import_enrolments(w)
    await import_grades(w)
    await import_cadre(w)
    await import_advisory(w)
