"""bench: a school of one class whose upload window is open, in a database of its own; and rounds of acts on it."""

from __future__ import annotations

import asyncio
import hashlib
import os
import secrets
import shutil
import tempfile
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from functools import partial
from itertools import count
from pathlib import Path
from statistics import median
from time import perf_counter
from typing import Any
from uuid import UUID, uuid4

import asyncpg

from demo.media import pdf
from records.basis import NATIONAL, adopt
from records.commands.items import hand_in
from records.db import Database
from records.files.store import put
from records.migrate import migrate
from records.sealing import new_key
from records.seam import Actor, Seam, Vault
from records.together import Together
from rosters.documents import load_national
from runtime.servers.postgres import PostgresPart
from runtime.servers.supervisor import Supervisor

SCHOOL, COURSE, LANE = "bench", "115-1/101/01", "g10_11"
CONNECTIONS = 16
STUDENTS = 600

_BARE = """
create function licheng.bare_upload(p_school text, p_actor uuid, p_key text, p_hash text, p_item uuid, p_digest text,
    p_sha256 text, p_sealed bytea) returns jsonb language plpgsql as $$
declare f bigint; answer_ jsonb; body_ jsonb; at_ timestamptz := clock_timestamp();
begin
  perform set_config('app.school', p_school, true);
  insert into licheng.item (school, id, student, item, period, school_year, lane, class, course, variant, state, digest, files, uploaded_at)
  values (p_school, p_item, p_actor, 'outcome', '115-1', '115', 'g10_11', '101', '115-1/101/01', 'regular', 'uploaded', p_digest, 1, at_);
  insert into licheng.item_version (school, item, version, digest, sealed, at) values (p_school, p_item, 1, p_digest, p_sealed, at_);
  insert into licheng.item_file (school, item, version, ordinal, role, sha256, size, media_type)
  values (p_school, p_item, 1, 1, 'document', p_sha256, 1000, 'application/pdf');
  insert into licheng.quota_use values (p_school, p_actor, 'outcome', 'uploaded', '115-1', 1)
  on conflict (school, person, item, counts, period) do update set used = licheng.quota_use.used + 1;
  body_ := jsonb_build_object('item', p_item, 'item_kind', 'outcome', 'state', 'uploaded', 'digest', p_digest, 'period', '115-1',
    'lane', 'g10_11', 'course', '115-1/101/01');
  insert into licheng.fact (school, at, kind, actor, clause, subject, body)
  values (p_school, at_, 'uploaded', p_actor, '規§5.3.1', p_item::text, body_) returning id into f;
  answer_ := jsonb_build_object('fact', f, 'kind', 'uploaded', 'subject', p_item, 'body', body_, 'at', at_);
  insert into licheng.command_key (school, actor, key, request_hash, answer, at)
  values (p_school, p_actor::text, p_key, p_hash, jsonb_build_object('fact', f), at_);
  return answer_;
end $$
"""


@dataclass(slots=True)
class School:
    """A school of one class in a database of its own, its upload window open."""

    db: Database
    seam: Seam
    admin: asyncpg.Connection
    url: str = ""
    students: list[UUID] = field(default_factory=list)
    files: list[dict[str, Any]] = field(default_factory=list)
    """One a student, as in life: a file that all share would be a row that all lock."""
    numbers: count[int] = field(default_factory=count)
    each_alone: Seam = field(init=False)

    def __post_init__(self) -> None:
        """A seam of which no call goes together with another."""
        self.each_alone = Seam(self.db, self.seam.vault)
        run = partial(hand_in, self.db.pool)
        self.each_alone.groups["upload"] = Together(run, at_once=CONNECTIONS, most=1)

    async def ours(self) -> None:
        """The command with everything: parsing, summary, sealing, rules, proof. Those that wait go together."""
        await self._upload(self.seam)

    async def alone(self) -> None:
        """The same, each with a call, a connection and a commit of its own."""
        await self._upload(self.each_alone)

    async def _upload(self, seam: Seam) -> None:
        n = next(self.numbers)
        body = {
            "item": "outcome",
            "period": "115-1",
            "course": COURSE,
            "summary": "觀察校園植物並記錄成長",
            "files": [self.files[n % len(self.students)]],
        }
        answer = await seam.do(SCHOOL, Actor(self.students[n % len(self.students)]), "upload", body, key=f"k{n}")
        if not answer.accepted:
            raise RuntimeError(answer.refusal)

    async def bare(self) -> None:
        """The same rows without a rule, a lock or a proof."""
        n = next(self.numbers)
        await self.db.pool.fetchval(
            "select bare_upload($1, $2, $3, $4, $5, $6, $7, $8)", SCHOOL, self.students[n % len(self.students)], f"k{n}", "0" * 64,
            uuid4(), "1" * 64, self.files[n % len(self.students)]["sha256"], bytes(130),
        )  # fmt: skip


@asynccontextmanager
async def opened(
    url: str, folder: Path, *, connections: int = CONNECTIONS, students: int = STUDENTS
) -> AsyncIterator[School]:
    """A school in a new database on a running server; dropped at the end."""
    name = f"bench_{secrets.token_hex(4)}"
    await _execute(url, f"create database {name}")
    own = url.rsplit("/", 1)[0] + f"/{name}"
    await migrate(own)
    db = await Database.open(own, size=connections)
    school = School(db, Seam(db, Vault(folder / name, secrets.token_bytes(32))), await asyncpg.connect(own), own)
    try:
        await found_school(school, students)
        yield school
    finally:
        await db.close()
        await school.admin.close()
        await _execute(url, f"drop database {name} with (force)")


async def _execute(url: str, sql: str) -> None:
    server = await asyncpg.connect(url)
    await server.execute(sql)
    await server.close()


@asynccontextmanager
async def durable_server() -> AsyncIterator[tuple[str, Path, PostgresPart]]:
    """A durable cluster of our own: its URL, a folder for files, and the part, to be killed and started."""
    folder = Path(tempfile.mkdtemp(prefix="licheng-bench-"))
    folder.chmod(0o711)  # PostgreSQL's own account walks through
    try:
        part = PostgresPart(folder / "postgres")
        async with Supervisor(folder / "on", [part]):
            yield part.url(), folder, part
    finally:
        shutil.rmtree(folder, ignore_errors=True)


async def round_of(work: Callable[[], Awaitable[None]], each: int, *, clients: int = CONNECTIONS) -> float:
    """Seconds for `each` acts by so many clients at once; as a rule as many as there are connections."""
    left = iter(range(each))

    async def client() -> None:
        for _ in left:
            await work()

    started = perf_counter()
    await asyncio.gather(*(client() for _ in range(clients)))
    return perf_counter() - started


async def wal_bytes(admin: asyncpg.Connection) -> int:
    return int(await admin.fetchval("select pg_wal_lsn_diff(pg_current_wal_insert_lsn(), '0/0')"))


async def found_school(school: School, students: int = STUDENTS) -> None:
    s, c = SCHOOL, school.admin
    school.students = [uuid4() for _ in range(students)]
    await c.execute("set search_path = licheng, public")
    await c.execute(_BARE)
    await c.execute("grant execute on function licheng.bare_upload to licheng_app")
    await c.execute("insert into school (school, name, kind) values ($1, 'bench', 'production')", s)
    await c.execute("insert into class values ($1, '101', '115', '101', 1, '普通型')", s)
    await c.execute("insert into post values ($1, 'course_teacher', 'course_teacher', 'academic_affairs')", s)
    await c.execute(
        "insert into course values ($1, $2, '115-1', '101', 'code', '國文', 4, 'course_teacher')", s, COURSE
    )
    for sql, rows in (
        ("insert into person (school, id, sealed, kind) values ($1, $2, '', 'student')", [(s, p) for p in school.students]),
        ("insert into person_key (school, person, wrapped) values ($1, $2, $3)",
         [(s, p, new_key(school.seam.vault)[1]) for p in school.students]),
        ("insert into student (school, person, class, grade, track, entry_year) values ($1, $2, '101', 1, '普通型', 115)",
         [(s, p) for p in school.students]),
        ("insert into lane_member (school, lane, person, opens) values ($1, $2, $3, now() - interval '9 days')",
         [(s, LANE, p) for p in school.students]),
        ("insert into course_member values ($1, $2, $3)", [(s, COURSE, p) for p in school.students]),
    ):  # fmt: skip
        await c.executemany(sql, rows)
    await c.execute(
        "insert into admission_window select $1, '115-1', $2, 'outcome_upload', '',"
        " tstzmultirange(tstzrange(now() - interval '1 day', now() + interval '1 day')),"
        " now() - interval '1 day', now() + interval '1 day', now() + interval '1 day', '規§5.3.1'",
        s, LANE,
    )  # fmt: skip
    await c.execute(
        "insert into admission_limit values ($1, 'q', 'outcome', 'uploaded', '115-1', 1000000, '規§5.3.1')", s
    )
    await c.execute("insert into admission_variant values ($1, '115', 'regular', 'regular', '規§5.3.1')", s)
    await c.execute("insert into admission_file values ($1, 'document', 'application/pdf', 4194304, '規§5.3.1')", s)
    national = load_national(Path(__file__).parents[2] / "schools" / "national" / "115.yaml")
    async with school.db.transaction(s) as documents:
        await adopt(documents, s, NATIONAL, "national", national.version, national.model_dump(mode="json"))
    first = await put(school.db, school.seam.vault, s, pdf(0))
    hashes = [first.sha256, *(hashlib.sha256(p.bytes).hexdigest() for p in school.students[1:])]
    await c.executemany(
        "insert into stored_file values ($1, $2, $3, $4, now()) on conflict do nothing",
        [(s, sha256, first.size, first.media_type) for sha256 in hashes],
    )
    await c.executemany(
        "insert into file_sender (school, sha256, person) values ($1, $2, $3)",
        [(s, sha256, p) for sha256, p in zip(hashes, school.students, strict=True)],
    )
    file = {"role": "document", "size": first.size, "media_type": first.media_type, "file_name": "植物觀察.pdf"}
    school.files = [file | {"sha256": sha256} for sha256 in hashes]


def fsync_ms(folder: Path, times: int = 50) -> float:
    """The median milliseconds of writing and fsyncing 8 KiB in a folder."""
    path, taken = folder / "fsync", []
    with path.open("wb", buffering=0) as file:
        for _ in range(times):
            started = perf_counter()
            file.write(bytes(8192))
            os.fsync(file.fileno())
            taken.append((perf_counter() - started) * 1000)
    path.unlink()
    return median(taken)
