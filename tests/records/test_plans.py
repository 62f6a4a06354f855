"""What people ask in thousands is found through an index, however many items a school has."""

from __future__ import annotations

import json
from typing import Any

from records.queries.items import WAITING, waiting_of
from tests.records.builders import COURSE, INSIDE, LANE, World

_MANY = (
    "insert into item (school, id, student, item, period, school_year, lane, class, course, variant, state, digest, files, uploaded_at)"
    " select $1, gen_random_uuid(), $2, 'outcome', '115-1', '115', $3, '101', $4, 'regular',"
    " case when n % 10 = 0 then 'certification_requested' else 'certified' end, '', 1, now() from generate_series(1, 4000) n"
)


async def plan_of(world: World, sql: str, *args: Any) -> list[str]:
    """The scans of a query's plan: `Index Only Scan item_queue`; as the operator, without row security's own scans."""
    async with world.operator.transaction(world.school) as c:
        # The test's tables are small enough to be read whole; a school's are not.
        await c.execute("set local enable_seqscan = off; set local enable_bitmapscan = off")
        text = json.loads(await c.fetchval(f"explain (format json) {sql}", *args))[0]["Plan"]

    def scans(node: dict[str, Any]) -> list[str]:
        own = (
            [f"{node['Node Type']} {node.get('Index Name', node.get('Relation Name'))}"]
            if "Scan" in node["Node Type"]
            else []
        )
        return own + [s for part in node.get("Plans", ()) for s in scans(part)]

    return scans(text)


async def many(world: World) -> None:
    await world.operator.pool.execute(_MANY, world.school, world.students[0], LANE, COURSE)
    await world.operator.pool.execute("vacuum analyze licheng.item")


async def test_how_many_wait_is_counted_in_the_index_alone(world: World) -> None:
    await many(world)
    scans = await plan_of(world, WAITING, world.school, world.teacher, INSIDE)
    assert "Index Only Scan item_queue" in scans and not [s for s in scans if s.endswith(" item")]
    async with world.db.as_person(world.school, world.teacher) as c:
        found = await waiting_of(c, world.school, world.teacher, INSIDE)
    assert [(r["course"], r["waiting"]) for r in found] == [(COURSE, 400), ("115-1/101/02", 0)]


async def test_quota_and_window_are_found_by_their_keys(world: World) -> None:
    await many(world)
    student = world.students[1]
    quota = "select used from quota_use where school = $1 and person = $2 and item = 'outcome' and counts = 'uploaded' and period = '115-1'"
    window = "select closes from admission_window where school = $1 and period = '115-1' and lane = 'g10_11' and kind = 'selection' and occurrence = ''"
    for sql, args, index in (
        (quota, (world.school, student), "quota_use_pkey"),
        (window, (world.school,), "admission_window_pkey"),
    ):
        assert [s.rsplit(" ", 1)[1] for s in await plan_of(world, sql, *args)] == [index], sql
