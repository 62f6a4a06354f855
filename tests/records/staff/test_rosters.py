"""The rosters of a running school: green as its data are, red where they are spoilt, held back until clean or waived."""

from __future__ import annotations

import pytest

from cli.rosters.cycle import told_checks
from rules.ids import duty_key
from tests.records.staff.scene import ACADEMIC, REGISTRAR, STRANGER, SUBMISSION, Scene


@pytest.mark.clause("規§6.3.1", "規§6.3.3")
async def test_the_rosters_of_the_sample_school_are_green_and_know_their_code(roster: Scene) -> None:
    rows = await roster.rows(
        "select submission, code, lines, rejects from submission_version where school = $1 order by 1"
    )
    assert {(r["submission"].split("/")[3], r["submission"].split("/")[4], r["code"]) for r in rows} >= {
        ("g10_11", "enrolment", "21"),
        ("g10_11", "grades", "22"),
        ("g10_11", "cadre", "24"),
        ("g12_general", "cadre", "34"),
    }
    assert sum(r["lines"] for r in rows) > 50
    assert [
        tuple(r) for r in await roster.rows("select name, submission, places::text from roster_check where school = $1")
    ] == []


@pytest.mark.clause("規§4.2")
async def test_a_red_roster_is_held_back_until_its_director_waives_the_check_with_a_reason(roster: Scene) -> None:
    await roster.operator.pool.execute("update class set department_code = null where school = $1", roster.school)
    await roster.must(REGISTRAR, "correct_roster", submission=SUBMISSION, version=1, reason="科別補登中")
    await roster.settle()
    found = await roster.rows(
        "select name, severity, post, found, places from roster_check where school = $1 and version = 2"
    )
    lines = await roster.value(
        "select lines from submission_version where school = $1 and submission = $2 and version = 2", SUBMISSION
    )
    assert [(r["name"], r["severity"], r["post"], r["found"]) for r in found] == [
        ("department_missing", "error", REGISTRAR, lines)
    ]
    assert found[0]["places"][0] == ["學生資料", 2, "科班學程別代碼"]

    async with roster.db.transaction(roster.school) as c:
        told = await told_checks(c, roster.school, SUBMISSION, 2)
    assert told[0]["remedy"] == "補登學生的科、班或學程" and told[0]["remedy_en"] and told[0]["places"]

    check = duty_key(SUBMISSION, "self_check", "v2")
    assert await roster.refused(REGISTRAR, "record_self_check", duty=check, passed=True) == (
        "checks_open",
        "規§4.2",
        check,
    )
    waiver = {"submission": SUBMISSION, "version": 2, "check": "department_missing", "reason": "新設科別,代碼核定中"}
    assert (await roster.refused(REGISTRAR, "waive_check", **waiver))[0] == "holder_present"
    assert (await roster.refused(STRANGER, "waive_check", **waiver))[0] == "no_post"
    await roster.must(ACADEMIC, "waive_check", **waiver)
    await roster.checked(REGISTRAR, check)


@pytest.mark.clause("規§7")
async def test_lines_and_checks_hold_no_personal_value(roster: Scene) -> None:
    rows = await roster.rows("select natural_key, digest, sheet from roster_line where school = $1")
    assert rows and all(len(r["natural_key"].split(":")[1]) == 32 and len(r["digest"]) == 64 for r in rows)
