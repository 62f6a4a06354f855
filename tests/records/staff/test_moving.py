"""Dates move while a term runs: several at once, by a closed day, and only who is affected is told."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest

from records.queries.own_dates import own_dates
from records.queries.snapshot import load_snapshot
from rules.closures import ClosureKind, authority_on, closures_of, proposals
from rules.duties import duties_of
from rules.instants import DAY, taipei_day
from rules.lint.case import Case
from rules.moves import MovedDate, checks_among, moved_receipts
from rules.plan import plan
from rules.snapshot import Snapshot
from tests.records.staff.scene import FORMATS, REGISTRAR, SCHOOL, SECRETARY, SEMESTER, STRANGER, SUBMISSION, Scene, pack
from tests.rules.builders import taipei

UPLOAD, CERTIFY = "115-1/g10_11/outcome_upload", "115-1/g10_11/certification"
CLOSE = taipei("2027-02-04 00:00")


def move(place: str, **edges: str) -> dict[str, Any]:
    """A move of one window, or of a dated duty."""
    period, *lane, kind = place.split("/")
    return {"period": period, "lane": lane[0] if lane else None, "kind": kind} | edges


def change(*moves: dict[str, Any], base: int = 1, **more: Any) -> dict[str, Any]:
    """The body of move_dates."""
    return {"year": "115", "base": base, "moves": list(moves), "reason": "颱風"} | more


async def seen(term: Scene, process: str = SEMESTER) -> Snapshot:
    """A process as its planner sees it."""
    async with term.db.transaction(SCHOOL, snapshot=True) as c:
        return await load_snapshot(c, SCHOOL, process)


def typhoon(*days: str, kind: ClosureKind = ClosureKind.BOTH, at: str = "2026-08-03 08:00") -> list[Any]:
    """What the key proposes for the school's calendar of 115."""
    rules, calendar, national = pack()
    closed = closures_of([date.fromisoformat(d) for d in days], kind, "颱風")
    return list(proposals(Case(calendar, rules, national, FORMATS.limits), closed, at=taipei(at)))


@pytest.mark.clause("規§4.2")
async def test_several_dates_move_as_one_version_by_one_fact(term: Scene) -> None:
    proof = await term.must(
        SECRETARY,
        "move_dates",
        **change(
            move(UPLOAD, due="2027-02-05 17:00", closes="2027-02-06 00:00"),
            move("115/briefing", due="2026-12-10 17:00"),
        ),
    )
    assert (proof["version"], proof["kind"]) == (2, "calendar_amended")
    assert await term.value("select count(*) from fact where school = $1 and kind = 'calendar_amended'") == 1
    calendar = (await seen(term)).calendar
    window = calendar.window("115-1", "g10_11", "outcome_upload")
    assert window is not None
    assert window.closes == taipei("2027-02-06 00:00")
    admitted = await term.value(
        "select closes from admission_window where school = $1 and period = '115-1' and lane = 'g10_11'"
        " and kind = 'outcome_upload'"
    )
    assert admitted == window.closes


@pytest.mark.clause("規§4.2")
@pytest.mark.parametrize(
    ("moves", "code"),
    [
        ([move(UPLOAD, closes="2027-02-06 00:00"), move(UPLOAD, closes="2027-02-07 00:00")], "contradiction"),
        ([move("115/briefing", due="2026-12-10 17:00"), move(UPLOAD, due="2027-03-01 17:00")], "contradiction"),
        ([move("115/briefing", due="2026-12-10 17:00"), move("115-1/g10_11/nothing", due="2027-03-01 17:00")], "no_window"),
        ([move("115/briefing", due="2026-08-03 07:59")], "before_now"),
        ([move("115/briefing")], "bad_request"),
        # Below 休業式 + 14 days, the authority's floor.
        ([move(UPLOAD, due="2027-02-02 17:00", closes="2027-02-03 00:00")], "calendar_errors"),
        # Past the certification's end.
        ([move(UPLOAD, due="2027-03-30 17:00", closes="2027-03-31 00:00")], "calendar_errors"),
    ],
)  # fmt: skip
async def test_an_amendment_that_contradicts_itself_or_the_rules_is_refused_whole(
    term: Scene, moves: list[dict[str, Any]], code: str
) -> None:
    assert (await term.refused(SECRETARY, "move_dates", **change(*moves)))[0] == code


@pytest.mark.clause("規§4.1", "規§4.2")
async def test_only_the_schedules_owner_moves_dates_and_only_from_the_version_looked_at(term: Scene) -> None:
    body = change(move("115/briefing", due="2026-12-10 17:00"))
    assert (await term.refused(STRANGER, "move_dates", **body))[0] == "no_post"
    await term.must(SECRETARY, "move_dates", **body)
    assert (await term.refused(SECRETARY, "move_dates", **body))[0] == "contradiction"


@pytest.mark.clause("規§4.2")
async def test_only_those_whose_own_date_moved_are_told_it_with_that_date(term: Scene) -> None:
    first, *others = await term.students()
    await term.must(
        "academic_affairs_director", "extend", period="115-1", kind="outcome_upload", scope="person",
        target=str(first), closes="2027-02-20 17:00", reason="住院", approver="academic_affairs_director",
    )  # fmt: skip
    await term.must(SECRETARY, "move_dates", **change(move(UPLOAD, due="2027-02-05 17:00", closes="2027-02-06 00:00")))
    told = await term.rows("select person, args from notice where school = $1 and template = 'window_moved'")
    # The extension reaches further than the new close: that student's date is what it was.
    assert {r["person"] for r in told} == set(others)
    assert {r["args"]["closes"] for r in told} == {taipei("2027-02-06 00:00").isoformat()}


@pytest.mark.clause("規§4.2", "規§5.3.2")
async def test_a_moved_due_date_tells_each_teacher_once_and_plans_rungs_for_the_new_date_only(term: Scene) -> None:
    before = await seen(term)
    course = next(d for d in duties_of(before).values() if d.kind == "certification" and d.lane == "g10_11")
    await term.operator.pool.execute(
        "update certification_count set pending = 2 where school = $1 and course = $2", SCHOOL, course.scope
    )
    await term.must(SECRETARY, "move_dates", **change(move(CERTIFY, due="2027-02-26 17:00")))
    rows = await term.rows("select person, args from notice where school = $1 and template = 'duty_moved'")
    assert [r["args"] for r in rows if r["person"] == await term.holder(course.post)] == [
        {"count": 1, "due": taipei("2027-02-26 17:00").isoformat()}
    ]
    after = await seen(term)
    keys = {r.key for r in plan(after).rungs if r.duty.key == course.key}
    assert keys.isdisjoint({r.key for r in plan(before).rungs if r.duty.key == course.key})


@pytest.mark.clause("規§4.1")
def test_a_closed_day_proposes_the_next_working_day_at_the_same_hour() -> None:
    found = {p.move.place: p for p in typhoon("2027-02-03")}
    upload = found[UPLOAD].move
    # 3 February is Wednesday; 4 to 10 February are the Lunar New Year holiday.
    assert (upload.due, upload.closes) == (taipei("2027-02-11 17:00"), taipei("2027-02-12 00:00"))
    assert found[UPLOAD].conflict == ""


@pytest.mark.clause("規§4.1")
def test_lessons_move_students_windows_and_offices_move_what_they_owe() -> None:
    lessons = typhoon("2027-02-03", "2027-02-24", kind=ClosureKind.LESSONS)
    offices = typhoon("2027-02-03", "2027-02-24", kind=ClosureKind.OFFICES)
    assert {p.move.kind for p in lessons} == {"outcome_upload"}
    assert {p.move.kind for p in offices if not p.conflict} == {"certification"}
    # The check of the upload is office work; alone it would end after the upload, so a person decides.
    checks = [p for p in offices if p.move.kind == "outcome_upload"]
    assert {tuple(p.move.edges) for p in checks} == {("self_check_closes",)}
    assert all("self-check-outside" in p.conflict for p in checks)


@pytest.mark.clause("規§4.1", "規§4.2")
async def test_the_self_check_inside_a_window_moves_with_the_closed_day_and_its_checker_is_told(term: Scene) -> None:
    moves = [p.move.model_dump(mode="json", exclude_none=True) for p in typhoon("2027-02-03") if not p.conflict]
    closed = [{"day": "2027-02-03", "title": "颱風"}]
    await term.must(SECRETARY, "move_dates", **change(*moves, closures=closed))
    window = (await seen(term)).calendar.window("115-1", "g10_11", "outcome_upload")
    assert window is not None and window.self_check is not None
    assert window.self_check.closes == taipei("2027-02-11 17:00")
    checker = await term.holder(window.self_check.checker)
    told = [r for r in await term.rows("select * from notice where school = $1 order by at") if r["person"] == checker]
    # The checks of the three lanes are open duties: one notice tells of all three.
    assert [(r["template"], r["args"]["count"], r["args"]["due"]) for r in told] == [
        ("duty_moved", 3, taipei("2027-02-11 17:00").isoformat())
    ]


@pytest.mark.clause("規§4.2")
async def test_a_checker_hears_once_of_the_self_checks_of_lanes_that_have_the_same_dates_now(term: Scene) -> None:
    check = {"self_check_opens": "2027-03-22 08:00", "self_check_closes": "2027-03-25 17:00"}
    lanes = ("115-2/g12_general/outcome_upload", "115-2/g12_vocational/outcome_upload")
    await term.must(SECRETARY, "move_dates", **change(*(move(place, **check) for place in lanes)))
    rows = await term.rows("select person, args from notice where school = $1 and template = 'self_check_moved'")
    assert [r["args"]["closes"] for r in rows] == [taipei("2027-03-25 17:00").isoformat()]


@pytest.mark.clause("規§4.2")
def test_a_checker_who_heard_of_the_open_duty_is_not_told_of_its_self_check_again() -> None:
    rules, _, _ = pack()
    at = taipei("2027-02-11 17:00")

    def moved(key: str) -> MovedDate:
        return MovedDate(what="duty", id=key, title="x", before=at, after=at, to=())

    work = [moved(f"{SEMESTER}#certification_self_check#g10_11"), moved(f"{SEMESTER}#certification#115-1/101/01")]
    assert checks_among(rules, work) == {"115-1/g10_11/certification"}
    assert checks_among(rules, [moved(f"{SEMESTER}#meeting")]) == frozenset()


@pytest.mark.clause("規§12")
def test_a_closed_day_names_the_windows_of_the_authority_that_end_or_begin_on_it() -> None:
    _, _, national = pack()
    window = national.windows[0]
    opens, closes = taipei_day(window.opens), taipei_day(window.closes - timedelta(microseconds=1))
    for day, edge in ((opens, "opens"), (closes, "closes")):
        closed = closures_of([day], ClosureKind.OFFICES, "颱風")
        assert (window, edge) in authority_on(national, closed)
        assert authority_on(national, closures_of([day], ClosureKind.LESSONS, "颱風")) == ()
    assert authority_on(national, closures_of([opens - DAY], ClosureKind.BOTH, "颱風")) == ()


@pytest.mark.clause("規§4.1", "規§4.2")
@pytest.mark.parametrize(
    "moves",
    [[move("115/briefing", due="2026-12-10 17:00")], [move(UPLOAD, due="2026-12-10 17:00", closes="2027-02-04 00:00")]],
)
async def test_nothing_is_moved_onto_a_day_that_the_same_change_closes(term: Scene, moves: list[Any]) -> None:
    closed = [{"day": "2026-12-10", "title": "停班停課"}]
    assert (await term.refused(SECRETARY, "move_dates", **change(*moves, closures=closed)))[0] == "calendar_errors"


@pytest.mark.clause("規§12")
def test_a_national_instant_stands_and_its_conflict_is_shown() -> None:
    rules, calendar, national = pack()
    ours = calendar.window("115-1", "g10_11", "semester_submission")
    assert ours is not None
    # The authority ends with the school: nothing is left after 9 April.
    ends = [w.model_copy(update={"closes": ours.closes}) for w in national.windows]
    case = Case(calendar, rules, national.model_copy(update={"windows": tuple(ends)}), FORMATS.limits)
    closed = closures_of([date(2027, 4, 9)], ClosureKind.OFFICES, "颱風")
    found = {p.move.place: p for p in proposals(case, closed, at=taipei("2026-08-03 08:00"))}
    assert "inside-national" in found["115-1/g10_11/semester_submission"].conflict


@pytest.mark.clause("規§4.1", "規§5.3.2")
async def test_a_closed_day_is_no_working_day_of_the_ladders_of_the_running_term(term: Scene) -> None:
    before = {r.key: r.at for r in plan(await seen(term)).rungs}
    days = ["2026-10-29"]
    await term.must(SECRETARY, "move_dates", **change(closures=[{"day": d, "title": "颱風停班"} for d in days]))
    after = {r.key: r.at for r in plan(await seen(term)).rungs}
    moved = {k: (before[k], at) for k, at in after.items() if before[k] != at}
    assert moved
    assert all(taipei_day(at).isoformat() not in days for at in after.values())
    twice = change(closures=[{"day": "2026-10-29", "title": "again"}], base=2)
    assert (await term.refused(SECRETARY, "move_dates", **twice))[0] == "already_exists"


@pytest.mark.clause("規§5.3.2")
async def test_no_rung_is_sent_for_the_old_date_and_none_on_the_day_of_the_move(term: Scene) -> None:
    # The first rung of the accounts' deadline (28 August) has been sent; the move is on a rung's own day.
    s = await seen(term)
    duty = next(d for d in duties_of(s).values() if d.kind == "platform_accounts")
    rungs = sorted((r for r in plan(s).rungs if r.duty.key == duty.key), key=lambda r: r.at)
    await term.at(rungs[0].at)
    await term.settle()
    sent = "select step_key, planned from effect where school = $1 and duty = $2 and outcome = 'done'"
    assert [r["step_key"] for r in await term.rows(sent, duty.key)] == [rungs[0].key]
    await term.must(SECRETARY, "move_dates", **change(move("115-1/platform_accounts", due="2026-09-04 17:00")))
    new = sorted((r for r in plan(await seen(term)).rungs if r.duty.key == duty.key), key=lambda r: r.at)
    for r in (*rungs[1:], *new):
        if r.at > rungs[0].at:
            await term.at(r.at)
            await term.settle()
    keys = [r["step_key"] for r in await term.rows(sent, duty.key)]
    assert len(keys) == len(set(keys))
    assert set(keys) - {rungs[0].key} <= {r.key for r in new}
    assert min(r.at for r in new if r.key in keys) > rungs[0].at


@pytest.mark.clause("規§4.1")
async def test_a_window_may_be_left_where_it_is_on_a_closed_day(term: Scene) -> None:
    closed = [{"day": "2027-02-03", "title": "颱風"}]
    await term.must(SECRETARY, "move_dates", **change(closures=closed))
    window = (await seen(term)).calendar.window("115-1", "g10_11", "outcome_upload")
    assert window is not None
    assert window.closes == CLOSE
    # Nothing else may be put on that day afterwards.
    onto = change(move("115/briefing", due="2027-02-03 17:00"), base=2)
    assert (await term.refused(SECRETARY, "move_dates", **onto))[0] == "calendar_errors"


@pytest.mark.clause("規§6.2", "規§4.1")
async def test_receipts_that_lie_before_students_stay_open_until_the_later_close_and_nobody_is_deemed_before(
    receipts: Scene,
) -> None:
    until = "2027-04-27 00:00"
    moves = [move("115-1/g10_11/semester_receipts", due="2027-04-26 17:00", closes=until)]
    await receipts.must(SECRETARY, "move_dates", **change(*moves))
    silent, doubting, *_ = await receipts.students()
    states = "select distinct state from confirmation where school = $1 and submission = $2 and person = $3"
    await receipts.at("2027-04-25 10:00")
    await receipts.settle()
    assert await receipts.value(states, SUBMISSION, silent) == "unseen"
    proof = await receipts.must(doubting, "report_doubt", submission=SUBMISSION, text="班級不對")
    assert proof["objection"] is True
    shown = "select closes_at from submission_version where school = $1 and submission = $2"
    assert await receipts.value(shown, SUBMISSION) == taipei(until)
    await receipts.at(until)
    await receipts.settle()
    assert await receipts.value(states, SUBMISSION, silent) == "deemed_confirmed"
    assert await receipts.value("select count(*) from effect where school = $1 and step_key like $2 || '@1|deem|%'", SUBMISSION) == 1  # fmt: skip


@pytest.mark.clause("規§6.2", "規§4.2")
async def test_receipts_that_lie_before_students_follow_their_window_to_an_earlier_close_but_keep_three_days(
    receipts: Scene,
) -> None:
    place, silent = "115-1/g10_11/semester_receipts", (await receipts.students())[0]
    closes = "select closes from admission_window where school = $1 and kind = 'receipts'"
    until = "2027-04-23 00:00"
    before = await seen(receipts, SUBMISSION)
    await receipts.must(SECRETARY, "move_dates", **change(move(place, due="2027-04-22 17:00", closes=until)))
    assert await receipts.value(closes) == taipei(until)
    told = await receipts.rows("select args from notice where school = $1 and template = 'window_moved'")
    assert {r["args"]["closes"] for r in told} == {taipei(until).isoformat()}
    [shown] = moved_receipts(before, await seen(receipts, SUBMISSION))
    assert (shown.id, shown.before, shown.after) == (f"{SUBMISSION}@1", taipei("2027-04-24 00:00"), taipei(until))
    await receipts.at(until)
    await receipts.settle()
    states = "select distinct state from confirmation where school = $1 and submission = $2 and person = $3"
    assert await receipts.value(states, SUBMISSION, silent) == "deemed_confirmed"


@pytest.mark.clause("規§6.2", "規§4.2")
async def test_a_receipt_that_came_late_keeps_its_three_days_whatever_the_window_says(roster: Scene) -> None:
    await roster.at("2027-04-01 10:00")
    await roster.pass_gates("submit")
    await roster.at("2027-04-21 12:00")
    await roster.must(REGISTRAR, "receipt_arrived", **await roster.received())
    await roster.settle()
    closes = "select closes from admission_window where school = $1 and kind = 'receipts'"
    assert await roster.value(closes) == taipei("2027-04-24 12:00")
    earlier = move("115-1/g10_11/semester_receipts", due="2027-04-22 17:00", closes="2027-04-23 00:00")
    await roster.must(SECRETARY, "move_dates", **change(earlier))
    assert await roster.value(closes) == taipei("2027-04-24 12:00")
    # The student's own list names the receipt with its own close beside the window.
    async with roster.db.transaction(SCHOOL, snapshot=True) as c:
        found = await own_dates(c, SCHOOL, (await roster.students())[0], taipei("2027-04-21 12:00"))
    ends = {(d.id, d.closes) for d in found if (d.kind, d.period) == ("semester_receipts", "115-1")}
    assert ends == {("", taipei("2027-04-23 00:00")), (f"{SUBMISSION}@1", taipei("2027-04-24 12:00"))}


@pytest.mark.clause("規§5.3.2", "規§6.3.1")
async def test_a_version_that_leaves_a_submissions_date_alone_sends_none_of_its_rungs_again(roster: Scene) -> None:
    key = f"{SUBMISSION}#submit#v1"
    await roster.at("2027-03-16 10:00")
    before = {r.key: (r.at, r.skipped) for r in plan(await seen(roster, SUBMISSION)).rungs}
    since = {d.key: d.since for d in duties_of(await seen(roster, SUBMISSION)).values()}
    await roster.must(SECRETARY, "move_dates", **change(move("115/evaluation", due="2027-06-18 17:00")))
    after = {r.key: (r.at, r.skipped) for r in plan(await seen(roster, SUBMISSION)).rungs}
    assert key in since
    assert after == before
    assert {d.key: d.since for d in duties_of(await seen(roster, SUBMISSION)).values()} == since
