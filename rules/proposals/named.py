"""rules: what one row of a school's calendar says of the portfolio: operation, edges, lanes, period. 規§4.1.

A row that mentions the portfolio is understood or comes back with the reason why not; none is passed over.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, time

from rules.instants import at_taipei
from rules.lint.case import start_of
from rules.proposals.facts import Entry, Unsure
from rules.proposals.pins import Edge
from rules.proposals.placement import Placement
from rules.proposals.plain import bare
from rules.proposals.words import Operation, PortfolioWords, one_of
from rules.ruleset import Lane, RuleSet

_YEAR = re.compile(r"(?<!\d)(?P<year>1\d{2})(?:學年|-[12](?!\d)|[上下](?!午))")
_HALF = re.compile(r"(?<!\d)1\d{2}(?:學年度?第?)?(?:-(?P<digit>[12])(?!\d)|(?P<word>[上下])(?!午))")


@dataclass(frozen=True, slots=True)
class Named:
    """A row that is understood. `lanes` are those that it names; none means everybody."""

    entry: Entry
    operation: Operation
    edges: Mapping[Edge, datetime]
    lanes: tuple[str, ...]
    semester: int | None
    this_year: bool


class _Doubt(Exception):
    """Why a row is not understood: zh-TW, English."""


def named(e: Entry, year: int, words: PortfolioWords, rules: RuleSet, by: Placement) -> tuple[Named, ...] | Unsure:
    """What the row says, an operation each; nothing where it does not concern the portfolio; Unsure where it is unclear."""
    text = bare(e.title)
    if not one_of(words.mentions, text):
        return ()
    try:
        found = _operations(text, words)
        if not found:
            if e.meaning == "grades_due":  # used as the semester's own date of grades
                return ()
            raise _Doubt(
                "提到學習歷程,但看不出是哪一項作業", "mentions the portfolio, but names no operation that is known"
            )
        _decided(e, text, words)
        this_year, semester = _period(text, year, words)
        lanes = _lanes(e, text, words, rules)
        return tuple(
            Named(e, op, _edges(e, text, op, words, by), lanes if op.windows else (), semester, this_year)
            for op in found
        )  # fmt: skip
    except _Doubt as doubt:
        return Unsure(e, *doubt.args)


def _operations(text: str, words: PortfolioWords) -> tuple[Operation, ...]:
    """The operations that a title names. Raises _Doubt where it names several that are not told together."""
    said = [op for op in words.operations if op.named_in(text)]
    closer = {kind for op in said if not op.generic for kind in op.windows}
    found = [op for op in said if op.event] or [op for op in said if not (op.generic and closer & set(op.windows))]
    together = {op.joint for op in found}
    if len(found) > 1 and ("" in together or len(together) > 1):
        raise _Doubt(
            f"一個標題說了幾項作業({'、'.join(op.title for op in found)}),看不出日期屬於哪一項",
            f"names several operations ({', '.join(op.title_en for op in found)}); whose date it is stays open",
        )
    return tuple(found)


def _decided(e: Entry, text: str, words: PortfolioWords) -> None:
    """Raises _Doubt where the day is no firm day of the operation itself."""
    word = one_of(words.unless, text)
    if word:
        raise _Doubt(
            f"標題有「{word}」,日期是否仍算由人員看",
            f"the title says 「{word}」; a person decides whether the day counts",
        )
    if e.approximate:
        raise _Doubt("日期是約略的,不採用", "the day is approximate and is not taken")


def _period(text: str, year: int, words: PortfolioWords) -> tuple[bool, int | None]:
    """Whether the title names this school year, and which semester. Raises _Doubt for another year."""
    years = {int(x["year"]) for x in _YEAR.finditer(text)}
    if years - {year}:
        other = "、".join(str(x) for x in sorted(years - {year}))
        raise _Doubt(
            f"標題說的是 {other} 學年度,這份草案是 {year} 學年度",
            f"speaks of school year {other}; this draft is {year}",
        )
    halves = {n for n, said in words.semesters.items() if one_of(said, text)}
    halves |= {int(x["digit"] or {"上": 1, "下": 2}[x["word"]]) for x in _HALF.finditer(text)}
    if len(halves) > 1:
        raise _Doubt("標題說了兩個學期", "names both semesters")
    return bool(years), halves.pop() if halves else None


def _lanes(e: Entry, text: str, words: PortfolioWords, rules: RuleSet) -> tuple[str, ...]:
    """The lanes of the grades, tracks and batches that the title names. Raises _Doubt where a lane is named in part."""
    tracks = {x for x, said in words.tracks.items() if one_of(said, text)}
    batches = {n for n, said in words.batches.items() if one_of(said, text)}
    if not (e.grades or tracks or batches):
        return ()

    def meant(lane: Lane) -> bool:
        return bool(
            (not e.grades or e.grades & set(lane.grades))
            and (not tracks or tracks & set(lane.tracks))
            and (not batches or lane.batch in batches)
        )

    found = [lane for lane in rules.lanes if meant(lane)]
    if not found:
        raise _Doubt(
            "標題說的年級或梯次,規則沒有這一道", "the rule set has no lane of the grade or batch that it names"
        )
    for lane in found:
        if e.grades and set(lane.grades) - e.grades:
            raise _Doubt(
                f"標題只說了「{lane.title}」的一部分年級,那一道只有一個日期",
                f"names only a part of the grades of 「{lane.title_en}」, which have one date together",
            )
    return tuple(lane.id for lane in found)


def _edges(
    e: Entry, text: str, op: Operation, words: PortfolioWords, by: Placement
) -> dict[Edge, datetime]:  # fmt: skip
    """Which edges the row dates, and with which instants. Raises _Doubt where that is unclear."""
    due = _end(e, by.due_at)
    if not op.windows:
        # An hour of a meeting is its beginning: the duty is due with the day's work, later only where it begins later.
        office = at_taipei(e.last, by.due_at)
        return {"due": due if e.whole_day else max(due, office)}
    said = {"opens": one_of(words.opens, text), "due": one_of(words.due, text) or ("止" if e.until else "")}
    if one_of(words.closes, text):
        return {"closes": _end(e, None)}
    if e.last > e.first and not (said["due"] and not said["opens"]):
        return {"opens": at_taipei(e.first, e.starts or by.opens_at), "due": due}
    if said["opens"] and said["due"]:
        raise _Doubt("一天裡又說開始又說截止", "says that it both begins and ends, on one day")
    if said["due"]:
        return {"due": due}
    if said["opens"]:
        return {"opens": at_taipei(e.first, e.starts or e.clock or by.opens_at)}
    raise _Doubt("看不出這一天是開始還是截止", "does not say whether the day is the beginning or the deadline")


def _end(e: Entry, usual: time | None) -> datetime:
    """The instant at the end of a row: its hour, 24:00, or the usual hour (without one the end of the day)."""
    clock = None if e.whole_day else e.clock or usual
    return at_taipei(e.last, clock) if clock else start_of(e.last, 1)
