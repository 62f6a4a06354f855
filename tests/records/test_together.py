"""Calls that wait at the same time go together: nobody waits for company, nobody pays for another's fault."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import replace
from itertools import count
from typing import Any

import asyncpg
import pytest
from hypothesis import given
from hypothesis import strategies as st

from records.commands.items import HandingIn, Text, hand_in
from records.seam import Actor
from records.together import AT_ONCE, MOST, Together
from rules.commands import Upload
from tests.records.builders import COURSE, MICROSECOND, UPLOAD_CLOSES, World

Groups = list[tuple[str, list[str]]]


def line(before: Callable[[list[str]], Any] = lambda calls: None) -> tuple[Together[str, str], Groups, asyncio.Event]:
    """Calls whose result is the call itself; the groups they went in; the gate before which every group waits."""
    groups: Groups = []
    gate = asyncio.Event()

    async def run(school: str, calls: list[str]) -> list[str]:
        groups.append((school, list(calls)))
        await gate.wait()
        before(calls)
        return list(calls)

    return Together(run), groups, gate


async def asked(together: Together[str, str], *calls: tuple[str, str], school: str = "s") -> list[asyncio.Task[str]]:
    """Ask for calls of persons, one after the other, as far as they go."""
    tasks = []
    for who, call in calls:
        tasks.append(asyncio.create_task(together(school, who, call)))
        await asyncio.sleep(0)
    await asyncio.sleep(0.001)
    return tasks


async def test_a_call_alone_goes_at_once_and_those_that_wait_go_together() -> None:
    together, groups, gate = line()
    calls = [(f"p{n}", f"c{n}") for n in range(AT_ONCE + 3)]
    tasks = await asked(together, *calls)
    assert groups == [("s", [f"c{n}"]) for n in range(AT_ONCE)]
    gate.set()
    assert await asyncio.gather(*tasks) == [call for _, call in calls]
    assert groups[AT_ONCE:] == [("s", [call for _, call in calls[AT_ONCE:]])]


async def test_who_comes_when_nothing_is_under_way_is_shared_out_so_that_two_groups_overlap() -> None:
    together, groups, gate = line()
    tasks = [asyncio.create_task(together("s", f"p{n}", f"c{n}")) for n in range(9)]
    await asyncio.sleep(0.001)
    assert [len(calls) for _, calls in groups] == [5, 4]
    gate.set()
    assert await asyncio.gather(*tasks) == [f"c{n}" for n in range(9)]


async def test_groups_that_come_back_at_the_same_time_take_turns_and_keep_their_size() -> None:
    together, groups, gate = line()

    async def person(n: int) -> None:
        for call in range(3):
            await together("s", f"p{n}", f"{n}/{call}")

    people = [asyncio.create_task(person(n)) for n in range(8)]
    await asyncio.sleep(0.001)
    gate.set()  # all that follows is answered at once
    await asyncio.gather(*people)
    first, second = [f"p{n}" for n in range(4)], [f"p{n}" for n in range(4, 8)]
    assert [[f"p{c.partition('/')[0]}" for c in calls] for _, calls in groups] == [first, second] * 3


async def test_a_person_has_one_call_under_way_and_theirs_keep_their_order() -> None:
    together, groups, gate = line()
    tasks = await asked(together, ("me", "1"), ("me", "2"), ("me", "3"), ("you", "a"))
    assert groups == [("s", ["1"]), ("s", ["a"])]
    gate.set()
    assert await asyncio.gather(*tasks) == ["1", "2", "3", "a"]
    assert [c for _, calls in groups for c in calls if c.isdigit()] == ["1", "2", "3"]
    assert all(len(calls) == 1 for _, calls in groups)


async def test_schools_never_share_a_group() -> None:
    together, groups, gate = line()
    tasks = await asked(together, ("p", "a"), ("q", "b"), ("r", "c"))
    tasks += await asked(together, ("p", "x"), school="other")
    assert groups[-1] == ("other", ["x"])
    gate.set()
    assert await asyncio.gather(*tasks) == ["a", "b", "c", "x"]


async def test_a_group_has_no_more_than_so_many() -> None:
    together, groups, gate = line()
    tasks = await asked(together, *((f"p{n}", f"c{n}") for n in range(AT_ONCE + MOST + 1)))
    gate.set()
    await asyncio.gather(*tasks)
    assert [len(calls) for _, calls in groups] == [1] * AT_ONCE + [MOST, 1]


async def test_who_cannot_be_served_is_told_and_the_others_are_served() -> None:
    def fails(calls: list[str]) -> None:
        if "bad" in calls:
            raise ValueError("bad")

    together, groups, gate = line(fails)
    tasks = await asked(together, *((f"p{n}", f"c{n}") for n in range(AT_ONCE)), ("x", "a"), ("y", "bad"), ("z", "b"))
    gate.set()
    found = await asyncio.gather(*tasks, return_exceptions=True)
    assert found[AT_ONCE] == "a" and isinstance(found[AT_ONCE + 1], ValueError) and found[AT_ONCE + 2] == "b"
    assert groups[AT_ONCE:] == [("s", ["a", "bad", "b"]), ("s", ["a"]), ("s", ["bad"]), ("s", ["b"])]


async def test_who_goes_away_takes_nobody_along() -> None:
    together, groups, gate = line()
    tasks = await asked(together, *((f"p{n}", f"c{n}") for n in range(AT_ONCE + 2)))
    tasks[0].cancel()  # under way: it is carried out
    tasks[AT_ONCE].cancel()  # waits still: it never begins
    await asyncio.sleep(0)
    gate.set()
    found = await asyncio.gather(*tasks, return_exceptions=True)
    assert [isinstance(f, asyncio.CancelledError) for f in found] == [n in (0, AT_ONCE) for n in range(AT_ONCE + 2)]
    assert [c for _, calls in groups for c in calls] == [f"c{n}" for n in range(AT_ONCE + 2) if n != AT_ONCE]


async def test_nobody_is_left_waiting_when_the_work_is_stopped() -> None:
    together, _, _ = line()
    (task,) = await asked(together, ("p", "c"))
    for other in asyncio.all_tasks() - {asyncio.current_task(), task}:
        other.cancel()
    with pytest.raises(asyncio.CancelledError):
        await asyncio.wait_for(task, 1)


@given(st.lists(st.tuples(st.integers(0, 3), st.integers(0, 4), st.integers(0, 4)), max_size=40))
def test_everybody_gets_their_own_result_whatever_comes_when(plan: list[tuple[int, int, int]]) -> None:
    async def play() -> None:
        numbers = count()

        async def run(school: str, calls: list[str]) -> list[str]:
            for _ in range(next(numbers) % 3):
                await asyncio.sleep(0)
            return [f"{school} {c}" for c in calls]

        together = Together(run)

        async def one(n: int, who: int, wait: int) -> str:
            for _ in range(wait):
                await asyncio.sleep(0)
            return await together(f"s{n % 2}", who, str(n))

        asking = asyncio.gather(*(one(n, who, first + then) for n, (who, first, then) in enumerate(plan)))
        assert await asyncio.wait_for(asking, 5) == [f"s{n % 2} {n}" for n in range(len(plan))]

    asyncio.run(play())


@pytest.mark.clause("規§5.3.1")
async def test_each_of_a_group_is_told_what_it_would_be_told_alone(world: World) -> None:
    """One is taken, one has no room, one sends another body under a used key, one is no student."""
    taken, full, twice = world.students
    file = await world.file()
    known = await world.upload(twice, "known", files=[file])
    for who in (taken, full):
        await world.brought(who, file["sha256"])
    await world.operator.pool.execute(
        "insert into quota_use (school, person, item, counts, period, used) values ($1, $2, 'outcome', 'uploaded', '115-1', 15)",
        world.school, full,
    )  # fmt: skip
    command = Upload.model_validate(
        {"item": "outcome", "period": "115-1", "course": COURSE, "summary": "觀察", "files": [file]}
    )
    text = Text("觀察", ("",), None, {})
    people = ((taken, "k", b"x"), (full, "k", b"x"), (twice, "known", b"x"), (world.teacher, "k", None))
    calls = [HandingIn(Actor(who), command, text, sealed, key, "h") for who, key, sealed in people]
    one, *others = await hand_in(world.db.pool, world.school, calls)
    assert await world.state(one["answer"]["subject"]) == "uploaded"
    assert [o["refused"]["code"] for o in others] == ["quota_exceeded", "key_reused", "not_yours"]
    assert others[0]["refused"]["found"] == others[0]["refused"]["limit"] == "15"
    assert known.accepted and await world.value("select count(*)::int from item where school = $1") == 2
    assert sorted(code for _, code in await world.attempts()) == ["key_reused", "not_yours", "quota_exceeded"]
    again = await hand_in(world.db.pool, world.school, [*reversed(calls)])
    assert again[3] == one | {"repeated": True} and [a["refused"]["code"] for a in again[:3]] == [
        o["refused"]["code"] for o in reversed(others)
    ]


async def test_two_calls_of_a_person_in_a_group_are_a_mistake_of_the_program_and_change_nothing(world: World) -> None:
    me, file = world.students[0], await world.file()
    command = Upload.model_validate(
        {"item": "outcome", "period": "115-1", "course": COURSE, "summary": "觀察", "files": [file]}
    )
    call = HandingIn(Actor(me), command, Text("觀察", ("",), None, {}), b"x", "k", "h")
    before = await world.tables()
    with pytest.raises(asyncpg.RaiseError, match="one upload a person"):
        await hand_in(world.db.pool, world.school, [call, replace(call, key="other")])
    assert await world.tables() == before


@pytest.mark.clause("規§5.3.1")
async def test_a_group_is_inside_a_microsecond_before_the_close_and_late_at_it(world: World) -> None:
    files = [await world.file()]
    await world.at(UPLOAD_CLOSES - MICROSECOND)
    taken = await asyncio.gather(*(world.upload(who, files=files) for who in world.students))
    assert all(a.accepted for a in taken)
    assert len({a.proof["fact"] for a in taken}) == len({a.proof["item"] for a in taken}) == len(world.students)
    await world.at(UPLOAD_CLOSES)
    late = await asyncio.gather(*(world.upload(who, files=files) for who in world.students))
    assert [a.refusal.code.value for a in late if a.refusal] == ["window_closed"] * len(world.students)
