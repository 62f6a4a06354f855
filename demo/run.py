"""demo: one whole school year on this machine: servers up, school imported, year played, everything counted."""

from __future__ import annotations

import asyncio
import json
import secrets
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from time import monotonic
from typing import Any

from temporalio.client import Client
from temporalio.service import RPCError

from demo.report import write_report
from demo.sample_words import SCHOOL_CODE, SCHOOL_NAME
from demo.scenes import central
from demo.stage import ROOT, Stage
from demo.view import State, View
from demo.year import write_script
from records.basis import adopt_documents, load_basis, newest
from records.clock import hold_clock
from records.db import TRANSIENT, Database
from records.files.stored import verify_all
from records.migrate import migrate
from records.queries import progress
from records.school_import import import_school
from records.seam import Seam
from rosters.documents import load_national, load_pack
from rosters.sis_import import read_school
from rules.ids import year_id
from rules.ruleset import Kind
from rules.schedule import Calendar, National
from runtime.engine import connect
from runtime.keys import key_file
from runtime.servers.databases import drop_database, make_database
from runtime.servers.postgres import PostgresPart
from runtime.servers.supervisor import Supervisor
from runtime.servers.temporal import TemporalPart
from runtime.servers.worker import WorkerPart
from runtime.settings import Settings
from runtime.vault import open_vault

YEAR = 115
WATCH_SECONDS = "1"


class DemoFailed(RuntimeError):
    """The year did not end as it must; the message says what is wrong."""


@dataclass(slots=True)
class Servers:
    """The demo's servers: a fresh database on them, and a client of the engine."""

    supervisor: Supervisor
    url: str
    settings: Settings


@asynccontextmanager
async def servers(data_dir: Path) -> AsyncIterator[Servers]:
    """PostgreSQL, Temporal and a worker under supervision, with a database of this run's own."""
    given = Settings(data_dir=data_dir)
    parts: list[Any] = []
    postgres = None if given.database_url else PostgresPart(data_dir / "postgres")
    temporal = (
        None
        if given.temporal_address
        else TemporalPart(data_dir / "temporal", quick_timers=True, fresh=True, namespace=given.namespace)
    )
    parts = [p for p in (postgres, temporal) if p is not None]
    run = f"demo_{secrets.token_hex(4)}"
    async with Supervisor(data_dir, parts, watch_memory=True) as supervisor:
        base = given.database_url or (postgres.url() if postgres else "")
        url = await fresh_database(base, run, data_dir)
        await migrate(url)
        settings = given.model_copy(
            update={
                "database_url": url,
                "temporal_address": given.temporal_address or (temporal.address if temporal else ""),
                # Every run has a queue of its own: an earlier run's processes find no worker here.
                "task_queue": run,
            }
        )
        env = {
            "LICHENG_DATABASE_URL": url,
            "LICHENG_TEMPORAL_ADDRESS": settings.need_temporal_address(),
            "LICHENG_DATA_DIR": str(data_dir.resolve()),
            "LICHENG_TASK_QUEUE": settings.task_queue,
            "LICHENG_NAMESPACE": settings.namespace,
        }
        if given.temporal_address:
            await end_earlier_demos(given)
        (data_dir / "place.json").write_text(json.dumps({"task_queue": run, "database": run}))
        await supervisor.add(WorkerPart(data_dir / "worker", env=env, arguments=["--watch", WATCH_SECONDS]))
        yield Servers(supervisor, url, settings)


async def end_earlier_demos(settings: Settings) -> None:
    """On an external engine: end what an earlier demo left open under the same ids."""
    client = await connect(settings.need_temporal_address(), settings.namespace, key_file(settings.data_dir, "codec"))
    async for run in client.list_workflows("ExecutionStatus = 'Running'"):
        if run.task_queue.startswith("demo_"):
            await client.get_workflow_handle(run.id, run_id=run.run_id).terminate("a new demo begins")


async def fresh_database(base: str, name: str, data_dir: Path) -> str:
    """A new empty database; what an earlier demo of this data directory left is dropped."""
    note = data_dir / "place.json"
    if note.exists():
        old = str(json.loads(note.read_text()).get("database", ""))
        if old.startswith("demo_"):
            await drop_database(base, old)
    return await make_database(base, name)


async def run_demo(
    data_dir: Path, *, size: str = "standard", lang: str = "zh", plain: bool | None = None
) -> dict[str, Any]:
    """Play the year and give the demo's JSON document; the report stands at `data_dir/report.html`.

    Raises DemoFailed when the year did not close or something handed in cannot be read back.
    """
    started = monotonic()
    data_dir.mkdir(parents=True, exist_ok=True)
    with View(lang, plain=plain) as view:
        async with servers(data_dir) as up:
            db = await Database.open(up.url, size=6)
            operator = await Database.open_operator(up.url, size=3)
            try:
                stage, calendar = await set_the_stage(db, operator, data_dir, size, view)
                await play(stage, calendar, size, view)
                result = await collect(stage, up, started)
            finally:
                await db.close()
                await operator.close()
        view.summary(result)
    write_report(
        data_dir / "report.html", result, stage.stories, rules=stage.basis.rules, calendar=stage.basis.calendar
    )
    if result["lost"] or not result["year"]["closed_at"]:
        raise DemoFailed(f"lost {result['lost']}, year closed at {result['year']['closed_at']}")
    return result


async def set_the_stage(
    db: Database, operator: Database, data_dir: Path, size: str, view: View
) -> tuple[Stage, Calendar]:
    """Import the sample school from its files, adopt the documents, let the clock stand at the year's first instant."""
    pack = load_pack(ROOT / "schools" / "licheng")
    national: National = load_national(ROOT / "schools" / "national" / "115.yaml")
    calendar, vault = pack.calendars[YEAR], open_vault(data_dir)
    central.clear(vault.files)
    files, problems = read_school(ROOT / "schools" / "samples" / size, school_code=SCHOOL_CODE)
    if problems:
        raise DemoFailed(f"the sample school has problems: {problems[0]}")
    await import_school(
        operator, vault, SCHOOL_CODE, SCHOOL_NAME, pack.rules, files, kind="demo", starts=calendar.opens
    )
    await hold_clock(operator, SCHOOL_CODE, calendar.opens)
    await adopt_documents(operator, SCHOOL_CODE, pack.rules, calendar, national, reason="學年開始")
    async with db.transaction(SCHOOL_CODE) as connection:
        versions = await newest(connection, SCHOOL_CODE, str(YEAR))
        assert versions is not None
        basis = await load_basis(connection, SCHOOL_CODE, str(YEAR), versions, calendar.opens)
    stage = Stage(SCHOOL_CODE, db, operator, Seam(db, vault), vault, basis, view.tell, calendar.opens)
    stage.story(
        f"匯入 {len(files.students)} 位學生、{len(files.courses)} 門課、{len(files.staff)} 位教職員",
        f"imported {len(files.students)} students, {len(files.courses)} courses, {len(files.staff)} staff",
        "規§5.1.1",
    )
    secretary = await stage.holder(pack.rules.working_group.executive_secretary)
    await stage.must(secretary, "start_year", {"year": str(YEAR)}, key="start")
    stage.story(f"執行秘書開始 {YEAR} 學年度", f"the executive secretary starts school year {YEAR}", "規§13")
    return stage, calendar


async def play(stage: Stage, calendar: Calendar, size: str, view: View) -> None:
    """Play the script until nothing is left, showing where the year stands."""
    rules = stage.basis.rules
    script = write_script(ROOT / "schools" / "samples" / size, rules, calendar)
    shown_at = 0.0

    async def shown() -> None:
        nonlocal shown_at
        if monotonic() - shown_at < 0.4:
            return
        shown_at = monotonic()
        try:
            view.show(await state(stage))
        except TRANSIENT:
            return  # a picture may be missed while a server is away

    await script.play(stage, shown=shown)
    view.show(await stage.through(lambda: state(stage)))


async def state(stage: Stage) -> State:
    """Where the year stands now, for the view."""
    rules = stage.basis.rules
    lanes = {x.id: x.title for x in rules.lanes}
    titles = {w.phase: w.title for w in rules.windows}
    async with stage.db.transaction(stage.school) as connection:
        found = await progress.processes(connection, stage.school)
        opened: list[tuple[str, str]] = []
        for process in found:
            if process["kind"] in ("school_year", "semester") and process["over_at"] is None:
                for phase in await progress.phases(connection, stage.school, process["id"]):
                    if phase["opened_at"] and not phase["closed_at"]:
                        opened.append((lanes[phase["lane"]], titles.get(phase["name"], phase["name"])))
        counts = await progress.counts(connection, stage.school)
    over = sum(p["over_at"] is not None for p in found)
    return State(at=stage.now, open_phases=tuple(opened), counts=counts, open=len(found) - over, over=over)


async def collect(stage: Stage, up: Servers, started: float) -> dict[str, Any]:
    """The demo's JSON document."""
    school, year = stage.school, str(YEAR)
    async with stage.db.transaction(school) as connection:
        found = await progress.processes(connection, school)
        by_id = {p["id"]: p for p in found}
        counts = await progress.counts(connection, school)
        digest, steps = await progress.trace_sha256(connection, school)
        year_row = by_id[year_id(school, year)]
        result: dict[str, Any] = {
            "school_year": year,
            "year": {
                "phases": _phases(await progress.phases(connection, school, year_id(school, year))),
                "closed_at": _text(year_row["over_at"]),
            },
            "semesters": [
                {
                    "name": p["id"].rsplit("/", 1)[1],
                    "phases": _phases(await progress.phases(connection, school, p["id"])),
                    "closed_at": _text(p["over_at"]),
                }
                for p in found
                if p["kind"] == Kind.SEMESTER.value
            ],
            "rosters": await progress.rosters(connection, school),
        }
    lost = await verify_all(stage.db, stage.vault, school)
    client = await connect(
        up.settings.need_temporal_address(), up.settings.namespace, key_file(up.settings.data_dir, "codec")
    )
    return result | {
        "counts": counts,
        "trace_sha256": digest,
        "steps": steps,
        "lost": len(lost),
        "histories": await histories(client, sorted(by_id), up.settings.task_queue),
        "wall_seconds": round(monotonic() - started, 1),
        "peak_memory_mb": round(max(up.supervisor.peak_memory_mb, await asyncio.to_thread(up.supervisor.memory_mb)), 1),
    }


async def histories(client: Client, processes: list[str], queue: str) -> list[dict[str, Any]]:
    """Events and bytes of each process over all its runs that Temporal still knows."""
    found: list[dict[str, Any]] = []
    for process in processes:
        events = size = 0
        try:
            async for run in client.list_workflows(f"WorkflowId = '{process}' and TaskQueue = '{queue}'"):
                described = await client.get_workflow_handle(process, run_id=run.run_id).describe()
                events += described.history_length
                size += described.raw_description.workflow_execution_info.history_size_bytes
        except RPCError:
            continue  # a run that went with Temporal's state has no history to measure
        found.append({"process": process, "events": events, "bytes": size})
    return found


def _phases(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [
        {"name": r["name"], "lane": r["lane"], "opened_at": _text(r["opened_at"]), "closed_at": _text(r["closed_at"])}
        for r in rows
    ]


def _text(at: datetime | None) -> str | None:
    return None if at is None else at.isoformat()
