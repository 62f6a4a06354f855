"""rules: one person's own dates: the windows of a student, the duties of a post, each the later of base and extension. 規§4.2, 規§10.2.2

Lists, pages, feeds, diffs and mails show these and no others.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from pydantic import Field

from rules.admission import CORRECTION, Grant, Grants, Standing, later_close, windows_of
from rules.calendar_diff import STUDENTS, DateChange
from rules.daily_hours import hours_said
from rules.duties import duties_of, is_open
from rules.instants import Instant, Model
from rules.roc import roc_close
from rules.ruleset import RuleSet
from rules.schedule import Calendar
from rules.snapshot import Snapshot


@dataclass(frozen=True, slots=True)
class Granted:
    """An extension with who granted it and why."""

    id: str
    grant: Grant
    reason: str
    approver: str
    at: datetime | None = None
    """When it was granted; None where that does not matter."""


def before(granted: Granted, instant: datetime) -> bool:
    """Whether an extension was granted before an instant; one of which that is not known always was."""
    return granted.at is None or granted.at < instant


class OwnDate(Model):
    """What a person may or has to do, and until when; `base` is the calendar's close where an extension is later.

    `due` is shown, `closes` enforced; `extensions` are the ids of those that give the later date.
    """

    what: str
    period: str
    lane: str = ""
    kind: str
    title: str
    title_en: str = ""
    clause: str
    opens: Instant
    due: Instant
    closes: Instant
    base: Instant | None = None
    extensions: tuple[str, ...] = ()
    id: str = ""
    sequence: int = 0
    """How often the date was set: the calendar's version and the extensions granted; it only grows."""
    changed_at: Instant | None = None
    """When the date was last set; None where nothing is known of it."""
    hours: dict[str, str] = Field(default_factory=dict)
    """The daily hours of a window that is open at hours only, as `hours_said` gives them."""
    whom: tuple[str, ...] = ()
    """The titles of the lanes that a duty is about; none for what is about the whole school or one's own lane."""
    count: int = 1
    """How many duties it stands for (see `together`)."""

    @property
    def said(self) -> str:
        """The title, with the lanes that it is about and the number of duties where there are several."""
        more = [*(["、".join(self.whom)] if self.whom else []), *([f"{self.count} 項"] if self.count > 1 else [])]
        return f"{self.title}({','.join(more)})" if more else self.title

    @property
    def daily(self) -> str:
        """The daily hours in words; empty for what is open day and night."""
        until = f"到 {roc_close(datetime.fromisoformat(self.hours['until']))} 為止" if "until" in self.hours else ""
        return f"{until}每日 {self.hours['daily']}" if self.hours else ""


def own_windows(
    rules: RuleSet,
    calendar: Calendar,
    who: Standing,
    granted: Iterable[Granted],
    *,
    kinds: Collection[str] = STUDENTS,
    since: datetime | None = None,
) -> tuple[OwnDate, ...]:
    """A student's windows by their close, each with the date that holds for this student.

    `since`: when the calendar's version came to count.
    """
    titles = {w.kind: w for w in rules.windows}
    granted = tuple(granted)
    held = set(Grants(g.grant for g in granted).of(who))
    mine = [g for g in granted if g.grant in held]
    found = []
    windows = {(w.period, w.kind): (w.opens, w.due, w.closes) for w in calendar.windows if w.lane == who.lane}
    windows |= {
        (w.period, w.kind): (w.opens, w.due, w.closes) for w in windows_of(rules, calendar) if w.lane == who.lane
    }
    for (period, kind), (opens, due, closes) in windows.items():
        if kind not in kinds:
            continue
        ours = [g for g in mine if (g.grant.period, g.grant.kind) == (period, kind)]
        grants = [g.grant for g in ours]
        until = later_close(period, kind, closes, grants, who)
        rule = titles["certification" if kind == CORRECTION else kind]
        found.append(
            OwnDate(
                what="window",
                period=period,
                lane=who.lane,
                kind=kind,
                title=rule.title if kind != CORRECTION else "退件更正",
                title_en=rule.title_en if kind != CORRECTION else "correction of returned items",
                clause=rule.clause,
                opens=opens,
                due=later_close(period, kind, due, grants, who),
                closes=until,
                base=closes if until != closes else None,
                extensions=tuple(g.id for g in mine if _gives(g, period, kind, until, closes)),
                sequence=calendar.version + len(ours),
                changed_at=max((at for at in (since, *(g.at for g in ours)) if at is not None), default=None),
                hours=hours_said(calendar, period, who.lane, kind, until),
            )
        )
    return tuple(sorted(found, key=lambda d: (d.closes, d.period, d.kind)))


def _gives(granted: Granted, period: str, kind: str, until: datetime, base: datetime) -> bool:
    grant = granted.grant
    return (grant.period, grant.kind, grant.closes) == (period, kind, until) and until != base


def own_duties(
    s: Snapshot, posts: Collection[str], *, since: datetime | None = None, until: datetime | None = None
) -> tuple[OwnDate, ...]:
    """What the holder of some posts still owes in a process, the most urgent first.

    `base` is the date without the extensions granted `since` then; those granted from `until` on do not count.
    """
    held = tuple(e for e in s.extensions if until is None or e.granted_at is None or e.granted_at < until)
    earlier = tuple(e for e in held if since is not None and (e.granted_at is None or e.granted_at < since))
    plain, s = duties_of(replace(s, extensions=earlier)), replace(s, extensions=held)
    granted = [e.granted_at for e in s.extensions if e.granted_at is not None]
    titles = {lane.id: lane.title for lane in s.rules.lanes}
    found = [
        OwnDate(
            what="duty",
            period=s.params.get("period", ""),
            lane=duty.lane or "",
            whom=(titles[duty.lane],) if duty.lane else (),
            kind=duty.kind,
            title=duty.title,
            clause=duty.clause,
            opens=duty.opens,
            due=duty.due,
            closes=duty.due,
            base=plain[key].due if plain[key].due != duty.due else None,
            sequence=s.calendar.version + len(s.extensions),
            changed_at=max(s.basis.since, *granted) if granted else s.basis.since,
            id=key,
        )
        for key, duty in duties_of(s).items()
        if duty.post in posts and is_open(s, duty)
    ]
    return tuple(sorted(found, key=lambda d: (d.due, d.id)))


def together(dates: Iterable[OwnDate]) -> tuple[OwnDate, ...]:
    """The same dates with one line for all duties of a kind that open and end together, in their order.

    A teacher of forty courses has one deadline to see, not forty. It keeps the first id, and the last change.
    """
    alike: dict[tuple[object, ...], list[OwnDate]] = {}
    for n, d in enumerate(dates):
        one = "" if d.what == "duty" else n
        key = (one, d.period, d.kind, d.title, d.opens, d.due, d.closes, d.base, d.extensions)
        alike.setdefault(key, []).append(d)
    return tuple(same[0] if len(same) == 1 else _one_of(same) for same in alike.values())


def _one_of(same: Sequence[OwnDate]) -> OwnDate:
    changed, lanes = (d.changed_at for d in same), {d.lane for d in same}
    return same[0].model_copy(
        update={
            "id": min(d.id for d in same), "count": len(same), "sequence": max(d.sequence for d in same),
            "lane": lanes.pop() if len(lanes) == 1 else "", "whom": tuple(dict.fromkeys(w for d in same for w in d.whom)),
            "changed_at": max((at for at in changed if at is not None), default=None),
        }
    )  # fmt: skip


def own_changes(
    changes: Iterable[DateChange], old: Sequence[OwnDate], dates: Sequence[OwnDate]
) -> tuple[DateChange, ...]:
    """What of a diff changes for a person, with the person's own new dates; extensions are changes too.

    `old` are the dates of the older calendar as they stood for the person when it came to count (what was granted
    before is no change), `dates` what held under the newer until the next.
    """
    own = {(d.period, d.kind): d for d in dates if d.what == "window"}
    before = {(d.period, d.kind): d for d in old}
    found = [c for c in changes if c.edge not in ("due", "closes") or (c.period, c.kind) not in own]
    for place, date in own.items():
        was = before.get(place)
        for edge in ("due", "closes") if was is not None else ():
            first, now = getattr(was, edge), getattr(date, edge)
            if first != now:
                found.append(_moved(date, edge, first, now))
    found += [_moved(d, "due", d.base, d.due) for d in dates if d.what == "duty" and d.base is not None]
    once = {(c.period, c.lane, c.kind, c.edge, c.after): c for c in found}
    return tuple(sorted(once.values(), key=lambda c: (c.period, c.lane, c.kind, c.edge)))


def _moved(date: OwnDate, edge: str, before: datetime, after: datetime) -> DateChange:
    because = ", ".join(date.extensions) or ("extension" if date.base is not None else "")
    return DateChange(
        what="moved", period=date.period, lane=date.lane, kind=date.kind, edge=edge,
        before=before, after=after, because=because,
    )  # fmt: skip
