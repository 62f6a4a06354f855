"""SQL says what the rule says: both verdicts on generated rows, acts and instants."""

from __future__ import annotations

import asyncio
import json
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import asyncpg
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from rules.admission import TRANSITIONS, AdmissionLimit, AdmissionVariant, AdmissionWindow, Grant, Standing, variants_of
from rules.instants import Span
from rules.verdict import CERTIFIER_COMMANDS, YEAR_WINDOWS, Act, Rows, StoredPart, judge
from tests.records.builders import COURSE, LANE, MICROSECOND, World, national
from tests.rules.builders import calendar

ANOTHERS = "a" * 64
"""The hash of a file that, where the act's own student did not bring it, another student did."""
DAY = timedelta(days=1)
BASE = datetime.fromisoformat("2026-10-01T00:00:00+00:00")
ENROLMENTS = ("regular", "makeup", "visiting")
KINDS = ("outcome_upload", "outcome_correction", "certification", "diverse_upload", "selection")
STATES = ("uploaded", "certification_requested", "certified", "returned", "selected", "locked", "withdrawn", "expired")
INSTANTS = st.integers(0, 12).map(lambda n: BASE + n * DAY)
NEAR = st.builds(lambda at, tick: at + tick * MICROSECOND, INSTANTS, st.integers(-1, 1))
ROLES, TYPES = ("document", "av"), ("application/pdf", "video/mp4", "application/octet-stream")
SCOPES = st.sampled_from(
    [
        ("person", "me"),
        ("person", "other"),
        ("class", "101"),
        ("class", "102"),
        ("lane", LANE),
        ("lane", "x"),
        ("all", ""),
    ]
)


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
        for k, (scope, target), closes in draw(
            st.lists(st.tuples(st.sampled_from(KINDS), SCOPES, INSTANTS), max_size=4)
        )
    )
    limits_of_files = national().file_limits
    files = draw(st.lists(st.builds(StoredPart, st.sampled_from(ROLES), st.sampled_from([ANOTHERS, "b" * 64]),
                                    st.sampled_from([None, 1, 3 * 2**20]), st.sampled_from(TYPES)), max_size=3))  # fmt: skip
    known: dict[str, StoredPart] = {}
    for f in files:
        known.setdefault(f.sha256, f)
    parts = tuple(
        StoredPart(f.role, f.sha256, known[f.sha256].size, known[f.sha256].media_type if known[f.sha256].size else "")
        for f in files
    )
    act = Act(
        item=item, command=command, period=period, who=Standing("me", "101", LANE), state=state, used=draw(st.integers(0, 3)),
        own=command == "upload" or draw(st.integers(0, 5)) > 0, right=draw(st.sampled_from(("holder", "holder", "deputy", "present", ""))),
        course=COURSE if item == "outcome" else "", enrolment=draw(st.sampled_from((None, *ENROLMENTS))),
        variant=draw(st.sampled_from(ENROLMENTS)) if item == "outcome" else "regular", digest="d" * 64,
        seen=draw(st.sampled_from((None, "d" * 64, "e" * 64))), files=parts,
    )  # fmt: skip
    hangs = draw(st.lists(st.tuples(st.sampled_from(ENROLMENTS), st.sampled_from(ENROLMENTS)), max_size=5, unique=True))
    variants = tuple(AdmissionVariant("115", v, e, "規§8" if v == "visiting" else "規§5.3.1") for v, e in hangs)
    if draw(st.booleans()):  # half of them as they are adopted
        variants = variants_of(national().items, calendar())
    return act, Rows(found, tuple(limits), grants, limits_of_files, variants), draw(NEAR)


class _Rollback(Exception):
    """Leaves the transaction without a trace."""


@settings(
    max_examples=120, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
@given(worlds())
def _every_world(run: Any, drawn: tuple[Act, Rows, datetime]) -> None:
    run(*drawn)


@pytest.mark.clause("規§4.2")
async def test_sql_says_what_the_rule_says(world: World, migrated: str) -> None:
    """Both verdicts, on generated rows, acts and instants: the same code, clause, place, found and limit."""
    connection = await asyncpg.connect(migrated, server_settings={"search_path": "licheng, public"})
    await connection.set_type_codec("jsonb", encoder=json.dumps, decoder=json.loads, schema="pg_catalog")
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
            Grant(
                g.period,
                g.kind,
                g.scope,
                str(world.students[g.target == "other"]) if g.scope == "person" else g.target,
                g.closes,
            )
            for g in rows.grants
        )
        ruled = judge(act, Rows(rows.windows, rows.limits, grants, rows.files, rows.variants), at=at)
        shown = None if ruled is None else ruled.model_dump(mode="json")
        assert said.get("refused") == shown, (act, at)
        verdicts[shown["code"] if shown else ""] = verdicts.get(shown["code"] if shown else "", 0) + 1

    def run(act: Act, rows: Rows, at: datetime) -> None:
        asyncio.run_coroutine_threadsafe(compare(act, rows, at), loop).result(60)

    await asyncio.to_thread(_every_world, run)
    assert len(verdicts) >= 6 and "" in verdicts, verdicts
    await connection.close()


async def _write(c: asyncpg.Connection, w: World, act: Act, rows: Rows, at: datetime) -> Act:
    """Put the drawn world into the school's rows; the act with the ids that it has there."""
    s, me = w.school, w.students[0]
    for table in (
        "admission_window",
        "admission_limit",
        "admission_variant",
        "quota_use",
        "file_sender",
        "stored_file",
        "extension",
    ):
        await c.execute(f"delete from {table} where school = $1", s)
    await c.execute("update school_clock set anchor_school = $2, hold_at = $2 where school = $1", s, at)
    for x in rows.windows:
        spans = [asyncpg.Range(p.opens, p.closes) for p in x.during]
        await c.execute("insert into admission_window values ($1, $2, $3, $4, '', $5, $6, $7, $8, $9)", s, x.period, x.lane, x.kind,
                        spans, x.opens, x.due, x.closes, x.clause)  # fmt: skip
    for n, g in enumerate(rows.grants):
        target = str(w.students[g.target == "other"]) if g.scope == "person" else g.target
        await c.execute(
            "insert into extension values ($1, $2, $3, $4, '', $5, $6, $7, 'x', 'x', $7)",
            s,
            str(n),
            g.period,
            g.kind,
            g.scope,
            target,
            g.closes,
        )
    for q in rows.limits:
        await c.execute(
            "insert into admission_limit values ($1, $2, $3, $4, $5, $6, $7)",
            s,
            q.quota,
            q.item,
            q.counts,
            q.period,
            q.max,
            q.clause,
        )
    counts, period = ("uploaded", act.period) if act.command in ("upload", "withdraw") else ("selected", "115")
    used = act.used or int(act.command in ("withdraw", "unselect"))
    if used:
        await c.execute("insert into quota_use values ($1, $2, $3, $4, $5, $6)", s, me, act.item, counts, period, used)
    for f in {f.sha256: f for f in act.files if f.size is not None}.values():
        await _store(c, s, f, me)
    for f in act.files:
        if f.size is None and f.sha256 == ANOTHERS:
            await _store(c, s, StoredPart(f.role, f.sha256, 1, "application/pdf"), w.students[1])
    for v in rows.variants:
        await c.execute(
            "insert into admission_variant values ($1, $2, $3, $4, $5)", s, v.year, v.variant, v.enrolment, v.clause
        )
    if act.enrolment is None:
        await c.execute("delete from course_member where school = $1 and person = $2", s, me)
    else:
        await c.execute(
            "update course_member set enrolment = $3 where school = $1 and person = $2", s, me, act.enrolment
        )
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
    return Act(
        **{k: getattr(act, k) for k in act.__slots__}
        | {"id": str(w.deputy), "post": post, "right": right, "used": used, "who": who}
    )


async def _store(c: asyncpg.Connection, school: str, f: StoredPart, by: UUID) -> None:
    """A file that a person brought; what is there is left as it is."""
    row = (school, f.sha256, f.size, f.media_type)
    await c.execute("insert into stored_file values ($1, $2, $3, $4, now()) on conflict do nothing", *row)
    sender = "insert into file_sender (school, sha256, person) values ($1, $2, $3) on conflict do nothing"
    await c.execute(sender, school, f.sha256, by)


async def _ask_sql(c: asyncpg.Connection, w: World, act: Act) -> dict[str, Any]:
    me, other = w.students[:2]
    files = [{"role": f.role, "sha256": f.sha256} for f in act.files]
    if act.command == "upload":
        (found,) = await c.fetchval(
            "select upload($1, $2, $3, '{k}', '{h}', $4, $5, $6, '{null}', $7, $8, $9, '{x}')", w.school, [me], [str(me)],
            [act.item], [act.period], [act.course or None], [act.variant], [act.digest], [files],
        )  # fmt: skip
        return dict(found)
    actor = me if act.own else other
    if act.command in CERTIFIER_COMMANDS:
        actor = {"holder": w.teacher, "deputy": w.deputy, "present": w.deputy}.get(act.right, other)
    args: dict[str, Any] = (
        {"files": files, "digest": "f" * 64} if act.command == "replace" else {"reason": "wrong_file"}
    )
    if act.command == "certify" and act.seen is not None:
        args["digest"] = act.seen
    said: dict[str, Any] = await c.fetchval(
        "select act_on_item($1, $2, $3, 'k', 'h', $4, $5, $6, $7)",
        w.school,
        actor,
        str(actor),
        act.command,
        w.deputy,
        args,
        b"x",
    )
    return said
