"""rules: the portfolio's own dates of a school's calendar, tried against the linter one by one. 規§3.1, 規§4.1.

A date is taken where the draft has no error with it; otherwise the proposed one stays and a person is told why.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from pydantic import ValidationError

from rules.days import CalendarMissing
from rules.instants import taipei_day
from rules.lint.book import lint
from rules.lint.case import Case, ends
from rules.lint.model import Finding, Limits, Severity
from rules.lint.words import when
from rules.proposals.draft import placed
from rules.proposals.facts import Entry, Facts, Unsure
from rules.proposals.named import Named, named
from rules.proposals.nearest import Group, Unclear, target_of
from rules.proposals.pins import Edge, Key, Pin
from rules.proposals.placement import Placement
from rules.proposals.words import PortfolioWords
from rules.roc import semester_of
from rules.ruleset import Kind, RuleSet
from rules.schedule import National


@dataclass(frozen=True, slots=True)
class Taken:
    """A row whose dates stand in the draft: which edges of which windows or duties, and what the linter warns of there."""

    entry: Entry
    keys: tuple[Key, ...]
    edges: tuple[tuple[Edge, datetime], ...]
    warnings: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Adopted:
    """The dates that the draft takes from the school's own rows, and the rows that a person decides about."""

    pins: dict[Key, tuple[Pin, ...]]
    taken: tuple[Taken, ...]
    unsure: tuple[Unsure, ...]


@dataclass(slots=True)
class _Claim:
    said: Named
    keys: list[Key]

    @property
    def row(self) -> str:
        return f"{self.said.entry.place}「{self.said.entry.title}」"

    def pins(self, *, whole: bool) -> tuple[Pin, ...]:
        return tuple(Pin(edge, at, self.row, whole) for edge, at in self.said.edges.items())


def adopt(
    facts: Facts, words: PortfolioWords, rules: RuleSet, national: National, limits: Limits, placement: Placement
) -> Adopted:
    """Read every row of the school year and try its dates in the order of the work. Raises CalendarMissing."""
    return _Taking(facts, words, rules, national, limits, placement).run()


class _Taking:
    def __init__(
        self, facts: Facts, words: PortfolioWords, rules: RuleSet, national: National, limits: Limits, by: Placement
    ) -> None:
        self.facts, self.words, self.rules = facts, words, rules
        self.national, self.limits, self.by = national, limits, by
        self.pins: dict[Key, tuple[Pin, ...]] = {}
        self.taken: list[Taken] = []
        self.done: list[tuple[_Claim, Key]] = []
        self.why: dict[tuple[str, str], tuple[Entry, list[tuple[str, str]]]] = {}

    def run(self) -> Adopted:
        said = self._said()
        if said:
            self.base = self._case({})
            claims = self._agreed([c for n in said if (c := self._claim(n)) is not None])
            self.known = self._errors(self.base)
            for claim in claims:
                self._try(claim)
        unsure = [
            Unsure(e, ";".join(zh for zh, _ in said_), "; ".join(en for _, en in said_))
            for e, said_ in self.why.values()
        ]
        return Adopted(self.pins, tuple(self.taken), tuple(unsure))

    def _list(self, e: Entry, zh: str, en: str) -> None:
        """Put a row on the list for a person; a reason stands there once."""
        reasons = self.why.setdefault((e.place, e.title), (e, []))[1]
        if (zh, en) not in reasons:
            reasons.append((zh, en))

    def _said(self) -> list[Named]:
        found: list[Named] = []
        for e in self.facts.entries:
            read = named(e, self.facts.school_year, self.words, self.rules, self.by)
            if isinstance(read, Unsure):
                self._list(read.entry, read.why, read.why_en)
                continue
            found += read
            if read and e.tentative:
                self._list(e, "日期是暫定的", "the day is tentative")
        order = [op.id for op in self.words.operations]
        return sorted(found, key=lambda n: (order.index(n.operation.id), n.entry.first))

    # -- of what a row speaks ----------------------------------------------------------------------

    def _claim(self, said: Named) -> _Claim | None:
        keys = self._dated(said) if said.operation.duties else self._window(said)
        if isinstance(keys, Unclear):
            self._list(said.entry, keys.why, keys.why_en)
            return None
        return _Claim(said, keys)

    def _dated(self, said: Named) -> list[Key] | Unclear:
        """The duty of the semester that holds the day, or of the year."""
        for name in said.operation.duties:
            rule = next((d for d in self.rules.duties if d.due.deadline == name), None)
            if rule is not None:
                half = said.semester or semester_of(said.entry.last)
                year = str(self.facts.school_year)
                return [(f"{year}-{half}" if rule.process is Kind.SEMESTER else year, name)]
        return Unclear(
            f"規則沒有「{said.operation.title}」的日期", f"the rule set has no date of {said.operation.title_en}"
        )

    def _window(self, said: Named) -> list[Key] | Unclear:
        """The windows, a lane each, of the period that the row names or clearly means."""
        edge = "due" if "due" in said.edges else next(iter(said.edges))
        lanes = said.lanes or tuple(x.id for x in self.rules.lanes)
        wanted = f"{self.facts.school_year}-{said.semester}" if said.semester else ""
        keys: dict[Group, list[Key]] = {}
        days: dict[Group, list[date]] = {}
        for w in self.base.calendar.windows:
            if w.kind in said.operation.windows and w.lane in lanes and (w.period == wanted or not wanted):
                keys.setdefault((w.period, w.kind), []).append((w.period, w.lane, w.kind))
                days.setdefault((w.period, w.kind), []).append(_day(getattr(w, edge), edge))
        if not keys:
            return Unclear(
                f"規則沒有「{said.operation.title}」這段期間",
                f"the rule set has no window of {said.operation.title_en}",
            )
        titles = {w.kind: (w.title, w.title_en) for w in self.rules.windows}
        meant = target_of(
            days, _day(said.edges[edge], edge), self.words.nearest, titles, other_years=not (wanted or said.this_year)
        )
        return meant if isinstance(meant, Unclear) else keys[meant]

    # -- rows against each other -------------------------------------------------------------------

    def _agreed(self, claims: list[_Claim]) -> list[_Claim]:
        """The claims whose rows do not date one thing differently; a row that names its lanes counts before one that does not."""
        for claim in claims:
            for other in claims:
                both = set(claim.keys) & set(other.keys)
                if both and other.said.lanes and not claim.said.lanes and _differ(claim.said, other.said):
                    claim.keys = [key for key in claim.keys if key not in both]
                    self._list(
                        claim.said.entry,
                        f"{other.row} {_shown(other.said)} 寫明了對象,該對象以那一筆為準",
                        f"{other.row} {_shown(other.said)} names whom it is for and counts for them",
                    )
        against: dict[int, list[_Claim]] = {}
        for n, one in enumerate(claims):
            for other in claims[n + 1 :]:
                if set(one.keys) & set(other.keys) and _differ(one.said, other.said):
                    against.setdefault(id(one), []).append(other)
                    against.setdefault(id(other), []).append(one)
        for claim in claims:
            for other in against.get(id(claim), ()):
                self._list(
                    claim.said.entry,
                    f"與 {other.row} {_shown(other.said)} 說的不同,兩筆都不採用",
                    f"differs from {other.row} {_shown(other.said)}; neither is taken",
                )
        return [c for c in claims if c.keys and id(c) not in against]

    # -- against the rules -------------------------------------------------------------------------

    def _try(self, claim: _Claim) -> None:
        """Take it for every lane at once, or for those lanes with which the draft has no error."""
        held = self._fit(claim, claim.keys)
        taken = list(claim.keys) if held is None else []
        if held is not None:
            for key in claim.keys:
                why = self._fit(claim, [key]) if len(claim.keys) > 1 else held
                if why is None:
                    taken.append(key)
                else:
                    self._against(claim, key, why)
        if taken:
            warned = self._warned(taken, claim.said.edges)
            self.taken.append(Taken(claim.said.entry, tuple(taken), tuple(claim.said.edges.items()), warned))
            self.done += [(claim, key) for key in taken]

    def _warned(self, keys: Sequence[Key], edges: Iterable[Edge]) -> tuple[tuple[str, str], ...]:
        """What the linter warns of at exactly these dates and did not before: a holiday, an unclear hour; a rule once."""
        places = {" ".join((*key, edge)) for key in keys for edge in edges}
        before = {(f.rule.id, f.hit.place) for f in lint(self.base)}
        found: dict[str, list[Finding]] = {}
        for f in lint(self._case(self.pins)):
            known = (f.rule.id, f.hit.place) in before
            if f.hit.place in places and f.rule.severity is Severity.WARNING and not known:
                found.setdefault(f.rule.id, []).append(f)
        return tuple(_once(same) for same in found.values())

    def _fit(self, claim: _Claim, keys: list[Key]) -> tuple[str, str] | None:
        """None, and the dates are pinned, where no error comes in; else the first contradiction."""
        why = None
        for whole in (False, True) if claim.said.operation.windows else (False,):
            pins = self._with(self.pins, claim, keys, whole=whole)
            found = self._contradiction(pins, keys)
            if found is None:
                self.pins = pins
                return None
            why = why or found
        return why

    def _with(
        self, pins: dict[Key, tuple[Pin, ...]], claim: _Claim, keys: Sequence[Key], *, whole: bool
    ) -> dict[Key, tuple[Pin, ...]]:
        more = dict(pins)
        for key in keys:
            mine = [p for p in claim.pins(whole=whole) if p.edge not in {q.edge for q in pins.get(key, ())}]
            more[key] = tuple(
                sorted((*pins.get(key, ()), *mine), key=lambda p: ("opens", "due", "closes").index(p.edge))
            )
        return more

    def _contradiction(self, pins: dict[Key, tuple[Pin, ...]], keys: Sequence[Key]) -> tuple[str, str] | None:
        try:
            case = self._case(pins)
        except ValidationError:
            return "期間會在開始之前結束", "the window would end before it begins"
        except CalendarMissing as error:
            return f"缺少辦公日曆:{error}", f"an office calendar is not loaded: {error}"
        about = [" ".join(key) for key in keys]
        for place, finding in self._errors(case).items():
            if place not in self.known or any(f"{finding.hit.place} ".startswith(f"{x} ") for x in about):
                return f"{finding.message[0]} 〔{finding.rule.clause} {finding.rule.id}〕", finding.message[1]
        return None

    def _against(self, claim: _Claim, key: Key, why: tuple[str, str]) -> None:
        """List the row with the lane and what it breaks; with the row that stands in its way, if there is one."""
        zh, en = why
        if self._contradiction(self._with({}, claim, [key], whole=False), [key]) is None:
            for other, theirs in self.done:
                both = self._with(self._with({}, other, [theirs], whole=False), claim, [key], whole=False)
                if self._contradiction(both, [key]) is not None:
                    zh, en = f"與已採用的 {other.row} 不合:{zh}", f"contradicts {other.row}, which is taken: {en}"
                    break
        name, name_en = self._name(key)
        self._list(claim.said.entry, f"{name}維持草案的日期:{zh}", f"{name_en} keeps its proposed date: {en}")

    def _name(self, key: Key) -> tuple[str, str]:
        """A window or a duty as people call it."""
        if len(key) == 2:
            duty = next(d for d in self.rules.duties if d.due.deadline == key[1])
            return f"{key[0]} {duty.title}", f"{key[0]} {duty.title_en}"
        lane, window = self.rules.lane(key[1]), next(w for w in self.rules.windows if w.kind == key[2])
        return f"{key[0]} {lane.title} {window.title}", f"{key[0]} {lane.title_en} {window.title_en}"

    def _case(self, pins: dict[Key, tuple[Pin, ...]]) -> Case:
        calendar, _ = placed(self.facts, self.rules, self.national, self.by, pins)
        return Case(calendar, self.rules, self.national, self.limits)

    @staticmethod
    def _errors(case: Case) -> dict[tuple[str, str], Finding]:
        return {(f.rule.id, f.hit.place): f for f in lint(case) if f.rule.severity is Severity.ERROR}


def _once(same: Sequence[Finding]) -> tuple[str, str]:
    """The first of several findings of one rule, with the number of the others."""
    zh, en = same[0].message
    others = len(same) - 1
    return (f"{zh}(另 {others} 處相同)", f"{en} (and {others} more)") if others else (zh, en)


def _differ(one: Named, other: Named) -> bool:
    return any(one.edges[x] != other.edges[x] for x in one.edges.keys() & other.edges.keys())


def _day(instant: datetime, edge: str) -> date:
    return taipei_day(instant) if edge == "opens" else ends(instant)


def _shown(said: Named) -> str:
    return "、".join(when(at) for at in said.edges.values())
