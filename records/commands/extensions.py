"""records: a window is extended for somebody; nobody's date ever gets earlier. 規§10.2.2"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from typing import Any
from uuid import UUID

from records.commands.extension_scope import people_of, targets_of
from records.commands.moved import tell_moved
from records.commands.reopening import thaw
from records.commands.rights import need_post, year_basis
from records.queries.granted import granted_of
from records.queries.snapshot import load_snapshot
from records.queries.why import granted
from records.seam import Deed, handles
from rules.admission import (
    CORRECTION,
    ITEM_WINDOWS,
    AdmissionWindow,
    Grant,
    Grants,
    Standing,
    effective_close,
    windows_of,
)
from rules.commands import Extend
from rules.daily_hours import hours_said
from rules.ids import semester_id, year_id, year_of
from rules.moves import moved_duties
from rules.refusals import Code, refuse
from rules.ripple import approvers, correction_close, limits
from rules.ruleset import Kind
from rules.schedule import Calendar, WindowDates, latest
from rules.snapshot import Basis

People = Sequence[tuple[UUID, Standing]]


@handles(Extend)
async def extend(deed: Deed) -> dict[str, Any]:
    """A director or the executive secretary extends a window for a person, class, lane, all, or the unfinished.

    Refused when nobody's date would be later, when it lies in the past, or runs into the next window. After the
    close it reopens the window: what the freeze had closed may be acted on again. The correction of returned
    items follows a certification. It takes each window exclusively before the clock is read: a freeze under way
    sees it, or it is too late.
    """
    c = deed.command
    assert isinstance(c, Extend)
    basis = await year_basis(deed, year_of(c.period))
    directors = approvers(basis.rules)
    if c.approver not in directors:
        raise refuse(
            Code.NO_POST, clause="規§10.2.2", place="approver", found=c.approver, limit=", ".join(sorted(directors))
        )
    behalf = await need_post(deed, c.approver, clause="規§10.2.2")
    if c.kind not in (*ITEM_WINDOWS, CORRECTION):
        limit = ", ".join((*ITEM_WINDOWS, CORRECTION))
        raise refuse(Code.BAD_REQUEST, clause="規§10.2.2", place="kind", found=c.kind, limit=limit)
    targets = await targets_of(deed, c)
    people = await people_of(deed, c.scope, targets)
    lanes = sorted({who.lane for _, who in people})  # windows are locked by name
    if not lanes:
        raise refuse(Code.NOT_FOUND, clause="規§10.2.2", place=c.scope, found=c.target)
    for lane in lanes:
        for kind in (c.kind, CORRECTION) if c.kind == "certification" else (c.kind,):
            await deed.connection.execute(
                "select pg_advisory_xact_lock(window_lock($1, $2, $3, $4))", deed.school, c.period, lane, kind
            )
    await deed.now()
    if c.closes <= deed.at:
        raise refuse(Code.BEFORE_NOW, clause="規§10.2.2", place="closes", found=c.closes, limit=deed.at)
    process = await _running(deed, c)
    later = await _who_gets_later(deed, basis, c, people)
    before = await load_snapshot(deed.connection, deed.school, process) if process else None
    thawed = await thaw(deed, c.period, c.kind, lanes, c.scope, targets)
    ids = await _grant(deed, c, c.scope, targets)
    await _tell_students(deed, c, basis.calendar, people, ids[0], later)
    if c.kind == "certification":
        thawed += await _follow(deed, basis, c, people, targets, behalf)
    told = len(later)
    if before is not None and before.kind in (Kind.SEMESTER, Kind.SCHOOL_YEAR):
        extensions = await granted_of(deed.connection, deed.school, c.period, before.structure)
        work = moved_duties(before, replace(before, extensions=extensions))
        told += await tell_moved(deed, f"extension/{ids[0]}", work=work)
    body: dict[str, Any] = {"period": c.period, "kind": c.kind, "scope": c.scope}
    body |= {"closes": c.closes.isoformat(), "count": len(ids), "told": told}
    body |= {"extensions": ids, "targets": targets}
    if thawed:
        body["reopened"] = thawed
    return await deed.record("extended", ",".join(ids[:5]), body, wakes=process, on_behalf_of=behalf)


async def _running(deed: Deed, c: Extend) -> str | None:
    """The process that waits for the new close. Raises Refused(wrong_state) where its period is closed for good."""
    named = semester_id(deed.school, c.period) if "-" in c.period else year_id(deed.school, c.period)
    row = await deed.connection.fetchrow(
        "select id, over_at from process where school = $1 and id = $2", deed.school, named
    )
    if row is None:
        return None
    if row["over_at"] is not None:
        raise refuse(Code.WRONG_STATE, clause="規§10.2.2", place="period", found=c.period, limit="closed")
    return named


async def _who_gets_later(deed: Deed, basis: Basis, c: Extend, people: People) -> set[UUID]:
    """Who of the people gets a later date. Raises Refused when nobody does, or it runs into what follows."""
    grants = Grants([g.grant for g in await granted(deed.connection, deed.school)])
    windows = {(w.period, w.lane, w.kind): w for w in windows_of(basis.rules, basis.calendar)}
    bounds = {
        lane: limits(basis.rules, basis.calendar, c.period, lane, c.kind) for lane in {who.lane for _, who in people}
    }
    found: set[UUID] = set()
    latest_now = None
    for person, who in people:
        window = windows.get((c.period, who.lane, c.kind))
        if window is None:
            raise refuse(Code.NO_WINDOW, clause="規§10.2.2", place=f"{c.period} {who.lane} {c.kind}")
        mine = effective_close(window, grants.of(who), who)
        latest_now = latest(latest_now, mine)
        if c.closes > mine:
            found.add(person)
            _need_room(bounds[who.lane], windows, c, who, grants.of(who))
    if not found:
        raise refuse(Code.NOT_LATER, clause="規§10.2.2", place=c.kind, found=c.closes, limit=latest_now)
    return found


def _need_room(
    bounds: Sequence[tuple[WindowDates, str]],
    windows: Mapping[tuple[str, str, str], AdmissionWindow],
    c: Extend,
    who: Standing,
    grants: Sequence[Grant],
) -> None:
    """Raises Refused when the new close lies behind the turn of what follows, that extended for the same people."""
    for following, edge in bounds:
        limit = following.closes if edge == "closes" else following.opens
        theirs = windows.get((following.period, who.lane, following.kind))
        if edge == "closes" and theirs is not None:
            limit = effective_close(theirs, grants, who)
        if c.closes > limit:
            # The school's own dates can be moved first; those of a submission follow the authority's.
            code = Code.NATIONAL_FIXED if following.kind.endswith("_submission") else Code.CONTRADICTION
            raise refuse(code, clause="規§4.1", place=f"{who.lane} {following.kind}", found=c.closes, limit=limit)


async def _follow(
    deed: Deed, basis: Basis, c: Extend, people: People, targets: Sequence[str], behalf: str | None
) -> int:
    """Who may be answered later may correct what is returned later (readings, "Time"); how many items may be again.

    As many working days before the new close as in the calendar, by a grant and a fact of its own for each lane. What
    would lie in the past is not granted: the ripple said so.
    """
    grants = Grants([g.grant for g in await granted(deed.connection, deed.school, c.period)])
    windows = {
        w.lane: w for w in windows_of(basis.rules, basis.calendar) if (w.period, w.kind) == (c.period, CORRECTION)
    }
    thawed = 0
    for lane in dict.fromkeys(who.lane for _, who in people):
        closes = correction_close(basis.calendar, basis.days, c.period, lane, c.closes)
        mine = [(person, who) for person, who in people if who.lane == lane]
        if closes is None or closes <= deed.at or lane not in windows:
            continue
        later = {p for p, who in mine if effective_close(windows[lane], grants.of(who), who) < closes}
        if not later:
            continue
        scope, whom = ("lane", [lane]) if c.scope in ("all", "lane") else (c.scope, list(targets))
        if scope not in ("lane", "class") or (scope == "class" and len(mine) < len(people)):
            scope, whom = "person", sorted(str(p) for p in later)
        follows = c.model_copy(update={"kind": CORRECTION, "closes": closes})
        ids = await _grant(deed, follows, scope, whom)
        await _tell_students(deed, follows, basis.calendar, mine, ids[0], later)
        thawed += await thaw(deed, c.period, CORRECTION, [lane], scope, whom)
        body = {"period": c.period, "kind": CORRECTION, "scope": scope, "closes": closes.isoformat()}
        counted = {"count": len(ids), "told": len(later), "extensions": ids, "targets": whom, "follows": c.kind}
        await deed.record("extended", ",".join(ids[:5]), body | counted, on_behalf_of=behalf)
    return thawed


async def _grant(deed: Deed, c: Extend, scope: str, targets: Sequence[str]) -> list[str]:
    """One row a target; their ids."""
    rows = await deed.connection.fetch(
        "insert into extension (school, id, period, kind, scope, target, closes, reason, approver, granted_at)"
        " select $1, 'ext-' || next_ordinal($1, 'extension'), $2, $3, $4, t.target, $6, $7, $8, $9"
        " from unnest($5::text[]) with ordinality t(target, n) order by t.n returning id",
        deed.school,
        c.period,
        c.kind,
        "person" if scope in ("unfinished", "list") else scope,
        list(targets),
        c.closes,
        c.reason,
        c.approver,
        deed.at,
    )
    return [r["id"] for r in rows]


async def _tell_students(
    deed: Deed, c: Extend, calendar: Calendar, people: People, name: str, later: Collection[UUID]
) -> None:
    """A notice with the new close for each student who may act until then; who had a later date hears nothing."""
    lanes: defaultdict[str, list[UUID]] = defaultdict(list)
    for person, who in people:
        if person in later:
            lanes[who.lane].append(person)
    for lane, told in lanes.items():
        hours = hours_said(calendar, c.period, lane, c.kind, c.closes)
        await deed.connection.execute(
            "insert into notice (school, batch, person, template, subject, args, at)"
            " select $1, $2, p, 'extension_granted', $4, $5, $6 from unnest($3::uuid[]) p on conflict do nothing",
            deed.school,
            f"extension|{name}",
            told,
            c.period,
            {"kind": c.kind, "closes": c.closes.isoformat(), "hours": hours},
            deed.at,
        )
