"""cli: what runs, where every process stands, and starting lost ones again."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from cli import show
from cli.place import opened
from records.queries.progress import phases, processes
from rules.instants import local_text
from rules.refusals import Code, refuse
from runtime.engine import connect
from runtime.keys import key_file
from runtime.relay import Waker
from runtime.relay import resume as resume_processes
from runtime.servers.supervisor import parts_of


async def print_status(data: Path, school: str | None, *, as_json: bool) -> int:
    """Print parts, processes, phases and stuck steps of a data directory, also of a running demo.

    Raises Refused(not_found) for a folder that is no data directory.
    """
    parts = parts_of(data)
    found: dict[str, Any] = {"parts": parts, "schools": []}
    async with opened(data) as place:
        rows = await place.operator.pool.fetch(
            "select school, name, kind, school_now(school) as now from school order by 1"
        )
        for row in rows:
            if school not in (None, row["school"]):
                continue
            found["schools"].append(dict(row) | await _school(place.db, row["school"]))
    if as_json:
        show.emit(found)
        return 0
    show.table(
        ("part", "pid", "address", ""), [(p["name"], p["pid"], p["address"], "✓" if p["alive"] else "✗") for p in parts]
    )
    for s in found["schools"]:
        print(f"\n{s['school']} {s['name']}({s['kind']}) {local_text(s['now'])}")
        show.table(
            ("process", "kind", "next", "over"),
            [(p["id"], p["kind"], p["next_at"], p["over_at"]) for p in s["processes"]],
        )
        show.table(
            ("phase", "lane", "opened", "closed"),
            [(f["name"], f["lane"], f["opened_at"], f["closed_at"]) for p in s["processes"] for f in p["phases"]],
        )
        for r in s["refused"]:
            print(f"拒絕 · refused {local_text(r['at'])} {r['command']}: {r['code']} {r['clause']} {r['place']}")
        for stuck in s["stuck"]:
            print(f"卡住 · stuck: {stuck['step_key']} ({stuck['error']}) → {local_text(stuck['retry_at'])}")
    return 0


async def _school(db: Any, school: str) -> dict[str, Any]:
    async with db.transaction(school, snapshot=True) as connection:
        rows = await processes(connection, school)
        for row in rows:
            row["phases"] = await phases(connection, school, row["id"])
        stuck = await connection.fetch(
            "select step_key, error, since, retry_at, times from stuck where school = $1 and cleared_at is null", school
        )
        refused = await connection.fetch(
            "select at, command, code, clause, place, found, limit_ as limit from attempt where school = $1"
            " order by id desc limit 5",
            school,
        )
    return {"processes": rows, "stuck": [dict(r) for r in stuck], "refused": [dict(r) for r in refused]}


async def resume_all(data: Path, *, as_json: bool) -> int:
    """Start every process that is not over, by its id. Raises Refused(server_away), EngineAway."""
    async with opened(data) as place:
        if place.settings.temporal_address is None:
            raise refuse(Code.SERVER_AWAY, place="Temporal")
        client = await connect(
            place.settings.temporal_address, place.settings.namespace, key_file(data, "codec"), within=30
        )
        reached = await resume_processes(place.operator, Waker(client, place.settings.task_queue))
    if as_json:
        show.emit({"resumed": reached})
    else:
        print(f"已喚醒 · resumed {len(reached)}:")
        for process in reached:
            print(f"  {process}")
    return 0
