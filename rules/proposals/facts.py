"""rules: what the entries of a school's published calendar say about the portfolio's dates. 規§4.1.

Of about 150 entries: the frame (first day, 休業式), exams, grades and the school's own days; what names the portfolio
itself is read in named.py.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, time
from typing import Literal

from rules.proposals.plain import plain
from rules.roc import school_year_of, semester_of
from rules.ruleset import RuleSet
from rules.schedule import SchoolDays

_TENTATIVE = re.compile(r"[(]\s*暫(?:定|訂)?\s*[)]")
_ABOUT = re.compile(r"約|上旬|中旬|下旬|暫估|預計")
_CLOCK = re.compile(
    r"(?P<word>中午|下午|上午|晚上)?\s*(?P<hour>\d{1,2})(?:[:](?P<minute>\d{2})|[時點](?![段間數])(?:(?P<past>\d{1,2})分)?)"
    r"\s*(?P<until>截止|止|前)?"
)
_EVERY_GRADE = re.compile(r"一(?:年級)?[至到~-]高?三")
_GRADES = re.compile(
    r"高(?P<after>[一二三](?:[、,及與和]?[一二三](?!年[^級]))*)|(?P<before>[一二三](?:[、,及與和]?[一二三])*)年級"
)

Meaning = Literal[
    "first_day",
    "closing_ceremony",
    "make_up_class",
    "exam",
    "national_exam",
    "anniversary",
    "grades_due",
    "no_lessons",
    "",
]
_MEANINGS: tuple[tuple[str, Meaning], ...] = (
    (r"休業式|結業式", "closing_ceremony"),
    (r"補行上課|補課日", "make_up_class"),
    (r"學科能力測驗|學測|分科測驗|統一入學測驗|統測", "national_exam"),
    (r"成績(?:繳交|輸入|登錄)", "grades_due"),
    (r"補考", ""),
    (r"(?:定期|期中|期末|段)考", "exam"),
    (r"校慶|運動會", "anniversary"),
    (r"放假|補假|連假|停課", "no_lessons"),
    (r"開學|始業式|正式上課", "first_day"),
)


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry as published. `last` is included; `place` says where in the file it stands."""

    title: str
    first: date
    last: date
    place: str
    office: str = ""
    clock: time | None = None
    until: bool = False
    tentative: bool = False
    approximate: bool = False
    whole_day: bool = False
    """24:00 of the last day, which is the next day's 00:00 (readings, "Time")."""
    starts: time | None = None
    """The hour of the first day, where two hours are given."""

    @property
    def meaning(self) -> Meaning:
        """What the title says, as far as the portfolio needs it."""
        return next((m for pattern, m in _MEANINGS if re.search(pattern, self.title)), "")

    @property
    def grades(self) -> frozenset[int]:
        """The grades (1 to 3) that the title names: `高一、高二第3次定期考`; none means everybody."""
        title = plain(self.title)
        named = "".join(x["after"] or x["before"] for x in _GRADES.finditer(title))
        if _EVERY_GRADE.search(title):
            named = "一二三"
        found = {n for n, word in enumerate("一二三", 1) if word in named}
        if re.search(r"學科能力測驗|學測|分科測驗|統測", self.title):
            found.add(3)
        return frozenset(found)


def entry(
    title: str, first: date, last: date, place: str, office: str = "", hours: tuple[time | None, time | None] = (None, None),
    *, whole_day: bool = False, until: bool = False, vague: bool = False,
) -> Entry:  # fmt: skip
    """An entry with what its title carries in free text: hours, `(暫)`, an approximate day.

    `hours` are those that stand beside the first and the last day; the title's own hour counts where these have none.
    `vague`: a line of a whole week's cell, whose day does not stand there.
    """
    said = plain(title)
    found = _CLOCK.search(said)
    clock = hours[1] or (_clock(found) if found and not whole_day else None)
    return Entry(
        title=title.strip(),
        first=first,
        last=last,
        place=place,
        office=office.strip(),
        clock=clock,
        until=until or bool(found and found["until"]),
        tentative=bool(_TENTATIVE.search(said)),
        approximate=vague or bool(_ABOUT.search(said)),
        whole_day=whole_day or bool(found and not hours[1] and int(found["hour"]) == 24 and found["minute"] == "00"),
        starts=hours[0],
    )


def _clock(found: re.Match[str]) -> time | None:
    hour, minute = int(found["hour"]), int(found["minute"] or found["past"] or 0)
    if found["word"] in ("下午", "晚上") and hour < 12:
        hour += 12
    return time(hour, minute) if hour < 24 and minute < 60 else None


@dataclass(frozen=True, slots=True)
class Unsure:
    """An entry that a person decides about, and why."""

    entry: Entry
    why: str
    why_en: str


@dataclass(frozen=True, slots=True)
class Facts:
    """What was understood of a published calendar."""

    school_year: int
    first_days: Mapping[int, Entry] = field(default_factory=dict)
    closing: Mapping[int, Entry] = field(default_factory=dict)
    grades_due: Mapping[int, Entry] = field(default_factory=dict)
    school_days: tuple[SchoolDays, ...] = ()
    unsure: tuple[Unsure, ...] = ()
    unused: tuple[Entry, ...] = ()
    entries: tuple[Entry, ...] = ()
    """All entries of the school year, in their order; what they say of the portfolio itself is read from these."""


def facts_of(entries: Iterable[Entry], year: int, rules: RuleSet) -> Facts:
    """Read the entries of one school year; nothing doubtful is used without being listed."""
    first: dict[int, Entry] = {}
    closing: dict[int, Entry] = {}
    graded: dict[int, Entry] = {}
    days: list[SchoolDays] = []
    unsure: list[Unsure] = []
    unused: list[Entry] = []
    within: list[Entry] = []
    for e in sorted(entries, key=lambda e: (e.first, e.title)):
        if school_year_of(e.first) != year:
            unsure.append(Unsure(e, "日期不在這個學年", "the day lies outside the school year"))
            continue
        within.append(e)
        if e.meaning and (e.tentative or e.approximate):
            unsure.append(Unsure(e, "日期是暫定或約略的", "the day is tentative or approximate"))
        # A ceremony at the end of January belongs to the semester that it ends, also after 1 February.
        semester = semester_of(e.first)
        if e.meaning == "first_day":
            _keep(first, semester, e, unsure)
        elif e.meaning == "closing_ceremony":
            _keep(closing, semester, e, unsure)
        elif e.meaning == "grades_due":
            graded[semester] = e  # the last one of a semester counts: a re-examination's marks come later
        elif e.meaning in ("make_up_class", "exam", "national_exam", "anniversary", "no_lessons"):
            days.append(_school_days(e, rules))
        else:
            unused.append(e)
    return Facts(year, first, closing, graded, tuple(days), tuple(unsure), tuple(unused), tuple(within))


def _keep(known: dict[int, Entry], semester: int, e: Entry, unsure: list[Unsure]) -> None:
    before = known.get(semester)
    if before is None:
        known[semester] = e
    elif before.first != e.first:
        unsure.append(
            Unsure(
                e, f"與「{before.title}」{before.first} 不同,採用先列的", f"differs from {before.first}, which is used"
            )
        )


def _school_days(e: Entry, rules: RuleSet) -> SchoolDays:
    kinds: Sequence[str] = [lane.id for lane in rules.lanes if not e.grades or e.grades & set(lane.grades)]
    lanes = () if not e.grades else tuple(kinds)
    return SchoolDays.model_validate(
        {"kind": e.meaning, "first": e.first, "last": e.last, "title": e.title, "lanes": lanes, "source": e.place}
    )
