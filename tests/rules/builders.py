"""Builders with lawful defaults: a small rule set, its calendar and a world to rehearse it in."""

from __future__ import annotations

from datetime import date, datetime, time
from typing import Any

from rules.days import OfficeYear, WorkingDays
from rules.instants import at_taipei, read_instant
from rules.rehearsal import World
from rules.ruleset import RuleSet
from rules.schedule import Calendar, National
from rules.snapshot import Basis, CourseRef, Structure

SCHOOL = "999999"
LNY = tuple(date(2027, 2, d) for d in (4, 5, 8, 9, 10))


def taipei(text: str) -> datetime:
    """`2027-02-03 17:00` in Taipei."""
    return read_instant(text)


def day(text: str) -> datetime:
    """The first instant of a Taipei day."""
    return at_taipei(date.fromisoformat(text), time(0))


def office_years() -> tuple[OfficeYear, ...]:
    """Three years of weekdays with a New Year, a Lunar New Year and one make-up Saturday."""
    return (
        OfficeYear(year=2026, source="test", off=(date(2026, 9, 25), date(2026, 12, 25))),
        OfficeYear(year=2027, source="test", off=(date(2027, 1, 1), *LNY), make_up=(date(2027, 2, 20),)),
        OfficeYear(year=2028, source="test", off=()),
    )


def rung(offset: int, *to: str) -> dict[str, Any]:
    """A rung at eight in the morning."""
    return {"offset": offset, "at": "08:00", "to": to or ("owner",)}


def rule_set(**changes: Any) -> RuleSet:
    """A rule set of one lane's worth of posts, lawful as it stands."""

    def post(id_: str, office: str, per: str = "school") -> dict[str, Any]:
        return {"id": id_, "title": id_, "title_en": id_, "office": office, "per": per}

    def office(id_: str, director: str) -> dict[str, Any]:
        return {"id": id_, "title": id_, "title_en": id_, "director": director}

    def window(kind: str, process: str) -> dict[str, Any]:
        return {"kind": kind, "title": kind, "title_en": kind, "process": process, "phase": kind, "clause": "規§4.2"}

    def step(kind: str, owner: str, before: int, after: int) -> dict[str, Any]:
        return {
            "kind": kind,
            "title": kind,
            "title_en": kind,
            "owner": owner,
            "before_close": before,
            "after_correction": after,
            "ladder": "office",
            "clause": "規§6.3.1",
        }

    base: dict[str, Any] = {
        "id": "test",
        "version": 1,
        "title": "test",
        "legal_basis": "test",
        "effective_from": "2026-08-01",
        "offices": [
            office("academic_affairs", "academic_affairs_director"),
            office("counselling", "counselling_director"),
            office("top", "principal"),
        ],
        "posts": [
            post("academic_affairs_director", "academic_affairs"),
            post("registration_section", "academic_affairs"),
            post("instruction_section", "academic_affairs"),
            post("counselling_director", "counselling"),
            post("principal", "top"),
            post("course_teacher", "academic_affairs", "course"),
            post("it_section", "top"),
        ],
        "working_group": {
            "size": 2,
            "convener": "principal",
            "executive_secretary": "counselling_director",
            "seats": [{"post": "principal"}, {"post": "counselling_director"}],
        },
        "lanes": [
            {"id": "g10_11", "title": "高一二", "title_en": "grades 10-11", "grades": [1, 2], "tracks": ["普通型"]}
        ],
        "quotas": [
            {
                "id": "outcomes_uploaded_per_semester",
                "title": "x",
                "item": "outcome",
                "counts": "uploaded",
                "per": "semester",
                "clause": "規§5.3.1",
                "values": [{"from": "2026-08-01", "value": 15, "source": "test"}],
            }
        ],
        "windows": [
            window(k, "semester")
            for k in ("entry", "outcome_upload", "certification", "semester_submission", "semester_receipts")
        ]
        + [window(k, "school_year") for k in ("diverse_upload", "selection", "yearly_submission", "yearly_receipts")],
        "ladders": [
            {
                "id": "office",
                "title": "x",
                "rungs": [
                    rung(-2),
                    rung(0),
                    rung(1, "director"),
                    rung(2, "executive_secretary"),
                    rung(4, "convener"),
                    rung(5, "next_meeting"),
                ],
            },
            {
                "id": "course_teacher",
                "title": "x",
                "rungs": [rung(-3), rung(0), rung(1, "instruction_section"), rung(2, "academic_affairs_director")],
            },
        ],
        "duties": [
            {
                "kind": "enrolment_entry",
                "title": "x",
                "title_en": "x",
                "process": "semester",
                "owner": "registration_section",
                "due": {"window": "entry"},
                "ladder": "office",
                "clause": "規§5.1.1",
            },
            {
                "kind": "certification",
                "title": "x",
                "title_en": "x",
                "process": "semester",
                "per": "course",
                "owner": "course_teacher",
                "due": {"window": "certification"},
                "ladder": "course_teacher",
                "clause": "規§5.3.2",
            },
            {
                "kind": "briefing",
                "title": "x",
                "title_en": "x",
                "process": "school_year",
                "owner": "counselling_director",
                "due": {"deadline": "briefing"},
                "ladder": "office",
                "clause": "規§9.1",
            },
        ],
        "rosters": [
            {
                "id": "enrolment",
                "title": "x",
                "title_en": "x",
                "process": "semester",
                "owner": "registration_section",
                "clause": "規§6.3.1",
            },
            {
                "id": "outcomes",
                "title": "x",
                "title_en": "x",
                "process": "school_year",
                "owner": "registration_section",
                "item": "outcome",
                "clause": "規§6.3.2",
            },
        ],
        "cycle": {
            "steps": [
                step("self_check", "owner", 8, 1),
                step("precheck", "owner", 6, 1),
                step("approve", "director", 4, 2),
                step("submit", "owner", 2, 3),
                step("import_receipt", "owner", 1, 6),
                step("confirm_receipts", "registration_section", 0, 0),
            ],
            "verify_ladder": "office",
            "difference_ladder": "office",
        },
        "handover": {"accept_within": 5, "ladder": "office", "longest_prolongation_days": 90},
        "retention": {"years": 3},
        "stuck_ladder": "office",
        "stuck_post": "it_section",
        "return_reasons": ["wrong_file"],
    }
    return RuleSet.model_validate(base | changes)


def calendar(**changes: Any) -> Calendar:
    """A calendar of one lane, lawful as it stands: the real dates of a Taipei school of year 115."""

    def window(period: str, kind: str, opens: str, due: str, closes: str, **more: Any) -> dict[str, Any]:
        return {"period": period, "lane": "g10_11", "kind": kind, "opens": opens, "due": due, "closes": closes} | more

    base: dict[str, Any] = {
        "school_year": 115,
        "title": "test",
        "opens": "2026-08-01 00:00",
        "semesters": {
            "115-1": {"first_day": "2026-08-31", "closing_ceremony": "2027-01-20", "opens": "2026-08-01 00:00"},
            "115-2": {"first_day": "2027-02-11", "closing_ceremony": "2027-06-30", "opens": "2027-02-01 00:00"},
        },
        "windows": [
            window("115-1", "entry", "2026-09-01 08:00", "2026-10-30 17:00", "2026-11-13 17:00"),
            window("115-1", "outcome_upload", "2026-08-31 08:00", "2027-02-03 17:00", "2027-02-04 00:00"),
            window(
                "115-1",
                "certification",
                "2026-08-31 08:00",
                "2027-02-19 17:00",
                "2027-03-05 17:00",
                correction_closes="2027-03-03 17:00",
            ),
            window("115-1", "semester_submission", "2027-03-15 08:00", "2027-04-07 17:00", "2027-04-09 17:00"),
            window("115-1", "semester_receipts", "2027-04-19 08:00", "2027-04-23 17:00", "2027-04-24 00:00"),
            window("115-2", "entry", "2027-02-15 08:00", "2027-04-30 17:00", "2027-05-14 17:00"),
            window("115-2", "outcome_upload", "2027-02-15 08:00", "2027-07-14 17:00", "2027-07-15 00:00"),
            window(
                "115-2",
                "certification",
                "2027-02-15 08:00",
                "2027-07-23 17:00",
                "2027-08-06 17:00",
                correction_closes="2027-08-04 17:00",
            ),
            window("115-2", "semester_submission", "2027-09-06 08:00", "2027-10-01 17:00", "2027-10-04 17:00"),
            window("115-2", "semester_receipts", "2027-10-12 08:00", "2027-10-18 17:00", "2027-10-19 00:00"),
            window("115", "diverse_upload", "2026-08-31 08:00", "2027-07-30 17:00", "2027-08-01 00:00"),
            window("115", "selection", "2027-08-16 08:00", "2027-09-03 17:00", "2027-09-04 00:00"),
            window("115", "yearly_submission", "2027-09-13 08:00", "2027-10-13 17:00", "2027-10-15 17:00"),
            window("115", "yearly_receipts", "2027-10-25 08:00", "2027-10-29 17:00", "2027-10-30 00:00"),
        ],
        "deadlines": [{"period": "115", "duty": "briefing", "opens": "2026-09-01 08:00", "due": "2026-11-30 17:00"}],
    }
    return Calendar.model_validate(base | changes)


def basis(rules: RuleSet | None = None, dates: Calendar | None = None) -> Basis:
    """What a process runs under from the first day of the school year."""
    years = office_years()
    national = National(version=1, title="test", windows=(), office_years=years)
    found = dates or calendar()
    return Basis(rules or rule_set(), found, national, WorkingDays(years), found.opens)


def structure(courses: int = 2) -> Structure:
    """One class with some courses in each semester."""
    made = [
        CourseRef(f"{sem}/101/{n:02d}", "g10_11", "101", sem, f"course_teacher:{sem}/101/{n:02d}")
        for sem in ("115-1", "115-2")
        for n in range(1, courses + 1)
    ]
    return Structure(tuple(made), {"101": "g10_11"}, frozenset({"g10_11"}))


def world(rules: RuleSet | None = None, dates: Calendar | None = None) -> World:
    """A school year to rehearse."""
    return World(SCHOOL, "115", basis(rules, dates), structure())
