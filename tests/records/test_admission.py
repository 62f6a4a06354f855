"""Admission rows follow the documents: written, moved and removed in one transaction; SQL judges as Python does."""

from __future__ import annotations

import asyncio
from datetime import datetime, timedelta
from typing import Any

import asyncpg
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from records.admission import compile_admission
from rules.admission import TRANSITIONS, AdmissionLimit, AdmissionWindow, Grant, Standing, transition
from rules.instants import Span
from rules.schedule import Calendar
from rules.verdict import CERTIFIER_COMMANDS, YEAR_WINDOWS, Act, Rows, StoredPart, judge
from tests.records.builders import COURSE, INSIDE, LANE, MICROSECOND, UPLOAD_CLOSES, World, national, pdf

WINDOWS = "select * from admission_window where school = $1 order by period, lane, kind, occurrence"
DAY = timedelta(days=1)


def moved(dates: Calendar, kind: str, closes: datetime) -> Calendar:
    """The calendar with one close of the first semester moved."""
    windows = [
        w.model_copy(update={"closes": closes}) if (w.period, w.kind) == ("115-1", kind) else w for w in dates.windows
    ]
    return dates.model_copy(update={"windows": tuple(windows), "version": dates.version + 1})


async def _compile(world: World, dates: Calendar) -> int:
    async with world.db.transaction(world.school) as c:
        return await compile_admission(c, world.school, world.rules, dates, national())


async def test_the_same_documents_change_nothing(world: World) -> None:
    before = await world.rows(WINDOWS)
    assert await _compile(world, world.dates) == 0
    assert await world.rows(WINDOWS) == before


@pytest.mark.clause("規§4.1")
async def test_a_moved_close_counts_at_once(world: World) -> None:
    await world.at(UPLOAD_CLOSES)
    assert not (await world.upload(world.students[0])).accepted
    assert await _compile(world, moved(world.dates, "outcome_upload", UPLOAD_CLOSES + DAY)) == 1
    assert (await world.upload(world.students[0])).accepted


async def test_a_window_that_the_calendar_dropped_admits_nothing(world: World) -> None:
    fewer = tuple(w for w in world.dates.windows if (w.period, w.kind) != ("115-1", "outcome_upload"))
    assert await _compile(world, world.dates.model_copy(update={"windows": fewer})) == 1
    answer = await world.upload(world.students[0])
    assert answer.refusal is not None and answer.refusal.code.value == "no_window"


async def test_occurrences_extensions_and_other_years_stay(world: World) -> None:
    await world.extend("outcome_upload", UPLOAD_CLOSES + DAY)
    for period, kind, occurrence in (("115-1", "receipts", "s@1"), ("114-2", "outcome_upload", "")):
        await world.operator.pool.execute(
            "insert into admission_window values ($1, $2, $3, $4, $5, '{}', $6, $6, $6, '規§6.2')",
            world.school, period, LANE, kind, occurrence, INSIDE,
        )
    await _compile(world, moved(world.dates, "outcome_upload", UPLOAD_CLOSES + 2 * DAY))
    assert await world.value("select count(*) from admission_window where school = $1 and (occurrence <> '' or period = '114-2')") == 2
    assert await world.value("select count(*) from extension where school = $1") == 1


async def test_rows_that_no_document_holds_are_removed(world: World) -> None:
    for sql in (
        "insert into admission_limit values ($1, 'old', 'outcome', 'other', '115-1', 1, '')",
        "insert into admission_transition values ($1, 'outcome', 'certify', 'uploaded', 'certified', 'certification', '')",
        "insert into admission_file values ($1, 'document', 'text/html', 1, '')",
    ):
        await world.operator.pool.execute(sql, world.school)
    await _compile(world, world.dates)
    assert await world.value("select count(*) from admission_limit where school = $1 and quota = 'old'") == 0
    assert await world.value("select count(*) from admission_transition where school = $1") == len(TRANSITIONS)
    assert await world.value("select count(*) from admission_file where school = $1") == 5


@pytest.mark.clause("規§4.1")
async def test_a_moved_date_waits_for_the_commands_of_its_window_and_for_no_other(world: World) -> None:
    later = moved(world.dates, "outcome_upload", UPLOAD_CLOSES + DAY)
    async with world.db.transaction(world.school) as slow:
        lock = "select pg_advisory_xact_lock_shared(window_lock($1, '115-1', $2, $3))"
        await slow.execute(lock, world.school, LANE, "certification")
        assert await asyncio.wait_for(_compile(world, later), 5) == 1
        await slow.execute(lock, world.school, LANE, "outcome_upload")
        compiling = asyncio.create_task(_compile(world, world.dates))
        await asyncio.sleep(0.1)
        assert not compiling.done()
    assert await compiling == 1


# -- SQL verdict = rule verdict --------------------------------------------------------------------

BASE = datetime.fromisoformat("2026-10-01T00:00:00+00:00")
KINDS = ("outcome_upload", "outcome_correction", "certification", "diverse_upload", "selection")
STATES = ("uploaded", "certification_requested", "certified", "returned", "selected", "locked", "withdrawn", "expired")
INSTANTS = st.integers(0, 12).map(lambda n: BASE + n * DAY)
NEAR = st.builds(lambda at, tick: at + tick * MICROSECOND, INSTANTS, st.integers(-1, 1))
ROLES, TYPES = ("document", "av"), ("application/pdf", "video/mp4", "application/octet-stream")
SCOPES = st.sampled_from([("person", "me"), ("person", "other"), ("class", "101"), ("class", "102"), ("lane", LANE), ("lane", "x"), ("all", "")])


@st.composite
def windows(draw: st.DrawFn, kind: str) -> AdmissionWindow | None:
    """A window of a kind, sometimes with hours of its own, sometimes none at all."""
    edges = sorted(draw(st.sets(INSTANTS, min_size=2, max_size=6)))
    edges = edges[: len(edges) // 2 * 2]
    spans = tuple(Span(opens=a, closes=b) for a, b in zip(edges[::2], edges[1::2], strict=True))
    if draw(st.integers(0, 9)) == 0:
        return None
    period = "115" if kind in YEAR_WINDOWS else "115-1"
    hours = spans if len(spans) > 1 else ()
    return AdmissionWindow(period, LANE, kind, edges[0], edges[-1], edges[-1], "規§4.2", hours)


@st.composite
def worlds(draw: st.DrawFn) -> tuple[Act, Rows, datetime]:
    """Rows, an act and an instant near one of their edges."""
    found = tuple(w for w in (draw(windows(k)) for k in KINDS) if w)
    item = draw(st.sampled_from(("outcome", "outcome", "diverse")))
    command = draw(st.sampled_from(sorted({t.command for t in TRANSITIONS})))
    state = "" if command == "upload" else draw(st.sampled_from(STATES))
    if state and draw(st.booleans()):  # half of them in a state that allows the command
        state = draw(st.sampled_from([t.from_state for t in TRANSITIONS if t.command == command and t.from_state]))
    period = "115" if item == "diverse" else "115-1"
    counts = "uploaded" if command == "upload" else "selected"
    limit_period = period if command == "upload" else "115"
    limits = draw(st.lists(st.builds(AdmissionLimit, st.just("q"), st.just(item), st.just(counts), st.just(limit_period),
                                     st.integers(0, 3), st.just("規§6.1")), max_size=1))  # fmt: skip
    grants = tuple(
        Grant("115" if k in YEAR_WINDOWS else "115-1", k, scope, target, closes)
        for k, (scope, target), closes in draw(st.lists(st.tuples(st.sampled_from(KINDS), SCOPES, INSTANTS), max_size=4))
    )
    limits_of_files = national().file_limits
    files = draw(st.lists(st.builds(StoredPart, st.sampled_from(ROLES), st.sampled_from(["a" * 64, "b" * 64]),
                                    st.sampled_from([None, 1, 3 * 2**20]), st.sampled_from(TYPES)), max_size=3))  # fmt: skip
    known: dict[str, StoredPart] = {}
    for f in files:
        known.setdefault(f.sha256, f)
    parts = tuple(StoredPart(f.role, f.sha256, known[f.sha256].size, known[f.sha256].media_type if known[f.sha256].size else "") for f in files)
    act = Act(
        item=item, command=command, period=period, who=Standing("me", "101", LANE), state=state, used=draw(st.integers(0, 3)),
        own=command == "upload" or draw(st.integers(0, 5)) > 0, right=draw(st.sampled_from(("holder", "holder", "deputy", "present", ""))),
        course=COURSE if item == "outcome" else "", enrolled=draw(st.integers(0, 5)) > 0, digest="d" * 64,
        seen=draw(st.sampled_from((None, "d" * 64, "e" * 64))), files=parts,
    )  # fmt: skip
    return act, Rows(found, tuple(limits), grants, limits_of_files), draw(NEAR)


class _Rollback(Exception):
    """Leaves the transaction without a trace."""


@settings(max_examples=120, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(worlds())
def _every_world(run: Any, drawn: tuple[Act, Rows, datetime]) -> None:
    run(*drawn)


@pytest.mark.clause("規§4.2")
async def test_sql_says_what_the_rule_says(world: World, migrated: str) -> None:
    """Both verdicts, on generated rows, acts and instants: the same code, clause, place, found and limit."""
    connection = await asyncpg.connect(migrated, server_settings={"search_path": "licheng, public"})
    await connection.set_type_codec("jsonb", encoder=_dumps, decoder=_loads, schema="pg_catalog")
    loop = asyncio.get_running_loop()
    verdicts: dict[str, int] = {}

    async def compare(act: Act, rows: Rows, at: datetime) -> None:
        try:
            async with connection.transaction():
                act = await _write(connection, world, act, rows, at)
                said = await _ask_sql(connection, world, act)
                raise _Rollback
        except _Rollback:
            pass
        grants = tuple(
            Grant(g.period, g.kind, g.scope, str(world.students[g.target == "other"]) if g.scope == "person" else g.target, g.closes)
            for g in rows.grants
        )
        ruled = judge(act, Rows(rows.windows, rows.limits, grants, rows.files), at=at)
        shown = None if ruled is None else {k: v for k, v in ruled.shown().items() if k in ("code", "clause", "place", "found", "limit")}
        assert said.get("refused") == shown, (act, at)
        verdicts[shown["code"] if shown else ""] = verdicts.get(shown["code"] if shown else "", 0) + 1

    def run(act: Act, rows: Rows, at: datetime) -> None:
        asyncio.run_coroutine_threadsafe(compare(act, rows, at), loop).result(60)

    await asyncio.to_thread(_every_world, run)
    assert len(verdicts) >= 6 and "" in verdicts, verdicts
    await connection.close()


def _dumps(value: Any) -> str:
    import json

    return json.dumps(value)


def _loads(text: str) -> Any:
    import json

    return json.loads(text)


async def _write(c: asyncpg.Connection, w: World, act: Act, rows: Rows, at: datetime) -> Act:
    """Put the drawn world into the school's rows; the act with the ids that it has there."""
    s, me = w.school, w.students[0]
    for table in ("admission_window", "admission_limit", "quota_use", "stored_file", "extension"):
        await c.execute(f"delete from {table} where school = $1", s)
    await c.execute("update school_clock set anchor_school = $2, hold_at = $2 where school = $1", s, at)
    for x in rows.windows:
        spans = [asyncpg.Range(p.opens, p.closes) for p in x.during]
        await c.execute("insert into admission_window values ($1, $2, $3, $4, '', $5, $6, $7, $8, $9)", s, x.period, x.lane, x.kind,
                        spans, x.opens, x.due, x.closes, x.clause)  # fmt: skip
    for n, g in enumerate(rows.grants):
        target = str(w.students[g.target == "other"]) if g.scope == "person" else g.target
        await c.execute("insert into extension values ($1, $2, $3, $4, '', $5, $6, $7, 'x', 'x', $7)", s, str(n), g.period, g.kind, g.scope, target, g.closes)
    for q in rows.limits:
        await c.execute("insert into admission_limit values ($1, $2, $3, $4, $5, $6, $7)", s, q.quota, q.item, q.counts, q.period, q.max, q.clause)
    counts, period = ("uploaded", act.period) if act.command in ("upload", "withdraw") else ("selected", "115")
    used = act.used or int(act.command in ("withdraw", "unselect"))
    if used:
        await c.execute("insert into quota_use values ($1, $2, $3, $4, $5, $6)", s, me, act.item, counts, period, used)
    for f in {f.sha256: f for f in act.files if f.size is not None}.values():
        await c.execute("insert into stored_file values ($1, $2, $3, $4, now())", s, f.sha256, f.size, f.media_type)
    if act.course and not act.enrolled:
        await c.execute("delete from course_member where school = $1 and person = $2", s, me)
    post = f"course_teacher:{COURSE}" if act.course else f"item {w.deputy}"
    await c.execute("update certification_count set pending = 5 where school = $1", s)
    if not await c.fetchval("select 1 from certification_count where school = $1 and course = $2", s, COURSE):
        await c.execute("insert into certification_count values ($1, $2, 5)", s, COURSE)
    if act.state:
        await c.execute(
            "insert into item (school, id, student, item, period, school_year, lane, class, course, variant, state, digest, files, uploaded_at)"
            " values ($1, $2, $3, $4, $5, '115', $6, '101', $7, 'regular', $8, $9, 1, now())",
            s, w.deputy, me, act.item, act.period, LANE, act.course or None, act.state, act.digest,
        )  # fmt: skip
    if act.right == "deputy":
        await c.execute("insert into absence values ($1, $2, '2020-01-01', '2030-01-01', 'sick', now())", s, w.teacher)
    right = act.right if act.course else ""
    who = Standing(str(me), act.who.class_, act.who.lane)
    return Act(**{k: getattr(act, k) for k in act.__slots__} | {"id": str(w.deputy), "post": post, "right": right, "used": used, "who": who})


async def _ask_sql(c: asyncpg.Connection, w: World, act: Act) -> dict[str, Any]:
    me, other = w.students[:2]
    files = [{"role": f.role, "sha256": f.sha256} for f in act.files]
    if act.command == "upload":
        found: dict[str, Any] = await c.fetchval(
            "select upload($1, $2, $3, 'k', 'h', $4, $5, $6, $7, 'regular', $8, $9, $10)", w.school, me, str(me), act.item,
            act.period, act.course or None, None, act.digest, files, b"x",
        )  # fmt: skip
        return found
    actor = me if act.own else other
    if act.command in CERTIFIER_COMMANDS:
        actor = {"holder": w.teacher, "deputy": w.deputy, "present": w.deputy}.get(act.right, other)
    args: dict[str, Any] = {"files": files, "digest": "f" * 64} if act.command == "replace" else {"reason": "wrong_file"}
    if act.command == "certify" and act.seen is not None:
        args["digest"] = act.seen
    found = await c.fetchval("select act_on_item($1, $2, $3, 'k', 'h', $4, $5, $6, $7)", w.school, actor, str(actor), act.command, w.deputy, args, b"x")
    return found
