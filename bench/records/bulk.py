"""bench: certification of many items at once, rights and windows checked, against a fixed number a second. 規§5.3.2"""

from __future__ import annotations

import asyncio
from pathlib import Path
from statistics import median
from time import perf_counter
from uuid import UUID, uuid4

from bench.harness import Figure, peak_mb
from bench.records.school import COURSE, LANE, SCHOOL, School, opened
from records.seam import Actor
from runtime.servers.postgres import PostgresPart

TARGET, BATCH, CLIENTS = 20_000, 200, 2
"""Items a second, items a call, teachers at once (one a core of the smallest machine)."""

_WAITING = """
with made as (
  insert into item (school, id, student, item, period, school_year, lane, class, course, variant, state, digest, files, uploaded_at, requested_at)
  select $1, gen_random_uuid(), s.person, 'outcome', '115-1', '115', $2, '101', $3, 'regular', 'certification_requested', md5(n::text), 1, now(), now()
    from generate_series(1, $4::int) n join lateral (select person from student where school = $1 offset (n % 300) limit 1) s on true
  returning id)
select array_agg(id) from made
"""


async def figures(url: str, folder: Path, part: PostgresPart, *, quick: bool) -> list[Figure]:
    """Items certified a second by two teachers, each in batches of 200 of a course of their own."""
    rounds, each = (3, 2_000) if quick else (11, 6_000)
    async with opened(url, folder, students=300) as school:
        teachers = [await _teaching(school, n) for n in range(CLIENTS)]
        speeds = []
        for turn in range(rounds + 1):
            waiting = [(t, course, await _waiting(school, course, each)) for t, course in teachers]
            started = perf_counter()
            await asyncio.gather(*(_certify(school, t, ids, f"{turn}/{n}") for n, (t, _, ids) in enumerate(waiting)))
            speeds.append(each * CLIENTS / (perf_counter() - started))
            await school.admin.execute("vacuum item, certification_count")
    speed = median(speeds[1:])
    return [Figure("bulk certification in batches of 200, rights checked", round(speed), TARGET, "items/s",
                   f">= {TARGET:,} items/s", speed >= TARGET, peak_mb())]  # fmt: skip


async def _teaching(school: School, n: int) -> tuple[UUID, str]:
    """A teacher with a course whose certification is open."""
    c, person, course = school.admin, uuid4(), f"{COURSE}-{n}"
    await c.execute("insert into person (school, id, sealed, kind) values ($1, $2, '', 'staff')", SCHOOL, person)
    await c.execute("insert into post values ($1, $2, 'course_teacher', 'academic_affairs')", SCHOOL, f"post-{n}")
    await c.execute(
        "insert into post_holder values ($1, $2, 0, $3, now() - interval '9 days')", SCHOOL, f"post-{n}", person
    )
    await c.execute(
        "insert into course values ($1, $2, '115-1', '101', 'code', '國文', 4, $3)", SCHOOL, course, f"post-{n}"
    )
    await c.execute(
        "insert into admission_window select $1, '115-1', $2, 'certification', '',"
        " tstzmultirange(tstzrange(now() - interval '1 day', now() + interval '1 day')),"
        " now() - interval '1 day', now() + interval '1 day', now() + interval '1 day', '規§5.3.2' on conflict do nothing",
        SCHOOL, LANE,
    )  # fmt: skip
    await c.execute(
        "insert into admission_transition values ($1, 'outcome', 'certify', 'certification_requested', 'certified',"
        " 'certification', '規§5.3.2') on conflict do nothing",
        SCHOOL,
    )
    await c.execute("insert into certification_count (school, course, pending) values ($1, $2, 0)", SCHOOL, course)
    return person, course


async def _waiting(school: School, course: str, count: int) -> list[str]:
    """So many new items whose certification was asked for."""
    found = await school.admin.fetchval(_WAITING, SCHOOL, LANE, course, count)
    await school.admin.execute(
        "update certification_count set pending = pending + $3 where school = $1 and course = $2", SCHOOL, course, count
    )
    return [str(i) for i in found]


async def _certify(school: School, teacher: UUID, ids: list[str], key: str) -> None:
    for n in range(0, len(ids), BATCH):
        body = {"items": [{"item": i} for i in ids[n : n + BATCH]]}
        answer = await school.seam.do(SCHOOL, Actor(teacher), "certify_many", body, key=f"{key}/{n}")
        if not answer.accepted or answer.proof["refused"]:
            raise RuntimeError(answer.refusal or answer.results[0])
