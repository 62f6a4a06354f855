"""A whole small year on real servers: the plan is the trace, the facts are the state, kills change nothing."""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Any

import asyncpg
import pytest

from records.basis import Versions, load_bases, load_basis
from records.queries.snapshot import load_structure
from rules.posts import Away, Holding
from rules.rehearsal import World
from rules.rehearsals.staffing import Staffing
from rules.snapshot import Basis, ExtensionState, HandoverState, ReportState
from tests.workflows import year

S = year.SCHOOL


@pytest.fixture(scope="session")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("year")


@pytest.fixture(scope="session")
def quiet(folder: Path) -> dict[str, Any]:
    """The JSON of a year that nobody disturbed."""
    return year.finished(year.start_demo(folder / "quiet"), folder / "quiet")


@pytest.fixture(scope="session")
async def db(folder: Path, quiet: dict[str, Any]) -> AsyncIterator[asyncpg.Connection]:
    async with year.reading(folder / "quiet") as connection:
        yield connection


def test_nothing_handed_in_is_lost(quiet: dict[str, Any]) -> None:
    assert quiet["lost"] == 0


@pytest.mark.clause("規§5.3.1", "規§6.1", "規§6.2", "規§10.3.2.1", "規§10.3.2.2")
def test_everything_that_a_year_holds_happened(quiet: dict[str, Any]) -> None:
    assert [name for name, n in quiet["counts"].items() if n == 0] == []


@pytest.mark.clause("規§5.1.3", "規§6.1")
def test_grade_12_is_submitted_earlier_and_in_two_batches(quiet: dict[str, Any]) -> None:
    opened = {p["lane"]: p["opened_at"] for p in quiet["year"]["phases"] if p["name"] == "yearly_submission"}
    assert opened["g12_general"] < opened["g12_vocational"] < opened["g10_11"]


def test_every_phase_of_every_lane_opened_and_closed(quiet: dict[str, Any]) -> None:
    phases = quiet["year"]["phases"] + [p for s in quiet["semesters"] for p in s["phases"]]
    named = [p for p in phases if p["name"] != "outcome_correction"]
    assert len(named) == 3 * (5 + 5 + 4)
    assert [p for p in named if not p["opened_at"] or not p["closed_at"] or p["opened_at"] >= p["closed_at"]] == []


def test_no_process_grows_beyond_its_limit(quiet: dict[str, Any]) -> None:
    assert max(h["events"] for h in quiet["histories"]) <= 3500


@dataclass(slots=True)
class Retold:
    """The year told again in memory from its facts alone, by the same planner."""

    world: World
    db: asyncpg.Connection

    async def tell(self, fact: asyncpg.Record) -> None:
        """What one fact of a person changes in the world."""
        w, at, body, kind = self.world, fact["at"], fact["body"], fact["kind"]
        if kind == "duty_completed":
            self._complete(fact)
        elif kind == "duty_returned":
            w.reopen(fact["subject"])
        elif kind in ("objection_raised", "late_report"):
            report = ReportState(body["report"], body["version"], at, body["objection"])
            w.report(body["submission"], report)
        elif kind in ("certification_requested", "certified", "returned"):
            semester, course = body["period"], body["course"]
            pending = w.processes[f"semester/{S}/{semester}"].pending.get(course, 0)
            w.owe(course, semester, pending + (1 if kind == "certification_requested" else -1))
        elif kind == "difference_closed":
            w.resolve(body["submission"], body["version"], at, correct=body["outcome"] == "correct")
        elif kind == "correction_started":
            w.correct(body["submission"], body["version"], at)
        elif kind == "unnoticed_decided":
            w.decide(body["submission"], body["version"], at)
        elif kind == "extended":
            await self._extend(fact)
        elif kind == "basis_changed":
            basis = await load_bases(self.db, S, fact["subject"])
            found = next(b for b in basis if b.since == at)
            w.rebase(fact["subject"], found)
        elif kind == "handover_announced":
            row = await self.db.fetchrow("select * from handover where school = $1 and id = $2", S, fact["subject"])
            state = HandoverState(row["post"], row["announced_at"], row["effective_at"], row["prolong_until"])
            w.hand_over(fact["subject"], state, at)

    def _complete(self, fact: asyncpg.Record) -> None:
        w, at, body, key = self.world, fact["at"], fact["body"], fact["subject"]
        process = key.split("#")[0]
        if body["kind"] == "submit":
            w.submit(process, body["version"], at)
        elif body["kind"] == "import_receipt":
            w.receive(process, body["version"], at, differences=body["differences"])
        else:
            if body["kind"] == "verify_report":
                report = next(r for r in w.processes[process].reports if r.id == body["report"])
                w.report(process, replace(report, outcome=body["outcome"], answered_at=at))
            w.complete(key, at)

    async def _extend(self, fact: asyncpg.Record) -> None:
        for row in await self.db.fetch("select * from extension where school = $1 and granted_at = $2", S, fact["at"]):
            lane = await self.db.fetchval(
                "select lane from lane_member where school = $1 and person = $2::uuid", S, row["target"]
            )
            self.world.extend(ExtensionState(row["period"], row["kind"], frozenset({lane}), row["closes"]))


@pytest.mark.clause("規§4.1")
async def test_the_real_processes_did_what_the_rehearsal_says(db: asyncpg.Connection) -> None:
    facts = await db.fetch("select * from fact where school = $1 and actor is not null order by id", S)
    basis = await first_basis(db)
    one, two = [await load_structure(db, S, f"115-{n}") for n in (1, 2)]
    world = World(S, "115", basis, replace(one, courses=one.courses + two.courses))
    for fact in await db.fetch("select subject, body from fact where school = $1 and kind = 'deemed_confirmed'", S):
        process, _, version = fact["subject"].rpartition("@")
        world.silent[process, int(version)] = fact["body"]["asks_person"]
    retold = Retold(world, db)
    now: datetime | None = basis.since
    told = 0
    while now is not None:
        world.settle(now)
        while told < len(facts) and facts[told]["at"] <= now:
            await retold.tell(facts[told])
            told += 1
            world.settle(now)
        ahead = [world.next_instant(now)] + ([facts[told]["at"]] if told < len(facts) else [])
        now = min((x for x in ahead if x is not None), default=None)
    rehearsed = sorted((m.key, m.planned, m.at, m.outcome) for m in world.trace)
    rows = await db.fetch("select step_key, planned, actual, outcome from effect where school = $1", S)
    real = sorted((r["step_key"], r["planned"], r["actual"], r["outcome"]) for r in rows)
    assert rehearsed == real


async def test_item_states_are_rebuilt_from_facts(db: asyncpg.Connection) -> None:
    """A naive reader of facts gives the same states, versions and digests as the item rows."""
    rows = await db.fetch("select kind, at, subject, body from fact where school = $1 order by id", S)
    after = {
        "uploaded": "uploaded",
        "certification_requested": "certification_requested",
        "certified": "certified",
        "returned": "returned",
        "withdrawn": "withdrawn",
        "selected": "selected",
    }
    items: dict[str, dict[str, Any]] = {}
    for r in rows:
        if r["kind"] == "uploaded":
            items[r["subject"]] = {"version": 1, "item": None}
        if r["kind"] in after:
            items[r["subject"]] |= {
                "state": after[r["kind"]],
                "digest": r["body"]["digest"],
                "lane": r["body"]["lane"],
                "period": r["body"]["period"],
            }
        elif r["kind"] == "replaced":
            items[r["subject"]] |= {"version": r["body"]["version"], "digest": r["body"]["digest"]}
        elif r["kind"] == "unselected":
            items[r["subject"]]["state"] = "certified"
        elif r["kind"] == "window_frozen":
            _freeze(items, r["body"]["window"], r["body"]["lane"], r["subject"].split("|")[0].rsplit("/", 1)[1])
    real = {
        str(r["id"]): (r["state"], r["version"], r["digest"])
        for r in await db.fetch("select id, state, version, digest from item where school = $1", S)
    }
    assert {k: (v["state"], v["version"], v["digest"]) for k, v in items.items()} == real


def _freeze(items: dict[str, dict[str, Any]], window: str, lane: str, period: str) -> None:
    """What the close of a window does to items, said naively."""
    for item in items.values():
        if item["lane"] != lane:
            continue
        outcome, same = "-" in item["period"], item["period"] == period
        if window == "selection" and item["state"] == "selected" and item["period"].split("-")[0] == period:
            item["state"] = "locked"
        elif window == "certification" and outcome and same and item["state"] == "certification_requested":
            item["state"] = "expired_uncertified"
        elif window == "outcome_correction" and outcome and same and item["state"] in ("uploaded", "returned"):
            item["state"] = "expired"


async def test_duties_are_rebuilt_from_facts(db: asyncpg.Connection) -> None:
    rows = await db.fetch(
        "select kind, subject, at from fact where school = $1 and kind in ('duty_completed', 'duty_returned') order by id",
        S,
    )
    told: dict[str, tuple[str, datetime]] = {}
    for r in rows:
        told[r["subject"]] = ("done", r["at"]) if r["kind"] == "duty_completed" else ("open", told[r["subject"]][1])
    real = {
        r["key"]: (r["state"], r["done_at"])
        for r in await db.fetch(
            "select key, state, done_at from duty where school = $1 and key not like '%#certification#%'", S
        )
    }
    assert told == real


async def test_every_step_happened_at_its_planned_instant(db: asyncpg.Connection) -> None:
    late = await db.fetch(
        "select step_key from effect where school = $1 and actual <> planned and outcome = 'done' and kind <> 'round'",
        S,
    )
    assert [r["step_key"] for r in late] == []


@pytest.mark.clause("規§10.1.2", "規§5.3.2")
async def test_the_rehearsal_names_the_people_whom_the_rounds_really_told(db: asyncpg.Connection) -> None:
    """Holders, deputies and absences, read by the rehearsal's rule, give the same addressees as the notices."""
    holdings, absences = defaultdict(list), defaultdict(list)
    for r in await db.fetch("select * from post_holder where school = $1", S):
        holdings[r["post"]].append(Holding(str(r["person"]), r["rank"], r["opens"], r["closes"]))
    for r in await db.fetch("select * from absence where school = $1", S):
        absences[str(r["person"])].append(Away(str(r["person"]), r["opens"], r["closes"]))
    staffing = Staffing(holdings, absences)
    secretary = (await first_basis(db)).rules.working_group.executive_secretary
    unable = await db.fetch("select post, opens, closes from unable where school = $1", S)
    sent = await db.fetch(
        "select distinct batch, post, person, at from notice where school = $1 and template = 'duty_reminder'", S
    )
    assert len(sent) > 50
    for r in sent:
        if any(u["post"] == r["post"] and u["opens"] <= r["at"] < u["closes"] for u in unable):
            continue
        reached = staffing.reached(r["post"], at=r["at"]).person or staffing.reached(secretary, at=r["at"]).person
        assert str(r["person"]) == reached, r["post"]


async def first_basis(db: asyncpg.Connection) -> Basis:
    """Under what the year was started."""
    first = await db.fetchrow(
        "select rule_set, calendar, national, since from basis where school = $1 order by since limit 1", S
    )
    return await load_basis(db, S, "115", Versions(first["rule_set"], 1, first["national"]), first["since"])


async def test_one_person_is_told_once_in_a_round(db: asyncpg.Connection) -> None:
    rows = await db.fetch("select batch, person from notice where school = $1", S)
    assert max(Counter((r["batch"], r["person"]) for r in rows).values()) == 1


@pytest.mark.clause("規§10.1.2")
async def test_who_acted_for_another_is_on_record(db: asyncpg.Connection) -> None:
    rows = await db.fetch(
        "select distinct kind from fact where school = $1 and on_behalf_of is not null order by kind", S
    )
    assert {"certified", "duty_completed"} <= {r["kind"] for r in rows}


async def test_no_personal_data_stands_in_facts_effects_and_histories(db: asyncpg.Connection, folder: Path) -> None:
    names = set()
    for line in (
        (year.ROOT / "schools" / "samples" / "small" / "students.csv").read_text(encoding="utf-8-sig").splitlines()[1:]
    ):
        names.update(line.split(",")[1:3])
    for table in ("fact", "effect", "notice", "attempt", "process", "command_key"):
        text = await db.fetchval(f"select string_agg(t::text, ' ') from {table} t where school = $1", S)
        assert [n for n in names if n in text] == [], table
    logs = "".join(p.read_text(errors="replace") for p in (folder / "quiet").rglob("*.log"))
    assert [n for n in names if n in logs] == []


def test_killed_servers_and_a_lost_engine_state_change_nothing(folder: Path, quiet: dict[str, Any]) -> None:
    """kill -9 of worker, Temporal and PostgreSQL in the middle, Temporal's database deleted, `resume`."""
    data = folder / "disturbed"
    demo = year.start_demo(data)
    resumed: list[str] = []
    year.disturb(
        data,
        [
            lambda: year.kill(data, "worker"),
            lambda: year.kill(data, "temporal"),
            lambda: year.kill(data, "postgres"),
            lambda: year.lose_engine_state(data),
            lambda: resumed.extend(year.resume(data)),
        ],
        first=5.0,
        between=2.5,
    )
    still_running = demo.poll() is None
    result = year.finished(demo, data)
    assert still_running, "the demo was over before everything had happened to it"
    assert resumed
    assert (result["counts"], result["trace_sha256"], result["lost"]) == (quiet["counts"], quiet["trace_sha256"], 0), (
        json.dumps([result["counts"], quiet["counts"]])
    )
    assert result["rosters"] == quiet["rosters"]


@pytest.mark.clause("規§6.3.1", "規§6.3.2", "規§6.3.3", "規§6.3.4")
async def test_every_roster_was_sent_and_its_last_receipt_agrees_with_it(db: asyncpg.Connection) -> None:
    rows = await db.fetch(
        "select distinct on (submission) submission, lines, receipt_lines, submitted_at, version,"
        " (select count(*) from difference d where d.school = v.school and d.submission = v.submission"
        "  and d.version = v.version and d.outcome is distinct from 'explained') as left"
        " from submission_version v where school = $1 order by submission, version desc",
        S,
    )
    assert len(rows) == 6 * 3 + 2 * 3
    assert [r["submission"] for r in rows if r["submitted_at"] is None or r["left"]] == []
    explained = {r["submission"]: r["receipt_lines"] - r["lines"] for r in rows if r["receipt_lines"] != r["lines"]}
    assert explained == {f"submission/{S}/115-1/g10_11/enrolment": 1}
    assert sum(r["version"] > 1 for r in rows) == 5


@pytest.mark.clause("規§4.2")
async def test_a_roster_that_the_doctor_held_back_was_made_anew_and_only_then_sent(db: asyncpg.Connection) -> None:
    held = f"submission/{S}/115-1/g12_general/enrolment"
    rows = await db.fetch(
        "select v.version, v.submitted_at is not null as sent, count(k.name)::int as errors from submission_version v"
        " left join roster_check k on k.school = v.school and k.submission = v.submission and k.version = v.version"
        "  and k.severity = 'error' where v.school = $1 and v.submission = $2 group by 1, 2 order by 1",
        S,
        held,
    )
    assert [tuple(r) for r in rows] == [(1, False, 1), (2, True, 0)]
    shown = await db.fetchval(
        "select count(*) from confirmation where school = $1 and submission = $2 and version = 2", S, held
    )
    sent = await db.fetchval(
        "select lines from submission_version where school = $1 and submission = $2 and version = 2", S, held
    )
    assert shown == sent


@pytest.mark.clause("規§6.2", "規§10.3.3")
async def test_nobody_who_was_not_told_is_deemed_to_have_confirmed(db: asyncpg.Connection) -> None:
    rows = await db.fetch(
        "select state, count(*)::int as n from confirmation where school = $1 and noticed_at is null group by 1", S
    )
    assert {r["state"] for r in rows} == {"confirmed", "objected"}


async def test_ledgers_are_rebuilt_from_facts(db: asyncpg.Connection) -> None:
    """Differences, corrections, checks and decided silences: what their rows say, the facts say too."""
    facts = await db.fetch("select kind, at, actor, body from fact where school = $1 order by id", S)
    closed = {
        (b["submission"], b["version"], b["difference"]): (b["outcome"], b["evidence"], f["at"], f["actor"])
        for f in facts
        if f["kind"] == "difference_closed" and (b := f["body"])
    }
    rows = await db.fetch("select * from difference where school = $1", S)
    assert closed == {
        (r["submission"], r["version"], r["id"]): (r["outcome"], r["evidence_sha256"], r["closed_at"], r["closed_by"])
        for r in rows
    }
    found = Counter(
        {
            (f["body"]["submission"], f["body"]["version"]): f["body"]["differences"]
            for f in facts
            if f["kind"] == "duty_completed" and f["body"]["kind"] == "import_receipt"
        }
    )
    assert +found == Counter((r["submission"], r["version"]) for r in rows)
    started = [
        (f["body"]["submission"], f["body"]["version"], f["at"], f["actor"])
        for f in facts
        if f["kind"] == "correction_started"
    ]
    corrections = await db.fetch("select submission, version, at, by from correction where school = $1 order by at", S)
    assert started == [tuple(r) for r in corrections]
    errors = sum(f["body"]["checks"] for f in facts if f["kind"] == "roster_generated")
    assert errors == await db.fetchval("select count(*) from roster_check where school = $1 and severity = 'error'", S)
    decided = {(f["body"]["submission"], f["body"]["person"]) for f in facts if f["kind"] == "unnoticed_decided"}
    silent = await db.fetch(
        "select submission, person::text from confirmation where school = $1 and decided_by is not null", S
    )
    assert decided == {tuple(r) for r in silent} and decided
