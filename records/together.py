"""records: calls that wait at the same time go to the database together: one round trip and one commit for all of them.

A call that comes alone goes at once; under load the next group forms while the last ones are on their way, so nobody
waits for company. A group that fails is tried call by call: an idempotency key gives the first answer again, so a call
that was carried out is not carried out twice, and one that cannot be does not stop the others.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable, Hashable
from dataclasses import dataclass, field
from typing import Generic, TypeVar

Call = TypeVar("Call")
Result = TypeVar("Result")

AT_ONCE = 2
"""Groups under way for a school: while the database works on one, the next is written and read."""
MOST = 64
"""Calls in a group; more would hold their locks for long."""


@dataclass(slots=True, eq=False)
class _Waiting(Generic[Call, Result]):
    who: Hashable
    call: Call
    result: asyncio.Future[Result]


@dataclass(slots=True)
class _Line(Generic[Call, Result]):
    """A school's waiting calls, whose calls are under way, and the tasks that carry them out."""

    waiting: deque[_Waiting[Call, Result]] = field(default_factory=deque)
    busy: set[Hashable] = field(default_factory=set)
    at_work: set[asyncio.Task[None]] = field(default_factory=set)
    under_way: int = 0
    telling: asyncio.Lock = field(default_factory=asyncio.Lock)
    """One group hears its results at a time: what they ask next is under way before the next group hears."""


class Together(Generic[Call, Result]):
    """Carries out calls in groups, each group of one school and with one call a person at most."""

    def __init__(
        self, run: Callable[[str, list[Call]], Awaitable[list[Result]]], *, at_once: int = AT_ONCE, most: int = MOST
    ) -> None:
        """`run` carries out the calls of one school and gives their results in the same order, or raises for all."""
        self._run = run
        self._at_once = at_once
        self._most = most
        self._lines: dict[str, _Line[Call, Result]] = {}

    async def __call__(self, school: str, who: Hashable, call: Call) -> Result:
        """The result of one call. Raises what carrying it out alone raises."""
        line = self._lines.setdefault(school, _Line())
        waiting: _Waiting[Call, Result] = _Waiting(who, call, asyncio.get_running_loop().create_future())
        line.waiting.append(waiting)
        if len(line.at_work) < self._at_once:
            line.at_work.add(asyncio.create_task(self._work(school, line)))
        return await waiting.result

    async def _work(self, school: str, line: _Line[Call, Result]) -> None:
        try:
            while group := _next(line, self._share(line)):
                line.under_way += 1
                try:
                    await self._carry_out(school, line, group)
                finally:
                    line.under_way -= 1
                    line.busy.difference_update(w.who for w in group)
        finally:  # without a pause after the last look, so that a call that comes now begins a task of its own
            line.at_work.discard(asyncio.current_task())

    def _share(self, line: _Line[Call, Result]) -> int:
        """How many of those that wait go now: where nothing is under way a part, so that what follows is written meanwhile."""
        free = self._at_once - line.under_way
        return min(self._most, -(-len(line.waiting) // free))

    async def _carry_out(self, school: str, line: _Line[Call, Result], group: list[_Waiting[Call, Result]]) -> None:
        try:
            results = await self._run(school, [w.call for w in group])
        except Exception as error:
            if len(group) == 1:
                _tell(group[0], error)
                return
            await asyncio.gather(*(self._carry_out(school, line, [waiting]) for waiting in group))
        except BaseException:  # the loop ends: nobody is left waiting
            for waiting in group:
                waiting.result.cancel()
            raise
        else:
            async with line.telling:
                for waiting, result in zip(group, results, strict=True):
                    if not waiting.result.done():
                        waiting.result.set_result(result)
                await asyncio.sleep(0)


def _next(line: _Line[Call, Result], most: int) -> list[_Waiting[Call, Result]]:
    """Take the first calls of persons of whom none is under way; the others keep their order."""
    group: list[_Waiting[Call, Result]] = []
    left: deque[_Waiting[Call, Result]] = deque()
    while line.waiting and len(group) < most:
        waiting = line.waiting.popleft()
        if waiting.result.done():  # whoever asked went away before it began
            continue
        if waiting.who in line.busy:
            left.append(waiting)
        else:
            line.busy.add(waiting.who)
            group.append(waiting)
    line.waiting.extendleft(reversed(left))
    return group


def _tell(waiting: _Waiting[Call, Result], error: Exception) -> None:
    if not waiting.result.done():
        waiting.result.set_exception(error)
