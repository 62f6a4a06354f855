"""A list of students gets more time; the register names reason and approver; an outage names who tried. 規§10.2.2"""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from uuid import UUID

import pytest

from cli.calendar.outage import _tell, grant_all, proposals, still_ahead
from cli.place import Place
from records.queries.extensions import lanes_meant, lanes_of, open_windows, register, tried, unfinished
from records.queries.snapshot import load_snapshot
from rules.duties import Duty, duties_of
from rules.refusals import Refused
from runtime.settings import Settings
from tests.records.staff.scene import SCHOOL, SECRETARY, SEMESTER, Scene
from tests.rules.builders import taipei

CLOSES = "2027-02-10 17:00"
MINUTE = timedelta(minutes=1)
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
async def test_the_register_names_the_base_of_the_persons_own_lane(term: Scene) -> None:
    for lane in ("g10_11", "g12_general"):
        student = str((await term.students(lane))[0])
        grant = {"kind": "certification", "closes": "2027-03-20 17:00", "scope": "person", "target": student}
        await term.must(SECRETARY, "extend", **BODY | grant)
    async with term.db.transaction(SCHOOL) as c:
        rows = await register(c, SCHOOL)
    own = {(r["kind"], r["base"]) for r in rows}
    assert own == {
        ("certification", taipei("2027-03-12 17:00")), ("certification", taipei("2027-03-09 17:00")),
        ("outcome_correction", taipei("2027-03-10 17:00")), ("outcome_correction", taipei("2027-03-05 17:00")),
    }  # fmt: skip


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


async def teaching(term: Scene, lane: str = "g10_11") -> list[Duty]:
    """The certification duties of a lane, each with two items that wait."""
    async with term.db.transaction(SCHOOL, snapshot=True) as c:
        s = await load_snapshot(c, SCHOOL, SEMESTER)
    duties = [d for d in duties_of(s).values() if d.kind == "certification" and d.lane == lane]
    await term.operator.pool.execute(
        "update certification_count set pending = 2 where school = $1 and course = any($2)",
        SCHOOL, [d.scope for d in duties],
    )  # fmt: skip
    return duties


async def waiting(term: Scene, student: UUID, course: str) -> None:
    """An outcome of a student that waits for the teacher of a course."""
    await term.operator.pool.execute(
        "insert into item (school, id, student, item, period, school_year, lane, class, course, variant, state, digest,"
        " files, uploaded_at) select $1, gen_random_uuid(), $2, 'outcome', '115-1', '115', 'g10_11', class, $3,"
        " 'regular', 'certification_requested', 'd', 0, now() from student where school = $1 and person = $2",
        SCHOOL, student, course,
    )  # fmt: skip


@pytest.mark.clause("規§10.2.2", "規§5.3.2")
@pytest.mark.parametrize("scope", [{"scope": "all"}, {"scope": "lane", "target": "g10_11"}])
async def test_the_teachers_of_an_extended_lane_owe_by_the_later_date_and_hear_of_it(
    term: Scene, scope: dict[str, str]
) -> None:
    duties = await teaching(term)
    await waiting(term, (await term.students())[0], duties[0].scope)
    until = taipei("2027-03-19 17:00")
    await term.at("2027-02-24 09:00")
    await term.settle()
    sent = "select count(*) from effect where school = $1 and duty = $2 and kind in ('reminder', 'escalation')"
    held = await term.value(sent, duties[0].key)
    await term.must(SECRETARY, "extend", **BODY | {"kind": "certification", "closes": until}, **scope)
    assert {(await term.duty(d.key))[0].due for d in duties} == {until}
    rows = await term.rows("select person, args from notice where school = $1 and template = 'duty_moved'")
    assert {r["person"] for r in rows} >= {await term.holder(duties[0].post)}
    assert {r["args"]["due"] for r in rows} == {until.isoformat()}
    # None of the old date's rungs is sent any more, not even on the day of the grant.
    await term.at("2027-02-26 09:00")
    await term.settle()
    assert await term.value(sent, duties[0].key) == held
    await term.at("2027-03-18 09:00")
    await term.settle()
    assert await term.value(sent, duties[0].key) > held


@pytest.mark.clause("規§10.2.2", "規§5.3.2")
async def test_a_course_is_owed_later_only_when_everybody_who_waits_in_it_has_a_later_date(term: Scene) -> None:
    duty = (await teaching(term))[0]
    one, other, *_ = await term.students()
    for student in (one, other):
        await waiting(term, student, duty.scope)
    grant = BODY | {"kind": "certification", "scope": "person"}
    await term.must(SECRETARY, "extend", **grant | {"closes": "2027-03-20 17:00"}, target=str(one))
    assert (await term.duty(duty.key))[0].due == duty.due
    await term.must(SECRETARY, "extend", **grant | {"closes": "2027-03-15 17:00"}, target=str(other))
    assert (await term.duty(duty.key))[0].due == taipei("2027-03-15 17:00")


@pytest.mark.clause("規§10.2.2")
async def test_an_extension_that_makes_nobody_later_is_refused_and_who_has_a_later_date_hears_nothing(
    term: Scene,
) -> None:
    first, *others = await term.students()
    await term.must(SECRETARY, "extend", **BODY | {"closes": "2027-02-20 17:00"}, scope="person", target=str(first))
    code = await term.refused(SECRETARY, "extend", **BODY, scope="person", target=str(first))
    assert code[0] == "not_later"
    await term.must(SECRETARY, "extend", **BODY, scope="lane", target="g10_11")
    rows = await term.rows(
        "select person, args from notice where school = $1 and template = 'extension_granted' and args->>'closes' = $2",
        taipei(CLOSES).isoformat(),
    )
    assert {r["person"] for r in rows} == set(others)


@pytest.mark.clause("規§10.2.2", "規§5.3.1")
async def test_unfinished_is_who_has_work_left_or_nothing_handed_in_and_who_said_so_has_finished(term: Scene) -> None:
    one, other, *rest = await term.students()
    course = (await teaching(term))[0].scope
    await waiting(term, one, course)
    await term.operator.pool.execute(
        "insert into declined (school, student, what, period, at) values ($1, $2, 'outcome', '115-1', now())", SCHOOL, other
    )  # fmt: skip
    async with term.db.transaction(SCHOOL) as c:
        found = {
            kind: set(await unfinished(c, SCHOOL, period, kind, "g10_11"))
            for period, kind in (
                ("115-1", "outcome_upload"), ("115-1", "outcome_correction"), ("115-1", "certification"),
                ("115", "diverse_upload"), ("115", "selection"),
            )
        }  # fmt: skip
        meant = ("115-1", "certification", "unfinished")
        # Only one lane has somebody who is not finished: the ripple is of that lane alone.
        assert await lanes_meant(c, SCHOOL, *meant, []) == ["g10_11"]
        assert await lanes_meant(c, SCHOOL, *meant, ["g12_general"]) == []
        everybody = await lanes_meant(c, SCHOOL, "115-1", "certification", "all", [])
        assert everybody == await lanes_of(c, SCHOOL, "all", []) and "g12_general" in everybody
    assert found["certification"] == {str(one)}
    assert str(other) in found["diverse_upload"]
    assert not found["outcome_upload"] & {str(one), str(other)} and found["outcome_upload"] >= {str(rest[0])}
    assert found["outcome_correction"] == found["selection"] == set()


@pytest.mark.clause("規§10.2.2")
async def test_the_time_of_an_outage_is_given_back_to_who_tried_else_to_all_with_unfinished_work(
    term: Scene, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    place = Place(tmp_path, Settings(data_dir=tmp_path), term.db, term.operator, term.vault, term.seam)
    tried_, *others = await term.students()
    await term.at("2027-02-03 22:30")
    await term.operator.pool.execute(
        "insert into attempt (school, at, actor, command, code) values ($1, $2, $3, 'upload', 'internal')",
        SCHOOL, taipei("2027-02-03 21:00"), tried_,
    )  # fmt: skip
    found = await proposals(place, SCHOOL, taipei("2027-02-03 20:00"), taipei("2027-02-03 22:00"))
    shown = {p["lane"]: (p["kind"], p["scope"], p["closes"], set(p["targets"])) for p in found}
    until = taipei("2027-02-04 02:00")
    general = {str(s) for s in await term.students("g12_general")}
    assert shown["g10_11"] == ("outcome_upload", "list", until, {str(tried_)})
    assert shown["g12_general"] == ("outcome_upload", "unfinished", until, general)
    secretary = str(await term.holder(SECRETARY))
    assert await grant_all(place, SCHOOL, found, secretary, "平臺中斷", SECRETARY, "once", as_json=True) == 0
    # Under the same key nobody gets it twice.
    assert await grant_all(place, SCHOOL, found, secretary, "平臺中斷", SECRETARY, "once", as_json=True) == 0
    rows = await term.rows("select target, closes from extension where school = $1")
    assert sorted(r["target"] for r in rows) == sorted(x for p in found for x in p["targets"])
    assert {r["closes"] for r in rows} == {until}
    assert not {r["target"] for r in rows} & {str(s) for s in others}


@pytest.mark.clause("規§10.2.2")
async def test_an_outage_whose_time_would_be_given_back_in_the_past_is_no_proposal_but_points_to_reopening(
    term: Scene, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    place = Place(tmp_path, Settings(data_dir=tmp_path), term.db, term.operator, term.vault, term.seam)
    span = (taipei("2027-02-03 20:00"), taipei("2027-02-03 22:00"))
    for at, over in (("2027-02-04 01:59", False), ("2027-02-04 02:00", True)):
        await term.at(at)
        found = await proposals(place, SCHOOL, *span)
        assert {(p["closes"], p["over"]) for p in found} == {(taipei("2027-02-04 02:00"), over)}
        assert over or still_ahead(found, taipei(at)) == found
    _tell(found)
    said = capsys.readouterr().out
    assert "calendar reopen --period 115-1 --kind outcome_upload --scope unfinished --target g10_11" in said
    assert said.endswith("0 項提案 · proposals\n")
    with pytest.raises(Refused) as refused:
        still_ahead(found, taipei("2027-02-04 02:00"))
    assert (refused.value.refusal.code, refused.value.refusal.found) == ("before_now", "2027-02-03T18:00:00Z")


@pytest.mark.clause("規§10.2.2", "規§5.3.1", "規§5.3.2")
async def test_what_a_teacher_returns_in_an_extended_certification_may_be_corrected_two_days_before_it_closes(
    term: Scene,
) -> None:
    one, other, *_ = await term.students()
    course = (await teaching(term))[0].scope
    for student in (one, other):
        await waiting(term, student, course)
    grant = BODY | {"kind": "certification", "closes": "2027-03-19 17:00", "scope": "person"}
    await term.must(SECRETARY, "extend", **grant, target=str(one))
    items = {r["student"]: r["id"] for r in await term.rows("select student, id from item where school = $1")}
    teacher = await term.holder((await teaching(term))[0].post)
    # The calendar's correction close is 10 March 17:00, the extended one 17 March 17:00.
    await term.at("2027-03-12 10:00")
    await term.settle()
    for student in (one, other):
        await term.must(teacher, "return", item=items[student], reason="wrong_file")
    refused = await term.do(other, "request_certification", item=items[other])
    assert refused.refusal is not None and refused.refusal.code == "window_closed"
    await term.at("2027-03-17 16:59")
    await term.settle()
    await term.must(one, "request_certification", item=items[one])
    await term.must(teacher, "return", item=items[one], reason="wrong_file")
    await term.at("2027-03-17 17:00")
    answer = await term.do(one, "request_certification", item=items[one])
    assert answer.refusal is not None and answer.refusal.limit == "2027-03-17T09:00:00Z"
    await term.settle()
    rows = await term.rows("select person, args from notice where school = $1 and template = 'extension_granted'")
    assert {(r["person"], r["args"]["kind"], r["args"]["closes"]) for r in rows} == {
        (one, "certification", taipei("2027-03-19 17:00").isoformat()),
        (one, "outcome_correction", taipei("2027-03-17 17:00").isoformat()),
    }


@pytest.mark.clause("規§10.2.2", "規§5.3.1")
@pytest.mark.parametrize(
    ("scope", "held"),
    [
        ({"scope": "all"}, {("lane", "g10_11"), ("lane", "g12_general"), ("lane", "g12_vocational")}),
        ({"scope": "lane", "target": "g10_11"}, {("lane", "g10_11")}),
        ({"scope": "class", "target": "101"}, {("class", "101")}),
    ],
)
async def test_the_correction_of_a_lane_or_class_follows_its_certification_and_the_register_shows_both(
    term: Scene, scope: dict[str, str], held: set[tuple[str, str]]
) -> None:
    await term.must(SECRETARY, "extend", **BODY | {"kind": "certification", "closes": "2027-03-19 17:00"}, **scope)
    async with term.db.transaction(SCHOOL) as c:
        rows = [r for r in await register(c, SCHOOL) if r["kind"] == "outcome_correction"]
    assert {(r["scope"], r["target"]) for r in rows} == held
    assert {r["closes"] for r in rows} == {taipei("2027-03-17 17:00")}
    assert {(r["reason"], r["approver"]) for r in rows} == {(BODY["reason"], SECRETARY)}


@pytest.mark.clause("規§10.2.2", "規§5.3.1")
async def test_a_correction_whose_new_close_has_passed_is_not_granted(term: Scene) -> None:
    await term.at("2027-03-12 10:00")
    await term.settle()
    grant = BODY | {"kind": "certification", "closes": "2027-03-15 17:00", "scope": "lane", "target": "g10_11"}
    # Two working days before it are 11 March: over, and the ripple said so.
    await term.must(SECRETARY, "extend", **grant)
    assert await term.value("select count(*) from extension where school = $1 and kind = 'outcome_correction'") == 0


@pytest.mark.clause("規§10.2.2")
async def test_while_the_web_was_away_all_with_unfinished_work_are_covered_beside_who_tried_otherwise(
    term: Scene, tmp_path: Path
) -> None:
    place = Place(tmp_path, Settings(data_dir=tmp_path), term.db, term.operator, term.vault, term.seam)
    tried_, *others = await term.students()
    await term.at("2027-02-03 22:30")
    first, last = taipei("2027-02-03 20:00"), taipei("2027-02-03 22:00")
    await term.operator.pool.execute(
        "insert into attempt (school, at, actor, command, code) values ($1, $2, $3, 'upload', 'internal')",
        SCHOOL, taipei("2027-02-03 21:00"), tried_,
    )  # fmt: skip
    alive = "insert into alive (school, part, first, last) values ($1, 'web', $2, $3)"
    await term.operator.pool.execute(alive, SCHOOL, taipei("2027-02-01 08:00"), first)
    for back, covered in ((last, {str(tried_), *map(str, others)}), (first, {str(tried_)})):
        await term.operator.pool.execute("delete from alive where school = $1 and first > $2", SCHOOL, first)
        await term.operator.pool.execute(alive, SCHOOL, back + MINUTE, taipei("2027-02-03 23:00"))
        begins = first if back == last else first + 2 * MINUTE
        found = {p["lane"]: p for p in await proposals(place, SCHOOL, begins, last)}
        assert set(found["g10_11"]["targets"]) == covered
        assert found["g10_11"]["scope"] == ("unfinished" if back == last else "list")
