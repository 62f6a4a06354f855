"""A school year is started once, by who may, under adopted documents."""

from __future__ import annotations

import pytest

from records.basis import adopt_documents
from rules.refusals import Refused
from tests.records.staff.scene import IT, PRINCIPAL, SCHOOL, SECRETARY, SEMESTER, STRANGER, YEAR, Scene, pack


@pytest.mark.clause("規§13")
@pytest.mark.parametrize("post", [SECRETARY, PRINCIPAL, IT])
async def test_a_year_starts_under_the_adopted_versions_and_brings_its_first_semester(office: Scene, post: str) -> None:
    proof = await office.must(post, "start_year", year="115")
    await office.settle()
    rows = await office.rows("select process, rule_set, calendar, national from basis where school = $1 order by 1")
    assert [tuple(r) for r in rows] == [(SEMESTER, 1, 1, 1), (YEAR, 1, 1, 1)]
    assert (proof["kind"], (await office.fact(proof))["wakes"]) == ("year_started", YEAR)


@pytest.mark.clause("規§4.1")
async def test_the_start_compiles_what_students_acts_are_compared_with(office: Scene) -> None:
    assert await office.value("select count(*) from admission_window where school = $1") == 0
    await office.must(SECRETARY, "start_year", year="115")
    kinds = await office.rows("select distinct kind from admission_window where school = $1 order by 1")
    assert [r["kind"] for r in kinds] == [
        "certification",
        "diverse_upload",
        "outcome_correction",
        "outcome_upload",
        "selection",
    ]


@pytest.mark.clause("規§13")
async def test_a_year_is_not_started_twice_nor_without_documents_nor_by_anybody(term: Scene) -> None:
    assert await term.refused(SECRETARY, "start_year", year="115") == ("already_exists", "規§13", YEAR)
    assert await term.refused(SECRETARY, "start_year", year="116") == ("not_decided", "規§13", "documents of 116")
    code, clause, place = await term.refused(STRANGER, "start_year", year="115")
    assert (code, clause, place.split(", ")) == ("no_post", "規§4.1", [SECRETARY, PRINCIPAL, IT])


@pytest.mark.clause("規§4.1")
async def test_a_lost_semester_is_started_by_hand_under_the_years_basis(office: Scene) -> None:
    await office.must(SECRETARY, "start_year", year="115")
    await office.must(IT, "start_semester", semester="115-1")
    assert await office.value("select count(*) from basis where school = $1 and process = $2", SEMESTER) == 1
    assert await office.refused(IT, "start_semester", semester="115-1") == ("already_exists", "規§4.1", SEMESTER)
    assert (await office.refused(IT, "start_semester", semester="116-1"))[0] == "not_decided"
    assert (await office.refused(STRANGER, "start_semester", semester="115-2"))[0] == "no_post"


async def test_a_semester_is_not_started_before_its_year(office: Scene) -> None:
    assert await office.refused(IT, "start_semester", semester="115-1") == ("not_found", "規§4.1", YEAR)


@pytest.mark.clause("規§13")
async def test_an_adopted_version_stays_what_it_was(office: Scene) -> None:
    rules, calendar, national = pack()
    before = await office.tables(("document",))
    await adopt_documents(office.operator, SCHOOL, rules, calendar, national, reason="again")
    with pytest.raises(Refused) as refused:
        other = calendar.model_copy(update={"title": "另一份"})
        await adopt_documents(office.operator, SCHOOL, rules, other, national, reason="other words")
    assert refused.value.refusal.code == "already_exists"
    assert await office.tables(("document",)) == before
