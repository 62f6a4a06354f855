"""rules: why this date: rule → calendar version → closed day → extension, each link with its source. 規§4.2"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Literal

from rules.admission import CORRECTION, Standing, later_close
from rules.duties import Duty, duties_of
from rules.instants import Instant, Model, at_taipei, taipei_day
from rules.moves import edge_of
from rules.own_dates import Granted
from rules.plan import plan
from rules.ruleset import DutyRule, RuleSet
from rules.schedule import Calendar, DeadlineDate, National, WindowDates
from rules.snapshot import Snapshot

_DateOf = Callable[[Calendar], datetime | None]
EXTENDED = ("due", "closes")
"""The edges of a window that an extension gives later, and whose reason is the window's source."""
SEMESTER_EDGES = ("first_day", "closing_ceremony", "opens")
EDGE_NAMES = {
    "opens": ("開始", ", its opening"),
    "closes": ("關閉", ", its close"),
    "correction_closes": ("更正截止", ", the close of corrections"),
    "self_check": ("自我檢核結束", ", the close of its self-check"),
}
"""How an edge is called in both languages; the deadline (`due`) is what a duty hangs on without a word."""


class Link(Model):
    """One reason in the chain: what decided, since which document or grant, and the date it gives."""

    by: Literal["rule", "calendar", "closure", "extension", "authority"]
    source: str
    text: str
    text_en: str
    at: Instant | None = None


@dataclass(frozen=True, slots=True)
class _Source:
    """On what a date stands, as its calendar says; `assumed` until the school has confirmed it."""

    text: str = ""
    assumed: bool = False


@dataclass(frozen=True, slots=True)
class Version:
    """A calendar version with the reason for which it was adopted."""

    calendar: Calendar
    reason: str


def why_window(
    rules: RuleSet,
    versions: Sequence[Version],
    place: tuple[str, str, str],
    extensions: Iterable[Granted] = (),
    who: Standing | None = None,
    *,
    edge: str = "closes",
) -> tuple[Link, ...]:
    """The chain of one edge of a window (its close unless said), for a person or (without one) for the whole lane.

    Empty for what the newest version does not hold. The last link with an instant is the date that holds:
    for the announced deadline (`due`) and the close the later of the base and the extensions.
    """
    period, lane, kind = place
    if (kind, edge) == ("certification", "correction_closes"):
        kind, edge = CORRECTION, "closes"
    dated = versions[-1].calendar.window(period, lane, "certification" if kind == CORRECTION else kind)
    base = _edge_of(versions[-1].calendar, period, lane, kind, edge)
    if dated is None or base is None:
        return ()
    rule = next((w for w in rules.windows if w.kind == dated.kind), None)
    chain = [_rule(rule.clause, rule.title, rule.title_en, f"{rules.id} v{rules.version}")] if rule else []
    chain += _versions(
        versions,
        lambda c: _edge_of(c, period, lane, kind, edge),
        lambda c: _source_of(c.window(period, lane, dated.kind), edge),
    )
    holds = [
        g for g in extensions
        if edge in EXTENDED and (g.grant.period, g.grant.kind) == (period, kind) and g.grant.closes > base
        and (who is not None or (g.grant.scope in ("all", "lane") and g.grant.target in ("", lane)))
    ]  # fmt: skip
    if who is not None:
        holds = [g for g in holds if later_close(period, kind, base, [g.grant], who) == g.grant.closes]
    chain += [_extension(rules, g, g.grant.closes) for g in sorted(holds, key=lambda g: g.grant.closes)]
    return tuple(chain)


def why_dated(rules: RuleSet, versions: Sequence[Version], period: str, kind: str, *, edge: str) -> tuple[Link, ...]:
    """The chain of a dated duty's own opening or deadline. Empty for one that the newest version does not hold."""

    def date_of(calendar: Calendar) -> datetime | None:
        found = calendar.deadline(period, kind)
        return edge_of(found, edge) if found else None

    if date_of(versions[-1].calendar) is None:
        return ()
    hangs = [r for r in rules.duties if r.due.deadline == kind]
    chain = [_rule(r.clause, r.title, r.title_en, f"{rules.id} v{rules.version}") for r in hangs]
    return (*chain, *_versions(versions, date_of, lambda c: _source_of(c.deadline(period, kind), edge)))


def why_semester(versions: Sequence[Version], period: str, edge: str) -> tuple[Link, ...]:
    """The chain of a semester's own day: `first_day`, `closing_ceremony` or `opens`. Empty where there is none."""

    def date_of(calendar: Calendar) -> datetime | None:
        semester = calendar.semesters.get(period)
        found = getattr(semester, edge) if semester and edge in SEMESTER_EDGES else None
        return at_taipei(found) if found is not None and not isinstance(found, datetime) else found

    return tuple(_versions(versions, date_of, lambda c: _Source(c.source)))


def why_national(national: National, place: tuple[str, str, str], edge: str) -> tuple[Link, ...]:
    """The chain of a window of the authority: its letter, and that it never moves by itself. Empty for one not known."""
    window = national.window(place[0], place[1], place[2])
    if window is None or edge not in ("opens", "closes"):
        return ()
    letter = f"{window.letter_date or ''} {window.letter_number}".strip()
    text = f"主管機關時程 v{national.version}:{letter or '尚無公文字號'}{_unconfirmed(not window.verified)[0]} {window.url}"
    text_en = f"the authority's dates v{national.version}: {letter or 'no letter yet'}{_unconfirmed(not window.verified)[1]} {window.url}"
    name = f"national v{national.version}"
    return (Link(by="authority", source=name, text=text.rstrip(), text_en=text_en.rstrip(), at=getattr(window, edge)),)


def rungs_of(s: Snapshot, key: str) -> tuple[str, ...]:
    """The names of a duty's rungs, in the order of their instants."""
    return tuple(r.rung.name for r in sorted(plan(s).rungs, key=lambda r: r.at) if r.duty.key == key)


def _extension(rules: RuleSet, g: Granted, at: datetime) -> Link:
    post = next((p for p in rules.posts if p.id == g.approver), None)
    text = f"展延 {g.id}:{g.reason}(核准:{post.title if post else g.approver})"
    text_en = f"extension {g.id}: {g.reason} (approved by {post.title_en if post else g.approver})"
    return Link(by="extension", source=g.id, text=text, text_en=text_en, at=at)


def why_duty(
    s: Snapshot, versions: Sequence[Version], key: str, extensions: Iterable[Granted] = ()
) -> tuple[Link, ...]:
    """The chain of a duty's due date. Empty for a duty that the process does not have."""
    duty = duties_of(s).get(key)
    if duty is None:
        return ()
    rule = next((r for r in s.rules.duties if r.kind == duty.kind), None)
    offset = rule.due.offset if rule else 0
    on = (rule.due.window or rule.due.deadline or "") if rule else ""
    what, what_en = _hangs_on(s.rules, rule) if rule else ("", "")
    title = f"{duty.title}{what}{f' {offset:+d} 上班日' if offset else ''}"
    title_en = f"{rule.title_en if rule else duty.kind}{what_en}{f' {offset:+d} working days' if offset else ''}"
    chain = [_rule(duty.clause, title, title_en, f"{s.rules.id} v{s.rules.version}")]
    if rule is not None and rule.due.deadline is not None:
        chain += _versions(
            versions, lambda c: _due_of(c, s.period, on), lambda c: _source_of(c.deadline(s.period, on), "due")
        )
    elif rule is not None:
        # What the whole school owes is due with the earliest lane (rules/duties.py).
        lanes, edge = (duty.lane,) if duty.lane else tuple(sorted(s.structure.lanes)), rule.due.edge
        chain += _versions(
            versions,
            lambda c: w.edge(edge) if (w := _earliest(c, s.period, lanes, on, edge)) else None,
            lambda c: _source_of(_earliest(c, s.period, lanes, on, edge), edge),
        )
    base = duties_of(replace(s, extensions=()))[key].due
    chain[-1] = chain[-1].model_copy(update={"at": base})
    if base != duty.due:
        # What the whole school owes goes on with whichever lane is extended, as far as the next lane's date.
        whose = frozenset({duty.scope}) if duty.lane else s.structure.lanes
        later = {e.closes for e in s.extensions if e.kind == on and e.scopes & whose and e.closes > base}
        mine = [g for g in extensions if (g.grant.period, g.grant.kind) == (s.period, on) and g.grant.closes in later]
        chain += [
            _extension(s.rules, g, min(g.grant.closes, duty.due)) for g in sorted(mine, key=lambda g: g.grant.closes)
        ]
    return tuple(chain)


def why_rung(
    s: Snapshot, versions: Sequence[Version], name: str, extensions: Iterable[Granted] = ()
) -> tuple[Link, ...]:
    """The chain of a rung (`DUTY|rung-2`): its duty's, then the ladder's working days and the closed days skipped."""
    key, _, rung_name = name.partition("|")
    found = next((r for r in plan(s).rungs if r.duty.key == key and r.rung.name == rung_name), None)
    if found is None:
        return ()
    chain = list(why_duty(s, versions, key, extensions))
    between = sorted(d for d in s.calendar.closed_days if _within(d, found.duty, found.at))
    chain += [_closed(s.calendar, d) for d in between if all(x.source != f"closure {d}" for x in chain)]
    text = f"催辦階梯 {s.rules.ladder(found.duty.ladder).title}:期限 {found.rung.offset:+d} 上班日"
    text_en = f"ladder {found.duty.ladder}: {found.rung.offset:+d} working days from the deadline"
    source = f"{s.rules.id} v{s.rules.version}"
    return (*chain, Link(by="rule", source=source, text=text, text_en=text_en, at=found.at))


def _hangs_on(rules: RuleSet, rule: DutyRule) -> tuple[str, str]:
    """The window and its edge on which a duty hangs, in both languages; nothing for one with a date of its own."""
    window = next((w for w in rules.windows if w.kind == rule.due.window), None)
    if window is None:
        return "", ""
    edge, edge_en = EDGE_NAMES.get(rule.due.edge, ("", ""))
    return f":{window.title}{edge}", f": {window.title_en}{edge_en}"


def _rule(clause: str, title: str, title_en: str, source: str) -> Link:
    return Link(by="rule", source=source, text=f"〔{clause}〕{title}", text_en=f"[{clause}] {title_en}")


def _versions(versions: Sequence[Version], date_of: _DateOf, source_of: Callable[[Calendar], _Source]) -> list[Link]:
    """The version that first gave a date, and each that moved it since, with the days closed in that change."""
    chain: list[Link] = []
    known: datetime | None = None
    shut: set[date] = set()
    for v in versions:
        at = date_of(v.calendar)
        new, shut = {c.day for c in v.calendar.closures} - shut, {c.day for c in v.calendar.closures}
        if at is None or at == known:
            continue
        what, what_en = ("期程", "calendar") if known is None else ("期程修正", "calendar amended")
        source = source_of(v.calendar) if known is None else _Source()
        because, (mark, mark_en) = source.text or v.reason, _unconfirmed(source.assumed)
        name = f"calendar {v.calendar.school_year} v{v.calendar.version}"
        chain.append(
            Link(
                by="calendar", source=name, text=f"{what} v{v.calendar.version}:{because}{mark}",
                text_en=f"{what_en} v{v.calendar.version}: {because}{mark_en}", at=at,
            )
        )  # fmt: skip
        chain += [_closed(v.calendar, day) for day in sorted(new)] if known is not None else []
        known = at
    return chain


def _edge_of(calendar: Calendar, period: str, lane: str, kind: str, edge: str) -> datetime | None:
    if kind == CORRECTION:
        found = calendar.window(period, lane, "certification")
        return found.correction_closes if found and edge in EXTENDED else None
    window = calendar.window(period, lane, kind)
    return edge_of(window, edge) if window else None


def _earliest(calendar: Calendar, period: str, lanes: Iterable[str], kind: str, edge: str) -> WindowDates | None:
    """The window of that kind whose `edge` comes first among the lanes; None where none has it."""
    found = (calendar.window(period, lane, kind) for lane in lanes)
    dated = ((at, w) for w in found if w and (at := w.edge(edge)))
    return min(dated, key=lambda x: x[0], default=(None, None))[1]


def _due_of(calendar: Calendar, period: str, duty: str) -> datetime | None:
    found = calendar.deadline(period, duty)
    return found.due if found else None


def _source_of(dated: WindowDates | DeadlineDate | None, edge: str) -> _Source:
    """What a window or a duty's date says of itself: its source is why it ends then, and no reason of another edge."""
    if dated is None:
        return _Source()
    return _Source(dated.source if edge in EXTENDED else "", dated.assumed)


def _unconfirmed(assumed: bool) -> tuple[str, str]:
    return ("(推定,尚待確認)", " (assumed, to be confirmed)") if assumed else ("", "")


def _closed(calendar: Calendar, day: date) -> Link:
    closure = next(c for c in calendar.closures if c.day == day)
    kind = " ".join(x for x in ("停班" if closure.offices else "", "停課" if closure.lessons else "") if x)
    text, text_en = f"{day} {kind}:{closure.title}", f"{day} closed: {closure.title}"
    return Link(by="closure", source=f"closure {day}", text=text, text_en=text_en)


def _within(day: date, duty: Duty, at: datetime) -> bool:
    first, last = sorted((taipei_day(at), taipei_day(duty.due)))
    return first <= day <= last
