"""Absences, holders and deputies: posts before persons, and never a day without a holder."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from uuid import UUID, uuid5

import pytest
from hypothesis import given
from hypothesis import strategies as st

from records.queries.people import holders, opened, posts_of, reachable
from rules.posts import Away, Holding, may_act, reach
from tests.records.staff.scene import ACADEMIC, INSTRUCTION, PRINCIPAL, REGISTRAR, SECRETARY, START, STRANGER, Scene
from tests.rules.builders import taipei

DAY = timedelta(days=1)
PEOPLE = [uuid5(UUID(int=0), str(n)) for n in range(4)]
DAYS = st.integers(0, 6)


def away(
    person: object, opens: str = "2026-08-03 08:00", closes: str = "2026-08-10 08:00", **more: str
) -> dict[str, object]:
    """An absence of a week from the day of the scene."""
    return {"person": person, "opens": opens, "closes": closes} | more


@pytest.mark.clause("規§10.1.2")
@pytest.mark.parametrize("who", [REGISTRAR, ACADEMIC, SECRETARY])
async def test_oneself_a_director_or_the_secretary_records_an_absence(term: Scene, who: str) -> None:
    proof = await term.must(who, "record_absence", **away(await term.holder(REGISTRAR)))
    assert proof["kind"] == "absence_recorded"
    assert await term.reached(REGISTRAR) == await term.ranked(REGISTRAR, 1)


@pytest.mark.clause("規§10.1.2")
async def test_nobody_else_records_it_nor_backwards_nor_of_nobody(term: Scene) -> None:
    person = await term.holder(REGISTRAR)
    assert (await term.refused(STRANGER, "record_absence", **away(person)))[:2] == ("no_post", "規§10.1.2")
    backwards = away(person, closes="2026-08-03 08:00")
    assert await term.refused(REGISTRAR, "record_absence", **backwards) == ("contradiction", "規§10.1.2", "closes")
    for nobody in ("115001", str(PEOPLE[0])):
        assert await term.refused(SECRETARY, "record_absence", **away(nobody)) == ("not_found", "規§10.1.2", "person")


@pytest.mark.clause("規§10.1.2")
async def test_an_absence_is_recorded_by_staff_number_and_the_same_one_once(term: Scene) -> None:
    assert await term.reached(REGISTRAR) == await term.numbered("A07")
    await term.must(REGISTRAR, "record_absence", **away("A07"))
    assert await term.reached(REGISTRAR) == await term.ranked(REGISTRAR, 1)
    again = await term.refused(SECRETARY, "record_absence", **away("A07", closes="2026-08-12 08:00"))
    assert again == ("already_exists", "規§10.1.2", "absence")
    longer = away("A07", opens="2026-08-10 08:00", closes="2026-08-12 08:00")
    await term.must(SECRETARY, "record_absence", **longer)


@pytest.mark.clause("規§10.1.2")
async def test_work_reaches_the_first_then_the_second_deputy_and_the_alarm_counts_whom_it_does_not(term: Scene) -> None:
    trio = [await term.ranked(REGISTRAR, n) for n in range(3)]
    reached, uncovered = [], []
    for person in trio:
        uncovered.append((await term.must(person, "record_absence", **away(person, reason="sick")))["uncovered"])
        reached.append(await term.reached(REGISTRAR))
    assert reached == [trio[1], trio[2], None]
    # Sick leave is recorded although nobody is left for it: three posts of one office share the same people.
    assert uncovered[0] == 0 and uncovered[2] > 0


@pytest.mark.clause("規§10.1.2")
async def test_a_director_records_that_a_holder_does_not_act_so_that_the_deputy_may(term: Scene) -> None:
    post = str(await term.value("select post from course where school = $1 order by id limit 1"))
    body = {"post": post, "closes": "2026-08-20 17:00", "reason": "經催辦未認證"}
    assert (await term.refused(STRANGER, "record_unable", **body))[:2] == ("no_post", "規§10.1.2")
    proof = await term.must(ACADEMIC, "record_unable", **body)
    assert (proof["subject"], await term.reached(post)) == (post, await term.ranked(post, 1))
    await term.at("2026-08-20 17:00")
    assert await term.reached(post) == await term.holder(post)


async def test_unable_is_said_of_a_post_that_exists_and_ends_after_it_begins(term: Scene) -> None:
    body = {"closes": "2026-08-20 17:00", "reason": "x"}
    for post in ("course_teacher:115-1/101/99", "tea_lady"):
        assert (await term.refused(SECRETARY, "record_unable", post=post, **body))[:2] == ("not_found", "規§2")
    past = {"closes": "2026-08-03 08:00", "reason": "x"}
    assert (await term.refused(SECRETARY, "record_unable", post=REGISTRAR, **past))[0] == "contradiction"


@pytest.mark.clause("規§10.3.1")
async def test_a_new_holder_begins_where_the_former_ends(term: Scene) -> None:
    former, heir = await term.holder(REGISTRAR), await term.numbered("T05")
    await term.must(ACADEMIC, "record_holder", post=REGISTRAR, person=heir, opens="2026-09-01 00:00")
    rows = await term.rows(
        "select person, opens, closes from post_holder where school = $1 and post = $2 and rank = 0 order by opens",
        REGISTRAR,
    )
    day = taipei("2026-09-01 00:00")
    assert [r["person"] for r in rows] == [former, heir]
    assert (rows[0]["closes"], rows[1]["opens"], rows[1]["closes"]) == (day, day, None)
    for instant, holder in ((day - timedelta(microseconds=1), former), (day, heir)):
        await term.at(instant)
        assert await term.holder(REGISTRAR) == holder


@pytest.mark.clause("規§10.3.1")
async def test_who_was_dated_to_follow_still_follows(term: Scene) -> None:
    first, second = await term.numbered("T05"), await term.numbered("T06")
    await term.must(ACADEMIC, "record_holder", post=REGISTRAR, person=second, opens="2026-10-01 00:00")
    await term.must(ACADEMIC, "record_holder", post=REGISTRAR, person=first, opens="2026-09-01 00:00")
    rows = await term.rows(
        "select person, closes from post_holder where school = $1 and post = $2 and rank = 0 order by opens", REGISTRAR
    )
    assert [tuple(r) for r in rows[1:]] == [(first, taipei("2026-10-01 00:00")), (second, None)]


@pytest.mark.clause("規§10.3.1")
async def test_no_day_of_a_post_is_left_without_a_holder(term: Scene) -> None:
    heir = await term.numbered("T05")
    for_a_week = {"post": REGISTRAR, "person": heir, "opens": "2026-09-01 00:00", "closes": "2026-09-08 00:00"}
    assert await term.refused(ACADEMIC, "record_holder", **for_a_week) == ("gap_day", "規§10.3.1", REGISTRAR)
    post = "teacher_representative_1"  # its holder's last day is 31 July 2027
    late = {"post": post, "person": heir, "opens": "2027-08-02 00:00"}
    assert await term.refused(PRINCIPAL, "record_holder", **late) == ("gap_day", "規§10.3.1", post)
    await term.must(PRINCIPAL, "record_holder", **late | {"opens": "2027-08-01 00:00"})


@pytest.mark.clause("規§10.1.2")
async def test_nobody_deputises_for_himself(term: Scene) -> None:
    holder, deputy = await term.holder(REGISTRAR), await term.ranked(REGISTRAR, 1)
    body = {"post": REGISTRAR, "opens": "2026-09-01 00:00"}
    assert await term.refused(ACADEMIC, "record_holder", person=holder, rank=1, **body) == (
        "own_deputy",
        "規§10.1.2",
        REGISTRAR,
    )
    assert (await term.refused(ACADEMIC, "record_holder", person=deputy, rank=0, **body))[0] == "own_deputy"
    await term.must(ACADEMIC, "record_holder", person=deputy, rank=2, **body)


async def test_a_holder_is_recorded_by_the_office_the_secretary_or_the_principal(term: Scene) -> None:
    body = {"post": INSTRUCTION, "person": await term.numbered("T05"), "opens": "2026-09-01 00:00"}
    assert (await term.refused(STRANGER, "record_holder", **body))[:2] == ("no_post", "規§10.3.1")
    backwards = body | {"closes": "2026-08-31 00:00"}
    assert await term.refused(PRINCIPAL, "record_holder", **backwards) == ("contradiction", "規§10.3.1", "closes")
    await term.must(PRINCIPAL, "record_holder", **body)


async def test_people_are_found_by_number_and_named_on_screens_only(term: Scene) -> None:
    person = await term.numbered("A07")
    async with term.db.transaction(term.school) as c:
        assert (await opened(c, term.vault, term.school, person))["number"] == "A07"
        assert (await holders(c, term.school, REGISTRAR, START))[0] == person
        assert (await posts_of(c, term.school, person, START))[REGISTRAR] == 0


# -- the same rule in Python and in SQL ------------------------------------------------------------


def spans() -> st.SearchStrategy[tuple[int, int]]:
    """Two days in order."""
    return st.tuples(DAYS, DAYS).map(sorted).filter(lambda x: x[0] < x[1]).map(lambda x: (x[0], x[1]))


HOLDINGS = st.lists(st.tuples(st.sampled_from(PEOPLE), st.integers(0, 2), spans(), st.booleans()), max_size=6)
AWAY = st.lists(st.tuples(st.one_of(st.none(), st.sampled_from(PEOPLE)), spans()), max_size=5)


@pytest.fixture(scope="module")
def cases() -> Iterator[list[tuple[list[Holding], list[Away]]]]:
    """Generated posts with their absences, collected first: the event loop cannot run inside hypothesis."""
    found: list[tuple[list[Holding], list[Away]]] = []

    @given(HOLDINGS, AWAY)
    def collect(
        rows: list[tuple[UUID, int, tuple[int, int], bool]], out: list[tuple[UUID | None, tuple[int, int]]]
    ) -> None:
        taken = {(rank, span[0]): (person, rank, span, open_) for person, rank, span, open_ in rows}
        holdings = [
            Holding(str(p), rank, START + a * DAY, None if open_ else START + b * DAY)
            for p, rank, (a, b), open_ in taken.values()
        ]
        found.append((holdings, [Away(str(p) if p else None, START + a * DAY, START + b * DAY) for p, (a, b) in out]))

    collect()
    yield found


@pytest.mark.clause("規§10.1.2")
async def test_sql_and_rule_agree_on_who_may_act_and_whom_work_reaches(
    term: Scene, cases: list[tuple[list[Holding], list[Away]]]
) -> None:
    async with term.operator.transaction(term.school) as c:
        for person in PEOPLE:
            await c.execute(
                "insert into person (school, id, sealed, kind) values ($1, $2, '', 'staff')", term.school, person
            )
        for n, (holdings, out) in enumerate(cases):
            post = f"p{n}"
            await c.execute("insert into post values ($1, $2, 'x', 'x')", term.school, post)
            await c.execute("delete from absence where school = $1", term.school)
            for h in holdings:
                await c.execute(
                    "insert into post_holder values ($1, $2, $3, $4, $5, $6)",
                    term.school,
                    post,
                    h.rank,
                    UUID(h.person),
                    h.opens,
                    h.closes,
                )
            for k, a in enumerate(out):
                at = START + timedelta(seconds=k)
                if a.person:
                    await c.execute(
                        "insert into absence values ($1, $2, $3, $4, 'x', $5)",
                        term.school,
                        UUID(a.person),
                        a.opens,
                        a.closes,
                        at,
                    )
                else:
                    await c.execute(
                        "insert into unable values ($1, $2, $3, $4, 'x', $5, $6)",
                        term.school,
                        post,
                        a.opens,
                        a.closes,
                        at,
                        PEOPLE[0],
                    )
            for day in range(8):
                at = START + day * DAY
                said = [await c.fetchval("select may_act($1, $2, $3, $4)", term.school, post, p, at) for p in PEOPLE]
                assert said == [may_act(holdings, out, str(p), at=at) for p in PEOPLE], (holdings, out, day)
                reached = await reachable(c, term.school, post, at)
                assert (str(reached) if reached else None) == reach(holdings, out, at=at), (holdings, out, day)
