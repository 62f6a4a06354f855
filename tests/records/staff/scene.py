"""The imported sample school under its own rules: people by post, commands, and the loop without an engine."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime
from itertools import count
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import asyncpg
from temporalio.testing import ActivityEnvironment

import records.commands  # noqa: F401 -- registers the handlers
from activities.registry import activities
from records.basis import adopt_documents
from records.clock import hold_clock
from records.db import Database
from records.files.store import put
from records.files.stored import read
from records.migrate import migrate
from records.queries.people import by_handle, reachable
from records.queries.snapshot import load_snapshot
from records.school_import import ImportReport, import_school
from records.seam import Actor, Answer, Seam, Vault
from rosters.documents import load_national, load_pack
from rosters.formats import SchoolFormats
from rosters.sis_import import read_school
from rules.duties import GATES, Duty, duties_of, is_open
from rules.ids import duty_key, duty_process
from rules.messages import Ask, Do
from rules.ruleset import RuleSet
from rules.schedule import Calendar, National
from rules.school_files import SchoolFiles
from rules.self_checks import checklist_of
from tests.reconcile.samples import as_received
from tests.rules.builders import taipei

ROOT = Path(__file__).resolve().parents[3]
SCHOOL = "999901"
KEY = b"s" * 32
FORMATS = SchoolFormats()
YEAR = f"year/{SCHOOL}/115"
SEMESTER = f"semester/{SCHOOL}/115-1"
SUBMISSION = f"submission/{SCHOOL}/115-1/g10_11/enrolment"
START = taipei("2026-08-03 08:00")
SECRETARY, REGISTRAR, IT = "counselling_director", "registration_section", "it_section"
ACADEMIC, PRINCIPAL, INSTRUCTION = "academic_affairs_director", "principal", "instruction_section"
STRANGER = "practicum_director"
"""A post whose holder deputises for nobody."""
CHANGES = (
    "fact",
    "duty",
    "duty_note",
    "self_check_line",
    "meeting",
    "publication",
    "absence",
    "unable",
    "post_holder",
    "handover",
    "process",
    "basis",
    "document",
    "calendar_draft",
    "calendar_rehearsal",
    "extension",
    "admission_window",
    "submission",
    "submission_version",
    "confirmation",
    "report",
    "notice",
    "command_key",
    "account",
    "person",
    "student",
    "class",
    "course",
    "grade",
    "cadre",
    "advisory",
    "base_import",
    "roster_check",
    "difference",
    "correction",
)
"""Every table that a staff command may write, attempts excepted."""


def pack() -> tuple[RuleSet, Calendar, National]:
    """The founding school's rules, its calendar of 115 and the authority's document."""
    found = load_pack(ROOT / "schools" / "licheng")
    return found.rules, found.calendars[115], load_national(ROOT / "schools" / "national" / "115.yaml")


def small_school() -> SchoolFiles:
    """The files of the small sample school, which hold no error."""
    files, problems = read_school(ROOT / "schools" / "samples" / "small", school_code=SCHOOL)
    assert [p for p in problems if p.severity.value == "error"] == []
    return files


@dataclass(slots=True)
class Scene:
    """A school in a database of its own."""

    db: Database
    operator: Database
    seam: Seam
    school: str = SCHOOL
    tag: str = field(default_factory=lambda: uuid4().hex[:8])
    keys: count[int] = field(default_factory=count)

    @property
    def vault(self) -> Vault:
        return self.seam.vault

    # -- people ------------------------------------------------------------------------------------

    async def holder(self, post: str) -> UUID:
        """Who holds a post (rank 0) at the school's instant, whether present or not."""
        return await self.ranked(post, 0)

    async def ranked(self, post: str, rank: int) -> UUID:
        """The holder (0) or a deputy (1, 2) of a post now."""
        found = await self.value(
            "select person from post_holder where school = $1 and post = $2 and rank = $3"
            " and opens <= school_now($1) and (closes is null or school_now($1) < closes)",
            post,
            rank,
        )
        assert found is not None, (post, rank)
        return UUID(str(found))

    async def reached(self, post: str) -> UUID | None:
        """Whom work for a post reaches now."""
        async with self.db.transaction(self.school) as c:
            return await reachable(c, self.school, post, await c.fetchval("select school_now($1)", self.school))

    async def numbered(self, number: str) -> UUID:
        """The person with a student or staff number."""
        async with self.db.transaction(self.school) as c:
            found = await by_handle(c, self.vault, self.school, number)
        assert found is not None, number
        return found

    async def students(self, lane: str = "g10_11") -> list[UUID]:
        """The students of a lane, always in the same order."""
        rows = await self.rows("select person from lane_member where school = $1 and lane = $2 order by person", lane)
        return [r["person"] for r in rows]

    # -- commands ----------------------------------------------------------------------------------

    async def do(self, who: UUID | str, name: str, key: str | None = None, **body: Any) -> Answer:
        """One command; `who` is a person, or a post whose holder acts."""
        person = who if isinstance(who, UUID) else await self.holder(who)
        given = {
            k: v.isoformat() if isinstance(v, datetime) else str(v) if isinstance(v, UUID) else v
            for k, v in body.items()
        }
        return await self.seam.do(self.school, Actor(person), name, given, key=key or f"{self.tag}/{next(self.keys)}")

    async def must(self, who: UUID | str, name: str, key: str | None = None, **body: Any) -> dict[str, Any]:
        """A command that has to be accepted; its proof."""
        answer = await self.do(who, name, key, **body)
        assert answer.accepted, answer.refusal
        return answer.proof

    async def refused(self, who: UUID | str, name: str, **body: Any) -> tuple[str, str, str]:
        """(code, clause, place) of a command that has to be refused, changing nothing but the attempts."""
        before, counted = await self.tables(), await self.value("select count(*) from attempt where school = $1")
        answer = await self.do(who, name, **body)
        assert answer.refusal is not None, answer.proof
        assert await self.tables() == before
        assert await self.value("select count(*) from attempt where school = $1") == counted + 1
        return answer.refusal.code.value, answer.refusal.clause, answer.refusal.place

    async def lines(self, key: str) -> list[dict[str, Any]]:
        """Every line of a self-check's checklist, each found ok."""
        async with self.db.transaction(self.school) as c:
            snapshot = await load_snapshot(c, self.school, duty_process(key))
        return [{"line": x.id, "ok": True} for x in checklist_of(snapshot, duties_of(snapshot)[key])]

    async def checked(self, who: UUID | str, key: str) -> dict[str, Any]:
        """A self-check passed with every line of its list."""
        return await self.must(who, "record_self_check", duty=key, passed=True, lines=await self.lines(key))

    async def keep(self, content: bytes, by: UUID | None = None) -> str:
        """The hash of a stored file of that content, that somebody brought."""
        return (await put(self.db, self.vault, self.school, content, by=by)).sha256

    async def file(self, text: str = "letter") -> str:
        """The hash of a stored file."""
        return (await put(self.db, self.vault, self.school, f"{text} {self.tag}/{next(self.keys)}".encode())).sha256

    # -- time and the loop -------------------------------------------------------------------------

    async def at(self, instant: datetime | str) -> None:
        """Let the school's clock stand at an instant."""
        await hold_clock(self.operator, self.school, taipei(instant) if isinstance(instant, str) else instant)

    async def settle(self) -> None:
        """What every process does at this instant: ask, carry out, until nothing is due."""
        env = ActivityEnvironment()
        deeds = {_name(activity): activity for activity in activities(self.db, self.vault)}
        busy = True
        while busy:
            busy = False
            for row in await self.rows(
                "select id from process where school = $1 and (over_at is null or seen < news) order by id"
            ):
                ask = Ask(school=self.school, process=row["id"], now=START)
                due = await env.run(deeds["what_is_due"], ask)
                for step in due.steps:
                    busy = True
                    await env.run(deeds[step.activity], Do(school=self.school, process=row["id"], key=step.key))

    async def pass_gates(self, upto: str, version: int = 1) -> None:
        """Do the duties of the enrolment roster's version in order, `upto` included."""
        for kind in GATES[: GATES.index(upto) + 1]:
            key = duty_key(SUBMISSION, kind, f"v{version}")
            post = (await self.duty(key))[0].post
            if kind == "self_check":
                await self.checked(post, key)
            elif kind == "submit":
                await self.must(post, "record_submission", **await self.sent(version))
            elif kind == "import_receipt":
                await self.must(post, "receipt_arrived", **await self.received(version))
            else:
                await self.must(post, "complete_duty", duty=key)
        await self.settle()

    async def sent(self, version: int = 1) -> dict[str, Any]:
        """The body of record_submission for the enrolment roster, its letter stored."""
        return {
            "submission": SUBMISSION,
            "version": version,
            "evidence_sha256": await self.file(),
            "letter_number": "歷程字第 1 號",
        }

    async def received(self, version: int = 1) -> dict[str, Any]:
        """The body of receipt_arrived for the enrolment roster: the central database received all of it."""
        sent = await self.value(
            "select roster_sha256 from submission_version where school = $1 and submission = $2 and version = $3",
            SUBMISSION,
            version,
        )
        content = as_received(await asyncio.to_thread(read, self.vault, self.school, sent))
        receipt = await put(self.db, self.vault, self.school, content)
        return {"submission": SUBMISSION, "version": version, "receipt_sha256": receipt.sha256}

    async def start_year(self) -> None:
        """The school year runs, with its first semester."""
        await self.must(SECRETARY, "start_year", year="115")
        await self.settle()

    # -- what is there -----------------------------------------------------------------------------

    async def duty(self, key: str) -> tuple[Duty, bool]:
        """A duty and whether it is still owed."""
        async with self.db.transaction(self.school) as c:
            snapshot = await load_snapshot(c, self.school, key.split("#")[0])
        duty = duties_of(snapshot)[key]
        return duty, is_open(snapshot, duty)

    async def owed(self, key: str) -> bool:
        """Whether a duty is still owed."""
        return (await self.duty(key))[1]

    async def rows(self, sql: str, *args: Any) -> list[Any]:
        """Rows of this school; `$1` is its id."""
        return list(await self.operator.pool.fetch(sql, self.school, *args))

    async def value(self, sql: str, *args: Any) -> Any:
        """One value of this school; `$1` is its id."""
        return await self.operator.pool.fetchval(sql, self.school, *args)

    async def fact(self, proof: dict[str, Any]) -> Any:
        """The fact behind a proof."""
        return (await self.rows("select * from fact where school = $1 and id = $2", proof["fact"]))[0]

    async def tables(self, names: tuple[str, ...] = CHANGES) -> dict[str, list[str]]:
        """Every row of the tables, to compare before and after."""
        return {
            t: sorted(str(tuple(r)) for r in await self.rows(f"select * from {t} where school = $1")) for t in names
        }


def _name(activity: Any) -> str:
    return str(activity.__temporal_activity_definition.name)


async def import_small(operator: Database, vault: Vault, school: str = SCHOOL, **more: Any) -> ImportReport:
    """Import the small sample school as a demo school, unless `more` says otherwise."""
    rules, calendar, _ = pack()
    given: dict[str, Any] = {"kind": "demo", "starts": calendar.opens, "files": small_school(), "rules": rules} | more
    return await import_school(operator, vault, school, "示範高中", **given)


async def make_template(server: str, name: str, folder: Path) -> None:
    """A database with the imported school and its documents, its clock before the year starts."""
    url = await _create(server, name, None)
    await migrate(url)
    operator = await Database.open_operator(url)
    await import_small(operator, Vault(folder, KEY, FORMATS))
    await adopt_documents(operator, SCHOOL, *pack(), reason="test")
    await hold_clock(operator, SCHOOL, START)
    await operator.close()


@asynccontextmanager
async def copy_of(server: str, template: str, folder: Path, *, name: str | None = None) -> AsyncIterator[Scene]:
    """A scene on a copy of the template; dropped at the end, unless a `name` keeps it as a template itself."""
    url = await _create(server, name or f"{template}_{uuid4().hex[:8]}", template)
    db, operator = await Database.open(url), await Database.open_operator(url)
    try:
        yield Scene(db, operator, Seam(db, Vault(folder, KEY, FORMATS)))
    finally:
        await db.close()
        await operator.close()
        if name is None:
            admin = await asyncpg.connect(server)
            await admin.execute(f"drop database {url.rsplit('/', 1)[1]} with (force)")
            await admin.close()


async def _create(server: str, name: str, template: str | None) -> str:
    admin = await asyncpg.connect(server)
    await admin.execute(f"drop database if exists {name} with (force)")
    # Files are copied, as writing every page to the log too costs more than twice as much.
    await admin.execute(f"create database {name} strategy file_copy" + (f" template {template}" if template else ""))
    await admin.close()
    return server.rsplit("/", 1)[0] + f"/{name}"
