"""A crowd at a close: many act at once while the window closes and freezes; what came of it must be one lawful order."""

from __future__ import annotations

import asyncio
import tempfile
from collections import Counter
from dataclasses import dataclass
from datetime import datetime
from itertools import cycle
from pathlib import Path
from typing import Any

from hypothesis import strategies as st

from records.files.stored import verify_all
from records.seam import Answer
from rules.admission import transition, windows_of
from tests.records.builders import (
    CERTIFICATION_CLOSES,
    CORRECTION_CLOSES,
    MICROSECOND,
    SELECTION_CLOSES,
    SELECTION_OPENS,
    UPLOAD_CLOSES,
    World,
    found_school,
)
from tests.records.machine import LIVE

CONNECTIONS = 64
MOST_UPLOADED, MOST_SELECTED = 6, 2
EDGES = (UPLOAD_CLOSES, CORRECTION_CLOSES, CERTIFICATION_CLOSES, SELECTION_CLOSES)
KINDS = dict(zip(EDGES, ("outcome_upload", "outcome_correction", "certification", "selection"), strict=True))
ACTS = (
    "upload",
    "upload",
    "upload",
    "replace",
    "withdraw",
    "request_certification",
    "certify",
    "return",
    "many",
    "select",
    "unselect",
)
COMMANDS = {
    "uploaded": "upload", "replaced": "replace", "withdrawn": "withdraw", "certification_requested": "request_certification",
    "certified": "certify", "returned": "return", "selected": "select", "unselected": "unselect",
}  # fmt: skip
"""The command of each kind of fact about an item."""


@dataclass(frozen=True)
class Step:
    """One act of the crowd: what, by or about which student, on which of the items there, when, and how often clicked."""

    act: str
    who: int
    item: int
    wait: int
    clicks: int


STEPS = st.lists(
    st.builds(Step, st.sampled_from(ACTS), st.integers(0, 2), st.integers(0, 11), st.integers(0, 12), st.sampled_from((1, 1, 1, 2, 3))),
    min_size=8, max_size=48,
)  # fmt: skip
PLANS = st.tuples(st.sampled_from(EDGES), st.booleans(), st.integers(0, 20), STEPS)
"""The edge, whether the clock passes it, after how many milliseconds, and what the crowd does."""


async def play(url: str, edge: datetime, passes: bool, after: int, steps: list[Step]) -> Counter[str]:
    """Let a crowd act at an edge; what became of its acts, by code ('' is accepted)."""
    with tempfile.TemporaryDirectory() as folder:
        async with found_school(url, Path(folder), connections=CONNECTIONS) as world:
            for counts, most in (("uploaded", MOST_UPLOADED), ("selected", MOST_SELECTED)):
                await world.operator.pool.execute(
                    "update admission_limit set max = $3 where school = $1 and counts = $2", world.school, counts, most
                )
            items = [await make(who) for who in world.students for make in _ready(world)]
            files = [await world.file() for _ in range(2)]
            if edge is SELECTION_CLOSES:
                await world.at(SELECTION_OPENS)
            await world.at(edge - MICROSECOND)
            acts = [_step(world, n, step, items, files) for n, step in enumerate(steps)]
            closing = _close(world, edge, after) if passes else _nothing()
            *answers, _ = await asyncio.gather(*acts, closing)
            given = [a for some in answers for a in some]
            await _lawful(world, edge if passes else None, given)
            return Counter(a.refusal.code.value if a.refusal else "" for a in given)


def _ready(world: World) -> tuple[Any, ...]:
    return world.uploaded, world.requested, world.certified, world.returned


async def _nothing() -> None:
    return None


async def _close(world: World, edge: datetime, after: int) -> None:
    await asyncio.sleep(after / 1000)
    await world.at(edge)
    period = "115" if edge is SELECTION_CLOSES else "115-1"
    frozen = await asyncio.gather(*(world.freeze(KINDS[edge], period) for _ in range(2)))
    assert all(f["frozen"] for f in frozen)


async def _step(world: World, n: int, step: Step, items: list[str], files: list[dict[str, Any]]) -> list[Answer]:
    """One act, clicked once or more with the same key; all clicks are answered alike."""
    await asyncio.sleep(step.wait / 1000)
    item, who, key = items[step.item], world.students[step.who], f"crowd{n}"
    name, actor, body = step.act, who, {"item": item}
    if step.act == "upload":
        asked = [world, world.elsewhere()] if n % 2 else [world]
        clicks = [w.upload(who, key, files=[files[0]]) for w, _ in zip(cycle(asked), range(step.clicks), strict=False)]
    else:
        if step.act == "replace":
            body |= {"summary": "換", "files": [files[1]]}
        elif step.act in ("certify", "return", "many"):
            actor = world.teacher
            if step.act == "return":
                body |= {"reason": "wrong_file"}
            elif step.act == "many":
                name, body = "certify_many", {"items": [{"item": i} for i in items[step.item : step.item + 3]]}
        else:
            actor = world.students[step.item // 4]
        clicks = [world.do(actor, name, key, **body) for _ in range(step.clicks)]
    answers = list(await asyncio.gather(*clicks))
    assert len({str(a.proof) for a in answers if a.accepted}) <= 1, "one key, one fact"
    return answers


async def _lawful(world: World, closed: datetime | None, given: list[Answer]) -> None:
    """The counters, every item's story by its facts, the windows, the files."""
    used = {
        (r["person"], r["counts"]): r["used"] for r in await world.rows("select * from quota_use where school = $1")
    }
    rows = await world.rows("select id::text, student, state, version from item where school = $1")
    for student in world.students:
        mine = Counter(r["state"] for r in rows if r["student"] == student)
        live, chosen = sum(mine[s] for s in LIVE), mine["selected"] + mine["locked"]
        assert used.get((student, "uploaded"), 0) == live <= MOST_UPLOADED
        assert used.get((student, "selected"), 0) == chosen <= MOST_SELECTED
    pending = await world.value("select coalesce(sum(pending), 0)::int from certification_count where school = $1")
    assert pending == sum(r["state"] == "certification_requested" for r in rows)
    facts = await world.rows("select id, kind, subject, at from fact where school = $1 order by id")
    assert {a.proof["fact"] for a in given if a.accepted} <= {f["id"] for f in facts}, "what was acknowledged is there"
    windows = {(w.period, w.kind): w for w in windows_of(world.rules, world.dates)}
    for row in rows:
        state = ""
        for fact in (f for f in facts if f["subject"] == row["id"]):
            step = transition("outcome", COMMANDS[fact["kind"]], state)
            assert step is not None, (state, fact)
            window = windows["115" if step.window == "selection" else "115-1", step.window]
            assert window.opens <= fact["at"] < window.closes, (fact, step.window)
            state = step.to_state
        assert row["state"] == state or (closed and (state, row["state"]) in FROZEN), row
    assert len(rows) == sum(f["kind"] == "uploaded" for f in facts)
    versions = await world.value("select count(*) from item_version where school = $1")
    assert versions == sum(r["version"] for r in rows)
    assert await verify_all(world.db, world.vault, world.school) == []


FROZEN = {
    ("uploaded", "expired"), ("returned", "expired"), ("certification_requested", "expired_uncertified"), ("selected", "locked"),
}  # fmt: skip
"""What a freeze may make of a state."""
