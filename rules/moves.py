"""rules: dates moved while a term runs: several changes as one, refused whole; what moves is shown first. 規§4.2, 規§12"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import Literal

from pydantic import ValidationError

from rules.duties import duties_of, is_open
from rules.instants import TAIPEI, Instant, Model, local_text, taipei_day
from rules.lint.book import errors, lint
from rules.lint.case import Case
from rules.lint.model import Finding, Severity
from rules.plan import plan
from rules.refusals import Code, refuse
from rules.refusals.malformed import MINUTE
from rules.rehearsals.script import resolve
from rules.roc import ROC_OFFSET
from rules.ruleset import RuleSet
from rules.schedule import Calendar, Closure, DeadlineDate, WindowDates
from rules.snapshot import Snapshot

_LEFT = "due-on-closure"
EDGES = ("opens", "due", "closes", "correction_closes", "self_check_opens", "self_check_closes")
SELF_CHECK = "self_check_"


def edge_of(thing: WindowDates | DeadlineDate, edge: str) -> datetime | None:
    """The instant of an edge, that of the self-check inside a window too; None where the thing has none."""
    holder = getattr(thing, "self_check", None) if edge.startswith(SELF_CHECK) else thing
    found: datetime | None = getattr(holder, edge.removeprefix(SELF_CHECK), None)
    return found


class Move(Model):
    """New dates of one window (with a lane) or of one dated duty (without)."""

    period: str
    lane: str | None = None
    kind: str
    opens: Instant | None = None
    due: Instant | None = None
    closes: Instant | None = None
    correction_closes: Instant | None = None
    self_check_opens: Instant | None = None
    self_check_closes: Instant | None = None

    @property
    def place(self) -> str:
        """`115-1/g10_11/outcome_upload`, the name of what moves."""
        return "/".join(x for x in (self.period, self.lane, self.kind) if x)

    @property
    def edges(self) -> dict[str, datetime]:
        """The edges that move, with their new instants."""
        return {e: getattr(self, e) for e in EDGES if getattr(self, e) is not None}


class MovedDate(Model):
    """One date that moves. `after` is None for a rung that is left out: its day is past already.

    `to` are the posts that it reaches (a self-check's checker), or the lane whose people hear of it.
    """

    what: Literal["window", "deadline", "duty", "rung"]
    id: str
    title: str
    before: Instant | None
    after: Instant | None
    to: tuple[str, ...]


def _need_minute(calendar: Calendar, move: Move, edge: str, instant: datetime) -> None:
    """Raises Refused(bad_request) for seconds, which no calendar file can say; a date that has them keeps them."""
    lane = move.lane
    thing = calendar.window(move.period, lane, move.kind) if lane else calendar.deadline(move.period, move.kind)
    was = edge_of(thing, edge) if thing else None
    if instant.replace(second=0, microsecond=0) != instant and (was is None or was.second != instant.second):
        found = instant.astimezone(TAIPEI).strftime("%Y-%m-%d %H:%M:%S")
        raise refuse(Code.BAD_REQUEST, clause="規§4.2", place=f"{move.place}.{edge}", found=found, limit=MINUTE)


def amended(calendar: Calendar, moves: Sequence[Move], closures: Sequence[Closure], reason: str) -> Calendar:
    """The calendar's next version with all moves and closed days. Raises Refused, nothing is half done."""
    if not moves and not closures:
        limit = "至少一個日期或停課停班日 · at least one date or closed day"
        raise refuse(Code.BAD_REQUEST, clause="規§4.2", place="moves, closures", limit=limit)
    windows = {(w.period, w.lane, w.kind): w for w in calendar.windows}
    deadlines = {(d.period, d.duty): d for d in calendar.deadlines}
    seen: set[tuple[str, str]] = set()
    parts: dict[str, Move] = {}
    for move in moves:
        need_known(calendar, move)
        for edge, instant in move.edges.items():
            if (move.place, edge) in seen:
                raise refuse(
                    Code.CONTRADICTION, clause="規§4.2", place=f"{move.place}.{edge}", found=local_text(instant),
                    limit="同一個日期只改一次 · each date once",
                )  # fmt: skip
            seen.add((move.place, edge))
            _need_minute(calendar, move, edge, instant)
        known = parts.get(move.place)
        parts[move.place] = known.model_copy(update=dict(move.edges)) if known else move
    for move in parts.values():
        inside = {e.removeprefix(SELF_CHECK): at for e, at in move.edges.items() if e.startswith(SELF_CHECK)}
        changes: dict[str, object] = {e: at for e, at in move.edges.items() if not e.startswith(SELF_CHECK)}
        changes |= {"source": reason, "assumed": False}
        try:
            if move.lane is not None:
                key = (move.period, move.lane, move.kind)
                known_dates = windows[key].model_dump()
                changes |= {"self_check": known_dates["self_check"] | inside} if inside else {}
                windows[key] = WindowDates.model_validate(known_dates | changes)
            else:
                name = (move.period, move.kind)
                deadlines[name] = DeadlineDate.model_validate(deadlines[name].model_dump() | changes)
        except ValidationError as error:
            found = ", ".join(f"{e} {local_text(at)}" for e, at in move.edges.items())
            limit = error.errors()[0]["msg"].removeprefix("Value error, ")
            raise refuse(Code.CONTRADICTION, clause="規§4.2", place=move.place, found=found, limit=limit) from None
    for name, d in deadlines.items():
        if d.opens > d.due:
            found, limit = f"opens {local_text(d.opens)}", f"<= due {local_text(d.due)}"
            raise refuse(Code.CONTRADICTION, clause="規§4.2", place="/".join(name), found=found, limit=limit)
    known_days = {c.day for c in calendar.closures}
    first, last = span(calendar)
    for closure in closures:
        if not first <= closure.day <= last:
            raise refuse(
                Code.BAD_REQUEST, clause="規§4.2", place="closure", found=str(closure.day), limit=f"{first} … {last}"
            )
        if closure.day in known_days:
            raise refuse(Code.ALREADY_EXISTS, clause="規§4.2", place=f"closure {closure.day}")
        known_days.add(closure.day)
    return calendar.model_copy(
        update={
            "windows": tuple(windows.values()),
            "deadlines": tuple(deadlines.values()),
            "closures": (*calendar.closures, *closures),
            "version": calendar.version + 1,
        }
    )


def span(calendar: Calendar) -> tuple[date, date]:
    """The first and the last day on which a closed day means something: from 8/1 to 7/31, or to the last date."""
    start = calendar.school_year + ROC_OFFSET
    dated = [*(w.closes for w in calendar.windows), *(d.due for d in calendar.deadlines)]
    return date(start, 8, 1), max([date(start + 1, 7, 31), *(taipei_day(at) for at in dated if at)])


def need_known(calendar: Calendar, move: Move) -> WindowDates | DeadlineDate:
    """What a move is about. Raises Refused(no_window), or Refused(bad_request) for a move of nothing."""
    if not move.edges:
        raise refuse(Code.BAD_REQUEST, clause="規§4.2", place="opens, due, closes", found="nothing to move")
    found = (
        calendar.window(move.period, move.lane, move.kind) if move.lane else calendar.deadline(move.period, move.kind)
    )
    if found is None or (move.lane is None and not set(move.edges) <= {"opens", "due"}):
        raise refuse(Code.NO_WINDOW, clause="規§4.2", place=move.place)
    for edge in move.edges:
        if edge.startswith(SELF_CHECK) and edge_of(found, edge) is None:
            raise refuse(Code.NO_WINDOW, clause="規§4.2", place=f"{move.place}.{edge}")
    return found


def need_ahead(calendar: Calendar, moves: Iterable[Move], *, at: datetime) -> None:
    """Raises Refused(before_now): what has happened is not moved, and nothing moves into the past."""
    for move in moves:
        found = need_known(calendar, move)
        for edge, instant in move.edges.items():
            old = edge_of(found, edge)
            if instant <= at:
                raise refuse(Code.BEFORE_NOW, clause="規§4.2", place=f"{move.place}.{edge}", found=instant, limit=at)
            if old is not None and old <= at:
                place = f"{move.place}.{edge} (already passed)"
                raise refuse(Code.BEFORE_NOW, clause="規§4.2", place=place, found=old, limit=at)


def new_errors(before: Case, after: Case) -> list[Finding]:
    """The linter's errors that a change brings: what was wrong before is no reason to refuse it.

    When a day is closed, a date that was left on it is a person's choice, or the authority's instant;
    a date that the same change puts on it is an error like any other.
    """
    found = errors(lint(after))
    if not found:
        return []
    known = {(f.rule.id, f.hit.place) for f in errors(lint(before))}
    known |= {(_LEFT, place) for place in _left_alone(before.calendar, after.calendar)}
    return [f for f in found if (f.rule.id, f.hit.place) not in known]


def new_warnings(before: Case, after: Case) -> list[Finding]:
    """The linter's warnings that a change brings, and those of a date that it moves: a person reads and decides."""
    moved = (*moved_windows(before.calendar, after.calendar), *moved_deadlines(before.calendar, after.calendar))
    places = {m.id.replace("/", " ").replace(".", " ") for m in moved}
    known = {(f.rule.id, f.hit.place) for f in lint(before) if f.hit.place not in places}
    found = (f for f in lint(after) if f.rule.severity is Severity.WARNING)
    return [f for f in found if (f.rule.id, f.hit.place) not in known]


def _left_alone(old: Calendar, new: Calendar) -> set[str]:
    """The places of the dates, as the linter names them, that stand where they stood when a day is closed."""
    if old.closures == new.closures:
        return set()
    left: set[str] = set()
    for w in new.windows:
        was = old.window(w.period, w.lane, w.kind)
        left |= {
            f"{w.period} {w.lane} {w.kind} {edge}"
            for edge in ("due", "closes")
            if was is not None and edge_of(was, edge) == edge_of(w, edge)
        }
    stood = {(d.period, d.duty, d.due) for d in old.deadlines}
    return left | {f"{d.period} {d.duty} due" for d in new.deadlines if (d.period, d.duty, d.due) in stood}


def moved_windows(old: Calendar, new: Calendar) -> tuple[MovedDate, ...]:
    """Every edge of a window that the new version has elsewhere; for both versions of one year."""
    found = []
    for w in new.windows:
        was = old.window(w.period, w.lane, w.kind)
        if was is None:
            continue
        for edge in EDGES:
            before, after = edge_of(was, edge), edge_of(w, edge)
            if before != after:
                id_ = f"{w.period}/{w.lane}/{w.kind}.{edge}"
                to = w.self_check.checker if w.self_check and edge.startswith(SELF_CHECK) else w.lane
                found.append(MovedDate(what="window", id=id_, title=w.kind, before=before, after=after, to=(to,)))
    return tuple(found)


def moved_deadlines(old: Calendar, new: Calendar) -> tuple[MovedDate, ...]:
    """Every edge of a dated duty that the new version has elsewhere, also of a semester that has not started."""
    found = []
    for d in new.deadlines:
        was = old.deadline(d.period, d.duty)
        if was is None:
            continue
        for edge in ("opens", "due"):
            before, after = edge_of(was, edge), edge_of(d, edge)
            if before != after:
                id_ = f"{d.period}/{d.duty}.{edge}"
                found.append(MovedDate(what="deadline", id=id_, title=d.duty, before=before, after=after, to=()))
    return tuple(found)


def moved_receipts(old: Snapshot, new: Snapshot) -> tuple[MovedDate, ...]:
    """The close of each published receipt of one process that is elsewhere now: the window's, or its 72 hours (規§6.2)."""
    closes = {x.thing: x.at for x in plan(old).steps if x.kind == "deem" and x.key not in old.done}
    return tuple(
        MovedDate(what="window", id=x.thing, title="receipts", before=closes[x.thing], after=x.at, to=(x.lane or "",))
        for x in plan(new).steps
        if x.kind == "deem" and x.thing in closes and closes[x.thing] != x.at
    )


def moved_duties(old: Snapshot, new: Snapshot) -> tuple[MovedDate, ...]:
    """Open duties of one process that are due elsewhere under the new basis or extensions."""
    found: list[MovedDate] = []
    duties = duties_of(old)
    for key, duty in duties_of(new).items():
        was = duties.get(key)
        if was is not None and was.due != duty.due and is_open(new, duty):
            found.append(
                MovedDate(what="duty", id=key, title=duty.title, before=was.due, after=duty.due, to=(duty.post,))
            )
    return tuple(found)


def checks_among(rules: RuleSet, work: Iterable[MovedDate]) -> frozenset[str]:
    """The places (`115-1/g10_11/certification`) of the windows whose self-checks are among moved duties."""
    checks = {r.kind: r.due.window for r in rules.duties if r.due.edge == "self_check"}
    keys = (m.id.split("#") for m in work)
    return frozenset(f"{k[0].rpartition('/')[2]}/{k[2]}/{checks[k[1]]}" for k in keys if len(k) == 3 and k[1] in checks)


def moved_work(old: Snapshot, new: Snapshot, *, at: datetime) -> tuple[MovedDate, ...]:
    """Open duties and rungs still to come of one process that stand elsewhere under the new basis."""
    found = list(moved_duties(old, new))
    rungs = {(r.duty.key, r.rung.offset): r for r in plan(old).rungs if r.key not in old.done}
    for r in plan(new).rungs:
        before = rungs.get((r.duty.key, r.rung.offset))
        if r.key in new.done or not is_open(new, r.duty) or (before is not None and before.at == r.at):
            continue
        if (before is None or before.at <= at) and r.skipped:
            continue
        posts = tuple(dict.fromkeys(resolve(new, r.duty, to) for to in r.rung.to))
        found.append(
            MovedDate(
                what="rung",
                id=f"{r.duty.key}|rung{r.rung.offset:+d}",
                title=f"{r.duty.title} {r.rung.offset:+d}",
                before=before.at if before else None,
                after=None if r.skipped else r.at,
                to=posts,
            )
        )
    return tuple(found)
