"""A school whose people do anything in any order: the database must agree with a plain model after each step."""

from __future__ import annotations

import asyncio
import tempfile
from collections import Counter
from collections.abc import Coroutine
from contextlib import AsyncExitStack
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, TypeVar

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from records.commands.items import digest_of
from records.files.stored import verify_all
from rules.admission import Grant, Standing, effective_close, limits_of, transition, variants_of, windows_of
from rules.commands import FilePart
from rules.verdict import YEAR_WINDOWS, Act, Rows, StoredPart, judge
from tests.records.builders import COURSE, INSIDE, LANE, MICROSECOND, SERVICE, World, found_school, national
from tests.records.test_held_decisions import hold_decisions
from tests.records.test_item_fields import VARIANTS

T = TypeVar("T")
ON_ITEMS = ("request_certification", "certify", "return", "replace", "withdraw", "select", "unselect")
SMALL = {("outcome", "uploaded"): 3, ("diverse", "uploaded"): 3, ("outcome", "selected"): 1, ("diverse", "selected"): 2}
ENROLLED = ("regular", "makeup", "visiting")
"""How the three students are enrolled in the course."""
LIVE = (
    "uploaded",
    "certification_requested",
    "certified",
    "returned",
    "selected",
    "locked",
    "expired",
    "expired_uncertified",
)


@dataclass
class Known:
    """What the model knows of an item."""

    id: str
    student: int
    item: str
    period: str
    state: str
    digest: str
    version: int = 1
    certified: str = ""


class ItemsMachine(RuleBasedStateMachine):
    """Uploads, decisions, choices, extensions and closes in any order, at instants on and beside every edge."""

    def __init__(self, url: str) -> None:
        super().__init__()
        self.url = url
        self.loop = asyncio.new_event_loop()
        self.stack = AsyncExitStack()
        self.items: list[Known] = []
        self.grants: list[Grant] = []
        self.frozen: set[tuple[str, str]] = set()

    def run(self, work: Coroutine[Any, Any, T]) -> T:
        """Wait for something in the machine's own loop."""
        return self.loop.run_until_complete(work)

    @initialize(held=st.booleans())
    def found(self, held: bool) -> None:
        folder = self.stack.enter_context(tempfile.TemporaryDirectory())
        self.world: World = self.run(self.stack.enter_async_context(found_school(self.url, Path(folder))))
        self.windows = windows_of(self.world.rules, self.world.dates)
        self.edges = sorted({e + n * MICROSECOND for w in self.windows for e in (w.opens, w.closes) for n in (-1, 0)})
        limits = limits_of(self.world.rules, self.world.dates)
        self.limits = tuple(replace(x, max=SMALL[x.item, x.counts]) for x in limits)
        for x in self.limits:
            sql = "update admission_limit set max = $4 where school = $1 and item = $2 and counts = $3"
            self.run(self.world.operator.pool.execute(sql, self.world.school, x.item, x.counts, x.max))
        self.variants = variants_of(national().items, self.world.dates)
        for student, enrolment in zip(self.world.students, ENROLLED, strict=True):
            self.run(self.world.enrol(student, enrolment))
        self.files = [self.run(self.world.file()) for _ in range(2)]
        self.now = INSIDE
        self.held = held
        if held:
            self.run(hold_decisions(self.world))
        self.last: tuple[Any, str, str, dict[str, Any], Any] | None = None

    def teardown(self) -> None:
        if hasattr(self, "world"):
            self.nothing_acknowledged_is_lost()
        self.run(self.stack.aclose())
        self.loop.close()

    # -- time --------------------------------------------------------------------------------------

    @rule(step=st.integers(1, 3))
    def time_passes(self, step: int) -> None:
        ahead = [e for e in self.edges if e > self.now]
        if ahead:
            self.now = ahead[min(step, len(ahead)) - 1]
            self.run(self.world.at(self.now))

    @rule(kind=st.sampled_from(("outcome_upload", "outcome_correction", "certification", "selection")),
          hours=st.integers(-1, 30), scope=st.sampled_from(("person", "class", "lane", "all")), who=st.integers(0, 2))  # fmt: skip
    def extend(self, kind: str, hours: int, scope: str, who: int) -> None:
        window = next(w for w in self.windows if (w.kind, w.period) in ((kind, "115-1"), (kind, "115")))
        closes = window.closes + timedelta(hours=hours)
        if closes <= self.now:
            return
        target = {"person": str(self.world.students[who]), "class": "101", "lane": LANE, "all": ""}[scope]
        self.grants.append(Grant(window.period, kind, scope, target, closes))
        self.edges = sorted({*self.edges, closes - MICROSECOND, closes})
        self.run(self.world.extend(kind, closes, scope=scope, target=target, period=window.period))

    # -- people ------------------------------------------------------------------------------------

    @rule(who=st.integers(0, 2), item=st.sampled_from(("outcome", "outcome", "diverse")), file=st.integers(0, 1),
          other=st.sampled_from((None, None, None, *ENROLLED)))  # fmt: skip
    def upload(self, who: int, item: str, file: int, other: str | None) -> None:
        period = "115" if item == "diverse" else "115-1"
        act = Act(item=item, command="upload", period=period, who=self._standing(who), used=self._used(who, item, "uploaded"),
                  files=(self._part(file),), variant=other or ENROLLED[who], enrolment=ENROLLED[who], course=COURSE)  # fmt: skip
        more: dict[str, Any] = {"files": [self.files[file]], "item": item, "period": period}
        more |= {"course": None, "category": "service", "fields": SERVICE} if item == "diverse" else {
            "variant": act.variant, "fields": VARIANTS[act.variant],
        }  # fmt: skip
        answer = self._do(self.world.students[who], "upload", summary="觀察", **({"course": COURSE} | more))
        if self._agree(act, answer):
            self.items.append(Known(answer.proof["item"], who, item, period, "uploaded", self._digest(file)))

    @precondition(lambda self: self.items)
    @rule(data=st.data(), command=st.sampled_from(ON_ITEMS), file=st.integers(0, 1), stranger=st.integers(0, 9))
    def act(self, data: st.DataObject, command: str, file: int, stranger: int) -> None:
        likely = [i for i in self.items if transition(i.item, command, i.state)] or self.items
        item = data.draw(st.sampled_from(likely if stranger else self.items), label="item")
        teacher = command in ("certify", "return")
        own = stranger > 0
        actor = (
            self.world.teacher
            if teacher and own
            else self.world.students[item.student if own else (item.student + 1) % 3]
        )
        body: dict[str, Any] = {"reason": "wrong_file"} if command == "return" else {}
        if command == "replace":
            body = {"summary": "x", "files": [self.files[file]]}
        counts = "selected" if command in ("select", "unselect") else "uploaded"
        act = Act(
            item=item.item, command=command, period=item.period, who=self._standing(item.student), state=item.state if teacher else self._seen(item), id=item.id,
            used=self._used(item.student, item.item, counts), own=own, right="holder" if own and item.item == "outcome" else "",
            post=f"course_teacher:{COURSE}" if item.item == "outcome" else f"item {item.id}", digest=item.digest, files=(self._part(file),),
        )  # fmt: skip
        answer = self._do(actor, command, item=item.id, **body)
        found = transition(item.item, command, act.state)
        if self._agree(act, answer) and found is not None:
            self._follow(item, command, found.to_state, file)

    @precondition(lambda self: self.items)
    @rule(data=st.data(), command=st.sampled_from(("certify", "return")), stranger=st.integers(0, 9))
    def act_on_many(self, data: st.DataObject, command: str, stranger: int) -> None:
        """A batch is judged row by row, as if each had come alone."""
        chosen = data.draw(st.lists(st.sampled_from(self.items), min_size=1, max_size=6, unique_by=lambda i: i.id))
        own = stranger > 0
        actor = self.world.teacher if own else self.world.students[0]
        body: dict[str, Any] = {"reason": "wrong_file"} if command == "return" else {}
        answer = self.run(self.world.do(actor, f"{command}_many", items=[{"item": i.id} for i in chosen], **body))
        assert answer.accepted, answer.refusal
        rows = self._rows()
        for item, became in zip(chosen, answer.results, strict=True):
            act = Act(
                item=item.item, command=command, period=item.period, who=self._standing(item.student), state=item.state, id=item.id,
                own=own, right="holder" if own and item.item == "outcome" else "", digest=item.digest,
                post=f"course_teacher:{COURSE}" if item.item == "outcome" else f"item {item.id}",
            )  # fmt: skip
            refusal = judge(act, rows, at=self.now)
            assert became.get("refusal") == (refusal.shown() if refusal else None), act
            found = transition(item.item, command, item.state)
            if refusal is None and found is not None:
                self._follow(item, command, found.to_state, 0)

    @precondition(lambda self: self.last is not None)
    @rule(changed=st.booleans())
    def click_again(self, changed: bool) -> None:
        """The same key is the same fact for ever; with another body it is refused."""
        assert self.last is not None
        actor, name, key, body, before = self.last
        if changed:
            answer = self.run(self.world.do(actor, name, key, **body | {"item": "other"}))
            assert answer.refusal is not None and answer.refusal.code.value in (
                "key_reused",
                "field_invalid",
                "not_found",
            )
        else:
            again = self.run(self.world.do(actor, name, key, **body))
            assert again.repeated and again.proof == before.proof

    @rule(teacher=st.booleans())
    def release(self, teacher: bool) -> None:
        actor = self.world.teacher if teacher else self.world.students[0]
        answer = self.run(self.world.do(actor, "release_results", course=COURSE))
        assert answer.accepted is teacher
        self.held = self.held and not teacher

    def _do(self, actor: Any, command: str, **body: Any) -> Any:
        """One command, remembered where it was accepted."""
        key = f"m{next(self.world.keys)}"
        body = {k: v for k, v in body.items() if v is not None}
        answer = self.run(self.world.do(actor, command, key, **body))
        if answer.accepted:
            self.last = (actor, command, key, body, answer)
        return answer

    def _seen(self, item: Known) -> str:
        """The state that the student may know."""
        close = next(w.closes for w in self.windows if (w.kind, w.period) == ("outcome_upload", "115-1"))
        held = self.held and self.now < close and item.state in ("certified", "returned")
        return "certification_requested" if held else item.state

    def _follow(self, item: Known, command: str, after: str, file: int) -> None:
        if command == "replace":
            same = item.state == "certified" and self._digest(file) == item.certified
            item.digest, item.version = self._digest(file), item.version + 1
            after = "certified" if same else after
        if command == "certify":
            item.certified = item.digest
        item.state = after

    # -- closes ------------------------------------------------------------------------------------

    @rule(kind=st.sampled_from(("outcome_upload", "outcome_correction", "certification", "selection")))
    def freeze(self, kind: str) -> None:
        period = "115" if kind in YEAR_WINDOWS else "115-1"
        frozen = self.run(self.world.freeze(kind, period))
        last = max(self._close(kind, who) for who in range(3))
        assert frozen["frozen"] is (self.now >= last)
        if frozen["frozen"]:
            for item in self.items:
                item.state = self._frozen(kind, item)
            assert self.run(self.world.freeze(kind, period)) == frozen

    def _frozen(self, kind: str, item: Known) -> str:
        if kind == "selection" and item.state == "selected":
            return "locked"
        if item.item == "outcome" and kind == "certification" and item.state == "certification_requested":
            return "expired_uncertified"
        if item.item == "outcome" and kind in ("outcome_upload", "outcome_correction"):
            over = [self.now >= self._close(k, item.student) for k in ("outcome_correction", "outcome_upload")]
            if (item.state == "returned" and over[0]) or (item.state == "uploaded" and all(over)):
                return "expired"
        return item.state

    # -- what must hold after every step -----------------------------------------------------------

    @invariant()
    def states_are_the_model_s(self) -> None:
        rows = self.run(self.world.rows("select id::text, state, version, digest from item where school = $1"))
        assert {tuple(r) for r in rows} == {(i.id, i.state, i.version, i.digest) for i in self.items}

    @invariant()
    def students_see_what_they_may(self) -> None:
        async def shown() -> list[Any]:
            async with self.world.db.transaction(self.world.school) as c:  # rules are read of this transaction's school
                return list(await c.fetch("select i.id::text, seen_state(i, student) from item i"))

        assert {tuple(r) for r in self.run(shown())} == {(i.id, self._seen(i)) for i in self.items}

    def nothing_acknowledged_is_lost(self) -> None:
        """Every file of every accepted version is in the store, byte for byte; every proof is its fact's."""
        assert self.run(verify_all(self.world.db, self.world.vault, self.world.school)) == []
        rows = "select count(*) from item_file f where f.school = $1"
        assert self.run(self.world.value(rows)) == sum(i.version for i in self.items)

    @invariant()
    def counters_are_exact_and_within_their_limits(self) -> None:
        rows = self.run(self.world.rows("select person, item, counts, used from quota_use where school = $1"))
        for r in rows:
            who = self.world.students.index(r["person"])
            assert r["used"] == self._used(who, r["item"], r["counts"]) <= SMALL[r["item"], r["counts"]]
        pending = self.run(
            self.world.value("select coalesce(sum(pending), 0)::int from certification_count where school = $1")
        )
        assert pending == Counter(i.state for i in self.items)["certification_requested"]

    # -- the model ---------------------------------------------------------------------------------

    def _agree(self, act: Act, answer: Any) -> bool:
        assert answer.refusal == judge(act, self._rows(), at=self.now), act
        return bool(answer.accepted)

    def _rows(self) -> Rows:
        return Rows(self.windows, self.limits, tuple(self.grants), national().file_limits, self.variants)

    def _standing(self, who: int) -> Standing:
        return Standing(str(self.world.students[who]), "101", LANE)

    def _close(self, kind: str, who: int) -> datetime:
        window = next(w for w in self.windows if w.kind == kind and w.period in ("115", "115-1"))
        return effective_close(window, self.grants, self._standing(who))

    def _used(self, who: int, item: str, counts: str) -> int:
        states = ("selected", "locked") if counts == "selected" else LIVE
        return sum((i.student, i.item) == (who, item) and i.state in states for i in self.items)

    def _part(self, file: int) -> StoredPart:
        given = self.files[file]
        return StoredPart(given["role"], given["sha256"], given["size"], given["media_type"])

    def _digest(self, file: int) -> str:
        return digest_of((FilePart(**self.files[file]),), None)
