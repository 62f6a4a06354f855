"""Any sequence of moves, closed days and extensions in a running term: refused whole or told by facts alone."""

from __future__ import annotations

from collections import Counter
from datetime import datetime, timedelta
from functools import cache
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from records.basis import CALENDAR, load_document
from records.queries.snapshot import load_snapshot
from records.queries.why import granted
from rules.admission import Grants, Standing, effective_close, windows_of
from rules.duties import duties_of
from rules.instants import DAY, key_text, taipei_day
from rules.ruleset import RuleSet
from rules.schedule import Calendar
from tests.records.staff.scene import SCHOOL, SECRETARY, SEMESTER, START, YEAR, Scene, pack

WINDOWS = ("outcome_upload", "certification", "entry")
LANE = "g10_11"
Op = tuple[str, str, int, int]
"""What is done, to what, by how many days, and how many hours pass after it."""

ops = st.tuples(
    st.sampled_from(["move", "close", "extend"]), st.sampled_from(WINDOWS), st.integers(-12, 40), st.integers(1, 200)
)


@pytest.fixture(scope="module")
def steps() -> list[Op]:
    """Generated changes, collected first: the event loop cannot run inside hypothesis."""
    found: list[Op] = []

    @settings(max_examples=6, deadline=None, derandomize=True)
    @given(st.lists(ops, min_size=3, max_size=5))
    def collect(some: list[Op]) -> None:
        found.extend(some)

    collect()
    return found[:16]


def change(op: Op, calendar: Calendar, now: datetime) -> tuple[str, dict[str, Any]]:
    """The command of a step and its body."""
    what, kind, days, _ = op
    window = calendar.window("115-1", LANE, kind)
    assert window is not None
    if what == "move":
        moved = {"due": window.due + days * DAY, "closes": window.closes + days * DAY}
        move = {"period": "115-1", "lane": LANE, "kind": kind} | {k: v.isoformat() for k, v in moved.items()}
        return "move_dates", {"year": "115", "base": calendar.version, "moves": [move], "reason": "x"}
    if what == "close":
        day = (taipei_day(now) + abs(days) * DAY).isoformat()
        body = {"year": "115", "base": calendar.version, "closures": [{"day": day, "title": "x"}], "reason": "x"}
        return "move_dates", body
    scope = {"scope": "lane", "target": LANE} if days % 2 else {"scope": "all"}
    closes = (window.closes + days * DAY).isoformat()
    return "extend", {"period": "115-1", "kind": kind, "closes": closes, "reason": "x", "approver": SECRETARY} | scope


@pytest.mark.clause("規§4.2", "規§5.3.2", "規§10.2.2")
async def test_any_sequence_of_moves_is_told_by_facts_and_no_rung_is_sent_for_a_date_that_holds_no_more(
    term: Scene, steps: list[Op]
) -> None:
    now, held = START, [(START, await dues(term))]
    accepted: Counter[str] = Counter()
    for op in steps:
        calendar = await newest(term)
        name, body = change(op, calendar, now)
        before = await closes_of(term)
        answer = await term.do(SECRETARY, name, **body)
        accepted[name] += answer.accepted
        if name == "extend":
            after = await closes_of(term)
            assert all(after[k] >= at for k, at in before.items())
        held.append((now, await dues(term)))
        now += timedelta(hours=op[3])
        await term.at(now)
        await term.settle()
    assert accepted["move_dates"] and accepted["extend"]
    await rungs_hold(term, held)
    await rebuilt(term)


@cache
def rules() -> RuleSet:
    """The founding school's rules."""
    return pack()[0]


async def newest(term: Scene) -> Calendar:
    """The calendar that the last fact about it names."""
    version = await term.value(
        "select coalesce(max((body->>'version')::int), 1) from fact where school = $1 and kind = 'calendar_amended'"
    )
    async with term.db.transaction(SCHOOL) as c:
        calendar: Calendar = (await load_document(c, SCHOOL, CALENDAR, "115", version))[1]
    return calendar


async def dues(term: Scene) -> dict[str, str]:
    """The date of each duty of the semester, as the keys of its rungs write it."""
    async with term.db.transaction(SCHOOL, snapshot=True) as c:
        s = await load_snapshot(c, SCHOOL, SEMESTER)
    return {key: key_text(duty.due) for key, duty in duties_of(s).items()}


async def closes_of(term: Scene) -> dict[tuple[str, str], datetime]:
    """Until when a student of the lane may act in each window."""
    who = Standing("p", "101", LANE)
    async with term.db.transaction(SCHOOL) as c:
        mine = Grants(g.grant for g in await granted(c, SCHOOL)).of(who)
    windows = windows_of(rules(), await newest(term))
    return {(w.period, w.kind): effective_close(w, mine, who) for w in windows if w.lane == LANE}


async def rungs_hold(term: Scene, held: list[tuple[datetime, dict[str, str]]]) -> None:
    """Each rung that was sent hangs on the date that held then, and no duty has two on a day."""
    sent = await term.rows(
        "select step_key, duty, actual from effect where school = $1 and process = $2 and outcome = 'done'"
        " and kind in ('reminder', 'escalation')",
        SEMESTER,
    )
    assert sent
    for r in sent:
        # The clock stood at the end of a step when its rungs went out: what was changed later does not count.
        then = [due for at, due in held if at < r["actual"] or at == START]
        assert r["step_key"].endswith(then[-1][r["duty"]])
    days = Counter((r["duty"], taipei_day(r["actual"])) for r in sent)
    assert max(days.values()) == 1


async def rebuilt(term: Scene) -> None:
    """The windows, the bases and the extensions that are kept are those that the facts tell."""
    facts = await term.rows("select kind, at, subject, body from fact where school = $1 order by id")
    calendar = await newest(term)
    rows = await term.rows("select period, lane, kind, opens, due, closes from admission_window where school = $1")
    told = {(w.period, w.lane, w.kind, w.opens, w.due, w.closes) for w in windows_of(rules(), calendar)}
    assert {tuple(r) for r in rows} == told
    for process in (SEMESTER, YEAR):
        bases = await term.rows(
            "select calendar, since from basis where school = $1 and process = $2 order by ordinal", process
        )
        changed = [
            (f["body"]["calendar"], f["at"]) for f in facts if (f["kind"], f["subject"]) == ("basis_changed", process)
        ]
        assert [tuple(r) for r in bases][1:] == changed
    rows = await term.rows(
        "select id, period, kind, scope, target, closes, granted_at from extension where school = $1"
    )
    grants = {
        (id_, b["period"], b["kind"], b["scope"], target, datetime.fromisoformat(b["closes"]), f["at"])
        for f in facts if f["kind"] == "extended"
        for b in [f["body"]]
        for id_, target in zip(b["extensions"], b["targets"], strict=True)
    }  # fmt: skip
    assert {tuple(r) for r in rows} == grants
