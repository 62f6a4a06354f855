"""A window reopened after its close gives back what the freeze took; every date tells its chain."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from records.basis import load_bases
from records.queries.calendars import kept, stood
from records.queries.own_dates import changes_for
from records.queries.why import granted, standing_of, versions_upto
from rules.why import Link, why_window
from tests.records.staff.scene import ACADEMIC, SCHOOL, SECRETARY, SEMESTER, YEAR, Scene, pack
from tests.rules.builders import taipei

MINUTE = timedelta(minutes=1)
PLACE = ("115-1", "g10_11", "outcome_upload")


def extension(**changes: Any) -> dict[str, Any]:
    """An extension of the upload until 20 February."""
    return {
        "period": "115-1", "kind": "outcome_upload", "scope": "all", "closes": "2027-02-20 17:00",
        "reason": "平臺故障", "approver": ACADEMIC,
    } | changes  # fmt: skip


async def chain(term: Scene, person: Any = None) -> tuple[Link, ...]:
    """The chain of the upload's close, for a person or the lane."""
    async with term.operator.transaction(SCHOOL, snapshot=True) as c:
        basis = (await load_bases(c, SCHOOL, YEAR))[-1]
        versions = await versions_upto(c, SCHOOL, basis.calendar)
        at = await c.fetchval("select school_now($1)", SCHOOL)
        who = await standing_of(c, SCHOOL, person, at) if person else None
        return why_window(basis.rules, versions, PLACE, await granted(c, SCHOOL), who)


@pytest.mark.clause("規§4.2")
async def test_a_date_tells_its_rule_its_versions_its_closed_day_and_the_persons_extension(term: Scene) -> None:
    first, second, *_ = await term.students()
    await term.must(
        SECRETARY, "move_dates", year="115", base=1, reason="颱風順延",
        moves=[{"period": "115-1", "lane": "g10_11", "kind": "outcome_upload", "due": "2027-02-11 17:00",
                "closes": "2027-02-12 00:00"}],
        closures=[{"day": "2027-02-03", "title": "颱風"}],
    )  # fmt: skip
    await term.must(ACADEMIC, "extend", **extension(scope="person", target=str(first)))
    mine, theirs = await chain(term, first), await chain(term, second)
    assert [x.by for x in mine] == ["rule", "calendar", "calendar", "closure", "extension"]
    assert mine[:-1] == theirs
    assert "規§5.3.1" in mine[0].text
    assert (mine[1].at, mine[2].at) == (taipei("2027-02-04 00:00"), taipei("2027-02-12 00:00"))
    assert ("颱風順延" in mine[2].text, "平臺故障" in mine[-1].text) == (True, True)
    assert mine[-1].at == taipei("2027-02-20 17:00")


@pytest.mark.clause("規§4.2", "規§10.2.2")
async def test_an_extension_is_a_change_only_of_the_versions_under_which_it_was_granted(term: Scene) -> None:
    first, second, *_ = await term.students()
    for n, (at, due) in enumerate((("10-01", "12-10"), ("10-05", "12-11"), ("10-07", "12-14")), start=1):
        await term.at(f"2026-{at} 08:00")
        await term.must(
            SECRETARY, "move_dates", year="115", base=n, reason="改期",
            moves=[{"period": "115", "kind": "briefing", "due": f"2026-{due} 17:00"}],
        )  # fmt: skip
        if n == 1:
            await term.at("2026-10-02 08:00")
            await term.must(ACADEMIC, "extend", **extension(scope="person", target=str(first)))
    found = {}
    async with term.operator.transaction(SCHOOL, snapshot=True) as c:
        calendars = {n: (await kept(c, SCHOOL, "115", f"v{n}")).calendar for n in (1, 2, 3, 4)}
        rules, at = (await load_bases(c, SCHOOL, YEAR))[-1].rules, await c.fetchval("select school_now($1)", SCHOOL)
        for old, new in ((1, 1), (1, 2), (2, 3), (3, 4), (4, 4)):
            since, until = (await stood(c, SCHOOL, "115", old))[0], (await stood(c, SCHOOL, "115", new))[1]
            for who in (first, second):
                dates = calendars[old], calendars[new]
                changes = await changes_for(c, SCHOOL, who, at, rules, *dates, since, until)
                found[old, new, who == first] = {(x.kind, x.because) for x in changes if x.because}
    theirs = {("outcome_upload", "ext-1")}
    # Version 2 holds the extension from its second day on: it is news since 1 and since 2, and none since 3.
    assert {k: v for k, v in found.items() if v} == {(1, 2, True): theirs, (2, 3, True): theirs}


@pytest.mark.clause("規§10.2.2", "規§5.3.2")
async def test_a_certification_reopened_after_its_close_waits_for_the_teacher_again(roster: Scene) -> None:
    student, *_ = await roster.students()
    course = await roster.value(
        "select id from course where school = $1 and semester = '115-1' and class ="
        " (select class from student where school = $1 and person = $2) limit 1", student,
    )  # fmt: skip
    await roster.operator.pool.execute(
        "insert into item (school, id, student, item, period, school_year, lane, class, course, variant, state, digest,"
        " files, uploaded_at) select $1, gen_random_uuid(), $2, 'outcome', '115-1', '115', 'g10_11', class, $3,"
        " 'regular', 'expired_uncertified', 'd', 0, now() from student where school = $1 and person = $2",
        SCHOOL, student, course,
    )  # fmt: skip
    wanted = extension(kind="certification", scope="person", target=str(student), closes="2027-03-20 17:00")
    proof = await roster.must(ACADEMIC, "extend", **wanted)
    assert proof["reopened"] == 1
    assert await roster.value("select state from item where school = $1 and student = $2", student) == (
        "certification_requested"
    )
    assert await roster.value("select pending from certification_count where school = $1 and course = $2", course) == 1
    # At the new close nobody acted: the school's fault is visible again.
    await roster.at("2027-03-20 17:00")
    await roster.settle()
    assert await roster.value("select state from item where school = $1 and student = $2", student) == (
        "expired_uncertified"
    )


@pytest.mark.clause("規§12", "規§6.1")
@pytest.mark.parametrize(
    ("period", "kind", "edge", "code"),
    [
        # Outcomes travel once a year: the semester's submission does not bound their certification.
        ("115-1", "certification", ("115", "selection", "closes"), "contradiction"),
        ("115", "selection", ("115", "yearly_submission", "opens"), "national_fixed"),
    ],
)
async def test_a_window_is_extended_up_to_what_follows_and_not_a_minute_more(
    roster: Scene, period: str, kind: str, edge: tuple[str, str, str], code: str
) -> None:
    window = pack()[1].window(edge[0], "g10_11", edge[1])
    last = getattr(window, edge[2])
    wanted = extension(period=period, kind=kind, scope="lane", target="g10_11")
    assert (await roster.refused(ACADEMIC, "extend", **wanted | {"closes": last + MINUTE}))[0] == code
    await roster.must(ACADEMIC, "extend", **wanted | {"closes": last})


@pytest.mark.clause("規§10.2.2")
async def test_nothing_is_extended_in_a_semester_that_is_closed_for_good(roster: Scene) -> None:
    await roster.operator.pool.execute(
        "update process set over_at = school_now($1) where school = $1 and id = $2", SCHOOL, SEMESTER
    )
    assert (await roster.refused(ACADEMIC, "extend", **extension(kind="certification", closes="2027-03-20 17:00")))[
        ::2
    ] == ("wrong_state", "period")
