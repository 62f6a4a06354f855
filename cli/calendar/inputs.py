"""cli: what the offline calendar verbs read: a calendar or pack, its rules, the authority's document, a school."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from rosters.absences import read_absences
from rosters.documents import DocumentError, DocumentProblem, load_calendar, load_document, load_national, load_rule_set
from rosters.sis_import import Severity, read_school
from rules.days import CalendarMissing
from rules.rehearsals.data import Assumptions
from rules.rehearsals.school import School, from_files, invented
from rules.schedule import Calendar, working_days
from rules.snapshot import Basis

SCHOOLS = Path(__file__).resolve().parents[2] / "schools"
ASSUMPTIONS = SCHOOLS / "assumptions.yaml"
CODE = "rehearsal"


@dataclass(frozen=True, slots=True)
class Documents:
    """A calendar with what it is judged and planned by."""

    path: Path
    basis: Basis

    @property
    def calendar(self) -> Calendar:
        """The calendar itself."""
        return self.basis.calendar


def documents(given: Path, *, pack: Path | None = None, national: Path | None = None) -> Iterator[Documents]:
    """Each calendar of a pack folder, or the one of a file with the rule set beside it (or in `pack`).

    Raises DocumentError, also where no calendar, no rule set or no office calendar is there.
    """
    if not given.exists():
        raise missing(given, "沒有這個檔案或資料夾", "there is no such file or folder")
    files = sorted(given.glob("calendar-*.yaml")) if given.is_dir() else [given]
    if not files:
        raise missing(given, "資料夾裡沒有 calendar-*.yaml", "there is no calendar-*.yaml in the folder")
    folder = pack or (given if given.is_dir() else given.parent)
    if not (folder / "rules.yaml").is_file():
        raise missing(folder / "rules.yaml", "找不到規則", "name the rule pack with --pack, e.g. schools/licheng")
    rules = load_rule_set(folder / "rules.yaml")
    for path in files:
        calendar = load_calendar(path)
        authority = load_national(national or SCHOOLS / "national" / f"{calendar.school_year}.yaml")
        basis = Basis(rules, calendar, authority, working_days(authority, calendar), calendar.opens)
        yield Documents(path, basis)


def school_for(found: Documents, folder: Path | None, absences: Path | None) -> School:
    """The school of a folder of the registrar's files, or an invented one without people. Raises DocumentError."""
    calendar = found.calendar
    if folder is None:
        if absences is not None:
            raise missing(absences, "假單須與 --school 一起給", "absences need --school")
        return invented(found.basis.rules, sorted(calendar.semesters))
    files, problems = read_school(folder, school_code=_code_of(folder))
    broken = [p for p in problems if p.severity is Severity.ERROR]
    if broken:
        raise DocumentError(
            [
                DocumentProblem(
                    str(folder / p.file),
                    p.row or 0,
                    p.column or "",
                    p.value or "",
                    p.message_zh,
                    p.remedy_zh,
                    p.remedy_en,
                )
                for p in broken
            ]
        )
    known = frozenset(s.staff_no for s in files.staff)
    away = read_absences(absences, known=known) if absences is not None else []
    return from_files(files, found.basis.rules, away, year=calendar.school_year, starts=calendar.opens)


def assumptions(path: Path | None) -> Assumptions:
    """What a rehearsal assumes. Raises DocumentError."""
    return load_document(path or ASSUMPTIONS, Assumptions)


def office_years_missing(path: Path, error: CalendarMissing) -> DocumentError:
    """A year's office calendar that is not loaded, as a fault of the document (規§4.1)."""
    return missing(path, f"缺少辦公日曆:{error}", "load the office calendar of that year in the authority's document")


def missing(path: Path, zh: str, en: str) -> DocumentError:
    """Something that a document or folder lacks."""
    return DocumentError([DocumentProblem(str(path), 0, "", "", zh, "請確認後再試", en)])


def _code_of(folder: Path) -> str:
    """The school code that the folder's courses carry: a rehearsal checks nothing against another one."""
    from rosters.sis.tables import Unreadable, read_table

    for path in sorted(folder.glob("courses.*")):
        try:
            table = read_table(path)
        except Unreadable:
            continue
        for n, title in enumerate(table.header):
            if "課程代碼" in str(title) and table.lines and n < len(table.lines[0].cells):
                return str(table.lines[0].cells[n])[3:9]
    return ""
