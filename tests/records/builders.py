"""A small school in the database: one class, two courses, three students, a teacher with a deputy."""

from __future__ import annotations

import zlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from itertools import count
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import records.commands  # noqa: F401 -- registers the handlers
from records.admission import compile_admission
from records.basis import adopt_documents
from records.clock import hold_clock
from records.db import Database
from records.files.store import put
from records.sealing import new_key
from records.seam import Actor, Answer, Seam, Vault
from rosters.documents import load_items
from rosters.formats import SchoolFormats
from rules.ruleset import RuleSet
from rules.schedule import Calendar, FileLimit, National
from tests.rules.builders import calendar, office_years, rule_set, taipei

MICROSECOND = timedelta(microseconds=1)
UPLOAD_OPENS = taipei("2026-08-31 08:00")
INSIDE = taipei("2026-10-01 12:00")
UPLOAD_CLOSES = taipei("2027-02-04 00:00")
CORRECTION_CLOSES = taipei("2027-03-03 17:00")
CERTIFICATION_CLOSES = taipei("2027-03-05 17:00")
SELECTION_OPENS = taipei("2027-08-16 08:00")
SELECTION_CLOSES = taipei("2027-09-04 00:00")
LANE = "g10_11"
COURSE, OTHER_COURSE = "115-1/101/01", "115-1/101/02"
MIB = 2**20

LIMITS = [("document", m, 4 * MIB) for m in ("application/pdf", "image/jpeg", "image/png")]
LIMITS += [("av", m, 10 * MIB) for m in ("audio/mpeg", "video/mp4")]
QUOTAS = (("outcome", "uploaded", "semester", 15), ("diverse", "uploaded", "school_year", 30))
QUOTAS += (("outcome", "selected", "school_year", 6), ("diverse", "selected", "school_year", 10))
CLAUSES = {("outcome", "uploaded"): "規§5.3.1", ("diverse", "uploaded"): "規§5.4"}
PRIVATE = (
    "fact",
    "attempt",
    "item",
    "item_version",
    "item_file",
    "quota_use",
    "certification_count",
    "command_key",
    "duty",
)
"""Tables that commands on items write."""

SERVICE = {"service": "淨灘", "served": "里辦公處", "first_day": "2026-09-05", "last_day": "2026-09-06", "hours": 6}
"""The own fields of a service-learning record."""
ITEMS = load_items(Path(__file__).parents[2] / "schools" / "national" / "items-115.yaml")

_numbers = count(1)


def pdf(n: int | str = 0, size: int = 0) -> bytes:
    """A valid PDF of one page, of exactly `size` bytes where it is more than the least; other bytes for every `n`."""
    short = _pdf(n, 0)
    return short if size <= len(short) else _pdf(n, size - len(short))


def _pdf(n: int | str, fill: int) -> bytes:
    made = b"%PDF-1.4\n%" + str(n).encode() + b"x" * fill + b"\n"
    places = []
    for number, body in enumerate(
        (
            b"<</Type/Catalog/Pages 2 0 R>>",
            b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
            b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 9 9]>>",
        ),
        start=1,
    ):
        places.append(len(made))
        made += b"%d 0 obj%b endobj\n" % (number, body)
    table = b"xref\n0 4\n0000000000 65535 f \n" + b"".join(b"%010d 00000 n \n" % p for p in places)
    return made + table + b"trailer<</Size 4/Root 1 0 R>>\nstartxref\n%010d\n%%%%EOF\n" % len(made)


def packed_zeros(mib: int) -> bytes:
    """A zlib stream that unfolds to so many MiB of zeros: one packed MiB again and again, its checksum by arithmetic."""
    packer = zlib.compressobj(9, wbits=-15)
    one = packer.compress(bytes(MIB)) + packer.flush(zlib.Z_FULL_FLUSH)
    return b"\x78\xda" + one * mib + b"\x03\x00" + ((mib * MIB % 65521) << 16 | 1).to_bytes(4, "big")


def rules_with_quotas() -> RuleSet:
    """The founding document's quotas on the test's rule set."""
    quotas = [
        {
            "id": f"{item}_{counts}",
            "title": "x",
            "item": item,
            "counts": counts,
            "per": per,
            "clause": CLAUSES.get((item, counts), "規§6.1"),
            "values": [{"from": "2026-08-01", "value": limit, "source": "test"}],
        }
        for item, counts, per, limit in QUOTAS
    ]
    return rule_set(quotas=quotas)


def national() -> National:
    """The authority's limits of files."""
    limits = tuple(FileLimit(role=r, media_type=m, max_bytes=b, source="test") for r, m, b in LIMITS)  # type: ignore[arg-type]
    return National(version=1, title="test", windows=(), office_years=office_years(), file_limits=limits, items=ITEMS)


@dataclass(slots=True)
class World:
    """A school, its people, and the shortest way to do something in it."""

    school: str
    db: Database
    operator: Database
    seam: Seam
    rules: RuleSet
    dates: Calendar
    students: list[UUID] = field(default_factory=list)
    teacher: UUID = field(default_factory=uuid4)
    deputy: UUID = field(default_factory=uuid4)
    keys: count[int] = field(default_factory=count)

    @property
    def vault(self) -> Vault:
        return self.seam.vault

    def elsewhere(self) -> World:
        """The same school through another server, whose calls do not go together with this one's."""
        return replace(self, seam=Seam(self.db, self.vault))

    async def at(self, instant: datetime) -> None:
        """Let the school's clock stand at an instant."""
        await hold_clock(self.operator, self.school, instant)

    async def do(self, who: UUID, name: str, key: str | None = None, **body: Any) -> Answer:
        """One command with a key of its own."""
        if name in ("upload", "replace", "save_draft"):
            await self.brought(
                who, *(f["sha256"] for f in body.get("files", ()) if isinstance(f, dict) and "sha256" in f)
            )
        return await self.seam.do(self.school, Actor(who), name, body, key=key or f"k{next(self.keys)}")

    async def brought(self, who: UUID, *hashes: str) -> None:
        """As if somebody had brought these files, where they are stored."""
        await self.operator.pool.execute(
            "insert into file_sender (school, sha256, person) select school, sha256, $2 from stored_file"
            " where school = $1 and sha256 = any($3) on conflict do nothing",
            self.school,
            who,
            list(hashes),
        )

    async def must(self, who: UUID, name: str, key: str | None = None, **body: Any) -> dict[str, Any]:
        """A command that has to be accepted; its proof."""
        answer = await self.do(who, name, key, **body)
        assert answer.accepted, answer.refusal
        return answer.proof

    async def file(self, data: bytes | None = None, role: str = "document") -> dict[str, Any]:
        """A stored file as a command's file part."""
        stored = await put(self.db, self.vault, self.school, data or pdf(f"{self.school}{next(self.keys)}"))
        return {"role": role, "sha256": stored.sha256, "size": stored.size, "media_type": stored.media_type}

    async def upload(self, who: UUID, key: str | None = None, **changes: Any) -> Answer:
        """Hand in an outcome of the first course, unless the changes say otherwise."""
        body: dict[str, Any] = {"item": "outcome", "period": "115-1", "course": COURSE, "summary": "觀察"} | changes
        if "files" not in body:
            body["files"] = [await self.file()]
        return await self.do(who, "upload", key, **{k: v for k, v in body.items() if v is not None})

    async def diverse(self, who: UUID, key: str | None = None) -> Answer:
        """Hand in a diverse performance."""
        return await self.upload(
            who, key, item="diverse", period="115", course=None, category="service", fields=SERVICE
        )

    async def enrol(self, who: UUID, enrolment: str, course: str = COURSE) -> None:
        """Let a student's enrolment in a course be of another kind."""
        await self.operator.pool.execute(
            "update course_member set enrolment = $4 where school = $1 and course = $2 and person = $3",
            self.school,
            course,
            who,
            enrolment,
        )

    async def uploaded(self, who: UUID) -> str:
        """The id of a newly uploaded outcome."""
        answer = await self.upload(who)
        assert answer.accepted, answer.refusal
        return str(answer.proof["item"])

    async def requested(self, who: UUID) -> str:
        """The id of an outcome whose certification was asked for."""
        item = await self.uploaded(who)
        await self.must(who, "request_certification", item=item)
        return item

    async def certified(self, who: UUID) -> str:
        """The id of a certified outcome."""
        item = await self.requested(who)
        await self.must(self.teacher, "certify", item=item)
        return item

    async def returned(self, who: UUID) -> str:
        """The id of a returned outcome."""
        item = await self.requested(who)
        await self.must(self.teacher, "return", item=item, reason="wrong_file")
        return item

    async def rows(self, sql: str, *args: Any) -> list[Any]:
        """Rows of this school; `$1` is its id."""
        return list(await self.operator.pool.fetch(sql, self.school, *args))

    async def value(self, sql: str, *args: Any) -> Any:
        """One value of this school; `$1` is its id."""
        return await self.operator.pool.fetchval(sql, self.school, *args)

    async def state(self, item: str) -> str:
        """The state of an item."""
        return str(await self.value("select state from item where school = $1 and id = $2::uuid", item))

    async def freeze(self, kind: str, period: str = "115-1") -> dict[str, Any]:
        """Close a window for good."""
        async with self.db.transaction(self.school) as c:
            found: dict[str, Any] = await c.fetchval(
                "select freeze_window($1, $2, $3, $4, '')", self.school, period, LANE, kind
            )
        return found

    async def extend(
        self, kind: str, closes: datetime, *, scope: str = "all", target: str = "", period: str = "115-1"
    ) -> None:
        """Grant an extension, as the command `extend` writes it."""
        await self.operator.pool.execute(
            "insert into extension (school, id, period, kind, scope, target, closes, reason, approver, granted_at)"
            " values ($1, $2, $3, $4, $5, $6, $7, 'test', 'principal', $7)",
            self.school,
            f"e{next(self.keys)}",
            period,
            kind,
            scope,
            target,
            closes,
        )

    async def tables(self, *without: str) -> dict[str, list[str]]:
        """Every row that commands on items may write, to compare before and after."""
        names = [t for t in PRIVATE if t not in without]
        return {
            t: sorted(str(tuple(r)) for r in await self.rows(f"select * from {t} where school = $1")) for t in names
        }

    async def attempts(self) -> list[tuple[str, str]]:
        """Refused commands with their codes, in order."""
        rows = await self.rows("select command, code from attempt where school = $1 order by id")
        return [(r["command"], r["code"]) for r in rows]


@asynccontextmanager
async def found_school(url: str, folder: Path, *, students: int = 3, connections: int = 8) -> AsyncIterator[World]:
    """A demo school of its own in a migrated database, its clock inside the first semester's upload."""
    db, operator = await Database.open(url, size=connections), await Database.open_operator(url)
    vault = Vault(folder / "files", b"m" * 32, SchoolFormats())
    world = World(f"s{next(_numbers)}{uuid4().hex[:6]}", db, operator, Seam(db, vault), rules_with_quotas(), calendar())
    try:
        await _people(world, students)
        await adopt_documents(operator, world.school, world.rules, world.dates, national(), reason="test")
        async with operator.transaction(world.school) as c:
            await compile_admission(c, world.school, world.rules, world.dates, national())
        await world.at(INSIDE)
        yield world
    finally:
        await db.close()
        await operator.close()


async def _people(w: World, students: int) -> None:
    s, starts = w.school, taipei("2026-08-01 00:00")
    w.students = [uuid4() for _ in range(students)]
    async with w.operator.transaction(s) as c:
        await c.execute("insert into school (school, name, kind) values ($1, 'test', 'demo')", s)
        for person in (*w.students, w.teacher, w.deputy):
            kind = "student" if person in w.students else "staff"
            await c.execute("insert into person (school, id, sealed, kind) values ($1, $2, '', $3)", s, person, kind)
            await c.execute(
                "insert into person_key (school, person, wrapped) values ($1, $2, $3)", s, person, new_key(w.vault)[1]
            )
        await c.execute("insert into class values ($1, '101', '115', '101', 1, '普通型')", s)
        for seat, person in enumerate(w.students, start=1):
            await c.execute(
                "insert into student (school, person, class, seat, grade, track, entry_year) values ($1, $2, '101', $3, 1, '普通型', 115)",
                s,
                person,
                seat,
            )
            await c.execute(
                "insert into lane_member (school, lane, person, opens) values ($1, $2, $3, $4)", s, LANE, person, starts
            )
        for course in (COURSE, OTHER_COURSE):
            post = f"course_teacher:{course}"
            await c.execute("insert into post values ($1, $2, 'course_teacher', 'academic_affairs')", s, post)
            await c.execute(
                "insert into course values ($1, $2, '115-1', '101', 'code', '國文', 4, $3)", s, course, post
            )
            await c.execute("insert into post_holder values ($1, $2, 0, $3, $4)", s, post, w.teacher, starts)
            await c.execute("insert into post_holder values ($1, $2, 1, $3, $4)", s, post, w.deputy, starts)
            await c.executemany(
                "insert into course_member values ($1, $2, $3)", [(s, course, person) for person in w.students]
            )
