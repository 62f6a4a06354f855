"""A list of students gets more time; the register names reason and approver; an outage names who tried. 規§10.2.2"""

from __future__ import annotations

import pytest

from records.queries.extensions import lanes_of, open_windows, register, tried
from tests.records.staff.scene import SECRETARY, Scene
from tests.rules.builders import taipei

CLOSES = "2027-02-10 17:00"
BODY = {"period": "115-1", "kind": "outcome_upload", "closes": CLOSES, "reason": "平臺中斷", "approver": SECRETARY}


@pytest.mark.clause("規§10.2.2")
async def test_a_list_gets_more_time_and_nobody_else(term: Scene) -> None:
    students = await term.students()
    listed = sorted(str(s) for s in students[:2])
    await term.must(SECRETARY, "extend", **BODY, scope="list", targets=[*listed, listed[0]])
    async with term.db.transaction(term.school) as c:
        rows = await register(c, term.school, period="115-1")
        closes = {
            s: await c.fetchval(
                "select max(e.closes) from extension e where e.school = $1 and e.target = $2", term.school, str(s)
            )
            for s in students
        }
    assert sorted(r["target"] for r in rows) == listed
    assert {(r["scope"], r["reason"], r["approver"]) for r in rows} == {("person", "平臺中斷", SECRETARY)}
    assert all(r["base"] == taipei("2027-02-03 24:00") for r in rows)
    assert {str(s) for s, at in closes.items() if at == taipei(CLOSES)} == set(listed)


@pytest.mark.clause("規§10.2.2")
@pytest.mark.parametrize(
    ("targets", "code"), [([], "bad_request"), (["00000000-0000-0000-0000-000000000000"], "not_found")]
)
async def test_an_empty_list_or_a_stranger_on_it_is_refused_and_nobody_gets_more_time(
    term: Scene, targets: list[str], code: str
) -> None:
    given = [*(str(s) for s in (await term.students())[:1] if targets), *targets]
    answer = await term.do(SECRETARY, "extend", **BODY, scope="list", targets=given)
    assert answer.refusal is not None and answer.refusal.code == code
    async with term.db.transaction(term.school) as c:
        assert await register(c, term.school) == []


@pytest.mark.clause("規§10.2.2")
async def test_the_lanes_of_a_list_and_those_who_tried_during_an_outage_are_known(term: Scene) -> None:
    students = await term.students()
    first, last = taipei("2027-02-03 20:00"), taipei("2027-02-03 22:00")
    for student, at in ((students[0], first), (students[1], last), (students[0], taipei("2027-02-03 21:00"))):
        await term.operator.pool.execute(
            "insert into attempt (school, at, actor, command, code) values ($1, $2, $3, 'upload', 'internal')",
            term.school, at, student,
        )  # fmt: skip
    async with term.db.transaction(term.school) as c:
        assert await lanes_of(c, term.school, "list", [str(students[0])]) == ["g10_11"]
        assert await tried(c, term.school, "g10_11", first, last) == [str(students[0])]
        assert await tried(c, term.school, "g12_general", first, last) == []
        kinds = {(period, kind) for period, _, kind, _, _ in await open_windows(c, term.school)}
    assert ("115-1", "outcome_upload") in kinds
